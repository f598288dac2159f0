#!/usr/bin/env python3
"""Throws model files at `wade.load` that an attacker could have made, and looks for anything but a refusal or a model.

    pip install atheris
    python scripts/fuzz_model_file.py FOLDER [-max_total_time=1800] [further options of libFuzzer]

FOLDER keeps what reached new code; the kept files of tests/model are where it starts. Files are changed as what they
are: some field of the JSON, an entry of a tensor, some bytes; then they are signed again, so that the checksum does not
stand between the fuzzer and the code. What loads has to answer for a table, for a single row, and after it was saved
again, with finite numbers or one of wade's own errors. Everything else is a finding, and its file is left in the
current folder. `-merge=1 NEW FOLDER` keeps the fewest files that reach as much.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import atheris

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.model.promise import keep_the_promise  # noqa: E402
from tests.model.signing import Pieces  # noqa: E402

LOOKED_AT = ("wade.files", "wade.model", "wade.tables", "wade.network", "wade.types")
LARGEST_FILE = 16_384
PARTS = ("encoder",) * 4 + ("network",) * 2 + ("schema",) * 2 + ("target", "report", "dialect", "missing", "all")
HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 128, 10**6, 2**31, 2**63, 2**64, 10**30, -0.0, 0.5, 1e300, 1e308, -1e308, 5e-324,
    "", "relu", "softmax", "identity", "sigmoid", "number", "category", "date-time", "boolean", "text", "target",
    "free text", "two classes", "binary", "multiclass", "regression", "ISO 8601", "%d/%m/%Y", "hour", "time of day",
    "utf-8", "utf-16", "idna", "float64", "red", "true", "__class__", "os.system", "../../x", "\x00", "\x1b[31m",
    "é" * 40, "a" * 3000, [], {}, [[]], [0],
    ["red"], ["red", "red"], [1.0, 0.5], [0.0, 1.0, 2.0], {"median": 0, "factor": 1},
)  # fmt: skip


def main() -> None:
    """Instruments wade, then lets libFuzzer run."""
    seeds = sorted((REPOSITORY / "tests/model/kept").glob("*/*.wade"))
    instrument()
    # A merge has libFuzzer start us again, by this name and through a shell.
    again = f"{shlex.quote(sys.executable)} {shlex.quote(__file__)}"
    options = [again, *sys.argv[1:], f"-max_len={LARGEST_FILE}", f"-seed_inputs={','.join(map(str, seeds))}"]
    atheris.Setup(options, keep_the_promise, custom_mutator=changed)
    atheris.Fuzz()


def instrument() -> None:
    """Has every function that a file may reach report which branches it takes."""
    for name in LOOKED_AT:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
            importlib.import_module(module.name)
    for name, module in list(sys.modules.items()):
        if name.startswith(LOOKED_AT):
            for value in list(vars(module).values()):
                for function in _functions(value, name):
                    atheris.instrument_func(function)


def _functions(value: Any, module: str) -> list[FunctionType]:
    """The functions that are written in this module, methods included."""
    if isinstance(value, FunctionType) and value.__module__ == module:
        return [value]
    if isinstance(value, type) and value.__module__ == module:
        inner = [
            getattr(one, "__func__", getattr(one, "fget", getattr(one, "func", one))) for one in vars(value).values()
        ]
        return [one for one in inner if isinstance(one, FunctionType) and one.__module__ == module]
    return []


def changed(file: bytes, largest: int, seed: int) -> bytes:
    """The file with one to three changes, signed; bytes that are no model file are changed as bytes."""
    draw = random.Random(seed)
    try:
        pieces = Pieces.of(file)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return atheris.Mutate(file, largest)
    if draw.random() < 0.03:
        return atheris.Mutate(file, largest)
    twice = ""
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        kind = draw.random()
        if kind < 0.05:
            content = bytearray(atheris.Mutate(pieces.content or b"0", max(1, len(pieces.content))))
            pieces = pieces._replace(content=bytes(content))
        elif kind < 0.1:
            change_in(pieces.tensors, draw)
        elif kind < 0.12 and pieces.document:
            name = draw.choice(list(pieces.document))
            twice = f"{json.dumps(name)}: {json.dumps(draw.choice(HOSTILE))}"
        else:
            part = pieces.document.get(draw.choice(PARTS))
            change_in(part if isinstance(part, dict) and part else pieces.document, draw)
    try:
        signed = pieces.signed(twice)
    except (ValueError, RecursionError):
        return file
    return signed if len(signed) <= largest else file


def change_in(data: Any, draw: random.Random) -> None:
    """Changes one value, somewhere in nested data: each is as likely as any other."""
    places = list(places_in(data))
    if not places:
        return
    inside, at = draw.choice(places)
    value, action = inside[at], draw.random()
    if action < 0.05:
        del inside[at]
    elif action < 0.15 and isinstance(inside, list):
        inside.insert(at, copied(draw.choice(inside)))
    elif action < 0.2 and isinstance(inside, dict):
        inside[draw.choice(["kind", "task", "edges", "extra", "size"])] = copied(draw.choice(HOSTILE))
    elif action < 0.35:
        there, other = draw.choice(places)
        inside[at] = copied(there[other])
    elif action < 0.65 and isinstance(value, int | float) and not isinstance(value, bool):
        inside[at] = draw.choice([value + 1, value - 1, -value, value * 1000, value / 2])
    elif action < 0.65 and isinstance(value, str):
        inside[at] = atheris.Mutate(value.encode() or b"a", len(value.encode()) + 8).decode(errors="replace")
    else:
        inside[at] = copied(draw.choice(HOSTILE))


def places_in(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every value within nested data, as what holds it and where."""
    for at in list(data) if isinstance(data, dict) else range(len(data)):
        yield data, at
        if isinstance(data[at], dict | list):
            yield from places_in(data[at])


def copied(value: Any) -> Any:
    """The value, no longer shared with another place."""
    return json.loads(json.dumps(value))


if __name__ == "__main__":
    main()
