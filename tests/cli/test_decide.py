"""`wade decide`: when to act, and what that is worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade
from wade.cli.views.decide import _checked, more_digits

QUICK = ("--epochs", "2", "--hidden", "4")
COSTS = ("--cost-false-alarm", "50", "--cost-miss", "400")
Wade = Callable[..., Any]


def test_json_is_the_models_decision_and_nothing_else(wade_: Wade, model: Path) -> None:
    result = wade_("decide", model, "classes.csv", *COSTS, "--currency", "EUR", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    expected = wade.load(model).decide("classes.csv", 50, 400, currency="EUR")
    assert found == {**expected, "data": "classes.csv", "model": str(model)}
    assert found["thresholds"]["decision"] == pytest.approx(1 / 9)


def test_a_decision_for_a_person(wade_: Wade, model: Path) -> None:
    result = wade_("decide", model, "classes.csv", *COSTS, "--currency", "EUR")
    said = " ".join(result.stdout.split())
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("New rows"))
    for words in (
        "when to act on answer = yes",
        "false alarm 50 EUR, miss 400 EUR; correct decisions cost nothing",
        "act where the probability is 11.1 % or more.",
        "and answer is yes. To act on no instead: --act-on no.",
        "50 / (50 + 400): the best one where probabilities are calibrated",
        "Not tuned on these rows.",
        "EUR per row (95 % interval ",
        ') compared with "never act": ',
        "Hit: acted on, and answer is yes. False alarm: acted on, and answer is not yes. Miss: not acted on, and",
        "cost per row (EUR)",
    ):
        assert words in said


def test_the_class_that_is_named_is_acted_on(wade_: Wade, model: Path) -> None:
    said = " ".join(wade_("decide", model, "classes.csv", *COSTS, "--act-on", "no").stdout.split())
    assert "when to act on answer = no" in said
    assert "instead" not in said


def test_verbose_says_that_the_best_threshold_of_these_rows_is_optimistic(wade_: Wade, model: Path) -> None:
    said = " ".join(wade_("decide", model, "classes.csv", *COSTS, "--verbose").stdout.split())
    assert "That is optimistic, for it was chosen on them. Where it is chosen on nine tenths of them" in said
    assert "(--threshold 0." in said


def test_a_capacity_and_a_threshold_for_a_person(wade_: Wade, model: Path) -> None:
    said = " ".join(wade_("decide", model, "classes.csv", *COSTS, "--capacity", "7").stdout.split())
    assert "on at most 7 rows, those with the highest. The limit is reached; the lowest of them is" in said
    assert "as many at random 7" in said
    said = " ".join(wade_("decide", model, "classes.csv", *COSTS, "--threshold", "0.3").stdout.split())
    assert "30.0 % or more. Threshold given with --threshold, not tuned here." in said


@pytest.mark.parametrize(
    ("costs", "more"),
    [((6.8444, 3.1071), 1), ((6.84, 3.11), 0), ((1234.4, 21.3), 0), ((0.5, 0.25), 0), ((104.417, 36.954), 1)],
)
def test_savings_are_the_differences_of_the_costs_that_are_shown(costs: tuple[float, float], more: int) -> None:
    never, own = costs
    found = {
        "policies": {"never": {"cost_per_row": never}, "decision": {"cost_per_row": own}},
        "savings_per_row": {"never": {"value": never - own}},
    }
    assert more_digits(found) == more


def test_the_class_to_act_on_is_a_choice(wade_: Wade, model: Path) -> None:
    assert "when to act on answer = no" in wade_("decide", model, "classes.csv", *COSTS, "--act-on", "no").stdout


def test_quiet_is_quiet(wade_: Wade, model: Path) -> None:
    result = wade_("decide", model, "classes.csv", *COSTS, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--cost-false-alarm", "50", "--cost-miss", "0"), "Where a miss costs nothing, act on no row."),
        ((*COSTS, "--capacity", "0"), "`--capacity` must be a whole number from 1 on"),
        ((*COSTS, "--threshold", "2"), "`--threshold` must be a probability"),
        ((*COSTS, "--act-on", "maybe"), "`--act-on` must be one of 'no', 'yes'"),
        (("--cost-miss", "400"), "--cost-false-alarm"),
    ],
)
def test_bad_input_is_named_by_its_option(wade_: Wade, model: Path, arguments: tuple[str, ...], named: str) -> None:
    result = wade_("decide", model, "classes.csv", *arguments)
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("name", "received"), [("many", "has 3 classes"), ("numbers", "is a number")])
def test_a_model_of_anything_but_two_classes_is_refused(wade_: Wade, folder: Path, name: str, received: str) -> None:
    wade_("train", f"{name}.csv", "--target", "answer", "--quiet", *QUICK)
    result = wade_("decide", f"{name}.wade", f"{name}.csv", *COSTS)
    assert result.exit_code == 2
    assert "a decision needs a target of two classes" in result.stderr
    assert received in result.stderr


def test_rows_without_the_target_are_refused(wade_: Wade, model: Path, folder: Path) -> None:
    lines = [line.rsplit(",", 1)[0] for line in (folder / "classes.csv").read_text().splitlines()]
    (folder / "new.csv").write_text("\n".join(lines))
    result = wade_("decide", model, "new.csv", *COSTS)
    assert result.exit_code == 2
    assert "answer" in result.stderr


@pytest.mark.parametrize(
    ("savings", "words"),
    [
        ({}, "Whether they are is not checked where there is a capacity."),
        ({"cross_fitted": {"interval": None}}, "These are too few rows to check whether they are."),
        (
            {"cross_fitted": {"interval": [-2.0, -1.0]}},
            "On these rows they are not, by what thresholds cost (see Warnings).",
        ),
        ({"cross_fitted": {"interval": [-2.0, 1.0]}}, "On these rows cross-fitted thresholds (each chosen on"),
    ],
)
def test_what_was_checked_of_calibration_is_said(savings: dict[str, Any], words: str) -> None:
    assert _checked({"savings_per_row": savings}).startswith(words)
