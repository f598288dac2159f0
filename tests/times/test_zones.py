"""The same instants give the same answers on every way in; what is ambiguous is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import wade
from tests.times.ways import by_onnx, by_texts, csv_file, one_by_one, programs, trained, with_target
from wade.errors import ColumnError, UnreadableTable
from wade.tables import read_table
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.roles import find_column

START = datetime(2024, 1, 3, 5, 20, tzinfo=UTC)
INSTANTS = [START + timedelta(hours=7 * i, minutes=13 * i) for i in range(400)]
SOME = INSTANTS[::23]


SEVERAL = [time.astimezone(timezone(timedelta(hours=i % 3))) for i, time in enumerate(INSTANTS)]


def objects(times: list) -> pd.DataFrame:
    return pd.DataFrame(with_target(times)).astype({"t": object})


def stored(zone: str) -> pa.Table:
    times = pa.array(INSTANTS, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    return pa.table({**with_target(INSTANTS), "t": times})


def written(offset: timezone | ZoneInfo, form: str = "%Y-%m-%d %H:%M:%S%z") -> dict:
    return with_target([time.astimezone(offset).strftime(form) for time in INSTANTS])


# What is trained on, and the zone that it must have.
TRAINED = {
    "stored in Europe/Berlin": (lambda: stored("Europe/Berlin"), "Europe/Berlin", {}),
    "stored in America/New_York": (lambda: stored("America/New_York"), "America/New_York", {}),
    "stored in Asia/Kolkata": (lambda: stored("Asia/Kolkata"), "Asia/Kolkata", {}),
    "stored in Australia/Lord_Howe": (lambda: stored("Australia/Lord_Howe"), "Australia/Lord_Howe", {}),
    "stored in UTC": (lambda: stored("UTC"), "UTC", {}),
    "stored at -03:30": (lambda: stored("-03:30"), "-03:30", {}),
    "pandas": (lambda: stored("Africa/Casablanca").to_pandas(), "Africa/Casablanca", {}),
    "polars": (lambda: pl.from_arrow(stored("Europe/London")), "Europe/London", {}),
    "text at +02:00": (lambda: pd.DataFrame(written(timezone(timedelta(hours=2)))), "+02:00", {}),
    "text in UTC": (lambda: pd.DataFrame(written(UTC, "%Y-%m-%dT%H:%M:%SZ")), "UTC", {}),
    "text with day and month": (
        lambda: pd.DataFrame(written(timezone(timedelta(hours=-5)), "%d/%m/%Y %I:%M %p %z")),
        "-05:00",
        {},
    ),
    "text with summer time": (lambda: pd.DataFrame(written(ZoneInfo("Europe/Berlin"))), "UTC", {}),
    "text with summer time, its zone named": (
        lambda: pd.DataFrame(written(ZoneInfo("Europe/Berlin"))),
        "Europe/Berlin",
        {"roles": {"t": "date-time Europe/Berlin"}},
    ),
    "Python's times of several zones": (lambda: objects(SEVERAL), "UTC", {}),
}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "+02:00")


@pytest.mark.parametrize("case", TRAINED)
def test_the_same_instants_give_the_same_answers(case: str, tmp_path: Path) -> None:
    table, zone, options = TRAINED[case]
    model = trained(table(), **options)
    [column] = model.schema.columns
    assert (column.role, column.zone) == ("date-time", zone)
    model.save(tmp_path / "model.wade")
    assert wade.load(tmp_path / "model.wade").schema == model.schema
    expected = model.predict_probability(pa.table({"t": pa.array(SOME, pa.timestamp("us", "UTC"))}))
    assert len(np.unique(expected[:, 0])) > 5

    def check(way: str, found: np.ndarray, exact: bool = True) -> None:
        assert np.allclose(found, expected, rtol=0 if exact else 1e-6, atol=1e-12 if exact else 1e-6), way

    for other in ZONES:
        rows = pa.table({"t": pa.array(SOME, pa.timestamp("ns", "UTC")).cast(pa.timestamp("ns", other))})
        parquet.write_table(rows, tmp_path / "rows.parquet")
        check(f"Parquet in {other}", model.predict_probability(tmp_path / "rows.parquet"))
        check(f"pandas in {other}", model.predict_probability(rows.to_pandas()))
        if "/" in other:
            check(f"polars in {other}", model.predict_probability(pl.from_arrow(rows)))
            for way, found in one_by_one(model, [time.astimezone(ZoneInfo(other)) for time in SOME]):
                check(f"{way} in {other}", found)
        for way, found in one_by_one(model, rows["t"].to_pandas().tolist()):
            check(f"{way}, pandas.Timestamp in {other}", found)
    if "%d" in str(column.form):
        forms = ["%d/%m/%Y %H:%M:%S%z", "%d/%m/%Y %I:%M:%S.5 %p %z"]
    else:
        forms = ["%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.123456789%z"]
    exported = programs(model, tmp_path)
    for form in forms:
        for offset in (UTC, timezone(timedelta(hours=5, minutes=45))):
            texts = [time.astimezone(offset).strftime(form).replace("+0000", "Z") for time in SOME]
            for way, found in by_texts(model, texts, tmp_path):
                check(f"{way}: {texts[0]}", found)
            for way, program in exported.items():
                check(f"{way}: {texts[0]}", program(texts), exact=False)
    check("ONNX", by_onnx(model, [round(time.timestamp()) for time in SOME], tmp_path), exact=False)


@pytest.mark.parametrize("case", [case for case in TRAINED if "day and month" not in case])
def test_a_time_without_a_zone_is_refused_where_training_had_one(case: str, tmp_path: Path) -> None:
    table, zone, options = TRAINED[case]
    model = trained(table(), **options)
    naive = datetime(2024, 5, 1, 12, 30)
    rows = {
        "mapping": {"t": naive},
        "text": {"t": "2024-05-01 12:30"},
        "NumPy": {"t": np.datetime64("2024-05-01T12:30")},
        "pandas": pd.DataFrame({"t": [pd.Timestamp(naive)]}),
        "polars": pl.DataFrame({"t": [naive, naive]}),
        "CSV": csv_file(tmp_path / "rows.csv", {"t": ["2024-05-01 12:30"]}),
    }
    for way, row in rows.items():
        with pytest.raises(
            ColumnError, match=r"'t', row 1: .*has no offset from UTC, and the times in training"
        ) as caught:
            model.predict(row)
        assert "tz_localize" in caught.value.remedy, way
        assert zone in caught.value.problem, way


def test_a_time_with_a_zone_is_refused_where_training_had_none(tmp_path: Path) -> None:
    model = trained(pa.table(with_target([time.replace(tzinfo=None) for time in INSTANTS])))
    assert model.schema.columns[0].zone == ""
    rows = {
        "mapping": {"t": START},
        "text": {"t": "2024-05-01 12:30+02:00"},
        "pandas": pd.DataFrame({"t": [pd.Timestamp(START)]}),
        "polars": pl.DataFrame({"t": [START, START]}),
        "CSV": csv_file(tmp_path / "rows.csv", {"t": ["2024-05-01 12:30Z"]}),
    }
    for way, row in rows.items():
        with pytest.raises(ColumnError, match=r"'t', row 1: .* has a time zone or an offset from UTC") as caught:
            model.predict(row)
        assert "tz_localize(None)" in caught.value.remedy, way
    local = START.replace(tzinfo=None)
    frame = pd.DataFrame({"t": [pd.Timestamp(START).tz_convert("UTC").tz_localize(None)]})
    assert (model.predict_probability(frame) == model.predict_probability({"t": local})).all()


def test_json_lines_keep_offsets(tmp_path: Path) -> None:
    lines = tmp_path / "rows.jsonl"
    lines.write_text('{"t": "2024-01-01T00:00:00Z", "n": "2024-01-01"}\n{"t": "2024-01-01T02:00+02:00", "n": null}\n')
    table = read_table(lines)
    assert table["t"].to_pylist() == ["2024-01-01T00:00:00Z", "2024-01-01T02:00+02:00"]
    assert table["n"].to_pylist() == [datetime(2024, 1, 1), None]


MIXED = ["2024-01-01 10:00", "2024-01-02 11:00+02:00", "2024-01-03 12:00"] * 20


@pytest.mark.parametrize(
    "table",
    [
        pa.table(with_target(MIXED)),
        pd.DataFrame(with_target([pd.Timestamp(text) for text in MIXED])).astype({"t": object}),
    ],
    ids=["text", "Python's times"],
)
def test_times_with_and_without_a_zone_in_one_column_are_refused(table: object) -> None:
    with pytest.raises(ColumnError, match=r"column 't', row 1: .*has no offset from UTC, and .* \(row 2\) has one"):
        trained(table)


def test_a_csv_file_with_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="Write all times of a column with an offset"):
        trained(csv_file(tmp_path / "t.csv", with_target(MIXED)))


def test_a_zone_for_times_without_an_offset_is_refused() -> None:
    table = pa.table(with_target(["2024-03-31 02:30", "2024-10-27 02:30"] * 20))
    with pytest.raises(ColumnError, match="cannot be converted to Europe/Berlin") as caught:
        trained(table, roles={"t": "date-time Europe/Berlin"})
    assert "--role t=date-time" in caught.value.remedy
    assert trained(table, roles={"t": "date-time"}).schema.columns[0].zone == ""


def test_offsets_that_vary_are_noted_with_a_remedy_that_works() -> None:
    frame = pd.DataFrame(written(ZoneInfo("Europe/Berlin")))
    model = trained(frame)
    [note] = [note for note in model.report["notes"] if "several offsets" in note]
    assert "+01:00, +02:00" in note
    assert "--role 't=date-time Europe/Berlin'" in note
    named = trained(frame, roles={"t": "date-time Europe/Berlin"})
    assert not [note for note in named.report["notes"] if "several offsets" in note]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe"])
def test_a_zone_that_is_not_known_is_refused_with_the_column(zone: str) -> None:
    times = pa.array(INSTANTS, pa.timestamp("us", "UTC")).cast(pa.int64()).cast(pa.timestamp("us", zone))
    with pytest.raises(UnreadableTable, match=r"column 't': its time zone .* is unknown") as caught:
        trained(pa.table({**with_target(INSTANTS), "t": times}))
    assert "tzdata" in caught.value.remedy


def test_one_offset_in_the_first_batch_and_another_later_are_streamed_as_in_memory() -> None:
    texts = pa.array(written(ZoneInfo("Europe/Berlin"))["t"]).dictionary_encode()
    parts = [ColumnProfile.of(texts.slice(start, 50)) for start in range(0, len(texts), 50)]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.merge(part)
    assert find_column(joined, "t") == find_column(ColumnProfile.of(texts), "t")
    assert find_column(joined, "t").zone == "UTC"
