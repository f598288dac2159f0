"""`NetRegressor`: a network with the interface of scikit-learn's regressors."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array, check_consistent_length

from wade.errors import DataError, InvalidArgument
from wade.estimators.estimator import NetEstimator
from wade.estimators.options import document
from wade.tables.columns.target_range import range_problem
from wade.types import Array, Samples


@document
class NetRegressor(RegressorMixin, NetEstimator):  # type: ignore[misc]
    """A neural network for regression, with one output or several.

    It is trained on y at mean 0 and standard deviation 1, by the mean squared error. No scaling, imputation or encoding
    is needed first (`docs/estimators.md`). What is "auto" is chosen in `fit`; `history_.choices` holds the values and
    the reasons.

    Parameters
    ----------
    {options}

    Attributes
    ----------
    target_mean_, target_scale_ : array (n_outputs,)
        Mean and standard deviation of each column of y among the training rows.
    n_outputs_ : int
    {fitted}

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
        """Train on some rows in one pass, at a constant learning rate; as `NetClassifier.partial_fit`."""
        return self._pass(X, y, sample_weight, known=hasattr(self, "network_"))

    def predict(self, X: Any) -> Array:
        """The expected number of each row.

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)

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
        # scikit-learn adds numbers up to see whether one is infinite: a sum may be where none is.
        with np.errstate(over="ignore", invalid="ignore"):
            numbers: Array = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self)
        check_consistent_length(X, numbers)
        flat = numbers.ndim == 1
        numbers = numbers[:, None] if flat else numbers
        for output in numbers.T:
            problem = range_problem(float(output.min()), float(output.max()))
            if problem:
                raise DataError("y", problem.what, problem.remedy)
        if not known:
            self.n_outputs_, self._flat = numbers.shape[1], flat
        elif numbers.shape[1] != self.n_outputs_:
            raise InvalidArgument("y", f"must have {self.n_outputs_} columns", numbers.shape[1])
        return numbers

    def _fit_target(self, samples: Samples) -> None:
        y, weights = samples.y, samples.weights
        self.target_mean_ = np.average(y, axis=0, weights=weights)
        spread = np.sqrt(np.average((y - self.target_mean_) ** 2, axis=0, weights=weights))
        self.target_scale_ = np.where(spread > 0, spread, 1.0)

    def _wanted(self, y: Array) -> Array:
        return ((y - self.target_mean_) / self.target_scale_).astype(np.float32)

    def _units(self) -> tuple[float, ...]:
        return tuple(self.target_scale_.tolist())

    def _output_shape(self) -> tuple[int, str]:
        return self.n_outputs_, "identity"
