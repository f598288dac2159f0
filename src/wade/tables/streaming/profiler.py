"""One pass over a table's batches: what each column is, what encodings need of it, and what the target may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa

from wade.errors import ColumnError
from wade.tables.columns.cleaning import alone
from wade.tables.columns.exact_numbers import LARGEST_EXACT
from wade.tables.columns.hashing import Hashes, mix
from wade.tables.columns.kept_texts import are_short_codes
from wade.tables.columns.views import as_numbers, column_location, is_number, rows_at
from wade.tables.encoding.encoder import Encoder
from wade.tables.encoding.target import Target, classes_in, text_classes
from wade.tables.kinds.base import FitOptions, TrainingMask
from wade.tables.kinds.coded import TextCounts
from wade.tables.kinds.column import Column
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.number_sketches import SketchesByForm
from wade.tables.profile.occurrences import Occurrence
from wade.tables.profile.sketches import Moments, Quantiles
from wade.tables.reading.dataset import Batch, Dataset
from wade.tables.reading.fragment import settle
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.schema import Schema
from wade.tables.streaming.incremental_fit import ColumnFit
from wade.tables.streaming.split import OUT, TRAIN, Parts
from wade.types import Rows

SAMPLE_ROWS: Final = 20_000


class TableProfiler:
    """The result of one pass over the batches, in memory that does not grow with the rows; `fitted` may be encoded.

    Columns are profiled and fitted on training rows; of the others, nothing but their number is kept.
    """

    def __init__(self, dataset: Dataset, overrides: ColumnOverrides, fitted: Collection[str]) -> None:
        assert overrides.target is not None
        self.name, self.target = dataset.name, overrides.target
        self.rows_of_part: Rows = np.zeros(3, np.int64)
        self.labels = ColumnProfile()  # of the target's column in all rows, nothing but where values are missing
        self._may_be_whole, self._texts_by_chance = dataset.may_be_whole, dataset.texts_by_chance
        self._profiles: dict[str, ColumnProfile] = {name: ColumnProfile() for name in dataset.arrow_types}
        self._fits = {name: ColumnFit(dataset.arrow_types[name], *overrides.role_of(name)) for name in fitted}
        role, self._form_wanted = overrides.role_of(self.target)
        self._number_wanted = role == "number"
        self._texts, self._moments = TextCounts(), Moments()
        self._text_moments: SketchesByForm[Moments] | None = None
        self._sample = Sample(SAMPLE_ROWS)

    def add(self, batch: Batch, parts: Parts) -> None:
        """A batch, and the part of each row, OUT for none; ColumnError where a value is not of the requested role."""
        self.labels = self.labels.merge(_missing_in(batch.rows.column(self.target)))
        self.rows_of_part += np.bincount(parts[parts != OUT], minlength=3)
        training = np.flatnonzero(parts == TRAIN)
        if not len(training):
            return
        rows = batch.rows if len(training) == len(parts) else batch.rows.take(pa.array(training))
        with rows_at(batch.first + training):
            self._add_training(rows, batch.first + training)
        self._sample.add(rows, batch.first + training)

    def _add_training(self, rows: pa.RecordBatch, places: Rows) -> None:
        everything = np.ones(len(places), bool)
        for name, column in zip(rows.schema.names, rows.columns, strict=True):
            before = self._profiles[name]
            seen = ColumnProfile.of(column, before.distinct.limit, places - before.rows)
            profile = self._profiles[name] = before.merge(seen)
            if name in self._fits:
                self._fits[name].add(column, everything, profile, column_location(self.name, name))
        self._add_target(rows.column(self.target), everything)

    @property
    def profiles(self) -> Mapping[str, ColumnProfile]:
        """What was seen in each column; whole numbers that came as doubles pass for what they are."""
        return {
            name: replace(profile, integers=profile.integers or _is_exact(profile))
            if name in self._may_be_whole and not profile.texts
            else profile
            for name, profile in self._profiles.items()
        }

    @property
    def short_codes(self) -> dict[str, list[str]]:
        """The different texts of the columns that hold short codes, with missing values among them."""
        return {
            name: [*profile.distinct.values]
            for name, profile in self._profiles.items()
            if profile.is_text
            and profile.distinct.complete
            and are_short_codes(profile.distinct.values, profile.missing)
        }

    @property
    def numbers_in_texts(self) -> dict[str, pa.DataType]:
        """The columns whose training rows are numbers, though others made them text, and their types; no constants."""
        found = {}
        for name in self._texts_by_chance:
            seen = self._profiles[name]
            if seen.texts and seen.texts == seen.number_texts and seen.distinct.count > 1:
                column = alone(pa.array(seen.distinct.values, pa.string()).dictionary_encode(), keep_text=False)
                if is_number(column.type):
                    found[name] = settle(column)
        return found

    @property
    def sample(self) -> pa.Table:
        """Some training rows, drawn at random and in the order of the table; all of a small one."""
        return self._sample.table()

    def encoder(self, schema: Schema, future: bool, piecewise: bool = False) -> Encoder:
        """What `Encoder.fit` would give for the training rows, within the accuracy of the sketches."""
        return Encoder.of(
            [self._fits[c.name].encoding(c, FitOptions(future, piecewise)) for c in schema.columns], self.name
        )

    def target_of(self, column: Column) -> Target:
        """What `Target.fit` would give for the training rows."""
        if column.role == "number":
            moments = self._text_moments.of(column.form) if self._text_moments and column.form else self._moments
            return Target.of_numbers(column.name, moments.mean, moments.deviation, column.form)
        counts, profile = self._texts.counts, self._profiles[column.name]
        if counts.lost or not (profile.texts or profile.distinct.complete):
            problem = f"more than {len(counts.counts) or profile.distinct.count:,} values are too many to be classes"
            raise ColumnError(column_location(self.name, column.name), problem, "Choose another column with --target.")
        texts = profile.texts > 0
        classes = text_classes(counts.texts, counts.counts) if texts else classes_in(pa.array(profile.distinct.values))
        return Target.of_classes(column.name, classes)

    def quantiles(self, column: Column) -> Quantiles:
        """Of the times or numbers that order the rows."""
        return self._fits[column.name].quantiles(column)

    def _add_target(self, column: pa.Array, training: TrainingMask) -> None:
        written = self._profiles[self.target].written
        if pa.types.is_dictionary(column.type) and written and written.numbers and not written.words:
            self._text_moments = self._text_moments or SketchesByForm(Moments, self._form_wanted)
            self._text_moments.add(column, training, written)
        if self._number_wanted and pa.types.is_dictionary(column.type) and not (written and written.disguised):
            self._moments.add(as_numbers(column, column_location(self.name, self.target))[training])
        elif pa.types.is_dictionary(column.type):
            self._texts.add(column, training, "")
        elif is_number(column.type):
            # Infinite numbers are refused when the whole column is checked.
            values = np.asarray(column.filter(pa.array(training)).cast(pa.float64(), safe=False))
            self._moments.add(values[np.isfinite(values)])


class Sample:
    """Rows drawn at random from all that pass by: those whose own numbers have the smallest hashes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._batches: list[pa.Table] = []
        self._hashes: Hashes = np.empty(0, np.uint64)
        self._limit = np.uint64(2**64 - 1)

    def add(self, rows: pa.RecordBatch, places: Rows) -> None:
        """Rows, and their numbers in the table."""
        hashes = mix(places.astype(np.uint64))
        taken = np.flatnonzero(hashes < self._limit)
        if not len(taken):
            return
        self._batches.append(_without_unused_texts(rows.take(pa.array(taken))))
        self._hashes = np.concatenate([self._hashes, hashes[taken]])
        if len(self._hashes) > 2 * self._most:
            self._cut()

    def table(self) -> pa.Table:
        """The rows, in their order."""
        self._cut()
        return pa.concat_tables(self._batches).unify_dictionaries().combine_chunks()

    def _cut(self) -> None:
        if len(self._hashes) <= self._most:
            return
        self._limit = np.partition(self._hashes, self._most)[self._most]
        kept = self._hashes < self._limit
        table = pa.concat_tables(self._batches).unify_dictionaries().combine_chunks()
        self._batches, self._hashes = [_without_unused_texts(table.filter(pa.array(kept)))], self._hashes[kept]


def _is_exact(profile: ColumnProfile) -> bool:
    """Whether doubles are whole numbers, each of them another one."""
    ends = profile.range or (0.0,)
    return profile.whole and max(map(abs, ends)) < LARGEST_EXACT


def _missing_in(column: pa.Array) -> ColumnProfile:
    missing = np.asarray(column.is_null())
    first = Occurrence(int(missing.argmax()), None) if missing.any() else None
    return ColumnProfile(len(column), int(missing.sum()), first_missing=first)


def _without_unused_texts(rows: pa.RecordBatch | pa.Table) -> pa.Table:
    """The rows, with dictionaries of the texts that they hold and no others."""
    columns = [
        column.cast(column.type.value_type).dictionary_encode() if pa.types.is_dictionary(column.type) else column
        for column in rows.columns
    ]
    return pa.table(columns, names=rows.schema.names)
