"""When to stop: a decision object looks at the history after each epoch and gives its reason, or None to go on."""

from __future__ import annotations

from dataclasses import dataclass

from wade.errors import InvalidArgument
from wade.training.history import History


@dataclass(frozen=True)
class EarlyStopping:
    """Stops when the validation loss has not improved for a number of epochs.

    Parameters
    ----------
    patience : int, ≥ 1
        Epochs without a new best before it stops.

    Raises
    ------
    InvalidArgument
        Where `patience` is less than 1.

    References
    ----------
    L. Prechelt, *Early Stopping, But When?*, 1998: the criterion UP, with its strip of one epoch.

    Examples
    --------
    >>> EarlyStopping(patience=3)
    EarlyStopping(patience=3)
    """

    patience: int = 10

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise InvalidArgument("patience", "must be at least 1", self.patience)

    def decide(self, history: History) -> str | None:
        """The reason to stop now, or None."""
        waited = len(history.epochs) - history.best_epoch
        if waited < self.patience:
            return None
        return f"the validation loss has not improved since epoch {history.best_epoch}, {waited} epochs ago"
