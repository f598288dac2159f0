"""Commands made from their definitions in `wade.studio.messages`, with values as nasty as the definitions allow."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from wade.studio import messages
from wade.studio.messages import AnyCommand, Settings

NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 1e300, 1.7e308, 5e-324, 123456.789)
INTEGERS = (0, 1, -1, 2, 3, 7, 64, 255, 256, 1000, 2**31, 2**53, -(2**53))
TEXTS = (
    "",
    " ",
    "x",
    "y",
    "class",
    "W1",
    "W1[0,2]",
    "b1[0]",
    "b2[0]",
    "a1[3]",
    "W9[99,99]",
    "W1[-1,0]",
    "W1[0]",
    "moons",
)
NASTY = ("<script>", "\u202ea", "\x00", "é" * 20, "'; --", "${x}", "../../etc", "a" * 200, "😀", "W1[1e9,0]")
SETTINGS: dict[str, tuple[Any, ...]] = {
    "inputs": (["x"], ["y", "x"], [], ["none"], ["x", "x"], [1], "x"),
    "target": ("class", "y", "none", ""),
    "hidden": ([8, 8], [1], [], [0], [-1], [10**9], [2.5], "8", [64] * 40),
    "activations": (["relu"], ["tanh", "tanh"], ["none"], [], "relu"),
    "loss": ("auto", "cross_entropy", "mean_squared_error", "none"),
    "optimizer": ("sgd", "adam", "none"),
    "optimizer_constants": ({}, {"beta1": 2.0}, {"none": 1.0}, {"momentum": 0.9}, "x"),
    "schedule": ("constant", "cosine", "none"),
    "split": ("random", "time", "none"),
    "recipe": ("plain", "default", "none"),
}


def made(chance: random.Random) -> AnyCommand | None:
    """A command, of any kind; None where the definitions do not allow what was made."""
    kind = chance.choice([each for each in AnyCommand.__args__ if each not in (messages.Upload, messages.Credit)])
    fields = {field.encode_name: _value(chance, field.type) for field in msgspec.inspect.type_info(kind).fields}
    fields["id"] = 1
    if kind in (messages.Configure, messages.Open):
        fields["settings"] = _settings(chance)
    if kind is messages.Step:
        fields["count"] = chance.choice((-50, -1, 0, 1, 3, 50, 300))
    if kind is messages.OpenData:
        fields["source"] = chance.choice(("generated", "generated", "formula", "upload"))
        fields["name"] = chance.choice(("moons", "spiral", "plane", "sin(x)", "1/x", "x^x", "(" * 300, *TEXTS, *NASTY))
        fields["rows"] = chance.choice((None, 1, 5, 60, 300))
    if kind is messages.Save:
        fields["what"] = chance.choice(("model", "program", "numbers"))  # a recording takes long
    if kind in (messages.Edit, messages.Select):
        fields["parameter"] = chance.choice((*TEXTS, *NASTY))
    try:
        return messages.read_command(msgspec.json.encode({"command": kind.__struct_config__.tag, **fields}))
    except msgspec.DecodeError:
        return None


def _settings(chance: random.Random) -> dict[str, Any]:
    names = chance.sample([*Settings.__struct_fields__, "none"], chance.randint(0, 3))
    return {name: chance.choice((*SETTINGS.get(name, (*NUMBERS, *INTEGERS)), None, "x", True)) for name in names}


def _value(chance: random.Random, of: Any) -> Any:
    inspect = msgspec.inspect
    match of:
        case inspect.UnionType():
            return _value(chance, chance.choice(of.types))
        case inspect.LiteralType():
            return chance.choice(of.values)
        case inspect.IntType():
            return chance.choice([each for each in INTEGERS if (of.ge or -(2**53)) <= each <= (of.le or 2**53)])
        case inspect.FloatType():
            return chance.choice(NUMBERS)
        case inspect.BoolType():
            return chance.random() < 0.5
        case inspect.StrType():
            return chance.choice((*TEXTS, *NASTY))
        case inspect.TupleType():
            return [_value(chance, each) for each in of.item_types]
        case inspect.DictType():
            return {}
        case inspect.NoneType():
            return None
    raise AssertionError(f"no values for {of}")
