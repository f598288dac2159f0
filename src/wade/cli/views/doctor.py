"""The environment that wade runs in."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from wade._version import __version__
from wade.cli.views.tables import facts, terminal
from wade.engines import choose_engine
from wade.engines.native import NativeEngine, instruction_sets
from wade.errors import WadeError

PACKAGES = ("numpy", "pyarrow", "narwhals", "scikit-learn", "safetensors", "typer", "rich")


def examine() -> dict[str, Any]:
    """Versions, platform, cores and engines, as plain JSON data."""
    return {
        "wade": __version__,
        "python": platform.python_version(),
        "packages": {name: _version_of(name) for name in PACKAGES},
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "engine": choose_engine().name,
        "native": _native(),
    }


def show(found: dict[str, Any]) -> None:
    """One line for each fact."""
    native = found["native"]
    sets = ", ".join(native.get("instruction_sets", ()))
    lines = {
        "wade": found["wade"],
        "Python": found["python"],
        **{name: number or "not installed" for name, number in found["packages"].items()},
        "platform": f"{found['platform']}, {found['cores']} cores",
        "engine": f"--engine auto uses {found['engine']}",
        "native": (
            f"available; instruction set {native['instruction_set']} (of {sets}), {native['threads']} threads"
            if native["loads"]
            else f"not available: {native['why']}"
        ),
    }
    width = max(map(len, lines))
    facts(terminal(), {label.ljust(width): text for label, text in lines.items()})


def _native() -> dict[str, Any]:
    """What the native engine uses here, or why it cannot load."""
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
