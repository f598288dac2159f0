"""What the two estimators share: the story of `fit`, `partial_fit` and `predict`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Final, Self, TypeAlias

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from wade.engines import Task, choose_engine
from wade.errors import Diverged, InvalidArgument, unknown_name
from wade.estimators.callbacks import Callbacks
from wade.estimators.frames import FrameReader, holds_more_than_numbers, is_frame, tidy
from wade.estimators.numbers import NumberReader
from wade.estimators.rows import Rows, checked_weights, hold_out, merged, validation_given
from wade.maths.optimizers import State
from wade.network import Network
from wade.settings import AUTO, PLATEAU, Settings, Settled, settle
from wade.tables.schema.overrides import READINGS, kept_as_text
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
Reader: TypeAlias = NumberReader | FrameReader

SHARED: Final = (
    "hidden", "activation", "dropout", "members", "epochs", "batch_size", "optimizer", "learning_rate", "weight_decay",
    "l1", "l2", "clip_norm", "schedule", "patience", "engine", "threads", "stop_on", "patience_time",
    "time_limit",
)  # fmt: skip
"""The parameters that `Settings` has too."""


class NetEstimator(CallbackSupportMixin, ABC, BaseEstimator):  # type: ignore[misc]
    """A network behind scikit-learn's contract; what y means is left to the two that people use."""

    n_features_in_: int
    network_: Network
    reader_: Reader
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
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout
        self.members = members
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.l1 = l1
        self.l2 = l2
        self.clip_norm = clip_norm
        self.schedule = schedule
        self.numbers = numbers
        self.validation = validation
        self.patience = patience
        self.roles = roles
        self.warm_start = warm_start
        self.random_state = random_state
        self.engine = engine
        self.threads = threads
        self.verbose = verbose
        self.stop_on = stop_on
        self.patience_time = patience_time
        self.time_limit = time_limit
        self.checkpoint = checkpoint
        self.every = every
        self.resume = resume

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
            What to learn.
        sample_weight : array (n_samples,), optional
            How much each row counts.
        X_val, y_val : like X and y, optional
            Rows that judge each epoch instead of some of X; in a `Pipeline`, `transform_input=["X_val"]` prepares
            them as it prepares X.
        sample_weight_val : array, optional
            How much each of these counts.
        eval_set : (X_val, y_val) or [(X_val, y_val)], optional
            The same as X_val and y_val, as gradient boosting libraries have it.
        on_event : function of an event, or several, optional
            What follows the training, as in `wade.train`: a logger, a bar, somebody who may raise `StopTraining`.

        Returns
        -------
        self
        """
        going_on = bool(self.warm_start) and hasattr(self, "network_")
        settings = self._settings(self.network_.seed if going_on else self._draw_seed())
        if going_on:
            settings = _as_before(settings, self.network_)
        given = self._rows(X, y, sample_weight, reset=not going_on, known=going_on)
        judges = validation_given(X_val, y_val, sample_weight_val, eval_set)
        # Where other rows judge, all of these are for learning.
        held_by, share = self._strata(given.y), None if judges else self.validation
        rows, held_out = hold_out(given, share, held_by, settings.seed)
        if not going_on:
            self.reader_ = self._fitted_reader(rows)
        if judges:
            held_out = self._rows(*judges, reset=False, known=True, weights_name="sample_weight_val")
        self._refuse_unjudged(held_out)
        samples = self._samples(rows)
        if held_out is None and len(samples.X) <= settle(settings, len(samples.X)).batch_size:
            samples = merged(samples)
        settled = settle(settings, len(samples.X), *self._shape_of_answer())
        if not going_on:
            self._learn_answers(samples)
        network = self._network(settled)
        if going_on:
            self._refuse_change(network)
            network = self.network_
        self.history_ = train_with_settings(
            settled,
            network,
            *self._for_training(samples),
            validation=None if held_out is None else self._for_training(self._samples(held_out)),
            on_event=self._listeners(Callbacks(self, network, X, y, sample_weight), on_event),
            keeping=Checkpointing(self.checkpoint, self.every, self.resume),
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
        settled = settle(settings, len(samples.X), *self._shape_of_answer())
        if first:
            self._learn_answers(samples)
            network = self._network(settled)
            self.loss_curve_, self.n_iter_, self.optimizer_state_, self.network_ = [], 0, None, network
        if self.optimizer_state_ is None:
            self.optimizer_state_ = initial_optimizer_state(settled, self.network_)
        passes = self.n_iter_ + 1
        loss = train_one_pass(
            settled, self.network_, self.optimizer_state_, *self._for_training(samples), number=passes
        )
        self.loss_curve_.append(loss)
        self.n_iter_ = passes
        return self

    def _listeners(self, callbacks: Callbacks, on_event: Any) -> Listeners:
        """Who hears of the training: a person, scikit-learn's callbacks, and whoever else."""
        return Listeners([*([_say] if self.verbose else []), callbacks, Listeners.of(on_event)])

    def _settings(self, seed: int) -> Settings:
        """The parameters as settings, checked."""
        settings = Settings(**{name: _plain(getattr(self, name)) for name in SHARED}, seed=seed)
        check_settings(settings)
        if self.numbers not in READINGS:
            raise unknown_name("numbers", self.numbers, READINGS)
        return settings

    def _draw_seed(self) -> int:
        """A whole number is the seed itself, as in `wade.learn`; anything else is something to draw one from."""
        state = self.random_state
        generator = check_random_state(state)
        return int(state) if isinstance(state, int | np.integer) else int(generator.randint(2**31 - 1))

    def _rows(
        self, X: Any, y: Any, weights: Any, reset: bool, known: bool, weights_name: str = "sample_weight"
    ) -> Rows:
        """Checked rows, without those that weigh nothing."""
        checked = self._checked(X, reset, y)
        observed = self._observed(y, checked, known)
        return Rows(checked, observed, checked_weights(weights_name, weights, checked)).that_count()

    def _checked(self, X: Any, reset: bool, y: Any = "no_validation") -> Any:
        """X as its reader takes it: an array, a sparse matrix in CSR, or an Arrow table."""
        y = None if y is None else "no_validation"
        as_frame = holds_more_than_numbers(X) or (self.roles and is_frame(X)) if reset else self._reads_frames
        if as_frame:
            _refuse_bare(X)
            validate_data(self, X, y, reset=reset, skip_check_array=True)
            return tidy(X, self._text_columns(reset))
        dtypes = [np.float64, np.float32]
        return validate_data(self, X, y, reset=reset, accept_sparse="csr", dtype=dtypes, ensure_all_finite="allow-nan")

    def _text_columns(self, reset: bool) -> tuple[str, ...]:
        """The columns of a frame whose values stay text."""
        if not reset and isinstance(self.reader_, FrameReader):
            return self.reader_.text_columns
        return kept_as_text(self.roles or {})

    @property
    def _reads_frames(self) -> bool:
        """Whether it learned from a frame with more than numbers, before which it takes nothing else."""
        return isinstance(getattr(self, "reader_", None), FrameReader)

    def _fitted_reader(self, rows: Rows) -> Reader:
        if isinstance(rows.X, pa.Table):
            return FrameReader.fit(rows.X, self.roles or {}, "X", self.numbers)
        names = getattr(self, "feature_names_in_", [f"x{index}" for index in range(self.n_features_in_)])
        return NumberReader.fit(rows.X, names, rows.weights, self.numbers)

    def _samples(self, rows: Rows) -> Samples:
        return Samples(self.reader_.encode(rows.X), rows.y, rows.weights)

    def _for_training(self, samples: Samples) -> tuple[Any, Array, Array | None]:
        return samples.X, self._wanted(samples.y), self._weights(samples)

    def _network(self, settings: Settled) -> Network:
        return build_network(settings, self.reader_.layout, *self._shape_of_answer())

    def _refuse_unjudged(self, held_out: Rows | None) -> None:
        if self.schedule == PLATEAU and held_out is None:
            remedy = "Take validation=0.2, or give X_val and y_val."
            raise InvalidArgument("schedule", "needs rows that judge each epoch", PLATEAU, remedy)
        if self.stop_on != "loss" and held_out is None:
            remedy = "Take validation=0.2, or give X_val and y_val."
            raise InvalidArgument("stop_on", "needs rows that judge each epoch", self.stop_on, remedy)

    def _refuse_change(self, network: Network) -> None:
        """A warm start goes on with the same network."""
        now, before = network.architecture, self.network_.architecture
        if now != before:
            remedy = "Set warm_start=False to start again."
            raise InvalidArgument("warm_start", f"goes on with {self.network_}", network, remedy)

    def _outputs(self, X: Any) -> Floats:
        """The activations of the last layer, in pieces of rows so that memory stays bounded."""
        check_is_fitted(self)
        checked = self._checked(X, reset=False)
        engine = choose_engine(self.engine, self.threads, Task(self.network_))
        rows = checked.num_rows if self._reads_frames else checked.shape[0]
        step = max(1, VALUES_AT_ONCE // self.reader_.width)
        pieces = [
            engine.predict(self.network_, self.network_.as_inputs(self.reader_.encode(checked[start : start + step])))
            for start in range(0, rows, step)
        ]
        outputs: Floats = np.concatenate(pieces)
        if not np.isfinite(outputs).all():
            raise Diverged("The network's answers are not finite numbers. Train again with a smaller learning rate.")
        return outputs

    @abstractmethod
    def _observed(self, y: Any, X: Any, known: bool) -> Array:
        """What was observed, checked; where it is `known` what y is like, it has to be that."""

    @abstractmethod
    def _strata(self, y: Array) -> Array | None:
        """The class of each row, where rows have one."""

    @abstractmethod
    def _learn_answers(self, samples: Samples) -> None:
        """What has to be known of the training rows' y to speak of it."""

    @abstractmethod
    def _wanted(self, y: Array) -> Array:
        """What the network should give for this y."""

    @abstractmethod
    def _weights(self, samples: Samples) -> Array | None:
        """How much each row counts in the loss."""

    @abstractmethod
    def _units(self) -> tuple[float, ...]:
        """What 1 of each output is in y's own unit."""

    @abstractmethod
    def _shape_of_answer(self) -> tuple[int, str]:
        """How many outputs the network has, and the activation of its last layer."""


def _as_before(settings: Settings, network: Network) -> Settings:
    """A warm start chooses no other network: what is left open of it is what is there."""
    built: dict[str, Any] = {"hidden": network.hidden, "dropout": network.dropout, "members": network.members}
    return replace(settings, **{name: value for name, value in built.items() if getattr(settings, name) == AUTO})


def _refuse_bare(X: Any) -> None:
    if not is_frame(X):
        expected = "must be a frame with the columns that it was fitted on"
        raise InvalidArgument("X", expected, type(X).__name__, "Give a frame of pandas, polars or pyarrow.")


def _plain(value: Any) -> Any:
    """A NumPy number, as a search over parameters draws them, as Python's own."""
    return value.item() if isinstance(value, np.generic) else value


def _say(event: Event) -> None:
    """One line for each epoch, where verbose asks for it."""
    if isinstance(event, EpochDone):
        judged = "" if event.validation_loss is None else f", validation loss {event.validation_loss:.4f}"
        print(f"Epoch {event.epoch} of {event.epochs}: loss {event.loss:.4f}{judged}")
