#!/usr/bin/env python3
"""Takes a picture of a page, so that a person can look at it: `python3 scripts/screenshot.py page.html page.png`.

What can be measured is tested in a browser (`tests/browser`); looking is what a person does.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import browser

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def main() -> int:
    """Opens the page in a browser of its own and saves what is seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=1000, metavar="PIXELS")
    parser.add_argument("--height", type=int, default=1400, metavar="PIXELS")
    parser.add_argument("--paper", action="store_true", help="write a PDF, as it would be printed")
    options = parser.parse_args()
    path = browser.find()
    if path is None:
        print(f"screenshot: {browser.missing()}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as profile:
        what = (
            [f"--print-to-pdf={options.picture.resolve()}", "--no-pdf-header-footer"]
            if options.paper
            else [f"--screenshot={options.picture.resolve()}", f"--window-size={options.width},{options.height}"]
        )
        command = [path, *QUIET, f"--user-data-dir={profile}", *what, options.page.resolve().as_uri()]
        return subprocess.run(command, stderr=subprocess.DEVNULL, timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
