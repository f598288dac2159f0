"""`wade doctor`: what wade runs on here."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import typer

from wade._version import __version__
from wade.cli.outcome import DONE
from wade.cli.pieces import show_facts
from wade.engines import choose_engine
from wade.engines.native import NativeEngine, instruction_sets
from wade.errors import WadeError

PACKAGES = ("numpy", "pyarrow", "narwhals", "scikit-learn", "safetensors", "typer", "rich")


def run(*, as_json: bool) -> int:
    """Print what was found: lines for a person, or one JSON object."""
    found = examine()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        show_facts(_in_lines(found))
    return DONE


def examine() -> dict[str, Any]:
    """Versions, platform, cores, and what the engines say, as plain JSON data."""
    return {
        "wade": __version__,
        "python": platform.python_version(),
        "packages": {name: _version_of(name) for name in PACKAGES},
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "engine": choose_engine().name,
        "native": _native(),
    }


def _native() -> dict[str, Any]:
    """What the native engine chose here, or why it cannot load."""
    try:
        engine = NativeEngine()
    except WadeError as error:
        return {"loads": False, "why": str(error)}
    return {
        "loads": True,
        "instruction_set": engine.instruction_set,
        "instruction_sets": list(instruction_sets()),
        "threads": engine.threads,
    }


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _in_lines(found: dict[str, Any]) -> dict[str, str]:
    native = found["native"]
    sets = ", ".join(native.get("instruction_sets", ()))
    return {
        "wade": found["wade"],
        "Python": found["python"],
        **{name: number or "not installed" for name, number in found["packages"].items()},
        "platform": f"{found['platform']}, {found['cores']} cores",
        "engine": f"{found['engine']} is what `--engine auto` takes",
        "native": (
            f"loads; {native['instruction_set']} of {sets}; {native['threads']} threads"
            if native["loads"]
            else f"does not load: {native['why']}"
        ),
    }
