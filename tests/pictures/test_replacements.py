"""What takes the place of a column's value in partial dependence: dates move by the calendar, text is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError, InvalidArgument
from wade.pictures import DependenceDisplay
from wade.pictures.replacements import moved_to

QUICK = {"hidden": (4,), "epochs": 2, "members": 1, "dropout": 0.0, "numbers": "scaled", "learning_rate": 0.05}
BERLIN = ZoneInfo("Europe/Berlin")


def make_dates(zone: ZoneInfo | None = None) -> pa.Table:
    """Every 37 hours of two and a half years, with a target that depends on month and hour."""
    first = datetime(2021, 1, 1, 0, 30, tzinfo=zone)
    times = [first + timedelta(hours=37 * at) for at in range(600)]
    late = [int(each.month in (12, 1) or each.hour > 16) for each in times]
    return pa.table({"when": pa.array(times), "size": np.arange(600) % 7 + 0.5, "late": late})


@pytest.fixture(scope="module")
def dated() -> tuple[Any, pa.Table]:
    table = make_dates()
    return wade.learn(table, "late", **QUICK), table


@pytest.mark.parametrize(
    ("by", "first", "last", "count"),
    [("month", "Jan", "Dec", 12), ("weekday", "Mon", "Sun", 7), ("hour", "0", "23", 24)],
)
def test_each_row_keeps_the_rest_of_its_date(
    dated: tuple[Any, pa.Table], by: str, first: str, last: str, count: int
) -> None:
    model, table = dated
    display = DependenceDisplay.from_model(model, table, "when", by=by, rows=5, row=20)
    assert (display.values[0], display.values[-1], len(display.values)) == (first, last, count)
    assert display.found.counts.sum() == 600
    when = table["when"][19].as_py()
    moved = {
        "month": when.replace(month=3, day=min(when.day, 31)),
        "weekday": when + timedelta(days=2 - when.weekday()),
        "hour": when.replace(hour=2),
    }[by]
    expected = model.predict_probability({"when": moved, "size": table["size"][19].as_py()})[0][1]
    assert display.row is not None
    assert display.row.ice[2] == pytest.approx(float(expected), abs=1e-6)
    assert display.row.ice[int(display.row.value)] == pytest.approx(display.row.prediction, abs=1e-6)
    assert f"moved to another {by}" in display.note
    assert display.to_bytes("svg").startswith(b"<?xml")


def test_years_are_those_of_the_rows(dated: tuple[Any, pa.Table]) -> None:
    assert DependenceDisplay.from_model(*dated, "when", by="year", rows=5).values == ["2021", "2022", "2023"]


def test_a_time_that_the_clock_skips_is_an_hour_later() -> None:
    table = make_dates(BERLIN)
    model = wade.learn(table, "late", **QUICK)
    # At 2:30 on 27 March 2022 the clocks of Berlin went from 2 to 3.
    spring = pa.table({"when": pa.array([datetime(2022, 3, 27, hour, 30, tzinfo=BERLIN) for hour in (5, 9)])})
    spring = spring.append_column("size", pa.array([0.5, 1.5])).append_column("late", pa.array([0, 1]))
    two = pa.table({"when": pa.array([datetime(2022, 3, 28, hour, 30, tzinfo=BERLIN) for hour in (2, 3)])})
    two = two.append_column("size", pa.array([0.5, 1.5])).append_column("late", pa.array([0, 1]))
    both = pa.concat_tables([spring, two])
    display = DependenceDisplay.from_model(model, both, "when", by="hour")
    at_two, at_three = display.values.index("2"), display.values.index("3")
    assert np.allclose(display.ice[at_two, :2], display.ice[at_three, :2])
    assert not np.allclose(display.ice[at_two, 2:], display.ice[at_three, 2:])


def test_the_end_of_a_month_stays_in_the_month_and_29_february_in_the_year() -> None:
    days = np.array(["2020-01-31", "2020-02-29"], "datetime64[s]").astype(np.int64)
    assert moved_to(days, "month", 2).astype("datetime64[s]").astype(str).tolist() == [
        "2020-02-29T00:00:00",
        "2020-02-29T00:00:00",
    ]
    assert str(moved_to(days, "year", 2021).astype("datetime64[s]")[1]) == "2021-02-28T00:00:00"


def test_missing_dates_are_left_out(dated: tuple[Any, pa.Table]) -> None:
    model, table = dated
    times = table["when"].to_pylist()
    times[0] = times[5] = None
    some = table.set_column(0, "when", pa.array(times))
    display = DependenceDisplay.from_model(model, some, "when", rows=1000)
    assert display.ice.shape[1] == 598
    assert display.found.counts.sum() == 598


def test_what_cannot_be_drawn_says_why(dated: tuple[Any, pa.Table]) -> None:
    model, table = dated
    with pytest.raises(InvalidArgument, match="is for dates, and 'size' holds none"):
        DependenceDisplay.from_model(model, table, "size", by="month")
    with pytest.raises(InvalidArgument, match="must be one of 'hour', 'month', 'weekday', 'year'"):
        DependenceDisplay.from_model(model, table, "when", by="quarter")
    with pytest.raises(ColumnError, match="all rows have the same year"):
        DependenceDisplay.from_model(model, table.slice(0, 50), "when", by="year")
    with pytest.raises(InvalidArgument, match="must be an input, and this is the target"):
        DependenceDisplay.from_model(model, table, "late")
    later = wade.learn(table, "late", split="time", time="when", **QUICK)
    with pytest.raises(InvalidArgument, match="is nothing that the model reads of 'when'; received 'year'"):
        DependenceDisplay.from_model(later, table, "when", by="year")


def test_text_and_identifiers_are_refused_with_the_reason() -> None:
    rng = np.random.default_rng(0)
    words = ["late", "rude", "fast", "kind", "slow", "cold", "good", "bad", "fine", "long"]
    texts = [f"{' '.join(rng.choice(words, 6))} {at}" for at in range(200)]
    names = [f"x{at:04d}" for at in range(200)]
    table = pa.table({"text": texts, "size": rng.normal(size=200), "id": names, "late": rng.random(200) > 0.5})
    model = wade.learn(table, "late", **QUICK)
    with pytest.raises(InvalidArgument, match="cannot be drawn: it holds text, which the network reads word by word"):
        DependenceDisplay.from_model(model, table, "text")
    with pytest.raises(InvalidArgument, match="must be an input, and this was dropped: text with another value in"):
        DependenceDisplay.from_model(model, table, "id")
    assert "late = true" in DependenceDisplay.from_model(model, table, "size").title
