"""The values of settings that are left open: `settle` chooses each by a rule, with the reason.

The learning rate alone stays open until training, which chooses it by a short sweep (`wade.training.automatic`). The
evidence behind the rules is in docs/choices.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from wade.settings.option import options_of
from wade.settings.readers import AUTO
from wade.settings.training import LEAST_PATIENCE, PLATEAU, Choice, Settings, Settled


def settle(settings: Settings, rows: int, outputs: int = 1, output: str = "sigmoid") -> Settled:
    """Choose the value of each setting that is left open.

    Parameters
    ----------
    settings : Settings
        A learning rate of "auto" stays "auto": it takes a sweep.
    rows : int, ≥ 1
        Number of training rows.
    outputs : int
        Number of network outputs.
    output : str
        Activation of the output layer: "identity" for regression, another for classification.

    Examples
    --------
    >>> settled = settle(Settings(epochs=5), rows=900)
    >>> settled.batch_size, settled.epochs, settled.patience
    (64, 5, 5)
    >>> settled.choices["members"].why
    'up to 75 steps are too few to train more networks that share their weights'
    >>> settle(Settings(), rows=900).choices["members"].why
    'training is fast up to 10,000 rows, and averaging sixteen networks lowers the error'
    """
    open_ones: dict[str, Choice] = {}
    options = options_of(Settings)

    def value_of(name: str, found: Choice) -> Any:
        given = getattr(settings, name)
        if not options[name].option.is_unset(given):
            return given
        open_ones[name] = found
        return found.value

    hidden = value_of("hidden", hidden_for(rows, outputs))
    batch_size = value_of("batch_size", batch_size_for(rows))
    epochs = value_of("epochs", epochs_for(rows, batch_size))
    members = value_of("members", members_for(rows, outputs, hidden, epochs * steps_per_epoch(rows, batch_size)))
    settled = {
        **{each.name: getattr(settings, each.name) for each in fields(Settings)},
        "hidden": hidden,
        "members": members,
        "dropout": value_of("dropout", dropout_for(rows, output, hidden)),
        "batch_size": batch_size,
        "epochs": epochs,
        "patience": value_of("patience", patience_for(settings.schedule, epochs)),
        "schedule": value_of("schedule", SCHEDULE),
        "weight_decay": value_of("weight_decay", weight_decay_for(settings.optimizer)),
    }
    return Settled(**settled, choices=open_ones)


WHOLE: Final = 64
TINY: Final = 2_048
SMALL: Final = 10_000
LARGE: Final = 100_000
"""Training rows up to which a table is tiny or small, and above which it is large."""
FEWEST_EPOCHS: Final = 30
FEWEST_STEPS_ENSEMBLE: Final = 500
FEWEST_ROWS_PIECEWISE: Final = 100
MOST_COLUMNS_PIECEWISE: Final = 50

SCHEDULE: Final = Choice(
    "one_cycle", "a rate that rises, then falls to nearly 0, reaches a lower loss than a constant one"
)


def settle_numbers(numbers: str, rows: int, columns: int) -> tuple[str, dict[str, Choice]]:
    """The encoding of numbers: as given, or chosen from the number of rows and of number columns, with the reason."""
    if numbers != AUTO:
        return numbers, {}
    found = numbers_for(rows, columns)
    return found.value, {"numbers": found}


def numbers_for(rows: int, columns: int) -> Choice:
    """The encoding of numbers, "scaled" or "piecewise"; `columns` counts the columns that are numbers."""
    if not columns:
        return Choice("scaled", "no column is a number")
    if rows < FEWEST_ROWS_PIECEWISE:
        return Choice("scaled", f"fewer than {FEWEST_ROWS_PIECEWISE} rows are too few for piecewise-linear bins")
    if columns > MOST_COLUMNS_PIECEWISE:
        return Choice("scaled", f"bins for more than {MOST_COLUMNS_PIECEWISE} columns would add too many parameters")
    if rows > LARGE:
        return Choice("scaled", f"above {LARGE:,} rows, piecewise-linear bins gain little for the time they take")
    return Choice("piecewise", "the first layer can change its slope at every bin edge")


def hidden_for(rows: int, outputs: int) -> Choice:
    """The widths of the hidden layers."""
    if rows <= SMALL:
        return Choice((128, 64), f"up to {SMALL:,} rows, an ensemble of this width beats a wider network")
    if rows <= LARGE and outputs == 1:
        return Choice((128, 64), f"up to {LARGE:,} rows with one output, an ensemble beats a wider network")
    return Choice((256, 128), "with many rows or outputs, a wide network is better")


def members_for(rows: int, outputs: int, hidden: Sequence[int], steps: int) -> Choice:
    """The number of ensemble members; `steps` is how many training may take.

    Members that share their weights need more steps, the more they are: after few of them, sixteen are worse than four.
    """
    if not hidden:
        return Choice(1, "without hidden layers, an average of networks is again such a network")
    most = SMALL if rows <= SMALL or outputs > 1 else LARGE
    if rows <= most:
        if steps < FEWEST_STEPS_ENSEMBLE:
            return Choice(4, f"up to {steps:,} steps are too few to train more networks that share their weights")
        return Choice(16, f"training is fast up to {most:,} rows, and averaging sixteen networks lowers the error")
    return Choice(1, "one wide network is nearly as good as an average of several, and faster")


def dropout_for(rows: int, output: str, hidden: Sequence[int]) -> Choice:
    """The share of dropped-out units."""
    if not hidden:
        return Choice(0.0, "there is no hidden layer")
    if rows <= SMALL:
        return Choice(0.1, f"up to {SMALL:,} rows can be memorized; dropout reduces overfitting")
    if rows <= LARGE and output != "identity":
        return Choice(0.1, f"up to {LARGE:,} rows, classes can be memorized; dropout reduces overfitting")
    return Choice(0.0, "too many rows to memorize")


def batch_size_for(rows: int) -> Choice:
    """Rows per step.

    Up to 64 rows every step sees all of them, so that a row of weight 2 counts as two rows, to the last bit.

    Source: RealMLP (Holzmüller et al., 2024), whose batch size grows with the table in similar steps; below 500 rows,
    smaller batches train as well in the same number of steps, and those are several times as fast. On the 250,000
    training rows of the flights, 512 reaches a lower loss than 1,024 after the same number of epochs.

    Examples
    --------
    >>> batch_size_for(900).value, batch_size_for(220_000).value
    (64, 512)
    """
    steps = ((WHOLE, WHOLE), (256, 16), (512, 32), (TINY, 64), (8_192, 128), (30_000, 256), (300_000, 512))
    found = next((size for most_rows, size in steps if rows <= most_rows), 1_024)
    return Choice(found, "small tables need many steps, large ones fast epochs")


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """The number of batches that an epoch takes."""
    return -(-rows // batch_size)


def least_steps_for(rows: int) -> int:
    """Steps that training may take at least: few rows make few steps an epoch, and after these the loss still falls.

    On ten tables of 47 to 1,030 rows and on generated lines, 60 epochs (120 steps of 100 rows) stop far from the
    minimum; validation rows end training where fewer are enough.

    Examples
    --------
    >>> [least_steps_for(rows) for rows in (100, 500, 2_000, 5_000)]
    [2000, 1000, 500, 0]
    """
    return next((steps for most_rows, steps in ((256, 2_000), (512, 1_000), (TINY, 500)) if rows <= most_rows), 0)


def epochs_for(rows: int, batch_size: int) -> Choice:
    """The maximum number of epochs: by steps for tiny tables, 60 for small ones, else about 2.1 million rows.

    On the flights, a schedule that falls to 0 within a few epochs reaches a lower loss than many epochs ended early.

    Examples
    --------
    >>> [epochs_for(rows, batch_size_for(rows).value).value for rows in (100, 900, 5_000, 50_000, 250_000)]
    [286, 34, 60, 42, 8]
    """
    if rows <= TINY:
        least = least_steps_for(rows)
        found = max(FEWEST_EPOCHS, -(-least // steps_per_epoch(rows, batch_size)))
        return Choice(found, f"at least {least:,} steps and {FEWEST_EPOCHS} epochs where there are up to {TINY:,} rows")
    if rows <= SMALL:
        return Choice(60, f"up to {SMALL:,} rows, more epochs overfit")
    return Choice(max(8, min(150, 2_100_000 // rows)), "about two million rows in all, in 8 to 150 epochs")


def weight_decay_for(optimizer: str) -> Choice:
    """The weight decay; its strength means something else where it is part of the gradient."""
    if optimizer == "adamw":
        return Choice(0.1, "the usual strength for adamw, whose decay is decoupled from the gradient")
    return Choice(0.0, f"with {optimizer} it would be part of the gradient and need another strength")


def patience_for(schedule: str, epochs: int) -> Choice:
    """Epochs without a better validation loss after which training stops.

    With few validation rows the loss fluctuates: on the generated spiral, accuracy is 62 % with a patience of 10 of
    150 epochs, and 99 % with 30. Where the first epochs are the best, training still ends early.
    """
    if schedule == PLATEAU:
        return Choice(LEAST_PATIENCE, "the learning rate is cut halfway to stopping")
    return Choice(max(LEAST_PATIENCE, epochs // 5), f"a fifth of the epochs, at least {LEAST_PATIENCE}")
