"""A tidy column as times: by the clock of the zone in which the column was learned, whatever zone its values are in."""

from __future__ import annotations

from typing import Final, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.cleaning import codes_of, one_piece
from wade.tables.columns.date_forms import CLOCK, COMPACT, ISO
from wade.tables.columns.date_texts import NAIVE, compact_days, read_moments
from wade.tables.columns.views import EMPTY_IS_MISSING, is_number, refuse_type
from wade.tables.columns.zones import NO_ZONE, NOT_A_TIME, canonical, to_local
from wade.types import Rows

Times = NDArray[np.datetime64]
EXAMPLES: Final = {ISO: "2013-12-31", COMPACT: "20131231, written as %Y%m%d", CLOCK: "23:59"}


def as_times(column: pa.ChunkedArray | pa.Array, form: str, where: str, zone: str | None = None) -> Times:
    """The column as datetime64[s] by the clock of a zone, NaT where missing.

    Parameters
    ----------
    form
        how texts are written (see `date_forms`)
    where
        the column's place in words
    zone
        what times are converted to; `NO_ZONE` takes only times without an offset, as they are written. None is of
        models from before zones were kept: stored times by their own clock, texts with an offset in UTC.

    Raises
    ------
    ColumnError
        A value is no time of this form; or it has an offset where the zone is `NO_ZONE`, or none where there is a zone.

    Examples
    --------
    >>> as_times(pa.array(["1/31/2013"]).dictionary_encode(), "%m/%d/%Y", "table, column 'day'")
    array(['2013-01-31T00:00:00'], dtype='datetime64[s]')
    >>> noon = pa.array(["2013-01-31 12:00Z"]).dictionary_encode()
    >>> as_times(noon, ISO, "table, column 'day'", "Europe/Berlin")
    array(['2013-01-31T13:00:00'], dtype='datetime64[s]')
    """
    column = one_piece(column)
    if pa.types.is_null(column.type):
        return np.full(len(column), NOT_A_TIME, np.int64).view("datetime64[s]")
    if pa.types.is_dictionary(column.type):
        seconds = _of_texts(column, form, where, zone)
    elif pa.types.is_time(column.type) and form == CLOCK:
        seconds = utc_seconds(column)
    elif pa.types.is_timestamp(column.type) and form != CLOCK:
        seconds = _of_times(column, form, where, zone)
    elif is_number(column.type) and (form == COMPACT or _are_zeros(column)):
        seconds = _of_numbers(column, where, zone)
    else:
        refuse_type(column, where, "times of day" if form == CLOCK else "dates")
    return seconds.view("datetime64[s]")


def utc_seconds(column: pa.Array) -> Rows:
    """Stored times as seconds since 1970, in UTC where they have a zone; `NOT_A_TIME` where one is missing.

    Times of day are those of 1970-01-01.
    """
    # NumPy rounds down, before 1970 too.
    found: Rows = np.asarray(as_timestamps(column)).astype("datetime64[s]").view(np.int64)
    return found


def as_timestamps(column: pa.Array) -> pa.Array:
    """Stored times in UTC, and times of day of 1970-01-01, as timestamps without a zone."""
    if pa.types.is_time(column.type):
        column = column.cast(pa.int32()).cast(pa.int64()).cast(pa.timestamp("ms"))
    return column.cast(pa.timestamp(column.type.unit))


def _of_texts(column: pa.Array, form: str, where: str, zone: str | None) -> Rows:
    codes, found = codes_of(column), read_moments(column.dictionary, form)
    used = np.zeros(len(column.dictionary) + 1, bool)
    used[codes] = True
    used = used[:-1]
    wrong = used & ~(found.valid | found.absent)
    if wrong.any():
        row = _first_row(codes, wrong)
        value = column.dictionary[int(codes[row])].as_py()
        expected = f"a {'time of day' if form == CLOCK else 'date'} ({EXAMPLES.get(form, form)})"
        raise ColumnError(f"{where}, row {row + 1}", f"expected {expected}, found {value!r}", EMPTY_IS_MISSING)
    aware = found.valid & (found.offsets != NAIVE)
    if zone is not None:
        unlike = used & found.valid & (aware if zone == NO_ZONE else ~aware)
        if unlike.any() and form != CLOCK:
            row = _first_row(codes, unlike)
            refuse_zone(f"{where}, row {row + 1}", str(column.dictionary[int(codes[row])].as_py()), zone)
    seconds = to_local(found.instants, zone) if zone else found.instants
    # The last entry serves the rows without a text, −1.
    return np.append(seconds, NOT_A_TIME)[codes]


def _of_times(column: pa.Array, form: str, where: str, zone: str | None) -> Rows:
    seconds, own = utc_seconds(column), column.type.tz
    if zone is not None and (own is None) != (zone == NO_ZONE) and column.null_count < len(column):
        row = int(np.asarray(column.is_valid()).argmax())
        written = str(np.datetime64(int(seconds[row]), "s")).replace("T", " ") + (f" in {own}" if own else "")
        refuse_zone(f"{where}, row {row + 1}", written.replace(" in UTC", "Z"), zone)
    if own is None:
        return seconds
    return to_local(seconds, canonical(own) if zone is None else zone)


def _are_zeros(column: pa.Array) -> bool:
    """Whether every number is 0, as a text such as "00000000" becomes that stands for no date."""
    ends = pc.min_max(column)
    return bool(ends["min"].as_py() == ends["max"].as_py() == 0)


def _of_numbers(column: pa.Array, where: str, zone: str | None) -> Rows:
    numbers = np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan), dtype=np.float64)
    found = compact_days(numbers)
    wrong = ~(found.valid | found.absent | np.isnan(numbers))
    if wrong.any():
        row = int(wrong.argmax())
        problem = f"expected a date ({EXAMPLES[COMPACT]}), found {numbers[row]:.17g}"
        raise ColumnError(f"{where}, row {row + 1}", problem, EMPTY_IS_MISSING)
    if zone and found.valid.any():
        row = int(found.valid.argmax())
        refuse_zone(f"{where}, row {row + 1}", f"{numbers[row]:.0f}", zone)
    return found.seconds


def refuse_zone(where: str, value: str, zone: str) -> NoReturn:
    """Refuse a time that has an offset where training times had none, or has none where they had one."""
    if zone == NO_ZONE:
        problem = f"{value!r} has a time zone or an offset from UTC, and the times in training had none"
        remedy = (
            "Give the time of the same local clock as in training, without an offset; in pandas: "
            "column.dt.tz_convert(ZONE).dt.tz_localize(None)."
        )
    else:
        problem = f"{value!r} has no offset from UTC, and the times in training had one (they are read in {zone})"
        remedy = (
            f"Write the offset behind it (+01:00, or Z for UTC); in pandas: column.dt.tz_localize({zone!r}), "
            "if that is the clock it was read from."
        )
    raise ColumnError(where, problem, remedy)


def _first_row(codes: Rows, wanted: NDArray[np.bool_]) -> int:
    return int(np.append(wanted, [False])[codes].argmax())
