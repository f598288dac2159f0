"""`NetClassifier`: a network with the interface of scikit-learn's classifiers."""

from __future__ import annotations

from typing import Any, Final, Self

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from wade.errors import InvalidArgument
from wade.estimators.estimator import NetEstimator
from wade.estimators.options import document
from wade.maths.class_weights import class_weights
from wade.metrics.classification import class_probabilities
from wade.training.checkpoint import EVERY
from wade.types import Array, Samples

LEAST_SHARE: Final = float(np.finfo(np.float32).tiny)
MOST_SHARE: Final = 1 - 2.0**-25
"""For probabilities of 0 and 1 in float32: half a step from the next number."""


@document
class NetClassifier(ClassifierMixin, NetEstimator):  # type: ignore[misc]
    """A neural network for classification: binary, multiclass or multilabel.

    No scaling, imputation or encoding is needed first (`docs/estimators.md`). What is "auto" is chosen in `fit`;
    `history_.choices` holds the values and the reasons.

    Parameters
    ----------
    {options}
    class_weight : dict of class -> weight, "balanced" or None
        Weights of the classes' rows; "balanced" gives all classes the same total weight.

    Attributes
    ----------
    classes_ : array (n_classes,)
        The classes, sorted; for multilabel, the labels' numbers.
    multilabel_ : bool
        Whether y is an indicator matrix, one column for each label.
    class_weight_ : array (n_classes,) or None
        The weight of each class.
    {fitted}

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = NetClassifier(random_state=0).fit(X[::2], y[::2])
    >>> classifier.score(X[1::2], y[1::2]) > 0.9
    True
    >>> classifier.predict_proba(X[:1]).round(1)
    array([[1., 0., 0.]])
    """

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
        class_weight: Any = None,
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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train on some rows in one pass, at a constant learning rate.

        The first call fixes the network, its scales and its codes, so its rows should represent all. After `fit` it
        continues with the fitted network.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.
        classes : array
            All classes that will come; needed in the first call.

        Returns
        -------
        self
        """
        if self.class_weight == "balanced":
            remedy = "Give a weight for each class, or sample_weight."
            raise InvalidArgument("class_weight", "cannot be 'balanced' where rows come in parts", "balanced", remedy)
        known = getattr(self, "classes_", None)
        if known is None and classes is None:
            raise InvalidArgument("classes", "must name all classes in the first call of partial_fit", None)
        if classes is not None:
            named = np.unique(np.asarray(classes))
            if known is not None and not np.array_equal(named, known):
                raise InvalidArgument("classes", f"must be those of the first call, {known.tolist()}", named.tolist())
            self.classes_ = named
        return self._pass(X, y, sample_weight, known=True)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """The probability of each class.

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)

        Returns
        -------
        array (n_samples, n_classes), float64
            In the order of `classes_`; each row sums to 1. Of several labels, the probability of each.
        """
        outputs = self._outputs(X)
        return outputs.astype(np.float64) if self.multilabel_ else class_probabilities(outputs)

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The log-odds of each class, log(p / (1 − p)).

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)

        Returns
        -------
        array (n_samples,) of two classes, those of the second; else (n_samples, n_classes), float64
            Finite also where a probability is 0 or 1.
        """
        odds: NDArray[np.float64] = logit(self.predict_proba(X).clip(LEAST_SHARE, MOST_SHARE))
        return odds[:, 1] if len(self.classes_) == 2 and not self.multilabel_ else odds

    def _observed(self, y: Any, X: Any, known: bool) -> Array:
        """Class numbers (n_samples,), or zeros and ones (n_samples, n_labels)."""
        y = y.toarray() if scipy.sparse.issparse(y) else y
        y = check_array(y, ensure_2d=False, dtype=None, input_name="y", estimator=self)
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind == "multiclass-multioutput":
            expected = "must be one column of classes, or zeros and ones with a column for each label"
            raise InvalidArgument("y", expected, f"several columns of classes, {y.shape}", "Fit one network for each.")
        multilabel = kind == "multilabel-indicator"
        y = y if multilabel else column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        if known and multilabel != getattr(self, "multilabel_", multilabel):
            raise InvalidArgument("y", "must be of the kind that it was at first", kind)
        if multilabel and self.class_weight is not None:
            raise InvalidArgument("class_weight", "must be None for several labels", self.class_weight)
        if not known:
            self.classes_ = np.arange(y.shape[1]) if multilabel else np.unique(y)
        self.multilabel_ = multilabel
        if len(self.classes_) < 2 and not multilabel:
            raise InvalidArgument("y", "must hold more than one class", self.classes_.tolist())
        if multilabel:
            if y.shape[1] != len(self.classes_):
                raise InvalidArgument("y", f"must have a column for each of {len(self.classes_)} labels", y.shape)
            return np.array(y, np.float32)
        codes = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        strange = self.classes_[codes] != y
        if strange.any():
            expected = f"must hold classes that are known, {self.classes_.tolist()}"
            raise InvalidArgument("y", expected, y[strange][:1].tolist()[0])
        return np.array(codes, np.int32)

    def _strata(self, y: Array) -> Array | None:
        return None if self.multilabel_ else y

    def _fit_target(self, samples: Samples) -> None:
        self.class_weight_ = None
        if self.class_weight is None:
            return
        self.class_weight_ = weights = np.ones(len(self.classes_))
        if isinstance(self.class_weight, str):
            weights[samples.y] = class_weights(samples.y, self.class_weight, samples.weights)
            return
        named = dict(self.class_weight)
        for index, value in enumerate(self.classes_.tolist()):
            weights[index] = named.pop(value, 1.0)
        if named:
            expected = f"must name classes that are known, {self.classes_.tolist()}"
            raise InvalidArgument("class_weight", expected, next(iter(named)))

    def _wanted(self, y: Array) -> Array:
        return y.astype(np.float32)[:, None] if self._output_shape() == (1, "sigmoid") and y.ndim == 1 else y

    def _weights(self, samples: Samples) -> Array | None:
        if self.class_weight_ is None:
            return samples.weights
        of_class = class_weights(samples.y, self.class_weight_)
        return of_class if samples.weights is None else of_class * samples.weights

    def _output_shape(self) -> tuple[int, str]:
        if self.multilabel_:
            return len(self.classes_), "sigmoid"
        return (1, "sigmoid") if len(self.classes_) == 2 else (len(self.classes_), "softmax")

    def predict(self, X: Any) -> Array:
        """The likeliest class of each row.

        Parameters
        ----------
        X : array, sparse matrix or frame (n_samples, n_features)

        Returns
        -------
        array (n_samples,), one of `classes_` each; or (n_samples, n_labels) of zeros and ones
        """
        shares = self.predict_proba(X)
        if self.multilabel_:
            return (shares > 0.5).astype(np.int64)
        return np.asarray(self.classes_[shares.argmax(axis=1)])
