"""Columns of every type that pandas, polars and Arrow have: read as what they are, or refused by name."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError

N = 60
RNG = np.random.default_rng(0)
SOME = [int(value) for value in RNG.integers(0, 4, N)]
X = [float(value) for value in RNG.normal(size=N)]
Y = [int(value > 1) for value in SOME]
COINS = pa.array([0, 1] * 30, pa.int8())
A_DAY, A_TIME = dt.date(2020, 1, 1), dt.time(1, 2)
CENTS = [decimal.Decimal("1.50"), decimal.Decimal("2.50")] * 30


def in_pandas(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"c": values})


def in_polars(values: Any, dtype: Any = None) -> pl.DataFrame:
    return pl.DataFrame({"c": pl.Series(values, dtype=dtype)})


def in_arrow(values: Any, arrow_type: Any = None) -> pa.Table:
    is_column = isinstance(values, pa.Array | pa.ChunkedArray)
    return pa.table({"c": values if is_column else pa.array(values, arrow_type)})


def stored(arrow_type: Any, storage: Any) -> pa.Table:
    return in_arrow(pa.ExtensionArray.from_storage(arrow_type, storage))


def coded(*values: Any) -> pa.Table:
    return in_arrow(pa.DictionaryArray.from_arrays(COINS, pa.array([*values])))


READ: dict[str, tuple[Callable[[], Any], str]] = {
    "pd interval": (lambda: in_pandas(pd.cut(X, 4)), "category"),
    "pd interval col": (lambda: in_pandas(pd.arrays.IntervalArray.from_breaks(range(N + 1))), "identifier"),
    "pd period": (lambda: in_pandas(pd.period_range("2020-01", periods=N, freq="M")), "date-time"),
    "pd sparse": (lambda: in_pandas(pd.arrays.SparseArray([0, 0, 1, 2] * 15)), "number"),
    "pd timedelta": (lambda: in_pandas(pd.to_timedelta(SOME, unit="h")), "number"),
    "pd Int64": (lambda: in_pandas(pd.array([1, 2, None, 4] * 15, dtype="Int64")), "number"),
    "pd boolean": (lambda: in_pandas(pd.array([True, False, None, True] * 15, dtype="boolean")), "boolean"),
    "pd string": (lambda: in_pandas(pd.array(["a", "b", None, "c"] * 15, dtype="string")), "category"),
    "pd cat num": (lambda: in_pandas(pd.Categorical([3, 1, 2, 1] * 15)), "number"),
    "pd cat float": (lambda: in_pandas(pd.Categorical([3.5, 1, 2, 1] * 15)), "number"),
    "pd cat bool": (lambda: in_pandas(pd.Categorical([True, False, True, True] * 15)), "boolean"),
    "pd cat date": (lambda: in_pandas(pd.Categorical(pd.to_datetime(["2020-01-01", "2021-01-01"] * 30))), "date-time"),
    "pd cat ordered": (
        lambda: in_pandas(pd.Categorical(["lo", "hi", "mid", "lo"] * 15, categories=["lo", "mid", "hi"], ordered=True)),
        "category",
    ),
    "pd decimal": (lambda: in_pandas([decimal.Decimal("1.5"), decimal.Decimal("2.5")] * 30), "number"),
    "pd time": (lambda: in_pandas([dt.time(1, 2), dt.time(3, 4)] * 30), "date-time"),
    "pd date": (lambda: in_pandas([dt.date(2020, 1, 1), dt.date(2020, 1, 2)] * 30), "date-time"),
    "pd object uuid": (lambda: in_pandas([uuid.uuid4() for _ in range(N)]), "identifier"),
    "pd tz": (lambda: in_pandas(pd.date_range("2020-01-01", periods=N, tz="Europe/Berlin", freq="D")), "date-time"),
    "pd arrow decimal": (
        lambda: in_pandas(pd.array([decimal.Decimal("1.5"), None] * 30, dtype=pd.ArrowDtype(pa.decimal128(5, 2)))),
        "number",
    ),
    "pd float16": (lambda: in_pandas(np.array(SOME, np.float16)), "number"),
    "pd uint64": (lambda: in_pandas(np.array(SOME, np.uint64)), "number"),
    "pl enum": (lambda: in_polars(["a", "b"] * 30, pl.Enum(["a", "b"])), "category"),
    "pl cat": (lambda: in_polars(["a", "b"] * 30, pl.Categorical), "category"),
    "pl decimal": (lambda: in_polars(["1.5", "2.5"] * 30).cast(pl.Decimal(5, 2)), "number"),
    "pl duration": (lambda: in_polars([dt.timedelta(hours=v) for v in SOME]), "number"),
    "pl time": (lambda: in_polars([dt.time(1, v) for v in SOME]), "date-time"),
    "pl null": (lambda: in_polars([None] * 60, pl.Null), "constant"),
    "pl int128": (lambda: in_polars(SOME, pl.Int128), "number"),
    "pl uint8": (lambda: in_polars(SOME, pl.UInt8), "number"),
    "pa dict int": (lambda: in_arrow(pa.array(SOME).dictionary_encode()), "number"),
    "pa dict date": (
        lambda: in_arrow(pa.array([dt.date(2020, 1, 1 + v) for v in SOME]).dictionary_encode()),
        "date-time",
    ),
    "pa dict bool": (lambda: coded(True, False), "boolean"),
    "pa dict decimal": (lambda: coded(decimal.Decimal("1.5"), decimal.Decimal("2")), "number"),
    "pa dict large": (lambda: in_arrow(pa.array(["a", "b"] * 30, pa.large_string()).dictionary_encode()), "category"),
    "pa dict uint idx": (
        lambda: in_arrow(pa.DictionaryArray.from_arrays(pa.array([0, 1] * 30, pa.uint64()), pa.array(["x", "y"]))),
        "category",
    ),
    "pa ree": (
        lambda: in_arrow(pa.RunEndEncodedArray.from_arrays(pa.array([20, 40, 60], pa.int32()), pa.array([1, 2, 3]))),
        "number",
    ),
    "pa ree str": (
        lambda: in_arrow(
            pa.RunEndEncodedArray.from_arrays(pa.array([20, 40, 60], pa.int16()), pa.array(["a", "b", None]))
        ),
        "category",
    ),
    "pa uuid": (lambda: in_arrow(pa.array([uuid.uuid4().bytes for _ in range(N)], pa.uuid())), "identifier"),
    "pa bool8": (lambda: stored(pa.bool8(), pa.array([0, 1] * 30, pa.int8())), "boolean"),
    "pa json": (lambda: in_arrow(pa.array(['{"a":1}', '{"a":2}'] * 30, pa.json_())), "category"),
    "pa large": (lambda: in_arrow(["a", "b"] * 30, pa.large_string()), "category"),
    "pa view": (lambda: in_arrow(["a", "b"] * 30, pa.string_view()), "category"),
    "pa dec128": (lambda: in_arrow([decimal.Decimal("1.50"), None] * 30, pa.decimal128(9, 2)), "number"),
    "pa dec256": (lambda: in_arrow([decimal.Decimal("1.50"), None] * 30, pa.decimal256(50, 2)), "number"),
    "pa dec32": (lambda: in_arrow([decimal.Decimal("1.50"), None] * 30, pa.decimal32(5, 2)), "number"),
    "pa half": (lambda: in_arrow(np.array(SOME, np.float16), pa.float16()), "number"),
    "pa uint64": (lambda: in_arrow([2**64 - 1, 2] * 30, pa.uint64()), "category"),
    "pa null": (lambda: in_arrow([None] * 60, pa.null()), "constant"),
    "pa date64": (lambda: in_arrow([dt.date(2020, 1, 1), None] * 30, pa.date64()), "date-time"),
    "pa time32": (lambda: in_arrow([dt.time(1, 2), None] * 30, pa.time32("s")), "date-time"),
    "pa time64": (lambda: in_arrow([dt.time(1, 2), None] * 30, pa.time64("ns")), "date-time"),
    "pa dur": (lambda: in_arrow([5, None] * 30, pa.duration("ms")), "number"),
    "pa ts ns": (lambda: in_arrow([dt.datetime(2020, 1, 1), None] * 30, pa.timestamp("ns", "UTC")), "date-time"),
    "pa ts old": (
        lambda: in_arrow([dt.datetime(1000, 1, 1), dt.datetime(9000, 1, 1)] * 30, pa.timestamp("us")),
        "date-time",
    ),
    "pa chunks dict": (
        lambda: in_arrow(
            pa.chunked_array(
                [pa.array(["a", "b"] * 15).dictionary_encode(), pa.array(["c", "b"] * 15).dictionary_encode()]
            )
        ),
        "category",
    ),
}
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "pd cat mixed": (lambda: in_pandas(pd.Categorical(["a", 1, "b", 2.5] * 15)), "mixed type: 'a' among numbers"),
    "pd complex": (lambda: in_pandas(np.array([1 + 2j, 2])[[0, 1] * 30]), "struct<real: double, imaginary: double>"),
    "pd object list": (lambda: in_pandas([[1], [2, 3]] * 30), "list<item: int64>"),
    "pd object dict": (lambda: in_pandas([{"a": 1}, {"a": 2}] * 30), "struct<a: int64>"),
    "pd object set": (lambda: in_pandas([{1}, {2}] * 30), "list<item: int64>"),
    "pd object bytes": (lambda: in_pandas([b"a", b"b"] * 30), "values of type binary"),
    "pl object": (lambda: in_polars([{1}, {2}] * 30, pl.Object), "list<item: int64>"),
    "pl struct": (lambda: in_polars([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}] * 30), "struct<a: int64"),
    "pl list": (lambda: in_polars([[1], [2, 3]] * 30), "large_list"),
    "pl array": (lambda: in_polars([[1, 2], [2, 3]] * 30, pl.Array(pl.Int64, 2)), "fixed_size_list"),
    "pl binary": (lambda: in_polars([b"a", b"b"] * 30), "large_binary"),
    "pa dict binary": (lambda: in_arrow(pa.array([b"a", b"b"] * 30).dictionary_encode()), "values of type binary"),
    "pa dict list": (lambda: coded([1], [2]), "list<item: int64>"),
    "pa large binary": (lambda: in_arrow([b"a", b"b"] * 30, pa.large_binary()), "large_binary"),
    "pa binview": (lambda: in_arrow([b"a", b"b"] * 30, pa.binary_view()), "values of type binary"),
    "pa fixed": (lambda: in_arrow([b"ab", b"bc"] * 30, pa.binary(2)), "fixed_size_binary[2]"),
    "pa month interval": (
        lambda: in_arrow([pa.MonthDayNano([1, 2, 3]), pa.MonthDayNano([2, 2, 3])] * 30, pa.month_day_nano_interval()),
        "month_day_nano_interval",
    ),
    "pa map": (lambda: in_arrow([[("a", 1)], [("a", 2)]] * 30, pa.map_(pa.string(), pa.int64())), "map<string, int64>"),
    "pa union": (
        lambda: in_arrow(
            pa.UnionArray.from_sparse(pa.array([0, 1] * 30, pa.int8()), [pa.array(range(60)), pa.array(["x"] * 60)])
        ),
        "sparse_union",
    ),
    "pa list": (lambda: in_arrow([[1], [2]] * 30, pa.list_(pa.int64())), "list<item: int64>"),
    "pa listview": (lambda: in_arrow([[1], [2]] * 30, pa.list_view(pa.int64())), "list_view"),
    "pa fixedlist": (lambda: in_arrow([[1], [2]] * 30, pa.list_(pa.int64(), 1)), "fixed_size_list"),
    "pa struct": (lambda: in_arrow([{"a": 1}, {"a": 2}] * 30, pa.struct({"a": pa.int64()})), "struct<a: int64>"),
    "pa fixedshape": (
        lambda: stored(
            pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2], [3, 4]] * 30, pa.list_(pa.int32(), 2))
        ),
        "fixed_shape_tensor",
    ),
    "pa opaque": (lambda: stored(pa.opaque(pa.int64(), "t", "v"), pa.array(SOME)), "arrow.opaque"),
}


def completed(frame: Any) -> Any:
    """The frame with another input and a target."""
    if isinstance(frame, pd.DataFrame):
        return frame.assign(x=X, y=Y)
    if isinstance(frame, pl.DataFrame):
        return frame.with_columns(pl.Series("x", X), pl.Series("y", Y))
    return frame.append_column("x", pa.array(X)).append_column("y", pa.array(Y))


def one_row(frame: Any, row: int) -> Any:
    return frame.iloc[row : row + 1] if isinstance(frame, pd.DataFrame) else frame.slice(row, 1)


@pytest.mark.parametrize("case", READ)
def test_a_type_is_read_as_what_it_holds_and_a_row_alone_as_in_its_table(case: str) -> None:
    make, role = READ[case]
    frame = completed(make())
    model = wade.learn(frame, "y", epochs=1, engine="reference", hidden=(4,))
    found = {column.name: column.role for column in (*model.schema.columns, *model.schema.left_out)}
    assert found["c"] == role
    together = model.predict_probability(frame)
    for row in (0, 1, 5):
        np.testing.assert_allclose(model.predict_probability(one_row(frame, row))[0], together[row], atol=1e-6)
        values = next(iter(one_row(frame, row)["c"])) if not isinstance(frame, pa.Table) else frame["c"][row].as_py()
        alone = model.predict_probability({"c": values, "x": X[row]})
        np.testing.assert_allclose(alone[0], together[row], atol=1e-6)


@pytest.mark.parametrize("case", REFUSED)
def test_a_type_that_no_role_fits_is_refused_by_name_with_a_remedy_that_works(case: str) -> None:
    make, what = REFUSED[case]
    frame = completed(make())
    with pytest.raises(ColumnError) as caught:
        wade.learn(frame, "y", epochs=1)
    assert "column 'c'" in str(caught.value)
    assert what in str(caught.value)
    assert "--drop c" in str(caught.value)
    model = wade.learn(frame, "y", drop=["c"], epochs=1, engine="reference", hidden=(4,))
    assert len(model.predict(frame)) == N


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("trained", ["number", "category"])
def test_such_a_type_is_refused_at_prediction(case: str, trained: str) -> None:
    values = SOME if trained == "number" else [f"v{value}" for value in SOME]
    model = wade.learn(completed(in_arrow(values)), "y", epochs=1, engine="reference", hidden=(4,))
    frame = completed(REFUSED[case][0]())
    if case == "pd cat mixed" and trained == "category":
        assert len(model.predict(frame)) == N
        return
    with pytest.raises(ColumnError) as caught:
        model.predict(frame)
    assert "column 'c'" in str(caught.value)
