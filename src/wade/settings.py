"""Every choice of how a network is built and trained, its default and its range, in one frozen place.

`wade.learn`, the command line and the estimators take their defaults from here. It is quick to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from wade.errors import InvalidArgument

PLATEAU = "plateau"
LEAST_PATIENCE = 5


@dataclass(frozen=True)
class Settings:
    """How a network is built and trained.

    Parameters
    ----------
    hidden : sequence of int
        The widths of the hidden layers; empty: no hidden layer.
    activation : str
        Of the hidden layers.
    dropout : float
        The share of each hidden layer's neurons that is silent in a training step, from 0 to less than 1.
    members : int
        How many networks share their weights; a prediction is the mean of theirs (TabM).
    epochs : int or None
        Passes over the training rows, at most. None: chosen from the number of rows by `epochs_for`.
    batch_size : int or None
        Rows per step. None: chosen from the number of rows by `batch_size_for`.
    optimizer : str
        A name from `wade.maths.optimizers`.
    learning_rate : float
        Greater than 0.
    weight_decay : float or None
        How strongly the optimiser pulls weights towards 0. None: 0.1 for AdamW, none for the others, whose decay is
        part of the gradient and would need another strength.
    l1, l2 : float
        Penalties l1 · Σ|w| and ½ · l2 · Σw² on the weights, which the optimiser sees as part of the loss; at least 0.
    clip_norm : float or None
        What a batch's gradient, penalties included, is shortened to where it is longer; None: no limit.
    schedule : str
        A name from `wade.maths.schedules`, or "plateau": the learning rate stays until the validation loss stands
        still. After half of `patience` (rounded up) epochs without a better one it is cut to a tenth, so that the
        other half is left for shorter steps to help.
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

    hidden: Sequence[int] = (256, 128)
    activation: str = "relu"
    dropout: float = 0.0
    members: int = 1
    epochs: int | None = None
    batch_size: int | None = None
    optimizer: str = "adamw"
    learning_rate: float = 3e-3
    weight_decay: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    schedule: str = "cosine"
    patience: int | None = None
    seed: int = 0
    engine: str = "auto"
    threads: int | None = None
    stop_on: str = "loss"
    patience_time: float | str | None = None
    time_limit: float | str | None = None

    def __post_init__(self) -> None:
        # Hidden layers, dropout, members, seed and names are checked where they are used, before any data is read.
        for name, optional in (("epochs", True), ("batch_size", True), ("patience", True), ("threads", True)):
            value = getattr(self, name)
            if not (optional and value is None) and not _is_count(value):
                raise InvalidArgument(name, "must be a whole number from 1 on", value)
        rate = self.learning_rate
        if not (isinstance(rate, int | float) and 0 < rate < inf):
            raise InvalidArgument("learning_rate", "must be greater than 0 and finite", rate, "Try 0.001.")
        for name, optional, usual in (("weight_decay", True, "0.1"), ("l1", False, "0.0001"), ("l2", False, "0.0001")):
            strength = getattr(self, name)
            if not (optional and strength is None) and not (isinstance(strength, int | float) and 0 <= strength < inf):
                raise InvalidArgument(name, "must be at least 0 and finite", strength, f"Try {usual}.")
        norm = self.clip_norm
        if norm is not None and not (isinstance(norm, int | float) and 0 < norm < inf):
            remedy = "Try 1, or leave it out for no limit."
            raise InvalidArgument("clip_norm", "must be greater than 0 and finite", norm, remedy)
        if self.schedule == PLATEAU and self.patience is not None and self.patience < 2:
            expected = "must be at least 2 for the schedule 'plateau', which cuts the learning rate halfway to stopping"
            raise InvalidArgument("patience", expected, self.patience, "Try 6.")

    def decay(self) -> float:
        """The weight decay: what was asked for, or what suits the optimiser."""
        if self.weight_decay is not None:
            return self.weight_decay
        return 0.1 if self.optimizer == "adamw" else 0.0

    def epochs_to_a_cut(self) -> int | None:
        """Epochs without a better validation loss after which the learning rate is cut; None: it never is."""
        return -(-(self.patience or LEAST_PATIENCE) // 2) if self.schedule == PLATEAU else None

    def epochs_to_stop(self, rows: int) -> int:
        """Epochs on so many training rows without a better validation loss after which training stops.

        Few validation rows waver long before the end: the drawn spiral is told apart in 62 of 100 rows where 10 epochs
        of 150 end training, and in 99 where 30 do. Where the first epochs are the best, the rest is not waited for.
        """
        if self.patience is not None:
            return self.patience
        return LEAST_PATIENCE if self.schedule == PLATEAU else max(LEAST_PATIENCE, self.epochs_on(rows) // 5)

    def epochs_on(self, rows: int) -> int:
        """The passes over this many training rows, at most."""
        return epochs_for(rows) if self.epochs is None else self.epochs

    def batch_size_on(self, rows: int) -> int:
        """The rows per step on this many training rows."""
        return batch_size_for(rows) if self.batch_size is None else self.batch_size


def batch_size_for(rows: int) -> int:
    """Rows per step where nobody says: small tables need many steps, large ones fast steps.

    Source: RealMLP (Holzmüller et al., 2024), whose batch grows with the table in like steps; on the 250,000 training
    rows of the flights, 512 ends lower than 1,024 after the same number of epochs.

    Examples
    --------
    >>> batch_size_for(900), batch_size_for(220_000)
    (64, 512)
    """
    for most_rows, batch_size in ((1_024, 64), (8_192, 128), (30_000, 256), (300_000, 512)):
        if rows <= most_rows:
            return batch_size
    return 1_024


def epochs_for(rows: int) -> int:
    """Passes over the training rows where nobody says: about 2.1 million rows seen, in 8 to 150 passes.

    A schedule that falls to 0 within a few passes ends lower on the flights than many passes cut short by patience.

    Examples
    --------
    >>> epochs_for(900), epochs_for(50_000), epochs_for(250_000)
    (150, 42, 8)
    """
    return max(8, min(150, 2_100_000 // rows))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


DEFAULTS = Settings()
