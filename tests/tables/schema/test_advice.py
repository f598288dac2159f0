"""Remedies name any text so that the program reads it back, and advice that would do harm is not given."""

from __future__ import annotations

import shlex

import pyarrow as pa
import pytest

from wade.errors import ColumnError, InvalidArgument
from wade.settings.readers import names
from wade.tables import infer_schema, read_table
from wade.tables.columns.command_options import option
from wade.tables.kinds.column import Problem
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.advice import tried

ODD = (
    *("Free", "it's", "it's free, or", "line\nbreak", "line\rbreak", "a,b", 'say "hi"', "-x", "a. b, or", "x or y"),
    *("--missing z", "tab\there", "$HOME", "`ls`", "*", "Größe", "\u202eabc"),
)


@pytest.mark.parametrize("text", ODD)
def test_an_option_names_any_text(text: str) -> None:
    [word] = shlex.split(option("--missing", text).removeprefix("--missing").removeprefix("="))
    assert names("missing", word) == (text,)


@pytest.mark.parametrize("text", ODD)
def test_advice_that_empties_another_column_is_taken_back(text: str) -> None:
    profiles = {
        "size": ColumnProfile.of(pa.array(["1", "2", "3", text]).dictionary_encode()),
        "type": ColumnProfile.of(pa.array([text, "Paid", text, text]).dictionary_encode()),
    }
    remedy = f"Correct the text, take it as missing with {option('--missing', text)}, or drop it."
    assert tried(Problem("mixed type", remedy, 0), "size", profiles).remedy == "Correct the text, or drop it."
    harmless = {"size": profiles["size"], "type": ColumnProfile.of(pa.array(["a", "b", "a"]).dictionary_encode())}
    assert tried(Problem("mixed type", remedy, 0), "size", harmless).remedy == remedy


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("others", [["1.5", "2.5", "3.5"], ["2013-01-02", "2013-01-03", "2014-05-06"]])
def test_text_among_numbers_and_dates_is_refused_with_an_option_that_names_it(text: str, others: list[str]) -> None:
    table = read_table(pa.table({"x": [*others * 10, text], "y": [0.5, *range(30)]}))
    with pytest.raises(ColumnError, match="mixed type") as refused:
        infer_schema(table, "t", "y")
    assert option("--missing", text) in (refused.value.remedy or "")


def test_a_name_with_a_line_break_needs_quotation_marks() -> None:
    assert names("drop", '"line\nbreak",x') == ("line\nbreak", "x")
    with pytest.raises(InvalidArgument, match="double quotes"):
        names("drop", "line\nbreak,x")
