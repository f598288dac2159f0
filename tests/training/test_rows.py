"""Where batches come from: the order of an epoch is drawn once, however often it is asked for."""

from __future__ import annotations

import numpy as np

from wade.maths.random import permutation
from wade.training import rows
from wade.training.rows import InMemory
from wade.types import Samples


def test_the_order_of_a_large_epoch_is_drawn_once(monkeypatch):
    drawn = []

    def drawing(seed, epoch, count):
        drawn.append((seed, epoch))
        return permutation(seed, epoch, count)

    monkeypatch.setattr(rows, "permutation", drawing)
    n = rows.NUMBERS_AT_ONCE
    source = InMemory(Samples(np.zeros((n, 1), np.float32), np.zeros(n, np.float32)))
    for epoch in (1, 1, 1, 2, 2, 1):
        ((_, order),) = source.epoch(epoch, 16, seed=5)
        assert order.tolist() == permutation(5, epoch, n).tolist()
    assert drawn == [(5, 1), (5, 2), (5, 1)]
