#!/usr/bin/env python3
"""Finds the TypeScript compiler that checks the studio's page, or installs it: `python3 scripts/typescript.py`.

It compiles nothing: the page is plain JavaScript, whose comments say its types. `WADE_TSC` names another one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "5.9.3"
REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "build" / "typescript"
REMEDY = (
    "Install Node.js with npm (on Debian: apt install nodejs npm) and run python3 scripts/typescript.py, or set "
    f"WADE_TSC to the path of a tsc {VERSION}."
)


def find() -> str | None:
    """The path of a compiler of this version; None where there is none."""
    candidates = (os.environ.get("WADE_TSC"), str(FOLDER / "node_modules" / ".bin" / "tsc"), shutil.which("tsc"))
    return next((path for path in candidates if path and _has_version(path)), None)


def install() -> str | None:
    """Installs the compiler with npm under build/; its path, or None."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = (npm, "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", f"typescript@{VERSION}")
    print(f"typescript: {' '.join(command)}", file=sys.stderr, flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    return find() if subprocess.run(command, stdout=sys.stderr).returncode == 0 else None


def missing() -> str:
    """What to say where there is no compiler."""
    return f"there is no TypeScript compiler {VERSION}. {REMEDY}"


def _has_version(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.split()[-1:] == [VERSION]


def main() -> int:
    """Prints the path of the compiler."""
    path = find() or install()
    if path is None:
        print(f"typescript: {missing()}", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
