"""Bias, variance, both or neither: each from errors that are made to have it, and from networks that are trained to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.model.evaluation.compared_losses import Losses
from wade.model.evaluation.diagnosis import ADD_LAYERS, diagnose
from wade.model.evaluation.linear_comparison import compare_with_linear
from wade.model.evaluation.training_summary import TrainingSummary

GENERATOR = np.random.default_rng(9)
START = GENERATOR.bit_generator.state


@pytest.fixture(autouse=True)
def same_draws_in_any_order() -> None:
    GENERATOR.bit_generator.state = START


DONE = TrainingSummary((64,), 20, [0.5] * 20, False, 0.0, 1, 0.1, False)


def errors(own: float, new: float, rows: tuple[int, int] = (4000, 2000)) -> Losses:
    """Losses above 0 that scatter about two means, by a quarter of them."""
    return Losses(*(GENERATOR.gamma(16, mean / 16, n) for mean, n in zip((own, new), rows, strict=True)))


def verdict(
    own: float, new: float, training: TrainingSummary = DONE, plain: Losses | None = None, **more: Any
) -> dict[str, Any]:
    found = diagnose(errors(own, new, **more), errors(0.69, 0.69, **more), plain, training, "binary")
    json.dumps(found, allow_nan=False)
    assert len(found["summary"]) <= 136  # two lines of the first screen
    return found


def test_what_is_lost_on_new_rows_is_variance() -> None:
    found = verdict(0.1, 0.4)
    assert found["verdict"] == "variance"
    assert found["gap"]["value"] == pytest.approx(0.3, abs=0.05)
    assert found["gap"]["interval"][0] < 0.3 < found["gap"]["interval"][1]
    assert any("overfitting" in reason for reason in found["reasons"])
    assert any(
        "one of: --dropout 0.2 (now 0), --weight-decay 0.3 (now 0.1), --members 8 (an ensemble; now 1)." in step
        for step in found["next"]
    )
    assert any("Add rows" in step for step in found["next"])


def test_what_held_it_back_already_is_counted_in_the_advice() -> None:
    training = replace(DONE, dropout=0.4, members=8, weight_decay=0.0)
    (advice,) = [step for step in verdict(0.1, 0.4, training)["next"] if "--dropout" in step]
    most = verdict(0.1, 0.4, replace(training, dropout=0.5))["next"]
    assert "Or regularize, with one of: --weight-decay 0.1 (now 0)." in most  # no more dropout than there is
    assert advice == "Or regularize, with one of: --dropout 0.5 (now 0.4), --weight-decay 0.1 (now 0)."


def test_a_small_gap_or_one_that_chance_could_make_is_no_variance() -> None:
    assert verdict(0.10, 0.13)["verdict"] == "neither"
    few = verdict(0.4, 0.4, rows=(60, 6))
    assert few["verdict"] != "variance"
    gap, gain = few["gap"], few["errors"]["constant"]["train"]["value"] - few["errors"]["network"]["train"]["value"]
    assert gap["interval"][0] < 0  # no loss can be negative: it is called none
    lost = "Nothing" if gap["value"] <= 0 else f"{100 * gap['value'] / gain:.0f} %"
    assert few["reasons"][-1] == (
        f"{lost} of the gain on training rows is lost on the 6 validation rows, but these are few: on many such rows, "
        f"between none and {100 * gap['interval'][1] / gain:.0f} % may be lost (95 % interval). Overfitting is neither "
        "shown nor ruled out."
    )
    assert few["next"] == ["Cross-validate, so that every row is a test row once: wade validate DATA."]


def test_what_could_still_be_learned_is_bias() -> None:
    falling = replace(DONE, validation_losses=[0.69 - 0.01 * k for k in range(20)], best_was_last=True)
    found = verdict(0.5, 0.5, falling)
    assert found["verdict"] == "bias"
    assert "still falling" in found["reasons"][1]
    assert found["next"][0] == "Train longer: --epochs 40."
    straight = verdict(0.5, 0.5, replace(DONE, hidden=()))
    assert straight["verdict"] == "bias"
    assert ADD_LAYERS in straight["next"]
    deep_pays = verdict(0.5, 0.5, plain=errors(0.62, 0.62))
    assert deep_pays["verdict"] == "bias"
    assert "Widen the network: --hidden 128." in deep_pays["next"]


FALLING = replace(DONE, validation_losses=[0.69 - 0.01 * k for k in range(20)], best_was_last=True)
IDENTITY = replace(DONE, activation="identity")
SHORT = replace(DONE, epochs=4, validation_losses=[0.6, 0.55, 0.52, 0.51], best_was_last=True, fewer_epochs=True)
NONE = replace(DONE, hidden=())


@pytest.mark.parametrize(
    ("losses", "linear", "training", "cause", "said", "advised"),
    [
        ((0.69, 0.69), 0.3, replace(DONE, learning_rate=1e-4), "learning_rate", "too low: 10,000 times lower", "auto"),
        ((0.6, 0.6), None, replace(FALLING, learning_rate=0.03), "learning_rate", "too low: 33 times lower", "race"),
        ((0.69, 0.69), 0.3, replace(DONE, learning_rate=300.0), "learning_rate", "too high: 300 times the", "auto"),
        ((0.5, 0.5), 0.3, replace(DONE, learning_rate=10.0), "learning_rate", "too high: 10 times the usual", "auto"),
        ((0.1, 0.1), 0.3, replace(DONE, learning_rate=300.0), None, "No overfitting", ""),  # it trained well
        ((0.5, 0.5), 0.3, replace(DONE, learning_rate=3.0), None, "can be lowered further", "Widen"),  # near the usual
        ((0.5, 0.5), 0.3, DONE, None, "can be lowered further", "Widen"),  # a sweep chose the rate
        ((0.6, 0.6), 0.6, IDENTITY, "activation", "with the activation identity, the network is linear", "relu"),
        ((0.1, 0.1), 0.1, IDENTITY, None, "No overfitting", ""),  # a line is enough
        (
            (0.3, 0.3),
            0.3,
            IDENTITY,
            "activation",
            "the network is linear",
            "relu",
        ),  # less than half is left
        ((0.001, 0.001), 0.001, IDENTITY, None, "low training loss", ""),
        ((0.5, 0.5), 0.1, replace(IDENTITY, best_was_last=True), None, "can be lowered", "Train longer"),
        ((0.69, 0.69), 0.3, replace(NONE, best_was_last=True), None, "can be lowered", "--epochs 40. Regularize less"),
        ((0.3, 0.3), 0.3, NONE, "hidden", "without hidden layers, the network is linear", "Compare with hidden layers"),
        ((0.002, 0.002), 0.001, DONE, None, "low training loss", ""),  # far below, if above a line
        ((0.3, 0.3), None, FALLING, None, "can be lowered further", "Train longer"),  # less than half is left
        ((0.3, 0.3), None, DONE, None, "the training loss holds", ""),
        ((0.69, 0.69), 0.69, DONE, "columns", "hardly predict the target: log-loss", "Add informative columns"),
        ((0.2, 0.9), 0.69, DONE, "columns", "hardly predict the target: log-loss 30 % above", "Add informative"),
        ((0.5, 0.5), 0.3, SHORT, "epochs", "too few epochs; training ended after 4 of them", "leave --epochs to auto"),
        ((0.69, 0.69), 0.69, SHORT, "epochs", "too few epochs", "--epochs"),  # may be predictable: not trained yet
        ((0.5, 0.5), 0.3, replace(SHORT, best_was_last=False), None, "can be lowered further", "Widen"),
        ((0.5, 0.5), 0.3, replace(SHORT, fewer_epochs=False), None, "can be lowered further", "Widen"),
        ((0.5, 0.5), 0.6, SHORT, "epochs", "too few epochs", "--epochs"),  # much is left
        ((0.1, 0.1), 0.6, SHORT, None, "No overfitting", ""),
        ((0.1, 0.1), 0.05, replace(SHORT, learning_rate=1e-4), "learning_rate", "too low", "auto"),
        ((0.69, 0.69), 0.69, replace(SHORT, activation="identity"), "activation", "is linear", "relu"),
        (
            (0.6, 0.69),
            0.3,
            DONE,
            None,
            "Underfitting (the training loss can fall further) and overfitting",
            "Widen",
        ),  # a line predicts
        ((0.69, 0.69), None, NONE, "hidden", "Possible underfitting", "Compare with hidden layers"),
    ],
)
def test_the_cause_is_named(
    losses: tuple[float, float], linear: float | None, training: TrainingSummary, cause: str, said: str, advised: str
) -> None:
    found = verdict(*losses, training, plain=None if linear is None else errors(linear, linear))
    assert found["cause"] == cause
    assert said in found["summary"]
    assert advised in " ".join(found["next"])


@pytest.mark.parametrize(
    ("rate", "losses", "said"),
    [
        (1e-4, [1.0, 0.99, 0.98], "; the validation loss fell by 2 % in 3 epochs."),
        (1e-4, [1.0, 1.0, 1.0], "; the validation loss did not fall in 3 epochs."),
        (300.0, [1.0, 5.0, 4.0, 9.0], "; the validation loss rose in 2 of 4 epochs."),
        (300.0, [1.0, 1.0], "; the constant baseline's training loss is no higher."),
    ],
)
def test_a_learning_rate_is_the_cause_by_what_was_seen(rate: float, losses: list[float], said: str) -> None:
    found = verdict(0.69, 0.69, replace(DONE, learning_rate=rate, validation_losses=losses), plain=errors(0.3, 0.3))
    assert found["summary"].endswith(said)
    assert found["reasons"][1].endswith(said)


def test_longer_training_is_advised_before_wider_layers_where_the_last_epoch_was_the_best() -> None:
    found = verdict(0.5, 0.5, replace(DONE, best_was_last=True), plain=errors(0.62, 0.62))
    assert [step.split(":")[0] for step in found["next"][:2]] == ["Train longer", "Widen the network"]
    assert "beyond chance, and hidden layers helped: more epochs or wider ones" in found["reasons"][1]
    straight = verdict(0.69, 0.69, replace(NONE, best_was_last=True), plain=errors(0.69, 0.69))
    assert straight["next"] == [ADD_LAYERS]


def test_a_difference_that_rounds_to_nothing_is_none() -> None:
    same = Losses(np.full(200, 0.6901), np.full(100, 0.6899))
    found = diagnose(same, Losses(np.full(200, 0.69), np.full(100, 0.69)), None, NONE, "binary")
    assert found["reasons"][0].endswith("baseline: the same on training rows, the same on validation rows.")


def test_overfitting_says_what_is_lost_of_what() -> None:
    summary = verdict(0.1, 0.4)["summary"]
    assert summary.startswith("Overfitting (variance): log-loss 8")
    assert " % below the constant baseline on training rows, 4" in summary
    assert verdict(0.1, 0.9, plain=errors(0.3, 0.3))["summary"].endswith("% above it on validation rows.")


def test_both_at_once() -> None:
    falling = replace(DONE, validation_losses=[0.8 - 0.01 * k for k in range(20)], best_was_last=True)
    found = verdict(0.4, 0.5, falling)
    assert found["verdict"] == "both"
    assert any("--epochs" in step for step in found["next"])
    assert any("Add rows" in step for step in found["next"])


def test_where_depth_brings_nothing_and_nothing_is_lost_the_inputs_tell_no_more() -> None:
    found = verdict(0.6, 0.6, plain=errors(0.6, 0.6))
    assert found["verdict"] == "neither"
    assert "these columns seem to explain no more" in found["summary"]
    assert "informative columns" in found["next"][0]


def test_one_that_straight_lines_beat_on_its_own_rows_trained_badly() -> None:
    found = verdict(0.5, 0.5, plain=errors(0.3, 0.3))
    assert found["verdict"] == "bias"
    assert "the optimization went wrong" in found["reasons"][1]


def test_later_rows_may_be_another_time() -> None:
    assert "a change over time" in verdict(0.1, 0.4, replace(DONE, by_time=True))["reasons"][-1]


def test_harder_rows_are_no_gap() -> None:
    base = Losses(GENERATOR.exponential(0.5, 4000), GENERATOR.exponential(0.9, 2000))
    network = Losses(*(0.6 * each + GENERATOR.normal(0, 0.01, len(each)) for each in (base.train, base.validation)))
    found = diagnose(network, base, None, DONE, "regression")
    assert network.validation.mean() > network.train.mean() + 0.1
    assert abs(found["gap"]["value"]) < 0.01
    assert found["error"] == "squared_error"


def test_a_gap_that_is_not_there_is_seen_one_time_in_twenty() -> None:
    seen = [verdict(0.4, 0.4, rows=(500, 250))["gap"]["interval"] for _ in range(200)]
    assert 180 <= sum(low <= 0 <= high for low, high in seen) <= 199


def drawn(rows: int, noise: float) -> pa.Table:
    x, y = GENERATOR.uniform(-1, 1, (2, rows))
    flipped = GENERATOR.random(rows) < noise
    return pa.table({"x": x, "y": y, "same_sign": np.where((x * y > 0) ^ flipped, "yes", "no")})


def test_networks_that_are_made_to_have_it() -> None:
    straight = wade.learn(drawn(2000, 0.0), "same_sign", hidden=(), epochs=10)
    assert straight.report["diagnosis"]["verdict"] == "bias"  # XOR cannot be told apart by a line
    good = wade.learn(drawn(3000, 0.0), "same_sign", hidden=(32, 16), epochs=60, learning_rate=0.01)
    assert good.report["diagnosis"]["verdict"] == "neither"
    X = GENERATOR.normal(size=(500, 20))
    wide = pa.table({**{f"x{k}": X[:, k] for k in range(20)}, "y": X[:, 0] + 0.5 * X[:, 1] * X[:, 2]})
    settings = {"hidden": (64, 64), "members": 1, "dropout": 0, "weight_decay": 0, "numbers": "scaled", "patience": 300}
    by_heart = wade.learn(wide, "y", epochs=300, learning_rate=0.003, **settings).report["diagnosis"]
    assert (by_heart["verdict"], by_heart["error"]) == ("variance", "squared_error")
    assert by_heart["errors"]["network"]["train"]["value"] < 0.05
    assert set(by_heart["errors"]) == {"constant", "linear", "network"}


def test_the_advice_to_a_network_without_hidden_layers_does_not_contradict_the_advice_to_drop_them() -> None:
    simpler = compare_with_linear(np.full(60, 0.5), np.full(60, 0.49) + np.tile([0.1, -0.1], 30), (64,))
    assert "--hidden none" in " ".join(simpler["next"])
    found = verdict(0.5, 0.5, NONE, plain=errors(0.5, 0.5))
    assert found["summary"].startswith("Possible underfitting")
    assert "Keep this network where they are no better." in " ".join(found["next"])
