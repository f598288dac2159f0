"""What a report of a training may hold: a file from elsewhere is refused with the field's name, or can be reported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

import wade
from wade.errors import WadeError
from wade.model.kept_report import check_report

ModelOf = Callable[[str], wade.Model]

WRONG: tuple[Any, ...] = ("x", -1, 0, 10**400, True, None, [], {}, [[]], {"a": {"b": []}}, "absent")


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every field of a report, and the first entry of every list."""
    if at:
        yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from paths(each, (*at, key))


def changed(report: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    found = place = deepcopy(report)
    for key in at[:-1]:
        place = place[key]
    if value == "absent":
        del place[at[-1]]
    else:
        place[at[-1]] = value
    return found


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (("test", "log_loss"), "low", "report.test.log_loss must be a number; it is 'low'"),
        (("test", "log_loss"), [], "report.test.log_loss must be a number; it is a list"),
        (("test", "intervals", "auc"), [1.0], r"report.test.intervals.auc must be a list of 2; it is a list"),
        (("test", "intervals"), "absent", "report.test.intervals.log_loss is absent"),
        (("baselines", "constant", "log_loss"), "absent", "report.baselines.constant.log_loss is absent"),
        (("history", 0, "loss"), "x", r"report.history\[0\].loss must be a number; it is 'x'"),
        (("history",), [], "report.best_epoch must be one of its 0 epochs"),
        (("best_epoch",), 10**6, "report.best_epoch must be one of its"),
        (("settings",), 3, "report.settings must be a mapping; it is 3"),
        (("settings", "learning_rate"), "absent", "report.settings.learning_rate is absent"),
        (("selected_by",), "luck", "report.selected_by must be loss or the name of a metric; it is 'luck'"),
        (("split", "test"), -1, "report.split.test must be a whole number from 0; it is -1"),
        (("confusion", "matrix"), [[1]], "report.confusion.matrix must have a row and a column for each class"),
        (("target",), "x" * 100, None),
        (("data",), ["a"], "report.data must be a text; it is a list"),
        (("calibration", "expected_calibration_error", "corrected"), "x", "corrected must be a number; it is 'x'"),
        (("rows",), 10**400, "report.rows must be a whole number from 0; it is 1000"),
        (("from elsewhere",), {"any": ["thing"]}, None),
    ],
)
def test_a_field_of_another_type_is_named(model_of: ModelOf, at: tuple[Any, ...], value: Any, said: str | None) -> None:
    report = changed(json.loads(json.dumps(model_of("binary").report)), at, value)
    if said is None:
        check_report(report)
        return
    with pytest.raises(ValueError, match=said):
        check_report(report)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_what_is_not_refused_can_be_reported(model_of: ModelOf, task: str) -> None:
    model = model_of(task)
    kept = json.loads(json.dumps(model.report))
    every = [(at, value) for at in paths(kept) for value in WRONG]
    tried = 0
    for at, value in every[::7]:
        report = changed(kept, at, value)
        try:
            check_report(report)
        except ValueError:
            continue
        if "base_rate" not in report or len(report["base_rate"]) != 1:
            continue  # refused where it is compared with the target
        tried += 1
        try:
            found = wade.report(replace(model, report=report))
        except WadeError:
            continue
        assert found.text(), (at, value)
        assert found.markdown(), (at, value)
    assert tried > 50
