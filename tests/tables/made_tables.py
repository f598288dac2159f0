"""Tables as people have them, and worse: mixed kinds, names that hurt, numbers at the edges of what a double holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple

import pyarrow as pa

LEAST_ROWS, MOST_ROWS = 40, 90
NAMES = (
    *("x", "wind", "Größe", "a b", "a.b", 'say "hi"', "it's", "a,b", "a;b", "-x", "--drop", "=1+1", "+x", "@x"),
    *("<b>x</b>", "\u202eabc", "مرحبا", "🙂", "日付", "x\ty", "line\nbreak", "id", "y", "target", "NA", "null", "x1"),
    *("{x}", "%s", "a\\b", "$x", "[0]", "é", "e\u0301", "class", "lambda", "W1[0,2]", "b" * 200, "#x", "'"),
)
WORDS = (
    *("red", "green", "blue", "Zürich", 'say "hi"', "it's", "a,b", "a;b", "=SUM(A1)", "-1+2", "<script>", "🙂", "日本"),
    *("\u202eevil", "line\nbreak", "tab\there", "01", "1", "1.0", "1.50", "1e5", "007", "0x1F", "true", "no", "+7"),
    *("2013-01-31", "12:30", "a" * 300, "\\N?", "%", "{}", "ñ", "n\u0303", "ß", "İ", "\x1b[31m", "NaN.", "None!"),
)
EDGES = (0.0, -0.0, 5e-324, -5e-324, 1e-308, 1e300, 1e308, -1e308, 2.0**53 + 2, 1e15, 1e16, 0.1 + 0.2, 1 / 3, 1e-7)
ZONE = timezone(timedelta(hours=2))
FIRST = datetime(1995, 3, 1, 6, 30)


class Made(NamedTuple):
    """A table, the column to predict, and whether a wrong value in it is meant to be refused."""

    table: pa.Table
    target: str


Maker = Callable[[random.Random, int], list[Any]]


def normal(draw: random.Random, rows: int) -> list[Any]:
    scale = draw.choice([1e-9, 1.0, 1.0, 1e3, 1e12])
    return [draw.gauss(0, 1) * scale for _ in range(rows)]


def edges(draw: random.Random, rows: int) -> list[Any]:
    some = draw.sample(EDGES, 4)
    return [draw.choice(some) if draw.random() < 0.2 else draw.gauss(0, 1) for _ in range(rows)]


def not_numbers(draw: random.Random, rows: int) -> list[Any]:
    return [float("nan") if draw.random() < 0.1 else draw.gauss(0, 1) for _ in range(rows)]


def infinite(draw: random.Random, rows: int) -> list[Any]:
    return [draw.choice([float("inf"), float("-inf")]) if draw.random() < 0.02 else draw.random() for _ in range(rows)]


def whole(draw: random.Random, rows: int) -> list[Any]:
    most = draw.choice([3, 9, 100, 10**6])
    return [draw.randrange(-most, most) for _ in range(rows)]


def huge_whole(draw: random.Random, rows: int) -> list[Any]:
    return [draw.choice([2**53, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 0, 1]) for _ in range(rows)]


def flags(draw: random.Random, rows: int) -> list[Any]:
    no, yes = draw.choice([(False, True), (0, 1), ("no", "yes"), ("false", "true"), ("False", "True"), (0.0, 1.0)])
    return [draw.choice([no, yes]) for _ in range(rows)]


def words(draw: random.Random, rows: int) -> list[Any]:
    some = draw.sample(WORDS, draw.choice([2, 3, 5, 12]))
    return [draw.choice(some) for _ in range(rows)]


def codes(draw: random.Random, rows: int) -> list[Any]:
    form = draw.choice(["{:03d}", "{:05d}", "{}", "{:.2f}", "+{}", "{}.0", " {} "])
    return [form.format(draw.randrange(1, 9)) for _ in range(rows)]


def units(draw: random.Random, rows: int) -> list[Any]:
    form = draw.choice(["{} km", "{}%", "${}", "{} €", "{:,}", "({})", "{}kg", "1/{}", "{}-{}"])
    numbers = [draw.randrange(1, 5000) for _ in range(rows)]
    return [form.format(number, number + 1) for number in numbers]


def lookalikes(draw: random.Random, rows: int) -> list[Any]:
    """What might be taken for numbers, or numbers and dates that might not."""
    forms = (
        "+4915{:09d}",
        "192.168.{}.{}",
        "0x{:x}",
        "{}:{:02d}.5",
        "20{:02d}年{}月1日",
        "{}G",
        "{}円",
        "{} Mai 20{:02d}",
        "1e{}",
    )
    form, least, most = draw.choice(forms), *draw.choice([(1, 13), (1, 60), (100, 256)])
    numbers = [(draw.randrange(least, most), draw.randrange(1, 60)) for _ in range(rows)]
    return [form.format(*(min(number, 12) if "月" in form else number for number in pair)) for pair in numbers]


def texts(draw: random.Random, rows: int) -> list[Any]:
    few = ["the", "cat", "sat", "on", "a", "mat", "1.50", "late", "again", "🙂", "x,y", '"q"', "01", "café"]
    return [" ".join(draw.choice(few) for _ in range(draw.randrange(3, 9))) + f" {row}" for row in range(rows)]


def times(draw: random.Random, rows: int) -> list[Any]:
    return [FIRST + timedelta(minutes=draw.randrange(10**7)) for _ in range(rows)]


def days(draw: random.Random, rows: int) -> list[Any]:
    return [date(1999, 12, 1) + timedelta(days=draw.randrange(4000)) for _ in range(rows)]


def zoned(draw: random.Random, rows: int) -> list[Any]:
    zone = draw.choice([UTC, ZONE])
    return [(FIRST + timedelta(minutes=draw.randrange(10**6))).replace(tzinfo=zone) for _ in range(rows)]


def written_days(draw: random.Random, rows: int) -> list[Any]:
    form = draw.choice(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"])
    return [time.strftime(form) for time in times(draw, rows)]


def nothing(draw: random.Random, rows: int) -> list[Any]:
    return [None] * rows


def constant(draw: random.Random, rows: int) -> list[Any]:
    return [draw.choice([1, "x", 2.5, True])] * rows


MAKERS: tuple[Maker, ...] = (
    *(
        normal,
        normal,
        edges,
        not_numbers,
        whole,
        whole,
        flags,
        words,
        words,
        words,
        codes,
        units,
        lookalikes,
        lookalikes,
        texts,
    ),
    *(times, days, zoned, zoned, written_days, infinite, huge_whole, nothing, constant),
)


def made_table(seed: int) -> Made:
    """The table of a seed; its target follows from its first column, or from nothing."""
    draw = random.Random(seed)
    rows = draw.randrange(LEAST_ROWS, MOST_ROWS)
    count = draw.randrange(1, 6)
    names = draw.sample(NAMES, count + 1)
    columns: dict[str, Any] = {}
    for name in names[:count]:
        values = draw.choice(MAKERS)(draw, rows)
        if draw.random() < 0.3:
            share = draw.choice([0.02, 0.2, 0.8])
            values = [None if draw.random() < share else value for value in values]
        columns[name] = as_column(values, draw)
    columns[names[count]] = as_column(_target(draw, rows), draw)
    places = draw.sample(list(columns), len(columns))
    return Made(pa.table({name: columns[name] for name in places}), names[count])


def as_column(values: list[Any], draw: random.Random) -> pa.Array:
    """The values with a type that they may have in a file."""
    column = pa.array(values)
    if pa.types.is_string(column.type) and draw.random() < 0.2:
        return draw.choice([column.dictionary_encode, lambda: column.cast(pa.large_string())])()
    if pa.types.is_float64(column.type) and draw.random() < 0.1:
        return pa.array([None if v is None else float(f"{v:.3g}") for v in values])
    if pa.types.is_timestamp(column.type) and draw.random() < 0.3:
        return column.cast(pa.timestamp(draw.choice(["ms", "ns"]), column.type.tz))
    return column


def _target(draw: random.Random, rows: int) -> list[Any]:
    kind = draw.random()
    if kind < 0.3:
        return [draw.gauss(100, 10) for _ in range(rows)]
    classes: list[Any] = draw.sample(WORDS[:13], draw.choice([2, 2, 3, 5])) if kind < 0.7 else [0, 1]
    return [classes[row % len(classes)] if draw.random() < 0.8 else draw.choice(classes) for row in range(rows)]
