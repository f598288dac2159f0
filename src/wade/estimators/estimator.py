"""The base of both estimators: `fit`, `partial_fit` and `predict`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Self, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from wade.engines import Task, choose_engine
from wade.errors import Diverged, InvalidArgument, unknown_name
from wade.estimators.callbacks import Callbacks
from wade.estimators.frames import FrameReader, holds_more_than_numbers, is_frame
from wade.estimators.numbers import NumberReader
from wade.estimators.rows import Rows, checked_weights, hold_out, merged, validation_given
from wade.maths.optimizers import State
from wade.network import Network
from wade.settings import AUTO, PLATEAU, Auto, Option, Settings, Settled, options_of, settle, with_parameters
from wade.settings.table import CheckpointOptions, InputOptions
from wade.tables import read_table
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
Documented = TypeVar("Documented")

SHARED: Final = tuple(name for name in options_of(Settings) if name != "seed")
"""The parameters that are fields of `Settings`; its seed is drawn from `random_state`."""


FITTED: Final = """n_features_in_ : int
    feature_names_in_ : array of str
        Where X had names.
    network_ : Network
    reader_ : NumberReader or FrameReader
        Encodes X into the network's inputs.
    history_ : History
        Of the last `fit`: the losses of each epoch, the stop reason, the engine, choices and reasons.
    loss_curve_ : list of float
        The training loss of each epoch, or of each call of `partial_fit`.
    n_iter_ : int
        Their number."""


class EstimatorOptions(InputOptions, CheckpointOptions, total=False):
    """The parameters of estimators beside those of `Settings`."""

    validation: Annotated[
        float | Auto | None,
        Option(
            "Share of the rows held out for validation; the network of the best epoch is kept.",
            more='"auto": a fifth from 100 rows on, a tenth from 1,000 on, none below. None: no validation. Rows given '
            "to `fit` as X_val take precedence.",
        ),
    ]
    roles: Annotated[
        Mapping[str, str] | None,
        Option(
            'Roles of a frame\'s columns that are not auto-detected: "category" for numbers that are codes, "number", '
            '"date-time", "boolean", "text", "identifier" (excluded).'
        ),
    ]
    warm_start: Annotated[bool, Option("Whether `fit` continues with the fitted network.")]
    random_state: Annotated[
        int | np.random.RandomState | None,
        Option(
            "An int is the seed of the initial parameters, the rows held out, their order, and dropout: the same seed "
            "gives the same bits on any number of threads. None draws a seed from NumPy's global generator."
        ),
    ]
    verbose: Annotated[bool, Option("Whether to print a line for each epoch.")]


def document(estimator: type[Documented]) -> type[Documented]:
    """Replace ``{options}`` and ``{fitted}`` in an estimator's docstring by the parameters and attributes of both."""
    options = {name: each for name, each in options_of(Settings).items() if name in SHARED}
    described = with_parameters(estimator.__doc__, {**options, **options_of(EstimatorOptions)})
    estimator.__doc__ = described and described.replace("{fitted}", FITTED)
    return estimator


class NetEstimator(CallbackSupportMixin, ABC, BaseEstimator):  # type: ignore[misc]
    """A network with scikit-learn's interface; the subclasses define what y is."""

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

    def _rows(
        self, X: Any, y: Any, weights: Any, reset: bool, known: bool, weights_name: str = "sample_weight"
    ) -> Rows:
        """Checked rows, without those of weight 0."""
        checked = self._checked(X, reset, y)
        observed = self._observed(y, checked, known)
        return Rows(checked, observed, checked_weights(weights_name, weights, checked)).that_count()

    def _checked(self, X: Any, reset: bool, y: Any = "no_validation") -> Any:
        """X as its reader takes it: an array, a sparse matrix in CSR, or an Arrow table."""
        y = None if y is None else "no_validation"
        as_frame = holds_more_than_numbers(X) or (self.roles and is_frame(X)) if reset else self._reads_frames
        if as_frame:
            if not is_frame(X):
                expected = "must be a frame with the columns of `fit`"
                raise InvalidArgument("X", expected, type(X).__name__, "Give a frame of pandas, polars or pyarrow.")
            validate_data(self, X, y, reset=reset, skip_check_array=True)
            text = (*kept_as_text(self.roles or {}),)
            if not reset and isinstance(self.reader_, FrameReader):
                text = self.reader_.text_columns
            return read_table(X, text=text)
        dtypes = [np.float64, np.float32]
        return validate_data(self, X, y, reset=reset, accept_sparse="csr", dtype=dtypes, ensure_all_finite="allow-nan")

    @property
    def _reads_frames(self) -> bool:
        """Whether it was fitted on a frame with more than numbers; it then takes only such frames."""
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

    @abstractmethod
    def _observed(self, y: Any, X: Any, known: bool) -> Array:
        """The target, checked; where its form is already `known`, it must match."""

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
