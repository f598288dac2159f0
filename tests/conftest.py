"""What holds for every test."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("wade", deadline=None)  # what the properties promise is not a matter of time
settings.load_profile("wade")

# Where the tests run in the background, their shell may have told them to ignore Ctrl-C, which some of them press.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before NumPy is loaded. Several processes run tests side by side, and where there are more threads than cores, those
# of the linear algebra wait for each other in loops: a tiny fit then takes ten times as long.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

MOST_SECONDS = 10.0
"""Of the processor, in all threads and subprocesses, that a test may take."""


def processor_seconds() -> float:
    """That this process and those that it has waited for have taken so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test that takes long fails, so that all of them stay quick, unless its mark says why it has to."""
    began = processor_seconds()
    yield
    taken = processor_seconds() - began
    if taken > MOST_SECONDS and not item.get_closest_marker("slow"):
        limit = f"took {taken:.1f} s of the processor; a test may take {MOST_SECONDS:g} s"
        remedy = 'Use fewer rows, epochs or members, or mark it: @pytest.mark.slow("why it has to").'
        pytest.fail(f"{limit}. {remedy}", pytrace=False)
