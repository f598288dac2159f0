"""A single row is answered as a table of it, and soon."""

from __future__ import annotations

import pickle
from time import perf_counter

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wade
from wade.errors import Diverged

ROW = {"wind": 21.5, "origin": "JFK", "at": "2013-02-10 05:00"}


def learned(target):
    generator = np.random.default_rng(3)
    n = 80
    hours = generator.integers(0, 9_000, n)
    table = {
        "wind": [None if i % 9 == 0 else float(value) for i, value in enumerate(generator.normal(20, 8, n))],
        "origin": generator.choice(["JFK", "EWR", "LGA"], n).tolist(),
        "at": (np.datetime64("2012-06-01", "s") + hours * np.timedelta64(3600, "s")).astype(str).tolist(),
        "answer": {
            "two": ["yes" if hour % 2 else "no" for hour in hours],
            "many": [f"part {hour % 3}" for hour in hours],
            "number": [float(hour) / 7 for hour in hours],
        }[target],
    }
    return wade.learn(pa.table(table), "answer", epochs=2, hidden=(8,), missing=["-999"])


@pytest.fixture(scope="module", params=["two", "many", "number"])
def model(request):
    return learned(request.param)


def as_table(row):
    """Of two rows: a frame of one row would be taken as a row."""
    return pa.table({name: [value, value] for name, value in row.items()})


@pytest.mark.parametrize(
    "change",
    [{}, {"wind": None}, {"wind": "-999"}, {"origin": "SFO"}, {"at": "2031-07-01"}, {"at": "?"}],
)
def test_a_row_is_answered_as_its_table(model, change):
    row = {**ROW, **change}
    expected = model.predict(as_table(row))[:1]
    frame = pd.DataFrame([row])
    for data in (row, frame, pl.DataFrame([row]), pa.table({name: [value] for name, value in row.items()})):
        assert model.predict(data).tolist() == expected.tolist()
        if model.target.task != "regression":
            assert (model.predict_probability(data) == model.predict_probability(as_table(row))[:1]).all()


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"wind": 1, "origin": "JFK"}, "the row: column 'at' missing, on which the model was trained"),
        ({**ROW, "wind": object()}, "the row, column 'wind', row 1: expected a number, found '<object"),
        ({**ROW, "wind": float("inf")}, "the row, column 'wind', row 1: the value is infinite"),
        ({**ROW, "wind": 10**30}, None),
        ({**ROW, "origin": ["JFK"]}, "`data` is one row where it is a mapping, and must have one value for each"),
        ([[-20, 45]], "received 'list'. Values need the names of their columns: give a row as {'column': value, …}"),
        (np.array([-20, 45]), "or as pandas.DataFrame(rows, columns=[…])"),
        ({**ROW, "wind": "12,5"}, "the row, column 'wind', row 1: expected a number, found '12,5'"),
        ({}, "the row: it has no columns"),
    ],
)
def test_a_row_that_is_wrong_is_refused_with_its_reason(model, row, complaint):
    if complaint is None:
        assert len(model.predict(row)) == 1
        return
    with pytest.raises(wade.WadeError) as caught:
        model.predict(row)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("kind", ["number", "many"])
def test_a_list_of_rows_is_a_table(kind):
    model = learned(kind)
    rows = [ROW, {**ROW, "wind": 12.5}, {**ROW, "wind": None}, dict(reversed(ROW.items()))]
    expected = [model.predict(row)[0] for row in rows]
    assert model.predict(rows).tolist() == model.predict(tuple(rows)).tolist() == expected
    assert model.predict(rows[:1]).tolist() == expected[:1]
    with pytest.raises(wade.WadeError, match="the rows, column 'wind', row 2: expected a number, found 'strong'"):
        model.predict([ROW, {**ROW, "wind": "strong"}])
    with pytest.raises(wade.WadeError, match="the rows: column 'at' missing"):
        model.predict([{"wind": 1, "origin": "JFK"}] * 2)


def test_parameters_that_change_change_the_answer():
    model = learned("number")
    before = model.predict(ROW)
    model.network.theta[:] *= 2
    assert model.predict(ROW) == model.predict(as_table(ROW))[:1] != before
    model.network.theta[-1] = np.inf
    with pytest.raises(Diverged):
        model.predict(ROW)


def test_a_model_that_has_answered_can_be_pickled(model):
    answer = model.predict(ROW)
    assert pickle.loads(pickle.dumps(model)).predict(ROW).tolist() == answer.tolist()


def test_a_row_is_answered_soon():
    model = learned("two")
    seconds = []
    for _ in range(200):
        started = perf_counter()
        model.predict(ROW)
        seconds.append(perf_counter() - started)
    assert min(seconds) < 0.0005, "ten times the usual"
