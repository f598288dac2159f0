"""What a Python program makes of rows: numbers, codes and positions among bins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import getsource
from typing import Any, Final

from wade.exporters.literals import python, python_list, wrapped
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
from wade.exporters.python import helpers as parts
from wade.maths.random import words
from wade.tables.columns.hashing import BYTES_READ, TEXT_STREAM

READERS: Final[Mapping[str, Callable[..., Any]]] = {
    "number": parts.numbers_in,
    "category": parts.texts_in,
    "boolean": parts.booleans_in,
    "time": parts.times_in,
    "words": parts.texts_in,
}
TIMES: Final[Mapping[str, Callable[..., Any]]] = {
    "time of day": parts.time_of_day,
    "day of year": parts.day_of_year,
    "hour": parts.hour,
    "weekday": parts.weekday,
    "month": parts.month,
}


def reading(program: Program) -> list[str]:
    """The functions that turn rows into what the network reads, and `encode`, which calls them."""
    used: list[Callable[..., Any]] = [parts.values_of, parts.tidy, parts.refuse]
    kinds = program.kinds
    if kinds & {"category", "boolean", "words"}:
        used.append(parts.texts_in)
    used += [READERS[kind] for kind in ("number", "boolean", "time") if kind in kinds]
    operations = [*program.numbers, *program.codes]
    if any(isinstance(operation, OnScale) for operation in operations):
        used.append(parts.on_scale)
    if any(isinstance(operation, OnCircle) for operation in operations):
        used.append(parts.on_circle)
    used += [TIMES[name] for name in TIMES if name in _parts_of_times(operations)]
    if program.positions:
        used.append(parts.among_bins)
    if any(isinstance(operation, CodeOfValue) for operation in operations):
        used.append(parts.codes_of)
    if any(isinstance(operation, CodeOfPart) for operation in operations):
        used.append(parts.codes_of_part)
    if "words" in kinds:
        used += [parts.words_in, parts.mix, parts.hash_of, parts.hashed_words]
    return [*(getsource(function).rstrip() for function in used), _encode(program)]


def _parts_of_times(operations: Iterable[Any]) -> set[str]:
    circles = {operation.circle for operation in operations if isinstance(operation, OnCircle)}
    return circles | {operation.part for operation in operations if isinstance(operation, CodeOfPart)}


def _encode(program: Program) -> str:
    """`encode`, a line for each column and each operation."""
    lines = [
        "def encode(rows):",
        '    """What the network reads of each row: numbers, codes of categories, positions among bins."""',
    ]
    for at, column in enumerate(program.columns, start=1):
        form = f", {python(column.form)}" if column.kind == "time" else ""
        lines.append(f"    x{at} = {READERS[column.kind].__name__}(rows, {python(column.name)}{form})")
    blocks = {
        "numbers": [_number(program, operation) for operation in program.numbers],
        "codes": [_code(at, operation) for at, operation in enumerate(program.codes, start=1)],
        "positions": [
            f"among_bins(x{operation.column + 1}, np.array(EDGES_{at}), {python(operation.median)}),"
            for at, operation in enumerate(program.positions, start=1)
        ],
    }
    for name, block in blocks.items():
        lines += [f"    {name} = [", *(f"        {line}" for line in block), "    ]"] if block else [f"    {name} = []"]
    lines += [
        "    count = len(x1)",
        "    # Rounded as the network was trained on them.",
        "    numbers = np.array(numbers, np.float32).reshape(len(numbers), count).T",
        "    positions = np.array(positions, np.float32).reshape(len(positions), count).T",
        "    return numbers, np.array(codes, np.int64).reshape(len(codes), count).T, positions",
    ]
    return "\n".join(lines)


def _number(program: Program, operation: NumberOperation) -> str:
    x = f"x{operation.column + 1}"
    kind = program.columns[operation.column].kind
    if isinstance(operation, IsMissing):
        return f"[text is None for text in {x}]," if kind == "words" else f"np.isnan({x}),"
    if isinstance(operation, OnCircle):
        return f"on_circle({TIMES[operation.circle].__name__}({x}), np.{operation.wave}),"
    if isinstance(operation, HashedWords):
        return f"*hashed_words({x}, {operation.buckets}),"
    value = f"{x} / 86400" if kind == "time" else x
    return f"on_scale({value}, {python(operation.median)}, {python(operation.factor)}),"


def _code(at: int, operation: CodeOfValue | CodeOfPart) -> str:
    x = f"x{operation.column + 1}"
    if isinstance(operation, CodeOfPart):
        return f"codes_of_part({TIMES[operation.part].__name__}({x}), CODES_{at}),"
    return f"codes_of({x}, CODES_{at}),"


def tables(program: Program) -> str:
    """What was learned of the columns: codes of categories, edges of bins; and the factors of the hash of words."""
    lines = []
    for at, operation in enumerate(program.codes, start=1):
        if isinstance(operation, CodeOfPart):
            lines.append(f"CODES_{at} = {python_list(operation.codes)}")
        else:
            values = [f"    {python(value)}: {code}," for code, value in enumerate(operation.values, start=1)]
            lines += [f"CODES_{at} = {{", *values, "}"]
    lines += [f"EDGES_{at} = {python_list(one.edges)}" for at, one in enumerate(program.positions, start=1)]
    if "words" in program.kinds:
        factors = wrapped(f"{int(word) | 1:#018x}" for word in words(0, TEXT_STREAM, BYTES_READ))
        lines += [f"BYTE_FACTORS = [\n{factors}\n]"]
    return "\n".join(lines)
