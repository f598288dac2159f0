"""Class weights: a weight for each class becomes a weight for each sample, so that rare or costly classes count more.

The mean over samples, `wade.maths.reduction`, then does what PyTorch does with class weights: J = Σ wᵢ ℓᵢ / Σ wᵢ, where
wᵢ is the weight of the class that sample i belongs to. (With label smoothing PyTorch also weighs each class's part of a
smoothed label by that class; here a sample has one weight, that of its own class.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wade.errors import InvalidArgument
from wade.types import Array, Floats


def class_weights(y: Array, weights: str | Sequence[float] | Floats, sample_weights: Floats | None = None) -> Floats:
    r"""A weight for each sample, from a weight for each class.

    .. math:: w_i = v_{y_i}, \qquad \text{balanced: } v_c = \frac{n}{K \, n_c}

    n_c is how many of the n samples are of class c, and K how many classes there are among them, so that every class
    weighs n/K in all and the samples weigh n together, as scikit-learn defines it. Samples that have weights of their
    own are counted by them, so that one of weight 2 stands for two samples.

    Parameters
    ----------
    y : array (n_samples,) or (n_samples, 1), whole numbers from 0 on
        The classes; 0 and 1 for a sigmoid's no and yes.
    weights : "balanced", or array (n_classes,), ≥ 0
        v, by class.
    sample_weights : array (n_samples,), > 0, optional
        How much each sample counts for "balanced"; the result does not hold them yet.

    Raises
    ------
    InvalidArgument
        Where y holds no classes, a class has no weight, or a weight is negative or not finite.

    References
    ----------
    G. King, L. Zeng, *Logistic Regression in Rare Events Data*, 2001, section 4.

    Examples
    --------
    Three no, one yes: each no weighs 4/(2·3), the yes 4/(2·1).

    >>> import numpy as np
    >>> class_weights(np.asarray([0, 0, 1, 0]), "balanced").round(4)
    array([0.6667, 0.6667, 2.    , 0.6667])
    >>> class_weights(np.asarray([0, 2]), [1.0, 5.0, 2.5])
    array([1. , 2.5])
    """
    classes = _checked_classes(y)
    if isinstance(weights, str):
        if weights != "balanced":
            raise InvalidArgument("weights", "must be 'balanced' or a number for each class", weights)
        counts = np.bincount(classes, weights=sample_weights).astype(np.float64)
        balanced: Floats = counts.sum() / (np.count_nonzero(counts) * counts[classes])
        return balanced
    by_class = np.asarray(weights, dtype=np.float64)
    if by_class.ndim != 1 or not (np.isfinite(by_class) & (by_class >= 0)).all():
        raise InvalidArgument("weights", "must be a row of finite numbers of at least 0, one for each class", weights)
    if classes.max(initial=-1) >= len(by_class):
        expected = f"must have a number for each class up to {classes.max()}"
        raise InvalidArgument("weights", expected, f"{len(by_class)} numbers")
    return by_class[classes]


def _checked_classes(y: Array) -> Array:
    column = np.asarray(y)
    flat = column[:, 0] if column.ndim == 2 and column.shape[1] == 1 else column
    if flat.ndim != 1:
        raise InvalidArgument("y", "must be one column of classes", column.shape)
    if flat.dtype.kind not in "biuf" or not (np.isfinite(flat) & (flat >= 0) & (flat == np.floor(flat))).all():
        raise InvalidArgument("y", "must be whole class numbers from 0 on", y)
    return flat.astype(np.int64)
