"""scikit-learn's own tests for estimators, all of them, with the default settings and no expected failures."""

from __future__ import annotations

from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

import wade


@parametrize_with_checks([wade.NetClassifier(), wade.NetRegressor()])
def test_scikit_learns_common_checks(estimator: Any, check: Any) -> None:
    check(estimator)
