"""Fits one after another leave nothing behind."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from tests.estimators.samples import classes, quick

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def test_memory_is_flat_over_a_thousand_fits() -> None:
    X, y = classes("many")

    def fit(times: int) -> None:
        for seed in range(times):
            quick("NetClassifier", epochs=2, random_state=seed).fit(X, y).predict(X)

    fit(200)
    before = resident_bytes()
    fit(1000)
    assert resident_bytes() <= 1.02 * before
