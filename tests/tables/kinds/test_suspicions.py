"""Numbers that may stand for missing values, and dates in other languages, are noted; others are not."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from wade.tables import infer_schema, read_table

SOME: list[Any] = [0.5, 3.25, 7.0, 12.5, 19.75, 4.0, 8.5, 15.25] * 5
SENTINELS: dict[str, tuple[list[Any], str]] = {
    "below": ([*SOME, -999.0], "-999"),
    "a fraction": ([*SOME, -999.25, -999.25], "-999.25"),
    "more nines": ([*SOME, -9999.9], "-9999.9"),
    "above": ([*SOME, 9999], "9999"),
    "codes of a survey": ([1, 2, 3, 4, 5] * 8 + [99], "99"),
    "beside missing ones": ([*SOME, None, -99.0], "-99"),
}
NONE: dict[str, list[Any]] = {
    "a wide range": [1, 50, 400, 998, 999] * 8,
    "another number": [*SOME, -1000.0],
    "ages": [18, 35, 64, 90, 99] * 8,
    "few others": [0, 1, 99] * 13,
    "text": ["a", "b", "999"] * 13,
}


def notes(values: list[Any], role: str = "") -> list[str]:
    target = [index / 7 for index in range(len(values))]
    schema = infer_schema(read_table(pa.table({"x": values, "y": target})), "t", "y", roles={"x": role} if role else {})
    return [note for note in schema.notes if note.startswith("Column 'x'")]


@pytest.mark.parametrize("case", SENTINELS)
def test_numbers_that_may_mean_missing_are_noted(case: str) -> None:
    values, marker = SENTINELS[case]
    [note] = notes(values)
    assert f"{marker} is far from all other values" in note
    assert f"--missing{'=' if marker[0] == '-' else ' '}{marker}." in note
    table = read_table(pa.table({"y": values, "x": range(len(values))}))
    assert any(f"{marker} is far" in one for one in infer_schema(table, "t", "y", roles={"x": "number"}).notes)
    kept = read_table(pa.table({"x": values, "y": SOME[:1] * len(values)}), missing=[marker])
    assert marker not in map(str, kept["x"].to_pylist())


@pytest.mark.parametrize("case", NONE)
def test_other_numbers_are_not(case: str) -> None:
    assert notes(NONE[case]) == []


EUROS = [f"{at * 7 % 31 + 5},50 €" for at in range(30)]


@pytest.mark.parametrize(
    ("extra", "marker"),
    [(["-999"] * 3, "-999"), (["-999", "12"], ""), (["-999 €"], ""), (["0"] * 3, ""), (["9999"], "9999"), ([], "")],
)
def test_nines_without_a_unit_among_numbers_with_one_are_noted(extra: list[str], marker: str) -> None:
    found = [note for note in notes([*EUROS, *extra]) if "without a unit" in note]
    assert len(found) == bool(marker)
    if marker:
        rows = "1 row" if len(extra) == 1 else f"{len(extra)} rows"
        assert f"{marker} stands without a unit, in {rows}, beside numbers in €." in found[0]
        kept = read_table(pa.table({"x": [*EUROS, *extra]}), missing=[marker])
        assert kept["x"].null_count == len(extra)


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (["DE", "de", "FR"], "'DE' and 'de' are"),
        (["New York", "NewYork", "new york", "Bonn"], "'New York' and 'NewYork' and 'new york' are"),
        (["Straße", "STRASSE", "Weg"], "'STRASSE' and 'Straße' are"),
        (["a", "A", "b", "B", "c", "C", "d", "D", "e", "E"], "'C' and 'c' and 2 more such are"),
        (["DE", "FR", "D"], ""),
        (["true", "TRUE", "unknown"], ""),
    ],
)
def test_categories_that_differ_in_their_spelling_only_are_noted(texts: list[str], named: str) -> None:
    found = [note for note in notes(texts * 12) if "different categories" in note]
    assert len(found) == bool(named)
    assert named in "".join(found)


MONTHS = {
    "German": ["{}. Januar 2023", "{}. Mai 2023", "{}. Dezember 2023"],
    "French": ["{} janvier 2023", "{} mai 2023", "{} août 2023"],
    "Spanish": ["{} de enero de 2023", "{} de mayo de 2023", "{} de agosto de 2023"],
    "short": ["{} janv. 23", "{} févr. 23", "{} avr. 23"],
}
NO_MONTHS = {
    "English": ["{} January 2023", "{} May 2023", "{} August 2023"],
    "streets": ["{} Main Street 2023", "{} Oak 2023", "{} Elm 2023"],
    "one word": ["{} Stück 2023"] * 3,
    "units": ["{} kg", "{} Stück", "{} Liter"],
}


@pytest.mark.parametrize("case", [*MONTHS, *NO_MONTHS])
def test_dates_in_other_languages_are_noted(case: str) -> None:
    forms = {**MONTHS, **NO_MONTHS}[case]
    texts = [forms[day % 3].format(day % 28 + 1) for day in range(60)]
    found = notes(texts, "" if case in MONTHS else "category" if case != "English" else "")
    assert [("may hold dates" in note) for note in found] == ([True] if case in MONTHS else [])
