"""`wade race`: many learning rates at once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wade.cli.views.race_rates import BARS
from wade.training.chunk_losses import RULES

SMALL = ("--target", "answer", "--hidden", "4", "--count", "8", "--steps", "50", "--batch-size", "24")
Wade = Callable[..., Any]


def small(*options: str) -> list[str]:
    """`SMALL` with these options, each of them once."""
    pairs = dict(zip(SMALL[::2], SMALL[1::2], strict=True))
    kept = [word for name, value in pairs.items() if name not in options for word in (name, value)]
    return [*kept, *options]


def test_json_is_one_object_and_nothing_else(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "--learning-rates", "1e-4..1", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert len(found["outcomes"]) == 8
    assert {"learning_rate", "outcome", "evidence", "losses"} == set(found["outcomes"][0])
    assert {verdict["outcome"] for verdict in found["outcomes"]} <= {*RULES}
    assert (found["outcomes"][0]["learning_rate"], found["settings"]["hidden"]) == (pytest.approx(1e-4), [4])


def test_a_race_for_a_person(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "-v")
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("Next"))
    assert "sweep of 8 learning rates, predicting answer" in said
    assert "the same initial parameters, the same 50 steps of 24 rows (the 72 training rows, 16.7 times)" in said
    assert "training loss, taken before each step; each bar the mean of 3 to 4 steps" in said
    assert "(the highest bar of the untrained network); █ is above" in said
    assert "Too small lower than all rates that converge, with less than 85 % of the gain of the best rate" in said
    assert "too small" in said
    assert "lowest loss at the end" in said
    assert "wade train classes.csv --target answer --learning-rate" in said
    assert "--hidden 4" in said


def test_all_shows_every_rate(wade_: Wade) -> None:
    some = wade_("race", "classes.csv", *small("--count", "20"))
    every = wade_("race", "classes.csv", *small("--count", "20", "--all"))
    assert "more rates: --all or --json" in " ".join(some.stdout.split())
    assert "more rates" not in every.stdout
    kinds = tuple(RULES)
    assert (
        sum(
            any(f" {kind} " in line for kind in kinds) and any(bar in line for bar in BARS)
            for line in every.stdout.splitlines()
        )
        >= 15
    )


def test_rates_that_are_lost_are_crossed_out(wade_: Wade) -> None:
    said = wade_(
        "race", "numbers.csv", *small("--optimizer", "sgd", "--learning-rates", "1..1e6", "--hidden", "none")
    ).stdout
    assert "××××" in said
    assert "not a finite number from step" in " ".join(said.split())
    assert "no rate converges Try lower rates: --learning-rates 0.001..1" in " ".join(said.split())


WAYS = ("--optimizers", "sgd,momentum,adam", "--schedules", "constant,cosine")


def test_optimizers_and_schedules_stand_beside_each_other(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, *WAYS)
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("Next"))
    assert "6 pairs compared, 3 optimizers × 2 schedules, 8 learning rates each, predicting answer" in said
    ways = [line.split()[:2] for line in result.stdout.splitlines() if " %  " in line]
    assert sorted(ways) == sorted(
        [method, schedule] for method in ("sgd", "momentum", "adam") for schedule in ("constant", "cosine")
    )
    assert "Every rate of each: --all or --json." in said
    assert "100 %" in said
    assert "for every weight" in said
    assert "median" in said
    assert "wade train classes.csv --target answer --learning-rate" in said


def test_all_shows_every_rate_of_those_compared(wade_: Wade) -> None:
    said = wade_("race", "classes.csv", *SMALL, "--optimizers", "sgd,adam", "--all").stdout
    assert "--all or --json" not in said
    assert (
        sum(any(f" {kind} " in line for kind in RULES) for line in said.splitlines() if line.strip()[0:1].isdigit())
        == 16
    )
    assert "sgd, constant" in said
    assert "Too small lower than all rates that converge" in " ".join(said.split())


def test_rules_are_printed_where_no_rate_is_best(wade_: Wade) -> None:
    said = " ".join(wade_("race", "classes.csv", *SMALL, "--learning-rates", "1e-9..1e-8").stdout.split())
    assert "no rate converges" in said
    assert (
        "Too small the last bar is not more than 1 % below that of the untrained network, without a rise Rise a bar"
        in said
    )


def test_a_suggestion_below_the_range_says_why(wade_: Wade) -> None:
    found = json.loads(wade_("race", "moons", "--plain", "--hidden", "8", "--json").stdout)
    assert found["suggestions"][0]["learning_rate"] < found["lowest"]
    assert found["suggestions"][0]["why"].endswith(
        "steps of this sweep, but none that converges (2.7 to 3.3) is more than 2 times lower than 4.2"
    )
    assert found["lowest"] >= found["too_high"] / 2


def test_batches_of_one_row_have_every_converging_rate_in_the_range(wade_: Wade) -> None:
    options = ("--plain", "--hidden", "8", "--batch-size", "1", "--learning-rates", "1e-4..100")
    found = json.loads(wade_("race", "moons", *options, "--json").stdout)
    converging = [one["learning_rate"] for one in found["outcomes"] if one["outcome"] == "converges"]
    assert (found["lowest"], found["highest"]) == (converging[0], converging[-1])
    assert max(one["learning_rate"] for one in found["outcomes"] if one["outcome"] == "too small") < converging[0]
    said = " ".join(wade_("race", "moons", *options).stdout.split())
    assert "Range rates 0.072 to 0.33 and 0.52 to 0.64 converge Try 0.22: lowest loss at the end" in said
    assert "of the rates more than 2 times lower than 0.66, which" in said


def test_each_schedule_has_its_own_step_size(wade_: Wade) -> None:
    given = ("--optimizer", "sgd", "--schedules", "constant,cosine")
    said = wade_("race", "classes.csv", *SMALL, *given).stdout
    assert "2 schedules compared, optimizer sgd, 8 learning rates each" in " ".join(said.split())
    standings = json.loads(wade_("race", "classes.csv", *SMALL, *given, "--json").stdout)["standings"]
    sizes = {one["schedule"]: one["step_sizes"][1] / one["learning_rate"] for one in standings}
    assert sizes["constant"] == pytest.approx(1)
    assert sizes["cosine"] == pytest.approx((1 + math.cos(math.pi * 49 / 50)) / 2)  # the last of 50 steps
    for one in standings:
        size = f"{one['step_sizes'][1]:.2g}"
        assert f"sgd, {one['schedule']}: η = {float(size):g} for every weight" in said


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
        (("--optimizers", "sgd,adamx"), "Did you mean 'adam"),
        (("--optimizers", "sgd,adamw", "--plain"), "`--optimizers` cannot hold 'adamw' with plain"),
        (("--schedules", "cosin"), "Did you mean 'cosine'"),
        (("--schedules", "constant,plateau"), "cannot hold 'plateau', which waits for validation rows"),
    ],
)
def test_bad_input_is_named_by_its_option(wade_: Wade, arguments: tuple[str, ...], named: str) -> None:
    result = wade_("race", "classes.csv", *small(*arguments))
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""


def test_the_screen_says_how_it_is_to_be_read(wade_: Wade) -> None:
    result = wade_("race", "classes.csv", *SMALL, "--optimizer", "sgd", "--learning-rates", "1e-3..1e6")
    said = " ".join(result.stdout.split())
    for words in (
        "Too small lower than all rates that converge, with less than 85 % of the gain of the best rate",
        "Diverges the untrained network's last bar is more than 1 % lower, or a loss is no finite number",
        "Gain how far the loss ends below",
        "Runs each rate: the same initial parameters",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("options", "carried"),
    [
        (("--optimizer", "sgd", "--seed", "3", "--drop", "colour"), "--optimizer sgd"),
        (("--optimizers", "sgd,adam", "--schedules", "constant,cosine", "--dropout", "0.2"), "--schedule "),
        (("--optimizers", "sgd,adam"), "--hidden 4"),
        (("--schedules", "constant"), "--schedule constant"),
        (("--plain",), "--optimizer sgd"),
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
    assert {*given} - {"--optimizers", "--schedules"} <= {*command}
    assert wade_(*command[2:], "--epochs", "3", "-q", "-o", "m.wade").exit_code == 0


def test_another_target_of_a_built_in_table_is_taken_along(wade_: Wade) -> None:
    out = wade_("race", "iris", "--target", "petal width (cm)", "--count", "4", "--steps", "40").stdout
    assert "wade train iris --target 'petal width (cm)'" in out


def outcome_by_the_rules(found: dict[str, Any], place: int) -> str:
    """What `RULES` say of a rate, from the bars in the JSON."""
    bars = [found["start"], *(one["losses"] for one in found["outcomes"])]
    gains = [found["reference_loss"] - bar[-1] if None not in bar else None for bar in bars]
    best = next(at for at, one in enumerate(found["outcomes"], start=1) if one["learning_rate"] == found["best"])

    def diverges(k: int) -> bool:
        return None in bars[k] or bars[k][-1] * 0.99 > bars[0][-1]

    def rises(k: int) -> bool:
        gain = gains[k] if gains[k] > 0.01 * found["reference_loss"] else found["reference_loss"]
        allowed = 0.5 * gain
        return any(
            bar > min([bars[0][j], *bars[k][:j]]) + allowed
            and bar > min(lower[j] for lower in bars[:k] if lower[j] is not None) + allowed
            for j, bar in enumerate(bars[k])
        )

    steady = [k for k in range(1, len(bars)) if not diverges(k) and not rises(k)]
    assert bars[best][-1] == min(bars[k][-1] for k in steady)
    if diverges(place):
        return "diverges"
    converging = list[int]()
    for k in steady:
        if gains[k] >= 0.85 * gains[best] or (converging and gains[k] >= 0.85 * max(gains[i] for i in converging)):
            converging.append(k)
    if place in converging:
        return "converges"
    if place < converging[0] and gains[place] < 0.85 * gains[best]:
        return "too small"
    return "oscillates" if rises(place) else "ends higher"


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_the_printed_rules_are_those_that_are_applied(wade_: Wade, optimizer: str) -> None:
    options = ("--hidden", "8", "--members", "1", "--optimizer", optimizer, "--learning-rates", "1e-4..30")
    found = json.loads(wade_("race", "wine", *options, "--count", "24", "--steps", "50", "--json").stdout)
    outcomes = [one["outcome"] for one in found["outcomes"]]
    assert {*outcomes} >= {*RULES} - {"ends higher"}
    assert outcomes == [outcome_by_the_rules(found, k) for k in range(1, 25)]
    if optimizer == "adamw":  # 0.072 lies far above 0.024 while both fall: that is no oscillation
        slower = next(one for one in found["outcomes"] if one["learning_rate"] == found["highest"])
        half = 0.5 * (found["reference_loss"] - slower["losses"][-1])
        lower = [one["losses"] for one in found["outcomes"] if one["learning_rate"] < slower["learning_rate"]]
        assert any(bar > min(others) + half for bar, *others in zip(slower["losses"], *lower, strict=True))
