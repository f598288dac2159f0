"""A query of DuckDB, or whatever else hands out rows by Arrow's protocol, is a table like any other."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import DiskFull, UnreadableTable
from wade.tables import read_table
from wade.tables.reading.dataset import open_sources

KINDS = """
    select range as whole, range * 1.5 as decimal, range::double / 3 as number, range::hugeint as huge,
        'k' || range % 2 as text, range % 2 = 0 as truth, ('a' || range % 2)::enum('a0', 'a1') as enum,
        date '2013-01-01' + range::int as day, timestamp '2013-01-01 08:00' as moment,
        case when range > 0 then 1.0 end as maybe, {'wind': range, 'gust': null::int} as weather
    from range(3)
"""


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def flights(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    rng = np.random.default_rng(0)
    wind = rng.normal(20, 8, 600).round(1)
    table = pa.table(
        {
            "wind": pa.array(wind, mask=rng.random(600) < 0.1),
            "origin": rng.choice(["JFK", "EWR", "LGA"], 600),
            "late": np.where(wind > 20, "yes", "no"),
        }
    )
    database.register("flights", table)
    return database


def test_every_type_of_a_relation(database: duckdb.DuckDBPyConnection) -> None:
    table = read_table(database.sql(KINDS))
    assert table.slice(1, 1).to_pylist() == [
        {
            "whole": 1,
            "decimal": 1.5,
            "number": 1 / 3,
            "huge": 1.0,
            "text": "k1",
            "truth": False,
            "enum": "a1",
            "day": datetime.combine(date(2013, 1, 2), datetime.min.time()),
            "moment": datetime(2013, 1, 1, 8),
            "maybe": 1.0,
            "weather.wind": 1,
            "weather.gust": None,
        }
    ]


def test_a_relation_is_trained_on_and_predicted_as_its_table(flights: duckdb.DuckDBPyConnection) -> None:
    relation = flights.sql("select * from flights")
    table = pa.RecordBatchReader.from_stream(relation).read_all()
    settings: dict[str, Any] = {"hidden": (8,), "epochs": 2}
    of_relation, of_table = wade.learn(relation, "late", **settings), wade.learn(table, "late", **settings)
    assert of_relation.network.theta.tobytes() == of_table.network.theta.tobytes()
    assert of_relation.report["data"] == "the duckdb table"
    one = flights.sql("select * from flights limit 1")
    assert of_relation.predict_probability(relation).tolist() == of_table.predict_probability(table).tolist()
    assert of_relation.predict(one).tolist() == of_table.predict(table.slice(0, 1)).tolist()
    assert of_relation.evaluate(relation)["test"] == of_table.evaluate(table)["test"]


def test_a_query_is_run_once_and_its_rows_are_read_as_often_as_needed() -> None:
    """Asked twice, a query with a random choice would give other rows each time."""
    batches = [pa.record_batch({"wind": np.arange(first, first + 10.0)}) for first in (0, 10)]
    reader = pa.RecordBatchReader.from_batches(batches[0].schema, batches)
    with ExitStack() as scratch:
        opened = open_sources([reader], scratch)
        for _ in range(2):
            seen = np.concatenate([batch.rows["wind"].to_numpy() for batch in opened.batches()])
            assert seen.tolist() == list(range(20))
        assert opened.whole().reading.table["wind"].to_pylist() == seen.tolist()


def test_a_relation_that_does_not_fit_into_memory_is_streamed(database: duckdb.DuckDBPyConnection) -> None:
    wide = ", ".join(f"range * {factor} as unused_{factor}" for factor in range(2, 12))
    many = database.sql(
        f"select range % 97 as x, 'k' || range % 5 as kind, (range % 97 > 50)::int as y, {wide} from range(700_000)"
    )
    model = wade.learn(many, "y", hidden=(4,), epochs=1, memory="600MB", columns=["x", "kind"])
    assert model.report["memory"]["streamed"]
    assert model.report["rows"] == 700_000
    assert model.report["test"]["auc"] > 0.95


def test_nothing_of_a_query_is_left_behind(
    flights: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert read_table(flights.sql("select * from flights")).num_rows == 600
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("select 1 as a, 2 as a", "columns 1 and 2 share the name 'a'"),
        ("select * from flights where wind > 999", "it has column names but no rows"),
        ("select origin::int as o from flights", "its rows cannot be had (Conversion Error: Could not convert"),
        (
            "select (case when range = 500_000 then 'x' else '1' end)::int as n from range(600_000)",
            "its rows cannot be had (Conversion Error: Could not convert string 'x'",
        ),
    ],
)
def test_what_is_wrong_with_a_query_is_said(flights: duckdb.DuckDBPyConnection, query: str, fault: str) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read_table(flights.sql(query))
    assert str(caught.value).startswith(f"the duckdb table: {fault}")


def test_a_disk_without_room_for_the_rows(flights: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("wade.tables.reading.arrow_stream.pa.OSFile", full)
    with pytest.raises(DiskFull, match="No space left on device"):
        read_table(flights.sql("select * from flights"))
