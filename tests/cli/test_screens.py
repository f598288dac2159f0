"""The first screen: 24 lines of 80 columns, and no word broken inside at any width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade

Wade = Callable[..., Any]
QUICK = ("--epochs", "2", "--hidden", "4", "--members", "1")
LONG = "a-very-long-name-without-any-blank-in-it-that-no-line-of-eighty-columns-could-ever-hold-in-one-piece"
TABLES = {
    "binary": ("yes", "no"),
    "multiclass": (LONG, "Iris versicolor var. of the northern shore and its islands", "another class"),
    "regression": (),
}


def write_table(folder: Path, name: str, classes: tuple[str, ...], target: str = "answer") -> None:
    lines = [f"size,colour,{target}"]
    for row in range(150):
        value = classes[row * 7 % len(classes)] if classes else f"{10_000 + row * 37 % 101 * 1000}"
        lines.append(f"{row % 13},{('red', 'green')[row % 2]},{value}")
    (folder / name).write_text("\n".join([*lines, ""]))


@pytest.fixture(params=[80, 120])
def width(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def words_of(text: str) -> set[str]:
    return set(text.split())


@pytest.mark.parametrize("task", TABLES)
def test_the_first_screen_of_a_training_fits_the_terminal(wade_: Wade, folder: Path, width: int, task: str) -> None:
    write_table(folder, f"{task}.csv", TABLES[task])
    said = wade_("train", f"{task}.csv", "--target", "answer", *QUICK).stdout
    lines = said.splitlines()
    assert len(lines) < 24
    assert all(len(line) <= width for line in lines if not line.startswith(("Next", "New rows")))
    starts = ["Split", "Verdict", "Saved", "Next", "New rows", "Details"]
    assert [start for start in starts if not any(line.startswith(start) for line in lines)] == []


@pytest.mark.parametrize("task", TABLES)
def test_every_view_has_the_same_words_at_any_width(
    wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    """At a width where nothing wraps, the words are whole; at 80 and 120 columns they are the same ones."""
    write_table(folder, f"{task}.csv", TABLES[task])
    assert wade_("train", f"{task}.csv", "--target", "answer", "-q", "-o", f"{task}.wade", *QUICK).exit_code == 0
    commands = [
        ("data", f"{task}.csv", "--target", "answer"),
        ("evaluate", f"{task}.wade", f"{task}.csv", "--verbose"),
        ("why", f"{task}.wade", f"{task}.csv"),
        ("race", f"{task}.csv", "--target", "answer", "--count", "8", "--hidden", "4", "--members", "1"),
        ("validate", f"{task}.csv", "--target", "answer", "--folds", "2", *QUICK),
        ("curves", f"{task}.csv", "--target", "answer", "--points", "2", *QUICK),
    ]
    if task == "binary":
        commands.append(("decide", "binary.wade", "binary.csv", "--cost-false-alarm", "1", "--cost-miss", "5", "-v"))
    for command in commands:
        seen = []
        for columns in (80, 120, 1000):
            monkeypatch.setenv("COLUMNS", str(columns))
            result = wade_(*command)
            assert result.exit_code == 0, result.stderr
            # Rules are as wide as their tables; seconds differ; a column's name may be repeated in a second line.
            seen.append({word for word in words_of(result.stdout) if not set(word) <= {"─"} and not _is_number(word)})
        assert seen[0] == seen[1] == seen[2], command


def test_a_long_file_name_stays_whole(wade_: Wade, folder: Path, width: int) -> None:
    write_table(folder, f"{LONG}.csv", TABLES["binary"])
    said = wade_("train", f"{LONG}.csv", "--target", "answer", *QUICK).stdout
    assert f"{LONG}.wade" in said
    assert f"{LONG}-predictions.csv" in said
    assert f"{LONG}.csv:" in said


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("width", [40, 80])
def test_what_is_cut_is_cut_between_items_and_counted(wade_: Wade, folder: Path, monkeypatch: Any, width: int) -> None:
    """A text on the first screen never ends within a sentence."""
    monkeypatch.setenv("COLUMNS", str(width))
    lines = ["Date;country;price;answer"]
    for at in range(120):
        price = "-999" if at == 7 else f"{at * 7 % 31},50 €"
        lines.append(
            f"{at % 27 + 1}.{at % 11 + 1}.2024;{('DE', 'de', 'NA', 'FR')[at % 4]};{price};{'yes' * (at % 3 == 0)}no"
        )
    (folder / "orders.csv").write_text("\n".join([*lines, ""]), encoding="cp1252")
    said = wade_("train", "orders.csv", "--target", "answer", *QUICK).stdout
    assert "…" not in said
    assert " more: wade show orders.wade)" in " ".join(said.split())
    # One need not train again to read the rest.
    warnings = wade.load("orders.wade").report["notes"]
    shown = "".join(wade_("show", "orders.wade").stdout.split())
    assert all("".join(note.split()) in shown for note in warnings if not note.startswith("Dropped"))


def test_what_training_noted_about_na_is_not_said_again_of_new_rows(wade_: Wade, folder: Path) -> None:
    rows = [f"{('DE', 'NA', 'FR')[at % 3]},{at % 7},{'no' if at % 2 else 'yes'}" for at in range(90)]
    (folder / "old.csv").write_text("\n".join(["country,size,answer", *rows, ""]))
    noted = "'NA' is read as missing in 30 rows"
    assert noted in " ".join(wade_("train", "old.csv", "--target", "answer", "--verbose", *QUICK).stdout.split())
    for command in (("predict",), ("evaluate",), ("decide", "--cost-false-alarm", "1", "--cost-miss", "2")):
        result = wade_(command[0], "old.wade", "old.csv", *command[1:])
        assert result.exit_code == 0
        assert "is read as missing" not in " ".join(result.output.split())
    # Of a column in which training met none, it is new.
    rows = [row.replace(",3,", ",NA,") for row in rows]
    (folder / "other.csv").write_text("\n".join(["country,size,answer", *(row.replace("NA", "") for row in rows), ""]))
    wade_("train", "other.csv", "--target", "answer", "--quiet", *QUICK)
    said = wade_("predict", "other.wade", "old.csv").stderr
    assert "'NA' is read as missing" in said
