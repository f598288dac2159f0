"""A command that a command suggests takes every option along, is quoted for a shell, and works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import QUICK

RNG = np.random.default_rng(7)
N = 120
SIZES = [f"{size:.3f}" for size in RNG.normal(size=N)]
KINDS = RNG.choice(["b", "c", "d"], N).tolist()
LATE = [("no", "yes")[float(size) > 0] for size in SIZES]


def lines(*names: str, columns: list[list[Any]] | None = None, mark: str = ",") -> str:
    rows = zip(*(columns or [SIZES, KINDS, LATE]), strict=True)
    return "\n".join([mark.join(names), *(mark.join(map(str, row)) for row in rows), ""])


def with_cell(values: list[Any], row: int, value: Any) -> list[Any]:
    return [*values[:row], value, *values[row + 1 :]]


CODES = [str(10 + int(code)) for code in RNG.integers(0, 3, N)]
TABLES: dict[str, tuple[str, str, list[str], list[str]]] = {
    "options": (
        "plain.csv",
        lines("size", "kind", "late"),
        ["--target", "late", "--category", "kind", "--drop", "size"],
        ["--category kind", "--drop size"],
    ),
    "blanks": ("a table.csv", lines("the size", "kind", "is late"), ["--target", "is late"], ["'a table.csv'"]),
    "a quote": ("q.csv", lines("it's", "kind", "late?"), ["--target", "late?", "--drop", "kind"], ["'late?'"]),
    "a dollar": ("$x.csv", lines("$size", "kind", "$late"), ["--target", "$late", "--drop", "$size"], ["'$x.csv'"]),
    "a dash": ("-x.csv", lines("-size", "kind", "-late"), ["--target=-late", "--drop=-size"], ["./-x.csv", "=-late"]),
    "a comma": (
        "c.csv",
        lines('"a,b"', "kind", "late"),
        ["--target", "late", "--drop", '"a,b"'],
        ["--drop '\"a,b\"'"],
    ),
    "roles": (
        "r.csv",
        lines("size", "code", "late", columns=[SIZES, CODES, LATE]),
        ["--target", "late", "--role", "code=category", "--role", "size=number"],
        ["--role code=category", "--role size=number"],
    ),
    "a separator": (
        "s.csv",
        lines("size", "kind", "late", mark=";"),
        ["--target", "late", "--separator", ";", "--encoding", "utf-8"],
        ["--separator ';'", "--encoding utf-8"],
    ),
    "a marker": (
        "m.csv",
        lines("size", "kind", "late", columns=[with_cell(SIZES, 5, "-999"), KINDS, LATE]),
        ["--target", "late", "--missing", "-999"],
        ["--missing=-999"],
    ),
    "no header": (
        "h.csv",
        lines("0.5", "b", "no"),
        ["--target", "column_3", "--no-header"],
        ["--no-header"],
    ),
    "lines above": (
        "t.csv",
        "x,y,z\n" + lines("size", "kind", "late"),
        ["--target", "late", "--skip", "1"],
        ["--skip 1"],
    ),
    "a shifted row": (
        "f.csv",
        lines("size", "kind", "late", columns=[with_cell(SIZES, 9, "b"), with_cell(KINDS, 9, "7"), LATE]),
        ["--target", "late"],
        ["--drop size"],
    ),
    "a text among numbers": (
        "w.csv",
        lines("size", "kind", "late", columns=[with_cell(SIZES, 9, "ten"), KINDS, LATE]),
        ["--target", "late", "--columns", "size,kind"],
        ["--columns size,kind", "--drop size"],
    ),
}


TABLES["an ID"] = (
    "i.csv",
    lines('"key, old"', "size", "late", columns=[[f"R{row:03}" for row in range(N)], SIZES, LATE]),
    ["--target", "late"],
    [],
)


def suggested(output: str, label: str) -> list[str]:
    (line,) = (line for line in output.splitlines() if line.startswith(label))
    return shlex.split(line.removeprefix(label))[1:]


@pytest.mark.parametrize("case", TABLES)
def test_what_data_suggests_works(case: str, wade_: Callable[..., Any], folder: Path) -> None:
    name, text, options, kept = TABLES[case]
    (folder / name).write_text(text)
    shown = wade_("data", f"./{name}" if name.startswith("-") else name, *options)
    assert shown.exit_code == 0, shown.output
    next_line = next(line for line in shown.output.splitlines() if line.startswith("Next"))
    assert all(words in next_line for words in kept), next_line
    trained = wade_(*suggested(shown.output, "Next"), *QUICK, "-o", "made.wade")
    assert trained.exit_code == 0, trained.output
    edited = wade_(*suggested(shown.output, "Edit"))
    assert edited.exit_code == 0, edited.output
    assert "[roles]" in edited.output
    # Predictions of the table itself: what is suggested for rows of another one reads them alike.
    assert suggested(trained.output, "Next")[0] == "report"
    given = suggested(shown.output, "Next")[1]
    predicted = wade_(*(given if word == "NEW.csv" else word for word in suggested(trained.output, "New rows")))
    assert predicted.exit_code == 0, predicted.output
    if case == "an ID":
        assert [line.split(",")[0] for line in Path("made-predictions.csv").read_text().splitlines()[1:4]] == [
            *("R000", "R001", "R002")
        ]


def test_race_and_importance_take_options_along(wade_: Callable[..., Any], folder: Path) -> None:
    (folder / "a;b.csv").write_text(lines("size", "kind", "late", mark=";"))
    options = ["--target", "late", "--separator", ";", "--category", "kind"]
    raced = wade_("race", "a;b.csv", *options, "--hidden", "4", "--members", "1", "--steps", "5", "--count", "6")
    assert raced.exit_code == 0, raced.output
    command = suggested(raced.output, "Next")
    assert command[:4] == ["train", "a;b.csv", "--target", "late"]
    assert {"--separator", "--category", "--members", "--hidden"} < set(command)
    assert wade_(*command, "--epochs", "2", "-o", "m.wade").exit_code == 0
    found = wade_("importance", "m.wade", "a;b.csv", "--separator", ";", "--repeats", "1")
    assert found.exit_code == 0, found.output
    assert wade_(*suggested(found.output, "Next")).exit_code == 0


@pytest.mark.parametrize(
    ("column", "markers", "is_advised"),
    [
        (with_cell(SIZES, 3, "gone"), "--missing gone", True),
        (with_cell(SIZES, 3, "not known"), "--missing 'not known'", True),
        (with_cell(SIZES, 3, "b"), "--missing b", False),  # it would empty a third of the column of kinds
        (with_cell(SIZES, 3, "yes"), "--missing yes", False),  # and half of the target
    ],
)
def test_missing_is_advised_where_it_helps(
    column: list[Any], markers: str, is_advised: bool, wade_: Callable[..., Any], folder: Path
) -> None:
    (folder / "t.csv").write_text(lines("size", "kind", "late", columns=[column, KINDS, LATE]))
    refused = wade_("train", "t.csv", "--target", "late", *QUICK)
    assert refused.exit_code == 2
    assert (markers in " ".join(refused.output.split())) is is_advised
    option = re.search(r"--drop \S+\w", " ".join(refused.output.split()))
    assert option is not None
    words = shlex.split(markers if is_advised else option[0])
    assert wade_("train", "t.csv", "--target", "late", *QUICK, *words).exit_code == 0
