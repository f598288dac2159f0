"""Rows of every kind of column whose values are written in unkind ways, and what each of them means."""

from __future__ import annotations

from datetime import date, datetime
from math import nan
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

import wade
from tests.exporters.models import OUTPUTS
from wade.model.preparation.sources import open_table
from wade.network import Network
from wade.tables import Encoder, Target, infer_schema

ROWS = 200
MARKER = "-999"
ROLES = {"code": "category", "note": "text"}
TARGETS = {"binary": "two", "multiclass": "many", "regression": "amount"}


class Value(NamedTuple):
    """A value as Python has it, as a text file has it, and what it means: None where it is missing."""

    given: Any
    text: str
    means: Any


def value(given: Any, *means: Any) -> Value:
    """A value that means itself, unless what it means is given."""
    return Value(given, "" if given is None else str(given), means[0] if means else given)


NEVER_SEEN = "never seen"
MISSING = [value(None), *(value(text, None) for text in ("", "NA", " NULL ", "\u00a0?\u2003", "\\N", MARKER))]
NUMBERS = [value(nan, None), value(-999, None), value(-999.0, None), value(" -999.0", None)]
VALUES: dict[str, list[Value]] = {
    "size": [
        *MISSING,
        *NUMBERS,
        *map(value, (5.25, 12, 12.0, -0.0, 1e-320, 1e300, -1e300, 2**53 + 1, 10**17)),
        *(value(np.float32(text), float(text)) for text in ("0.5", "-3")),
        *(
            value(text, float(text.strip()))
            for text in (
                *(
                    "7",
                    " 7",
                    "7 ",
                    "\t7\u00a0",
                    "\u20037\u3000",
                    "\x1c7\x85",
                    "+5.",
                    ".5",
                    "-.5",
                    "1e5",
                    "1E+1",
                    "-2e-2",
                ),
                *(
                    "007",
                    "-0",
                    "0.0",
                    "1e-320",
                    "1e300",
                    "9007199254740993",
                    "123456789012345678",
                    "0.1000000000000000055",
                ),
            )
        ),
    ],
    "wide": [
        *MISSING,
        *NUMBERS,
        *map(value, (0, 0.001, 1.5, 40, 1e-9, -7, 3e9, 1e300)),
        *(
            value(text, float(text))
            for text in ("2.50", "+40", "1e2", "-1e-300", "17.000000001", "99999999999999999999")
        ),
    ],
    "kind": [
        *MISSING,
        *(
            value(text)
            for text in ("JFK", "EWR", 'say "hi", ok', "two\nlines", "a;b|c", "Größe", "漢字 \U0001f600", "'q'")
        ),
        *(
            value(text, "JFK")
            for text in (" JFK", "JFK\t", "\u00a0JFK", "JFK\u2003\u3000", "\u1680JFK\x1f", "\u2028JFK\u205f")
        ),
        value("Gro\u0308ße", "Größe"),
        *(
            value(text, NEVER_SEEN)
            for text in ("SFO", "jfk", "rare", "J FK", '"JFK"', "12", "-", "\u200bJFK", "\ufeffJFK")
        ),
    ],
    "code": [
        *MISSING,
        *(value(same, "205") for same in (205, 205.0, "205", "205.0", " 205 ", "0205", np.int32(205))),
        *(value(same, "7") for same in (7, "7", "007", "7.0", "\u00a07")),
        *(value(same, "1.5") for same in (1.5, "1.5", "1.50")),
        *(value(same, NEVER_SEEN) for same in (99, 2**53 + 1, "9007199254740993", "x", "20 5", -205, 206.5)),
    ],
    "flag": [
        *MISSING,
        *(value(same, True) for same in (True, 1, 1.0, "true", "True", "TRUE", " tRuE\u00a0", np.True_)),
        *(value(same, True) for same in ("1", "1.0", "1.00", "01", "1e0")),
        *(value(same, False) for same in (False, 0, 0.0, "false", "False", "FALSE", "0", "-0", "0e5", "\u2003false")),
    ],
    "at": [
        *MISSING,
        value("NaT", None),
        *(
            value(text, datetime.fromisoformat(text.strip()))
            for text in (
                *("2013-02-10 18:00", "2013-02-10T18:00:05", "2012-02-29", " 2012-02-29 23:59:59 ", "1970-01-01"),
                *("1969-07-20 20:17:40", "1904-02-29 00:00", "2000-02-29T12:30", "1900-03-01", "2069-12-31 23:59"),
                *("2013-02-10 18:00:00.250", "2100-02-28"),
            )
        ),
        value(datetime(2013, 2, 10, 18)),
        value(datetime(1969, 3, 1, 5, 6, 7)),
        value(date(2012, 2, 29), datetime(2012, 2, 29)),
    ],
    "day": [
        *MISSING,
        *(
            value(text, datetime.strptime(text.strip(), "%d.%m.%Y").strftime("%d.%m.%Y"))
            for text in (
                "10.02.2013",
                "1.1.1970",
                " 29.2.2012\u00a0",
                "31.12.1969",
                "29.02.1904",
                "01.3.2100",
                "28.02.1900",
            )
        ),
        Value(date(2013, 2, 10), "10.02.2013", "10.02.2013"),
    ],
    "note": [
        *MISSING,
        *(
            value(text, text.strip())
            for text in (
                *(
                    "late again",
                    "LATE, again!",
                    "  again and again ",
                    "Ärger über 42",
                    'he said "no", twice',
                    "漢字 no",
                ),
                *(
                    "line\nbreak late",
                    "tab\there",
                    "never\u00a0again",
                    "not-good",
                    "\u2003ÜBER",
                    "...",
                    "İstanbul ﬁne ß",
                ),
            )
        ),
    ],
}
COUNTS = {"rows": 300, "split": {"train": 240}, "data": "table"}
REPORTS = {
    "binary": {**COUNTS, "base_rate": [0.5]},
    "multiclass": {**COUNTS, "base_rate": [0.2, 0.3, 0.5]},
    "regression": {**COUNTS, "base_rate": [0.0]},
}
STRIDES = (1, 3, 7, 11, 5, 13, 9, 2)
"""In each column another value comes next, so that every value meets many others."""
REFUSED: dict[str, list[Any]] = {
    "size": ["1_000", "five", "5e", "0x1p3", "+-5", "1 2", "inf", "-Infinity", "1e400", float("inf"), "٣"],
    "flag": ["yes", "2", 2, "t", "truee", "-1", "0.5", "true.0"],
    "at": ["soon", "2013-02-30", "2013-13-01", "10.02.2013", "2013-02-10 24:01", "2013-02-10 18:60"],
    "day": ["31.02.2013", "2013-02-10x", "10.13.2013", "0.1.2013", "10.02.13", "10/02/2013"],
}


def rows() -> list[dict[str, Value]]:
    """The rows, the same in every run."""
    columns = list(zip(VALUES.items(), STRIDES, strict=True))
    return [
        {name: values[(row * stride + row // len(values)) % len(values)] for (name, values), stride in columns}
        for row in range(ROWS)
    ]


def meant(table: list[dict[str, Value]]) -> pa.Table:
    """What the rows mean, in columns of the types that the training table has."""
    types = dict(zip(VALUES, (pa.float64(),) * 2 + (pa.string(),) * 2 + (pa.bool_(), pa.timestamp("ms")), strict=False))
    columns = {}
    for name in VALUES:
        arrow_type = types.get(name, pa.string())
        values = [row[name].means for row in table]
        # A whole number beyond 2⁵³ is the double that lies next to it.
        columns[name] = pa.array(
            [float(v) if type(v) is int and name in ("size", "wide") else v for v in values], arrow_type
        )
    return pa.table(columns)


def training_table(count: int = 300) -> pa.Table:
    """Rows to fit encodings to, of every kind of column, some values missing."""
    draw = np.random.default_rng(5)
    gaps = draw.random((len(VALUES), count)) < 0.06
    kinds = ["JFK", "EWR", 'say "hi", ok', "two\nlines", "a;b|c", "Größe", "漢字 \U0001f600", "'q'"]
    moments = np.datetime64("2011-11-03", "s") + draw.integers(0, 900 * 86_400, count).astype("timedelta64[s]")
    words = ["late", "again", "Ärger", "not-good", "ÜBER", "42", "漢字", "no"]
    columns: dict[str, list[Any]] = {
        "size": draw.normal(10, 5, count).tolist(),
        "wide": (10 * draw.exponential(size=count)).tolist(),
        "kind": [*draw.choice(kinds, count - 1).tolist(), "rare"],
        "code": draw.choice(["205", "7", "1.5", "31"], count).tolist(),
        "flag": (draw.random(count) < 0.4).tolist(),
        "at": moments.tolist(),
        "day": [
            f"{d}.{m:02d}.2013" for d, m in zip(draw.integers(1, 29, count), draw.integers(1, 13, count), strict=True)
        ],
        "note": [" ".join([*draw.choice(words, 5), str(row)]) for row in range(count)],
    }
    for gap, name in zip(gaps, columns, strict=True):
        columns[name] = [None if missing else one for missing, one in zip(gap, columns[name], strict=True)]
    score = draw.normal(size=count)
    return pa.table(
        {
            **columns,
            "two": np.where(score > 0, "yes, really", "no"),
            "many": np.array(["low", "mid\nway", "top"])[np.digitize(score, [-0.5, 0.5])],
            "amount": 1e6 + 50 * score,
        }
    )


def made_model(task: str, without: tuple[str, ...] = ()) -> wade.Model:
    """A model of the training table whose weights mean something, though they were not learned: that takes no time."""
    target = TARGETS[task]
    reading = open_table(training_table(), (MARKER,), text=("code",))
    dropped = [name for name in (*without, *TARGETS.values()) if name != target]
    roles = {name: role for name, role in ROLES.items() if name not in without}
    schema = infer_schema(reading.table, "table", target, drop=dropped, roles=roles)
    encoder = Encoder.fit(reading.table, schema, piecewise=True)
    outputs, output = OUTPUTS[task]
    network = Network(encoder.layout, outputs=outputs, output=output, seed=4, hidden=(6,))
    network.theta = network.theta + np.random.default_rng(0).normal(scale=0.1, size=len(network.theta))
    return wade.Model(network, schema, encoder, Target.fit(reading.table, schema), REPORTS[task], (MARKER,))
