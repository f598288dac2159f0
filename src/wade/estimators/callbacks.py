"""scikit-learn's callbacks (`set_callbacks`, from 1.9 on) as a listener: a task "fit" with a task for each epoch."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sklearn.callback import CallbackContext

from wade.network import Network
from wade.training import EpochDone, EpochStarted, Event, StopTraining, TrainingEnded


class Callbacks:
    """Calls an estimator's callbacks as epochs begin and end; X, y and sample_weight are those of `fit`."""

    def __init__(self, estimator: Any, network: Network, X: Any, y: Any, sample_weight: Any) -> None:
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._about = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        self._network = network
        self._fit: CallbackContext | None = None
        self._epoch: CallbackContext | None = None

    def __call__(self, event: Event) -> None:
        """Pass the event on; StopTraining where a callback returns True at the end of an epoch."""
        estimator = self._about["estimator"]
        # The copy of the network is made only if a callback asks for it.
        about = {**self._about, "reconstruction_attributes": lambda: {"network_": deepcopy(self._network)}}
        if isinstance(event, EpochStarted):
            if self._fit is None:
                self._fit = estimator._init_callback_context(max_subtasks=event.epochs)
                self._fit.call_on_fit_task_begin(**self._about)
            self._epoch = self._fit.subcontext(task_name="epoch")
            self._epoch.call_on_fit_task_begin(**about)
        elif isinstance(event, EpochDone) and self._epoch and self._epoch.call_on_fit_task_end(**about):
            raise StopTraining(f"after epoch {event.epoch}")
        elif isinstance(event, TrainingEnded) and self._fit:
            self._fit.call_on_fit_task_end(**about)

    @property
    def __name__(self) -> str:
        """The callbacks' names, for the stop reason."""
        return ", ".join(type(callback).__name__ for callback in self._about["estimator"]._skl_callbacks)
