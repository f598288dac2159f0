"""Roles that are found, roles that are asked for, and whatever cannot be: each is refused by name."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import ColumnError, InvalidArgument
from wade.tables import Schema, infer_schema, read_table
from wade.tables.schema.overrides import ColumnOverrides, joined_roles, named_target, read_role
from wade.tables.schema.overview import UNUSABLE, describe
from wade.tables.schema.toml import as_toml, read_schema_file

N = 60
HALVES = [i % 2 for i in range(N)]
NAMES = [f"id{i}" for i in range(N)]
NOTES = [f"the guest in room {i} asked for {i} towels" for i in range(N)]


def table_of(**columns):
    return read_table(pa.table(columns))


def schema_of(values, **settings):
    """The schema of a table with these values in x, a number z that helps nobody, and a target y."""
    columns = {"x": values, "z": [i % 7 for i in range(len(values))], "y": [i % 2 for i in range(len(values))]}
    return infer_schema(table_of(**columns), "table.csv", "y", **settings)


@pytest.mark.parametrize(
    ("values", "role", "why"),
    [
        ([None] * N, "constant", "every value is missing"),
        ([5] * N, "constant", "the value is always '5'"),
        (["a"] * N, "constant", "the value is always 'a'"),
        ([True] * N, "constant", "the value is always 'true'"),
        (list(range(N)), "identifier", "one more in every row"),
        ([7 * i % N + 1000 for i in range(N)], "identifier", "another whole number in every row: it numbers the rows"),
        (NAMES, "identifier", "text with another value in every row"),
        ([*NAMES[:-1], None], "identifier", "text with another value in every row"),
        ([*NAMES[:-1], NAMES[0]], "identifier", "almost every row"),
    ],
)
def test_columns_that_are_left_out_with_a_reason(values, role, why):
    schema = schema_of(values)
    assert [column.name for column in schema.columns] == ["z"]
    assert schema.left_out[0].role == role
    assert why in schema.left_out[0].why
    assert any("'x'" in note for note in schema.notes)


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (np.linspace(0, 1, N), "number"),  # another value in every row, but measured
        ([i * 10**6 for i in range(N)], "number"),  # so wide a range that no two need be equal
        ([1, None] * (N // 2), "number"),  # that it is missing may say something
        (["a", None] * (N // 2), "category"),
        (NOTES, "text"),
        (NOTES[:30], "category"),  # too few rows to tell
        (NOTES[:6] * 10, "category"),  # sentences that come back are answers to choose from
        (["Ann", "Bob", "Eve"] * 20, "category"),
    ],
)
def test_columns_that_stay(values, role):
    assert next(column.role for column in schema_of(values).columns if column.name == "x") == role


@pytest.mark.parametrize(
    ("values", "role", "read"),
    [
        ([1, 2] * 30, "category", "category"),
        (NAMES, "category", "category"),
        (list(range(N)), "number", "number"),
        ([0, 1] * 30, "boolean", "boolean"),
        ([True, False] * 30, "number", "number"),
        (["1/2/2013", "3/4/2013"] * 30, "date-time %d/%m/%Y", "date-time"),
        (["2013-01-01", "2013-01-02"] * 30, "category", "category"),
        (pa.array(["1", "2"] * 30).dictionary_encode(), "number", "number"),
        (["red wine", "white wine"] * 30, "Text", "text"),
    ],
)
def test_roles_that_are_asked_for(values, role, read):
    column = next(column for column in schema_of(values, roles={"x": role}).columns if column.name == "x")
    assert column.role == read
    assert "as requested" in column.why


def test_a_role_that_leaves_out():
    assert [column.name for column in schema_of(["a", "b"] * 30, roles={"x": "identifier"}).columns] == ["z"]


def test_an_identifier_that_is_named_as_an_input_is_taken():
    assert [c.role for c in schema_of(list(range(N)), columns=["x"]).columns] == ["number"]


def test_dates_that_are_taken_as_categories_do_not_order_the_rows():
    dates = ["2013-01-01", "2013-01-02"] * 30
    assert schema_of(dates).time == "x"
    assert schema_of(dates, roles={"x": "category"}).time is None


def test_numbers_with_more_digits_than_a_double_are_noted_where_they_are_read_as_numbers():
    long = [9_007_199_254_740_993, 9_007_199_254_740_995, 17] * 20
    notes = [note for note in schema_of(long).notes if "'x'" in note]
    assert len(notes) == 1
    assert not [note for note in schema_of(long, roles={"x": "category"}).notes if "'x'" in note]


def test_the_target_may_be_a_number_on_request():
    table = table_of(x=HALVES, y=[0, 1, 2] * 20)
    assert infer_schema(table, "t", "y").target.role == "category"
    assert infer_schema(table, "t", "y", roles={"y": "number"}).target.role == "number"
    large = table_of(x=HALVES, y=[1e80, 2e80] * 30)
    assert infer_schema(large, "t", "y", roles={"y": "category"}).target.role == "category"


def texts_in_units(numbers, words=0):
    """That many texts in kg and lb, and others that are no numbers."""
    return [*(f"{i} {'kg' if i % 2 else 'lb'}" for i in range(numbers)), *(f"word {i}" for i in range(words))]


@pytest.mark.parametrize(
    ("values", "role", "why"),
    [
        # Two whole numbers, or a run from 0 or 1 of at most 20, each in 20 rows or more on average.
        ([5, 7] * 30, "category", "two classes: 5 and 7"),
        ([0.5, 1.5] * 30, "number", "numbers from 0.5 to 1.5"),
        ([0, 1, 2] * 20, "category", "whole numbers 0 … 2 without a gap: classes"),
        ([1, 2, 3] * 20, "category", "whole numbers 1 … 3 without a gap: classes"),
        ([1, 2, 3] * 19, "number", "numbers from 1 to 3; as classes instead: --category y"),
        ([2, 3, 4] * 20, "number", "numbers from 2 to 4; as classes instead: --category y"),
        ([0, 1, 3] * 20, "number", "numbers from 0 to 3; as classes instead: --category y"),
        (list(range(20)) * 20, "category", "whole numbers 0 … 19 without a gap: classes"),
        (list(range(21)) * 20, "number", "numbers from 0 to 20"),
        # The same of numbers that are written as texts.
        (["5 kg", "7 kg"] * 30, "category", "text with 2 different values, which make two classes"),
        (["0 kg", "1 kg", "2 kg"] * 20, "category", "text with 3 different values, which make many classes"),
        (["1 kg", "2 kg", "3 kg"] * 20, "category", "text with 3 different values, which make many classes"),
        (["1 kg", "2 kg", "3 kg"] * 19, "number", "numbers in kg, from 1 to 3; as classes instead: --category y"),
        (["2 kg", "3 kg", "4 kg"] * 20, "number", "numbers in kg, from 2 to 4; as classes instead: --category y"),
        (["1 kg", "2 kg", "4 kg"] * 20, "number", "numbers in kg, from 1 to 4; as classes instead: --category y"),
        (["1.5 kg", "2 kg", "3 kg"] * 20, "number", "numbers in kg, from 1.5 to 3; as classes instead: --category y"),
        ([f"{i} kg" for i in range(20)] * 20, "category", "text with 20 different values, which make many classes"),
        ([f"{i} kg" for i in range(21)] * 20, "number", "numbers in kg, from 0 to 20"),
        # Texts: as many as half of more than 50 rows, unless most of more than 20 are numbers in several units.
        (["a", "b"] * 30, "category", "text with 2 different values, which make two classes"),
        ([f"t{i % 30}x" for i in range(60)], "category", "text with 30 different values, which make many classes"),
        ([f"t{i}x" for i in range(50)], "category", "text with 50 different values, which make many classes"),
        (texts_in_units(10, words=10) * 3, "category", "text with 20 different values, which make many classes"),
        (texts_in_units(11, words=12) * 3, "category", "text with 23 different values, which make many classes"),
    ],
)
def test_what_a_target_is_taken_for(values, role, why):
    target = infer_schema(table_of(x=[i % 3 for i in range(len(values))], y=values), "t", "y").target
    assert (target.role, target.why) == (role, why)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([f"t{i % 31}x" for i in range(60)], "31 different texts in 60 rows are too many to be classes"),
        ([f"t{i}x" for i in range(51)], "51 different texts in 51 rows are too many to be classes"),
        (texts_in_units(11, words=11) * 3, "22 different texts, such as '0 lb' and '1 kg', look like numbers in"),
    ],
)
def test_texts_that_are_no_classes(values, complaint):
    with pytest.raises(ColumnError, match=complaint):
        infer_schema(table_of(x=[i % 3 for i in range(len(values))], y=values), "t", "y")


def names(count):
    return [f"a{37 * i % 100}b{i}" for i in range(count)]


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (names(51), "identifier"),
        (names(50), "category"),
        ([*names(51), None], "identifier"),
        ([*names(50), None], "category"),  # a missing value is no name
        ([*names(57), *["again"] * 3], "identifier"),  # 95 of 100
        ([*names(56), *["again"] * 4], "category"),
    ],
)
def test_texts_are_ids_where_more_than_fifty_rows_have_one_and_nearly_all_of_them_their_own(values, role):
    schema = schema_of(values)
    assert {column.name: column.role for column in (*schema.columns, *schema.left_out)}["x"] == role


@pytest.mark.parametrize(
    ("values", "role", "why"),
    [
        ([5] * N, "constant", "the value is always '5'"),
        ([5] * N, "identifier", "dropped, as requested"),
        ([1, 2] * 30, "identifier", "dropped, as requested"),
    ],
)
def test_why_a_column_is_left_out_on_request(values, role, why):
    assert [(column.role, column.why) for column in schema_of(values, roles={"x": role}).left_out] == [(role, why)]


BAD = {
    "a target that is not there": ({}, {"target": "why"}, "no column 'why'"),
    "a target that is all missing": ({"y": [None] * N}, {}, "'y': every value is missing"),
    "a target that is constant": ({"y": [1] * N}, {}, "nothing to predict"),
    "a target of one class": ({"y": ["a"] * N}, {}, "always 'a', so there is nothing to predict"),
    "a target of dates": ({"y": pa.array(range(N), pa.timestamp("s"))}, {}, "dates cannot be predicted"),
    "a target of names": ({"y": NAMES}, {}, "60 different texts in 60 rows are too many"),
    "a target with no end": ({"y": [1.0, float("inf")] * 30}, {}, "'y', row 2: the value is infinite"),
    "a target of numbers too large": ({"y": [0.5, 1.5, 1e80] * 20}, {}, r"from 0.5 to 1e\+80, are beyond 1e\+70"),
    "a target as text": ({}, {"roles": {"y": "text"}}, "a target cannot have the role 'text'"),
    "a target that is no number": ({"y": ["a", "b"] * 30}, {"roles": {"y": "number"}}, "row 1: expected a number"),
    "the target among those to drop": ({}, {"drop": ["y"]}, "`drop` must not hold the target"),
    "the target among the inputs": ({}, {"columns": ["y"]}, "`columns` must not hold the target"),
    "nothing left by choice": ({}, {"drop": ["x"]}, "must leave at least one input"),
    "nothing left by its nature": ({"x": [7] * N}, {}, "no input column is left.*'x' is dropped as constant"),
    "all missing, but asked for": ({"x": [None] * N}, {"columns": ["x"]}, "'x': every value is missing"),
    "constant, but asked for": ({"x": [7] * N}, {"roles": {"x": "number"}}, "'x': the value is always '7'"),
    "numbers without end": ({"x": [1.0, float("-inf")] * 30}, {}, "'x', row 2: the value is infinite"),
    "text among numbers": ({"x": ["1", "2", "b"] * 20}, {}, "'x', row 3: mixed type: 'b' among numbers"),
    "lists": ({"x": [[1]] * N}, {}, "values of type list"),
    "lists as categories": ({"x": [[1]] * N}, {"roles": {"x": "category"}}, "values of type list"),
    "a role that is none": ({}, {"roles": {"x": "numbr"}}, "column 'x'; received 'numbr'. Did you mean 'number'"),
    "a role that is no text": ({}, {"roles": {"x": 3}}, "`roles` must be a role's name for the column 'x'"),
    "a role for nobody": ({}, {"roles": {"ex": "number"}}, r"no column 'ex' \(which is given a role\)"),
    "a number that is text": ({"x": ["1", "two", "b"] * 20}, {"roles": {"x": "number"}}, "row 2: .*found 'two'"),
    "a number that is a date": ({"x": pa.array(range(N), pa.timestamp("s"))}, {"roles": {"x": "number"}}, "row 1: "),
    "a boolean that is neither": ({"x": [0, 1, 2] * 20}, {"roles": {"x": "boolean"}}, "row 3: .*found '2'"),
    "a date that is none": ({"x": ["2013-01-01", "May", "June"] * 20}, {"roles": {"x": "date-time"}}, "row 2: .*'May'"),
    "dates that may be two": (
        {"x": ["1/2/2013", "3/4/2013"] * 30},
        {"roles": {"x": "date-time"}},
        "Give the form: --role",
    ),
    "dates in no known form": ({}, {"roles": {"x": "date-time %Q"}}, "'date-time' followed by a form"),
    "dates in another form": (
        {"x": ["31/1/2013", "1/2/2013"] * 30},
        {"roles": {"x": "date-time %m/%d/%Y"}},
        "row 1: expected a date .*found '31/1/2013'",
    ),
    "a constant that varies": (
        {},
        {"roles": {"x": "constant"}},
        "expected one value in every row, found 0 and 1|1 and 0",
    ),
    "text that is numbers": ({}, {"roles": {"x": "text"}}, "expected text, found numbers"),
    "a time that is not there": ({}, {"time": "when"}, "no column 'when'"),
}


@pytest.mark.parametrize(("columns", "settings", "complaint"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_by_name(columns, settings, complaint):
    table = table_of(**{"x": HALVES, "y": HALVES, **columns})
    with pytest.raises((ColumnError, InvalidArgument), match=complaint):
        infer_schema(table, "table.csv", **{"target": "y", **settings})


BAD_FILES = {
    "no TOML": (b"target = ", "must be a TOML file"),
    "no text": (b"\xff\xfe", "must be a TOML file"),
    "a line too deep": (b"x = " + b"[" * 100_000, "must be a TOML file"),
    "an unknown key": (b'taget = "y"', "received 'taget'. Did you mean 'target'"),
    "a target that is a number": (b"target = 3", "must have text as 'target'; received 3"),
    "roles that are a list": (b'roles = ["x"]', "must have a table of roles"),
    "a role that is a number": (b"[roles]\nx = 3", "must be a role's name for the column 'x'; received 3"),
    "an unknown role": (b'[roles]\nx = "numbr"', "received 'numbr'. Did you mean 'number'"),
    "missing marks that are no list": (b'missing = "NA"', "must have a list of texts as 'missing'"),
    "one column twice": (b'[roles]\nx = "number"\nx = "category"', "must be a TOML file"),
}


@pytest.mark.parametrize(("content", "complaint"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_schema_files_are_refused(tmp_path: Path, content, complaint):
    path = tmp_path / "schema.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidArgument, match=complaint):
        read_schema_file(path)


def test_a_schema_file_that_is_not_there_or_too_large(tmp_path: Path):
    with pytest.raises(InvalidArgument, match="No such file"):
        read_schema_file(tmp_path / "none.toml")
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(1 << 25)
    with pytest.raises(InvalidArgument, match="at most 16,777,216 bytes"):
        read_schema_file(tmp_path / "large.toml")


STRANGE = ["[bold red]", "\x1b[31mred", 'say "hi"', "back\\slash", "new\nline", "dé jà", "a.b", "\x7f", "#", "'"]


def test_a_schema_file_says_again_what_was_found(tmp_path: Path):
    columns = {name: [i % (3 + place) for i in range(N)] for place, name in enumerate(STRANGE)}
    columns |= {
        "day": ["31/1/2013", "1/2/2013"] * 30,
        "clock": pa.array(range(0, 60 * 86_400, 86_400), pa.timestamp("s")),
        "town": ["a", "b", None] * 20,
        "note": NOTES,
        "name": NAMES,
        "same": [1] * N,
        "y": HALVES,
    }
    table, path = table_of(**columns), tmp_path / "schema.toml"
    text = as_toml(describe(table, "t\x1b[2J", ColumnOverrides("y", time="day")), missing=["-9"])
    assert all(character.isprintable() or character == "\n" for character in text)
    path.write_text(text)
    file = read_schema_file(path)
    assert (file.target, file.time, file.missing) == ("y", "day", ("-9",))
    found, again = (infer_schema(table, "t", "y", time="day", roles=roles) for roles in (None, file.roles))
    assert [(c.name, c.role, c.form) for c in again.columns] == [(c.name, c.role, c.form) for c in found.columns]
    assert [(c.name, c.role) for c in again.left_out] == [(c.name, c.role) for c in found.left_out]


def test_what_cannot_be_used_is_shown_and_written_as_a_comment():
    overview = describe(table_of(tags=[[1]] * N, x=HALVES, y=HALVES), "t", ColumnOverrides("y"))
    assert (overview.columns[0].name, overview.columns[0].role) == ("tags", UNUSABLE)
    assert overview.cautions[0].kind == "unusable"
    assert "# tags cannot be used" in as_toml(overview)


@pytest.mark.parametrize(
    ("columns", "kind", "words"),
    [
        ({"zone": [101, 205, 333, 478] * 50}, "code", "--role zone=category"),
        ({"zip": [1, 2, 3, 4] * 50}, "code", "--role zip=category"),
        ({"x": [f"id{i}" for i in range(150)] + ["a", "b"] * 25}, "identifier", "--role x=identifier"),
        ({"x": [i * 10**9 for i in range(200)]}, "identifier", "--role x=identifier"),
        ({"x": ["1/2/2013", "3/4/2013"] * 100}, "date", "--role 'x=date-time %d/%m/%Y'"),
        ({"x": ["1", "2", "b"] * 60 + ["3"] * 20}, "unusable", "'x', row 3: mixed type"),
        ({"a zip": [1, 2, 3, 4] * 50}, "code", "--role 'a zip=category'"),
        ({"x": [i % 2 for i in range(200)]}, "leak", "--drop x"),
        (
            {"x": [i % 190 / 7 for i in range(200)], "z": [i % 190 / 3 for i in range(200)]},
            "duplicates",
            "10 of 200 rows repeat another",
        ),
    ],
)
def test_what_to_look_at_twice(columns, kind, words):
    overview = describe(table_of(**columns, y=[i % 2 for i in range(200)]), "t", ColumnOverrides("y"))
    assert any(caution.kind == kind and words in caution.message for caution in overview.cautions)


@pytest.mark.parametrize(
    ("columns", "is_noted"),
    [
        ({"x": [i % 5 for i in range(200)]}, False),  # ten different rows are all there can be
        ({"x": [i * 7 % 23 for i in range(200)], "z": [i * 5 % 17 for i in range(200)]}, False),
        ({"x": [i * 7 % 150 for i in range(200)], "z": [i * 5 % 150 for i in range(200)]}, True),
        ({"x": [i / 7 for i in range(199)] + [1 / 7], "z": [i / 3 for i in range(199)] + [1 / 3]}, True),
        ({"x": [None] * 100 + [1.0] * 100}, False),
    ],
)
def test_rows_that_repeat_by_chance_are_not_called_entered_twice(columns, is_noted):
    overview = describe(table_of(**columns, y=[i % 2 for i in range(200)]), "t", ColumnOverrides("y"))
    assert any(caution.kind == "duplicates" for caution in overview.cautions) is is_noted


@pytest.mark.parametrize(
    "values",
    [
        [i % 12 + 1 for i in range(240)],  # months
        [2000 + 7 * (i % 4) for i in range(240)],  # years
        [100 * (1 + i % 9) for i in range(240)],  # amounts in steps
        [0, 150, 3_000, 20_000] * 60,  # amounts of any size
        [i / 4 for i in range(240)],
    ],
)
def test_numbers_that_are_no_codes(values):
    overview = describe(table_of(x=values, y=[i // 2 % 2 for i in range(240)]), "t", ColumnOverrides("y"))
    assert not {"code", "identifier"} & {caution.kind for caution in overview.cautions}


def test_two_hundred_thousand_categories_take_little_memory():
    texts = pa.array([f"value {i}" for i in range(200_000)]).dictionary_encode()
    table = pa.table({"x": texts, "z": np.arange(200_000) % 7, "y": np.arange(200_000) % 2})
    tracemalloc.start()
    schema = infer_schema(table, "t", "y")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert schema.left_out[0].facts.different == pytest.approx(200_000, rel=0.05)
    assert len(json.dumps(schema.to_dict())) < 3_000
    assert peak < 40e6, "a batch of 65,536 rows and a few thousand kept values, not the column"


def test_nothing_of_identifiers_and_text_is_kept():
    table = table_of(name=NAMES, note=NOTES, card=[7 * i % N + 99_000 for i in range(N)], x=HALVES, y=HALVES)
    kept = json.dumps(infer_schema(table, "t", "y").to_dict())
    assert not any(secret in kept for secret in ("id0", "id59", "towels", "99000", "99059"))


def test_values_of_few_rows_are_no_examples():
    schema = infer_schema(table_of(x=["a", "b"] * 30 + ["secret"], y=[0, 1] * 30 + [1]), "t", "y")
    assert schema.columns[0].facts.examples == ("a", "b")
    assert schema.columns[0].facts.different == 3


def test_facts_come_back_from_json():
    schema = infer_schema(table_of(day=["31/1/2013", "1/2/2013"] * 30, x=HALVES, name=NAMES, y=HALVES), "t", "y")
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema
    assert (schema.columns[0].facts.low, schema.columns[0].facts.high) == ("2013-01-31", "2013-02-01")


def test_a_schema_from_before_columns_were_left_out_can_be_read():
    old = {"name": "x", "role": "number", "why": "numbers from 0 to 1", "form": ""}
    schema = Schema.from_dict({"columns": [old], "target": {**old, "name": "y"}, "time": None, "notes": []})
    assert (schema.columns[0].facts, schema.left_out) == (None, ())


def test_roles_by_hand_go_before_those_of_a_file_and_contradictions_are_refused():
    assert joined_roles({"a": "number"}, ["b"], ["c"], {"a": "category", "c": "number"}) == {
        "a": "number",
        "b": "category",
        "c": "number",
    }
    with pytest.raises(InvalidArgument, match="must not contradict the categories"):
        joined_roles({"a": "number"}, ["a"], [], {})
    with pytest.raises(InvalidArgument, match="'a', which is left out"):
        joined_roles({"a": "number"}, [], ["a"], {})
    with pytest.raises(InvalidArgument, match="must name one target; received \"'a', 'b'\""):
        named_target("a", {"b": "target"})


NO_ROLES = (
    *("", "datum", "number %d", "category number", "date-time %d", "date-time %Y-%m %m", "date-time %Q"),
    *("date-time %d/%m/%Y %I:%M", "date-time Mars/Olympus", "date-time ../zone", "date-time Europe", "identifier %d"),
)


@pytest.mark.parametrize("text", NO_ROLES)
def test_roles_that_do_not_exist(text):
    with pytest.raises(InvalidArgument, match="`roles`"):
        read_role("x", text)
