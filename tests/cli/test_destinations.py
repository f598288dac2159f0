"""Nothing is written over what a command reads, over another option's file, or over what another process has chosen."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wade.cli.paths import reserved_model_path, reserved_path

Wade = Callable[..., Any]
TRAIN = ("train", "classes.csv", "--target", "answer", "--quiet", "--epochs", "1", "--hidden", "4", "--members", "1")
PARTS = ("--validation", "validation.csv", "--test", "test.csv", "--schema", "roles.toml")
# A command, the option that writes, and the files that it must not replace.
COMMANDS: list[tuple[tuple[str, ...], str, tuple[str, ...]]] = [
    ((*TRAIN, *PARTS), "--output", ("classes.csv", "validation.csv", "test.csv", "roles.toml")),
    ((*TRAIN, *PARTS), "--model", ("classes.csv", "validation.csv", "test.csv", "roles.toml")),
    ((*TRAIN, *PARTS), "--checkpoint", ("classes.csv", "validation.csv", "test.csv", "roles.toml")),
    ((*TRAIN, "--checkpoint", "kept.checkpoint", "--resume"), "--output", ("classes.csv", "kept.checkpoint")),
    (("predict", "classes.wade", "classes.csv"), "--output", ("classes.wade", "classes.csv")),
    (("predict", "classes.wade", "parts"), "--output", ("parts/first.csv", "parts/second.csv")),
    (("predict", "classes.wade", "parts/*.csv"), "--output", ("parts/first.csv", "parts/second.csv")),
    (
        ("explain", "classes.wade", "classes.csv", "--checkpoint", "kept.checkpoint"),
        "--output",
        ("classes.wade", "classes.csv", "kept.checkpoint"),
    ),
    (("export", "classes.wade", "--to", "numpy"), "--output", ("classes.wade",)),
    (
        ("export", "classes.wade", "--to", "numpy", "--training", "classes.csv"),
        "--output",
        ("classes.wade", "classes.csv"),
    ),
]
PAIRS = [(command, option, file) for command, option, files in COMMANDS for file in files]


@pytest.fixture
def files(folder: Path, model: Path) -> dict[str, bytes]:
    """Everything that the commands read, with its content."""
    rows = (folder / "classes.csv").read_text()
    (folder / "parts").mkdir()
    for name in ("validation.csv", "test.csv", "parts/first.csv", "parts/second.csv"):
        (folder / name).write_text(rows)
    (folder / "roles.toml").write_text('target = "answer"\n')
    (folder / "kept.checkpoint").write_bytes(b"a checkpoint")
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ways_to(file: str) -> list[str]:
    """The same file under its name, its absolute path, a link and a hard link."""
    os.symlink(Path(file).absolute(), "by-link")
    os.link(file, "by-hard-link")
    return [file, str(Path(file).absolute()), f"./{file}", "by-link", "by-hard-link"]


@pytest.mark.parametrize(("command", "option", "file"), PAIRS)
def test_no_command_writes_over_what_it_reads(
    wade_: Wade, files: dict[str, bytes], command: tuple[str, ...], option: str, file: str
) -> None:
    for way in ways_to(file):
        result = wade_(*command, option, way)
        assert result.exit_code == 2, way
        assert "must be another file than" in result.stderr
        assert "which it would replace" in result.stderr
    assert {name: Path(name).read_bytes() for name in files} == files


def test_an_output_that_is_not_there_yet_is_no_other_options_file_either(wade_: Wade, folder: Path) -> None:
    result = wade_(*TRAIN, "--checkpoint", "one.file", "--output", "./one.file")
    assert result.exit_code == 2
    assert "`--output` must be another file than --checkpoint, which it would replace" in result.stderr
    assert not Path("one.file").exists()


def test_an_export_spares_what_lies_beside_it(wade_: Wade, folder: Path, model: Path) -> None:
    table = Path("late.npz")
    table.write_bytes(Path("classes.csv").read_bytes())
    result = wade_("export", model, "--to", "numpy", "--training", table, "--output", "late.py")
    assert result.exit_code == 2
    assert "must be another file than --training" in result.stderr
    result = wade_("export", model, "--to", "numpy", "--output", "late.npz")
    assert result.exit_code == 2
    assert "must not end in .npz, the file of the weights" in result.stderr
    assert table.read_bytes() == Path("classes.csv").read_bytes()


@pytest.mark.parametrize("name", ["table.csv", "table.parquet", "table.csv.gz", "table.jsonl"])
def test_a_table_is_replaced_by_predictions_alone(wade_: Wade, folder: Path, model: Path, name: str) -> None:
    Path(name).write_bytes(b"rows")
    for command in (
        TRAIN,
        ("explain", model, "classes.csv", "--format", "html"),
        ("report", model, "classes.csv"),
        ("export", model, "--to", "numpy"),
        ("export", model, "--to", "c"),
    ):
        result = wade_(*command, "--output", name)
        assert result.exit_code == 2
        assert "must not be a table that is there, which it would replace" in result.stderr
    assert Path(name).read_bytes() == b"rows"
    if name.endswith(".csv"):
        assert wade_("predict", model, "classes.csv", "--output", name).exit_code == 0
        assert Path(name).read_bytes().startswith(b"prediction")


def test_a_model_that_is_there_may_be_replaced_on_request(wade_: Wade, folder: Path, model: Path) -> None:
    assert wade_(*TRAIN, "--output", model).exit_code == 0
    assert wade_(*TRAIN).exit_code == 0
    assert Path("classes-2.wade").exists()


def test_processes_that_start_together_write_two_models(wade_process: Any, folder: Path) -> None:
    started = [wade_process(*TRAIN) for _ in range(3)]
    assert [process.wait(120) for process in started] == [0, 0, 0]
    assert sorted(path.name for path in folder.glob("*.wade")) == ["classes-2.wade", "classes-3.wade", "classes.wade"]


def test_a_reserved_name_is_free_again_where_nothing_was_written(folder: Path) -> None:
    with reserved_model_path("classes.csv") as path, reserved_model_path("classes.csv") as other:
        assert [str(path), str(other)] == ["classes.wade", "classes-2.wade"]
        path.write_bytes(b"a model")
    assert path.read_bytes() == b"a model"
    assert not other.exists()
    Path("net_numpy.npz").touch()
    with reserved_path("net_numpy", ".py", "_", ".npz") as program:
        assert program.name == "net_numpy_2.py"


def test_an_empty_file_that_nobody_holds_is_a_free_name(folder: Path) -> None:
    Path("classes.wade").touch()
    with reserved_model_path("classes.csv") as path:
        assert path == Path("classes.wade")


def test_a_failed_training_leaves_no_empty_model(wade_: Wade, folder: Path) -> None:
    assert wade_("train", "classes.csv", "--target", "nothing", "--quiet").exit_code == 2
    assert not list(folder.glob("*.wade"))


@pytest.mark.parametrize("name", ["\u65e5" * 80 + ".wade", "a" * 250 + ".wade", "é" * 120 + ".wade"])
def test_a_name_that_the_system_takes_is_taken(wade_: Wade, folder: Path, name: str) -> None:
    assert wade_(*TRAIN, "--output", name).exit_code == 0
    assert [path.name for path in folder.glob("*.wade")] == [name]


def test_a_folder_that_cannot_be_forced_to_the_disk_is_a_warning(
    wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fail_for_folders(handle: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    result = wade_(*TRAIN)
    assert result.exit_code == 0
    expected = "wade: classes.wade is written, but its folder cannot be forced to the disk (Invalid argument)\n"
    assert result.stderr == expected
    assert Path("classes.wade").stat().st_size > 0


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_error_of_the_file_system_names_the_file(
    wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    result = wade_(*TRAIN, "--output", "here.wade")
    assert (result.exit_code, result.stderr) == (1, "wade: here.wade: Input/output error\n")
    assert not list(folder.glob("*.wade"))


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.3, 0.6])
def test_ctrl_c_while_a_command_loads_ends_with_130(folder: Path, delay: float) -> None:
    # The process says when it has begun: what Python itself does before is not ours.
    program = "import os; from wade.cli import main; os.write(1, b'!'); main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "train", "wine", "--quiet", "--epochs", "100000", "--patience", "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"!"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert b"Traceback" not in error
    assert error.startswith(b"wade: interrupted")
