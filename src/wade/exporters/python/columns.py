"""What a Python program makes of rows: numbers, codes and positions in bins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import getsource
from typing import Any, Final, NamedTuple

from wade.exporters.literals import python, python_list, wrapped
from wade.exporters.program import Exporter, Program, Step
from wade.exporters.python import helpers as parts
from wade.exporters.python import times
from wade.exporters.python.number_forms import form_data, magnitudes, python_dict
from wade.maths.random import words
from wade.tables.columns.canonical import SPELLED, codes_by_key
from wade.tables.columns.hashing import BYTES_READ, TEXT_STREAM
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
    TextSource,
    TimeSource,
)

EXPORTER: Final = Exporter("python", "exporters/python/columns.py")


class Read(NamedTuple):
    """How a source is read in Python.

    Parameters
    ----------
    reader : the function that reads it
    what : what it reads, in words
    missing : the expression that is true for each {x} that is missing
    is_number : whether it reads numbers, NaN where missing
    """

    reader: Callable[..., Any]
    what: str
    missing: str = "np.isnan({x})"
    is_number: bool = True


NO_TEXT: Final = "[text is None for text in {x}]"
SOURCES: Final[dict[type, Read]] = {
    NumberSource: Read(parts.numbers_in, "a number"),
    TextSource: Read(parts.texts_in, "a text, or a number that is read as one", NO_TEXT, False),
    BooleanSource: Read(parts.booleans_in, "true or false, or 1 or 0", NO_TEXT, False),
    TimeSource: Read(times.times_in, "a date or time"),
}
"""How each source is read; a new source is one entry here."""
KEYS_OF: Final[Mapping[str, Callable[..., Any]]] = {
    "boolean": parts.boolean_key,
    "number": parts.number_key,
    "code": parts.code_key,
    "text": parts.text_key,
    SPELLED: str,
}
"""How texts are compared, for each entry of `canonical.KEYS`."""
AMOUNTS: Final = (
    parts.amounts_in,
    parts.amount_of,
    parts.amount,
    parts.factor_of,
    parts.parts_of,
    parts.amount_of_parts,
)
"""What reads texts that are numbers in a form."""
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
    sources, operations = program.sources, program.operations
    if sources & {TextSource, BooleanSource}:
        used.append(parts.texts_in)
    used += [SOURCES[source].reader for source in (NumberSource, BooleanSource) if source in sources]
    used += [*AMOUNTS] if _forms(program) else []
    used += times.FUNCTIONS if TimeSource in sources else ()
    calendar = _parts_of_times([*program.numbers, *program.codes])
    used += [parts.on_scale] if OnScale in operations else []
    used += [parts.on_circle] if OnCircle in operations else []
    used += [TIMES[name] for name in TIMES if name in calendar]
    used += [parts.among_bins] if AmongBins in operations else []
    used += [parts.codes_of, *_keys(program)] if CodeOfValue in operations else []
    used += [parts.codes_of_part] if CodeOfPart in operations else []
    used += [parts.words_in, parts.mix, parts.hash_of, parts.hashed_words] if HashedWords in operations else []
    return [*(getsource(function).rstrip() for function in used), _encode(program)]


def _keys(program: Program) -> list[Callable[..., Any]]:
    """The functions that texts are compared by; all end in `text_key`."""
    found = {step.operation.comparison for step in program.codes if isinstance(step.operation, CodeOfValue)}
    found |= {"text"} if found - {SPELLED} else set()
    found |= {"number"} if "boolean" in found else set()
    return [KEYS_OF[name] for name in KEYS_OF if name in found - {SPELLED}]


def _forms(program: Program) -> dict[int, str]:
    """By the number of the column: the forms in which texts are numbers."""
    sources = ((at, column.source) for at, column in enumerate(program.columns, start=1))
    return {at: source.form for at, source in sources if isinstance(source, NumberSource) and source.form}


def _parts_of_times(steps: Iterable[Step]) -> set[str]:
    operations = [step.operation for step in steps]
    circles = {operation.circle for operation in operations if isinstance(operation, OnCircle)}
    return circles | {operation.part for operation in operations if isinstance(operation, CodeOfPart)}


def _encode(program: Program) -> str:
    """`encode`, a line for each column and each operation."""
    lines = [
        "def encode(rows):",
        '    """What the network reads of each row: numbers, codes of categories, positions in bins."""',
    ]
    for at, column in enumerate(program.columns, start=1):
        more = f", {times.arguments(column.source, at)}" if isinstance(column.source, TimeSource) else ""
        if isinstance(column.source, TextSource) and column.source.kept:
            more = f", {python_list(column.source.kept)}"
        reader = EXPORTER.entry(SOURCES, column, column.source).reader.__name__
        if isinstance(column.source, NumberSource) and column.source.form:
            reader, more = parts.amounts_in.__name__, f", FORM_{at}"
        lines.append(f"    x{at} = {reader}(rows, {python(column.name)}{more})")
    blocks = {
        "numbers": [_written(program, step, at) for at, step in enumerate(program.numbers, start=1)],
        "codes": [_written(program, step, at) for at, step in enumerate(program.codes, start=1)],
        "positions": [_written(program, step, at) for at, step in enumerate(program.positions, start=1)],
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


def _written(program: Program, step: Step, number: int) -> str:
    """The expression of an operation, which is the one with this number in its block."""
    column = program.columns[step.column]
    write = EXPORTER.entry(OPERATIONS, column, step.operation)
    read = EXPORTER.entry(SOURCES, column, column.source)
    if isinstance(step.operation, OnScale) and not read.is_number:
        raise EXPORTER.refusal(column, step.operation)
    return write(step.operation, read, f"x{step.column + 1}", number)


def _on_scale(operation: OnScale, read: Read, x: str, number: int) -> str:
    value = x if operation.unit == 1 else f"{x} / {python(operation.unit)}"
    return f"on_scale({value}, {python(operation.scale.median)}, {python(operation.scale.factor)}),"


OPERATIONS: Final[dict[type, Callable[[Any, Read, str, int], str]]] = {
    OnScale: _on_scale,
    IsMissing: lambda operation, read, x, number: f"{read.missing.format(x=x)},",
    OnCircle: lambda operation, read, x, number: (
        f"on_circle({TIMES[operation.circle].__name__}({x}), np.{operation.wave}),"
    ),
    HashedWords: lambda operation, read, x, number: f"*hashed_words({x}, {operation.buckets}),",
    CodeOfValue: lambda operation, read, x, number: (
        f"codes_of({x}, CODES_{number}, {operation.missing_code}, {KEYS_OF[operation.comparison].__name__}),"
    ),
    CodeOfPart: lambda operation, read, x, number: (
        f"codes_of_part({TIMES[operation.part].__name__}({x}), CODES_{number}),"
    ),
    AmongBins: lambda operation, read, x, number: (
        f"among_bins({x}, np.array(EDGES_{number}), {python(operation.median)}),"
    ),
}
"""How each operation is written; a new operation is one entry here."""


def tables(program: Program) -> str:
    """What was fitted to the columns: codes of categories, edges of bins; and the factors of the hash of words."""
    lines = []
    for at, step in enumerate(program.codes, start=1):
        operation = step.operation
        if isinstance(operation, CodeOfPart):
            lines.append(f"CODES_{at} = {python_list(operation.codes)}")
        else:
            codes = codes_by_key(operation.values, operation.comparison)
            values = [f"    {python(value)}: {code}," for value, code in codes.items()]
            lines += [f"CODES_{at} = {{", *values, "}"]
    forms = _forms(program)
    if forms:
        lines.append(f"MONEY = {python_dict(magnitudes())}")
    lines += [f"FORM_{at} = {python_dict(form_data(form))}" for at, form in forms.items()]
    sources = [(at, column.source) for at, column in enumerate(program.columns, start=1)]
    lines += times.constants([(at, source) for at, source in sources if isinstance(source, TimeSource)])
    lines += [f"EDGES_{at} = {python_list(step.operation.edges)}" for at, step in enumerate(program.positions, start=1)]
    if HashedWords in program.operations:
        factors = wrapped(f"{int(word) | 1:#018x}" for word in words(0, TEXT_STREAM, BYTES_READ))
        lines += [f"BYTE_FACTORS = [\n{factors}\n]"]
    return "\n".join(lines)
