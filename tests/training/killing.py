"""Trainings that are killed again and again, and go on from their checkpoints: a program of its own for test_killed.py.

wade is imported once; each training runs in a fork of this process, which the parent kills after a random time and
forks anew. What the child is doing stands in a byte of memory that both see, so that one knows what the kill hit.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from wade import EarlyStopping, Network, train
from wade.maths.optimizers import SGD
from wade.tables.streaming.cache import Cache, Encoded
from wade.training import ReduceOnPlateau, checkpoint, descent, stream, validation
from wade.training.rows import RowSource
from wade.training.stream import Streamed
from wade.types import Inputs, Samples

PHASES = ("what lies between", "a chunk of steps", "the validation of an epoch", "the write of a checkpoint")
DOING = mmap.mmap(-1, 1)
LONGEST = 0.12  # seconds until a kill


def samples(n: int, seed: int) -> Samples:
    random_numbers = np.random.default_rng(seed)
    numbers = random_numbers.normal(size=(n, 3)).astype(np.float32)
    codes = random_numbers.integers(0, 4, (n, 1)).astype(np.int32)
    y = (np.sin(3 * numbers[:, :1]) + 0.5 * (codes == 2) + numbers[:, 1:2] > 0).astype(np.float32)
    return Samples(Inputs(numbers, codes), y)


def streamed(rows: Samples, folder: Path, scratch: ExitStack) -> RowSource:
    cache = Cache(folder, scratch)
    cache.append(Encoded(rows.X, rows.y))
    return Streamed(cache, window_rows=300)


def in_memory(folder: Path, scratch: ExitStack) -> dict[str, Any]:
    rows, held_out = samples(900, 1), samples(300, 2)
    return {
        "X": rows.X,
        "y": rows.y,
        "validation": (held_out.X, held_out.y),
        "optimizer": "adamw",
        "batch_size": 32,
        "epochs": 20,
        "schedule": "cosine",
        "learning_rate": 0.01,
        "stopping": EarlyStopping(patience=100, metric="auc"),
        "network": {"hidden": (24, 16), "dropout": 0.2},
    }


def on_plateaus(folder: Path, scratch: ExitStack) -> dict[str, Any]:
    rows, held_out = samples(400, 3), samples(200, 4)
    return {
        "X": rows.X,
        "y": rows.y,
        "weights": np.linspace(0.5, 2.0, 400),
        "validation": (held_out.X, held_out.y),
        "optimizer": SGD(momentum=0.9),
        "batch_size": 8,
        "epochs": 25,
        "learning_rate": 0.05,
        "clip_norm": 1.0,
        "plateau": ReduceOnPlateau(patience=1, factor=0.5),
        "network": {"hidden": (16,), "members": 2, "dtype": "float64"},
    }


def from_disk(folder: Path, scratch: ExitStack) -> dict[str, Any]:
    stream.GROUP_ROWS = 64
    return {
        "X": streamed(samples(1200, 5), folder, scratch),
        "validation": streamed(samples(200, 6), folder, scratch),
        "optimizer": "adam",
        "batch_size": 16,
        "epochs": 12,
        "schedule": "one_cycle",
        "learning_rate": 0.01,
        "network": {"hidden": (16, 8)},
    }


def on_threads(folder: Path, scratch: ExitStack) -> dict[str, Any]:
    """Large enough for threads to pay."""
    rows, held_out = samples(2500, 7), samples(300, 8)
    return {
        "X": rows.X,
        "y": rows.y,
        "validation": (held_out.X, held_out.y),
        "optimizer": "adamw",
        "batch_size": 500,
        "epochs": 8,
        "schedule": "coslog4",
        "l1": 1e-4,
        "network": {"hidden": (192, 160), "dropout": 0.1},
    }


def by_the_textbook(folder: Path, scratch: ExitStack) -> dict[str, Any]:
    return {**in_memory(folder, scratch), "epochs": 8, "engine": "reference", "optimizer": "rmsprop"}


JOBS: tuple[Callable[[Path, ExitStack], dict[str, Any]], ...] = (
    in_memory,
    on_threads,
    from_disk,
    on_plateaus,
    by_the_textbook,
)


def outcome(job: Callable[..., dict[str, Any]], folder: Path, threads: int, **options: Any) -> dict[str, Any]:
    """Everything that a training leaves behind, but for how long it took."""
    with ExitStack() as scratch:
        arguments = job(folder, scratch)
        rows = arguments["X"]
        layout = samples(1, 0).X if isinstance(rows, RowSource) else rows
        inputs = layout_of(layout)
        network = Network(inputs, seed=7, **arguments.pop("network"))
        threads_or_none = {} if arguments.get("engine") == "reference" else {"threads": threads}
        history = train(network, seed=11, **arguments, **threads_or_none, **options).to_dict()
    history.pop("seconds")
    for epoch in history["epochs"]:
        epoch.pop("seconds")
    return {"theta": network.theta.tobytes().hex(), "history": history}


def layout_of(rows: Inputs) -> Any:
    from wade.types import Category, InputLayout

    return InputLayout(("a", "b", "c"), (Category("kind", 4),))


def watched(phase: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which says in the shared byte when it is at work."""

    def during(*args: Any, **options: Any) -> Any:
        before, DOING[0] = DOING[0], phase
        try:
            return call(*args, **options)
        finally:
            DOING[0] = before

    return during


def child(job: Callable[..., dict[str, Any]], folder: Path, chance: random.Random) -> None:
    """Goes on from the checkpoint until it is killed, or has come to the end and says what it has."""
    descent.SECONDS_PER_CHUNK = chance.choice([0.0003, 0.001, 0.004, 0.02])
    descent.Descent._descend = watched(1, descent.Descent._descend)
    validation.EpochEvaluator.evaluate = watched(2, validation.EpochEvaluator.evaluate)
    checkpoint.write_checked = watched(3, checkpoint.write_checked)
    every = chance.choice([1e-9, 0.01, 0.02, 0.04])
    file = folder / "job.checkpoint"
    found = outcome(job, folder, chance.choice([1, 2, 4]), checkpoint=file, every=every, resume=True)
    (folder / "outcome.json").write_text(json.dumps(found))


def killed(
    job: Callable[..., dict[str, Any]], folder: Path, chance: random.Random, hits: Counter[str]
) -> dict[str, Any]:
    """What a training leaves behind that is killed until it comes to the end."""
    folder.mkdir()
    while True:
        DOING[0] = 0
        child_seed, process = chance.getrandbits(32), os.fork()
        if not process:
            try:
                child(job, folder, random.Random(child_seed))
            finally:
                os._exit(0 if (folder / "outcome.json").exists() else 1)
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, f"{job.__name__} failed"
            return json.loads((folder / "outcome.json").read_text())
        hits[PHASES[DOING[0]]] += 1


def main(folder: Path, least_kills: int, seed: int) -> None:
    import warnings

    warnings.simplefilter("ignore")  # the first run of each training finds no checkpoint, and says so
    chance, hits, ends = random.Random(seed), Counter[str](), 0
    whole = {job: outcome(job, folder, threads=1) for job in JOBS}
    differing = []
    while hits.total() < least_kills or ends < len(JOBS):
        job = JOBS[ends % len(JOBS)]
        found = killed(job, folder / str(ends), chance, hits)
        left = {path.name for path in (folder / str(ends)).iterdir()} - {"job.checkpoint", "outcome.json"}
        if found != whole[job] or left:
            differing.append(f"{job.__name__} ({ends})")
        ends += 1
    print(json.dumps({"kills": hits, "trainings": ends, "differing": differing}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
