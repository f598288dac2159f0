#!/usr/bin/env python3
"""Finds the browser that tests and screenshots drive, or installs one: `python3 scripts/browser.py`.

Any Chromium will do: Debian's, Chrome, or Playwright's own. `WADE_BROWSER` names another one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIND_PLAYWRIGHTS = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)
# Without a font there is nothing to see. Recommended packages are for desktops.
DEBIANS = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)
REMEDY = (
    "On Debian: apt install chromium. Elsewhere: {python} -m playwright install --with-deps chromium. "
    "Or set WADE_BROWSER to the path of a Chromium."
)


def find(python: str = sys.executable) -> str | None:
    """The path of a browser that starts; None where there is none. `python` is one that may have Playwright."""
    named = os.environ.get("WADE_BROWSER")
    if named:
        return named if starts(named) else None
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and starts(path)), None) or _playwrights(python)


def install(python: str = sys.executable) -> str | None:
    """Installs Debian's where that is possible, else Playwright's own; the browser's path, or None."""
    if os.environ.get("WADE_BROWSER"):
        return None  # no other one is wanted
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0 and all(map(_runs, DEBIANS)):
        path = find(python)
        if path:
            return path
    _runs((python, "-m", "playwright", "install", "chromium"))
    return find(python)


def starts(path: str) -> bool:
    """Whether a browser is there, and has the libraries that it needs."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def missing(python: str = sys.executable) -> str:
    """What to say where there is no browser."""
    named = os.environ.get("WADE_BROWSER")
    what = (
        f"WADE_BROWSER={named} is no browser that starts" if named else "there is no browser, and none can be installed"
    )
    return f"{what}. {REMEDY.format(python=python)}"


def _playwrights(python: str) -> str | None:
    """Playwright's own Chromium, where it has been downloaded."""
    done = subprocess.run([python, "-c", FIND_PLAYWRIGHTS], capture_output=True, text=True)
    path = done.stdout.strip()
    return path if path and Path(path).exists() and starts(path) else None


def _runs(command: Sequence[str]) -> bool:
    print(f"browser: {' '.join(command)}", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=sys.stderr, env=environment).returncode == 0


def main() -> int:
    """Prints the path of the browser."""
    path = find() or install()
    if path is None:
        print(f"browser: {missing()}", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
