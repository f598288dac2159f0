"""Dates and times: circles, calendar categories and elapsed days.

A moment never comes back, but its time of day, weekday and season do. Time of day and day of year go round in circles
(sine and cosine: 23:59 lies beside 00:00); hour, weekday and month are categories too, for what does not go smoothly;
the elapsed days are a number on a robust scale. Parts that are constant in the training rows are left out.

For evaluation on later rows (`future`), parts that the future cannot repeat are left out as well: the elapsed time
always, for every later day lies outside the training range; month and day of year unless the training rows span two
full years, for in a single year each season happens once, and what was special about that March (a storm, a strike)
would pass for a law about all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.calendar import DAY
from wade.tables.columns.command_options import role_option
from wade.tables.columns.date_forms import ISO
from wade.tables.columns.times import as_times
from wade.tables.columns.views import is_number
from wade.tables.columns.zones import NO_ZONE, UTC
from wade.tables.kinds.base import (
    FitOptions,
    IncrementalFit,
    Kind,
    TrainingMask,
)
from wade.tables.kinds.column import Column, ColumnSummary, Problem, Role
from wade.tables.kinds.datetime_encoding import DateTimeEncoding, TimeStatistics
from wade.tables.kinds.scales import at_shares, quantiles_of
from wade.tables.kinds.time_form import (
    are_compact_dates,
    chosen_zone,
    days_between,
    find_time_problem,
    form_problem,
    possible_forms,
    reason,
    split_form,
    time_notes,
)
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Quantiles


class DateTimeFit(IncrementalFit):
    """Statistics of the training rows in every form and zone that fits all rows so far, or in those of the user."""

    def __init__(self, kind: Kind, form: str = "") -> None:
        super().__init__(kind, form)
        self.form, self.zone = split_form(form)
        self._missing = 0
        self._fits: dict[tuple[str, str], tuple[TimeStatistics, Quantiles]] = {}

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """As long as every value was missing, no form is known."""
        if profile.dates is None:
            self._missing += int(training.sum())
            return
        forms = [self.form] if self.form else [*profile.dates]
        if not forms:
            # What is no date, at least not in the form that fitted so far, is reported with its row.
            form, zone = next(iter(self._fits), (ISO, NO_ZONE))
            as_times(column, form, where, zone)
        readings = [(form, zone) for form in forms for zone in self._zones(profile, form)]
        self._fits = {
            reading: self._fits.get(reading) or (TimeStatistics(*reading, self._missing), Quantiles())
            for reading in readings
        }
        for statistics, quantiles in self._fits.values():
            quantiles.add(statistics.add(column, where, training))

    def encoding(self, column: Column, options: FitOptions) -> DateTimeEncoding:
        """The encoding in the column's form and zone."""
        statistics, quantiles = self._fit_of(column)
        return DateTimeEncoding.of(column.name, statistics, at_shares(quantiles), options.future)

    def quantiles(self, column: Column) -> Quantiles:
        """Of the days since 1970."""
        return self._fit_of(column)[1]

    def _fit_of(self, column: Column) -> tuple[TimeStatistics, Quantiles]:
        return self._fits[column.form, column.zone or NO_ZONE]

    def _zones(self, profile: ColumnProfile, form: str) -> tuple[str, ...]:
        """The zones that the column may have at the end: where another offset follows, it is UTC."""
        zone = chosen_zone(profile, form, self.zone)
        return tuple(dict.fromkeys((zone, UTC))) if zone and not self.zone else (zone,)


class DateTime(Kind):
    """Stored times, or text in which every value is a date of one form, or numbers such as 20240131."""

    name = "date-time"
    encoding = DateTimeEncoding
    incremental = DateTimeFit
    ordered = True

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Times, or dates that can be read in one form only."""
        if not (profile.times or profile.is_text or are_compact_dates(profile)):
            return None
        forms = possible_forms(profile)
        return self._read(profile, forms[0], None) if len(forms) == 1 else None

    def requested(self, profile: ColumnProfile, form: str) -> Role:
        """In the form and zone of the user, or in those that fit."""
        written, zone = split_form(form)
        role = self._read(profile, self.form(profile, written), zone)
        return role._replace(why=f"{role.why}, as requested")

    def _read(self, profile: ColumnProfile, form: str, zone: str | None) -> Role:
        zone = chosen_zone(profile, form, zone)
        return Role(self.name, reason(profile, form, zone), form, zone)

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """The range."""
        return reason(profile, form, chosen_zone(profile, form))

    def read_form(self, text: str) -> str | None:
        """A form of dates, a zone, or both."""
        return None if form_problem(text)[0] else text

    def form(self, profile: ColumnProfile, form: str) -> str:
        """The form of the user, or the only one that fits."""
        return form or next(iter(possible_forms(profile)), ISO)

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With the first and the last day."""
        low, high = days_between(profile, form, chosen_zone(profile, form)) or (None, None)
        missing = profile.missing + profile.dated.no_dates
        return replace(super().summary(profile, form), missing=missing, low=low, high=high)

    def notes(self, profile: ColumnProfile, column: Column) -> Iterator[str]:
        """Offsets that vary, and what stands for no date."""
        return time_notes(profile, column.name, column.zone or NO_ZONE)

    def problem(self, column: pa.ChunkedArray, profile: ColumnProfile, name: str, form: str) -> Problem | None:
        """Dates that can be read in two forms need a form from the user."""
        written, zone = split_form(form)
        forms = possible_forms(profile)
        if not written and len(forms) > 1:
            after = f" {zone}" if zone else ""
            ways = " or ".join(role_option(name, f"{self.name} {each}{after}") for each in forms)
            return Problem(f"its dates may be written as {' or '.join(forms)}", f"Give the form: {ways}.")
        unclear = find_time_problem(profile, name, zone)
        return unclear or super().problem(column, profile, name, self.form(profile, written))

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse what is no date of this form."""
        as_times(column, form, "")

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> DateTimeEncoding:
        """Circles, parts and elapsed days that vary in the training rows.

        Examples
        --------
        >>> days = pa.array(np.arange("2013-01-01", "2013-03-02", dtype="datetime64[D]").astype("datetime64[s]"))
        >>> column = Column("day", "date-time", "", ISO)
        >>> DateTime().fit(days, column, "table, column 'day'", FitOptions()).numbers
        ('day day of year sin', 'day day of year cos', 'day elapsed days')
        >>> DateTime().fit(days, column, "table, column 'day'", FitOptions(future=True)).numbers
        ()
        """
        statistics = TimeStatistics(column.form, column.zone)
        elapsed = quantiles_of(statistics.add(values, where))
        return DateTimeEncoding.of(column.name, statistics, elapsed, options.future)

    @staticmethod
    def may_hold(arrow_type: pa.DataType) -> bool:
        """Stored times, text, and numbers such as 20240131."""
        stored = pa.types.is_timestamp(arrow_type) or pa.types.is_time(arrow_type) or is_number(arrow_type)
        return bool(stored or pa.types.is_dictionary(arrow_type))

    def order(self, values: pa.Array, column: Column, where: str) -> NDArray[np.float64]:
        """Days since 1970."""
        times = as_times(values, column.form, where, column.zone)
        return np.where(np.isnat(times), np.nan, times.astype(np.int64) / DAY)
