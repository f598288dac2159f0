"""The benchmark's table without measuring anything: its flops, and peers that are not there."""

from __future__ import annotations

import sys

import pytest

from benchmarks.contests import contests, peer
from benchmarks.turns import Missing
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
