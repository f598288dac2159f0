"""Rows before encoding: weights, validation rows, and duplicates merged into one."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_consistent_length

from wade.errors import InvalidArgument
from wade.types import Array, Samples

AUTOMATIC_SHARES: Final = ((100, None), (1_000, 0.2), (500_000, 0.1))
"""Below this number of rows, validation="auto" holds out this share: of few rows, all are needed for training."""
MOST_AUTOMATIC_ROWS: Final = 50_000


class Rows(NamedTuple):
    """Checked rows: X as its reader takes it, what was observed, and how much each row counts (None: all alike)."""

    X: Any
    y: Array
    weights: NDArray[np.float64] | None

    def take(self, rows: Array) -> Rows:
        """Some of the rows, in the order of their numbers."""
        X = self.X.take(rows) if isinstance(self.X, pa.Table) else self.X[rows]
        return Rows(X, self.y[rows], None if self.weights is None else self.weights[rows])

    def that_count(self) -> Rows:
        """The rows without those of weight 0, so that they do not even shift a scale."""
        if self.weights is None or self.weights.all():
            return self
        return self.take(np.flatnonzero(self.weights))


def checked_weights(name: str, weights: Any, X: Any) -> NDArray[np.float64] | None:
    """One finite weight of at least 0 for each row of X, not all 0; None where none are given; else ValueError."""
    if weights is None:
        return None
    checked: NDArray[np.float64] = check_array(weights, ensure_2d=False, dtype=np.float64, input_name=name)
    if checked.ndim != 1:
        raise InvalidArgument(name, "must be one number for each row", f"an array of shape {checked.shape}")
    check_consistent_length(checked, X)
    if checked.min() < 0:
        raise InvalidArgument(name, "must be 0 or more", float(checked.min()))
    if not checked.any():
        raise InvalidArgument(name, "must hold a number that is not zero", "weights that are all zero")
    return checked


def validation_given(X_val: Any, y_val: Any, weights: Any, eval_set: Any) -> tuple[Any, Any, Any] | None:
    """(X, y, weights) of the validation rows, from either way of giving them; None where none are given."""
    if eval_set is not None:
        if X_val is not None or y_val is not None:
            raise InvalidArgument("eval_set", "cannot be given beside X_val and y_val", "both", "Give one of them.")
        pairs = [eval_set] if isinstance(eval_set, tuple) else list(eval_set)
        if len(pairs) != 1 or len(pairs[0]) != 2:
            expected = "must be one pair (X_val, y_val)"
            raise InvalidArgument("eval_set", expected, f"{len(pairs)} of them", "Give the validation pair only.")
        ((X_val, y_val),) = pairs
    if (X_val is None) != (y_val is None):
        received = "X_val alone" if y_val is None else "y_val alone"
        raise InvalidArgument("X_val", "and y_val belong together", received, "Give both of them.")
    if X_val is None:
        if weights is not None:
            raise InvalidArgument("sample_weight_val", "needs X_val and y_val", "weights alone", "Give them too.")
        return None
    return X_val, y_val, weights


def hold_out(rows: Rows, fraction: Any, strata: Array | None, seed: int) -> tuple[Rows, Rows | None]:
    """Training and validation rows; "auto" follows `AUTOMATIC_SHARES`; stratified where there are enough rows."""
    n = len(rows.y)
    if isinstance(fraction, str) and fraction == "auto":
        fraction = next((share for below, share in AUTOMATIC_SHARES if n < below), MOST_AUTOMATIC_ROWS / n)
    if fraction is None:
        return rows, None
    if isinstance(fraction, bool | str) or not 0 < fraction < 1:
        expected = "must be a share greater than 0 and less than 1, 'auto', or None for no validation"
        raise InvalidArgument("validation", expected, fraction, "Try 0.1.")
    if n < 2:
        raise InvalidArgument("validation", "needs two rows at least", n, "Try validation=None.")
    held = min(max(1, round(n * fraction)), n - 1)
    if strata is not None:
        counts = np.unique(strata, return_counts=True)[1]
        strata = strata if counts.min() >= 2 and len(counts) <= min(held, n - held) else None
    train, validation = train_test_split(np.arange(n), test_size=held, stratify=strata, random_state=seed % 2**32)
    return rows.take(np.sort(train)), rows.take(np.sort(validation))


def merged(samples: Samples) -> Samples:
    """Duplicate rows merged into one with their total weight, in an order that depends on the rows alone.

    For a table of one batch: its order, and duplicates instead of weights, then do not change a bit of the result.
    """
    X, y, weights = samples
    written = np.column_stack([X.numbers, X.codes, X.positions, y]).astype(np.float64)
    _, first, place = np.unique(written, axis=0, return_index=True, return_inverse=True)
    return Samples(X[first], y[first], np.bincount(place.ravel(), weights=weights).astype(np.float64))
