"""What `fit` and `partial_fit` promise, whatever is asked of the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

import wade
from tests.estimators.samples import classes, numbers, quick
from wade.errors import EngineUnavailable, InvalidArgument
from wade.estimators.rows import Rows, hold_out
from wade.settings import Settings, settle
from wade.training.by_settings import train_with_settings

X, Y = numbers()
BOTH = [("NetClassifier", classes("many")[1]), ("NetRegressor", Y)]
both = pytest.mark.parametrize(("estimator", "y"), BOTH, ids=["classifier", "regressor"])


@both
def test_predictions_are_those_of_the_network(estimator: str, y: Any) -> None:
    fitted = quick(estimator).fit(X, y)
    outputs = fitted.network_(fitted.reader_.encode(X))
    if estimator == "NetClassifier":
        assert np.allclose(fitted.predict_proba(X), outputs, rtol=1e-5, atol=1e-7)
        assert np.array_equal(fitted.predict(X), fitted.classes_[outputs.argmax(axis=1)])
    else:
        assert np.allclose(fitted.predict(X), Y.mean() + Y.std() * outputs[:, 0], rtol=1e-5, atol=1e-6)


def test_training_is_that_of_the_house() -> None:
    regressor = quick("NetRegressor", schedule="one_cycle", optimizer="sgd", learning_rate=0.05, l2=0.01).fit(X, Y)
    inputs = regressor.reader_.encode(X)
    network = wade.Network(regressor.reader_.layout, (8,), 1, output="identity", seed=0)
    settings = Settings(
        (8,), "relu", 0.0, 1, 10, optimizer="sgd", learning_rate=0.05, l2=0.01, schedule="one_cycle", threads=1
    )
    wanted = ((Y - Y.mean()) / Y.std()).astype(np.float32)[:, None]
    history = train_with_settings(settle(settings, len(X), 1, "identity"), network, inputs, wanted)
    assert np.array_equal(network.theta, regressor.network_.theta)
    assert regressor.loss_curve_ == [epoch.loss for epoch in history.epochs]
    assert regressor.n_iter_ == 10


def test_auto_means_what_learn_takes() -> None:
    regressor = wade.NetRegressor(random_state=0, epochs=1).fit(X, Y)
    settled = settle(Settings(epochs=1), 96, 1, "identity")
    network, choices = regressor.network_, regressor.history_.choices
    assert (network.hidden, network.members) == (settled.hidden, settled.members)
    assert regressor.history_.epochs[0].epochs == 1
    assert choices == {**choices, **settled.choices}
    assert set(choices) - set(settled.choices) == {"numbers", "learning_rate"}
    assert wade.NetClassifier()._settings(7) == Settings(seed=7)


def test_what_is_fixed_by_hand_is_no_choice() -> None:
    fixed = {"dropout": 0.1, "members": 2, "batch_size": 32, "weight_decay": 0.0, "schedule": "constant"}
    regressor = quick("NetRegressor", patience=3, numbers="piecewise", **fixed).fit(X, Y)
    assert regressor.history_.choices == {}
    assert (regressor.network_.members, regressor.network_.dropout) == (2, 0.1)
    assert regressor.network_.inputs.bins == (12, 12, 12, 12)


def test_what_is_open_can_be_cloned_searched_and_fixed_again() -> None:
    net = clone(wade.NetRegressor(random_state=0, epochs=2))
    assert {"auto"} == {net.get_params()[name] for name in ("hidden", "members", "learning_rate", "numbers", "dropout")}
    search = GridSearchCV(net, {"learning_rate": ["auto", 0.01], "hidden": ["auto", (4,)]}, cv=2).fit(X, Y)
    assert search.best_params_["hidden"] in ("auto", (4,))
    assert net.set_params(members=1).fit(X, Y).network_.members == 1
    with pytest.raises(InvalidArgument, match="`numbers` must be one of"):
        net.set_params(numbers="binned").fit(X, Y)


def test_a_warm_start_chooses_no_other_network() -> None:
    """With 80 rows a network has the same rules as with 120; 10,001 would have it wider."""
    warm = wade.NetRegressor((4,), warm_start=True, random_state=0, epochs=1).fit(X, Y)
    first = warm.set_params(hidden="auto").fit(X[:80], Y[:80]).network_
    assert first.hidden == (4,)
    assert first.members == 4


@both
def test_the_same_seed_gives_the_same_bits(estimator: str, y: Any) -> None:
    first, second, other = (
        quick(estimator, random_state=seed, validation=0.2, dropout=0.2).fit(X, y).network_.theta for seed in (5, 5, 6)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    threads = quick(estimator, random_state=5, validation=0.2, dropout=0.2, threads=2).fit(X, y).network_.theta
    assert np.array_equal(first, threads)


def test_a_random_state_is_a_seed_a_generator_or_nothing() -> None:
    assert quick("NetRegressor", random_state=np.int64(11)).fit(X, Y).network_.seed == 11
    generator = np.random.RandomState(0)
    drawn = [quick("NetRegressor", random_state=generator).fit(X, Y).network_.seed for _ in range(2)]
    assert len(set(drawn)) == 2
    np.random.seed(0)
    first = quick("NetRegressor", random_state=None).fit(X, Y).network_.seed
    np.random.seed(0)
    assert quick("NetRegressor", random_state=None).fit(X, Y).network_.seed == first
    with pytest.raises(ValueError, match="Seed must be between"):
        quick("NetRegressor", random_state=-1).fit(X, Y)


def test_validation_rows_are_held_out_with_a_share_of_each_class() -> None:
    rare = np.where(np.arange(120) % 10 == 0, "rare", "usual")
    classifier = quick("NetClassifier", validation=0.2).fit(X, rare)
    assert classifier.history_.epochs[0].validation_loss is not None
    best = min(classifier.history_.epochs, key=lambda epoch: epoch.validation_loss)
    assert classifier.history_.best_epoch == best.epoch
    # One row of a class is too few to share: it is drawn like all others.
    assert quick("NetClassifier", validation=0.2).fit(X, np.where(np.arange(120) == 0, "one", "many")).n_iter_ > 0


@pytest.mark.parametrize(
    ("rows", "fraction", "held"),
    [(99, "auto", 0), (100, "auto", 20), (1000, "auto", 100), (600_000, "auto", 50_000), (10, 0.01, 1), (10, None, 0)],
)
def test_the_share_that_is_held_out_follows_the_size_of_the_table(rows: int, fraction: Any, held: int) -> None:
    teaching, judging = hold_out(Rows(np.arange(rows), np.arange(rows), None), fraction, None, seed=0)
    kept = np.array([], int) if judging is None else judging.y
    assert len(kept) == held
    assert np.array_equal(np.sort(np.concatenate([teaching.y, kept])), np.arange(rows))


@both
def test_given_validation_rows_evaluate_and_all_rows_train(estimator: str, y: Any) -> None:
    teaching, judging = slice(0, 80), slice(80, None)
    fitted = quick(estimator).fit(X[teaching], y[teaching], X_val=X[judging], y_val=y[judging])
    pair = quick(estimator).fit(X[teaching], y[teaching], eval_set=(X[judging], y[judging]))
    listed = quick(estimator).fit(X[teaching], y[teaching], eval_set=[(X[judging], y[judging])])
    for other in (pair, listed):
        assert np.array_equal(other.network_.theta, fitted.network_.theta)
        assert [epoch.validation_loss for epoch in other.history_.epochs] == [
            epoch.validation_loss for epoch in fitted.history_.epochs
        ]
    alone = quick(estimator, validation=None).fit(X[teaching], y[teaching])
    assert [epoch.loss for epoch in alone.history_.epochs] == fitted.loss_curve_


def test_validation_rows_count_by_their_weights() -> None:
    weights = np.arange(40.0)
    weighted = quick("NetRegressor").fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:], sample_weight_val=weights)
    repeats = weights.astype(int)
    repeated = quick("NetRegressor").fit(
        X[:80], Y[:80], X_val=X[80:].repeat(repeats, axis=0), y_val=Y[80:].repeat(repeats)
    )
    assert [epoch.validation_loss for epoch in weighted.history_.epochs] == pytest.approx(
        [epoch.validation_loss for epoch in repeated.history_.epochs], rel=1e-5
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X_val": X}, "`X_val` and y_val belong together"),
        ({"y_val": Y}, "`X_val` and y_val belong together"),
        ({"sample_weight_val": Y}, "`sample_weight_val` needs X_val and y_val"),
        ({"eval_set": [(X, Y), (X, Y)]}, "`eval_set` must be one pair"),
        ({"eval_set": (X, Y), "X_val": X, "y_val": Y}, "`eval_set` cannot be given beside"),
        ({"X_val": X, "y_val": Y, "sample_weight_val": -np.ones(120)}, "`sample_weight_val` must be 0 or more"),
    ],
)
def test_validation_rows_that_make_no_sense_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        quick("NetRegressor").fit(X, Y, **given)


@pytest.mark.parametrize("way", ["weights", "copies", "removed"])
@both
def test_weights_and_copies_are_the_same_to_the_last_bit_in_one_batch(estimator: str, y: Any, way: str) -> None:
    rows, weights = slice(0, 20), np.arange(20) % 3 * 1.0
    y = y if estimator == "NetRegressor" else np.where(np.median(Y[rows]) < Y, "high", "low")
    weighted = quick(estimator, batch_size=64).fit(X[rows], y[rows], weights)
    given = {
        "weights": (X[rows][::-1], y[rows][::-1], weights[::-1] * 1.0),
        "copies": (X[rows].repeat(weights.astype(int), axis=0), y[rows].repeat(weights.astype(int))),
        "removed": (X[rows][weights > 0], y[rows][weights > 0], weights[weights > 0]),
    }[way]
    assert np.array_equal(quick(estimator, batch_size=64).fit(*given).network_.theta, weighted.network_.theta)


@both
def test_weights_count_in_many_batches_too(estimator: str, y: Any) -> None:
    weights = np.where(np.arange(120) < 60, 1.0, 0.0)
    weighted = quick(estimator, batch_size=8).fit(X, y, weights)
    assert np.array_equal(weighted.network_.theta, quick(estimator, batch_size=8).fit(X[:60], y[:60]).network_.theta)
    heavier = quick(estimator, batch_size=8).fit(X, y, np.where(np.arange(120) < 60, 9.0, 1.0))
    assert not np.array_equal(heavier.network_.theta, quick(estimator, batch_size=8).fit(X, y).network_.theta)


@both
def test_a_warm_start_goes_on_where_it_ended(estimator: str, y: Any) -> None:
    warm = quick(estimator, warm_start=True, schedule="constant", epochs=5)
    first = warm.fit(X, y).network_
    scales = warm.reader_
    before = first.theta.copy()
    loss = warm.loss_curve_[-1]
    warm.fit(X, y)
    assert warm.network_ is first
    assert warm.reader_ is scales
    assert not np.array_equal(first.theta, before)
    assert warm.loss_curve_[0] < loss * 1.05
    cold = quick(estimator, schedule="constant", epochs=5).fit(X, y)
    assert np.array_equal(cold.fit(X, y).network_.theta, before)


def test_a_warm_start_with_another_network_or_class_is_refused() -> None:
    _, y = classes("many")
    classifier = quick("NetClassifier", warm_start=True).fit(X, y)
    with pytest.raises(InvalidArgument, match="`y` must hold classes that are known"):
        classifier.fit(X, np.where(y == "a", "new", y))
    with pytest.raises(InvalidArgument, match="`warm_start` continues with Network"):
        classifier.set_params(hidden=(9,)).fit(X, y)
    with pytest.raises(ValueError, match="3 features"):
        classifier.fit(X[:, :3], y)


@both
def test_partial_fit_learns_part_by_part(estimator: str, y: Any) -> None:
    part_by_part = quick(estimator, hidden=(32,))
    first_call = {"classes": np.unique(y)} if estimator == "NetClassifier" else {}
    part_by_part.partial_fit(X, y, **first_call)
    beginning = part_by_part.score(X, y)
    for _ in range(30):
        for part in np.array_split(np.arange(120), 3):
            part_by_part.partial_fit(X[part], y[part])
    assert part_by_part.score(X, y) > max(beginning, 0.9)
    assert part_by_part.n_iter_ == len(part_by_part.loss_curve_) == 91


def test_partial_fit_is_one_long_descent() -> None:
    # Two passes in a row are two epochs of a training without schedule, its optimizer state included.
    parts = quick("NetRegressor").partial_fit(X, Y).partial_fit(X, Y)
    whole = quick("NetRegressor", schedule="constant", epochs=2, validation=None).fit(X, Y)
    assert np.array_equal(parts.network_.theta, whole.network_.theta)


def test_partial_fit_goes_on_after_fit() -> None:
    regressor = quick("NetRegressor").fit(X, Y)
    network, theta = regressor.network_, regressor.network_.theta.copy()
    regressor.partial_fit(X[:10], Y[:10], sample_weight=np.ones(10))
    assert regressor.network_ is network
    assert not np.array_equal(network.theta, theta)
    assert regressor.n_iter_ == 11


def test_partial_fit_must_know_all_classes_from_the_beginning() -> None:
    _, y = classes("many")
    with pytest.raises(InvalidArgument, match="`classes` must name all classes in the first call"):
        quick("NetClassifier").partial_fit(X, y)
    classifier = quick("NetClassifier").partial_fit(X[:1], y[:1], classes=["a", "b", "c", "d"])
    with pytest.raises(InvalidArgument, match="`classes` must be those of the first call"):
        classifier.partial_fit(X, y, classes=["a", "b"])
    with pytest.raises(InvalidArgument, match=r"`y` must hold classes that are known.*received 'e'"):
        classifier.partial_fit(X[:1], ["e"])
    with pytest.raises(InvalidArgument, match="`class_weight` cannot be 'balanced'"):
        quick("NetClassifier", class_weight="balanced").partial_fit(X, y, classes=np.unique(y))


@pytest.mark.parametrize(
    ("setting", "value", "error"),
    [
        ("hidden", (0,), InvalidArgument),
        ("activation", "rellu", InvalidArgument),
        ("epochs", 0, InvalidArgument),
        ("batch_size", 2.5, InvalidArgument),
        ("optimizer", "adamm", InvalidArgument),
        ("learning_rate", -1.0, InvalidArgument),
        ("schedule", "cosinus", InvalidArgument),
        ("validation", 1.0, InvalidArgument),
        ("validation", "some", InvalidArgument),
        ("validation", True, InvalidArgument),
        ("patience", 0, InvalidArgument),
        ("engine", "nativ", InvalidArgument),
        ("threads", 0, InvalidArgument),
    ],
)
def test_a_parameter_outside_its_range_is_named_by_fit(setting: str, value: Any, error: type[Exception]) -> None:
    regressor = quick("NetRegressor", **{setting: value})
    with pytest.raises(error, match=f"`{setting}`"):
        regressor.fit(X, Y)


def test_a_plateau_needs_validation_rows() -> None:
    with pytest.raises(InvalidArgument, match=r"`schedule` needs validation rows.*Try validation=0\.2"):
        quick("NetRegressor", schedule="plateau").fit(X, Y)


def test_the_engine_is_a_choice() -> None:
    reference = quick("NetRegressor", engine="reference").fit(X, Y)
    assert reference.history_.engine == "reference"
    assert np.allclose(reference.predict(X), quick("NetRegressor").fit(X, Y).predict(X), rtol=1e-3, atol=1e-3)


def test_members_dropout_and_plateau_reach_the_network() -> None:
    regressor = quick("NetRegressor", members=3, dropout=0.1, schedule="plateau", validation=0.2).fit(X, Y)
    assert (regressor.network_.members, regressor.network_.dropout) == (3, 0.1)


def test_verbose_tells_each_epoch_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    quick("NetRegressor", epochs=2, verbose=True, validation=0.2).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:18] for line in lines] == ["Epoch 1 of 2: loss", "Epoch 2 of 2: loss"]
    assert "validation loss" in lines[0]
    quick("NetRegressor", epochs=2).fit(X, Y)
    assert capsys.readouterr().out == ""


def test_ctrl_c_ends_a_search_and_keeps_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wade.estimators.estimator._print_epoch", interrupt)
    regressor = quick("NetRegressor", verbose=True)
    with pytest.raises(KeyboardInterrupt):
        regressor.fit(X, Y)
    assert regressor.predict(X).shape == (120,)


def test_asking_before_fitting_says_so() -> None:
    with pytest.raises(NotFittedError):
        quick("NetClassifier").predict_proba(X)


def test_an_engine_that_cannot_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.engines.native._missing", ImportError("no kernels"))
    with pytest.raises(EngineUnavailable, match="no kernels"):
        quick("NetRegressor", engine="native").fit(X, Y)
