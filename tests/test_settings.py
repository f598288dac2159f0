"""The choices, their ranges, and what is chosen where nobody says."""

from __future__ import annotations

import dataclasses
import math

import pytest

from wade.errors import InvalidArgument
from wade.settings import DEFAULTS, Settings, batch_size_for, epochs_for


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


def test_epochs_and_batch_size_follow_the_rows_unless_given() -> None:
    assert (DEFAULTS.epochs_on(5000), DEFAULTS.batch_size_on(5000)) == (epochs_for(5000), batch_size_for(5000))
    given = Settings(epochs=3, batch_size=7)
    assert (given.epochs_on(5000), given.batch_size_on(5000)) == (3, 7)


def test_weight_decay_suits_the_optimiser_unless_given() -> None:
    assert [Settings(optimizer=name).decay() for name in ("sgd", "adam", "adamw")] == [0.0, 0.0, 0.1]
    assert Settings(optimizer="sgd", weight_decay=0.01).decay() == 0.01


def test_a_plateau_leaves_half_of_the_patience_for_shorter_steps_to_help() -> None:
    cuts = [Settings(schedule="plateau", patience=patience).epochs_to_a_cut() for patience in (2, 3, 5, 10)]
    assert cuts == [1, 2, 3, 5]
    assert DEFAULTS.epochs_to_a_cut() is None
    assert Settings(schedule="plateau").epochs_to_a_cut() == 3
    with pytest.raises(InvalidArgument, match="`patience` must be at least 2 for the schedule 'plateau'"):
        Settings(schedule="plateau", patience=1)


def test_training_waits_a_fifth_of_its_epochs_unless_patience_is_given() -> None:
    assert [DEFAULTS.epochs_to_stop(rows) for rows in (900, 250_000)] == [30, 5]
    assert Settings(epochs=100).epochs_to_stop(900) == 20
    assert Settings(patience=3).epochs_to_stop(900) == 3
    assert Settings(schedule="plateau").epochs_to_stop(900) == 5


def test_more_rows_never_mean_more_epochs_or_smaller_batches() -> None:
    sizes = [1, 10, 1_000, 1_025, 10_000, 100_000, 1_000_000, 100_000_000]
    epochs, batches = [epochs_for(n) for n in sizes], [batch_size_for(n) for n in sizes]
    assert epochs == sorted(epochs, reverse=True)
    assert batches == sorted(batches)
    assert min(epochs) >= 1
