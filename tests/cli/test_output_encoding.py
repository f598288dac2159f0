"""Every command prints where standard output is not UTF-8: what it lacks has a stand-in, data stay what they are."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

import wade
from wade.cli import main
from wade.cli.stand_ins import STAND_INS, stand_in

ENCODINGS = ("latin-1", "cp1252", "ascii")
SHORT = ("--epochs", "2", "--hidden", "4", "--members", "1")
NAME = "größe 語→"
COMMANDS = {
    "train": ("train", "t.csv", "--target", "ville", "--model", "new.wade", *SHORT),
    "train --json": ("train", "t.csv", "--target", "ville", "--model", "new.wade", "--json", *SHORT),
    "predict": ("predict", "m.wade", "t.csv"),
    "predict --json": ("predict", "m.wade", "t.csv", "--json"),
    "evaluate": ("evaluate", "m.wade", "t.csv"),
    "evaluate --verbose": ("evaluate", "m.wade", "t.csv", "--verbose"),
    "validate": ("validate", "t.csv", "--target", "ville", "--folds", "2", *SHORT),
    "curves": ("curves", "t.csv", "--target", "ville", "--points", "2", *SHORT),
    "explain": ("explain", "m.wade", "t.csv"),
    "explain --format html": ("explain", "m.wade", "t.csv", "--format", "html"),
    "explain --format latex": ("explain", "m.wade", "t.csv", "--format", "latex"),
    "explain --format mathml": ("explain", "m.wade", "t.csv", "--format", "mathml"),
    "explain --json": ("explain", "m.wade", "t.csv", "--json"),
    "report": ("report", "m.wade", "t.csv"),
    "report --format md": ("report", "m.wade", "t.csv", "--format", "md"),
    "report --json": ("report", "m.wade", "t.csv", "--json"),
    "show": ("show", "m.wade"),
    "why": ("why", "m.wade", "t.csv", "--row", "1"),
    "importance": ("importance", "m.wade", "t.csv"),
    "decide": ("decide", "m.wade", "t.csv", "--cost-false-alarm", "1", "--cost-miss", "2"),
    "export": ("export", "m.wade", "--to", "numpy", "--output", "m.py"),
    "race": ("race", "t.csv", "--target", "ville", "--steps", "10", *SHORT[2:]),
    "data": ("data", "t.csv", "--target", "ville"),
    "data --json": ("data", "t.csv", "--target", "ville", "--json"),
    "data --toml": ("data", "t.csv", "--target", "ville", "--toml"),
    "doctor": ("doctor",),
    "a message": ("data", "語→.csv"),
    "help": ("explain", "--help"),
}
DOCUMENTS = {
    *("predict", "data --toml", "explain --format html", "explain --format latex", "explain --format mathml"),
    *("report", "report --format md"),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of names and classes that are not ASCII, and its model."""
    folder = tmp_path_factory.mktemp("encodings")
    sizes = [row * 37 % 101 / 10 for row in range(90)]
    table = {NAME: sizes, "farbe": [("grün", "赤")[row % 2] for row in range(90)]}
    table["ville"] = [("Orléans", "Łódź")[size > 5] for size in sizes]
    pa.csv.write_csv(pa.table(table), folder / "t.csv")
    wade.learn(folder / "t.csv", "ville", epochs=2, hidden=(4,), members=1).save(folder / "m.wade")
    return folder


@pytest.fixture
def run(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, bytes, bytes]]:
    """`wade ARGUMENTS` with streams of an encoding: the exit code, and the bytes of both streams."""

    def run(encoding: str, *arguments: str) -> tuple[int, bytes, bytes]:
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.chdir(trained)
        monkeypatch.setattr(sys, "argv", ["wade", *arguments])
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding))
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        sys.stderr.flush()
        return int(end.value.code or 0), out.getvalue(), err.getvalue()

    return run


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_in_every_encoding(
    run: Callable[..., tuple[int, bytes, bytes]], encoding: str, name: str
) -> None:
    code, out, err = run(encoding, *COMMANDS[name])
    assert code == (2 if name == "a message" else 0), err
    assert b"unexpected failure" not in err
    assert b"Traceback" not in err
    if name.endswith("--json"):
        assert out.isascii()
        json.loads(out)
    elif name in DOCUMENTS or (name == "help" and encoding == "ascii"):
        out.decode("utf-8")
    else:
        text = out.decode(encoding)
        assert text.strip() or name in ("export", "a message")
        assert not {"─", "█", "θ"} & set(text)


def test_predictions_are_the_same_bytes_in_every_encoding(run: Callable[..., tuple[int, bytes, bytes]]) -> None:
    for command in ("predict", "data --toml"):
        given = {encoding: run(encoding, *COMMANDS[command])[1] for encoding in (*ENCODINGS, "utf-8")}
        assert set(given.values()) == {given["utf-8"]}
    assert "Łódź" in run("latin-1", *COMMANDS["predict"])[1].decode()


def test_json_is_the_same_object_in_every_encoding(run: Callable[..., tuple[int, bytes, bytes]]) -> None:
    given = [json.loads(run(encoding, *COMMANDS["data --json"])[1]) for encoding in (*ENCODINGS, "utf-8")]
    assert all(one == given[0] for one in given)
    assert NAME in json.dumps(given[0], ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    {
        "● a ━━ 3 █▌▏": "# a -- 3 ##:",
        "●···○": "#...o",
        "a·b": "a*b",
        "0.5 − 2 … – 3": "0.5 - 2 ... - 3",
        "θ ← θ − η·∂J/∂θ": "theta <- theta - eta*dJ/dtheta",
        "W₁ x² 10⁻³ Xᵀ": "W1 x^2 10^-^3 X^T",
        "π ± √2 ≈ ∞": "pi +- sqrt2 ~ inf",
        "caf\u00e9": "caf\\xe9",
        "cafe": "cafe",
        "語": "\\u8a9e",
        "\U0001f600": "\\U0001f600",
        "\udce9": "\\udce9",
        "▁▂▃▄▅▆▇█": "_.-~=+*#",
    }.items(),
)
def test_what_ascii_lacks_has_a_stand_in(
    run: Callable[..., tuple[int, bytes, bytes]], monkeypatch: pytest.MonkeyPatch, text: str, shown: str
) -> None:
    run("ascii", "--version")
    assert text.encode("ascii", "wade-stand-ins").decode() == shown


def test_every_stand_in_is_ascii_and_not_empty() -> None:
    assert all(stand_in(character).isascii() and stand_in(character) for character in STAND_INS)
    assert all(len(character) == 1 for character in STAND_INS)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
    ],
    ids=str,
)
def test_a_process_of_its_own_prints_too(trained: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "wade", "data", "t.csv", "--target", "ville"]
    done = subprocess.run(command, cwd=trained, env={**os.environ, **environment}, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"ville" in done.stdout
    assert done.stderr == b""
