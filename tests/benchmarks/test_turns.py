"""Contestants of the benchmark take turns, and those who compute something else are found out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.turns import Contestant, Turn, fastest, ratio, seconds, take_turns


def scripted(*times: float, said: list[float] | None = None) -> Contestant:
    """One that takes these seconds, turn after turn."""
    left = iter(times)
    return lambda: Turn(next(left), None if said is None else np.asarray(said))


def test_the_first_round_only_warms_up() -> None:
    rounds = take_turns({"wade": scripted(9, 1, 3, 2), "peer": scripted(9, 4, 6, 5)}, repeats=3)
    assert (seconds(rounds, "wade"), seconds(rounds, "peer")) == (2, 5)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    rounds = take_turns({"wade": scripted(9, 1, 2, 4), "peer": scripted(9, 3, 8, 4)}, repeats=3)
    assert ratio(rounds, "peer", "wade", lambda ours, theirs: theirs / ours) == 3  # of 3, 4 and 1


@pytest.mark.parametrize("exact", [True, False])
def test_one_who_computes_something_else_is_named(exact: bool) -> None:
    here = {"wade": scripted(1, 1, said=[0.5, 0.4]), "peer": scripted(1, 1, said=[0.5, 0.6])}
    with pytest.raises(AssertionError, match="peer computed something else than wade"):
        take_turns(here, 1, exact)


def test_where_chance_has_a_part_the_average_decides() -> None:
    take_turns({"wade": scripted(1, 1, said=[0.5, 0.4]), "peer": scripted(1, 1, said=[0.4, 0.5, 9.0])}, 1, exact=False)


def test_the_faster_way_counts() -> None:
    ways: list[Callable[[], Turn]] = [scripted(2, 1), scripted(1, 2)]
    assert [fastest(ways)().seconds for _ in range(2)] == [1, 1]
