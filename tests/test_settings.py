"""The choices, their ranges, and what is chosen where nobody says."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import pytest

from wade.errors import InvalidArgument
from wade.maths.optimizers import NAMED
from wade.settings import DEFAULTS, Settings, settle, settle_numbers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("batch_size", -1),
        ("patience", 0),
        ("patience", 1.5),
        ("learning_rate", 0.0),
        ("learning_rate", -0.1),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("learning_rate", "fast"),
        ("learning_rate", True),
        ("epochs", None),
        ("weight_decay", -0.1),
        ("weight_decay", math.nan),
        ("l1", -0.1),
        ("l1", None),
        ("l2", math.inf),
        ("l2", "little"),
        ("clip_norm", 0.0),
        ("clip_norm", math.inf),
    ],
)
def test_a_setting_outside_its_range_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidArgument, match=f"`{name}`") as caught:
        dataclasses.replace(DEFAULTS, **{name: value})
    assert caught.value.received is value


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULTS.epochs = 3  # type: ignore[misc]


SIZES = (1, 10, 1_000, 1_025, 10_000, 10_001, 100_000, 100_001, 1_000_000, 100_000_000)
KINDS = ((1, "sigmoid"), (10, "softmax"), (1, "identity"))
OPEN = {"hidden", "dropout", "members", "epochs", "batch_size", "weight_decay", "schedule", "patience"}


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_open_is_settled_with_a_reason(rows: int, kind: tuple[int, str]) -> None:
    settled = settle(DEFAULTS, rows, *kind)
    assert set(settled.choices) == OPEN
    for name, choice in settled.choices.items():
        assert getattr(settled, name) == choice.value
        assert choice.value != "auto"
        assert choice.why
    assert settled.learning_rate == "auto"
    assert settle(settled, rows, *kind).choices == {}


def test_what_is_given_stays_and_is_no_choice() -> None:
    given = Settings((7,), dropout=0.3, members=2, epochs=3, batch_size=7, weight_decay=0.5, schedule="plateau")
    settled = settle(replace(given, patience=4, learning_rate=0.1), 5000)
    assert settled.choices == {}
    assert (settled.hidden, settled.dropout, settled.members, settled.epochs) == ((7,), 0.3, 2, 3)
    assert (settled.batch_size, settled.weight_decay, settled.schedule, settled.patience) == (7, 0.5, "plateau", 4)
    assert settled.learning_rate == 0.1


def test_a_network_without_hidden_layers_has_nothing_to_drop_or_to_share() -> None:
    settled = settle(Settings(()), 900)
    assert (settled.dropout, settled.members) == (0.0, 1)
    assert settled.choices["members"].why == "without hidden layers, an average of networks is again such a network"


def test_weight_decay_suits_the_optimizer_unless_given() -> None:
    names = ("sgd", "adam", "adamw")
    assert [settle(Settings(optimizer=name), 900).weight_decay for name in names] == [0.0, 0.0, 0.1]
    assert settle(Settings(optimizer="sgd", weight_decay=0.01), 900).weight_decay == 0.01
    assert all(make().usual_learning_rate > 0 for make in NAMED.values())


def test_a_plateau_leaves_half_of_the_patience_for_shorter_steps_to_help() -> None:
    plateaus = [Settings(schedule="plateau", patience=patience) for patience in (2, 3, 5, 10)]
    assert [settle(plateau, 900).epochs_to_a_cut for plateau in plateaus] == [1, 2, 3, 5]
    assert settle(DEFAULTS, 900).epochs_to_a_cut is None
    assert settle(Settings(schedule="plateau"), 900).epochs_to_a_cut == 3
    with pytest.raises(InvalidArgument, match="`patience` must be at least 2 for the schedule 'plateau'"):
        Settings(schedule="plateau", patience=1)


def test_training_waits_a_fifth_of_its_epochs_unless_patience_is_given() -> None:
    assert [settle(DEFAULTS, rows).patience for rows in (100, 900, 5_000, 250_000)] == [57, 6, 12, 5]
    assert settle(Settings(epochs=100), 900).patience == 20
    assert settle(Settings(patience=3), 900).patience == 3
    assert settle(Settings(schedule="plateau"), 900).patience == 5


@pytest.mark.parametrize("kind", KINDS)
def test_large_tables_have_large_batches_few_epochs_and_one_wide_network(kind: tuple[int, str]) -> None:
    settled = [settle(DEFAULTS, rows, *kind) for rows in SIZES]
    assert [each.batch_size for each in settled] == sorted(each.batch_size for each in settled)
    beyond = [each.epochs for rows, each in zip(SIZES, settled, strict=True) if rows > 10_000]
    assert beyond == sorted(beyond, reverse=True)
    assert min(beyond) >= 8
    assert [each.members for each in settled] == sorted((each.members for each in settled), reverse=True)
    assert (settled[-1].hidden, settled[-1].members, settled[-1].dropout) == ((256, 128), 1, 0.0)


@pytest.mark.parametrize(
    ("rows", "columns", "reading"),
    [
        (99, 3, "scaled"),
        (100, 3, "piecewise"),
        (100_000, 50, "piecewise"),
        (100_001, 3, "scaled"),
        (900, 101, "scaled"),
    ],
)
def test_numbers_stand_among_bins_in_tables_of_a_middling_size(rows: int, columns: int, reading: str) -> None:
    found, choices = settle_numbers("auto", rows, columns)
    assert found == choices["numbers"].value == reading
    assert settle_numbers("scaled", rows, columns) == ("scaled", {})
    assert settle_numbers("auto", rows, 0)[0] == "scaled"


@pytest.mark.parametrize(
    ("rows", "given", "epochs", "batch_size", "steps"),
    [
        (20, {}, 2_000, 64, 2_000),
        (64, {}, 2_000, 64, 2_000),
        (65, {}, 400, 16, 2_000),
        (100, {}, 286, 16, 2_002),
        (256, {}, 125, 16, 2_000),
        (300, {}, 100, 32, 1_000),
        (512, {}, 63, 32, 1_008),
        (600, {}, 50, 64, 500),
        (2_048, {}, 30, 64, 960),
        (2_049, {}, 60, 128, 1_020),
        (100, {"batch_size": 100}, 2_000, 100, 2_000),
        (100, {"batch_size": 1}, 30, 1, 3_000),
        (100, {"epochs": 7}, 7, 16, 49),
    ],
)
def test_tiny_tables_are_trained_for_a_number_of_steps(
    rows: int, given: dict[str, int], epochs: int, batch_size: int, steps: int
) -> None:
    settled = settle(Settings(**given), rows)  # type: ignore[arg-type]
    assert (settled.epochs, settled.batch_size) == (epochs, batch_size)
    assert epochs * -(-rows // batch_size) == steps
    assert settled.patience == max(5, epochs // 5)
    assert settled.members == (16 if steps >= 500 else 4)


def test_members_follow_from_rows_outputs_and_steps() -> None:
    assert [settle(DEFAULTS, rows).members for rows in (100, 10_000, 100_000, 100_001)] == [16, 16, 16, 1]
    assert [settle(DEFAULTS, rows, 5, "softmax").members for rows in (100, 10_000, 10_001)] == [16, 16, 1]
    assert settle(Settings(epochs=2), 1_000).members == 4
    assert settle(Settings(hidden=()), 1_000).members == 1
