"""The benchmark's table without measuring anything: its flops, and peers that are not there."""

from __future__ import annotations

import sys

import pytest

from benchmarks.__main__ import measure
from benchmarks.contests import Contest, Rival, contests, peer
from benchmarks.table import SECONDS, TIMES_AS_FAST
from benchmarks.turns import Contestant, Missing, Turn
from benchmarks.works import Work


def test_flops_leave_out_what_nobody_asks_the_first_layer_for() -> None:
    # batch 10: forward 2·10·(2·3 + 3·1), ∂J/∂W as many, ∂J/∂A of the hidden layer 2·10·(3·1)
    assert Work((2, 3, 1), 10, "SGD", steps=1, slow_steps=1).flops == 180 + 180 + 60


def test_every_work_has_its_key() -> None:
    keys = [contest.key for contest in contests(threads=2, instruction_set="avx512")]
    assert list(dict.fromkeys(keys)) == ["W1", "W2", "W2b", "W2c", "W2d", "W3", "W4"]


def test_a_peer_that_is_not_installed_is_missing_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.delitem(sys.modules, "benchmarks.peers.jax_scan", raising=False)
    with pytest.raises(Missing, match="benchmarks"):
        peer("jax_scan")


def takes(seconds: float) -> Contestant:
    return lambda: Turn(seconds)


def is_missing() -> Contestant:
    raise Missing("install it")


def test_a_missing_rival_leaves_the_others_their_rows() -> None:
    rivals = (
        Rival("the clock", SECONDS, 3.0),
        Rival("gone", TIMES_AS_FAST, 1.0, is_missing),
        Rival("slow", TIMES_AS_FAST, 5.0, lambda: takes(8.0)),
    )
    rows = list(measure(Contest("W", "work", lambda: takes(2.0), rivals), repeats=2))
    assert [row.figure for row in rows] == [2.0, None, 4.0]
    assert [row.verdict for row in rows] == ["met", "not measured", "missed"]
    assert rows[1].remedy == "install it"


def test_where_wade_cannot_do_it_nobody_is_measured() -> None:
    rivals = (Rival("the clock", SECONDS, 3.0), Rival("slow", TIMES_AS_FAST, 5.0, lambda: takes(8.0)))
    rows = list(measure(Contest("W", "work", is_missing, rivals), repeats=1))
    assert [row.verdict for row in rows] == ["not measured", "not measured"]
