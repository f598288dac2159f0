#!/usr/bin/env python3
"""Sets wade up in a virtual environment of its own: `python3 scripts/install.py [--develop]`.

Needs Python 3.11 or newer and a C++20 compiler; says clearly which of them is missing. Everything else comes with pip.
Running it again updates what is there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


def main() -> int:
    """Checks what must be there, makes the environment and installs wade into it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--develop", action="store_true", help="also install what the tests and checks need")
    parser.add_argument("--environment", type=Path, default=REPOSITORY / ".venv", help="where (default: .venv)")
    arguments = parser.parse_args()
    problem = missing_requirement()
    if problem:
        print(f"install: {problem}", file=sys.stderr)
        return 2
    return install(arguments.environment, arguments.develop)


def missing_requirement() -> str | None:
    """What this machine lacks, and how to get it; None where nothing is missing."""
    if sys.version_info < (3, 11):
        version = ".".join(map(str, sys.version_info[:3]))
        return f"wade needs Python 3.11 or newer; this is {version}. Run it with a newer one: python3.12 {sys.argv[0]}"
    if subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True).returncode:
        return f"{sys.executable} lacks the module venv or ensurepip. On Debian or Ubuntu: apt install python3-venv"
    compiler = os.environ.get("CXX", "").split(" ")[0]
    candidates = [compiler] if compiler else ["c++", "g++", "clang++"]
    if not WINDOWS and not any(map(shutil.which, candidates)):
        looked = ", ".join(candidates)
        return (
            f"no C++ compiler found (looked for {looked}). On Debian or Ubuntu: apt install g++; on macOS: "
            "xcode-select --install; elsewhere set CXX to one that knows C++20"
        )
    if not python_headers().exists():
        return f"the headers of Python are missing ({python_headers()}). On Debian or Ubuntu: apt install python3-dev"
    return None


def python_headers() -> Path:
    """Where compiled modules find Python's own header."""
    return Path(sysconfig.get_path("include")) / "Python.h"


def install(environment: Path, develop: bool) -> int:
    """Makes the virtual environment, unless it is there, and installs wade with pip."""
    python = environment / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if not python.exists():
        print(f"install: making the virtual environment {environment}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    print("install: compiling wade and installing what it needs (a minute or two)", file=sys.stderr)
    # Of what the tests need most is never imported: it is not compiled to bytecode in advance.
    packages = ["--no-compile", "--editable", f"{REPOSITORY}[develop]"] if develop else ["--editable", str(REPOSITORY)]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    done = subprocess.run(pip)
    if done.returncode:
        print("install: pip could not install wade; its message stands above", file=sys.stderr)
        return 1
    command = environment / ("Scripts/wade.exe" if WINDOWS else "bin/wade")
    print(f"install: done. Try: {os.path.relpath(command)} train flights", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
