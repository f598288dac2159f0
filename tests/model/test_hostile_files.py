"""Files that mean harm: a ModelFileError, little memory, nothing executed, and never a model."""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import wade
from tests.model.hostile import (
    EVERY_ROLE,
    KEPT,
    MANY,
    MEMBERS,
    NUMBER,
    PIECEWISE,
    SMALL,
    header,
    raw,
    report,
    signed,
    with_tensors,
)
from tests.model.signing import Pieces
from wade.errors import ModelFileError

MOST_MEMORY = 24 * 2**20
FILES = str(Path(__file__).parent / "hostile.py")
HOSTILE: dict[str, bytes] = {
    f"format {number}: {name}": content
    for number in (1, 2)
    for name, content in runpy.run_path(FILES, {"FORMAT": number})["HOSTILE"].items()
}


def test_signing_is_not_what_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.wade"
    for file in (SMALL, EVERY_ROLE, PIECEWISE, MEMBERS, MANY, NUMBER):
        path.write_bytes(Pieces.of(file).signed())
        wade.load(path)
    for unchanged in (raw("late", "late"), header(str), report(), with_tensors(lambda t: None)):
        path.write_bytes(unchanged)
        wade.load(path)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_little_memory(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.wade"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError) as refused:
            wade.load(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    message = str(refused.value).removeprefix(str(path))
    assert message.isprintable()
    assert len(message) < 500


JAIL = """
import os, resource, sys, wade
from wade.errors import ModelFileError

folder = sys.argv[1]
for name in os.listdir(sys.argv[2]):
    if name.endswith(".wade"):
        wade.load(os.path.join(sys.argv[2], name))  # what is loaded lazily, or found out once, is by now
loading, seen = [False], []

def watch(event, arguments):
    if not loading[0]: return
    if event.split(".")[0] in ("exec", "compile", "os", "subprocess", "ctypes", "pickle", "marshal", "socket"):
        seen.append((event, str(arguments)[:200]))
    if event == "import" and not str(arguments[0]).startswith("encodings."):
        seen.append((event, str(arguments)[:200]))
    if event == "open" and arguments[0] != path:
        seen.append((event, str(arguments)[:200]))

sys.addaudithook(watch)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 96 * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
count = 0
for name in sorted(os.listdir(folder)):
    path = os.path.join(folder, name)
    loading[0] = True
    try:
        wade.load(path)
    except ModelFileError:
        count += 1
    finally:
        loading[0] = False
print(count, seen)
"""


def test_nothing_is_executed_imported_or_opened_and_the_address_space_hardly_grows(tmp_path: Path) -> None:
    for number, content in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.wade").write_bytes(content)
    result = subprocess.run(
        [sys.executable, "-c", JAIL, str(tmp_path), str(KEPT)], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == f"{len(HOSTILE)} []"
    assert not os.path.exists("/tmp/wade-was-here")
    assert len(HOSTILE) >= 300


def test_a_smaller_file_of_each_length_is_refused(tmp_path: Path) -> None:
    content, path = shortened(), tmp_path / "model.wade"
    path.write_bytes(content)
    wade.load(path)
    for length in reversed(range(len(content))):
        os.truncate(path, length)
        with pytest.raises(ModelFileError):
            wade.load(path)


def test_a_file_with_any_bit_flipped_is_refused(tmp_path: Path) -> None:
    content, path = shortened(), tmp_path / "model.wade"
    path.write_bytes(content)
    with open(path, "r+b", buffering=0) as file:
        for at, byte in enumerate(content):
            for bit in range(8):
                os.pwrite(file.fileno(), bytes([byte ^ 1 << bit]), at)
                with pytest.raises(ModelFileError):
                    wade.load(path)
            os.pwrite(file.fileno(), bytes([byte]), at)
    assert wade.load(path).predict({"size": 1.0, "colour": "red"}).shape == (1,)


def shortened() -> bytes:
    """A small file, with no more of a report than a model needs."""
    needed = ("base_rate", "data", "rows", "split")

    def change(document: dict[str, Any]) -> None:
        document["report"] = {name: document["report"][name] for name in needed}

    return signed(change)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/random"])
def test_a_device(device: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="a pipe or a device"):
        wade.load(device)
    (tmp_path / "link.wade").symlink_to(device)
    with pytest.raises(ModelFileError, match="a pipe or a device"):
        wade.load(tmp_path / "link.wade")


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wade")
    with pytest.raises(ModelFileError, match="a pipe or a device"):
        wade.load(tmp_path / "pipe.wade")


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.wade")
        with pytest.raises(ModelFileError):
            wade.load("socket.wade")


def test_links_that_lead_nowhere_round_or_to_a_secret(tmp_path: Path) -> None:
    for name, goal in {"nowhere": "nothing", "round": "round.wade", "secret": "/etc/passwd", "up": "/"}.items():
        (tmp_path / f"{name}.wade").symlink_to(goal)
        with pytest.raises(ModelFileError) as refused:
            wade.load(tmp_path / f"{name}.wade")
        assert "root:" not in str(refused.value)


def test_a_link_to_a_model_is_a_model(tmp_path: Path) -> None:
    (tmp_path / "model.wade").write_bytes(SMALL)
    (tmp_path / "link.wade").symlink_to("model.wade")
    assert wade.load(tmp_path / "link.wade").target.column == "late"


@pytest.mark.parametrize("name", ["a\0b.wade", "a" * 5000, ""])
def test_a_name_that_no_file_can_have(name: str) -> None:
    with pytest.raises(ModelFileError):
        wade.load(name)


def test_a_sparse_file_that_claims_to_be_all_header(tmp_path: Path) -> None:
    path = tmp_path / "sparse.wade"
    with open(path, "wb") as file:
        file.write((2**32 - 8).to_bytes(8, "little") + b"{")
        file.truncate(2**32)
    with pytest.raises(ModelFileError, match="header is larger than"):
        wade.load(path)


def test_a_sparse_file_is_not_read_beyond_the_parameters_of_its_network(tmp_path: Path) -> None:
    # 4 GB that take no room on the disk: as bytes that no array has, and as an array that no layer has.
    for claimed in (False, True):
        pieces, size = Pieces.of(SMALL), 2**32 - 2**20
        first = min(pieces.tensors, key=lambda name: pieces.tensors[name]["data_offsets"])
        if claimed:
            last = max(end for _, end in (one["data_offsets"] for one in pieces.tensors.values()))
            pieces.tensors["more"] = {**pieces.tensors[first], "data_offsets": [last, size]}
        path = tmp_path / "sparse.wade"
        content = pieces.signed()
        path.write_bytes(content)
        os.truncate(path, 8 + int.from_bytes(content[:8], "little") + size)
        with refused_in_little_memory("arrays have"):
            wade.load(path)


def test_many_empty_lists_are_refused_before_they_are_made(tmp_path: Path) -> None:
    pieces = Pieces.of(SMALL)
    pieces.document["unknown"] = "@"
    content = pieces.signed()
    lists = b"[" + b"[]," * 5_000_000 + b"[]]"
    header = content[8 : 8 + int.from_bytes(content[:8], "little")].replace(b'\\"@\\"', lists)
    (tmp_path / "lists.wade").write_bytes(len(header).to_bytes(8, "little") + header)
    with refused_in_little_memory("more than 1,000,000 lists and objects", memory=2 * len(header)):
        wade.load(tmp_path / "lists.wade")


@pytest.mark.parametrize("value", ["Monday", "-1", "32", "1.0", "", "٣"])
def test_a_part_of_the_calendar_that_is_no_number_of_it_is_refused(value: str, tmp_path: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        dates = next(one for one in document["encoder"]["encodings"] if one["kind"] == "date-time")
        name, values = dates["parts"][0]
        dates["parts"][0] = [name, [value, *values[1:]]]

    path = tmp_path / "calendar.wade"
    path.write_bytes(signed(change, EVERY_ROLE))
    with pytest.raises(ModelFileError, match="must have numbers from 0 to"):
        wade.load(path)


def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "more.wade"
    path.write_bytes(signed(lambda document: document.update(more={"a": 1})))
    with pytest.raises(ModelFileError, match="it has a part 'more', which no model file has"):
        wade.load(path)


@contextmanager
def refused_in_little_memory(message: str, memory: int = MOST_MEMORY) -> Iterator[None]:
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match=message):
            yield
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()
