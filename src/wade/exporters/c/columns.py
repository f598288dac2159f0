"""What a C program makes of a row: numbers, codes and positions among bins."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from wade.exporters.c import helpers as parts
from wade.exporters.literals import c_number, wrapped
from wade.exporters.program import (
    CodeOfPart,
    CodeOfValue,
    HashedWords,
    IsMissing,
    NumberOperation,
    OnCircle,
    OnScale,
    Program,
)
from wade.maths.random import words
from wade.tables.columns.hashing import BYTES_READ, TEXT_STREAM

PARTS_OF_TIME: Final = {
    "time of day": "t{at}.clock / 86400.0",
    "day of year": "t{at}.day / 365.25",
    "hour": "t{at}.clock / 3600",
    "weekday": "((t{at}.days + 3) % 7 + 7) % 7",
    "month": "t{at}.month",
}


def reading(program: Program) -> Iterator[str]:
    """The functions that `encode` calls."""
    if any(isinstance(operation, OnScale) for operation in program.numbers):
        yield parts.ON_SCALE
    if program.positions:
        yield parts.AMONG_BINS
    if "time" in program.kinds:
        yield parts.CALENDAR
    if "words" in program.kinds:
        yield from _alphabets()
        yield parts.WORDS
    if program.marks.numbers and "number" in program.kinds:
        tests = " || ".join(f"x == {c_number(mark)}" for mark in sorted(program.marks.numbers))
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
        if column.kind == "time":
            declared.append(f"    int known{at} = row->column_{at} != TIME_MISSING;")
            declared.append(f"    struct moment t{at} = moment_of(known{at} ? row->column_{at} : 0);")
        elif column.kind == "number":
            marked = program.marks.numbers
            declared.append(f"    double x{at} = {f'known(row->column_{at})' if marked else f'row->column_{at}'};")
    place = 0
    for operation in program.numbers:
        lines.append(f"    {_number(program, operation, place)}")
        place += operation.buckets if isinstance(operation, HashedWords) else 1
    for at, code in enumerate(program.codes):
        lines.append(f"    encoded->codes[{at}] = {_code(program, at + 1, code)};")
    for at, one in enumerate(program.positions):
        arguments = f"x{one.column + 1}, EDGES_{at + 1}, {len(one.edges) - 1}, {c_number(one.median)}"
        lines.append(f"    encoded->positions[{at}] = (float)among_bins({arguments});")
    body = "\n".join([*declared, *lines])
    return (
        "/* What the network reads, rounded as it was trained on it. */\n"
        f"struct encoded {{\n{chr(10).join(fields)}\n}};\n\n"
        f"static void encode(const struct row *row, struct encoded *encoded)\n{{\n{body}\n}}"
    )


def _number(program: Program, operation: NumberOperation, place: int) -> str:
    at = operation.column + 1
    kind = program.columns[operation.column].kind
    into = f"encoded->numbers[{place}] = "
    if isinstance(operation, HashedWords):
        return f"hashed_words(row->column_{at}, {operation.buckets}, encoded->numbers + {place});"
    if isinstance(operation, IsMissing):
        missing = {"time": f"!known{at}", "words": f"row->column_{at} == NULL"}.get(kind, f"isnan(x{at}) != 0")
        return f"{into}{missing};"
    if isinstance(operation, OnCircle):
        share = PARTS_OF_TIME[operation.circle].format(at=at)
        return f"{into}known{at} ? (float){operation.wave}(2 * 3.141592653589793 * ({share})) : 0;"
    value = f"known{at} ? (double)row->column_{at} / 86400 : NAN" if kind == "time" else f"x{at}"
    return f"{into}(float)on_scale({value}, {c_number(operation.median)}, {c_number(operation.factor)});"


def _code(program: Program, number: int, operation: CodeOfValue | CodeOfPart) -> str:
    at = operation.column + 1
    if isinstance(operation, CodeOfPart):
        return f"known{at} ? CODES_{number}[{PARTS_OF_TIME[operation.part].format(at=at)}] : 0"
    if program.columns[operation.column].kind == "boolean":
        true, false = (_place(operation.values, text) for text in ("true", "false"))
        return f"row->column_{at} == 1 ? {true} : row->column_{at} == 0 ? {false} : 0"
    return f"code_of(row->column_{at}, CODES_{number}, sizeof CODES_{number} / sizeof CODES_{number}[0])"


def _place(values: Sequence[str], text: str) -> int:
    return values.index(text) + 1 if text in values else 0
