"""What a column holds of dates: the forms that fit, the zones, and what stands for no date; a part of its profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.date_forms import CLOCK, COMPACT, ISO, is_no_date
from wade.tables.columns.date_texts import NAIVE, candidate_forms, compact_days, is_compact, read_moments
from wade.tables.columns.times import utc_seconds
from wade.tables.columns.zones import NO_ZONE, NOT_A_TIME, canonical, offset_zone
from wade.tables.profile.occurrences import Occurrence, Span, first_occurrence
from wade.types import Rows


@dataclass(frozen=True)
class DateProfile:
    """The dates of a column, or of a batch of its rows."""

    forms: Mapping[str, Span] | None = None
    """By form in which every value is a date: seconds since 1970, in UTC where there are offsets; None before any."""
    rows: int = 0  # values that are dates in one form or another
    no_dates: int = 0  # values such as "0000-00-00"
    first_no_date: Occurrence | None = None
    first_other: Occurrence | None = None  # text that is neither
    first_of_form: Mapping[str, Occurrence] = field(default_factory=dict)  # by form in which one text is a date
    first_of_zone: Mapping[str, Occurrence] = field(default_factory=dict)  # by zone, `NO_ZONE` among them

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the values, those without one left aside."""
        return tuple(sorted(zone for zone in self.first_of_zone if zone != NO_ZONE))

    def merge(self, other: DateProfile, rows: int) -> DateProfile:
        """What one pass over both would have seen; this one is of that number of rows."""
        return DateProfile(
            _shared(self.forms, other.forms),
            self.rows + other.rows,
            self.no_dates + other.no_dates,
            self.first_no_date or Occurrence.later(other.first_no_date, rows),
            self.first_other or Occurrence.later(other.first_other, rows),
            {**dict(_later(other.first_of_form, rows)), **self.first_of_form},
            {**dict(_later(other.first_of_zone, rows)), **self.first_of_zone},
        )

    def placed(self, places: Rows) -> DateProfile:
        """The same where the rows have these numbers."""
        return replace(
            self,
            first_no_date=Occurrence.at(self.first_no_date, places),
            first_other=Occurrence.at(self.first_other, places),
            first_of_form=_at(self.first_of_form, places),
            first_of_zone=_at(self.first_of_zone, places),
        )


NO_DATES: Final = DateProfile()


def dates_of_times(column: pa.Array) -> DateProfile:
    """Of stored times, or times of day."""
    seconds = utc_seconds(column)
    present = seconds != NOT_A_TIME
    span = Span.of(seconds[present])
    if span is None:
        return DateProfile()
    row = int(present.argmax())
    own = getattr(column.type, "tz", None)
    zone = canonical(own) if own else NO_ZONE
    value = str(np.datetime64(int(seconds[row]), "s")).replace("T", " ")
    form = CLOCK if pa.types.is_time(column.type) else ISO
    return DateProfile({form: span}, int(present.sum()), first_of_zone={zone: Occurrence(row, value)})


def dates_of_numbers(column: pa.Array, values: NDArray[Any]) -> DateProfile:
    """Of numbers, none missing among `values`: dates such as 20240131."""
    if not is_compact(values):
        return DateProfile(None if not values.any() else {}, no_dates=int((values == 0).sum()))
    found = compact_days(values.astype(np.float64))
    rows = np.flatnonzero(np.asarray(column.is_valid()))
    first = int(rows[found.valid.argmax()])
    seconds = found.seconds[found.valid]
    span = Span.of(seconds)
    return DateProfile(
        {COMPACT: span} if span else None,
        len(seconds),
        int(found.absent.sum()),
        Occurrence(int(rows[found.absent.argmax()]), "0") if found.absent.any() else None,
        first_of_zone={NO_ZONE: Occurrence(first, column[first].as_py())},
    )


def dates_of_texts(column: pa.Array, texts: pa.Array, used: Rows, counts: Rows) -> DateProfile:
    """Of a text column: the different texts that occur, their codes, and how often each does."""
    found = {form: read_moments(texts, form) for form in candidate_forms(texts)}
    valid, absent = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    offsets = np.full(len(texts), NAIVE, np.int64)
    for moments in found.values():
        offsets[moments.valid] = moments.offsets[moments.valid]
        valid |= moments.valid
        absent |= moments.absent
    if not found and all(is_no_date(text.as_py()) for text in texts):
        absent[:] = True
    absent &= ~valid
    spans = {
        form: Span.of(moments.instants[moments.valid])
        for form, moments in found.items()
        if (moments.valid | moments.absent).all()
    }
    forms = {form: span for form, span in spans.items() if span is not None}
    # A text that is a date in every form is an example of none.
    every = [moments.valid for moments in found.values()]
    shared = np.logical_and.reduce(every) if len(every) > 1 else np.zeros(len(texts), bool)
    own = {form: moments.valid & ~shared for form, moments in found.items()}
    first_of_form = {
        form: first_occurrence(column, used[own[form] if own[form].any() else moments.valid])
        for form, moments in found.items()
    }
    first_of_zone = {
        NO_ZONE if offset == NAIVE else offset_zone(offset): first_occurrence(column, used[valid & (offsets == offset)])
        for offset in np.unique(offsets[valid]).tolist()
    }
    return DateProfile(
        None if absent.all() else forms,
        int(counts[valid].sum()),
        int(counts[absent].sum()),
        first_occurrence(column, used[absent]),
        first_occurrence(column, used[~valid & ~absent]),
        {form: first for form, first in first_of_form.items() if first},
        {zone: first for zone, first in first_of_zone.items() if first},
    )


def _later(firsts: Mapping[str, Occurrence], rows: int) -> Iterator[tuple[str, Occurrence]]:
    return ((name, Occurrence(first.row + rows, first.value)) for name, first in firsts.items())


def _at(firsts: Mapping[str, Occurrence], places: Rows) -> dict[str, Occurrence]:
    return {name: Occurrence(int(places[first.row]), first.value) for name, first in firsts.items()}


def _shared(one: Mapping[str, Span] | None, two: Mapping[str, Span] | None) -> Mapping[str, Span] | None:
    """The forms that fit both; a part without values fits all."""
    if one is None or two is None:
        return two if one is None else one
    return {form: span.join(two[form]) for form, span in one.items() if form in two}
