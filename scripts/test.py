#!/usr/bin/env python3
"""Sets wade up for development and runs every check that a change has to pass: `python3 scripts/test.py [STEP …]`.

Steps, all of them in this order where none is named: lint, types, contract, tests, sanitizers.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from time import perf_counter

import browser
import install
import typescript

REPOSITORY = install.REPOSITORY
ENVIRONMENT = REPOSITORY / ".venv"
SANITIZED = REPOSITORY / "build" / "sanitized"
WORKERS = ("--numprocesses", "auto", "--dist", "worksteal")
# Compiled once for all processes, also where the environment says that Python writes no bytecode: the tests start
# hundreds of them, and without it each compiles what it imports again.
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(REPOSITORY / "build" / "bytecode")}


def main() -> int:
    """Installs, then runs the steps one after another; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"any of {', '.join(STEPS)} (default: all)")
    steps = parser.parse_args().steps or list(STEPS)
    unknown = [step for step in steps if step not in STEPS]
    if unknown:
        parser.error(f"no step is called {unknown[0]!r}; there are {', '.join(STEPS)}")
    problem = install.missing_requirement()
    if problem:
        print(f"test: {problem}", file=sys.stderr)
        return 2
    if install.install(ENVIRONMENT, develop=True):
        return 1
    for step in steps:
        print(f"\n── {step} ──", flush=True)
        began = perf_counter()
        if not STEPS[step]():
            print(f"test: {step} failed", file=sys.stderr)
            return 1
        print(f"── {step}: done in {perf_counter() - began:.0f} s ──", flush=True)
    return 0


def lint() -> bool:
    """Style and formatting."""
    return run("ruff", "check") and run("ruff", "format", "--check")


def types() -> bool:
    """Types, strictly."""
    return run("mypy")


def contract() -> bool:
    """Imports only go down the floors of the house."""
    return run("lint-imports")


def tests() -> bool:
    """Every test, and every example in a docstring, on all cores, in a browser where pages are tested."""
    python = str(program("python"))
    if browser.find(python) is None and browser.install(python) is None:
        print(f"test: {browser.missing(python)}", file=sys.stderr)
        return False
    if typescript.find() is None and typescript.install() is None:
        print(f"test: {typescript.missing()}", file=sys.stderr)
        return False
    return run("pytest", "--quiet", "--durations=10", *WORKERS)


def sanitizers() -> bool:
    """The conformance suite over kernels that are built to notice bad memory and undefined arithmetic."""
    define = "--config-settings=cmake.define.WADE_SANITIZE=ON"
    folder = f"--config-settings=build-dir={REPOSITORY / 'build' / 'sanitize'}"
    where = ["--target", str(SANITIZED), "--upgrade", "--no-deps", "--quiet", "--disable-pip-version-check"]
    if not run("pip", "install", *where, define, folder, str(REPOSITORY)):
        return False
    # Python itself is not sanitized, so the runtime libraries have to be there before it starts.
    compiler = os.environ.get("CXX", "c++").split(" ")
    libraries = [
        subprocess.run(
            [*compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("libasan.so", "libubsan.so", "libstdc++.so")
    ]
    packages = sysconfig.get_path("purelib", vars={"base": str(ENVIRONMENT)})
    environment = {
        "LD_PRELOAD": " ".join(libraries),
        "ASAN_OPTIONS": "detect_leaks=0",  # CPython keeps what it allocates once
        "UBSAN_OPTIONS": "print_stacktrace=1",
        # Without `site` the editable wade of the environment stays out of the way of the sanitized one.
        "PYTHONPATH": os.pathsep.join([str(SANITIZED), packages]),
    }
    # The workers, too, are to start without `site`.
    worker = f"{os.cpu_count() or 1}*popen//python={ENVIRONMENT / 'bin' / 'python'} -S"
    distributed = ("-p", "xdist", "--tx", worker, "--dist", "worksteal")
    return run("python", "-S", "-m", "pytest", "--quiet", *distributed, "tests/conformance", **environment)


def program(name: str) -> Path:
    """Where a program of the environment is."""
    return ENVIRONMENT / ("Scripts" if install.WINDOWS else "bin") / name


def run(name: str, *arguments: str, **variables: str) -> bool:
    """Runs a program of the environment in the repository, with more variables; True where it succeeds."""
    command = [str(program(name)), *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env={**os.environ, **BYTECODE, **variables}).returncode == 0


STEPS = {"lint": lint, "types": types, "contract": contract, "tests": tests, "sanitizers": sanitizers}

if __name__ == "__main__":
    sys.exit(main())
