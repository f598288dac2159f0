"""scikit-learn's own tests for estimators, all of them, with no expected failures and no skips.

As scikit-learn does with its own estimators, most of them run with settings that are quick to fit; those whose outcome
depends on what is learned run with the default settings, which train tables of some ten rows for 2,000 steps.
One thread is for speed alone: results do not depend on it, and some hundred tiny fits wait less for each other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import Any

from sklearn.utils.estimator_checks import check_array_api_input, estimator_checks_generator, parametrize_with_checks

import wade

QUICK = {"members": 1, "epochs": 50}
ESTIMATORS = [wade.NetClassifier(threads=1, **QUICK), wade.NetRegressor(threads=1, **QUICK)]
WITH_DEFAULTS = {
    "check_classifiers_one_label",
    "check_classifiers_train",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit_idempotent",
    "check_regressors_train",
    "check_sample_weight_equivalence_on_dense_data",
}

ARRAY_API = """
import functools, sklearn, wade
from sklearn.utils import estimator_checks
keywords = {keywords}
estimator = wade.{estimator}(threads=1, **{quick})
estimator_checks.check_array_api_input({estimator!r}, estimator, **keywords)
"""


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_common_checks(estimator: Any, check: Any) -> None:
    keywords: dict[str, Any] = {}
    inner = check
    while isinstance(inner, partial):
        keywords, inner = {**inner.keywords, **keywords}, inner.func
    if inner is check_array_api_input:
        run_with_the_array_api(type(estimator).__name__, keywords)
    else:
        check(type(estimator)(threads=1) if inner.__name__ in WITH_DEFAULTS and not keywords else estimator)


def test_the_checks_with_default_settings_are_there() -> None:
    there = {check.func.__name__ for each in ESTIMATORS for _, check in estimator_checks_generator(each)}
    assert there >= WITH_DEFAULTS


def run_with_the_array_api(estimator: str, keywords: dict[str, Any]) -> None:
    """SciPy looks at its switch once, when it is loaded: such a check is skipped in a process without it."""
    program = ARRAY_API.format(estimator=estimator, quick=QUICK, keywords=keywords)
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
