"""The words of the house: users and readers meet none of those that CONTRIBUTING.md replaces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from wade.cli.app import app

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BEFORE, TABLE = GUIDE.split("| Not | But |\n|---|---|\n")
PHRASES = [phrase.strip() for row in TABLE.splitlines() for phrase in row.split("|")[1].split(",")]
BANNED = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, PHRASES))})(?![\w-])", re.IGNORECASE)
WRITTEN = ("src/wade/**/*.py", "native/*", "docs/*", "examples/*", "tests/**/golden/**/*", "README.md", "CHANGELOG.md")
FILES = sorted(
    path
    for path in (path for pattern in WRITTEN for path in ROOT.glob(pattern))
    if path.is_file() and path.suffix not in (".so", ".pyc") and path.name != "format_1.py"  # which has the old names
)
COMMANDS = sorted(get_command(app).commands)


def found_in(text: str) -> list[str]:
    """Each banned phrase with its line."""
    return [
        f"line {number}: {match[0]!r} in {line.strip()!r}"
        for number, line in enumerate(text.splitlines(), start=1)
        for match in BANNED.finditer(line)
    ]


def test_the_table_and_the_files_are_found() -> None:
    assert len(PHRASES) > 40
    assert len(FILES) > 250
    assert found_in("The rows that taught it") == ["line 1: 'taught' in 'The rows that taught it'"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_written_in_the_words_of_the_field(path: Path) -> None:
    assert found_in(path.read_text(encoding="utf-8")) == []


def test_the_guide_itself_is() -> None:
    assert found_in(BEFORE) == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_a_command_is(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "100"})
    assert result.exit_code == 0
    assert "Usage" in result.output
    assert found_in(result.output) == []
