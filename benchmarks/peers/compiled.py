"""What a compiler makes of C++ that serves nothing but the comparison: yardstick.cpp as a contestant."""

from __future__ import annotations

from functools import cache

from ..turns import Contestant, Missing, Turn
from ..works import LEARNING_RATE, Work, network_of, prepare_table
from ..yardstick import Yardstick

PEAK_SECONDS = 0.1  # that the fastest burst is looked for


@cache
def yardstick(instruction_set: str) -> Yardstick:
    """Compiled once; Missing where there is no compiler."""
    try:
        return Yardstick(instruction_set)
    except FileNotFoundError as error:
        raise Missing("install a C++20 compiler, such as g++") from error


def descent(work: Work, instruction_set: str) -> Contestant:
    """Per-example descent with every width known at compile time, on one thread."""
    prepared, start, loop = prepare_table(work), network_of(work), yardstick(instruction_set)

    def turn() -> Turn:
        theta = start.theta.copy()
        seconds, losses = loop.descend(work.widths, theta, prepared.X.numbers, prepared.y, prepared.rows, LEARNING_RATE)
        return Turn(seconds, losses)

    return turn


def at_the_peak(work: Work, threads: int, instruction_set: str) -> Contestant:
    """The seconds that a step would take if its products ran at the speed of multiply-adds on registers."""
    meter = yardstick(instruction_set)
    return lambda: Turn(work.flops / meter.fma_peak(threads, PEAK_SECONDS))
