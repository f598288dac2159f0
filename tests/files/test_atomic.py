"""A file is written whole or not at all, whatever fails on the way."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from wade.errors import DurabilityWarning
from wade.files.atomic import write_atomically


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "kept.bin"
    path.write_bytes(b"old")
    return path


def test_new_content_takes_the_place_of_the_old(old: Path) -> None:
    write_atomically(old, b"new")
    assert old.read_bytes() == b"new"
    assert os.listdir(old.parent) == [old.name]


@pytest.mark.parametrize("failing", ["fsync", "replace", "write"])
def test_a_failure_leaves_the_old_file_and_no_rubbish(old: Path, monkeypatch: Any, failing: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if failing == "write":
        # A file that cannot grow: every write beyond the first byte fails.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                write_atomically(old, b"new")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    else:
        monkeypatch.setattr(os, failing, fail)
        with pytest.raises(OSError, match="No space left"):
            write_atomically(old, b"new")
    assert old.read_bytes() == b"old"
    assert os.listdir(old.parent) == [old.name]


def test_where_only_the_folder_cannot_be_forced_to_the_disk_the_new_file_is_whole(old: Path, monkeypatch: Any) -> None:
    real, calls = os.fsync, []

    def fail_on_the_second(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fail_on_the_second)
    with pytest.warns(DurabilityWarning, match=r"kept\.bin is written, but its folder .* \(Input/output error\)"):
        write_atomically(old, b"new")
    assert old.read_bytes() == b"new"
    assert os.listdir(old.parent) == [old.name]


def test_an_interruption_leaves_the_old_file_and_no_rubbish(old: Path, monkeypatch: Any) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(old, b"new")
    assert old.read_bytes() == b"old"
    assert os.listdir(old.parent) == [old.name]


def test_permissions_of_the_old_file_stay(old: Path) -> None:
    old.chmod(0o600)
    write_atomically(old, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_a_link_stays_a_link(old: Path) -> None:
    link = old.with_name("link")
    link.symlink_to(old)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    write_atomically("/dev/null", b"gone")
    assert not Path("/dev/null").is_file()


def test_a_missing_folder_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "file", b"new")
