"""The page's types: made from the server's messages, and held by every module."""

from __future__ import annotations

import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def script(name: str) -> ModuleType:
    specification = spec_from_file_location(name, REPOSITORY / "scripts" / f"{name}.py")
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_types_are_those_of_the_messages():
    made = script("studio_types")
    assert made.FILE.read_text(encoding="utf-8") == made.types(), "run python scripts/studio_types.py"


def test_every_module_keeps_to_its_types():
    typescript = script("typescript")
    compiler = typescript.find()
    if compiler is None:
        pytest.fail(typescript.missing())
    page = REPOSITORY / "src" / "wade" / "studio" / "page"
    done = subprocess.run([compiler, "--project", str(page)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
