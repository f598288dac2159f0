"""Every path on the page of the house exists, and every room of the house is on the page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "wade"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def table_rows() -> list[tuple[str, str, str]]:
    """Folder, room and files of each row of the table, the folder repeated where its cell is empty."""
    rows, folder = [], ""
    lines = PAGE.split("| Folder in `src/wade` | Room | Files |\n|---|---|---|\n")[1].split("\n\n")[0].splitlines()
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        folder = cells[0].strip("`") or folder
        rows.append((folder, cells[1], cells[2]))
    return rows


def test_every_file_in_the_table_is_where_the_table_says() -> None:
    found = []
    for folder, rooms, files in table_rows():
        room = rooms.strip("`") if rooms.count("`") == 2 else ""
        for name in re.findall(r"`([\w/]+\.py)`", files):
            found.append(SOURCE / folder / room / name if "/" not in name else SOURCE / folder / name)
    assert len(found) > 150
    assert [str(path) for path in found if not path.exists()] == []


def test_every_room_is_in_the_table() -> None:
    named = {f"{folder}{room}" for folder, rooms, _ in table_rows() for room in re.findall(r"`([\w/]+/)`", rooms)}
    named |= {folder for folder, _, _ in table_rows()}
    rooms = {f"{path.parent.relative_to(SOURCE)}/" for path in SOURCE.rglob("__init__.py")} - {"./"}
    assert rooms - named == set()


def test_every_native_file_on_the_page_exists() -> None:
    names = re.findall(r"`native/(\w+\.(?:hpp|cpp))`", PAGE)
    assert len(names) > 5
    assert [name for name in names if not (ROOT / "native" / name).exists()] == []
