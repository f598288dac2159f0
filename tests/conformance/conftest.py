"""Every engine by name. One that cannot load fails here: the suite is what "the same numbers" means."""

from __future__ import annotations

import pytest

from wade.engines import Engine, choose_engine

ENGINES = ["reference", "native"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen = choose_engine(request.param)
    assert chosen.name == request.param
    return chosen


@pytest.fixture(params=[name for name in ENGINES if name != "reference"])
def other_engine(request: pytest.FixtureRequest) -> Engine:
    """An engine that is to agree with the reference engine."""
    return choose_engine(request.param)
