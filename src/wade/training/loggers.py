"""Loggers: the metrics of each epoch for TensorBoard and MLflow; `pip install 'wade[tracking]'` installs both.

A logger is a listener (`wade.train(…, on_event=TensorBoard("runs/first"))`) and logs one training: when that has ended
it closes its output and ignores further events.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import fields
from typing import Any, Final

import lazy_loader as lazy

from wade.errors import InvalidArgument
from wade.training.history import EpochDone, Event, TrainingEnded

tensorboard = lazy.load("tensorboard")
mlflow = lazy.load("mlflow")

TAGS: Final = {
    "loss": "loss/training",
    "validation_loss": "loss/validation",
    "metric": "metric/validation",
    "learning_rate": "descent/learning_rate",
    "gradient_norm": "descent/gradient_norm",
    "update_ratio": "descent/update_ratio",
    "dead_relus": "descent/dead_relus",
    "seconds": "seconds",
}
"""The tags that TensorBoard shows metrics under: those with the same part before the "/" share a section."""


def metrics_of(epoch: EpochDone) -> dict[str, float]:
    """The metrics of an epoch by name, without those that are None.

    Examples
    --------
    >>> from wade import Network, train
    >>> history = train(Network(1, hidden=(), seed=0), [[0.0], [1.0]], [0, 1], epochs=1)
    >>> sorted(metrics_of(history.epochs[0]))
    ['gradient_norm', 'learning_rate', 'loss', 'seconds', 'update_ratio']
    """
    values = {field.name: getattr(epoch, field.name) for field in fields(epoch)}
    return {name: values[name] for name in TAGS if values.get(name) is not None}


class TensorBoard:
    """Writes the metrics of each epoch for TensorBoard: `tensorboard --logdir runs`.

    Parameters
    ----------
    folder : path
        The log folder of this training; TensorBoard compares the folders of one `--logdir`.

    Raises
    ------
    InvalidArgument
        The package tensorboard is not installed.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        _need("tensorboard", "TensorBoard")
        self._writer: Any = tensorboard.summary.Writer(os.fspath(folder))

    def __call__(self, event: Event) -> None:
        """Writes the metrics of an epoch; closes the file at the end."""
        if self._writer is None:
            return
        if isinstance(event, EpochDone):
            for name, value in metrics_of(event).items():
                self._writer.add_scalar(TAGS[name], value, event.epoch)
            self._writer.flush()
        elif isinstance(event, TrainingEnded):
            self._writer.close()
            self._writer = None


class MLflow:
    """Logs the metrics of each epoch, and the reason for the end of training, as one run of MLflow.

    Parameters
    ----------
    experiment : str
        It is created if there is none of this name.
    run : str, optional
    uri : str, optional
        MLflow's tracking URI; None: the one that is configured.
    parameters : dict of name -> value, optional
        Parameters to log, such as `{"learning_rate": 0.01}`.

    Attributes
    ----------
    run_id : str
        MLflow's id of the run.

    Raises
    ------
    InvalidArgument
        The package mlflow is not installed.
    """

    def __init__(
        self,
        experiment: str = "wade",
        run: str | None = None,
        uri: str | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> None:
        _need("mlflow", "MLflow")
        self._client: Any = mlflow.MlflowClient(tracking_uri=uri)
        known = self._client.get_experiment_by_name(experiment)
        home = known.experiment_id if known else self._client.create_experiment(experiment)
        self.run_id: str = self._client.create_run(home, run_name=run).info.run_id
        for name, value in (parameters or {}).items():
            self._client.log_param(self.run_id, name, value)

    def __call__(self, event: Event) -> None:
        """Logs the metrics of an epoch, and the end."""
        if self._client is None:
            return
        if isinstance(event, EpochDone):
            for name, value in metrics_of(event).items():
                self._client.log_metric(self.run_id, name, value, step=event.epoch)
        elif isinstance(event, TrainingEnded):
            history = event.history
            for name in ("stop_reason", "best_epoch", "engine"):
                self._client.set_tag(self.run_id, name, getattr(history, name))
            status = "KILLED" if history.interrupted else "FINISHED" if history.best_epoch else "FAILED"
            self._client.set_terminated(self.run_id, status)
            self._client = None


def _need(package: str, who: str) -> None:
    if importlib.util.find_spec(package) is None:
        remedy = "Try: pip install 'wade[tracking]'."
        raise InvalidArgument(who, f"needs the package {package}, which is not installed", package, remedy)
