"""`wade race`: many learning rates at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wade.cli.views.race import BARS

SMALL = ("--target", "answer", "--hidden", "4", "--count", "8", "--steps", "50", "--batch-size", "24")
Wade = Callable[..., Any]


def test_json_is_one_object_and_nothing_else(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "--learning-rates", "1e-4..1", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert len(found["outcomes"]) == 8
    assert {"learning_rate", "outcome", "evidence", "losses"} == set(found["outcomes"][0])
    assert {verdict["outcome"] for verdict in found["outcomes"]} <= {"too small", "converges", "oscillates", "diverges"}
    assert (found["outcomes"][0]["learning_rate"], found["settings"]["hidden"]) == (pytest.approx(1e-4), [4])


def test_a_race_for_a_person(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "-v")
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("Next"))
    assert "sweep of 8 learning rates for answer" in said
    assert "the same initial parameters, the same 50 steps of 24 rows (the 72 training rows, 16.7 times)" in said
    assert "training loss, taken before each step; each bar the mean of 3 to 4 steps" in said
    assert "(the highest before training); █ is above" in said
    assert "Too small lower than the best rate, with less than 85 % of its gain" in said
    assert "too small" in said
    assert "lowest loss at the end" in said
    assert "wade train classes.csv --target answer --learning-rate" in said
    assert "--hidden 4" in said


def test_all_shows_every_rate(wade_: Wade) -> None:
    some = wade_("race", "classes.csv", *SMALL, "--count", "20")
    every = wade_("race", "classes.csv", *SMALL, "--count", "20", "--all")
    assert "more rates: --all or --json" in " ".join(some.stdout.split())
    assert "more rates" not in every.stdout
    kinds = ("too small", "converges", "oscillates", "diverges")
    assert (
        sum(
            any(f" {kind} " in line for kind in kinds) and any(bar in line for bar in BARS)
            for line in every.stdout.splitlines()
        )
        >= 15
    )


def test_rates_that_are_lost_are_crossed_out(wade_: Wade) -> None:
    said = wade_(
        "race", "numbers.csv", *SMALL, "--optimizer", "sgd", "--learning-rates", "1..1e6", "--hidden", "none"
    ).stdout
    assert "××××" in said
    assert "not a finite number from step" in " ".join(said.split())
    assert "no rate converges Try lower rates: --learning-rates 0.001..1" in " ".join(said.split())


WAYS = ("--methods", "sgd,momentum,adam", "--schedules", "constant,cosine")


def test_optimizers_and_schedules_stand_beside_each_other(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, *WAYS)
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("Next"))
    assert "6 optimizers and schedules compared for answer, 8 learning rates each" in said
    ways = [line.split()[:2] for line in result.stdout.splitlines() if " %  " in line]
    assert sorted(ways) == sorted(
        [method, schedule] for method in ("sgd", "momentum", "adam") for schedule in ("constant", "cosine")
    )
    assert "100 %" in said
    assert "for every weight" in said
    assert "for the median weight" in said
    assert "wade train classes.csv --target answer --learning-rate" in said


def test_the_json_of_several_ways_holds_every_path(wade_: Wade) -> None:
    found = json.loads(wade_("race", "classes.csv", *SMALL, *WAYS, "--json").stdout)
    assert len(found["standings"]) == len(found["races"]) == 6
    assert [len(race["outcomes"]) for race in found["races"]] == [8] * 6
    losses = [one["loss"] for one in found["standings"]]
    assert losses == sorted(losses)
    ways = [{(one["optimizer"], one["schedule"]) for one in found[name]} for name in ("standings", "races")]
    assert ways[0] == ways[1]


def test_quiet_is_quiet_and_nothing_is_written(wade_: Wade, folder: Path) -> None:
    before = sorted(folder.iterdir())
    result = wade_("race", "classes.csv", *SMALL, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--learning-rates", "fast"), "`--learning-rates` must be LOW..HIGH"),
        (("--learning-rates", "1..0.1"), "`--learning-rates` must be two numbers"),
        (("--count", "1"), "`--count` must be a whole number from 2 on"),
        (("--steps", "0"), "`--steps` must be a whole number from 1 on"),
        (("--target", "anser"), "anser"),
        (("--methods", "sgd,adamx"), "Did you mean 'adam"),
        (("--schedules", "cosin"), "Did you mean 'cosine'"),
        (("--schedules", "constant,plateau"), "cannot hold 'plateau', which waits for validation rows"),
    ],
)
def test_bad_input_is_named_by_its_option(wade_: Wade, arguments: tuple[str, ...], named: str) -> None:
    result = wade_("race", "classes.csv", *SMALL, *arguments)
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""


def test_the_screen_says_how_it_is_to_be_read(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "--optimizer", "sgd", "--learning-rates", "1e-3..1e6")
    said = " ".join(result.stdout.split())
    for words in (
        "Too small lower than the best rate, with less than 85 % of its gain",
        "Diverges the loss ends above that before training, or is no finite number",
        "Gain how far the loss ends below",
        "Runs each rate: the same initial parameters",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("options", "carried"),
    [
        (("--optimizer", "sgd", "--seed", "3", "--drop", "colour"), "--optimizer sgd"),
        (("--methods", "sgd,adam", "--schedules", "constant,cosine", "--dropout", "0.2"), "--schedule "),
        (("--methods", "sgd,adam"), "--hidden 4"),
        (("--schedules", "constant"), "--schedule constant"),
    ],
)
def test_the_suggested_command_takes_the_options_along_and_trains(
    wade_: Wade, options: tuple[str, ...], carried: str
) -> None:
    out = wade_("race", "classes.csv", *SMALL, *options, "--learning-rates", "1e-4..1000").stdout
    command = out.splitlines()[-1].split()
    assert command[:3] == ["Next", "wade", "train"]
    assert carried in " ".join(command)
    given = [word for word in options if word.startswith("--")]
    assert {*given} - {"--methods", "--schedules"} <= {*command}
    assert wade_(*command[2:], "--epochs", "3", "-q", "-o", "m.wade").exit_code == 0


def test_another_target_of_a_built_in_table_is_taken_along(wade_: Wade) -> None:
    out = wade_("race", "iris", "--target", "petal width (cm)", "--count", "4", "--steps", "5").stdout
    assert "wade train iris --target 'petal width (cm)'" in out
