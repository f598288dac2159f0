"""A network that predicts numbers, as scikit-learn's other regressors do."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array, check_consistent_length

from wade.errors import InvalidArgument
from wade.estimators.estimator import NetEstimator
from wade.types import Array, Samples


class NetRegressor(RegressorMixin, NetEstimator):  # type: ignore[misc]
    """A network that predicts a number, or several at once.

    It is trained on y at mean 0 and deviation 1, by the mean squared error. Nothing has to be scaled, filled in or
    encoded first (`docs/estimators.md`).

    Parameters
    ----------
    hidden : sequence of int or "auto"
        The widths of the hidden layers; () for none. What is "auto", here and below, is chosen when it is known how
        many rows teach; `history_.choices` says what, and why.
    activation : str
        Of the hidden layers: "relu", "tanh", "gelu", … (`wade.maths.activations`).
    dropout : float in [0, 1) or "auto"
        The share of each hidden layer's neurons that is silent in a training step.
    members : int or "auto"
        How many networks share their weights; a prediction is the mean of theirs (TabM).
    epochs : int or "auto"
        Passes over the training rows, at most.
    batch_size : int or "auto"
        Rows per step.
    optimizer : str
        "adamw", "adam", "sgd", … (`wade.maths.optimizers`).
    learning_rate : float or "auto"
        "auto": some race for a tenth of the steps that training will take, and the best of them trains.
    weight_decay : float or "auto"
        How strongly the optimiser pulls weights towards 0.
    l1, l2 : float
        Penalties l1 · Σ|w| and ½ · l2 · Σw² on the weights.
    clip_norm : float, optional
        What a batch's gradient is shortened to where it is longer.
    schedule : str
        "auto", "cosine", "constant", … (`wade.maths.schedules`), or "plateau".
    numbers : "auto", "scaled" or "piecewise"
        Give the network each number on a robust scale, or its position among up to 48 bins too.
    validation : float in (0, 1), "auto" or None
        The share of the rows that is held out to judge each epoch: the network of the best one is kept. "auto" holds
        out a fifth from 100 rows on, a tenth from 1,000 on; below, and with None, all rows teach in all epochs. Rows
        given to `fit` as X_val go before it.
    patience : int, optional
        Epochs without a better validation loss after which training stops; None: a fifth of the epochs, at least 5.
    roles : dict of column -> role, optional
        What a column of a frame is, where it shall not be found out: "category" for numbers that are codes, "number",
        "date-time", "boolean", "text", "identifier" (left out).
    warm_start : bool
        Whether `fit` goes on with the network that is there.
    random_state : int, RandomState or None
        An int is the seed of the starting weights, the rows held out, their order, and dropout: the same seed gives
        the same bits on any number of threads. None draws a seed from NumPy's global generator, as scikit-learn does.
    engine : "auto", "native" or "reference"
    threads : int, optional
        At most so many; None takes every core. Take 1 where a search runs many fits side by side.
    verbose : bool
        Whether each epoch is told in a line.
    stop_on : str
        What makes an epoch the best one: "loss", or a metric of the rows that judge: "rmse", "mae", "r2".
    patience_time, time_limit : float or str, optional
        Training ends too where no epoch was better for this long, and after this long in all: seconds, or "30s", "5m".
    checkpoint : path, optional
        Where `fit` keeps what is needed to go on with it; one file is for one fit at a time, so none for a search.
    every : float or str
        Seconds from one checkpoint to the next.
    resume : bool
        Whether `fit` goes on from the checkpoint, where there is one.

    Attributes
    ----------
    target_mean_, target_scale_ : array (n_outputs,)
        Mean and standard deviation of each column of y among the training rows.
    n_outputs_ : int
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X had names.
    network_ : Network
    reader_ : NumberReader or FrameReader
        What makes of X what the network reads.
    history_ : History
        Of the last `fit`: losses of each epoch, why it stopped, which engine ran, what was chosen and why.
    loss_curve_ : list of float
        The training loss of each epoch, or of each call of `partial_fit`.
    n_iter_ : int
        How many there are.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = NetRegressor(random_state=0).fit(X[:300], y[:300])
    >>> regressor.score(X[300:], y[300:]) > 0.3
    True
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from some rows in one pass, at a steady learning rate.

        The first call fixes what the network is: the scales of X and y and the codes come of its rows, and cannot
        change afterwards. Give it rows enough to know them by; after `fit` it goes on with the fitted network.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.

        Returns
        -------
        self
        """
        return self._pass(X, y, sample_weight, known=hasattr(self, "network_"))

    def predict(self, X: Any) -> Array:
        """The expected number of each row.

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)
            With the features of `fit`, in the same order.

        Returns
        -------
        array (n_samples,) or (n_samples, n_outputs), float64, as y was in `fit`
        """
        outputs = self._outputs(X).astype(np.float64)
        numbers = self.target_mean_ + self.target_scale_ * outputs
        return numbers[:, 0] if self._flat else numbers

    target_mean_: Array
    target_scale_: Array
    n_outputs_: int

    def _observed(self, y: Any, X: Any, known: bool) -> Array:
        """The numbers in their own unit, (n_samples, n_outputs)."""
        numbers: Array = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self)
        check_consistent_length(X, numbers)
        flat = numbers.ndim == 1
        numbers = numbers[:, None] if flat else numbers
        if not known:
            self.n_outputs_, self._flat = numbers.shape[1], flat
        elif numbers.shape[1] != self.n_outputs_:
            raise InvalidArgument("y", f"must have {self.n_outputs_} columns", numbers.shape[1])
        return numbers

    def _strata(self, y: Array) -> None:
        return None

    def _learn_answers(self, samples: Samples) -> None:
        y, weights = samples.y, samples.weights
        self.target_mean_ = np.average(y, axis=0, weights=weights)
        spread = np.sqrt(np.average((y - self.target_mean_) ** 2, axis=0, weights=weights))
        self.target_scale_ = np.where(spread > 0, spread, 1.0)

    def _wanted(self, y: Array) -> Array:
        return ((y - self.target_mean_) / self.target_scale_).astype(np.float32)

    def _weights(self, samples: Samples) -> Array | None:
        return samples.weights

    def _units(self) -> tuple[float, ...]:
        return tuple(self.target_scale_.tolist())

    def _shape_of_answer(self) -> tuple[int, str]:
        return self.n_outputs_, "identity"
