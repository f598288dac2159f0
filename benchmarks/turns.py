"""Contestants take turns, so that a machine whose speed drifts drifts for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import sleep
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

REST = 0.2  # seconds before a turn: OpenBLAS lets its threads spin for a tenth of a second after their last product
STEPS_COMPARED = 50  # afterwards roundings have grown, as they do in every descent


class Turn(NamedTuple):
    """The seconds of one step, call or epoch; and what came out, where it can be compared."""

    seconds: float
    said: NDArray[Any] | None = None


Contestant: TypeAlias = Callable[[], Turn]


class Missing(Exception):
    """A contestant that this machine has not got; the message says what would help."""


def take_turns(contestants: Mapping[str, Contestant], repeats: int, exact: bool = True) -> list[dict[str, Turn]]:
    """Everybody once, `repeats` times over. A first round, which warms up, is not counted, but has to agree."""
    rounds = [{name: rested(contestant) for name, contestant in contestants.items()} for _ in range(repeats + 1)]
    check_agreement(rounds[0], exact)
    return rounds[1:]


def rested(contestant: Contestant) -> Turn:
    """A turn on a machine that has come to rest."""
    sleep(REST)
    return contestant()


def check_agreement(turns: Mapping[str, Turn], exact: bool) -> None:
    """That all computed the same as the first: step for step, or where chance has a part in it, on the average."""
    (ours, expected), *others = ((name, turn.said) for name, turn in turns.items())
    for name, said in others:
        if expected is None or said is None:
            continue
        count = min(len(said), len(expected))
        if exact:
            count = min(count, STEPS_COMPARED)
            close = np.allclose(said[:count], expected[:count], rtol=1e-2, atol=1e-3)
        else:
            close = bool(np.isclose(said[:count].mean(), expected[:count].mean(), rtol=0.1))
        if not close:
            raise AssertionError(f"{name} computed something else than {ours}: {said[:5]}, not {expected[:5]}")


def ratio(
    rounds: Sequence[Mapping[str, Turn]], rival: str, ours: str, figure: Callable[[float, float], float]
) -> float:
    """The median of what is made of both times of each round."""
    return median(figure(turns[ours].seconds, turns[rival].seconds) for turns in rounds)


def seconds(rounds: Sequence[Mapping[str, Turn]], name: str) -> float:
    """The median of one contestant's times."""
    return median(turns[name].seconds for turns in rounds)


def fastest(contestants: Sequence[Contestant]) -> Contestant:
    """The same in several ways, of which the one counts that was the fastest in this round."""
    return lambda: min((rested(contestant) for contestant in contestants), key=lambda turn: turn.seconds)
