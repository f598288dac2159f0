"""The target column becomes what a network can be trained towards, and comes back in its own unit."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import ColumnError
from wade.tables import Target, infer_schema, read_table


def fit(values, rows=None, **settings):
    """The target of these rows, whose role was inferred from all of them."""
    table = read_table(pa.table({"x": range(len(values)), "y": values}))
    schema = infer_schema(table, "t", "y", **settings)
    return Target.fit(table if rows is None else table.take(rows), schema)


def encode(target, values):
    return target.encode(read_table(pa.table({"y": values})), "new.csv")


@pytest.mark.parametrize(
    ("values", "classes", "second"),
    [
        ([1, 0, 1], (0, 1), 1),
        ([2.0, 1.0, 2.0], (1, 2), 2),
        (["yes", "no", "yes"], ("no", "yes"), "yes"),
        ([True, False, True], (False, True), True),
    ],
)
def test_two_classes(values, classes, second):
    target = fit(values)
    assert (target.task, target.classes) == ("binary", classes)
    y = encode(target, [second, classes[0]])
    assert y.dtype == np.float32
    assert y.tolist() == [[1], [0]]


def test_many_classes():
    target = fit(["b", "a", "c"])
    assert (target.task, target.classes) == ("multiclass", ("a", "b", "c"))
    codes = encode(target, ["c", "a", "b"])
    assert codes.dtype == np.int32
    assert codes.tolist() == [2, 0, 1]


def test_a_number_is_standardised_by_the_training_rows():
    # of 1 and 3: mean 2, standard deviation 1
    target = fit([1.0, 3.0, 100.5, 7.0], rows=np.array([0, 1]))
    assert (target.task, target.mean, target.scale) == ("regression", 2.0, 1.0)
    y = encode(target, [1.0, 2.5])
    assert y.dtype == np.float32
    assert y.tolist() == [[-1], [0.5]]
    assert target.decode_number(y).tolist() == [[1.0], [2.5]]


def test_a_number_that_is_constant_in_the_training_rows():
    target = fit([4.5, 4.5, 1.0], rows=np.array([0, 1]))
    assert (target.mean, target.scale) == (4.5, 1.0)


def test_numbers_read_as_text_are_the_same_classes():
    target = fit([0, 1, 0])
    table = read_table(pa.table({"y": ["1", "0"]}), text=["y"])
    assert target.encode(table, "new.csv").tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (["a", "z"], "new.csv, column 'y', row 2: 'z' is not one of the classes of the model. They are: a, b"),
        (["a", None], "new.csv, column 'y', row 2: the value is missing"),
    ],
)
def test_targets_that_cannot_be_evaluated(values, complaint):
    with pytest.raises(ColumnError, match=complaint):
        encode(fit(["a", "b"]), values)


def test_the_target_is_absent():
    with pytest.raises(ColumnError, match="column 'y' missing"):
        fit(["a", "b"]).encode(read_table(pa.table({"x": [1]})), "new.csv")


@pytest.mark.parametrize("values", [[0, 1, 0], ["a", "b", "c"], [True, False, True], [0.5, 1.5, 2.0]])
def test_json_and_back(values):
    target = fit(values)
    again = Target.from_dict(json.loads(json.dumps(target.to_dict())))
    assert again == target
    assert list(map(type, again.classes)) == list(map(type, target.classes))
