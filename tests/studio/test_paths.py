"""Paths that a page gives: files and folders are read; nothing is waited for without an end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wade.errors import WadeError
from wade.studio.data import open_table

ROWS = "x,y\n" + "".join(f"{x},{x % 7}\n" for x in range(60))


def test_a_file_and_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    for path in (tmp_path / "rows.csv", tmp_path, tmp_path / "*.csv"):
        table = open_table("path", str(path), target="y")
        assert table.rows.num_rows == 60
        table.close()


@pytest.mark.parametrize("name", ["", " ", "-", "/dev/stdin", "/dev/zero", "pipe", "rows.csv\0"])
def test_standard_input_pipes_and_devices_are_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(WadeError, match="must be the path of a file or of a folder"):
        open_table("path", name, target="y")


@pytest.mark.parametrize("name", ["none.csv", "http://elsewhere.example/t.csv", "file:///etc/passwd"])
def test_what_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(WadeError, match="there is no such file"):
        open_table("path", name, target="y")
