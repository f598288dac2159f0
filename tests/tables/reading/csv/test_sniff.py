"""How a text file is written is found out by evidence, and can be said piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wade.errors import InvalidArgument, UnreadableTable
from wade.tables import AUTO_DETECT, Dialect, read_table
from wade.tables.reading.csv.sniff import detect_dialect


def found(text: str | bytes, given: Dialect = AUTO_DETECT, expected: Dialect = AUTO_DETECT) -> Dialect:
    return detect_dialect(text if isinstance(text, bytes) else text.encode(), "table.csv", given, expected).dialect


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a\tb\n1\t2\n", "\t"),
        ("a;b\n1,5;2,5\n", ";"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"a;x",b\n"1;2",2\n', ","),
        ("last, first;age\nDoe, Jo;5\nRoe;6\n", ";"),
        ("a\n1\n", ","),
        ("sep=|\na|b,c\n1|2\n", "|"),
        ("a,b;c\n1,2;3\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("1,5;x\n3,5;y\n", ";"),
        ("id,name;x,n\n1,foo;bar,2\n", ","),
    ],
)
def test_separators(text: str, separator: str) -> None:
    assert found(text).separator == separator


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,x\n", True),
        ("1,x\n2,y\n", False),
        ("name,city\nx,y\n", True),
        ("NA,5\n3,4\n", False),
        ("country,2013,2014\nx,1,2\n", True),
        ("label,0,1,2\nx,7,8,9\n", True),
        ("2013-01-01,x\n2013-01-02,y\n", False),
        ("day,x\n2013-01-02,y\n", True),
        ("31.12.2013;1,5\n01.01.2014;2,5\n", False),
        ("a,b\n", True),
        ("1,2\n", False),
        ("a,b\n,\nNA,?\n", True),
    ],
)
def test_headers(text: str, header: bool) -> None:
    assert found(text).header is header


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("a;b\n1,5;2\n", ",", ""),
        ("a;b\n1.5;2\n", ".", ""),
        ("a;b\n1.234,5;2\n", ",", "."),
        ('a,b\n"1,234.5",2\n', ".", ","),
        ('a,b\n"1,234,567",2\n', ".", ","),
        ("a;b\n1 234,5;2\n", ",", " "),
        ("a;b\n1\u00a0234,5;2\n", ",", "\u00a0"),
        ("a;b\n1'234.5;2\n", ".", "'"),
        ("a;b\n31.12.2013;2\n", ".", ""),
        ("a;b\n10.0.0.1;1,5\n", ",", ""),
        ("a;b;c\n1.5;1,5;2.5\n", ".", ""),
    ],
)
def test_marks_of_numbers(text: str, decimal: str, thousands: str) -> None:
    dialect = found(text)
    assert (dialect.decimal, dialect.thousands) == (decimal, thousands)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("a\n1\n-\n3\n", ("-",)),
        ("a\n1\nmissing\n3\n*\n4\n", ("*", "missing")),
        ("a\nx\n-\ny\n", ()),
        ("a\n1\nfour\n-\n5\n6\n", ()),
        ("a\n-\n-\n3\n", ()),
    ],
)
def test_marks_of_missing_values(text: str, missing: tuple[str, ...]) -> None:
    assert found(text).missing == missing


def test_what_is_said_is_taken_and_the_rest_detected() -> None:
    dialect = found("a;b\n1,5;2\n", Dialect(header=False, missing=("b",)))
    assert (dialect.header, dialect.separator, dialect.decimal, dialect.missing) == (False, ";", ",", ("b",))
    assert "The first line holds values, as given." in dialect.why


def test_what_is_expected_counts_only_where_nothing_speaks_against_it() -> None:
    expected = Dialect(decimal=",", thousands=".", separator=";", quote="'", header=True)
    open_ = found("a;b\n1,234;2\n", expected=expected)
    assert (open_.decimal, open_.separator, open_.quote) == (",", ";", "'")
    other = found("a,b\n1.5,2\n", expected=expected)
    assert (other.decimal, other.separator, other.thousands) == (".", ",", "")
    assert found("1;2\n3;4\n", expected=expected).header is False


def test_every_setting_says_why_and_the_surprising_ones_are_notes() -> None:
    dialect = found("1,5;x\n2,5;é\n".encode("latin-1"))
    assert len(dialect.why) >= 4
    assert set(dialect.notes) < set(dialect.why)
    assert any("column_1 … column_2" in note for note in dialect.notes)
    assert any("'1,5'" in note for note in dialect.notes)
    assert found("a,b\n1.5,x\n").notes == ()


def test_a_character_or_a_row_may_be_cut_off_at_the_end_of_what_is_looked_at() -> None:
    beginning = "a;b\n1,5;é\n2,5;é".encode()[:-1]
    assert detect_dialect(beginning, "table.csv", whole=False).dialect.encoding == "utf-8"


def test_a_dialect_survives_being_saved() -> None:
    dialect = found("# c\n1,5;x\n2,5;-\n")
    assert Dialect.from_dict(dialect.to_dict()) == dialect


@pytest.mark.parametrize(
    "setting",
    [
        {"encoding": "latin-99"},
        {"encoding": "base64"},
        {"separator": ";;"},
        {"separator": ""},
        {"separator": "\n"},
        {"separator": '"', "quote": '"'},
        {"decimal": "point"},
        {"decimal": ".", "thousands": "."},
        {"skip": -1},
        {"skip": True},
        {"header": "yes"},
        {"separator": "é"},
    ],
)
def test_settings_that_cannot_be_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=f"`({'|'.join(setting)})` must be"):
        Dialect(**setting)


@pytest.mark.parametrize("text", ['x,y\n"1,234",a\n"2,345",b\n', "x;y\n1,234;a\n2,345;b\n"])
def test_columns_that_stay_text_are_no_evidence_of_how_numbers_are_written(text: str) -> None:
    with pytest.raises(UnreadableTable, match="may mean"):
        found(text)
    dialect = detect_dialect(text.encode(), "table.csv", text=["x"]).dialect
    assert (dialect.decimal, dialect.thousands) == (".", "")


@pytest.mark.parametrize("number", ["7", "1,5", "1.234,5"])
def test_internet_addresses_are_no_evidence_of_a_decimal_comma(number: str, tmp_path: Path) -> None:
    rows = [f"192.168.1{at:02}.204;{number}" for at in range(10, 30)]
    (tmp_path / "t.csv").write_text("\n".join(["address;x", *rows]))
    table = read_table(tmp_path / "t.csv")
    assert table["address"][0].as_py() == "192.168.110.204"
    assert table["x"][0].as_py() == float(number.replace(".", "").replace(",", "."))
    assert found("\n".join(["address", *(row.partition(";")[0] for row in rows)])).decimal == "."
