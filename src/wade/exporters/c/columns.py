"""What a C program makes of a row: numbers, codes and positions in bins."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from wade.errors import InvalidArgument
from wade.exporters.c import helpers as parts
from wade.exporters.c import times
from wade.exporters.literals import c_number, c_text, wrapped
from wade.exporters.program import Column, Exporter, Program, Step
from wade.maths.random import words
from wade.tables.columns.hashing import BYTES_READ, TEXT_STREAM
from wade.tables.columns.number_forms import form_of
from wade.tables.kinds.operations import (
    AmongBins,
    BooleanSource,
    CodeOfPart,
    CodeOfValue,
    HashedWords,
    IsMissing,
    NumberSource,
    OnCircle,
    OnScale,
    Source,
    TextSource,
    TimeSource,
)

EXPORTER: Final = Exporter("c", "exporters/c/columns.py")
PARTS_OF_TIME: Final = {
    "time of day": "t{at}.clock / 86400.0",
    "day of year": "t{at}.day / 365.25",
    "hour": "t{at}.clock / 3600",
    "weekday": "((t{at}.days + 3) % 7 + 7) % 7",
    "month": "t{at}.month",
}


class Read(NamedTuple):
    """How a source is read in C; {at} is the column's number.

    Parameters
    ----------
    type, what : of the field of `struct row`, and its comment
    reader, arguments : the function that reads it from CSV, and what it takes besides the text
    missing : the expression that is true where the value is missing
    number : the expression of the value as a double, NAN where it is missing, where it has one
    """

    type: str
    what: str
    reader: str
    missing: str
    number: str = ""
    arguments: Callable[[Source], str] = lambda source: ""


def _arguments(source: Source) -> str:
    return times.arguments(source) if isinstance(source, TimeSource) else ""


def _kept(source: Source) -> str:
    kept = source.kept if isinstance(source, TextSource) else ()
    return f", (const char *const[]){{{', '.join([*map(c_text, kept), 'NULL'])}}}"


SOURCES: Final[dict[type, Read]] = {
    NumberSource: Read("double ", "a number; NAN where it is missing", "number", "isnan(x{at}) != 0", "x{at}"),
    TextSource: Read(
        "const char *",
        "a text in UTF-8 without white space around it; NULL where it is missing",
        "text",
        "row->column_{at} == NULL",
        arguments=_kept,
    ),
    BooleanSource: Read("int ", "1 or 0; -1 where it is missing", "boolean", "row->column_{at} < 0"),
    TimeSource: Read(
        "int64_t ",
        "seconds since 1970-01-01 00:00; TIME_MISSING where it is missing",
        "time",
        "!known{at}",
        "known{at} ? (double)seconds{at} : NAN",
        _arguments,
    ),
}
"""How each source is read; a new source is one entry here."""


def read_of(column: Column) -> Read:
    """How a column is read: its texts as plain numbers, which have to mean the same as in wade."""
    form = column.source.form if isinstance(column.source, NumberSource) else ""
    if form and form_of(form).decimal == ",":
        expected = f"must be numpy or onnx: column {column.name!r} holds numbers with a decimal comma, such as {form}"
        remedy = "C programs read decimal points only: export to numpy or onnx, or train on decimal points."
        raise InvalidArgument("to", expected, "c", remedy)
    return EXPORTER.entry(SOURCES, column, column.source)


def reading(program: Program) -> Iterator[str]:
    """The functions that `encode` calls."""
    if OnScale in program.operations:
        yield parts.ON_SCALE
    if AmongBins in program.operations:
        yield parts.AMONG_BINS
    if TimeSource in program.sources:
        yield parts.CALENDAR
    zoned = [(at, column.source) for at, column in enumerate(program.columns, start=1)]
    data = [times.zone_data(source, at) for at, source in zoned if isinstance(source, TimeSource) and source.zone]
    if data:
        yield from (*data, times.LOCAL)
    if HashedWords in program.operations:
        yield from _alphabets()
        yield parts.WORDS
    if program.markers.numbers and NumberSource in program.sources:
        tests = " || ".join(f"x == {c_number(number)}" for number in sorted(program.markers.numbers))
        yield (
            "/* Numbers that stand for a missing value are missing. */\n"
            f"static double known(double x)\n{{\n    return {tests} ? NAN : x;\n}}"
        )


def _alphabets() -> Iterator[str]:
    """Which characters are letters or digits, the small letter of each capital, and the factors of the hash."""
    letters: list[list[int]] = []
    capitals = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if character.lower()[0] != character:
            capitals.append(f"{{{code:#x}, {ord(character.lower()[0]):#x}}}")
        if unicodedata.category(character)[0] in "LN":
            if letters and letters[-1][1] == code - 1:
                letters[-1][1] = code
            else:
                letters.append([code, code])
    ranges = wrapped(f"{{{first:#x}, {last:#x}}}".replace(" ", "") for first, last in letters)
    pairs = wrapped(pair.replace(" ", "") for pair in capitals)
    factors = wrapped(f"UINT64_C({int(word) | 1:#018x})" for word in words(0, TEXT_STREAM, BYTES_READ))
    yield f"/* Letters and digits, from and to. */\nstatic const uint32_t LETTERS[][2] = {{\n{ranges}\n}};"
    yield f"/* Capitals and their small letters. */\nstatic const uint32_t CAPITALS[][2] = {{\n{pairs}\n}};"
    yield f"static const uint64_t BYTE_FACTORS[] = {{\n{factors}\n}};"


def encode(program: Program) -> str:
    """`encode`, a line for each operation."""
    blocks = (
        ("double numbers", program.width),
        ("int codes", len(program.codes)),
        ("double positions", len(program.positions)),
    )
    fields = [f"    {name}[{count}];" for name, count in blocks if count]
    lines, declared = [], []
    for at, column in enumerate(program.columns, start=1):
        if isinstance(column.source, TimeSource):
            declared.append(f"    int known{at} = row->column_{at} != TIME_MISSING;")
            declared.append(f"    int64_t seconds{at} = known{at} ? {times.second_of(column.source, at)} : 0;")
            declared.append(f"    struct moment t{at} = moment_of(seconds{at});")
        elif isinstance(column.source, NumberSource):
            marked = program.markers.numbers
            declared.append(f"    double x{at} = {f'known(row->column_{at})' if marked else f'row->column_{at}'};")
    if any(getattr(step.operation, "comparison", "") in parts.KEYS for step in program.codes):
        declared.append("    char key[LONGEST_KEY];")
    place = 0
    for step in program.numbers:
        write = EXPORTER.entry(NUMBERS, program.columns[step.column], step.operation)
        lines.append(f"    {write(program, step, place)}")
        place += len(step.operation.numbers(""))
    for at, step in enumerate(program.codes):
        write_code = EXPORTER.entry(CODES, program.columns[step.column], step.operation)
        lines.append(f"    encoded->codes[{at}] = {write_code(program, step, at + 1)};")
    for at, step in enumerate(program.positions):
        write = EXPORTER.entry(POSITIONS, program.columns[step.column], step.operation)
        lines.append(f"    encoded->positions[{at}] = {write(program, step, at + 1)};")
    body = "\n".join([*declared, *lines])
    return (
        "/* What the network reads, rounded as it was trained on it. */\n"
        f"struct encoded {{\n{chr(10).join(fields)}\n}};\n\n"
        f"static void encode(const struct row *row, struct encoded *encoded)\n{{\n{body}\n}}"
    )


def _on_scale(program: Program, step: Step, place: int) -> str:
    operation, column = step.operation, program.columns[step.column]
    number = read_of(column).number.format(at=step.column + 1)
    if not number:
        raise EXPORTER.refusal(column, operation)
    if operation.unit != 1:
        number = f"({number}) / {c_number(operation.unit)}"
    scale = operation.scale
    return f"encoded->numbers[{place}] = (float)on_scale({number}, {c_number(scale.median)}, {c_number(scale.factor)});"


def _is_missing(program: Program, step: Step, place: int) -> str:
    return f"encoded->numbers[{place}] = {read_of(program.columns[step.column]).missing.format(at=step.column + 1)};"


def _on_circle(program: Program, step: Step, place: int) -> str:
    at, operation = step.column + 1, step.operation
    share = PARTS_OF_TIME[operation.circle].format(at=at)
    wave = f"known{at} ? (float){operation.wave}(2 * 3.141592653589793 * ({share})) : 0"
    return f"encoded->numbers[{place}] = {wave};"


def _hashed_words(program: Program, step: Step, place: int) -> str:
    return f"hashed_words(row->column_{step.column + 1}, {step.operation.buckets}, encoded->numbers + {place});"


def _code_of_value(program: Program, step: Step, number: int) -> str:
    at, values = step.column + 1, step.operation.values
    if isinstance(program.columns[step.column].source, BooleanSource):
        true, false = _code(values, "true"), _code(values, "false")
        missing = f"row->column_{at} < 0 ? {step.operation.missing_code} : 0" if step.operation.missing else "0"
        return f"row->column_{at} == 1 ? {true} : row->column_{at} == 0 ? {false} : {missing}"
    count, comparison = f"sizeof CODES_{number} / sizeof CODES_{number}[0]", step.operation.comparison
    text = f"row->column_{at}"
    if comparison in parts.KEYS:
        text = f"{comparison}_key({text}, key)"
    return f"code_of({text}, CODES_{number}, {count}, {step.operation.missing_code})"


def _code_of_part(program: Program, step: Step, number: int) -> str:
    at = step.column + 1
    return f"known{at} ? CODES_{number}[{PARTS_OF_TIME[step.operation.part].format(at=at)}] : 0"


def _among_bins(program: Program, step: Step, number: int) -> str:
    operation = step.operation
    bins, median = len(operation.edges) - 1, c_number(operation.median)
    return f"(float)among_bins(x{step.column + 1}, EDGES_{number}, {bins}, {median})"


def _code(values: Sequence[str], text: str) -> int:
    return values.index(text) + 1 if text in values else 0


Write = Callable[[Program, Step, int], str]
NUMBERS: Final[dict[type, Write]] = {
    OnScale: _on_scale,
    IsMissing: _is_missing,
    OnCircle: _on_circle,
    HashedWords: _hashed_words,
}
CODES: Final[dict[type, Write]] = {CodeOfValue: _code_of_value, CodeOfPart: _code_of_part}
POSITIONS: Final[dict[type, Write]] = {AmongBins: _among_bins}
"""How each operation is written, from its step and its place; a new operation is one entry in one of these."""
