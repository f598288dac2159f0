"""Every column gets a role with a reason; a column that cannot be used is named, with its row and a remedy."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import ColumnError, InvalidArgument
from wade.tables import Schema, infer_schema, labelled_rows, read_table, times_of
from wade.tables.profile.column_profile import profile_table
from wade.tables.schema.infer import time_column
from wade.tables.schema.overrides import ColumnOverrides


def table_of(**columns):
    return read_table(pa.table(columns))


def schema_of(values, **settings):
    """The schema of a table with these values in column x, and a target y."""
    return infer_schema(table_of(x=values, y=[i % 2 for i in range(len(values))]), "table.csv", "y", **settings)


TIME = pa.array([0, 86_400], pa.timestamp("s"))


@pytest.mark.parametrize(
    ("values", "role", "why"),
    [
        ([1, 2, 3], "number", "numbers from 1 to 3"),
        ([1.5, None, 2.5, 3], "number", "numbers from 1.5 to 3"),
        (["1", "?", " 2.5"], "number", "numbers from 1 to 2.5"),
        ([1, None, 1], "number", "numbers from 1 to 1"),
        ([7 * i % 50 for i in range(60)], "number", "numbers from 0 to 49"),
        ([1, 2] * 30, "number", "numbers from 1 to 2"),
        ([True, False, True], "boolean", "true or false"),
        (["a", "b", "a"], "category", "text with 2 different values"),
        (["1", "b", "c"], "category", "text with 3 different values"),
        ([f"id{i}" for i in range(50)], "category", "text with 50 different values"),
        (["red wine with fish", "white wine with meat"] * 30, "category", "text with 2 different values"),
        (TIME, "date-time", "dates from 1970-01-01 to 1970-01-02"),
        (["2013-01-01", "2013-01-02 05:30"], "date-time", "written as ISO 8601"),
        (["1/2/2013", "31/1/2013"], "date-time", "dates from 2013-01-31 to 2013-02-01, written as %d/%m/%Y"),
        (["1/2/2013", "1/31/2013"], "date-time", "dates from 2013-01-02 to 2013-01-31, written as %m/%d/%Y"),
        (["31.1.2013 05:30", "1.2.2013 5:30"], "date-time", "written as %d.%m.%Y"),
        (["1/2/2013", "2/3/2013"], "category", "write dates as YYYY-MM-DD"),
    ],
)
def test_roles_and_reasons(values, role, why):
    column = schema_of(values).columns[0]
    assert column.role == role
    assert why in column.why


@pytest.mark.parametrize(
    ("values", "complaint", "remedy"),
    [
        (["1", "2", "?", "three", "4"], "'x', row 4: mixed type: 'three' among numbers (1 of 4 values", "--category x"),
        (["1", "a", "2", "b"], "'x', row 2: mixed type: 'a' among numbers (2 of 4 values", "--missing a,b"),
        ([1.0, 2.0, float("inf")], "'x', row 3: the value is infinite (inf)", "empty cell"),
        ([1.0, float("-inf"), 2.0], "'x', row 2: the value is infinite (-inf)", "empty cell"),
        (["1", "2", "inf"], "'x', row 3: the value is infinite (inf)", "empty cell"),
        ([[1], [2]], "'x': values of type list", "--drop x"),
        ([{"a": 1}, {"a": 2}], "'x': values of type struct", "--drop x"),
        ([b"1", b"2"], "'x': values of type binary", "--drop x"),
    ],
)
def test_unusable_columns(values, complaint, remedy):
    with pytest.raises(ColumnError) as caught:
        schema_of(values)
    assert str(caught.value).startswith("table.csv, column " + complaint)
    assert remedy in caught.value.remedy


def test_a_bad_column_does_no_harm_where_it_is_not_used():
    table = table_of(x=["1", "a", "2"], z=[1, 2, 3], y=[0, 1, 0])
    assert [c.name for c in infer_schema(table, "t", "y", drop=["x"]).columns] == ["z"]
    assert [c.name for c in infer_schema(table, "t", "y", columns=["z"]).columns] == ["z"]


def test_all_bad_columns_are_named_at_once():
    table = table_of(a=["1", "x", "2"], b=[1.0, float("inf"), 2.0], c=[1, 2, 3], y=[0, 1, 0])
    with pytest.raises(
        ColumnError, match=r"'a', row 2: mixed type: 'x'.*Also 'b': the value is infinite.*--drop a,b\."
    ):
        infer_schema(table, "t", "y")


def test_a_mixed_column_may_be_taken_as_a_category():
    column = schema_of(["1", "2", "three"], categories=["x"]).columns[0]
    assert (column.role, column.why) == ("category", "a category with 3 different values, as requested")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"target": "dealyed"}, r"no column 'dealyed' \(the target\)\. Did you mean 'delayed'\? The columns are: Wind"),
        ({"target": "DELAYED"}, "Did you mean 'delayed'"),
        ({"columns": ["wind"]}, "Did you mean 'Wind'"),
        ({"drop": ["wnd"]}, "Did you mean 'Wind'"),
        ({"categories": ["zzz"]}, "no column 'zzz'"),
        ({"time": "zzz"}, r"no column 'zzz' \(the time\)"),
    ],
)
def test_unknown_names_are_met_with_the_nearest_one(settings, complaint):
    table = table_of(Wind=[1, 2, 3], delayed=[0, 1, 1])
    with pytest.raises(ColumnError, match=complaint):
        infer_schema(table, "flights.csv", **{"target": "delayed", **settings})


@pytest.mark.parametrize("settings", [{"columns": ["x", "y"]}, {"drop": ["y"]}, {"drop": ["x"]}, {"columns": []}])
def test_contradictory_choices(settings):
    with pytest.raises(InvalidArgument):
        schema_of([1, 2, 3], **settings)


@pytest.mark.parametrize(
    ("values", "role", "why"),
    [
        ([0, 1] * 30, "category", "two classes: 0 and 1"),
        ([1.0, 2.0, None] * 30, "category", "two classes: 1 and 2"),
        ([True, False] * 30, "boolean", "two classes"),
        (["no", "yes"] * 30, "category", "two classes"),
        (["a", "b", "c"] * 20, "category", "many classes"),
        ([0, 1, 2] * 20, "category", "without a gap: classes"),
        ([1, 2, 3, 4, 5] * 20, "category", "without a gap: classes"),
        ([0, 1, 2] * 19, "number", "--category y"),
        ([3, 4, 5] * 20, "number", "--category y"),
        ([0, 1, 3] * 20, "number", "--category y"),
        (list(range(21)) * 20, "number", "numbers from 0 to 20"),
        ([0.5, 1.5] * 30, "number", "numbers from 0.5 to 1.5"),
    ],
)
def test_the_targets_role(values, role, why):
    target = infer_schema(table_of(x=[i % 2 for i in range(len(values))], y=values), "t", "y").target
    assert target.role == role
    assert why in target.why


def test_numbers_become_classes_on_request():
    table = table_of(x=[0, 1] * 30, y=[3, 4, 5] * 20)
    assert infer_schema(table, "t", "y", categories=["y"]).target.role == "category"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([1, 1, 1], "column 'y': the value is always '1', so there is nothing to predict"),
        ([1, None, 1], "nothing to predict"),
        ([None, None, None], "every value is missing"),
        (["1", "2", "x"], "column 'y', row 3: mixed type"),
        ([1.0, 2.0, float("inf")], "column 'y', row 3: the value is infinite"),
        (pa.array([0, 1, 2], pa.timestamp("s")), "dates cannot be predicted"),
        ([f"name {i}" for i in range(60)], "60 different texts in 60 rows are too many"),
    ],
)
def test_targets_from_which_nothing_can_be_learned(values, complaint):
    with pytest.raises(ColumnError, match=complaint):
        infer_schema(table_of(x=[i % 2 for i in range(len(values))], y=values), "t", "y")


def test_rows_without_a_target_are_left_out_and_the_user_is_told():
    table = table_of(x=[1, 2, 3, 4], y=[None, 0.5, None, 1.25])
    schema = infer_schema(table, "t", "y")
    assert labelled_rows(table, "y").tolist() == [1, 3]
    assert schema.notes == ("2 of 4 rows have no y and are dropped (the first is row 1).",)


def test_the_time_is_the_only_date_time_column_even_where_it_is_no_input():
    table = table_of(day=TIME, x=[1, 2], y=[0, 1])
    assert infer_schema(table, "t", "y", columns=["x"]).time == "day"
    assert infer_schema(table, "t", "y", drop=["day"]).time is None
    assert infer_schema(table_of(day=TIME, night=TIME, x=[1, 2], y=[0, 1]), "t", "y").time is None
    assert infer_schema(table_of(day=TIME, night=TIME, y=[0, 1]), "t", "y", time="night").time == "night"


def test_times():
    table = table_of(
        day=["31/1/2013", "1/2/2013"], year=[2013, 2014], gap=["2013-01-01", "?"], town=["a", "b"], y=[0, 1]
    )

    def ordered_by(time):
        column = time_column(table, profile_table(table), ColumnOverrides("y", ["year"], time=time), "t")
        return times_of(table, column, "t")

    assert ordered_by("day").tolist() == np.array(["2013-01-31", "2013-02-01"], "M8[D]").astype(float).tolist()
    assert ordered_by("year").tolist() == [2013, 2014]
    with pytest.raises(ColumnError, match=r"'gap', row 2: the time is missing \(as in 1 of 2 rows\)"):
        ordered_by("gap")
    with pytest.raises(ColumnError, match="'town': rows cannot be ordered in time"):
        ordered_by("town")


def test_json_and_back():
    schema = infer_schema(table_of(day=TIME, x=["a", "b"], y=[0, 1]), "t", "y")
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema
    assert schema.text_columns == {"x": (), "y": ()}
