"""Numbers with units keep their unit on every screen: roles, metrics, predictions and explanations."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

QUICK = ("--epochs", "2", "--hidden", "4")
Wade = Callable[..., Any]


@pytest.fixture
def rooms(wade_: Wade, folder: Path) -> None:
    rows = [f"{1 + n % 4} rooms,{90 + n % 13},5 %,{950 + 37 * n % 900} €" for n in range(120)]
    lines = [f'{row.split(",")[0]},"{",".join(row.split(",")[1:3])}",{row.split(",")[3]}' for row in rows]
    Path("rooms.csv").write_text("size,rate,rent\n" + "\n".join(lines) + "\n")
    wade_("train", "rooms.csv", "--target", "rent", "--quiet", *QUICK)


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_roles_name_the_unit(wade_: Wade, rooms: None) -> None:
    shown = words(wade_("data", "rooms.csv", "--target", "rent").stdout)
    assert "size number – numbers in room, from 1 to 4" in shown
    assert "rate number – numbers in %, from 90.5 to 102.5 (with a decimal comma)" in shown
    assert "rent target – numbers in €, from 950 to " in shown
    columns = json.loads(wade_("data", "rooms.csv", "--target", "rent", "--json").stdout)["columns"]
    assert [column["form"] for column in columns] == ["1.234,56 room", "1.234,56 %", "1.234,56 €"]


def test_a_schema_file_keeps_the_form(wade_: Wade, rooms: None) -> None:
    text = wade_("data", "rooms.csv", "--target", "rent", "--toml").stdout
    assert 'rate = "number 1.234,56 %"' in text
    Path("schema.toml").write_text(text)
    assert wade_("train", "rooms.csv", "--schema", "schema.toml", "-q", "-o", "again.wade", *QUICK).exit_code == 0
    first, again = (wade_("predict", name, "rooms.csv", "--quiet").stdout for name in ("rooms.wade", "again.wade"))
    assert first == again


def test_metrics_and_predictions_name_the_unit(wade_: Wade, rooms: None) -> None:
    for command in (("evaluate", "rooms.wade", "rooms.csv"), ("train", "rooms.csv", "--target", "rent", *QUICK)):
        assert "Lower is better for RMSE and MAE (in €), higher for R²." in words(wade_(*command).stdout)
    found = wade_("predict", "rooms.wade", "rooms.csv")
    assert "note: rent is predicted in €" in found.stderr
    assert json.loads(wade_("predict", "rooms.wade", "rooms.csv", "--json").stdout)["unit"] == "€"


def test_an_explanation_names_the_units(wade_: Wade, rooms: None) -> None:
    shown = words(wade_("why", "rooms.wade", "rooms.csv", "--row", "2").stdout)
    assert " room " in shown
    assert "size 2 room 2.5 room" in shown  # both sides in one way of writing
    assert "rate 91.5 % " in shown
    assert ", in €" in shown
    changed = words(wade_("why", "rooms.wade", "rooms.csv", "--row", "2", "--to", "1400").stdout)
    assert "column this row instead" not in changed or " room " in changed.partition("instead")[2]


def test_a_report_has_every_unit_once(wade_: Wade, rooms: None) -> None:
    shown = words(wade_("report", "rooms.wade", "rooms.csv", "--format", "md").stdout)
    for unit in ("%", "€", "room"):
        assert f"{unit} {unit}" not in shown
    for internal in ("pyarrow", "--weight"):
        assert internal not in shown
    assert "72 training rows of 120 rows" in shown
