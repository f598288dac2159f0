"""scikit-learn's own tests for estimators, all of them, with the default settings, no expected failures and no skips.

One thread is for speed alone: results do not depend on it, and some hundred tiny fits wait less for each other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import Any

from sklearn.utils.estimator_checks import check_array_api_input, parametrize_with_checks

import wade

ARRAY_API = """
import functools, sklearn, wade
from sklearn.utils import estimator_checks
keywords = {keywords}
estimator = wade.{estimator}(threads=1)
estimator_checks.check_array_api_input({estimator!r}, estimator, **keywords)
"""


@parametrize_with_checks([wade.NetClassifier(threads=1), wade.NetRegressor(threads=1)])
def test_scikit_learns_common_checks(estimator: Any, check: Any) -> None:
    keywords: dict[str, Any] = {}
    inner = check
    while isinstance(inner, partial):
        keywords, inner = {**inner.keywords, **keywords}, inner.func
    if inner is check_array_api_input:
        run_with_the_array_api(type(estimator).__name__, keywords)
    else:
        check(estimator)


def run_with_the_array_api(estimator: str, keywords: dict[str, Any]) -> None:
    """SciPy looks at its switch once, when it is loaded: such a check is skipped in a process without it."""
    program = ARRAY_API.format(estimator=estimator, keywords=keywords)
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
