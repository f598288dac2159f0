"""A test that takes long fails, unless its mark says why it has to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests import conftest


def here() -> None:
    sum(range(3 * 10**6))


def in_a_subprocess() -> None:
    subprocess.run([sys.executable, "-c", "sum(range(3 * 10**6))"], check=True)


def run(test: Callable[[], None], mark: pytest.Mark | None) -> None:
    """As pytest runs a test."""
    around = conftest.pytest_runtest_call(SimpleNamespace(get_closest_marker={"slow": mark}.get))
    next(around)
    test()
    with pytest.raises(StopIteration):
        next(around)


@pytest.mark.parametrize("test", [here, in_a_subprocess])
def test_what_takes_long_fails_unless_its_mark_says_why(test: Callable[[], None]) -> None:
    run(test, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "MOST_SECONDS", 0.01)
        run(test, pytest.mark.slow("it adds many numbers").mark)
        run(lambda: None, None)
        with pytest.raises(pytest.fail.Exception, match=r"a test may take 0.01 s. .* @pytest.mark.slow\("):
            run(test, None)


def test_every_mark_says_why(request: pytest.FixtureRequest) -> None:
    marks = [mark for item in request.session.items for mark in item.iter_markers("slow")]
    assert all(len(mark.args) == 1 and mark.args[0] for mark in marks)
