"""A stage for single views of the studio, and recorded networks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.browser.studio.recorded import Recorded
from tests.browser.studio.staging import served


@pytest.fixture(scope="session")
def stage_address() -> Iterator[str]:
    """Where the stage is served."""
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def recorded() -> Callable[..., Recorded]:
    """A network of a task over axes of a kind, trained once."""
    return cache(Recorded)
