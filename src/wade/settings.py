"""Every choice of how a network is built and trained, its range, and the rule that makes it where nobody does.

`wade.learn`, the command line and the estimators take their defaults from here: "auto" almost everywhere, which
`settle` turns into a value and the reason for it when it is known how many rows teach. The learning rate alone stays
open, for a short race (`training.automatic`). What the rules rest on stands in docs/choices.md. It is quick to import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, Final, Literal, TypeAlias

from wade.errors import InvalidArgument

AUTO: Final = "auto"
Auto: TypeAlias = Literal["auto"]
PLATEAU: Final = "plateau"
LEAST_PATIENCE: Final = 5


@dataclass(frozen=True)
class Choice:
    """What a setting came to be where it was left open, and why."""

    value: Any
    why: str


@dataclass(frozen=True)
class Settings:
    """How a network is built and trained; "auto" leaves a choice to `settle`.

    Parameters
    ----------
    hidden : sequence of int or "auto"
        The widths of the hidden layers; empty: no hidden layer.
    activation : str
        Of the hidden layers.
    dropout : float or "auto"
        The share of each hidden layer's neurons that is silent in a training step, from 0 to less than 1.
    members : int or "auto"
        How many networks share their weights; a prediction is the mean of theirs (TabM).
    epochs : int or "auto"
        Passes over the training rows, at most.
    batch_size : int or "auto"
        Rows per step.
    optimizer : str
        A name from `wade.maths.optimizers`.
    learning_rate : float or "auto"
        Greater than 0.
    weight_decay : float or "auto"
        How strongly the optimiser pulls weights towards 0.
    l1, l2 : float
        Penalties l1 · Σ|w| and ½ · l2 · Σw² on the weights, which the optimiser sees as part of the loss; at least 0.
    clip_norm : float or None
        What a batch's gradient, penalties included, is shortened to where it is longer; None: no limit.
    schedule : str
        "auto", a name from `wade.maths.schedules`, or "plateau": the learning rate stays until the validation loss
        stands still. After half of `patience` (rounded up) epochs without a better one it is cut to a tenth, so that
        the other half is left for shorter steps to help.
    patience : int or None
        Epochs without a better validation loss after which training stops; at least 2 for the schedule "plateau". None:
        a fifth of the epochs, at least 5; 5 for "plateau". The parameters of the best epoch are kept.
    seed : int
        Of the split, the initial parameters, the order of the rows and dropout's masks.
    engine : "auto", "reference" or "native"
    threads : int or None
        None: the engine decides.
    stop_on : str
        What makes an epoch the best one: "loss", the validation loss, or a metric of the validation rows: "log_loss",
        "auc", "accuracy", "rmse", "mae", "r2".
    patience_time : float or str or None
        Training stops too when no epoch was better for this long: seconds, or a text such as "30s".
    time_limit : float or str or None
        Training ends after this long, and the schedule is fitted to it: seconds, or a text such as "5m".

    Examples
    --------
    >>> Settings(hidden=(64,)).learning_rate == DEFAULTS.learning_rate
    True
    """

    hidden: Sequence[int] | Auto = AUTO
    activation: str = "relu"
    dropout: float | Auto = AUTO
    members: int | Auto = AUTO
    epochs: int | Auto = AUTO
    batch_size: int | Auto = AUTO
    optimizer: str = "adamw"
    learning_rate: float | Auto = AUTO
    weight_decay: float | Auto = AUTO
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    schedule: str = AUTO
    patience: int | None = None
    seed: int = 0
    engine: str = "auto"
    threads: int | None = None
    stop_on: str = "loss"
    patience_time: float | str | None = None
    time_limit: float | str | None = None

    def __post_init__(self) -> None:
        # Widths, dropout, members, seed and names are checked where they are used, before any data is read.
        for name in ("epochs", "batch_size", "patience", "threads"):
            value = getattr(self, name)
            if not (_is_open(name, value) or _is_count(value)):
                raise InvalidArgument(name, "must be a whole number from 1 on", value)
        rate = self.learning_rate
        if not (_is_auto(rate) or _is_number(rate, above=0)):
            raise InvalidArgument("learning_rate", "must be greater than 0 and finite", rate, "Try 0.001, or 'auto'.")
        for name, usual in (("weight_decay", "0.1"), ("l1", "0.0001"), ("l2", "0.0001")):
            strength = getattr(self, name)
            if not (_is_open(name, strength) or _is_number(strength)):
                raise InvalidArgument(name, "must be at least 0 and finite", strength, f"Try {usual}.")
        norm = self.clip_norm
        if norm is not None and not _is_number(norm, above=0):
            remedy = "Try 1, or leave it out for no limit."
            raise InvalidArgument("clip_norm", "must be greater than 0 and finite", norm, remedy)
        if self.schedule == PLATEAU and self.patience is not None and self.patience < 2:
            expected = "must be at least 2 for the schedule 'plateau', which cuts the learning rate halfway to stopping"
            raise InvalidArgument("patience", expected, self.patience, "Try 6.")


@dataclass(frozen=True)
class Settled(Settings):
    """Settings with nothing left open but, maybe, the learning rate; `choices` says what was chosen, and why."""

    hidden: Sequence[int] = ()
    dropout: float = 0.0
    members: int = 1
    epochs: int = 1
    batch_size: int = 1
    weight_decay: float = 0.0
    patience: int = LEAST_PATIENCE
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def epochs_to_a_cut(self) -> int | None:
        """Epochs without a better validation loss after which the learning rate is cut; None: it never is."""
        return -(-self.patience // 2) if self.schedule == PLATEAU else None


def settle(settings: Settings, rows: int, outputs: int = 1, output: str = "sigmoid") -> Settled:
    """Settle what is left open, for a table with so many training rows.

    Parameters
    ----------
    settings : Settings
    rows : int, ≥ 1
        How many rows teach.
    outputs : int
        How many numbers the network gives.
    output : str
        The activation of its last layer: "identity" for numbers, another for classes.

    Returns
    -------
    Settled
        The learning rate is still "auto" where it was: it takes a race.

    Examples
    --------
    >>> settled = settle(Settings(epochs=5), rows=900)
    >>> settled.batch_size, settled.epochs, settled.patience
    (64, 5, 5)
    >>> settled.choices["members"].why
    'up to 10,000 rows are quick to learn from, and the mean of four networks errs less'
    """
    open_ones: dict[str, Choice] = {}

    def value_of(name: str, found: Choice) -> Any:
        given = getattr(settings, name)
        if not _is_open(name, given):
            return given
        open_ones[name] = found
        return found.value

    hidden = value_of("hidden", hidden_for(rows, outputs))
    members = value_of("members", members_for(rows, outputs, hidden))
    epochs = value_of("epochs", epochs_for(rows))
    settled = {
        "hidden": hidden,
        "members": members,
        "dropout": value_of("dropout", dropout_for(rows, output, hidden)),
        "batch_size": value_of("batch_size", batch_size_for(rows)),
        "epochs": epochs,
        "patience": value_of("patience", patience_for(settings.schedule, epochs)),
        "schedule": value_of("schedule", SCHEDULE),
        "weight_decay": value_of("weight_decay", weight_decay_for(settings.optimizer)),
    }
    as_given = {each.name: getattr(settings, each.name) for each in fields(Settings)}
    return Settled(**{**as_given, **settled}, choices=open_ones)


SMALL: Final = 10_000
LARGE: Final = 100_000
"""Training rows up to which a table is small, and from which on it is large."""
FEWEST_ROWS_PIECEWISE: Final = 100
MOST_COLUMNS_PIECEWISE: Final = 50

SCHEDULE: Final = Choice("one_cycle", "steps that grow, then shrink to nearly nothing, end lower than steady ones")


def settle_numbers(numbers: str, rows: int, columns: int) -> tuple[str, dict[str, Choice]]:
    """How numbers are read: as asked for, or as suits so many training rows and number columns, and then why."""
    if numbers != AUTO:
        return numbers, {}
    found = numbers_for(rows, columns)
    return found.value, {"numbers": found}


def numbers_for(rows: int, columns: int) -> Choice:
    """How numbers are read, "scaled" or "piecewise", where so many columns are numbers."""
    if not columns:
        return Choice("scaled", "no column is a number")
    if rows < FEWEST_ROWS_PIECEWISE:
        return Choice("scaled", f"fewer than {FEWEST_ROWS_PIECEWISE} rows are too few to put among bins")
    if columns > MOST_COLUMNS_PIECEWISE:
        return Choice("scaled", f"bins for more than {MOST_COLUMNS_PIECEWISE} columns would be too many parameters")
    if rows > LARGE:
        return Choice("scaled", f"beyond {LARGE:,} rows, bins gain little for the time that they take")
    return Choice("piecewise", "the first layer can bend at every edge of a bin")


def hidden_for(rows: int, outputs: int) -> Choice:
    """The widths of the hidden layers."""
    if rows <= SMALL:
        return Choice((128, 64), f"up to {SMALL:,} rows, several members of this width beat a wider network")
    if rows <= LARGE and outputs == 1:
        return Choice((128, 64), f"up to {LARGE:,} rows with one answer, several members beat a wider network")
    return Choice((256, 128), "many rows, or many answers, fill a wide network")


def members_for(rows: int, outputs: int, hidden: Sequence[int]) -> Choice:
    """How many networks share their weights."""
    if not hidden:
        return Choice(1, "without hidden layers, the mean of several is one such network again")
    if rows <= SMALL or (rows <= LARGE and outputs == 1):
        most = SMALL if rows <= SMALL else LARGE
        return Choice(4, f"up to {most:,} rows are quick to learn from, and the mean of four networks errs less")
    return Choice(1, "one wide network is nearly as good as the mean of four, and quicker")


def dropout_for(rows: int, output: str, hidden: Sequence[int]) -> Choice:
    """The share of silent neurons."""
    if not hidden:
        return Choice(0.0, "there is no hidden layer")
    if rows <= SMALL:
        return Choice(0.1, f"up to {SMALL:,} rows can be learned by heart, which silent neurons make harder")
    if rows <= LARGE and output != "identity":
        return Choice(0.1, f"up to {LARGE:,} rows, classes can be learned by heart, which silent neurons make harder")
    return Choice(0.0, "too many rows to be learned by heart")


def batch_size_for(rows: int) -> Choice:
    """Rows per step.

    Source: RealMLP (Holzmüller et al., 2024), whose batch grows with the table in like steps; on the 250,000 training
    rows of the flights, 512 ends lower than 1,024 after the same number of epochs.

    Examples
    --------
    >>> batch_size_for(900).value, batch_size_for(220_000).value
    (64, 512)
    """
    steps = ((1_024, 64), (8_192, 128), (30_000, 256), (300_000, 512))
    found = next((size for most_rows, size in steps if rows <= most_rows), 1_024)
    return Choice(found, "small tables need many steps, large ones quick ones")


def epochs_for(rows: int) -> Choice:
    """Passes over the training rows, at most: 60 of small tables, else about 2.1 million rows seen.

    A schedule that falls to 0 within a few passes ends lower on the flights than many passes cut short by patience.

    Examples
    --------
    >>> epochs_for(900).value, epochs_for(50_000).value, epochs_for(250_000).value
    (60, 42, 8)
    """
    if rows <= SMALL:
        return Choice(60, f"up to {SMALL:,} rows: more passes learn them by heart")
    return Choice(max(8, min(150, 2_100_000 // rows)), "some two million rows are seen, in 8 to 150 passes")


def weight_decay_for(optimizer: str) -> Choice:
    """How strongly weights are pulled towards 0: a strength means another thing where it is part of the gradient."""
    if optimizer == "adamw":
        return Choice(0.1, "the usual strength for adamw, whose decay is apart from the gradient")
    return Choice(0.0, f"the decay of {optimizer} would be part of the gradient, and need another strength")


def patience_for(schedule: str, epochs: int) -> Choice:
    """Epochs without a better validation loss after which training stops.

    Few validation rows waver long before the end: the drawn spiral is told apart in 62 of 100 rows where 10 epochs of
    150 end training, and in 99 where 30 do. Where the first epochs are the best, the rest is not waited for.
    """
    if schedule == PLATEAU:
        return Choice(LEAST_PATIENCE, "the rate is cut halfway to stopping")
    return Choice(max(LEAST_PATIENCE, epochs // 5), f"a fifth of the epochs, at least {LEAST_PATIENCE}")


def _is_auto(value: object) -> bool:
    return isinstance(value, str) and value == AUTO


def _is_open(name: str, value: object) -> bool:
    """Whether nobody has said what it should be."""
    return value is None if name in ("patience", "threads") else _is_auto(value)


def _is_number(value: object, above: float = -5e-324) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and above < value < inf


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


DEFAULTS: Final = Settings()
