"""Every form of a date means the same on every way in, and the form is said; what may mean two things is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.times.ways import by_texts, csv_file, programs, trained, with_target
from wade.errors import ColumnError, WadeError
from wade.tables import read_table
from wade.tables.columns.command_options import option
from wade.tables.columns.date_forms import CLOCK, FORMS, ISO, is_no_date, moment_in
from wade.tables.columns.date_texts import NAIVE, read_moments
from wade.tables.columns.scalars import MissingMarkers, Unusual, seconds_in
from wade.tables.columns.times import as_times
from wade.tables.columns.zones import NO_ZONE, NOT_A_TIME
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.roles import find_column

TIMES = [datetime(2019, 1, 1, 0, 5) + timedelta(days=i, hours=5 * i, minutes=7 * i) for i in range(400)]
SOME = TIMES[::29]
MARKERS = MissingMarkers.of([])

# How the times are written, the form that must be found, and what its reason must say.
WRITTEN: dict[str, tuple[str, str]] = {
    "%Y-%m-%d": (ISO, "written as ISO 8601"),
    "%Y-%m-%d %H:%M": (ISO, "written as ISO 8601"),
    "%Y-%m-%dT%H:%M:%S.250000001": (ISO, "written as ISO 8601"),
    "%Y-%m-%d %I:%M %p": (ISO, "written as ISO 8601"),
    "%d/%m/%Y": ("%d/%m/%Y", "day before month: read as month before day, some would be no dates"),
    "%m/%d/%Y": ("%m/%d/%Y", "month before day: read as day before month, some would be no dates"),
    "%d.%m.%Y %H:%M": ("%d.%m.%Y", "day before month"),
    "%m-%d-%Y %H:%M:%S": ("%m-%d-%Y", "month before day"),
    "%m/%d/%Y %I:%M:%S %p": ("%m/%d/%Y", "month before day"),
    "%d/%m/%y": ("%d/%m/%y", "years 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068"),
    "%m/%d/%y %H:%M": ("%m/%d/%y", "00 to 68 are 2000 to 2068"),
    "%y-%m-%d": ("%y-%m-%d", "year first"),
    "%Y/%m/%d": ("%Y/%m/%d", "written as %Y/%m/%d"),
    "%Y.%m.%d %H:%M": ("%Y.%m.%d", "written as %Y.%m.%d"),
    "%d-%b-%Y": ("%d-%b-%Y", "written as %d-%b-%Y"),
    "%d-%b-%y": ("%d-%b-%y", "written as %d-%b-%y"),
    "%d %B %Y": ("%d %b %Y", "written as %d %b %Y"),
    "%d%b%Y": ("%d%b%Y", "written as %d%b%Y"),
    "%d%b%Y:%H:%M:%S": ("%d%b%Y", "written as %d%b%Y"),
    "%B %d, %Y": ("%b %d, %Y", "written as %b %d, %Y"),
    "%b %d %Y %I:%M%p": ("%b %d %Y", "written as %b %d %Y"),
    "%d. %B %Y": ("%d. %b %Y", "written as %d. %b %Y"),
    "%Y-%b-%d": ("%Y-%b-%d", "written as %Y-%b-%d"),
    "%a, %d %b %Y %H:%M:%S": ("%a, %d %b %Y", "written as %a, %d %b %Y"),
    "%A, %B %d, %Y": ("%a, %b %d, %Y", "written as %a, %b %d, %Y"),
    "%a %b %d %H:%M:%S %Y": ("%a %b %d %H:%M:%S %Y", "written as %a %b %d %H:%M:%S %Y"),
    "%d/%b/%Y:%H:%M:%S": ("%d/%b/%Y", "written as %d/%b/%Y"),
    "%Y%m%d": ("%Y%m%d", "written as %Y%m%d"),
    "%Y%m%dT%H%M%S": ("%Y%m%d", "written as %Y%m%d"),
    "%Y年%m月%d日": ("%Y年%m月%d日", "written as %Y年%m月%d日"),
    "%Y年%m月%d日 %H:%M": ("%Y年%m月%d日", "written as %Y年%m月%d日"),
    "%Y년 %m월 %d일": ("%Y년 %m월 %d일", "written as %Y년 %m월 %d일"),
    "%I:%M %p": (CLOCK, "times of day from 0"),
    "%H:%M:%S": (CLOCK, "times of day from 0"),
}


def plain(time: datetime, form: str) -> datetime:
    """What is left of a time that is written in a form."""
    clock = any(directive in form for directive in ("%H", "%I"))
    if form in ("%I:%M %p", "%H:%M:%S"):
        return datetime(1970, 1, 1, time.hour, time.minute)
    return time if clock else datetime(time.year, time.month, time.day)


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("change", [str, str.upper, str.lower], ids=["as it is", "capitals", "small letters"])
def test_a_form_is_found_and_read(form: str, change: Any) -> None:
    texts = [change(time.strftime(form)) for time in TIMES]
    column = read_table(pa.table({"t": texts}))["t"]
    found = find_column(ColumnProfile.of(column.combine_chunks()), "t")
    assert (found.role, found.form, found.zone) == ("date-time", WRITTEN[form][0], NO_ZONE)
    assert WRITTEN[form][1] in found.why
    read = as_times(column, found.form, "t", found.zone).tolist()
    assert read == [plain(time, form) for time in TIMES]


@pytest.mark.parametrize("form", WRITTEN)
def test_every_way_in_gives_the_same_answers(form: str, tmp_path: Path) -> None:
    model = trained(pd.DataFrame(with_target([time.strftime(form) for time in TIMES])))
    texts = [time.strftime(form) for time in SOME]
    expected = model.predict_probability(pa.table({"t": texts}))
    assert len(np.unique(expected[:, 0])) > 4
    for way, found in by_texts(model, texts, tmp_path):
        assert (found == expected).all(), way
    for way, program in programs(model, tmp_path).items():
        np.testing.assert_allclose(program(texts), expected, rtol=1e-5, atol=1e-6, err_msg=way)
    if WRITTEN[form][0] == CLOCK:
        values: list[Any] = [plain(time, form).time() for time in SOME]
    else:
        values = [plain(time, form) for time in SOME]
        frame = pd.DataFrame({"t": pd.to_datetime(values)})
        assert (model.predict_probability(frame) == expected).all()
        alone = [model.predict_probability({"t": np.datetime64(value)}) for value in values]
        assert (np.concatenate(alone) == expected).all()
    assert (np.concatenate([model.predict_probability({"t": value}) for value in values]) == expected).all()
    assert (model.predict_probability(pl.DataFrame({"t": values})) == expected).all()


def test_numbers_that_are_dates_are_found_in_every_way(tmp_path: Path) -> None:
    numbers = [int(time.strftime("%Y%m%d")) for time in TIMES]
    model = trained(csv_file(tmp_path / "t.csv", with_target(numbers)))
    assert model.schema.columns[0].form == "%Y%m%d"
    expected = model.predict_probability(pa.table({"t": numbers}))
    ways = {
        "doubles": pd.DataFrame({"t": [*map(float, numbers)]}),
        "text": pd.DataFrame({"t": [*map(str, numbers)]}),
        "dates": pa.table({"t": pa.array([time.date() for time in TIMES])}),
        "CSV": csv_file(tmp_path / "new.csv", {"t": numbers}),
    }
    for way, rows in ways.items():
        assert (model.predict_probability(rows) == expected).all(), way
    for kind in (int, float, str, np.int32):
        alone = [model.predict_probability({"t": kind(number)}) for number in numbers[:20]]
        assert (np.concatenate(alone) == expected[:20]).all()
    with pytest.raises(ColumnError, match=r"row 1: expected a date .* found 20190230"):
        model.predict({"t": 20190230})
    found = programs(model, tmp_path)
    np.testing.assert_allclose(found["C program"]([*map(str, numbers)]), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "numbers",
    [
        [20240101 + i for i in range(60)],  # 20240132
        [20240101] * 30 + [20240102] * 30,  # two of them
        [20200101, 20210101, 20220101, 20230101] * 20,  # one day
        [12345678 + 1000 * i for i in range(60)],
        [19000100 + i for i in range(10)],
    ],
)
def test_other_numbers_stay_numbers(numbers: list[int]) -> None:
    assert find_column(ColumnProfile.of(pa.array(numbers)), "t").role in ("number", "identifier")


NO_DATES = ["0000-00-00", "00/00/0000", "0000-00-00 00:00:00", "00.00.0000", "00000000"]


@pytest.mark.parametrize("text", NO_DATES)
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y %H:%M"])
def test_what_stands_for_no_date_is_missing_and_noted(text: str, form: str, tmp_path: Path) -> None:
    texts = [text if i % 5 == 0 else time.strftime(form) for i, time in enumerate(TIMES)]
    model = trained(pd.DataFrame(with_target(texts)))
    [column] = model.schema.columns
    assert column.facts is not None
    missing, rows = column.facts.missing, model.report["split"]["train"]
    assert (column.role, column.facts.rows) == ("date-time", rows)
    assert abs(missing - rows / 5) < 20
    told = f"{missing} of {rows} training values of 't' are no dates ({text!r})"
    assert any(told in note for note in model.report["notes"])
    missing = model.predict_probability({"t": None})
    assert (model.predict_probability({"t": text}) == missing).all()
    assert (model.predict_probability(pa.table({"t": [text, texts[1]]}))[0] == missing).all()
    for way, program in programs(model, tmp_path).items():
        np.testing.assert_allclose(program([text])[0], missing[0], rtol=1e-5, atol=1e-6, err_msg=way)


AGAIN = TIMES[:50] * 8
MIXED = {
    "two forms": (
        [t.strftime("%Y-%m-%d" if i % 2 else "%d-%b-%Y") for i, t in enumerate(AGAIN)],
        "dates in several forms",
    ),
    "orders of day and month": (
        [t.strftime("%d/%m/%Y" if i % 2 else "%m/%d/%Y") for i, t in enumerate(AGAIN)],
        r"dates in several forms: '01/13/2019' .*, '14/01/2019' ",
    ),
    "a word": ([*(t.strftime("%d-%b-%Y") for t in AGAIN[1:]), "soon"], r"mixed type: 'soon' among dates \(1 of 400"),
    "a day that is none": ([*(t.strftime("%Y-%m-%d") for t in AGAIN[1:]), "2019-02-30"], "mixed type: '2019-02-30'"),
    "years of two digits and of four": (
        [t.strftime("%d/%m/%Y" if i % 2 else "%d/%m/%y") for i, t in enumerate(AGAIN)],
        "dates in several forms",
    ),
}


@pytest.mark.parametrize("case", MIXED)
def test_dates_of_several_forms_and_text_among_dates_are_refused(case: str) -> None:
    texts, problem = MIXED[case]
    with pytest.raises(ColumnError, match=f"column 't'.*: {problem}") as caught:
        trained(pd.DataFrame(with_target(texts)))
    assert "--category t" in caught.value.remedy
    assert trained(pd.DataFrame(with_target(texts)), categories=["t"]).schema.columns[0].role == "category"
    if "mixed type" in problem:
        missing = texts[-1]
        assert option("--missing", missing) in caught.value.remedy
        assert trained(pd.DataFrame(with_target(texts)), missing=[missing]).schema.columns[0].role == "date-time"


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y %H:%M"])
def test_where_nothing_decides_both_orders_are_named_and_the_remedy_works(form: str) -> None:
    texts = [datetime(2019, 1 + i % 12, 1 + i % 11, 12).strftime(form) for i in range(240)]
    frame = pd.DataFrame(with_target(texts))
    [column] = trained(frame).schema.columns
    day, month = (
        form.partition(" ")[0],
        form.partition(" ")[0].replace("%d", "%?").replace("%m", "%d").replace("%?", "%m"),
    )
    assert column.role == "category"
    assert f"{day} or {month} fit alike" in column.why
    for chosen in (day, month):
        [column] = trained(frame, roles={"t": f"date-time {chosen}"}).schema.columns
        assert (column.role, column.form) == ("date-time", chosen)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d-%b-%Y", "31-JAN-2019", datetime(2019, 1, 31)),
        ("%Y%m%d%H%M%S", "20190131123456", datetime(2019, 1, 31, 12, 34, 56)),
        ("%m/%y", "02/19", datetime(2019, 2, 1)),
        ("%b %Y", "Sept. 2019", datetime(2019, 9, 1)),
        ("on %d of %B %Y", "on 1st of May 2019", datetime(2019, 5, 1)),
        ("%H.%M %d.%m.%Y", "13.45 1.2.2019", datetime(2019, 2, 1, 13, 45)),
        ("%d/%m/%Y %I:%M:%S.%f %p", "1/2/2019 12:00:00.5 AM", datetime(2019, 2, 1)),
        ("%y%m%d", "690101", datetime(1969, 1, 1)),
        ("%y%m%d", "681231", datetime(2068, 12, 31)),
    ],
)
def test_a_form_of_the_user(form: str, text: str, expected: datetime) -> None:
    texts = pa.array([text]).dictionary_encode()
    assert as_times(texts, form, "t", NO_ZONE).tolist() == [expected]
    assert datetime(1970, 1, 1) + timedelta(seconds=seconds_in(text, form, MARKERS)) == expected


@pytest.mark.parametrize(
    "form", ["%d", "%Y", "%d/%m", "%d/%m/%Y %I:%M", "%d/%m/%Y %d", "%c", "%s", "%Y-%m-%d %", "%j %Y"]
)
def test_a_form_that_says_too_little_is_refused_with_what_it_needs(form: str) -> None:
    with pytest.raises(WadeError, match="'date-time' followed by a form of dates") as caught:
        trained(pd.DataFrame(with_target(["2019-01-01"] * 40)), roles={"t": f"date-time {form}"})
    assert "date-time %d-%b-%Y" in str(caught.value)


@pytest.mark.parametrize("texts", [["9:05", "13:45"] * 20, ["1:30", "2:45"] * 20])
def test_hours_without_a_leading_zero_are_times_of_day_too(texts: list[str]) -> None:
    frame = pd.DataFrame(with_target(texts))
    [column] = trained(frame).schema.columns
    assert (column.role, column.form) == ("date-time", CLOCK)
    assert "times of day from" in column.why
    assert trained(frame, roles={"t": "date-time %H:%M"}).schema.columns[0].role == "date-time"


@pytest.mark.parametrize("form", WRITTEN)
def test_batches_decide_as_the_whole_column(form: str) -> None:
    texts = [None if i % 17 == 0 else time.strftime(form) for i, time in enumerate(TIMES)]
    column = pa.array(texts).dictionary_encode()
    for size in (37, 111):
        joined = ColumnProfile()
        for start in range(0, len(column), size):
            joined = joined.merge(ColumnProfile.of(column.slice(start, size)))
        assert find_column(joined, "t") == find_column(ColumnProfile.of(column), "t")


@pytest.mark.parametrize("form", ["%d-%b-%Y", "%m/%d/%Y %I:%M %p", "%Y%m%d", "%Y-%m-%d %H:%M:%S-05:00"])
def test_a_streamed_table_is_learned_as_in_memory(form: str, tmp_path: Path) -> None:
    parts = ["train"] * 300 + ["validation"] * 50 + ["test"] * 50
    path = csv_file(tmp_path / "t.csv", {**with_target([t.strftime(form) for t in TIMES]), "part": parts})
    whole, streamed = (trained(path, part="part", memory=memory) for memory in (None, "1GB"))
    assert whole.schema.columns == streamed.schema.columns
    assert whole.encoder == streamed.encoder


SIGNS = (*"-/.:T ,", "Jan", "march", "SEPT", "Mon", "AM", "p.m.", "Z", "+02", "-0330", "st", "é")
DIGITS = st.text("0123456789", min_size=1, max_size=4)
PIECES = st.lists(
    st.one_of(
        DIGITS,
        st.sampled_from(SIGNS),
    ),
    min_size=3,
    max_size=14,
)


@st.composite
def dated(draw: Any) -> tuple[str, str]:
    """A form, and a text that is nearly a date in it."""
    form = draw(st.sampled_from(FORMS))
    if draw(st.booleans()):
        return form, "".join(draw(PIECES))
    time = draw(st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)))
    text = time.strftime({ISO: "%Y-%m-%d", CLOCK: "%H:%M"}.get(form, form))
    text += time.strftime(draw(st.sampled_from(["", " %H:%M", "T%H:%M:%S.5", " %I:%M %p", " %H:%M:%SZ", " %H%M+0100"])))
    at = draw(st.integers(0, len(text)))
    return form, text[:at] + draw(st.sampled_from(["", "", "", "0", " ", "9", "x", "-"])) + text[at:]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(dated(), min_size=1, max_size=30))
def test_a_column_reads_its_texts_as_each_is_read_alone(cases: list[tuple[str, str]]) -> None:
    form = cases[0][0]
    texts = [text for _, text in cases]
    found = read_moments(pa.array(texts), form)
    read = zip(found.seconds.tolist(), found.offsets.tolist(), found.absent.tolist(), strict=True)
    for text, (seconds, offset, absent) in zip(texts, read, strict=True):
        alone = moment_in(text, form)
        assert (None if seconds == NOT_A_TIME else (seconds, None if offset == NAIVE else offset)) == alone
        assert absent == (alone is None and is_no_date(text))


ZONES = st.sampled_from([NO_ZONE, "UTC", "+05:30", "Europe/Berlin", None])
VALUES = st.one_of(
    dated().map(lambda pair: pair[1]),
    st.datetimes(datetime(1902, 1, 1), datetime(2099, 1, 1)),
    st.datetimes(datetime(1902, 1, 1), datetime(2099, 1, 1), timezones=st.timezones()),
    st.datetimes(datetime(1902, 1, 1), datetime(2099, 1, 1)).map(lambda time: np.datetime64(time, "ns")),
    st.dates(),
    st.times(),
    st.none(),
    st.integers(18_000_000, 22_000_000),
    st.floats(allow_nan=True),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VALUES, st.sampled_from(FORMS), ZONES)
def test_the_fast_path_of_one_row_is_the_column_path(value: Any, form: str, zone: str | None) -> None:
    try:
        alone = seconds_in(value, form, MARKERS, zone)
    except Unusual:
        return
    column = read_table({"t": value})["t"]
    assert as_times(column, form, "t", zone).view(np.int64).tolist() == [alone]
