"""scikit-learn's own tests for estimators, all of them, with the default settings and no expected failures.

One thread is for speed alone: results do not depend on it, and some hundred tiny fits wait less for each other.
"""

from __future__ import annotations

from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

import wade


@parametrize_with_checks([wade.NetClassifier(threads=1), wade.NetRegressor(threads=1)])
def test_scikit_learns_common_checks(estimator: Any, check: Any) -> None:
    check(estimator)
