"""A frame of pandas, polars or pyarrow → an Arrow table, through narwhals; mappings, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import MAXYEAR, datetime
from typing import Any

import narwhals.stable.v2 as narwhals
import numpy as np
import pyarrow as pa
from narwhals.exceptions import DuplicateError

from wade.errors import InvalidArgument, UnreadableTable
from wade.tables.reading.files import is_rows


def read_frame(source: Any, name: str) -> pa.Table:
    """The frame's columns, without its row labels; InvalidArgument where the source is neither a path nor a frame."""
    if isinstance(source, pa.Table):
        return source
    if isinstance(source, Mapping):
        _check_names([*source], name)
        return _table([_single(value, name, str(column)) for column, value in source.items()], [*source], name)
    if is_rows(source):
        return _of_rows(source, name)
    try:
        frame = narwhals.from_native(source)
    except TypeError as error:
        expected = "must be a path, a frame of pandas, polars, pyarrow or DuckDB, or rows by column names"
        remedy = ""
        if isinstance(source, list | tuple | np.ndarray):
            remedy = (
                "Values need the names of their columns: give a row as {'column': value, …}, several rows as a list of "
                "these, or as pandas.DataFrame(rows, columns=[…])."
            )
        raise InvalidArgument("data", expected, type(source).__name__, remedy) from error
    except DuplicateError as error:
        raise UnreadableTable(name, "two columns share one name", "Give each column its own name.") from error
    if isinstance(frame, narwhals.LazyFrame):
        frame = frame.collect("pyarrow")
    # Column by column: a whole pandas frame would bring its row labels along as one more column.
    return _table([_column(frame.get_column(c), name, str(c)) for c in frame.columns], frame.columns, name)


def _of_rows(rows: Sequence[Mapping[Any, Any]], name: str) -> pa.Table:
    """The columns of all rows, in the order in which they come up; a row that lacks one has it missing."""
    names = list(dict.fromkeys(column for row in rows for column in row))
    _check_names(names, name)
    return _table([_values([row.get(column) for row in rows], name, str(column)) for column in names], names, name)


def _values(values: Sequence[Any], name: str, column_name: str) -> pa.Array:
    """A column of single values; text where they are of several kinds, since checks then name the row that is wrong."""
    plain = [_single(value, name, column_name)[0].as_py() for value in values]
    kinds = {bool if isinstance(one, bool) else float if isinstance(one, int | float) else type(one) for one in plain}
    # Arrow takes all times for times of the first one's zone.
    zones = {str(one.tzinfo) for one in plain if isinstance(one, datetime)}
    if len(kinds - {type(None)}) < 2 and len(zones) < 2:
        with suppress(pa.ArrowException, TypeError, OverflowError):
            return pa.array(plain)
    return pa.array([None if one is None else str(one) for one in plain], pa.string())


def _table(columns: Sequence[Any], names: Sequence[Any], name: str) -> pa.Table:
    _check_names(names, name)
    return pa.table(columns, names=[str(column_name) for column_name in names])


def _check_names(names: Sequence[Any], name: str) -> None:
    for position, column_name in enumerate(map(str, names), start=1):
        if not is_utf_8(column_name):
            raise not_utf_8(f"{name}, the name of column {position}", column_name)


def is_utf_8(text: str) -> bool:
    """Whether a text can be written: half of a surrogate pair, as of a name that was read wrongly, cannot.

    Examples
    --------
    >>> is_utf_8("Orl\u00e9ans"), is_utf_8("Orl\\udce9ans")
    (True, False)
    """
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def not_utf_8(where: str, text: str) -> UnreadableTable:
    """The message for such a text."""
    return UnreadableTable(where, f"text that cannot be UTF-8 ({ascii(text)[:60]})", "Read it in its own encoding.")


def _single(value: Any, name: str, column_name: str) -> pa.Array:
    if isinstance(value, str) and not is_utf_8(value):
        raise not_utf_8(f"{name}, column {column_name!r}", value)
    if isinstance(value, datetime) and value.year > MAXYEAR:
        return pa.array([str(value)])  # pyarrow would take it for 1970
    if isinstance(value, list | tuple | np.ndarray):
        remedy = "For several rows, make it a frame: pyarrow.table(rows) or pandas.DataFrame(rows)."
        expected = "is one row where it is a mapping, and must have one value for each column"
        raise InvalidArgument("data", expected, f"{type(value).__name__} for {column_name!r}", remedy)
    if type(value).__name__ == "Period":
        value = value.to_timestamp()
    if isinstance(value, np.datetime64):
        # Arrow has no times by the hour or the month.
        value = value.astype("datetime64[us]") if np.datetime_data(value)[0] not in ("ms", "ns") else value
    try:
        return pa.array([value])
    except (pa.ArrowException, TypeError, OverflowError):
        return pa.array([str(value)])


def _column(series: Any, name: str, column_name: str) -> pa.ChunkedArray:
    native = _known_to_arrow(series.to_native())
    try:
        column = series.to_arrow() if native is None else pa.array(native, from_pandas=True)
    except (pa.ArrowException, TypeError, OverflowError, UnicodeError):
        column = None
    column = _as_texts(series, f"{name}, column {column_name!r}") if column is None else column
    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    return _of_one_zone(series, column) if pa.types.is_timestamp(column.type) else column


def _of_one_zone(series: Any, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of Python's times, each with a zone of its own or none: Arrow takes all for times of the first's zone.

    Several zones are brought to UTC. Where some times have none, all stay text, whose rows are named when it is read.
    """
    if series.dtype != narwhals.Object:
        return column
    times = [time for time in series.to_list() if isinstance(time, datetime) and time == time]
    zones = {None if time.tzinfo is None else str(time.tzinfo) for time in times}
    if len(zones) < 2:
        return column
    if None in zones:
        missing = series.is_null().to_list()
        texts = [None if gone else str(value) for value, gone in zip(series.to_list(), missing, strict=True)]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(pa.timestamp(column.type.unit, "UTC"))


def _as_texts(series: Any, where: str) -> pa.Array:
    """A pandas column may hold anything; as text it meets the check for mixed types, which names the row."""
    missing = series.is_null().to_list()
    texts = [None if gone else str(value) for value, gone in zip(series.to_list(), missing, strict=True)]
    for row, text in enumerate(texts, start=1):
        if text is not None and not is_utf_8(text):
            raise not_utf_8(f"{where}, row {row}", text)
    return pa.array(texts, pa.string())


def _known_to_arrow(series: Any) -> Any:
    """A column of a type that Arrow has no counterpart of, as one that it has; None where it is none such.

    Intervals, as `pandas.cut` gives them, are texts such as "(0.5, 1.5]"; periods are the times at which they begin;
    objects of polars are their values; complex numbers are records, which are refused.
    """
    dtype: Any = getattr(series, "dtype", None)
    kind = type(dtype).__name__
    if kind == "CategoricalDtype" and type(dtype.categories.dtype).__name__ in ("IntervalDtype", "PeriodDtype"):
        return _known_to_arrow(series.astype(dtype.categories.dtype))
    if kind == "IntervalDtype":
        return [None if gone else str(value) for value, gone in zip(series, series.isna(), strict=True)]
    if kind == "PeriodDtype":
        return series.dt.to_timestamp()
    if getattr(dtype, "kind", "") == "c":
        return [{"real": value.real, "imaginary": value.imag} for value in series]
    return series.to_list() if str(dtype) == "Object" else None
