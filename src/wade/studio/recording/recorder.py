"""Records moments of a session's training: the states, frames and formulas that its page would show there."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from itertools import zip_longest
from typing import Any, Final, Literal, TypeAlias

import msgspec
import numpy as np

from wade.errors import InvalidArgument, WadeError
from wade.studio import messages as m
from wade.studio.messages import FileAnnounced
from wade.studio.programs import file_stem
from wade.studio.recording.one_file import one_file
from wade.studio.replay import replayed
from wade.studio.screen import Screen
from wade.studio.sessions import File
from wade.studio.workspace import Workspace

VERSION: Final = 1
MOMENTS: Final = 200
MOST_MOMENTS: Final = 2_000
SINGLE_STEPS: Final = 20
"""The first steps are all recorded; those after them are spread, at first densely."""
GRID: Final = 40
NEURONS: Final = 48
MOST_PARAMETERS: Final = 500
"""Of a network whose parameters are recorded as a table."""
ENTRY: Final = "recorded.js"

Plain: TypeAlias = dict[str, Any]
Told: TypeAlias = Callable[[int, int], None]
"""A function of how many moments are recorded, and of how many."""
Answer: TypeAlias = Callable[[m.AnyCommand], Any]
NumbersOf: TypeAlias = Literal["histogram", "confusion", "parameters"]


def moments(steps: int, count: int = MOMENTS) -> list[int]:
    """Which numbers of steps are recorded of a training: rising, the first and the last among them.

    Examples
    --------
    >>> moments(5), moments(1000, count=6)
    ([0, 1, 2, 3, 4, 5], [0, 1, 2, 16, 126, 1000])
    """
    if not 2 <= count <= MOST_MOMENTS:
        raise InvalidArgument("moments", f"must be from 2 to {MOST_MOMENTS:,}", count, f"Try {MOMENTS}.")
    if steps < count:
        return list(range(steps + 1))
    first = min(SINGLE_STEPS, count // 4)
    spread = np.geomspace(steps, first + 1, count - first - 1)[::-1]
    # Where neighbors fall on one step, the later ones make room.
    taken = np.maximum.accumulate(np.maximum(np.rint(spread).astype(np.int64), first + 1 + np.arange(len(spread))))
    return [*range(first + 1), *np.minimum(taken, steps - np.arange(len(taken))[::-1]).tolist()]


def save_recording(
    space: Workspace, screen: Screen, answer: Answer, count: int = MOMENTS, told: Told = lambda done, of: None
) -> File:
    """The training up to now as a web page of one file; what `told` raises ends it, and nothing has changed."""
    content = record(space, screen, answer, count, told)
    return File(FileAnnounced(f"{file_stem(space)}.html", "text/html", len(content)), content)


def record(
    space: Workspace,
    screen: Screen,
    answer: Answer,
    count: int = MOMENTS,
    told: Told = lambda done, of: None,
) -> bytes:
    """The training up to now as a web page of one file, in UTF-8.

    Parameters
    ----------
    space : Workspace
        It stands in the end where it stood.
    screen : Screen
    answer : function of a command
        Its result, as views ask for it.
    count : int
        How many moments; fewer where fewer steps were taken.
    told : function of (moments done, all moments)
    """
    chosen, answers = moments(space.walk.steps, count), dict[str, list[Any]]()
    states, frames = list[Plain](), list[bytes]()
    view, loss = space.view, screen.loss
    space.view = m.View(id=0, grid=GRID, neurons=NEURONS)
    try:
        with closing(replayed(space, chosen)) as losses:
            for screen.loss in losses:
                screen.changed()
                state = screen.state()
                for key, command in asked(state).items():
                    answers.setdefault(key, [None] * len(states)).append(_answered(answer, command))
                states.append(msgspec.to_builtins(state))
                frames.append(screen.frame())
                told(len(frames), len(chosen))
    finally:
        space.view, screen.loss = view, loss
        screen.changed()
    # One section of all moments after another: what is alike stands together, and packs well.
    sections = [one.pop("sections") for one in answers["mathematics"]]
    header = {
        "version": VERSION,
        "states": [
            {name: value for name, value in state.items() if before.get(name, ...) != value}
            for before, state in zip([{}, *states], states, strict=False)
        ],
        "sections": [list(each) for each in zip_longest(*sections)],
        "answers": answers,
        "frames": [len(frame) for frame in frames],
        "curves": msgspec.to_builtins(screen.curves_message()),
    }
    title = f"{states[0]['data']['name']}: {states[0]['settings']['target']}, recorded in wade studio"
    return one_file(title, ENTRY, packed(header, frames)).encode()


def asked(state: m.State) -> dict[str, m.AnyCommand]:
    """What views ask in a state, each by its name and its arguments; a recording answers nothing else."""
    names = [name for name in state.network.parameters if not name.startswith("b")]
    layers = [f"a{number}" for number in range(1, len(state.network.layers) + 1)]
    numbers: list[tuple[NumbersOf, str]] = [("histogram", name) for name in (*names, *layers)]
    if state.data.classes:
        numbers += [("confusion", part) for part, rows in state.data.rows.items() if rows]
    if state.network.n_parameters <= MOST_PARAMETERS:
        numbers.append(("parameters", ""))
    return {
        "mathematics": m.Mathematics(id=0),
        "program": m.Program(id=0),
        **{f"numbers {of} {name}": m.Numbers(id=0, of=of, name=name) for of, name in numbers},
    }


def _answered(answer: Answer, command: m.AnyCommand) -> Any:
    """The answer as plain data; None where there is none, as for parameters that are not finite."""
    try:
        return msgspec.to_builtins(answer(command))
    except WadeError:
        if isinstance(command, m.Mathematics):
            raise
        return None


def packed(header: Plain, frames: list[bytes]) -> str:
    """Length of the JSON header (32 bits, little-endian), header and frames, deflated and in base64.

    The payload of a frame that is as long as the one before is its difference to that, byte by byte, modulo 256.
    """
    text = msgspec.json.encode(header)  # numbers that are not finite become null
    content, before = [struct.pack("<I", len(text)), text], np.empty(0, np.uint8)
    for frame in frames:
        begin = 8 + struct.unpack_from("<I", frame, 4)[0]
        payload = np.frombuffer(frame, np.uint8, offset=begin)
        content += [frame[:begin], (payload - before if len(payload) == len(before) else payload).tobytes()]
        before = payload
    return b64encode(zlib.compress(b"".join(content), 9)).decode()
