"""Tables that do not fit into memory: what is learned from them is what would have been learned in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

import wade
from wade.errors import ColumnError, DataError, DiskFull, InvalidArgument, UnreadableTable
from wade.model.preparation import prepare as lessons
from wade.model.preparation.memory import Plan
from wade.model.preparation.streaming import RowsRead
from wade.tables import BUILT_IN
from wade.tables.columns import disk
from wade.tables.reading.size_estimate import Size

ROWS = 3_000
Force = Callable[..., None]


def table(rows: int = ROWS, seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    size = rng.lognormal(3.0, 1.0, rows).round(2)
    kind = rng.choice(["a", "b", "c", "rare"], rows, p=[0.5, 0.3, 0.19, 0.01])
    days = np.datetime64("2012-03-01T00:00") + rng.integers(0, 900 * 1440, rows).astype("timedelta64[m]")
    notes = [f"text {a} and word {b} of row {i}" for i, (a, b) in enumerate(rng.integers(0, 99, (rows, 2)))]
    late = np.where(rng.random(rows) < 1 / (1 + np.exp(-(size - 20) / 10)), "yes", "no")
    return pa.table(
        {
            "id": np.arange(rows),
            "size": pa.array(size, mask=rng.random(rows) < 0.05),
            "count": rng.poisson(3.0, rows),
            "kind": pa.array(kind, mask=rng.random(rows) < 0.03),
            "member": rng.random(rows) < 0.5,
            "day": days.astype("datetime64[s]"),
            "written": [str(day)[:10] for day in days],
            "note": notes,
            "always": ["same"] * rows,
            "late": pa.array(late, mask=rng.random(rows) < 0.02),
            "part": rng.choice(["train", "validation", "test"], rows, p=[0.7, 0.15, 0.15]),
        }
    )


@pytest.fixture
def force(monkeypatch: pytest.MonkeyPatch) -> Force:
    """Streams whatever comes from then on, through windows of so many bytes."""

    def force(window: int = 1 << 26, judges: int = 10**6) -> None:
        monkeypatch.setattr(lessons, "plan", lambda size, memory: Plan(True, "The test says so.", window, judges))

    return force


@pytest.fixture(params=["csv", "parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"table.{request.param}"
    if request.param == "csv":
        csv.write_csv(table(), path)
    else:
        parquet.write_table(table(), path, row_group_size=700)
    return path


def learn(data: Any, target: str = "late", **settings: Any) -> wade.Model:
    return wade.learn(data, target, **{"hidden": (8,), "members": 1, "epochs": 2, "batch_size": 64, **settings})


def parts_of(model: wade.Model) -> list[int]:
    return [model.report["split"][part] for part in ("train", "validation", "test")]


def test_a_small_table_is_learned_as_in_memory(path: Path, force: Force) -> None:
    in_memory = learn(path, part="part")
    force()
    streamed = learn(path, part="part")
    assert streamed.schema.to_dict() == in_memory.schema.to_dict()
    assert streamed.encoder.to_dict() == in_memory.encoder.to_dict()
    assert streamed.target == in_memory.target
    assert np.array_equal(streamed.network.theta, in_memory.network.theta)
    for figure in ("test", "baselines", "base_rate", "rows", "notes"):
        assert streamed.report[figure] == in_memory.report[figure]
    assert parts_of(streamed) == parts_of(in_memory)
    assert in_memory.report["memory"]["streamed"] is False
    assert streamed.report["memory"] == {"streamed": True, "why": "The test says so."}


def test_a_number_as_target(path: Path, force: Force) -> None:
    in_memory = learn(path, "size", part="part", drop=["note"])
    force()
    streamed = learn(path, "size", part="part", drop=["note"])
    assert streamed.encoder.to_dict() == in_memory.encoder.to_dict()
    assert streamed.target.mean == pytest.approx(in_memory.target.mean, rel=1e-12)
    assert streamed.target.scale == pytest.approx(in_memory.target.scale, rel=1e-12)
    assert streamed.report["test"]["rmse"] == pytest.approx(in_memory.report["test"]["rmse"], rel=1e-4)


def test_roles_that_are_asked_for(path: Path, force: Force) -> None:
    roles = {"count": "category", "written": "date-time", "kind": "category", "id": "number"}
    in_memory = learn(path, part="part", roles=roles)
    force()
    streamed = learn(path, part="part", roles=roles)
    assert streamed.encoder.to_dict() == in_memory.encoder.to_dict()
    assert [column.role for column in streamed.schema.columns] == [column.role for column in in_memory.schema.columns]


def test_nothing_is_learned_from_validation_and_test_rows(force: Force) -> None:
    force()
    rows = table(2_000)
    part = np.array(rows["part"].to_pylist())
    far = np.where(part == "train", np.arange(2_000) % 7, 1e9)
    kinds = np.where(part == "train", np.where(far % 2, "known", "known too"), "never taught")
    rows = rows.set_column(1, "size", pa.array(far)).set_column(3, "kind", pa.array(kinds)).drop_columns(["note", "id"])
    encoder = learn(rows, part="part").encoder.to_dict()
    encodings = {encoding["column"]: encoding for encoding in encoder["encodings"]}
    assert encodings["size"]["scale"] == {"median": 3.0, "factor": 0.25}
    assert sorted(encodings["kind"]["values"]) == ["known", "known too"]


@pytest.mark.parametrize("window", [1, 20_000])
def test_the_same_seed_gives_the_same_bits(path: Path, force: Force, window: int) -> None:
    force(window)
    one, two, other = (
        learn(path, drop=["note"], members=2, seed=seed, threads=threads) for seed, threads in ((3, 1), (3, 2), (4, 2))
    )
    assert np.array_equal(one.network.theta, two.network.theta)
    told_apart = dict.fromkeys(("seconds", "settings", "options", "history"))  # times and the number of threads
    assert {**one.report, **told_apart} == {**two.report, **told_apart}
    assert not np.array_equal(one.network.theta, other.network.theta)


def test_parts_at_random_have_about_their_shares(force: Force) -> None:
    force()
    model = learn(table(8_000), drop=["note", "part"])
    train, validation, test = parts_of(model)
    assert abs(validation - 1_600) < 160
    assert abs(test - 1_600) < 160
    assert train + validation + test == model.report["rows"] == 8_000 - table(8_000)["late"].null_count
    assert "At random" in model.report["split"]["why"]


def test_no_more_rows_are_held_out_than_there_is_memory_for(force: Force) -> None:
    force(judges=300)
    model = learn(table(8_000), drop=["note", "part"])
    assert all(abs(rows - 300) < 80 for rows in parts_of(model)[1:])
    assert "At most 300 test rows" in model.report["split"]["why"]


def test_by_time_the_latest_rows_are_test_rows(force: Force) -> None:
    force()
    rows = table(4_000)
    days = np.sort(rows["day"].to_numpy())
    model = learn(rows, split="time", time="day", drop=["note", "part", "written"])
    train, validation, test = parts_of(model)
    assert abs(validation - 800) < 60
    assert abs(test - 800) < 60
    # What is known of the column is that of all rows; what is taught, of the early ones.
    assert model.schema.time == "day"
    assert "elapsed" not in str(model.encoder.layout.names)
    assert days[train] <= days[train + validation]


def test_groups_stay_together(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    force()
    group = np.random.default_rng(5).integers(0, 300, ROWS)
    rows = table().append_column("patient", pa.array(group)).drop_columns(["note", "part"])
    taught: list[np.ndarray] = []
    from wade.tables.streaming.profiler import TableProfiler

    look = TableProfiler.add
    monkeypatch.setattr(
        TableProfiler, "add", lambda self, batch, parts: (taught.append(parts), look(self, batch, parts))[1]
    )
    model = learn(rows, group="patient")
    parts = np.concatenate(taught)
    for one in range(300):
        assert len(set(parts[(group == one) & (parts >= 0)])) <= 1
    assert all(400 < rows < 2_300 for rows in parts_of(model))


def test_a_column_without_validation_rows(force: Force) -> None:
    force()
    rows = table()
    part = pa.array(["train" if part == "validation" else part for part in rows["part"].to_pylist()])
    train, validation, test = parts_of(learn(rows.set_column(10, "part", part), part="part", drop=["note"]))
    assert 150 < validation < 350
    assert abs(test - 450) < 90
    assert train > 1_500


@pytest.mark.parametrize("streamed", [False, True])
def test_files_as_parts(tmp_path: Path, force: Force, streamed: bool) -> None:
    if streamed:
        force()
    rows = table().drop_columns(["part", "note"])
    for name, start, stop in (("train", 0, 2_000), ("validation", 2_000, 2_400), ("test", 2_400, 3_000)):
        parquet.write_table(rows.slice(start, stop - start), tmp_path / f"{name}.parquet")
    labelled = [
        int(np.asarray(rows["late"].is_valid())[a:b].sum()) for a, b in ((0, 2_000), (2_000, 2_400), (2_400, 3_000))
    ]
    data, validation, test = (tmp_path / f"{name}.parquet" for name in ("train", "validation", "test"))
    assert parts_of(learn(data, validation=validation, test=test)) == labelled
    only_test = parts_of(learn(data, test=test))
    assert only_test[2] == labelled[2]
    assert sum(only_test[:2]) == labelled[0]
    assert 100 < only_test[1] < 500
    only_validation = parts_of(learn(data, validation=rows.slice(2_000, 400)))
    assert only_validation[1] == labelled[1]
    assert sum(only_validation) == labelled[0] + labelled[1]
    assert 300 < only_validation[2] < 600


@pytest.mark.parametrize(
    "more", [{"split": "time"}, {"part": "kind"}, {"group": "kind"}, {"test_rows": 5}, {"rows": 100}]
)
def test_files_as_parts_leave_no_other_choice(more: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        learn(table(), test=table(), **more)


def test_a_number_of_rows_at_random(force: Force) -> None:
    force()
    assert abs(learn(table(8_000), rows=2_000, drop=["note", "part"]).report["rows"] - 2_000) < 200


def test_rows_that_come_again_are_counted(force: Force) -> None:
    force()
    rows = table(500).drop_columns(["part", "note", "id"])
    model = learn(pa.concat_tables([rows] * 8))
    assert model.report["split"]["repeated"] > 0.9 * model.report["split"]["test"]
    assert any("equal a training row" in note for note in model.report["notes"])


def test_both_passes_are_told(path: Path, force: Force) -> None:
    force()
    told: list[RowsRead] = []
    learn(path, on_event=lambda event: told.append(event) if isinstance(event, RowsRead) else None)
    assert [event.stage for event in told] == sorted((event.stage for event in told), reverse=True)
    for stage in ("profiling", "encoding"):
        assert [event.rows_done for event in told if event.stage == stage][-1] == ROWS


@pytest.mark.parametrize(
    ("column", "value", "settings", "message"),
    [
        ("size", pa.scalar(float("inf")), {}, "column 'size', row 2501: the value is infinite"),
        ("note", pa.scalar("what"), {"roles": {"note": "number"}}, "column 'note', row 1: expected a number"),
        ("written", pa.scalar("2013-02-30"), {"roles": {"written": "date-time"}}, "row 2501: expected a date"),
        ("part", pa.scalar(None, pa.string()), {"part": "part"}, "column 'part', row 2501: the value is missing"),
    ],
)
def test_a_late_fault_is_named_by_its_row(
    force: Force, column: str, value: pa.Scalar, settings: dict[str, Any], message: str, tmp_path: Path
) -> None:
    rows = table().set_column(9, "late", pa.array(["yes", "no"] * (ROWS // 2)))
    place = rows.column_names.index(column)
    values = rows[column].to_pylist()
    values[2_500] = value.as_py()
    parquet.write_table(
        rows.set_column(place, column, pa.array(values, rows[column].type)), tmp_path / "t.parquet", row_group_size=400
    )
    force()
    with pytest.raises(ColumnError) as caught:
        learn(tmp_path / "t.parquet", **settings)
    assert message in str(caught.value)


def test_a_part_without_rows_is_refused(force: Force) -> None:
    force()
    rows = table(200).drop_columns(["part", "note"])
    with pytest.raises(DataError, match=r"no row is for (training|validation|test)"):
        learn(rows.append_column("shop", pa.array(["one"] * 200)), group="shop")


def test_a_file_that_changes_between_two_passes_is_refused(path: Path, force: Force) -> None:
    force()

    def change(event: Any) -> None:
        if isinstance(event, RowsRead) and event.stage == "profiling":
            os.utime(path, (1, 1))

    with pytest.raises(UnreadableTable, match=r"table\.(csv|parquet): the file changed while it was being read"):
        learn(path, on_event=change)


def test_a_full_disk_is_said_before_rows_are_written(
    path: Path, force: Force, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    force()
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 1_000}))
    with pytest.raises(DiskFull, match=r"and 1 kB are free\)\. Free some space"):
        learn(path)


def test_the_choice_follows_the_size(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr("wade.tables.reading.dataset.size_of", lambda part: Size(ROWS, 10**9))
    why = learn(path, memory="700MB").report["memory"]
    assert why["streamed"]
    assert why["why"].startswith("The table needs about 5.3 GB of memory, more than the limit of 700 MB")


STORY = """
import re, sys, wade
model = wade.learn(sys.argv[1], "delayed", memory="600MB", epochs=1, hidden=(16,), schedule="constant")
assert model.report["memory"]["streamed"], model.report["memory"]
assert model.report["test"]["auc"] > 0.65, model.report["test"]
# Not `ru_maxrss`: it remembers the process that started this one.
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
"""


def write_flights(path: Path, copies: int) -> None:
    flights = BUILT_IN["flights"].read()
    with parquet.ParquetWriter(path, flights.schema) as writer:
        for _ in range(copies):
            writer.write_table(flights)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what a process took at most")
@pytest.mark.slow("only a large table needs more memory than it is allowed")
def test_memory_stays_within_what_is_allowed(tmp_path: Path) -> None:
    write_flights(tmp_path / "flights.parquet", 4)
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path / "flights.parquet")],
        capture_output=True, text=True, check=False, env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 600e6
    assert [entry.name for entry in tmp_path.iterdir()] == ["flights.parquet"]


def test_numbers_stand_among_the_bins_that_they_would_have_in_memory(path: Path, force: Force) -> None:
    whole = learn(path, numbers="piecewise")
    force()
    streamed = learn(path, numbers="piecewise")
    assert len(whole.encoder.layout.piecewise) == 2
    assert streamed.encoder.layout == whole.encoder.layout
    assert streamed.report["test"] == learn(path).report["test"]
    assert streamed.report["test"]["log_loss"] == pytest.approx(whole.report["test"]["log_loss"], rel=0.05)
