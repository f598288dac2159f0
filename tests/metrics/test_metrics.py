"""Every figure that can be chosen: against scikit-learn, as a value and as a replicate of the bootstrap."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from wade.errors import InvalidArgument
from wade.metrics import METRICS, choose_metric, choose_metrics, metrics_of
from wade.metrics.classification import ClassPredictions
from wade.metrics.regression import NumberPredictions
from wade.metrics.weighted import weighted_average_precision
from wade.model.evaluation.scoring import confusion, score_classes, score_numbers

OF_CLASSES, OF_NUMBERS = metrics_of("classification"), metrics_of("regression")

GENERATOR = np.random.default_rng(8)
WEIGHTS = GENERATOR.poisson(1.0, 300).astype(np.float64)


def drawn_classes(n_classes: int) -> tuple[Any, Any]:
    shares = GENERATOR.dirichlet(np.full(n_classes, 0.7), 300)
    return np.array([GENERATOR.choice(n_classes, p=row) for row in shares]), shares


def of_two(codes: Any, shares: Any, weights: Any) -> dict[str, float]:
    second, given, weighted = shares[:, 1], shares.argmax(axis=1), {"sample_weight": weights}
    return {
        "log_loss": sklearn_metrics.log_loss(codes, shares, **weighted),
        "auc": sklearn_metrics.roc_auc_score(codes, second, **weighted),
        "accuracy": sklearn_metrics.accuracy_score(codes, given, **weighted),
        "average_precision": sklearn_metrics.average_precision_score(codes, second, **weighted),
        "brier": sklearn_metrics.brier_score_loss(codes, second, **weighted),
        "f1": sklearn_metrics.f1_score(codes, given, **weighted),
        "precision": sklearn_metrics.precision_score(codes, given, **weighted),
        "recall": sklearn_metrics.recall_score(codes, given, **weighted),
        "balanced_accuracy": sklearn_metrics.balanced_accuracy_score(codes, given, **weighted),
        "matthews": sklearn_metrics.matthews_corrcoef(codes, given, **weighted),
    }


def of_many(codes: Any, shares: Any, weights: Any) -> dict[str, float]:
    given, weighted, mean = shares.argmax(axis=1), {"sample_weight": weights}, {"average": "macro"}
    each = [codes == k for k in range(shares.shape[1])]
    precisions = [
        sklearn_metrics.average_precision_score(k, p, **weighted) for k, p in zip(each, shares.T, strict=True)
    ]
    return {
        "log_loss": sklearn_metrics.log_loss(codes, shares, **weighted),
        "auc": sklearn_metrics.roc_auc_score(codes, shares, multi_class="ovr", **weighted),
        "accuracy": sklearn_metrics.accuracy_score(codes, given, **weighted),
        "average_precision": float(np.mean(precisions)),
        "brier": sklearn_metrics.brier_score_loss(codes, shares, **weighted),
        "f1": sklearn_metrics.f1_score(codes, given, **mean, **weighted),
        "precision": sklearn_metrics.precision_score(codes, given, **mean, **weighted),
        "recall": sklearn_metrics.recall_score(codes, given, **mean, **weighted),
        "balanced_accuracy": sklearn_metrics.balanced_accuracy_score(codes, given, **weighted),
        "matthews": sklearn_metrics.matthews_corrcoef(codes, given, **weighted),
    }


def of_numbers(truth: Any, predicted: Any, weights: Any) -> dict[str, float]:
    weighted = {"sample_weight": weights}
    return {
        "rmse": sklearn_metrics.root_mean_squared_error(truth, predicted, **weighted),
        "mae": sklearn_metrics.mean_absolute_error(truth, predicted, **weighted),
        "r2": sklearn_metrics.r2_score(truth, predicted, **weighted),
        "median_absolute_error": sklearn_metrics.median_absolute_error(truth, predicted, **weighted),
        "mape": sklearn_metrics.mean_absolute_percentage_error(truth, predicted, **weighted),
        "mse": sklearn_metrics.mean_squared_error(truth, predicted, **weighted),
    }


@pytest.mark.parametrize(("n_classes", "oracle"), [(2, of_two), (4, of_many)])
def test_every_figure_of_classes_is_scikit_learns(n_classes: int, oracle: Any) -> None:
    codes, shares = drawn_classes(n_classes)
    found = score_classes(codes, shares, metrics=tuple(OF_CLASSES))
    expected = oracle(codes, shares, np.ones(300))
    assert set(expected) == set(OF_CLASSES)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    for name in expected:
        low, high = found["intervals"][name]
        assert low < found[name] < high


@pytest.mark.parametrize(("n_classes", "oracle"), [(2, of_two), (4, of_many)])
def test_every_weighted_value_of_classes_is_scikit_learns(n_classes: int, oracle: Any) -> None:
    codes, shares = drawn_classes(n_classes)
    given = ClassPredictions(codes, shares)
    assert {name: metric.value(given, WEIGHTS) for name, metric in OF_CLASSES.items()} == pytest.approx(
        oracle(codes, shares, WEIGHTS)
    )


@pytest.mark.parametrize(("n_classes", "oracle"), [(2, of_two), (4, of_many)])
def test_every_replicate_of_classes_is_scikit_learns_with_weights(n_classes: int, oracle: Any) -> None:
    codes, shares = drawn_classes(n_classes)
    given = ClassPredictions(codes, shares)
    replicates = {name: metric.replicates(given) for name, metric in OF_CLASSES.items()}
    found = {name: of_weights(WEIGHTS[None])[0] for name, of_weights in replicates.items() if of_weights}
    assert found.keys() == {"log_loss", "brier"}
    expected = oracle(codes, shares, WEIGHTS)
    assert found == pytest.approx({name: expected[name] for name in found})


def test_every_figure_and_replicate_of_numbers_is_scikit_learns() -> None:
    truth = GENERATOR.normal(10, 2, 300)
    predicted = truth + GENERATOR.normal(size=300)
    found = score_numbers(truth, predicted, metrics=tuple(OF_NUMBERS))
    assert {name: found[name] for name in OF_NUMBERS} == pytest.approx(of_numbers(truth, predicted, np.ones(300)))
    answers = NumberPredictions(truth, predicted)
    replicates = {name: figure.replicates(answers)(WEIGHTS[None])[0] for name, figure in OF_NUMBERS.items()}
    expected = of_numbers(truth, predicted, WEIGHTS)
    median = expected.pop("median_absolute_error")  # where half the weight is reached exactly, two errors are medians
    assert replicates.pop("median_absolute_error") == pytest.approx(median, rel=0.02)
    assert replicates == pytest.approx(expected)


def test_equal_scores_share_one_threshold() -> None:
    # All three rows score alike: the only threshold takes all, of whom one is positive.
    codes, shares = np.array([0, 1, 0]), np.full((3, 2), 0.5)
    assert score_classes(codes, shares, metrics=["average_precision"])["average_precision"] == pytest.approx(1 / 3)
    found = weighted_average_precision(codes == 1, shares[:, 1])(np.ones((1, 3)))
    assert found.tolist() == pytest.approx([1 / 3])


def test_what_rows_cannot_give_is_none_with_a_reason() -> None:
    found = score_classes(np.zeros(4, int), np.tile([0.9, 0.1], (4, 1)), metrics=["precision", "recall", "f1", "auc"])
    assert [found[name] for name in ("precision", "recall", "f1", "auc")] == [None] * 4
    assert found["undefined"]["precision"] == "no row is predicted as that class"
    assert score_numbers(np.array([0.0, 1.0]), np.ones(2), metrics=["mape"])["undefined"]["mape"].startswith(
        "an observed"
    )
    json.dumps(found, allow_nan=False)


def test_a_confusion_matrix_by_hand() -> None:
    # True classes down, given ones across: one 0 is taken for a 2.
    shares = np.array([[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.2, 0.6, 0.2]])
    found = confusion(["a", "b", "c"], np.array([0, 0, 1]), shares)
    assert found == {"classes": ["a", "b", "c"], "matrix": [[1, 0, 1], [0, 1, 0], [0, 0, 0]]}
    assert confusion(range(101), np.zeros(1, int), np.full((1, 101), 1 / 101)) is None


def test_metrics_of_another_kind_are_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match=r"`metrics` must be one of 'mae'.*received 'auc'"):
        choose_metrics("regression", ["auc"])
    with pytest.raises(InvalidArgument, match="Did you mean 'brier'"):
        choose_metrics("binary", ["briar"])
    with pytest.raises(InvalidArgument, match="at least one"):
        choose_metrics("regression", [])
    assert choose_metrics("multiclass", "f1") == ("f1",)


def test_an_alias_is_the_same_number_by_another_name() -> None:
    codes, shares = drawn_classes(2)
    scorers = {"roc_auc": "auc", "matthews_corrcoef": "matthews", "f1": "f1", "average_precision": "average_precision"}
    given = ClassPredictions(codes, shares)
    oracle = of_two(codes, shares, None)
    for alias, name in scorers.items():
        assert choose_metric(alias, "metrics").value(given) == pytest.approx(oracle[name])
    assert choose_metrics("binary", ["roc_auc", "auc", "mcc"]) == ("auc", "matthews")
    truth, predicted = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0])
    for alias in ("root_mean_squared_error", "mean_squared_error", "mean_absolute_error", "r2_score"):
        expected = getattr(sklearn_metrics, alias)(truth, predicted)
        assert choose_metric(alias, "metrics").value(NumberPredictions(truth, predicted)) == pytest.approx(expected)


def test_no_two_metrics_share_a_name() -> None:
    names = [name for metric in METRICS.values() for name in (metric.name, *metric.aliases)]
    assert len(names) == len(set(names))
    assert {name: metric.name for name, metric in METRICS.items()} == {name: name for name in METRICS}


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("neg_log_loss", "Use 'log_loss', where lower is better"),
        ("neg_mean_squared_error", "Use 'mse', where lower is better"),
        ("neg_root_mean_squared_error", "Use 'rmse', where lower is better"),
        ("neg_brier_score", "Use 'brier', where lower is better"),
    ],
)
def test_a_name_with_another_sign_is_never_another_number(name: str, remedy: str) -> None:
    with pytest.raises(InvalidArgument, match=f"received '{name}'. {remedy}"):
        choose_metric(name, "metrics")
