"""Who meets whom, over which work, and what wade has to reach: the whole table, before anything is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType

import numpy as np

from wade.network import Network

from . import ours, race
from .peers import compiled
from .table import SECONDS, SHARE, TIMES_AS_FAST, TIMES_AS_LONG, Reading
from .turns import Contestant, Missing
from .works import TABLE_ROWS, Work

# The module of each peer, and what has to be installed for it.
PEERS = {
    "pytorch": ("torch",),
    "jax_scan": ("jax",),
    "scikit_learn": ("sklearn",),
    "onnx_runtime": ("onnx", "onnxruntime"),
}
REMEDY = "pip install -e '.[benchmarks]'"


def peer(name: str) -> ModuleType:
    """The module of a peer; Missing, with the remedy, where the peer is not installed."""
    try:
        return import_module(f"benchmarks.peers.{name}")
    except ModuleNotFoundError as error:
        if error.name not in PEERS[name]:
            raise
        raise Missing(REMEDY) from error


@dataclass(frozen=True)
class Rival:
    """Whom wade meets, what is made of both times and where that has to lie. Without `start`, the clock alone."""

    name: str
    reading: Reading
    target: float | None = None
    start: Callable[[], Contestant] | None = None


@dataclass(frozen=True)
class Contest:
    """One work, wade's way of doing it, and the rivals. Where it is not exact, chance has a part in the losses."""

    key: str
    about: str
    start: Callable[[], Contestant]
    rivals: tuple[Rival, ...]
    exact: bool = True


def contests(threads: int, instruction_set: str) -> tuple[Contest, ...]:
    """All of them, for an engine with this number of threads and these instructions."""
    return (*one_by_one(instruction_set), *in_batches(threads, instruction_set), *races(), *predictions())


def descends_beside(module: str, name: str, work: Work, target: float) -> Rival:
    """A peer that descends on the same work."""
    return Rival(name, TIMES_AS_FAST, target, lambda: peer(module).descent(work))


def pytorch(work: Work, target: float) -> Rival:
    return descends_beside("pytorch", "PyTorch eager", work, target)


def jax(work: Work, target: float) -> Rival:
    return descends_beside("jax_scan", "JAX lax.scan", work, target)


def peak(work: Work, threads: int, instruction_set: str, target: float) -> Rival:
    name = f"FMA peak, {instruction_set}, {threads} thread{'s' * (threads > 1)}"
    return Rival(name, SHARE, target, partial(compiled.at_the_peak, work, threads, instruction_set))


def one_by_one(instruction_set: str) -> Iterator[Contest]:
    """Per-example descent."""
    for widths in ((10, 32, 16, 1), (2, 8, 1), (30, 64, 64, 1)):
        work = Work(widths, 1, "SGD", steps=TABLE_ROWS, slow_steps=1_500)
        clock = (Rival("the clock", SECONDS, 0.2e-6),) if widths == (10, 32, 16, 1) else ()
        loop = Rival("C++, widths known", TIMES_AS_LONG, 1.5, partial(compiled.descent, work, instruction_set))
        rivals = (*clock, pytorch(work, 600), jax(work, 6), loop)
        yield Contest("W1", work.name, partial(ours.descent, work), rivals)


def in_batches(threads: int, instruction_set: str) -> Iterator[Contest]:
    """Descent in mini-batches."""
    middle = Work((30, 256, 256, 1), 256, "Adam", steps=400, slow_steps=100)
    digits = Work((784, 512, 256, 10), 128, "Adam", steps=120, slow_steps=40)
    wide = Work((100, 1024, 1024, 1), 1024, "Adam", steps=8, slow_steps=6)
    flown = Work((24, 256, 128, 1), 512, "AdamW", steps=300, slow_steps=60, flights=True, dropout=0.1)

    def against(work: Work, pytorch_target: float, jax_target: float, share: float) -> tuple[Rival, ...]:
        best = peak(work, threads, instruction_set, share)
        return pytorch(work, pytorch_target), jax(work, jax_target), best

    yield Contest("W2", middle.name, partial(ours.descent, middle), against(middle, 3.5, 1.4, 0.75))
    alone = Rival("one thread", TIMES_AS_FAST, 1.8, partial(ours.descent, middle, 1))
    yield Contest("W2", f"{middle.name}, two threads", partial(ours.descent, middle, 2), (alone,))
    best = peak(middle, threads, "avx2", 0.75)
    yield Contest("W2", f"{middle.name}, avx2", partial(ours.descent, middle, None, "avx2"), (best,))
    yield Contest("W2b", digits.name, partial(ours.descent, digits), against(digits, 3.5, 1.3, 0.85))
    yield Contest("W2c", wide.name, partial(ours.descent, wide), against(wide, 2.5, 1.8, 0.85))
    tables = descends_beside("pytorch", "PyTorch eager, nn.EmbeddingBag", flown, 6)
    one_hot = descends_beside("scikit_learn", "scikit-learn, one-hot, Adam, no dropout", flown, 10)
    yield Contest("W2d", flown.name, partial(ours.descent, flown), (tables, one_hot), exact=False)


def races() -> Iterator[Contest]:
    """Many learning rates at once; the question of the deck has a target, the others show how far it carries."""
    for given, target in (
        (race.Race((8,), 64, 1, "SGD"), 8),
        (race.Race((8,), 64, 32, "SGD"), None),
        (race.Race((32, 16), 16, 1, "Adam", 30_000), None),
    ):
        single = Rival(f"{given.models} single runs", TIMES_AS_FAST, target, partial(race.one_by_one, given))
        yield Contest("W3", given.name, partial(race.side_by_side, given), (single,))


def predictions() -> Iterator[Contest]:
    """Answers of a network that is there."""
    network, random = Network(30, (256, 256), 1), np.random.default_rng(0)
    few, many = (random.standard_normal((n_rows, 30), dtype=np.float32) for n_rows in (64, 100_000))

    def runtime(target: float, start: Callable[[], Contestant]) -> tuple[Rival, ...]:
        return (Rival("ONNX Runtime", TIMES_AS_FAST, target, start),)

    one = runtime(3, lambda: peer("onnx_runtime").single_rows(network, few))
    yield Contest("W4", "30-256-256-1, one row", partial(ours.single_rows, network, few), one)
    all_ = runtime(4, lambda: peer("onnx_runtime").all_rows(network, many))
    yield Contest("W4", "30-256-256-1, 100,000 rows", partial(ours.all_rows, network, many), all_)
