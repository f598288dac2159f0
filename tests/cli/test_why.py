"""`wade why` and `wade importance`: what a row owes to its columns, what would change it, what a model relies on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade

QUICK = ("--epochs", "2", "--hidden", "4")
Wade = Callable[..., Any]


def test_json_is_the_contributions_and_the_counterfactuals(wade_: Wade, model: Path) -> None:
    result = wade_("why", model, "classes.csv", "--row", "17", "--class", "yes", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    loaded, table = wade.load(model), (model.parent / "classes.csv").read_text().splitlines()
    size, colour, answer = table[17].split(",")
    row = {"size": float(size), "colour": colour}
    expected = wade.contributions(loaded, row, of="yes")
    assert {name: found[name] for name in ("class", "predicted", "unit", "method", "target", "notes")} == {
        name: expected[name] for name in ("class", "predicted", "unit", "method", "target", "notes")
    }
    assert [each["contribution"] for each in found["columns"]] == pytest.approx(
        [each["contribution"] for each in expected["columns"]], rel=1e-9
    )
    assert found["counterfactuals"] == wade.counterfactuals(loaded, row)
    assert (found["row"], found["actual"], found["data"], found["model"]) == (17, answer, "classes.csv", str(model))


def test_why_for_a_person(wade_: Wade, model: Path) -> None:
    result = wade_("why", model, "classes.csv", "--row", "3", "-v")
    said = " ".join(result.stdout.split())
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    for words in (
        "why row 3 of classes.csv gets its prediction",
        ", probability ",
        "; actual: ",
        "Typical row numbers and days at their median",
        "column this row typical row log-odds",
        "Bars to the right push towards answer = ",
        "Sum typical row",
        "the sum equals the network's output",
        "tolerance 1e-06",
        "Method integrated gradients over ",
    ):
        assert words in said
    assert "Counterfactuals: smallest changes" in said or "No change of one or two columns" in said


def test_occlusion_says_that_it_need_not_add_up(wade_: Wade, model: Path) -> None:
    said = " ".join(wade_("why", model, "classes.csv", "--method", "occlusion", "-v").stdout.split())
    assert "is interaction between columns" in said
    assert "occlusion does not have to add up" in said


def test_of_a_number_contributions_are_in_its_unit(wade_: Wade, folder: Path) -> None:
    wade_("train", "numbers.csv", "--target", "answer", "--quiet", "--epochs", "20", "--hidden", "8")
    said = " ".join(wade_("why", "numbers.wade", "numbers.csv").stdout.split())
    assert "in the unit of answer" in said
    assert "give the number to reach with --to" in said
    found = json.loads(wade_("why", "numbers.wade", "numbers.csv", "--to", "104", "--json").stdout)
    assert found["unit"] == "answer"
    assert found["counterfactuals"]["to"] == 104.0
    assert found["base"]["value"] + sum(each["contribution"] for each in found["columns"]) == pytest.approx(
        found["output"]["value"], abs=1e-6 * 10
    )


def test_of_many_columns_the_largest_are_shown_and_the_rest_summed(wade_: Wade, folder: Path) -> None:
    assert wade_("train", "digits", "--quiet", "--model", "digits.wade", *QUICK).exit_code == 0
    some, every = (wade_("why", "digits.wade", "digits", "--row", "4", *more) for more in ((), ("--all",)))
    assert all(len(line) <= 80 for line in (some.stdout + every.stdout).splitlines())
    shown = [line for line in some.stdout.splitlines() if "│" in line]
    assert len(shown) == 8 + 1
    assert " more columns " in shown[-1]
    assert " (show with --all)\n" in some.stdout
    assert sum("│" in line for line in every.stdout.splitlines()) > 50


def test_hostile_names_and_values_are_shown_and_not_obeyed(wade_: Wade, folder: Path) -> None:
    lines = ["[bold]a[/bold],<script>\x1b[31m,b"]
    values = "y\x1b]0;title", "[red]x"
    lines += [f"{at % 9},{values[at % 2]},{'no' if at % 9 < 4 else 'yes'}" for at in range(120)]
    (folder / "hostile.csv").write_text("\n".join([*lines, ""]))
    wade_("train", "hostile.csv", "--target", "b", "--quiet", *QUICK)
    for command in (
        ("why", "hostile.wade", "hostile.csv", "--row", "2"),
        ("importance", "hostile.wade", "hostile.csv"),
    ):
        result = wade_(*command)
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout
        assert "[bold]a[/bold]" in result.stdout
        assert "<script>\\x1b[31m" in result.stdout


def test_importance_json_is_the_models(wade_: Wade, model: Path) -> None:
    options = ("--rows", "100", "--repeats", "3", "--seed", "5")
    result = wade_("importance", model, "classes.csv", *options, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    expected = wade.importance(wade.load(model), "classes.csv", rows=100, repeats=3, seed=5)
    assert {**found, "seconds": 0} == {**expected, "seconds": 0, "model": str(model), "data": "classes.csv"}


def test_importance_for_a_person(wade_: Wade, model: Path) -> None:
    result = wade_("importance", model, "classes.csv", "--rows", "100")
    said = " ".join(result.stdout.split())
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("Next"))
    assert "feature importance (permutation) for answer" in said
    assert "100 drawn at random of 120 rows; 5 shuffles per column" in said
    assert "column rise in log-loss 95 % interval" in said
    assert "so these results are optimistic" in said


@pytest.mark.parametrize("command", ["why", "importance"])
def test_quiet_is_quiet(wade_: Wade, model: Path, command: str) -> None:
    result = wade_(command, model, "classes.csv", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (
            ("why", "classes.csv", "--row", "121"),
            "`--row` must be from 1 to 120, the rows of classes.csv; received 121",
        ),
        (("why", "classes.csv", "--row", "0"), "`--row` must be from 1 to 120"),
        (("why", "classes.csv", "--class", "maybe"), "`--class` must be one of 'no', 'yes'"),
        (("why", "classes.csv", "--to", "maybe"), "`--to` must be one of 'no', 'yes'"),
        (("why", "classes.csv", "--method", "occlsion"), "Did you mean 'occlusion'?"),
        (("why", "nothing.csv"), "nothing.csv"),
        (("importance", "classes.csv", "--rows", "1"), "`--rows` must be a whole number from 2 on"),
        (("importance", "classes.csv", "--repeats", "0"), "`--repeats` must be a whole number from 1 on"),
    ],
)
def test_bad_input_is_named_by_its_option(wade_: Wade, model: Path, arguments: tuple[str, ...], named: str) -> None:
    command, data, *options = arguments
    result = wade_(command, model, data, *options)
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["why", "explain"])
def test_an_error_names_the_row_and_the_file(wade_: Wade, model: Path, folder: Path, command: str) -> None:
    (folder / "new.csv").write_text("size,colour\n1.5,red\n2.5,green\nlarge,red\n")
    found = wade_(command, model, "new.csv", "--row", "3")
    assert found.exit_code == 2
    assert "new.csv, column 'size', row 3: expected a number, found 'large'" in found.stderr
