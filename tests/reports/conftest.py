"""A small table with dates, numbers and categories, and a model of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.model.model import Model

ROWS = 600


@pytest.fixture(scope="session")
def table() -> pa.Table:
    random = np.random.default_rng(1)
    x, plan = random.normal(size=ROWS), random.choice(["basic", "plus", "pro"], ROWS)
    start = datetime(2024, 1, 1)
    return pa.table(
        {
            "signed": [start + timedelta(days=int(day)) for day in random.integers(0, 300, ROWS)],
            "x": x,
            "plan": plan,
            "left": np.where(x + 0.8 * random.normal(size=ROWS) > 0, "yes", "no"),
        }
    )


@pytest.fixture(scope="session")
def model(table: pa.Table) -> Model:
    return wade.learn(table, "left", hidden=(4,), epochs=3, members=1, learning_rate=0.02, numbers="scaled")
