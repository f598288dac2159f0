from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

LAYOUT = InputLayout(("a",), (Category("carrier", 3), Category("origin", 2)))


def rows(numbers: Any = ((1.0,), (2.0,)), codes: Any = ((0, 1), (2, 0))) -> Inputs:
    return Inputs(np.asarray(numbers), np.asarray(codes))


def test_rows_that_fit_are_not_copied() -> None:
    X = Inputs(np.ones((4, 1), np.float32), np.zeros((4, 2), np.int32))
    checked = Network(LAYOUT).as_inputs(X)
    assert checked.numbers is X.numbers
    assert checked.codes is X.codes


def test_rows_become_the_networks_kind() -> None:
    X = Network(LAYOUT, dtype="float64").as_inputs(rows([[1], [2]], np.asarray([[0, 1], [2, 0]], dtype=np.int64)))
    assert (X.numbers.dtype, X.codes.dtype) == (np.float64, np.int32)
    columns = np.asfortranarray(np.ones((5, 3)))
    assert Network(3).as_inputs(columns).numbers.flags.c_contiguous


@pytest.mark.parametrize("X", [[[1, 2]], ((1.0, 2.0),), np.asarray([[True, False]]), np.ones((1, 2), np.uint8)])
def test_plain_tables_of_numbers_will_do(X: Any) -> None:
    assert Network(2)(X).shape == (1, 1)


def test_no_rows() -> None:
    network = Network(LAYOUT, hidden=(4,), outputs=3, output="softmax")
    nothing = Inputs(np.empty((0, 1)), np.empty((0, 2), np.int32))
    assert network(nothing).shape == (0, 3)
    assert [Z.shape for Z in network.forward(nothing).Z] == [(0, 4), (0, 3)]
    assert Network(2)(np.empty((0, 2))).shape == (0, 1)


@pytest.mark.parametrize(
    ("X", "says"),
    [
        ([1, 2, 3], r"shape \(rows, 2\); received \(1, 3\)"),
        ([[1, 2, 3]], r"shape \(rows, 2\); received \(1, 3\)"),
        ([[1]], r"received \(1, 1\)"),
        (5, r"received \(\)"),
        (np.ones((2, 2, 2)), r"received \(2, 2, 2\)"),
        ([[1, 2], [3]], "rows of one length"),
        ([["a", "b"]], "real numbers"),
        ([[1j, 2]], "real numbers"),
        ([[None, 2]], "real numbers"),
        (Inputs(np.ones((1, 2)), np.zeros((1, 1), np.int32)), r"codes of shape \(rows, 0\)"),
    ],
)
def test_tables_that_do_not_fit(X: Any, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        Network(2)(X)


@pytest.mark.parametrize(
    ("X", "says"),
    [
        ([[1.0]], "Inputs, numbers with codes and positions, for carrier, origin"),
        (rows(numbers=[[1.0, 2.0]] * 2), r"numbers of shape \(rows, 1\)"),
        (rows(codes=[[1], [1]]), r"codes of shape \(rows, 2\)"),
        (rows(numbers=[[1.0]]), r"as many rows.*\(1, 2\)"),
        (rows(codes=[[0, 1], [3, 0]]), r"codes from 0 to 2 for carrier \(row 1\); received 3"),
        (rows(codes=[[0, 2], [2, 0]]), r"codes from 0 to 1 for origin \(row 0\); received 2"),
        (rows(codes=[[0, 1], [-1, 0]]), r"carrier \(row 1\); received -1"),
        (rows(codes=np.asarray([[0, 1], [2**33, 0]])), r"carrier \(row 1\); received 8589934592"),
        (rows(codes=[[0.0, 1.0], [2.0, 0.0]]), "whole numbers as codes"),
    ],
)
def test_rows_that_do_not_fit(X: Any, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        Network(LAYOUT)(X)


BINNED = InputLayout(("a",), (), (Piecewise("hour", 24), Piecewise("wind", 3)))


def placed(positions: Any) -> Inputs:
    return Inputs(np.ones((2, 1)), np.empty((2, 0), np.int32), np.asarray(positions))


@pytest.mark.parametrize(
    ("X", "says"),
    [
        ([[1.0]], "Inputs, numbers with codes and positions, for hour, wind"),
        (Inputs(np.ones((2, 1)), np.empty((2, 0), np.int32)), r"positions of shape \(rows, 2\); received \(2, 0\)"),
        (placed([[1.0, 2.0]]), r"as many rows of positions.*\(2, 1\)"),
        (placed([[1.0, 2.0], [24.1, 0.0]]), r"positions from 0 to 24 for hour \(row 1\); received 24.1"),
        (placed([[1.0, -0.1], [2.0, 0.0]]), r"positions from 0 to 3 for wind \(row 0\); received -0.1"),
        (placed([[1.0, np.nan], [2.0, 0.0]]), r"wind \(row 0\); received nan"),
        (placed([["a", "b"], ["c", "d"]]), "real numbers as positions"),
    ],
)
def test_positions_that_do_not_fit(X: Any, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        Network(BINNED)(X)


def test_positions_at_both_ends_fit() -> None:
    checked = Network(BINNED).as_inputs(placed([[0, 3], [24, 0]]))
    assert checked.positions.dtype == np.float32
    np.testing.assert_array_equal(checked[[1]].positions, [[24, 0]])


def test_only_categories() -> None:
    network = Network(InputLayout((), (Category("c", 3),)), hidden=(), output="identity", dtype="float64")
    network.theta[:] = [10, 20, 30, 1]
    X = Inputs(np.empty((2, 0)), np.asarray([[2], [0]], dtype=np.int32))
    np.testing.assert_array_equal(network(X), [[31], [11]])
