"""The table that exported models read."""

from __future__ import annotations

import os

import pyarrow as pa
import pytest

from tests.exporters.models import make_table

# Before anything imports Keras: its usual backend need not be there.
os.environ.setdefault("KERAS_BACKEND", "torch")


@pytest.fixture(scope="session")
def table() -> pa.Table:
    return make_table()
