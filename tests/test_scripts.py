"""What the setup says where something is missing."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

INSTALL = Path(__file__).parent.parent / "scripts" / "install.py"


@pytest.fixture
def install() -> ModuleType:
    specification = importlib.util.spec_from_file_location("install", INSTALL)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_nothing_is_missing_where_the_tests_run(install):
    assert install.missing_requirement() is None


def test_an_old_python_is_named(install, monkeypatch):
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 2))
    assert install.missing_requirement().startswith("wade needs Python 3.11 or newer; this is 3.9.2.")


def test_a_missing_compiler_is_named_with_its_remedy(tmp_path):
    done = subprocess.run([sys.executable, INSTALL], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "install: no C++ compiler found (looked for c++, g++, clang++). On Debian or Ubuntu: "
    )
    assert "Traceback" not in done.stderr


def test_missing_headers_are_named(install, monkeypatch, tmp_path):
    monkeypatch.setattr(install.sysconfig, "get_path", lambda name: str(tmp_path))
    assert install.missing_requirement() == (
        f"the headers of Python are missing ({tmp_path / 'Python.h'}). On Debian or Ubuntu: apt install python3-dev"
    )


def test_a_missing_venv_module_is_named(install, monkeypatch):
    monkeypatch.setattr(install.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], returncode=1))
    assert "lacks the module venv or ensurepip" in install.missing_requirement()
