"""`wade data`: a table for a person, JSON for a machine, TOML to edit and give back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import wade

Wade = Callable[..., Any]
QUICK = ("--epochs", "1", "--hidden", "4")


@pytest.fixture
def guests(folder: Path) -> Path:
    """A table with a column of each role."""
    lines = ["id,name,zip,day,member,note,house,nights"]
    for i in range(120):
        note = f"the guest in room {i} asked for {i} towels"
        lines.append(f"{i},guest{i},{(101, 205, 333)[i % 3]},{i % 28 + 1}/1/2013,{i % 2 == 0},{note},1,{i * 7 % 11}")
    path = folder / "guests.csv"
    path.write_text("\n".join([*lines, ""]))
    return path


def roles(wade_: Wade, *arguments: str) -> dict[str, str]:
    result = wade_("data", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return {column["name"]: column["role"] for column in json.loads(result.stdout)["columns"]}


def test_every_column_has_a_role(wade_: Wade, guests: Path) -> None:
    found = roles(wade_, "guests.csv", "--target", "nights")
    assert found == {
        "id": "identifier",
        "name": "identifier",
        "zip": "number",
        "day": "date-time",
        "member": "boolean",
        "note": "text",
        "house": "constant",
        "nights": "target",
    }


def test_columns_and_time_are_chosen_as_in_training(wade_: Wade, guests: Path) -> None:
    assert roles(wade_, "guests.csv", "--target", "nights", "--columns", "zip,note") == {
        "zip": "number",
        "note": "text",
        "nights": "target",
    }
    said = json.loads(wade_("data", "guests.csv", "--target", "nights", "--time", "zip", "--json").stdout)
    assert said["time"] == "zip"
    assert "no column 'dya'" in wade_("data", "guests.csv", "--time", "dya").stderr


def test_the_json_holds_what_was_seen(wade_: Wade, guests: Path) -> None:
    said = json.loads(wade_("data", "guests.csv", "--target", "nights", "--json").stdout)
    assert (said["rows"], said["target"], said["time"]) == (120, "nights", "day")
    zips = said["columns"][2]
    assert (zips["low"], zips["high"], zips["different"], zips["exact"], zips["missing"]) == (101, 333, 3, True, 0)
    assert zips["examples"] == ["101", "205", "333"]
    assert said["columns"][7]["kind"] == "number"
    assert {warning["kind"]: warning["column"] for warning in said["warnings"]} == {"code": "zip"}


def test_the_table_fits_80_columns_and_says_what_to_do_next(wade_: Wade, guests: Path) -> None:
    said = wade_("data", "guests.csv", "--target", "nights").stdout
    lines = said.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert "guests.csv: 8 columns, 120 rows, target nights" in said
    assert "numbers from 101 to 333; 3 distinct" in said
    assert "guest0, guest1, guest10, …" in " ".join(said.split())
    assert "--role zip=category" in " ".join(said.split())
    assert "wade train guests.csv --target nights" in said


def test_the_built_in_flights_are_described_without_an_option(wade_: Wade, folder: Path) -> None:
    found = roles(wade_, "flights")
    assert found["delayed"] == "target"
    assert found["carrier"] == "category"


def test_units_that_a_file_says_are_shown(wade_: Wade, folder: Path) -> None:
    fields = [pa.field("wind", pa.float64(), metadata={"unit": "km/h"}), pa.field("gust", pa.float64())]
    table = pa.table([pa.array([0.0, 5.0, 9.0, 7.0] * 10)] * 2, schema=pa.schema(fields))
    parquet.write_table(table, folder / "winds.parquet")
    said = " ".join(wade_("data", "winds.parquet").stdout.split())
    assert "numbers from 0 to 9 km/h; 4 distinct" in said
    assert "numbers from 0 to 9; 4 distinct" in said
    columns = json.loads(wade_("data", "winds.parquet", "--json").stdout)["columns"]
    assert [one["unit"] for one in columns] == ["km/h", ""]


def test_roles_by_hand(wade_: Wade, guests: Path) -> None:
    found = roles(wade_, "guests.csv", "--role", "nights=target", "--role", "zip=category", "--role", "name=category")
    assert (found["nights"], found["zip"], found["name"]) == ("target", "category", "category")
    assert "zip" not in roles(wade_, "guests.csv", "--drop", "zip")


def test_training_follows_a_schema_that_was_edited(wade_: Wade, guests: Path, folder: Path) -> None:
    written = wade_("data", "guests.csv", "--target", "nights", "--toml").stdout
    assert 'zip = "number"' in written
    assert 'day = "date-time %d/%m/%Y"' in written
    (folder / "guests.toml").write_text(written.replace('zip = "number"', 'zip = "category"'))
    result = wade_("train", "guests.csv", "--schema", "guests.toml", "--json", *QUICK)
    assert result.exit_code == 0, result.stderr
    schema = wade.load(folder / "guests.wade").schema
    assert {column.name: column.role for column in schema.columns} == {
        "zip": "category",
        "day": "date-time",
        "member": "boolean",
        "note": "text",
    }
    assert [column.role for column in schema.left_out] == ["identifier", "identifier", "constant"]
    said = json.loads(result.stdout)["notes"]
    assert any(note.startswith("Dropped: 'id' (identifier), 'name' (identifier), 'house' (constant).") for note in said)
    assert b"towels" not in (folder / "guests.wade").read_bytes()


def test_what_is_said_by_hand_goes_before_the_file(wade_: Wade, guests: Path, folder: Path) -> None:
    (folder / "guests.toml").write_text('target = "member"\nmissing = ["333"]\n[roles]\nzip = "category"\n')
    arguments = ("guests.csv", "--schema", "guests.toml", "--target", "nights", "--role", "zip=number")
    said = json.loads(wade_("data", *arguments, "--json").stdout)
    zips = said["columns"][2]
    assert (said["target"], zips["role"], zips["missing"]) == ("nights", "number", 40)


def test_training_in_python_takes_the_same_roles(guests: Path) -> None:
    model = wade.learn(guests, roles={"nights": "target", "zip": "category"}, hidden=(4,), epochs=1)
    assert model.target.column == "nights"
    assert next(column.role for column in model.schema.columns if column.name == "zip") == "category"


def test_a_leak_is_noted_in_training(wade_: Wade, folder: Path) -> None:
    lines = [f"{i * 37 % 101},{i * 37 % 101 * 2},{i % 7}" for i in range(300)]
    (folder / "leak.csv").write_text("\n".join(["price,cents,size", *lines, ""]))
    notes = json.loads(wade_("train", "leak.csv", "--target", "price", "--json", *QUICK).stdout)["notes"]
    assert notes[0].startswith("'cents' alone predicts the target almost perfectly")


def test_strange_names_are_shown_escaped(wade_: Wade, folder: Path) -> None:
    (folder / "strange.csv").write_text("[bold]x[/bold],\x1b[31my,z\n" + "1,2,a\n2,3,b\n2,4,a\n" * 10)
    said = wade_("data", "strange.csv").stdout
    assert "[bold]x[/bold]" in said
    assert "\\x1b[31my" in said
    assert "\x1b[31m" not in said
    assert '"\\U0000001B[31my" = "number"' in wade_("data", "strange.csv", "--toml").stdout


def test_verbose_has_distinct_values_missing_rows_and_more_examples(wade_: Wade, folder: Path) -> None:
    lines = [f"{row % 7},{'' if row % 10 == 0 else 'abcdef'[row % 6]}" for row in range(60)]
    (folder / "some.csv").write_text("\n".join(["size,kind", *lines, ""]))
    short, long = (wade_("data", "some.csv", *verbose).stdout for verbose in ((), ("--verbose",)))
    assert "6 (10.0%)" in long
    assert "6 (10.0%)" not in short
    assert "; 6 distinct:" in " ".join(long.split())
    assert "b, c, a, …" not in long
    assert re.search(r"size number – numbers from 0 to 6; 7 distinct: 0, 1, 2, 3, \w, …", " ".join(long.split()))


BAD = {
    "a file that does not exist": (("nothing.csv",), "no such file"),
    "a column that is not there": (("guests.csv", "--role", "zap=number"), "Did you mean 'zip'?"),
    "a role that is none": (("guests.csv", "--role", "zip=numer"), "`--role` must be a role's name"),
    "no role": (("guests.csv", "--role", "zip"), "`--role` must be COLUMN=ROLE; received 'zip'. Try --role zip=categ"),
    "two roles": (("guests.csv", "--role", "zip=number", "--role", "zip=category"), "must give 'zip' one role"),
    "two targets": (("guests.csv", "--target", "nights", "--role", "zip=target"), "must name one target"),
    "a role for what is dropped": (("guests.csv", "--drop", "zip", "--role", "zip=number"), "which is left out"),
    "two ways to be a category": (("guests.csv", "--category", "zip", "--role", "zip=number"), "must not contradict"),
    "a schema that is not there": (("guests.csv", "--schema", "no.toml"), "`--schema` must be a file"),
    "two ways to print": (("guests.csv", "--json", "--toml"), "`--toml` cannot be combined with --json"),
    "a target that is constant": (("guests.csv", "--target", "house"), "nothing to predict"),
    "dates that are none": (("guests.csv", "--role", "name=date-time"), "row 1: expected a date"),
}


@pytest.mark.parametrize(("arguments", "part"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_message(wade_: Wade, guests: Path, arguments: tuple[str, ...], part: str) -> None:
    result = wade_("data", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("wade: ")
    assert result.stderr.count("\n") == 1
    assert part in result.stderr
