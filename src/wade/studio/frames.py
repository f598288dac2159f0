"""Frames: what a page draws of one state of a training, as numbers in one binary message.

Maps are numbers from 0 to 255 between the least and the greatest value, which the header has; weights, biases and the
row at hand are float32. `docs/studio.md` has the table of parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from wade.studio.envelope import FRAME, pack, unpack

VERSION: Final = 1
_TYPES: Final[dict[str, np.dtype[Any]]] = {"u8": np.dtype("u1"), "f32": np.dtype("<f4")}


class Part(NamedTuple):
    """One array of a frame."""

    name: str
    type: Literal["u8", "f32"]
    values: NDArray[Any]
    low: float | None = None  # of u8: what 0 stands for; None where some value is not finite
    high: float | None = None  # of u8: what 255 stands for
    bins: tuple[float, float] | None = None  # of a histogram: the ends of its bins


class Frame(NamedTuple):
    """What a page draws of one state."""

    step: int
    epoch: float
    phase: str
    loss: float
    kind: Literal["plane", "line", "histogram"]
    grid: int
    parts: Sequence[Part]


def as_map(name: str, values: NDArray[Any], low: float | None = None, high: float | None = None) -> Part:
    """Values on a grid as numbers from 0 to 255: round(255 · (value − low) / (high − low)).

    Parameters
    ----------
    low, high : float, optional
        The range, in place of the least and the greatest value; values beyond it are drawn at its ends.

    Examples
    --------
    >>> part = as_map("map:a1[0]", np.array([[-1.0, 0.0], [0.5, 1.0]]))
    >>> part.values.tolist(), part.low, part.high
    ([[0, 128], [191, 255]], -1.0, 1.0)
    """
    values = np.asarray(values, dtype=np.float64)
    if not np.isfinite(values).all():
        return Part(name, "u8", np.zeros(values.shape, "u1"))
    low = float(values.min()) if low is None else low
    high = float(values.max()) if high is None else high
    # Halves, where the width of a range of huge numbers would overflow.
    part = 0.5 if np.isinf(high - low) else 1.0
    width = part * high - part * low
    if not width > 0:
        return Part(name, "u8", np.zeros(values.shape, "u1"), low, high)
    shares = np.clip((part * values - part * low) / width, 0, 1)
    return Part(name, "u8", np.rint(255 * shares).astype("u1"), low, high)


def as_numbers(name: str, values: NDArray[Any]) -> Part:
    """Numbers as float32, finite or not."""
    with np.errstate(over="ignore"):
        return Part(name, "f32", np.asarray(values, dtype="<f4"))


def pack_frame(frame: Frame) -> bytes:
    """The binary message: each part begins at a multiple of four bytes.

    Examples
    --------
    >>> parts = [as_map("map:a1[0]", np.arange(9.0).reshape(3, 3)), as_numbers("weights:W1", np.eye(2))]
    >>> frame = unpack_frame(pack_frame(Frame(7, 0.5, "", float("nan"), "plane", 3, parts)))
    >>> frame.step, frame.loss, frame.parts[0].values[2].tolist(), frame.parts[1].values.tolist()
    (7, nan, [191, 223, 255], [[1.0, 0.0], [0.0, 1.0]])
    """
    described, payload = [], []
    for part in frame.parts:
        values = np.ascontiguousarray(part.values, dtype=_TYPES[part.type])
        about = {"name": part.name, "type": part.type, "shape": values.shape, "low": part.low, "high": part.high}
        described.append(about if part.bins is None else {**about, "from": part.bins[0], "to": part.bins[1]})
        payload += [values.tobytes(), bytes(-values.nbytes % 4)]
    header = {"version": VERSION, **frame._asdict(), "parts": described}
    return pack(FRAME, header, *payload)


class _PartHeader(msgspec.Struct, kw_only=True):
    name: str
    type: Literal["u8", "f32"]
    shape: list[Annotated[int, msgspec.Meta(ge=0, le=1 << 24)]]
    low: float | None
    high: float | None
    begin: float | None = msgspec.field(name="from", default=None)
    end: float | None = msgspec.field(name="to", default=None)


class _FrameHeader(msgspec.Struct, kw_only=True):
    version: Literal[1]
    step: int
    epoch: float
    phase: str
    loss: float | None
    kind: Literal["plane", "line", "histogram"]
    grid: int
    parts: list[_PartHeader]


def unpack_frame(message: bytes) -> Frame:
    """The frame of a binary message.

    Raises
    ------
    ValueError
        It is none, it is cut off, or it is of another version.
    """
    letters, fields, payload = unpack(message)
    if letters != FRAME:
        raise ValueError(f"a frame begins with WFRM; received {letters!r}")
    header = msgspec.convert(fields, _FrameHeader)
    parts, begin = [], 0
    for each in header.parts:
        dtype, count = _TYPES[each.type], math.prod(each.shape)
        if begin + count * dtype.itemsize > len(payload):
            raise ValueError(f"the part {each.name!r} of a frame has {count} numbers, and the frame ends before")
        values = np.frombuffer(payload, dtype, count, begin).reshape(each.shape)
        bins = None if each.begin is None or each.end is None else (each.begin, each.end)
        parts.append(Part(each.name, each.type, values, each.low, each.high, bins))
        begin += values.nbytes + -values.nbytes % 4
    if begin != len(payload):
        raise ValueError(f"the parts of a frame have {begin} bytes; received {len(payload)}")
    loss = math.nan if header.loss is None else header.loss
    return Frame(header.step, header.epoch, header.phase, loss, header.kind, header.grid, parts)
