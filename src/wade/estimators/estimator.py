"""The base of both estimators: `fit`, `partial_fit` and `predict`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Final, Self

import numpy as np
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from wade.engines import Task, choose_engine
from wade.errors import Diverged, InvalidArgument, unknown_name
from wade.estimators.callbacks import Callbacks
from wade.estimators.options import SHARED
from wade.estimators.rows import Rows, hold_out, merged, validation_given
from wade.estimators.table_input import TableInput
from wade.maths.optimizers import State
from wade.network import Network
from wade.settings import AUTO, PLATEAU, Settings, Settled, settle
from wade.tables.schema.overrides import READINGS
from wade.training import Event, History, Listeners
from wade.training.by_settings import (
    build_network,
    check_settings,
    initial_optimizer_state,
    train_one_pass,
    train_with_settings,
)
from wade.training.checkpoint import EVERY, Checkpointing
from wade.training.history import EpochDone
from wade.types import Array, Floats, Samples

VALUES_AT_ONCE: Final = 2**20


class NetEstimator(CallbackSupportMixin, TableInput):  # type: ignore[misc]
    """A network with scikit-learn's interface; the subclasses define what y is."""

    network_: Network
    history_: History
    loss_curve_: list[float]
    n_iter_: int
    optimizer_state_: State | None

    def __init__(
        self,
        hidden: Any = "auto",
        *,
        activation: str = "relu",
        dropout: Any = "auto",
        members: Any = "auto",
        epochs: Any = "auto",
        batch_size: Any = "auto",
        optimizer: str = "adamw",
        learning_rate: Any = "auto",
        weight_decay: Any = "auto",
        l1: float = 0.0,
        l2: float = 0.0,
        clip_norm: float | None = None,
        schedule: str = "auto",
        numbers: str = "auto",
        validation: Any = "auto",
        patience: int | None = None,
        roles: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        engine: str = "auto",
        threads: int | None = None,
        verbose: bool = False,
        stop_on: str = "loss",
        patience_time: Any = None,
        time_limit: Any = None,
        checkpoint: Any = None,
        every: Any = EVERY,
        resume: bool = False,
    ) -> None:
        self._keep(locals())

    def _keep(self, parameters: dict[str, Any]) -> None:
        """Set the arguments of `__init__` as attributes, unchecked and unchanged, as scikit-learn requires."""
        for name in self._get_param_names():
            setattr(self, name, parameters[name])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        return tags

    @with_callbacks  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        eval_set: Any = None,
        on_event: Any = None,
    ) -> Self:
        """Train a network.

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)
            Numbers, NaN where one is missing; or a frame of pandas, polars or pyarrow with categories, dates, texts,
            booleans and missing values as they are.
        y : array (n_samples,) or (n_samples, n_outputs)
            The target.
        sample_weight : array (n_samples,), optional
            How much each row counts.
        X_val, y_val : like X and y, optional
            Validation rows, instead of some of X; in a `Pipeline`, `transform_input=["X_val"]` transforms them as it
            transforms X.
        sample_weight_val : array, optional
            How much each of these counts.
        eval_set : (X_val, y_val) or [(X_val, y_val)], optional
            X_val and y_val, as gradient boosting libraries take them.
        on_event : function of an event, or several, optional
            Listeners to the training, as in `wade.train`: a logger, a progress bar; they may raise `StopTraining`.

        Returns
        -------
        self
        """
        going_on = bool(self.warm_start) and hasattr(self, "network_")
        settings = self._settings(self.network_.seed if going_on else self._draw_seed())
        if going_on:
            settings = _as_before(settings, self.network_)
        given = self._rows(X, y, sample_weight, reset=not going_on, known=going_on)
        validation = validation_given(X_val, y_val, sample_weight_val, eval_set)
        share = None if validation else self.validation
        rows, held_out = hold_out(given, share, self._strata(given.y), settings.seed)
        if not going_on:
            self.reader_ = self._fitted_reader(rows)
        if validation:
            held_out = self._rows(*validation, reset=False, known=True, weights_name="sample_weight_val")
        self._refuse_without_validation(held_out)
        samples = self._samples(rows)
        if held_out is None and len(samples.X) <= settle(settings, len(samples.X)).batch_size:
            samples = merged(samples)
        settled = settle(settings, len(samples.X), *self._output_shape())
        if not going_on:
            self._fit_target(samples)
        network = self._network(settled)
        if going_on:
            self._refuse_change(network)
            network = self.network_
        printed = [_print_epoch] if self.verbose else []
        self.history_ = train_with_settings(
            settled,
            network,
            *self._for_training(samples),
            validation=None if held_out is None else self._for_training(self._samples(held_out)),
            on_event=Listeners([*printed, Callbacks(self, network, X, y, sample_weight), Listeners.of(on_event)]),
            checkpointing=Checkpointing(self.checkpoint, self.every, self.resume),
            units=self._units(),
        )
        if not going_on:
            self.history_.choices = {**self.reader_.choices, **self.history_.choices}
        self.network_ = network
        self.loss_curve_ = [epoch.loss for epoch in self.history_.epochs]
        self.n_iter_ = len(self.loss_curve_)
        self.optimizer_state_ = None
        if self.history_.interrupted:
            raise KeyboardInterrupt("The best network so far is kept in `network_`.")
        return self

    def _pass(self, X: Any, y: Any, sample_weight: Any, known: bool) -> Self:
        """`partial_fit`, once the classes are known: one pass over these rows."""
        first = not hasattr(self, "network_")
        settings = self._settings(self._draw_seed() if first else self.network_.seed)
        rows = self._rows(X, y, sample_weight, reset=first, known=known)
        if first:
            self.reader_ = self._fitted_reader(rows)
        samples = self._samples(rows)
        # How many passes follow is unknown: the network is one that needs few steps.
        one_pass = replace(settings, epochs=1) if settings.epochs == AUTO else settings
        settled = settle(one_pass, len(samples.X), *self._output_shape())
        if first:
            self._fit_target(samples)
            self.loss_curve_, self.n_iter_, self.optimizer_state_ = [], 0, None
            self.network_ = self._network(settled)
        if self.optimizer_state_ is None:
            self.optimizer_state_ = initial_optimizer_state(settled, self.network_)
        given, number = self._for_training(samples), self.n_iter_ + 1
        loss = train_one_pass(settled, self.network_, self.optimizer_state_, *given, number=number)
        self.loss_curve_.append(loss)
        self.n_iter_ = number
        return self

    def _settings(self, seed: int) -> Settings:
        """The parameters as settings, checked."""
        settings = Settings(**{name: _plain(getattr(self, name)) for name in SHARED}, seed=seed)
        check_settings(settings)
        if self.numbers not in READINGS:
            raise unknown_name("numbers", self.numbers, READINGS)
        return settings

    def _draw_seed(self) -> int:
        """An int is the seed itself, as in `wade.learn`; from anything else a seed is drawn."""
        generator = check_random_state(self.random_state)
        drawn = not isinstance(self.random_state, int | np.integer)
        return int(generator.randint(2**31 - 1) if drawn else self.random_state)

    def _for_training(self, samples: Samples) -> tuple[Any, Array, Array | None]:
        return samples.X, self._wanted(samples.y), self._weights(samples)

    def _network(self, settings: Settled) -> Network:
        return build_network(settings, self.reader_.layout, *self._output_shape())

    def _refuse_without_validation(self, held_out: Rows | None) -> None:
        for name, needs in (("schedule", self.schedule == PLATEAU), ("stop_on", self.stop_on != "loss")):
            if needs and held_out is None:
                remedy = "Try validation=0.2, or give X_val and y_val."
                raise InvalidArgument(name, "needs validation rows", getattr(self, name), remedy)

    def _refuse_change(self, network: Network) -> None:
        """A warm start continues with the same architecture."""
        if network.architecture != self.network_.architecture:
            remedy = "Set warm_start=False to start again."
            raise InvalidArgument("warm_start", f"continues with {self.network_}", network, remedy)

    def _outputs(self, X: Any) -> Floats:
        """The activations of the output layer, computed in chunks of rows so that memory stays bounded."""
        check_is_fitted(self)
        checked = self._checked(X, reset=False)
        engine = choose_engine(self.engine, self.threads, Task(self.network_))
        rows = checked.num_rows if self._reads_frames else checked.shape[0]
        step = max(1, VALUES_AT_ONCE // self.reader_.width)
        chunks = [
            engine.predict(self.network_, self.network_.as_inputs(self.reader_.encode(checked[start : start + step])))
            for start in range(0, rows, step)
        ]
        outputs: Floats = np.concatenate(chunks)
        if not np.isfinite(outputs).all():
            raise Diverged(
                "The network's predictions are not finite numbers. Train again with a smaller learning rate."
            )
        return outputs

    def _strata(self, y: Array) -> Array | None:
        """The class of each row, for a stratified split; None where there is none."""
        return None

    @abstractmethod
    def _fit_target(self, samples: Samples) -> None:
        """Fit what depends on the training rows' y: its classes' weights, or its scale."""

    @abstractmethod
    def _wanted(self, y: Array) -> Array:
        """The outputs that the network is trained towards for this y."""

    def _weights(self, samples: Samples) -> Array | None:
        """The weight of each row in the loss."""
        return samples.weights

    def _units(self) -> tuple[float, ...]:
        """The size of 1 of each output in y's own unit."""
        return (1.0,)

    @abstractmethod
    def _output_shape(self) -> tuple[int, str]:
        """The number of outputs and the activation of the output layer."""


def _as_before(settings: Settings, network: Network) -> Settings:
    """A warm start keeps the network: what is left open is what it has."""
    built: dict[str, Any] = {"hidden": network.hidden, "dropout": network.dropout, "members": network.members}
    return replace(settings, **{name: value for name, value in built.items() if getattr(settings, name) == AUTO})


def _plain(value: Any) -> Any:
    """A NumPy number, as parameter searches draw them, as a Python number."""
    return value.item() if isinstance(value, np.generic) else value


def _print_epoch(event: Event) -> None:
    """One line for each epoch, for `verbose`."""
    if isinstance(event, EpochDone):
        validation = "" if event.validation_loss is None else f", validation loss {event.validation_loss:.4f}"
        print(f"Epoch {event.epoch} of {event.epochs}: loss {event.loss:.4f}{validation}")
