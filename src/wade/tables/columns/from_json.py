"""From the JSON of a file to the objects it describes: every value is held against its type before anything is made.

A model file comes from anywhere. What `asdict` wrote comes back through here, and nothing else does: a text where a
number belongs, an unknown field, a number that is not finite.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from wade.errors import InvalidArgument

T = TypeVar("T")


def described(cls: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass that these JSON data describe, as `asdict` writes them; InvalidArgument where a field is wrong.

    It holds texts, numbers, booleans, None, tuples of these and other dataclasses; fields with a default may be absent.

    Examples
    --------
    >>> from wade.tables.kinds.scales import Scale
    >>> described(Scale, {"median": 2, "factor": 0.5})
    Scale(median=2.0, factor=0.5)
    >>> described(Scale, {"median": "2", "factor": 0.5})
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `Scale.median` must be a number that is finite; received '2'.
    """
    require(isinstance(data, Mapping), cls.__name__, "must be an object with its fields", data)
    types, needed = _fields_of(cast(Hashable, cls))
    require(data.keys() <= types.keys(), cls.__name__, f"must have no fields but {', '.join(types)}", [*data])
    require(data.keys() >= needed, cls.__name__, f"must have the fields {', '.join(sorted(needed))}", [*data])
    return cls(**{name: _value(types[name], value, f"{cls.__name__}.{name}") for name, value in data.items()})


def as_json(value: Any) -> Any:
    """What `asdict` gave, with lists where it has tuples: as a file would give it back.

    Examples
    --------
    >>> as_json({"edges": (0.0, (1.0, None))})
    {'edges': [0.0, [1.0, None]]}
    """
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, list | tuple) else value


def require(condition: bool, name: str, expected: str, received: object) -> None:
    """Raise InvalidArgument with these words where the condition does not hold."""
    if not condition:
        raise InvalidArgument(name, expected, received)


def distinct(values: tuple[Any, ...]) -> bool:
    """Whether no value is there twice."""
    return len(set(values)) == len(values)


@cache
def _fields_of(cls: Hashable) -> tuple[dict[str, Any], frozenset[str]]:
    """The type of each field, and which of them have no default."""
    assert isinstance(cls, type)
    assert is_dataclass(cls)
    hints = get_type_hints(cls)
    found = [field for field in fields(cls) if field.init]
    return {field.name: hints[field.name] for field in found}, frozenset(
        field.name for field in found if field.default is MISSING and field.default_factory is MISSING
    )


def _value(cls: Any, data: Any, name: str) -> Any:
    """`data` as this type; InvalidArgument where it is another."""
    origin, inner = get_origin(cls), get_args(cls)
    if origin in (Union, UnionType):
        return _one_of(inner, data, name)
    if origin is tuple:
        require(isinstance(data, list), name, "must be a list", data)
        of_each = (inner[0],) * len(data) if inner[1:] == (...,) else inner
        require(len(of_each) == len(data), name, f"must be a list of {len(of_each)}", data)
        return tuple(_value(one, value, name) for one, value in zip(of_each, data, strict=True))
    if is_dataclass(cls):
        assert isinstance(cls, type)
        return described(cls, data)
    if cls is float:
        number = type(data) in (int, float) and isfinite(data)
        require(number, name, "must be a number that is finite", data)
        return float(data)
    words = {str: "a text", bool: "true or false", int: "a whole number", NoneType: "null"}
    require(type(data) is cls, name, f"must be {words[cls]}", data)
    return data


def _one_of(classes: tuple[Any, ...], data: Any, name: str) -> Any:
    """`data` as the one of these types that it is: a whole number stays one where it may."""
    if type(data) in classes:
        return _value(type(data), data, name)
    refused: list[InvalidArgument] = []
    for cls in (cls for cls in classes if cls is not NoneType):
        try:
            return _value(cls, data, name)
        except InvalidArgument as error:
            refused.append(error)
    raise refused[0]
