"""wade's native engine as a contestant."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import perf_counter

import numpy as np

from wade.engines import Task
from wade.engines.native import NativeEngine, instruction_sets
from wade.maths.losses import choose_loss
from wade.network import Network
from wade.types import Floats, Inputs, Samples

from .turns import Contestant, Missing, Turn
from .works import CALLS, LEARNING_RATE, OPTIMIZERS, Work, network_of, prepare_table


def engine_with(threads: int | None = None, instruction_set: str | None = None) -> NativeEngine:
    """An engine with this number of threads; Missing where this machine has fewer, or not these instructions."""
    cores = len(os.sched_getaffinity(0))
    if threads and threads > cores:
        raise Missing(f"needs {threads} cores, here are {cores}")
    if instruction_set and instruction_set not in instruction_sets():
        raise Missing(f"needs a processor with {instruction_set}")
    return NativeEngine(threads, instruction_set)


def descent(work: Work, threads: int | None = None, instruction_set: str | None = None) -> Contestant:
    """A chunk of steps in one call, from the same start in every turn."""
    engine, prepared, start = engine_with(threads, instruction_set), prepare_table(work), network_of(work)
    loss, optimizer = choose_loss("cross_entropy", start.output), OPTIMIZERS[work.optimizer]
    rates = np.full(work.steps, LEARNING_RATE)

    def turn() -> Turn:
        network = Network.from_dict(start.to_dict(), start.theta)
        state = optimizer.init(network.theta)
        began = perf_counter()
        losses = engine.descend(
            Task(network, loss, optimizer),
            state,
            Samples(prepared.X, prepared.y),
            prepared.rows,
            work.batch_size,
            rates,
        )
        return Turn((perf_counter() - began) / work.steps, losses)

    return turn


def predict_one(engine: NativeEngine, network: Network) -> Callable[[Inputs], Floats]:
    """What answers for single rows: made once, called many times."""
    return engine.predictor(network)


def single_rows(network: Network, X: Floats) -> Contestant:
    """Call after call with one row each; the seconds of one."""
    predict, rows = predict_one(engine_with(), network), [network.as_inputs(row[None]) for row in X]
    said = np.concatenate([predict(row) for row in rows])

    def turn() -> Turn:
        began = perf_counter()
        for call in range(CALLS):
            predict(rows[call % len(rows)])
        return Turn((perf_counter() - began) / CALLS, said)

    return turn


def all_rows(network: Network, X: Floats) -> Contestant:
    """All of them in one call."""
    engine, rows = engine_with(), network.as_inputs(X)

    def turn() -> Turn:
        began = perf_counter()
        said = engine.predict(network, rows)
        return Turn(perf_counter() - began, said)

    return turn
