"""The encoding of a column from batches of its rows: what `encodings` learns from a column that is in memory.

A role is certain only when all rows have been seen. So each column gets a fit for every role that it may turn out to
have, which its type says, or the user; and when the role is known, that one gives the encoding.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.calendar import LARGEST_PART, PARTS
from wade.tables.columns.cleaning import codes_of
from wade.tables.columns.views import ISO, Text, as_booleans, as_numbers, as_text, as_times, is_nested, is_number
from wade.tables.encoding.datetime import ELAPSED, DateEncoding, TimeStatistics, calendar_of
from wade.tables.encoding.kinds import (
    BooleanEncoding,
    CategoryEncoding,
    Encoding,
    NumberEncoding,
    most_frequent,
)
from wade.tables.encoding.scales import SHARES, Scale, bins_for, edges_among, quantiles_of
from wade.tables.encoding.text_hashing import BUCKETS, TextEncoding
from wade.tables.profile.sketches import Counts, Quantiles
from wade.tables.schema.schema import Column, minimum_count
from wade.types import Rows

TrainingMask = NDArray[np.bool_]


class Fit(Protocol):
    """What becomes an encoding of one column."""

    def add(self, column: pa.Array, taught: TrainingMask, where: str) -> None:
        """A batch of the column, and which of its rows teach; ColumnError where any value cannot have the role."""

    def encoding(self, column: Column, future: bool, piecewise: bool) -> Encoding:
        """The encoding, as far as training rows have been seen."""


class NumberFit:
    """Numbers on a robust scale."""

    def __init__(self) -> None:
        self.quantiles, self.missing = Quantiles(), False

    def add(self, column: pa.Array, taught: TrainingMask, where: str) -> None:
        """Infinite numbers are not refused here: their row is known to whoever judges the column as a whole."""
        if is_number(column.type):
            values = np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan))[taught]
        else:
            values = as_numbers(column, where)[taught]
        missing = np.isnan(values)
        self.missing = self.missing or bool(missing.any())
        self.quantiles.add(values[~missing])

    def encoding(self, column: Column, future: bool, piecewise: bool) -> Encoding:
        """The numbers' encoding."""
        bins = bins_for(self.quantiles.count) if piecewise else 0
        edges = edges_among(self.quantiles.between(bins)) if bins else ()
        return NumberEncoding(column.name, Scale.of(_at_shares(self.quantiles)), self.missing, edges)


class TextFit:
    """Categories, booleans and free text: how often each text occurs, and whether some are missing."""

    def __init__(self, booleans: bool = False) -> None:
        self.counts, self.rows, self.present = Counts(), 0, 0
        self._as_text = as_booleans if booleans else as_text

    def add(self, column: pa.Array, taught: TrainingMask, where: str) -> None:
        """Dictionaries of text need no look at each of their texts."""
        if pa.types.is_dictionary(column.type) and self._as_text is as_text:
            texts, codes = column.dictionary, codes_of(column)[taught]
        else:
            text = self._as_text(column, where)
            texts, codes = pa.array(text.values, pa.string()), text.codes[taught]
        counts = Text(texts, codes).counts()
        self.rows, self.present = self.rows + len(codes), self.present + int(counts.sum())
        self.counts.add(texts, counts)

    def encoding(self, column: Column, future: bool, piecewise: bool) -> Encoding:
        """The encoding for this role: of free text nothing is kept, and true and false are never too rare."""
        if column.role == "text":
            return TextEncoding(column.name, BUCKETS, self.present < self.rows)
        if column.role == "boolean":
            return BooleanEncoding(column.name, most_frequent(self.counts.texts, self.counts.counts, 1))
        values = most_frequent(self.counts.texts, self.counts.counts, minimum_count(self.rows))
        return CategoryEncoding(column.name, values)


class TimeFit:
    """Times as what a calendar says about them; so many rows before were missing."""

    def __init__(self, form: str, missing: int = 0) -> None:
        self.form, self.rows, self.missing = form, missing, missing
        self.quantiles = Quantiles()
        self._spans: dict[str, tuple[float, float]] = {}
        self._counts: dict[str, Rows] = {part: np.zeros(LARGEST_PART + 1, np.int64) for part in PARTS}

    def add(self, column: pa.Array, taught: TrainingMask, where: str) -> None:
        """A batch of times, or of texts in this form."""
        times = as_times(column, self.form, where)[taught]
        present = times[~np.isnat(times)]
        self.rows, self.missing = self.rows + len(times), self.missing + len(times) - len(present)
        calendar = calendar_of(present)
        self.quantiles.add(calendar[ELAPSED])
        for part, values in calendar.items():
            if len(values):
                low, high = self._spans.get(part, (np.inf, -np.inf))
                self._spans[part] = min(low, float(values.min())), max(high, float(values.max()))
        for part, counts in self._counts.items():
            counts += np.bincount(calendar[part], minlength=len(counts))

    def encoding(self, column: Column, future: bool, piecewise: bool) -> Encoding:
        """The times' encoding."""
        seen = TimeStatistics(self.rows, self.missing, self._spans, self._counts, _at_shares(self.quantiles))
        return DateEncoding.of(column.name, self.form, seen, future)


class ColumnFit:
    """One column, in every role that it may turn out to have.

    Parameters
    ----------
    kind
        its type in all batches
    role, form
        what the user says it is, and how its dates are written; both empty where nothing was said

    Examples
    --------
    >>> fit = ColumnFit(pa.float64())
    >>> fit.add(pa.array([45.0, None, 15.0]), np.array([True, True, False]), None, "table, column 'wind'")
    >>> fit.encoding(Column("wind", "number", ""))
    NumberEncoding(column='wind', scale=Scale(median=45.0, factor=0.0), indicator=True, edges=())
    """

    def __init__(self, kind: pa.DataType, role: str = "", form: str = "") -> None:
        self._form, self._blank = form, 0
        self._times: dict[str, TimeFit] = {}
        self._others: NumberFit | TextFit | None = None
        unusable = pa.types.is_null(kind) or is_nested(kind) or role in ("constant", "identifier")
        self._only_times = role == "date-time" and not unusable
        self._maybe_times = self._only_times or (
            not role and (pa.types.is_timestamp(kind) or pa.types.is_dictionary(kind))
        )
        if unusable or role == "date-time" or (not role and pa.types.is_timestamp(kind)):
            return
        if role == "number" or (not role and is_number(kind)):
            self._others = NumberFit()
        else:
            self._others = TextFit(booleans=role == "boolean" or (not role and pa.types.is_boolean(kind)))

    def add(self, column: pa.Array, taught: TrainingMask, forms: Collection[str] | None, where: str) -> None:
        """A batch, which of its rows teach, and the forms in which each text and time of the column so far is a date.

        There are no forms (None) as long as every value was missing.
        """
        if self._others is not None:
            self._others.add(column, taught, where)
        if not self._maybe_times:
            return
        if forms is None:
            self._blank += int(taught.sum())
            return
        forms = {self._form} if self._form else forms
        if self._only_times and not forms:
            # What is no date, at least not in the form that fitted so far, is named with its row.
            as_times(column, next(iter(self._times), ISO), where)
        self._times = {form: self._times.get(form) or TimeFit(form, self._blank) for form in forms}
        for fit in self._times.values():
            fit.add(column, taught, where)

    def encoding(self, column: Column, future: bool = False, piecewise: bool = False) -> Encoding:
        """The encoding for the role that the column turned out to have."""
        return self._of(column).encoding(column, future, piecewise)

    def quantiles(self, column: Column) -> Quantiles:
        """The quantiles of what orders rows in time: of numbers, or of the days since 1970."""
        found = self._of(column)
        assert isinstance(found, NumberFit | TimeFit)
        return found.quantiles

    def _of(self, column: Column) -> Fit:
        if column.role == "date-time":
            return self._times[column.form]
        assert self._others is not None
        return self._others


def _at_shares(seen: Quantiles) -> list[float]:
    return seen.at(SHARES) if seen.all is None else quantiles_of(seen.all)
