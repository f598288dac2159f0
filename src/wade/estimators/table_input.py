"""X and y as an estimator takes them: checked, without rows of weight 0, and encoded by the reader of `fit`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from wade.errors import InvalidArgument
from wade.estimators.frames import FrameReader, holds_more_than_numbers, is_frame
from wade.estimators.numbers import NumberReader
from wade.estimators.rows import Rows, checked_weights
from wade.tables import read_table
from wade.tables.schema.overrides import kept_as_text
from wade.types import Array, Samples

Reader: TypeAlias = NumberReader | FrameReader


class TableInput(ABC, BaseEstimator):  # type: ignore[misc]
    """The part of an estimator that reads X and y."""

    n_features_in_: int
    reader_: Reader
    roles: Any
    numbers: str

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

    @abstractmethod
    def _observed(self, y: Any, X: Any, known: bool) -> Array:
        """The target, checked; where its form is already `known`, it must match."""
