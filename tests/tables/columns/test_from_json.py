"""What JSON describes becomes an object only where every value has its type."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pytest

from wade.errors import InvalidArgument
from wade.tables.columns.from_json import described


@dataclass(frozen=True)
class Inner:
    size: float


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    on: bool
    inner: Inner | None
    pairs: tuple[tuple[str, tuple[int, ...]], ...] = ()
    low: float | str | None = None


WHOLE = {"name": "a", "count": 3, "on": True, "inner": {"size": 2}, "pairs": [["x", [1, 2]]], "low": "2013-01-01"}


def test_what_asdict_wrote_comes_back() -> None:
    outer = Outer("a", 3, True, Inner(2.0), (("x", (1, 2)),), "2013-01-01")
    assert described(Outer, WHOLE) == outer
    as_json = {**asdict(outer), "pairs": [["x", [1, 2]]]}
    assert described(Outer, as_json) == outer
    assert described(Outer, {"name": "", "count": 0, "on": False, "inner": None}) == Outer("", 0, False, None)


def test_a_whole_number_is_a_float_where_one_belongs_and_stays_one_where_both_may_be() -> None:
    @dataclass(frozen=True)
    class Either:
        value: int | float

    assert type(described(Inner, {"size": 2}).size) is float
    assert type(described(Either, {"value": 2}).value) is int
    assert type(described(Either, {"value": 2.5}).value) is float


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 1}, "`Outer.name` must be a text; received 1"),
        ({"count": True}, "`Outer.count` must be a whole number; received True"),
        ({"count": 3.0}, "whole number"),
        ({"on": 1}, "true or false"),
        ({"inner": 3}, "`Inner` must be an object with its fields; received 3"),
        ({"inner": {"size": float("inf")}}, "`Inner.size` must be a number that is finite"),
        ({"inner": {"size": True}}, "`Inner.size` must be a number"),
        ({"inner": {}}, "`Inner` must have the fields size"),
        ({"inner": {"size": 1, "shape": 2}}, "`Inner` must have no fields but size"),
        ({"pairs": "xy"}, "`Outer.pairs` must be a list"),
        ({"pairs": [["x"]]}, "must be a list of 2"),
        ({"pairs": [["x", ["1"]]]}, "must be a whole number"),
        ({"low": [1]}, "`Outer.low` must be a number"),
        ({"extra": 1}, "must have no fields but name, count"),
    ],
)
def test_anything_else_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        described(Outer, {**WHOLE, **change})
