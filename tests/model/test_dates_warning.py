"""Rows with dates that are split at random: a warning, whose remedy works."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import InvalidArgument

DAYS = pa.array(np.datetime64("2024-01-01") + np.arange(100))
SIZE = np.random.default_rng(1).normal(size=100)
QUICK = {"hidden": (), "epochs": 1}
WARNING = "split at random, but have dates"


def table(*dates: str) -> pa.Table:
    return pa.table({"size": SIZE, **dict.fromkeys(dates, DAYS), "late": np.where(SIZE > 0, "yes", "no")})


@pytest.mark.parametrize(
    ("dates", "options", "remedy"),
    [
        (("day",), {}, "(day): for later rows, evaluate with --split time."),
        (("sold on", "paid"), {}, "--split time --time 'sold on'."),
        (("day",), {"columns": ["size"]}, "(day, which is no input, but orders them): for"),
        (("day",), {"split": "time"}, None),
        ((), {}, None),
        (("day",), {"group": "size"}, None),
    ],
)
def test_a_random_split_of_rows_with_dates_is_a_warning(
    dates: tuple[str, ...], options: dict[str, Any], remedy: str | None
) -> None:
    found = [note for note in wade.learn(table(*dates), "late", **QUICK, **options).report["notes"] if WARNING in note]
    assert len(found) == (remedy is not None)
    if remedy is not None:
        assert remedy in found[0]
        named = re.search("--time '?([a-z ]+)", found[0])
        time = {} if named is None else {"time": named[1]}
        assert WARNING not in str(wade.learn(table(*dates), "late", split="time", **QUICK, **time).report["notes"])


def test_cross_validation_warns_once() -> None:
    notes = wade.cross_validate(table("day"), "late", folds=2, **QUICK)["notes"]
    assert sum(WARNING in note for note in notes) == 1


def test_a_split_by_time_names_the_columns_of_which_one_orders_the_rows() -> None:
    with pytest.raises(InvalidArgument, match=r"Choose --time 'sold on' or --time paid\."):
        wade.learn(table("sold on", "paid"), "late", split="time", **QUICK)
    with pytest.raises(InvalidArgument, match=r"No column holds dates: name one with --time, or split at random\."):
        wade.learn(table(), "late", split="time", **QUICK)
