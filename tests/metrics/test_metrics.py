"""Every figure that can be chosen: against scikit-learn, as a value and as a replicate of the bootstrap."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from wade.errors import InvalidArgument
from wade.metrics import METRICS, choose_metric, choose_metrics, metrics_of
from wade.metrics.classification import ClassPredictions, class_probabilities
from wade.metrics.intervals import confusion_interval, share_interval
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


@pytest.mark.parametrize(
    ("name", "value", "than", "expected"),
    [
        ("log_loss", 0.4, 0.5, True),
        ("log_loss", 0.5, 0.4, False),
        ("log_loss", 0.5, 0.5, False),
        ("log_loss", 0.5, None, True),
        ("log_loss", np.nan, None, False),
        ("log_loss", np.inf, 0.5, False),
        ("auc", 0.6, 0.5, True),
        ("auc", 0.5, 0.6, False),
        ("auc", 0.5, 0.5, False),
        ("auc", 0.5, None, True),
        ("auc", np.nan, 0.5, False),
    ],
)
def test_a_value_is_better_in_the_metrics_direction(
    name: str, value: float, than: float | None, expected: bool
) -> None:
    assert METRICS[name].is_better(value, than) is expected


def test_the_metrics_of_a_task_are_its_own() -> None:
    assert choose_metrics("regression", None) == ("rmse", "mae", "r2")
    assert choose_metrics("binary", None) == choose_metrics("multiclass", None) == ("log_loss", "auc", "accuracy")


def test_probabilities_of_one_output_are_those_of_two_classes() -> None:
    expected = [[0.75, 0.25], [0.5, 0.5]]
    assert class_probabilities(np.array([0.25, 0.5])).tolist() == expected
    assert class_probabilities(np.array([[0.25], [0.5]])).tolist() == expected
    of_three = class_probabilities(np.array([[0.1, 0.2, 0.1], [0.5, 0.25, 0.25]]))
    assert of_three.tolist() == [pytest.approx([0.25, 0.5, 0.25]), pytest.approx([0.5, 0.25, 0.25])]


def test_precision_and_recall_of_two_classes_are_shares_of_the_rows_predicted_and_observed() -> None:
    # 7 of 10 rows predicted as the second class are of it; it has 9 rows.
    codes = np.array([0] * 3 + [1] * 7 + [0] * 6 + [1] * 2)
    second = np.array([0.9] * 10 + [0.1] * 8)
    found = score_classes(codes, np.c_[1 - second, second], metrics=["precision", "recall"])["intervals"]
    assert found["precision"] == share_interval(7, 10)
    assert found["recall"] == share_interval(7, 9)


def test_the_mean_recall_is_of_the_classes_that_occur() -> None:
    # The third class occurs once and is never predicted; the fourth never occurs.
    codes = np.array([0] * 20 + [1] * 20 + [2])
    predicted = np.array([0] * 18 + [1] * 22 + [1])
    shares = np.full((41, 4), 0.1)
    shares[np.arange(41), predicted] = 0.7
    scores = score_classes(codes, shares, metrics=["balanced_accuracy"])
    matrix = ClassPredictions(codes, shares).confusion()

    def mean_of_three(cells: Any) -> Any:
        return (np.diagonal(cells, axis1=1, axis2=2) / cells.sum(axis=2))[:, :3].mean(axis=1)

    expected = confusion_interval(matrix, mean_of_three, scores["balanced_accuracy"])
    assert scores["intervals"]["balanced_accuracy"] == expected


def test_a_correlation_is_0_where_one_class_is_always_predicted() -> None:
    codes, shares = np.arange(40) % 2, np.tile([0.8, 0.2], (40, 1))
    found = score_classes(codes, shares, metrics=["matthews"])
    assert found["matthews"] == 0
    low, high = found["intervals"]["matthews"]
    assert low < 0 < high


def test_replicates_without_a_value_are_not_a_number() -> None:
    given = NumberPredictions(np.array([0.0, 0.0, 1e6, 1e6 + 1]), np.array([1.0, 3.0, 1e6, 1e6]))
    explained = METRICS["r2"].replicates(given)
    assert explained is not None
    same = np.array([[1.0, 2, 0, 0], [0, 0, 3, 0]])  # the replicate drew one value only
    assert np.isnan(explained(same)).all()
    middle = METRICS["r2"].replicates(NumberPredictions(np.array([1.0, 2.0, 3.0]), np.ones(3)))
    assert middle is not None
    assert np.isnan(middle(np.array([[0.0, 3, 0]]))).all()  # its one value is the mean of all rows
    for one in 1e6 * GENERATOR.random(100):
        rounded = METRICS["r2"].replicates(NumberPredictions(np.array([one, one, 0.0]), np.ones(3)))
        assert rounded is not None
        assert np.isnan(rounded(np.array([[1.0, 2, 0]]))).all()
    median = METRICS["median_absolute_error"].replicates(given)
    assert median is not None
    counts = np.array([[0.0, 2, 0, 0], [0, 0, 0, 1], [0, 0, 2, 0], [1, 1, 3, 0]])
    assert median(counts).tolist() == [3.0, 1.0, 0.0, 0.0]
    assert np.isnan(median(np.zeros((1, 4)))).all()


@pytest.mark.parametrize(("rows", "every", "ahead", "capped"), [(400, 2, 0.3, False), (300, 3, 0.0, True)])
def test_the_interval_of_an_average_precision_is_that_of_a_share_of_equal_variance(
    rows: int, every: int, ahead: float, capped: bool
) -> None:
    random, of_class = np.random.default_rng(3), np.arange(rows) % every == 0
    shares = 1 / (1 + np.exp(-(random.normal(size=rows) + ahead * of_class)))
    scores = score_classes(of_class.astype(int), np.c_[1 - shares, shares], metrics=["average_precision"])
    value, own = scores["average_precision"], int(of_class.sum())
    drawn = weighted_average_precision(of_class, shares)(random.poisson(1, (1000, rows)).astype(float))
    size = value * (1 - value) / drawn.var()
    assert (size > own) == capped
    low, high = scores["intervals"]["average_precision"]
    expected = share_interval(value * min(size, own), min(size, own))
    assert high - low == pytest.approx(expected[1] - expected[0], rel=1e-12 if capped else 0.05)
