"""Prepare data larger than memory: two passes over the source, in bounded memory.

The first pass decides of each row in which part it is, by its number, its group or its file; profiles the columns, fits
their encodings and finds the classes of the target in training rows. The second one encodes the rows and writes them to
disk, from where epochs stream them. A split that no row shows by itself (by time: where the latest rows begin; by a
column: whether it names validation rows) takes one more pass before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final, Literal, TypeAlias

import numpy as np
import pyarrow as pa

from wade.errors import DataError
from wade.model.preparation.memory import Plan
from wade.model.preparation.prepared_data import PreparedData, base_rate
from wade.model.preparation.splitting import ROWS_STREAM, SplitOptions, check_names, needs_time
from wade.settings import settle_numbers
from wade.tables import Encoder, Schema, Target, find_leaks
from wade.tables.columns.disk import cache_folder, refuse_if_full
from wade.tables.columns.threads import prefetch
from wade.tables.columns.views import is_nested, offset_rows, rows_at, told_by
from wade.tables.encoding.unseen import UnseenValues
from wade.tables.reading.dataset import Batch, Dataset
from wade.tables.schema.infer import date_times, settle_schema, target_notes, time_column
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.splitting.train_test import (
    FEWEST_ROWS,
    LATER,
    PARTS,
    TOGETHER,
    SplitSummary,
    counted,
    describe_share,
    refuse_empty,
    sizes,
    validation_rows,
)
from wade.tables.streaming.cache import Cache, Encoded
from wade.tables.streaming.profiler import TableProfiler
from wade.tables.streaming.split import (
    OUT,
    BatchSplit,
    Parts,
    Shares,
    draws,
    file_split,
    given_split,
    group_split,
    random_split,
    time_split,
)
from wade.tables.streaming.train_test_overlap import TrainTestOverlap
from wade.training.stream import Streamed
from wade.types import Rows

Stage: TypeAlias = Literal["profiling", "encoding"]
NONE_DRAWN: Final = Shares(0.0, 0.0)


@dataclass(frozen=True)
class RowsRead:
    """More rows have been read, in the "profiling" or the "encoding" pass: the number so far, approximately of all."""

    stage: Stage
    rows_done: int
    rows: int
    seconds: float


Listener: TypeAlias = Callable[[RowsRead], None]


def stream(
    opened: Dataset,
    choices: ColumnOverrides,
    splitting: SplitOptions,
    plan: Plan,
    cleanup: ExitStack,
    on_event: Listener,
) -> PreparedData:
    """Prepared data whose encoded rows are on disk; `cleanup` removes them, `on_event` is called after each batch.

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used; a file changed between two passes; the disk is full.
    """
    check_names(list(opened.arrow_types), opened.name, choices, splitting)
    choices = replace(choices, decimal=opened.dialect.known_decimal if opened.dialect else "")
    passes = _Passes(opened, choices, splitting, plan, on_event)
    with told_by(passes.check):
        profiler = passes.profiler()
        schema = passes.schema_from(profiler)
    train, validation, test = map(int, profiler.rows_of_part)
    reading, chosen = settle_numbers(choices.numbers, train, schema.count("number"))
    encoder = profiler.encoder(schema, splitting.how == "time", reading == "piecewise")
    target = profiler.target_of(schema.target)
    caches = {part: Cache(cache_folder(), cleanup) for part in PARTS}
    unseen = {part: UnseenValues(encoder) for part in ("validation", "test")}
    with told_by(passes.check):
        classes, shared_rows = passes.encode(schema, encoder, target, caches, unseen)
    window = max(1, plan.window_bytes // caches["train"].bytes_per_row)
    return PreparedData(
        opened.name,
        schema,
        encoder,
        target,
        split=SplitSummary(train, validation, test, splitting.how, passes.why(profiler), shared_rows),
        parts={part: Streamed(cache, window) for part, cache in caches.items()},
        base_rate=base_rate(target, classes),
        missing=opened.missing,
        dialect=opened.dialect,
        notes=(
            *opened.notes,
            *opened.notes_on_markers(profiler.short_codes),
            *target_notes(profiler.labels, target.column),
        ),
        memory=plan,
        choices=chosen,
        unseen={part: counted.found() for part, counted in unseen.items()},
        of_rows=profiler.labels.present,
    )


class _Passes:
    """The passes over one table."""

    def __init__(
        self, opened: Dataset, choices: ColumnOverrides, splitting: SplitOptions, plan: Plan, on_event: Listener
    ) -> None:
        assert choices.target is not None
        self._opened, self._target = opened, choices.target
        self._splitting, self._plan, self._on_event = splitting, plan, on_event
        # Columns that only define the split are no inputs.
        self._inputs = replace(choices, drop=(*choices.drop, *splitting.columns))
        self._rows = max(FEWEST_ROWS, opened.size.rows)
        self._rows_used = max(FEWEST_ROWS, min(self._rows, splitting.rows or self._rows))
        validation, test = (min(size, plan.most_held_out) for size in sizes(self._rows_used, splitting.test_rows))
        self._share = Shares(validation / self._rows_used, test / self._rows_used)
        self._split = self._initial_split()

    def profiler(self) -> TableProfiler:
        """The profile of the training rows, with encodings fitted to them."""
        splitting, name = self._splitting, self._opened.name
        profiler = self._profiled()
        if splitting.how == "time":
            self._split = self._by_time(profiler)
            profiler = self._profiled()
        elif splitting.part is not None and not profiler.rows_of_part[1]:
            training_rows = max(1, int(profiler.rows_of_part[0]))
            tenth = Shares(validation_rows(training_rows) / training_rows, 0.0)
            self._split = given_split(splitting.part, tenth, splitting.seed, name)
            profiler = self._profiled()
        types = profiler.numbers_in_texts
        if types:
            # A word among numbers, in rows that are none of training, is no reason to take them for text.
            self._opened = replace(self._opened, turned_out=types)
            profiler = self._profiled()
        total = int(profiler.rows_of_part.sum())
        if total < FEWEST_ROWS:
            raise DataError("the table", f"{total} rows with a target are too few", f"Give at least {FEWEST_ROWS}.")
        for part, rows in zip(("training", "validation", "test"), profiler.rows_of_part, strict=True):
            refuse_empty(part, int(rows))
        return profiler

    def schema_from(self, profiler: TableProfiler) -> Schema:
        """The role of each column, and notes."""
        sample = profiler.sample
        schema = settle_schema(sample, profiler.profiles, self._inputs, self._opened.name)
        return replace(schema, notes=(*schema.notes, *map(str, find_leaks(sample, schema))))

    def check(self) -> None:
        """ColumnError for the first column that cannot be used, from all rows of the table: takes one more pass."""
        self._split = random_split(NONE_DRAWN, 0)
        self.schema_from(self._profiled())

    def encode(
        self,
        schema: Schema,
        encoder: Encoder,
        target: Target,
        caches: dict[str, Cache],
        unseen: dict[str, UnseenValues],
    ) -> tuple[Rows, int]:
        """Write the encoded rows; the training rows of each class, and the test rows that are training rows too.

        `unseen` counts the values without a code of some parts.
        """
        name, shared = self._opened.name, TrainTestOverlap(self._compared(schema))
        classes = np.zeros(len(target.classes), np.int64)
        for batch, parts in self._batches("encoding"):
            table = pa.Table.from_batches([batch.rows])
            with offset_rows(batch.first):
                X, labelled = encoder.encode(table, name), np.flatnonzero(parts != OUT)
            with rows_at(batch.first + labelled):
                answers = table.take(pa.array(labelled))
                target.refuse_new_classes(answers, name, "validation or test")
                y = target.encode(answers, name)
            if batch.first == 0:
                refuse_if_full(cache_folder(), Encoded(X, y).bytes_per_row * self._rows)
            for number, part in enumerate(PARTS):
                chosen = np.flatnonzero(parts[labelled] == number)
                caches[part].append(Encoded(X[labelled[chosen]], y[chosen]))
                if part in unseen:
                    unseen[part].add(table, X, labelled[chosen])
                if part == "train" and target.classes:
                    classes += np.bincount(y[chosen].ravel().astype(np.int64), minlength=len(classes))
            shared.add(batch.rows, parts)
        return classes, shared.count

    def why(self, profiler: TableProfiler) -> str:
        """How the rows were split, as a sentence."""
        splitting, parts = self._splitting, counted(*map(int, profiler.rows_of_part))
        share = describe_share(self._rows_used, splitting.test_rows)
        if max(sizes(self._rows_used, splitting.test_rows)) > self._plan.most_held_out:
            share = f"At most {self._plan.most_held_out:,} test rows: more would not fit into the memory limit."
        return {
            "random": f"At random, row by row: {parts}. {share}",
            "time": f"By time: {parts}. {LATER} {share}",
            "group": f"By group: {parts}. {TOGETHER} {share}",
            "given": f"By column: {parts}.",
            "files": f"By file: {parts}.",
        }[splitting.how]

    def _profiled(self) -> TableProfiler:
        """One pass; all columns are fitted where the split is by time, for any of them may be the time."""
        names = list(self._opened.arrow_types)
        fitted = names if self._splitting.how == "time" else self._inputs.inputs(names)
        profiler = TableProfiler(self._opened, self._inputs, set(fitted) - {self._target})
        for batch, parts in self._batches("profiling"):
            profiler.add(batch, parts)
        return profiler

    def _batches(self, stage: Stage) -> Iterator[tuple[Batch, Parts]]:
        """The batches with the part of each row; rows without a target, or not drawn, are in none."""
        started, splitting = perf_counter(), self._splitting
        for batch in prefetch(self._opened.batches()):
            wanted = np.asarray(batch.rows.column(self._target).is_valid())
            if splitting.rows is not None:
                wanted = wanted & (draws(splitting.seed, ROWS_STREAM, batch) < splitting.rows / self._rows)
            yield batch, np.where(wanted, self._split(batch, wanted), np.int8(OUT))
            done = batch.first + batch.rows.num_rows
            self._on_event(RowsRead(stage, done, max(done, self._rows), perf_counter() - started))

    def _initial_split(self) -> BatchSplit:
        """The split; all rows are training rows where it takes a first pass to determine it."""
        splitting, name, seed = self._splitting, self._opened.name, self._splitting.seed
        if splitting.group is not None:
            return group_split(splitting.group, self._share, seed, name)
        if splitting.part is not None:
            return given_split(splitting.part, NONE_DRAWN, seed, name)
        if splitting.how == "files":
            validation, test = self._share
            drawn = Shares(0.0 if splitting.validation else validation, 0.0 if splitting.test else test)
            return file_split(splitting.part_of_source, drawn, seed)
        return random_split(NONE_DRAWN if splitting.how == "time" else self._share, seed)

    def _by_time(self, profiler: TableProfiler) -> BatchSplit:
        """Where validation and test begin: at the quantiles that leave them their shares."""
        profiles = profiler.profiles
        found = time_column(profiler.sample, profiles, self._inputs, self._opened.name)
        column = needs_time(found, date_times(profiles, self._inputs))
        self._inputs = replace(self._inputs, time=column.name)
        validation, test = self._share
        validation_from, test_from = profiler.quantiles(column).at([1 - validation - test, 1 - test])
        return time_split(column, validation_from, test_from, self._opened.name)

    def _compared(self, schema: Schema) -> list[str]:
        """The columns by which rows are compared: all but dropped ones and identifiers."""
        apart = {*self._inputs.drop, *(column.name for column in schema.left_out if column.role == "identifier")}
        types = self._opened.arrow_types
        return [name for name, arrow_type in types.items() if name not in apart and not is_nested(arrow_type)]
