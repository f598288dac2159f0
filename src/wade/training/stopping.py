"""Early stopping: a rule that takes the history after each epoch and returns its reason to stop, or None."""

from __future__ import annotations

from dataclasses import dataclass

from wade.errors import InvalidArgument
from wade.metrics import Metric, choose_metric
from wade.training.durations import in_words, read_duration
from wade.training.history import History


@dataclass(frozen=True)
class EarlyStopping:
    """Stops when the validation loss or metric has not improved for a number of epochs, or for some time.

    Parameters
    ----------
    patience : int ≥ 1, or None
        Epochs without a new best before it stops; None waits for any number of them.
    seconds : float, str such as "30s", or None
        The same in time; None waits for any time. Where it stops depends on how fast the machine is.
    metric : "loss", or a name from `wade.metrics`
        What makes an epoch better than another: the validation loss, or a metric of the validation rows. The
        parameters of the best epoch by it are the ones that training ends with.
    units : tuple of float
        What 1 of each of the network's outputs is in the unit of RMSE and MAE; one number is enough for all.

    Raises
    ------
    InvalidArgument
        Where `patience` is less than 1, `seconds` is no length of time, or there is no such metric.

    References
    ----------
    L. Prechelt, *Early Stopping, But When?*, 1998: the criterion UP, with its strip of one epoch.

    Examples
    --------
    >>> EarlyStopping(patience=3, metric="roc_auc").chosen_metric.label
    'AUC'
    """

    patience: int | None = 10
    seconds: float | str | None = None
    metric: str = "loss"
    units: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if self.patience is not None and self.patience < 1:
            raise InvalidArgument("patience", "must be at least 1", self.patience)
        if self.seconds is not None:
            object.__setattr__(self, "seconds", read_duration("seconds", self.seconds))
        if self.metric != "loss":
            choose_metric(self.metric, "metric")

    @property
    def chosen_metric(self) -> Metric | None:
        """The metric; None where the validation loss decides."""
        return None if self.metric == "loss" else choose_metric(self.metric, "metric")

    def decide(self, history: History) -> str | None:
        """The reason to stop now, or None."""
        if not history.epochs:
            return None
        criterion = "loss" if self.chosen_metric is None else self.chosen_metric.label
        waited, best = len(history.epochs) - history.best_epoch, history.best
        if self.patience is not None and waited >= self.patience:
            return f"the validation {criterion} has not improved since epoch {history.best_epoch}, {waited} epochs ago"
        idle = history.epochs[-1].seconds - (best.seconds if best else 0.0)
        if self.seconds is not None and idle >= float(self.seconds):
            passed = in_words(idle)
            return f"the validation {criterion} has not improved since epoch {history.best_epoch}, {passed} ago"
        return None
