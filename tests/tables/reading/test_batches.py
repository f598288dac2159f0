"""A table batch by batch: one schema, exact faults, and memory that does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wade.errors import UnreadableTable
from wade.tables import BUILT_IN, read_batches, read_table

Write = Callable[[str, str], Path]
MANY = 200_000


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str, name: str = "table.csv") -> Path:
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write


def lines_of(*last: str, first: str = "{i},x,2013-01-01,true,10:30") -> str:
    return "n,t,d,b,c\n" + "\n".join([*(first.format(i=i) for i in range(MANY)), *last, ""])


LATE_FAULTS = {
    "text among numbers": ("four,x,2013-01-01,true,10:30", "column 'n', row 200001: expected a number", "'four'"),
    "no date": ("1,x,2013-02-30,true,10:30", "column 'd', row 200001: expected a date", "'2013-02-30'"),
    "neither true nor false": ("1,x,2013-01-01,maybe,10:30", "column 'b', row 200001: expected true or", "'maybe'"),
    "no time of day": ("1,x,2013-01-01,true,noon", "column 'c', row 200001: expected a time of day", "'noon'"),
    "a row too short": ("1,x", "row 200001: 2 values under 5 column names", "quotation marks"),
}


@pytest.mark.parametrize("fault", LATE_FAULTS)
def test_a_late_fault_is_named_with_its_row(write: Write, fault: str) -> None:
    line, *parts = LATE_FAULTS[fault]
    with pytest.raises(UnreadableTable) as caught:
        list(read_batches(write(lines_of(line, "5,y,2014-01-01,false,11:00"))))
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_late_values_that_fit_after_all(write: Write) -> None:
    late = (" NA ,x,2013-01-01,true,10:30", "1.5,y,NA,false,", " ? , z ,,,10:00")
    path = write(lines_of(*late))
    found = pa.Table.from_batches(read_batches(path))
    assert found.slice(MANY).to_pylist() == read_table(path).slice(MANY).to_pylist()
    assert found.slice(MANY)["n"].to_pylist() == [None, 1.5, None]
    assert found.num_rows == MANY + 3


def test_a_column_that_begins_without_values_must_go_on_so(write: Write) -> None:
    path = write(lines_of("1,x,2013-01-01,true,7", first="{i},x,2013-01-01,true,"))
    with pytest.raises(UnreadableTable, match="column 'c', row 200001: expected no value"):
        list(read_batches(path))
    declared = pa.Table.from_batches(read_batches(path, text=["c"]))
    assert declared["c"].to_pylist()[-2:] == [None, "7"]


def test_numbers_beyond_a_doubles_reach_stay_whole(write: Write) -> None:
    path = write("n,t\n9007199254740993,x\n1,y\n")
    assert pa.Table.from_batches(read_batches(path))["n"].to_pylist() == [9007199254740993, 1]


def test_text_far_down_in_one_encoding_and_many_batches(write: Write) -> None:
    path = write("")
    path.write_bytes(("a;b\n" + "1,5;é\n" * MANY).encode("utf-16"))
    batches = list(read_batches(path))
    assert len(batches) > 1
    assert len({str(batch.schema) for batch in batches}) == 1
    assert sum(batch.num_rows for batch in batches) == MANY
    assert batches[-1].to_pylist()[-1] == {"a": 1.5, "b": "é"}


def test_comments_across_blocks(write: Write) -> None:
    path = write("# c\na,b\n" + '# no row, none\n1,"x\n# y"\n' * 60_000)
    assert read_table(path).num_rows == 60_000
    assert sum(batch.num_rows for batch in read_batches(path)) == 60_000


def test_json_lines_with_a_late_fault(write: Write) -> None:
    line = '{"a": %d, "b": "some text that makes the line longer, so that there are several blocks"}\n'
    content = "".join(line % i for i in range(MANY))
    with pytest.raises(UnreadableTable, match="column 'a', row 200001: the type changes"):
        list(read_batches(write(content + '{"a": "x", "b": "y"}\n', "table.jsonl")))
    with pytest.raises(UnreadableTable, match="row 200001: a key that the beginning of the file does not have"):
        list(read_batches(write(content + '{"a": 1, "c": "y"}\n', "table.jsonl")))
    with pytest.raises(UnreadableTable, match="row 200001: "):
        read_table(write(content + '{"a": \n', "table.jsonl"))


def test_the_flights_batch_by_batch_are_the_flights(tmp_path: Path) -> None:
    flights = BUILT_IN["flights"].read()
    path = tmp_path / "flights.parquet"
    pq.write_table(flights, path)
    found = pa.Table.from_batches(read_batches(path))
    assert found.column_names == flights.column_names
    for name in ("scheduled_departure", "carrier", "wind_gust"):
        assert found[name].to_pylist() == flights[name].to_pylist()


SIZES = {"big.csv": 1_500_000, "big.jsonl": 200_000, "big.parquet": 500_000, "big.feather": 500_000}
WRITE_AND_READ = """
import sys
import numpy as np, pyarrow as pa
import pyarrow.csv as csv, pyarrow.parquet as pq
from wade.tables import read_batches

name, rows = sys.argv[1], int(sys.argv[2])
numbers = np.arange(rows) / 7
table = pa.table({"number": numbers, "text": ["carrier %d" % (i % 50) for i in range(rows)]})
if name.endswith(".csv"):
    csv.write_csv(table, name)
elif name.endswith(".jsonl"):
    with open(name, "w") as file:
        file.writelines(f'{{"number": {i}, "text": "carrier {i % 50}"}}\\n' for i in range(rows))
elif name.endswith(".parquet"):
    pq.write_table(table, name, row_group_size=100_000)
else:
    with pa.ipc.new_file(name, table.schema) as writer:
        writer.write_table(table, max_chunksize=100_000)
del table
before, peak, seen = pa.total_allocated_bytes(), 0, 0
for batch in read_batches(name):
    seen += batch.num_rows
    peak = max(peak, pa.total_allocated_bytes() - before)
assert seen == rows, seen
print(peak)
"""


@pytest.mark.parametrize("name", SIZES)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    peaks = []
    for rows in (SIZES[name], 3 * SIZES[name]):
        arguments = [sys.executable, "-c", WRITE_AND_READ, str(tmp_path / name), str(rows)]
        peaks.append(float(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] < 1.5 * peaks[0]
