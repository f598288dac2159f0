"""Small tables train: network and linear baseline beside scikit-learn's linear models, all with their defaults."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.metrics import log_loss, r2_score

import wade

FRESH = 1000


class Case(NamedTuple):
    """A generated table, and the share of scikit-learn's score that network and linear baseline reach at least."""

    rows: int
    columns: int
    classes: int = 0
    noise: float = 0.1
    shift: float = 0.0
    used: int = 8
    network: float = 0.9
    linear: float = 0.95


CASES = {
    "30 rows of a line": Case(30, 3, network=0.6),
    "60 rows": Case(60, 8),
    "100 rows": Case(100, 8),
    "150 rows": Case(150, 8),
    "300 rows": Case(300, 12),
    "500 rows": Case(500, 8),
    "one column": Case(80, 1),
    "half noise": Case(200, 4, noise=1.0, network=0.7, linear=0.8),
    "more columns than rows": Case(50, 70, used=3, network=0.6, linear=0.6),
    "two classes": Case(200, 5, classes=2, network=0.2, linear=0.8),
    "a rare class": Case(400, 4, classes=2, shift=1.5, network=0.6, linear=0.7),
    "three classes": Case(240, 4, classes=3, network=0.7, linear=0.8),
}


def drawn(case: Case) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows of the table, and of `FRESH` more, which stand behind them."""
    generator = np.random.default_rng(1)
    X = generator.normal(size=(case.rows + FRESH, case.columns))
    used = min(case.used, case.columns)
    Z = X[:, :used] @ generator.normal(size=(used, max(1, case.classes)))
    Z /= Z[:, :1].std()
    if case.classes == 0:
        return X, 50 + 10 * (Z[:, 0] + case.noise * generator.normal(size=len(X)))
    if case.classes == 2:
        return X, (3 * Z[:, 0] + generator.logistic(size=len(X)) > 3 * case.shift).astype(float)
    return X, (3 * Z + generator.gumbel(size=Z.shape)).argmax(axis=1).astype(float)


def as_table(X: NDArray[np.float64], y: NDArray[np.float64], case: Case) -> pa.Table:
    answer = [f"class {value:.0f}" for value in y] if case.classes else y
    return pa.table({**{f"x{at}": column for at, column in enumerate(X.T)}, "y": answer})


def gained(y: NDArray[np.float64], predicted: NDArray[np.float64], case: Case) -> float:
    """R², or the share of the entropy that the probabilities take away."""
    if not case.classes:
        return float(r2_score(y, predicted))
    shares = np.bincount(y.astype(int)) / len(y)
    return float(1 - log_loss(y, predicted, labels=range(case.classes)) / -(shares @ np.log(shares)))


@pytest.mark.parametrize("name", CASES)
def test_network_and_linear_baseline_come_near_the_linear_model_of_scikit_learn(name: str) -> None:
    case = CASES[name]
    X, y = drawn(case)
    known, fresh = slice(0, case.rows), slice(case.rows, None)
    if case.classes:
        peer = LogisticRegressionCV(scoring="neg_log_loss", use_legacy_attributes=False, l1_ratios=(0,), max_iter=2000)
        theirs = gained(y[fresh], peer.fit(X[known], y[known]).predict_proba(X[fresh]), case)
    else:
        theirs = gained(y[fresh], RidgeCV(np.logspace(-3, 3, 13)).fit(X[known], y[known]).predict(X[fresh]), case)
    # The fresh rows are the test rows, so that the report has what the linear baseline predicts for them.
    parts = ["train"] * case.rows + ["test"] * FRESH
    for at in range(case.rows // 5):
        parts[5 * at] = "validation"
    table = as_table(X, y, case).append_column("part", pa.array(parts))
    report = wade.learn(table, "y", part="part").report
    ours = {"network": report["test"], **report["baselines"]}
    if case.classes:
        entropy = ours["constant"]["log_loss"]
        scores = {who: 1 - ours[who]["log_loss"] / entropy for who in ("network", "linear")}
    else:
        scores = {who: ours[who]["r2"] for who in ("network", "linear")}
    assert scores["linear"] >= case.linear * theirs
    assert scores["network"] >= case.network * theirs


def test_noise_is_not_learned() -> None:
    generator = np.random.default_rng(0)
    table = pa.table({**{f"x{at}": generator.normal(size=80) for at in range(6)}, "y": generator.normal(size=80)})
    report = wade.learn(table, "y").report
    assert report["baselines"]["linear"]["rmse"] < 1.2 * report["baselines"]["constant"]["rmse"]
    assert report["test"]["rmse"] < 1.4 * report["baselines"]["constant"]["rmse"]
