"""When training stops, and which epoch it keeps: by a metric, by patience in epochs or seconds, by a time limit."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from wade import EarlyStopping, Network, train
from wade.engines import NativeEngine
from wade.errors import InvalidArgument
from wade.maths.schedules import Cosine
from wade.training import EpochDone, History, descent
from wade.training.durations import read_duration
from wade.training.learning_rate_schedule import LearningRateSchedule

RANDOM = np.random.default_rng(0)


def rows(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, (np.hypot(X[:, 0], X[:, 1]) < 0.75).astype(float)


SHARES = {
    "f1": lambda y, p, w: metrics.f1_score(y, p > 0.5, sample_weight=w, zero_division=0),
    "brier": lambda y, p, w: metrics.brier_score_loss(y, p, sample_weight=w),
    "log_loss": lambda y, p, w: metrics.log_loss(y, np.column_stack([1 - p, p]), sample_weight=w),
    "auc": lambda y, p, w: metrics.roc_auc_score(y, p, sample_weight=w),
    "accuracy": lambda y, p, w: metrics.accuracy_score(y, p > 0.5, sample_weight=w),
}


@pytest.mark.parametrize("metric", SHARES)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_epoch_that_is_kept_is_the_best_by_the_metric(metric: str, weighted: bool) -> None:
    X_val, y_val = rows(150, 2)
    weights = np.linspace(0.1, 3, 150) if weighted else None
    network, measured = Network(2, hidden=(32,), seed=0), []

    def measure(event: Any) -> None:
        if isinstance(event, EpochDone):
            measured.append(SHARES[metric](y_val, network(X_val)[:, 0].astype(float), weights))

    history = train(
        network, *rows(60, 1), learning_rate=0.05, epochs=40, batch_size=8, validation=(X_val, y_val, weights),
        stopping=EarlyStopping(1000, metric=metric), on_event=measure,
    )  # fmt: skip
    assert history.selected_by == metric
    np.testing.assert_allclose([epoch.metric for epoch in history.epochs], measured, rtol=1e-6)
    best = np.argmin(measured) if metric in ("log_loss", "brier") else np.argmax(measured)
    assert history.best_epoch == best + 1
    assert SHARES[metric](y_val, network(X_val)[:, 0].astype(float), weights) == pytest.approx(measured[best])


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2"])
def test_metrics_of_numbers_are_told_in_the_units_that_are_given(metric: str) -> None:
    X = RANDOM.normal(size=(200, 3))
    y = X @ np.asarray([[1.0, 0.2], [0.0, -1.0], [0.5, 0.0]])
    network = Network(3, hidden=(8,), outputs=2, output="identity", seed=0)
    units = (10.0, 2.0)
    history = train(
        network, X, y, loss="mean_squared_error", epochs=3, learning_rate=0.01, validation=(X, y),
        stopping=EarlyStopping(metric=metric, units=units),
    )  # fmt: skip
    said = network(X).astype(float) * units
    true = y.astype(np.float32).astype(float) * units
    expected = {
        "rmse": np.mean([np.sqrt(metrics.mean_squared_error(true[:, k], said[:, k])) for k in (0, 1)]),
        "mae": metrics.mean_absolute_error(true, said),
        "r2": metrics.r2_score(true, said),
    }
    assert history.epochs[history.best_epoch - 1].metric == pytest.approx(expected[metric], rel=1e-5)


def test_many_classes_have_the_same_metrics() -> None:
    X = RANDOM.normal(size=(200, 2))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
    network = Network(2, hidden=(8,), outputs=3, output="softmax", seed=0)
    history = train(network, X, y, epochs=2, validation=(X, y), stopping=EarlyStopping(metric="auc"))
    said = network(X).astype(float)
    area = metrics.roc_auc_score(y, said / said.sum(axis=1, keepdims=True), multi_class="ovr")
    assert history.epochs[history.best_epoch - 1].metric == pytest.approx(area, rel=1e-6)


def test_the_reason_names_the_metric() -> None:
    history = train(
        Network(2, hidden=(32,), seed=0), *rows(60, 1), learning_rate=0.05, epochs=500, batch_size=8,
        validation=rows(200, 2), stopping=EarlyStopping(patience=7, metric="auc"),
    )  # fmt: skip
    assert len(history.epochs) == history.best_epoch + 7
    best = history.best_epoch
    assert history.stop_reason == f"the validation AUC has not improved since epoch {best}, 7 epochs ago"


@pytest.mark.parametrize(
    ("network", "y", "metric", "message"),
    [
        (Network(2), np.zeros(20), "rmse", "must be a metric for classification; received 'rmse'. Try log_loss, auc"),
        (Network(2, output="identity"), np.arange(20.0), "auc", "must be a metric for regression"),
        (Network(2), np.zeros(20), "auc", "needs other validation rows: the rows are all of one class"),
        (Network(2), np.full(20, 0.5), "accuracy", "must be the loss where targets are no classes"),
    ],
)
def test_a_metric_that_the_rows_cannot_give_is_refused(
    network: Network, y: np.ndarray, metric: str, message: str
) -> None:
    X = RANDOM.normal(size=(20, 2))
    loss = "mean_squared_error" if network.output == "identity" else "cross_entropy"
    with pytest.raises(InvalidArgument, match=message):
        train(network, X, y, loss=loss, validation=(X, y), stopping=EarlyStopping(metric=metric))


def test_an_unknown_metric_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'accuracy'"):
        EarlyStopping(metric="acuracy")


def done(epoch: int, loss: float, seconds: float) -> EpochDone:
    return EpochDone(epoch, 99, loss, loss, None, 0.1, 1.0, 0.001, 0.0, False, seconds)


def test_patience_in_seconds_counts_from_the_best_epoch() -> None:
    stopping = EarlyStopping(patience=None, seconds="2s")
    history = History("native", epochs=[done(1, 0.9, 1.0), done(2, 0.5, 2.0), done(3, 0.7, 3.9)], best_epoch=2)
    assert stopping.decide(history) is None
    history.epochs.append(done(4, 0.7, 4.5))
    assert stopping.decide(history) == "the validation loss has not improved since epoch 2, 2.5 seconds ago"


def test_whichever_patience_ends_first_ends_training() -> None:
    history = History("native", epochs=[done(1, 0.5, 1.0), done(2, 0.7, 2.0)], best_epoch=1)
    assert EarlyStopping(patience=1, seconds=100).decide(history)
    assert EarlyStopping(patience=100, seconds=1).decide(history)
    assert EarlyStopping(patience=100, seconds=100).decide(history) is None


@pytest.mark.parametrize("text", ["", "soon", "-3s", "0s", "5 minutes", "nan"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match=r"`time_limit` must be a length of time.*Try 30s, 5m or 1\.5h"):
        read_duration("time_limit", text)


def test_a_time_limit_ends_training_and_what_was_learned_is_evaluated() -> None:
    X, y = rows(60_000, 3)
    network = Network(2, hidden=(128, 128), seed=0)
    began = time.perf_counter()
    history = train(
        network, X, y, learning_rate=0.01, schedule="cosine", epochs=1000, batch_size=256,
        validation=rows(500, 4), time_limit=0.7, threads=1,
    )  # fmt: skip
    took = time.perf_counter() - began
    assert history.stop_reason == "the time limit of 0.7 seconds is reached"
    assert 0.7 <= history.epochs[-1].seconds <= took < 2.0  # others use the machine too: see the next test
    # The schedule has come down to its end with the time, whatever of the epochs was left.
    assert history.epochs[-1].learning_rate < 0.1 * 0.01
    assert history.best_epoch > 0


@pytest.mark.parametrize("seconds_of_a_batch", [0.0001, 0.003, 0.09])
@pytest.mark.parametrize("limit", [0.05, 0.7, 3.1])
def test_a_time_limit_is_kept_to_a_tenth_of_a_second(
    seconds_of_a_batch: float, limit: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that only the engine moves."""
    now, descend = [100.0], NativeEngine.descend

    def slowly(engine: Any, *arguments: Any, **options: Any) -> Any:
        rates = arguments[5]
        now[0] += seconds_of_a_batch * len(rates)
        return descend(engine, *arguments, **options)

    monkeypatch.setattr(descent, "perf_counter", lambda: now[0])
    monkeypatch.setattr(NativeEngine, "descend", slowly)
    X, y = rows(5_000, 3)
    history = train(Network(2, hidden=(4,)), X, y, epochs=50_000, batch_size=5, time_limit=limit, engine="native")
    assert history.stop_reason.startswith("the time limit of ")
    assert limit <= history.epochs[-1].seconds < limit + 0.1


def test_a_time_limit_that_is_far_off_changes_no_bit() -> None:
    ends = set()
    for limit in (None, "1h"):
        network = Network(2, hidden=(16,), seed=0)
        train(network, *rows(300, 5), epochs=4, schedule="one_cycle", batch_size=16, time_limit=limit)
        ends.add(network.theta.tobytes())
    assert len(ends) == 1


def test_the_schedule_follows_whichever_is_further_steps_or_time() -> None:
    schedule = LearningRateSchedule(1.0, Cosine(), epochs=10, steps=10, time_limit=100.0)
    assert schedule.by_time(epoch=1, step=0, count=3, seconds=5.0) is None  # before the first step no schedule is known
    assert schedule.by_time(epoch=6, step=0, count=3, seconds=50.0) is None  # half of both
    by_time = schedule.by_time(epoch=2, step=0, count=3, seconds=50.0)  # a tenth of the steps, half of the time
    np.testing.assert_allclose(by_time, Cosine()(np.asarray([0.50, 0.51, 0.52])))
    np.testing.assert_allclose(schedule.of_epoch(2)[:2], Cosine()(np.asarray([0.10, 0.11])))
