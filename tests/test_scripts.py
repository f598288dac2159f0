"""What the setup says where something is missing, and what a mutant of the textbook is."""

import dataclasses
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
INSTALL = SCRIPTS / "install.py"


def loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script of this name, as a module."""
    specification = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, name, module)  # where dataclasses look for it
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def install(monkeypatch) -> ModuleType:
    return loaded("install", monkeypatch)


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


@pytest.fixture
def browser(monkeypatch, tmp_path) -> ModuleType:
    """The finder of browsers, on a machine that has none."""
    monkeypatch.delenv("WADE_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = loaded("browser", monkeypatch)
    monkeypatch.setattr(found, "_playwrights", lambda _: None)
    return found


def program(path: Path, exit_code: int = 0) -> str:
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_is_one_that_starts(browser, monkeypatch, tmp_path):
    assert browser.find() is None
    program(tmp_path / "chromium", exit_code=127)
    assert browser.find() is None
    chrome = program(tmp_path / "google-chrome")
    assert browser.find() == chrome
    monkeypatch.setattr(browser, "_playwrights", lambda _: "its own")
    assert browser.find() == chrome
    (tmp_path / "google-chrome").unlink()
    assert browser.find() == "its own"


def test_a_browser_that_is_named_is_the_only_one(browser, monkeypatch, tmp_path):
    program(tmp_path / "chromium")
    monkeypatch.setenv("WADE_BROWSER", str(tmp_path / "mine"))
    assert browser.find() is None
    assert browser.install() is None
    assert browser.missing("python").startswith(f"WADE_BROWSER={tmp_path / 'mine'} is no browser that starts. ")
    mine = program(tmp_path / "mine")
    assert browser.find() == mine


@pytest.mark.parametrize(("user", "debians_works", "expected"), [(0, True, 2), (0, False, 2), (1000, True, 1)])
def test_debians_browser_is_installed_where_that_is_possible_else_playwrights(
    browser, monkeypatch, tmp_path, user, debians_works, expected
):
    commands = []

    def run(command):
        commands.append(command)
        if command[:2] == ("apt-get", "install") and debians_works:
            program(tmp_path / "chromium")
        return command[0] != "apt-get" or debians_works

    program(tmp_path / "apt-get")
    monkeypatch.setattr(browser.os, "geteuid", lambda: user)
    monkeypatch.setattr(browser, "_runs", run)
    path = browser.install("python")
    assert len(commands) == expected
    assert (path is not None) == (user == 0 and debians_works)
    assert ("python", "-m", "playwright", "install", "chromium") in commands or path


def test_without_a_browser_the_tests_end_with_the_remedy(browser, monkeypatch, capsys):
    monkeypatch.syspath_prepend(SCRIPTS)
    test = loaded("test", monkeypatch)
    monkeypatch.setattr(test.browser, "_runs", lambda _: False)
    monkeypatch.setattr(test.subprocess, "run", lambda *_, **__: pytest.fail("the tests ran without a browser"))
    assert test.tests() is False
    assert "there is no browser, and none can be installed. On Debian: apt install chromium." in capsys.readouterr().err


@pytest.fixture
def mutate(monkeypatch) -> ModuleType:
    return loaded("mutate", monkeypatch)


TEXT = b'''"""One + one."""
HALF: Literal[3] = 0.5


@decorated(1)
def formula(x: Annotated[int, 7], axis=-1, *, on=True) -> Annotated[int, 7]:
    """One - one."""
    if x < 0:
        raise ValueError(f"{x + 1}")
    x += 3
    return (-np.maximum(x, 4)
            * y.sum(axis=-1, copy=False)) if 1 <= x == y else "5" + z  # 6


def check_formula(x):
    return x > 0
'''

CHANGED = """
HALF: Literal[3] = 1.0
def formula(x: Annotated[int, 7], axis=1, *, on=True) -> Annotated[int, 7]:
def formula(x: Annotated[int, 7], axis=-0, *, on=True) -> Annotated[int, 7]:
def formula(x: Annotated[int, 7], axis=-1, *, on=False) -> Annotated[int, 7]:
x -= 3
x += 6
return (np.maximum(x, 4)
return (-np.minimum(x, 4)
return (-np.maximum(x, 8)
/ y.sum(axis=-1, copy=False)) if 1 <= x == y else "5" + z
* y.sum(axis=0, copy=False)) if 1 <= x == y else "5" + z
* y.sum(axis=-1, copy=False)) if 0 <= x == y else "5" + z
* y.sum(axis=-1, copy=False)) if 1 < x == y else "5" + z
* y.sum(axis=-1, copy=False)) if 1 >= x == y else "5" + z
* y.sum(axis=-1, copy=False)) if 1 <= x != y else "5" + z
* y.sum(axis=-1, copy=False)) if 1 <= x == y else "5" - z
"""


def test_mutants_change_formulas_and_nothing_else(mutate):
    found = mutate.mutants_of("maths/x.py", TEXT)
    assert sorted(mutant.after for mutant in found) == sorted(CHANGED.split("\n")[1:-1])
    assert {mutant.line for mutant in found} == {2, 6, 10, 11, 12}


def test_every_change_that_means_the_same_is_one_that_is_made(mutate):
    mutants = mutate.drawn(mutate.argparse.Namespace(only="*", all=True))
    for path, piece in mutate.SAME:
        excused = [mutant for mutant in mutants if mutant.path == path and mutant.reason and piece in mutant.after]
        assert excused, (path, piece)


def test_a_draw_is_the_same_for_the_same_seed(mutate):
    draws = [
        mutate.drawn(mutate.argparse.Namespace(only="maths/*", all=False, count=9, seed=seed)) for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == 9


def test_a_wrong_formula_is_killed_and_so_is_a_hang_but_not_what_means_the_same(mutate, tmp_path):
    path, tests = "maths/arrays.py", ("src/wade/maths/arrays.py",)
    source = (mutate.REPOSITORY / mutate.PACKAGE / path).read_bytes()
    [wrong] = mutate.mutants_of(path, source)
    assert "!=" in wrong.after
    same, hang = (
        dataclasses.replace(wrong, start=len(source), end=len(source), text=text) for text in ("#", "while 1: 1")
    )
    trial = mutate.Trial(tmp_path, jobs=1)
    assert not trial.passes(tests, 60, wrong)
    assert not trial.passes(tests, 2, hang)
    assert trial.passes(tests, 60, same)
    assert (tmp_path / "0" / mutate.PACKAGE / path).read_bytes() == source
