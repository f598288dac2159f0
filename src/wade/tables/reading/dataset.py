"""A table that is open for reading: its files or frames, to be read whole, or batch by batch as often as needed.

Several sources make one table, each with its own rows: training rows, for example, and those of a test file. All
files are found and looked at once; one that changes before the last reading is over is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import pyarrow as pa

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import clean, one_piece
from wade.tables.columns.kept_texts import as_strings, markers_in, notes_on_markers, short_codes
from wade.tables.columns.threads import MANY_ROWS, in_threads
from wade.tables.columns.views import is_number
from wade.tables.profile.column_profile import BATCH_ROWS
from wade.tables.reading.arrow_files import ArrowFile, ParquetFile
from wade.tables.reading.arrow_stream import is_stream, kept_stream
from wade.tables.reading.concat import categories_of, one_table, same_columns
from wade.tables.reading.csv.reader import CsvFile, find_csv
from wade.tables.reading.dialect import AUTO_DETECT, Dialect
from wade.tables.reading.file_format import detect_format
from wade.tables.reading.files import File, ending_of, find_files, is_path, is_rows, source_name
from wade.tables.reading.fragment import TEXT, Fragment, FrameFragment, common_type, fit, settle
from wade.tables.reading.json_lines import JsonLines
from wade.tables.reading.size_estimate import Size, refuse_if_too_large, size_of
from wade.tables.reading.whole import Reading as Reading
from wade.tables.reading.whole import WholeTable, may_change

BATCH_BYTES: Final = 1 << 25


class Batch(NamedTuple):
    """Some rows of a table: the columns, the number of the first row (from 0), and which source they are from."""

    rows: pa.RecordBatch
    first: int = 0
    source: int = 0


@dataclass(frozen=True)
class Dataset:
    """A table whose files have been found."""

    name: str  # what messages call it
    parts: Sequence[tuple[int, Fragment]]  # its files and frames, each with the number of its source
    missing: tuple[str, ...]
    text: frozenset[str]
    expected: Dialect
    keep: Mapping[str, Collection[str]] = field(default_factory=dict)  # by column: texts that do not mean missing
    turned_out: Mapping[str, pa.DataType] = field(default_factory=dict)  # types that a pass over the batches has shown

    @property
    def dialect(self) -> Dialect | None:
        """How the first text among the parts is written; None where all know their own types."""
        return next(iter(self._dialects), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for a user who did not set how the text is written."""
        parts = [part for _, part in self.parts]
        left_out = [f"{part.name}: {note}" if len(parts) > 1 else note for part in parts for note in part.notes]
        return tuple(dict.fromkeys([*(note for settled in self._dialects for note in settled.notes), *left_out]))

    @property
    def may_be_whole(self) -> frozenset[str]:
        """The columns of doubles that may be whole numbers: those that began as such, and all of text files."""
        return frozenset(name for name in self.arrow_types if any(began[name].whole for began in self._began))

    @property
    def texts_by_chance(self) -> frozenset[str]:
        """The columns that are text in batches because they begin so: neither the user nor the source says it."""
        texts = {name for name, arrow_type in self.arrow_types.items() if arrow_type == TEXT} - self.text
        return frozenset(name for name in texts if not any(began[name].declared for began in self._began))

    @cached_property
    def arrow_types(self) -> dict[str, pa.DataType]:
        """The type that each column has in all batches."""
        found = {name: [began[name].arrow_type for began in self._began] for name in self._began[0]}
        # What a file itself stores as numbers stays so, even where text is wanted: it can be written in short later.
        settled = {
            name: TEXT if name in self.text and {TEXT, pa.null()} & set(arrow_types) else common_type(arrow_types)
            for name, arrow_types in found.items()
        }
        return {**settled, **self.turned_out}

    @cached_property
    def size(self) -> Size:
        """About how many rows there are, and how many bytes they take as an Arrow table."""
        sizes = [size_of(part) for _, part in self.parts]
        return Size(sum(size.rows for size in sizes), sum(size.bytes for size in sizes))

    def whole(self) -> WholeTable:
        """The table in memory."""
        parts = [part for _, part in self.parts]
        for part in parts:
            refuse_if_too_large(part)
        tables = [_checked(part.whole(self.text), part.name) for part in parts]
        raw = one_table(parts, tables, self.text)
        self.refuse_if_changed()
        if raw.num_rows == 0:
            raise _no_rows(self.name)
        columns = in_threads(
            lambda name: self._tidy(raw[name], name, name in self.text), raw.column_names, raw.num_rows >= MANY_ROWS
        )
        fields = [raw.field(i).with_type(column.type).with_nullable(True) for i, column in enumerate(columns)]
        table = pa.table(columns, schema=pa.schema(fields, metadata=raw.schema.metadata))
        rows: Counter[int] = Counter()
        for (source, _), part in zip(self.parts, tables, strict=True):
            rows[source] += part.num_rows
        counts = tuple(rows[source] for source in range(max(rows) + 1))
        codes = {name: short_codes(table[name]) for name in table.column_names}
        notes = (*self.notes, *self.notes_on_markers(codes, tables))
        declared = () if all(isinstance(part, CsvFile) for part in parts) else categories_of(raw.schema)
        return WholeTable(
            Reading(table, self.name, self.dialect, notes),
            counts,
            parts,
            self.text.union(declared),
            {name: raw[name] for name in raw.column_names if may_change(raw[name], one_piece(table[name]))},
            self._tidy,
        )

    def batches(self) -> Iterator[Batch]:
        """The table batch by batch; all batches have one schema, which the beginning of each part settles."""
        first, arrow_types = 0, self.arrow_types
        for source, part in self.parts:
            row = 0
            for table in _gathered(_checked(table, part.name) for table in part.batches(arrow_types)):
                if table.num_rows:
                    columns = [
                        fit(table[n], arrow_type, self._markers, part.name, n, row, kept=self.keep.get(n, ()))
                        for n, arrow_type in arrow_types.items()
                    ]
                    yield Batch(
                        pa.RecordBatch.from_arrays(columns, schema=pa.schema(arrow_types.items())), first, source
                    )
                row += table.num_rows
                first += table.num_rows
            part.refuse_if_changed()
        if first == 0:
            raise _no_rows(self.name)

    def notes_on_markers(
        self, codes: Mapping[str, Collection[str]], raw: Sequence[pa.Table] | None = None
    ) -> list[str]:
        """Which texts were read as missing among codes that look like them; `codes` has the texts of each column.

        `raw` are the parts as they were read, where they are in memory; text files are read once more.
        """
        codes = {name: texts for name, texts in codes.items() if texts}
        counts = {name: Counter[str]() for name in codes}
        for at, (_, part) in enumerate(self.parts if codes else ()):
            if isinstance(part, CsvFile):
                tables = part.as_written(codes)
            else:
                tables = iter(raw[at : at + 1]) if raw else part.batches(self.arrow_types)
            for rows in tables:
                for name in codes.keys() & {*rows.column_names}:
                    counts[name] += markers_in(as_strings(rows[name]))
        return [
            note
            for name, texts in codes.items()
            for note in notes_on_markers(counts[name], texts, name, self.keep.get(name, ()))
        ]

    def _tidy(self, column: pa.ChunkedArray, name: str, keep_text: bool) -> pa.Array:
        return clean(column, self._markers, keep_text, self.keep.get(name, ()))

    def refuse_if_changed(self) -> None:
        """Refuse a file that was written to since it was found."""
        for _, part in self.parts:
            part.refuse_if_changed()

    @property
    def _dialects(self) -> list[Dialect]:
        return [part.dialect for _, part in self.parts if part.dialect is not None]

    @cached_property
    def _markers(self) -> tuple[str, ...]:
        found = [marker for dialect in self._dialects for marker in dialect.missing]
        return tuple(dict.fromkeys((*self.missing, *self.expected.missing, *found)))

    @cached_property
    def _began(self) -> list[dict[str, _Began]]:
        """How each column of each part begins; no beginning is kept, for there may be thousands of files."""
        found, empty = [], []
        for _, part in self.parts:
            table = _checked(part.beginning(self.text), part.name)
            names, in_text = table.column_names, isinstance(part, CsvFile | JsonLines)
            declared = frozenset() if isinstance(part, CsvFile) else categories_of(table.schema)
            found.append({name: self._settled(name, table[name], in_text, name in declared) for name in names})
            empty.append(table.schema.empty_table())
        same_columns([part for _, part in self.parts], empty)
        return found

    def _settled(self, name: str, raw: pa.ChunkedArray, in_text: bool, declared: bool) -> _Began:
        """Whole numbers that stand for categories stay whole: their digits count."""
        column = self._tidy(raw, name, name in self.text)
        whole = bool(pa.types.is_integer(column.type))
        arrow_type = column.type if whole and name in self.text else settle(column)
        return _Began(arrow_type, whole or (in_text and is_number(arrow_type)), declared)


class _Began(NamedTuple):
    """The beginning of a column: its lasting type, whether its numbers may be whole, and whether it has to be text."""

    arrow_type: pa.DataType
    whole: bool
    declared: bool


def open_sources(
    sources: Sequence[Any],
    scratch: ExitStack,
    missing: Collection[str] = (),
    text: Collection[str] | Mapping[str, Collection[str]] = (),
    dialect: Dialect = AUTO_DETECT,
    expected: Dialect = AUTO_DETECT,
) -> Dataset:
    """Find the files of one table; `scratch` removes temporary ones.

    Examples
    --------
    >>> with ExitStack() as scratch:
    ...     opened = open_sources([pa.table({"wind": [45.0]}), pa.table({"wind": [30.0]})], scratch)
    ...     opened.whole().rows_of, [(batch.first, batch.source) for batch in opened.batches()]
    ((1, 1), [(0, 0), (1, 1)])
    """
    given = replace(dialect, missing=(*dialect.missing, *missing))
    parts: list[tuple[int, Fragment]] = []
    settled, keep = expected, dict(text) if isinstance(text, Mapping) else {}
    kept = frozenset(one for texts in keep.values() for one in texts)
    for number, source in enumerate(sources):
        found = _parts(source, given, settled, scratch, text)
        parts += [(number, replace(part, kept=kept) if isinstance(part, CsvFile) else part) for part in found]
        settled = next((part.dialect for _, part in parts if part.dialect), expected)
    return Dataset(table_name(sources[0]), parts, tuple(missing), frozenset(text), expected, keep)


def table_name(source: Any) -> str:
    """What messages call this source: the path as it was given, "the pandas table", or "the row".

    Examples
    --------
    >>> table_name("flights.csv"), table_name({"wind": 45.0})
    ('flights.csv', 'the row')
    """
    if isinstance(source, Mapping):
        return "the row"
    if is_rows(source):
        return "the rows"
    return source_name(source) if is_path(source) else f"the {type(source).__module__.split('.')[0]} table"


def _gathered(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Small blocks put together: to look at a column costs the same for ten rows and for ten thousand."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(one.num_rows for one in held) >= BATCH_ROWS or sum(one.nbytes for one in held) >= BATCH_BYTES:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _parts(
    source: Any, given: Dialect, expected: Dialect, scratch: ExitStack, text: Collection[str]
) -> Iterator[Fragment]:
    if not is_path(source):
        name = table_name(source)
        yield kept_stream(source, name, scratch) if is_stream(source) else FrameFragment(source, name)
        return
    for file in find_files(source, scratch):
        part = _part(file, given, expected, scratch, text)
        # What the first file settles is expected of the others.
        expected = part.dialect or expected
        yield part


def _part(file: File, given: Dialect, expected: Dialect, scratch: ExitStack, text: Collection[str]) -> Fragment:
    beginning = file.beginning()
    file_format = detect_format(beginning, file.name, ending_of(file.path))
    if file_format == "Parquet":
        return ParquetFile(file, file.unpacked(scratch))
    if file_format == "Arrow":
        return ArrowFile(file, file.unpacked(scratch))
    return JsonLines(file) if file_format == "JSON lines" else find_csv(file, beginning, given, expected, text)


def _checked(table: pa.Table, name: str) -> pa.Table:
    """The table, if each of its columns has a name of its own."""
    names = table.column_names
    if not names:
        raise UnreadableTable(name, "it has no columns", "Give a table with columns.")
    for position, column in enumerate(names, start=1):
        if not column.strip():
            remedy = (
                "Name it in the first line (pandas writes such a column unless `index=False`); if the first line "
                "is a row, use --no-header."
            )
            raise UnreadableTable(name, f"column {position} has no name", remedy)
    repeated, times = Counter(names).most_common(1)[0]
    if times > 1:
        places = " and ".join(str(i) for i, column in enumerate(names, start=1) if column == repeated)
        remedy = "Give each column its own name; if the first line is a row, use --no-header."
        raise UnreadableTable(name, f"columns {places} share the name {repeated!r}", remedy)
    return table


def _no_rows(name: str) -> UnreadableTable:
    remedy = "Give a table with at least one row; if the first line is one, use --no-header."
    return UnreadableTable(name, "it has column names but no rows", remedy)
