"""Exported programs read text files as wade does, or refuse them in words; and print CSV that can be read back."""

from __future__ import annotations

import csv
import io
import runpy
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import wade
from tests.exporters.c.test_program import compiled
from wade.exporters import export

ROUNDING = {"rtol": 1e-6, "atol": 1e-7}
PLACES = ("JFK", "EWR", "Köln", 'a "b", c')
CLASSES = ('no, "never"', "yes\n漢字")


def learned(folder: Path, way: str) -> wade.Model:
    """A model of a table of wind, place and class that was written in this way."""
    draw = np.random.default_rng(2)
    wind, places = draw.normal(1500, 900, 120).round(2), draw.choice(PLACES, 120)
    rows = [[w, p, CLASSES[int(w > 1500)]] for w, p in zip(wind.tolist(), places.tolist(), strict=True)]
    settings: dict[str, Any] = {"epochs": 1, "hidden": (4,), "threads": 1}
    if way == "one":
        return wade.learn(pa.table({"wind": wind, "late": [c for _, _, c in rows]}), "late", **settings)
    if way in ("frame", "kept"):
        if way == "kept":
            rows, settings = (
                [[w, p.replace("EWR", "NA"), c] for w, p, c in rows],
                {**settings, "keep_text": {"place": "NA"}},
            )
        columns = dict(zip(("wind", "place", "late"), map(list, zip(*rows, strict=True)), strict=True))
        return wade.learn(pa.table(columns), "late", missing=("-99",), **settings)
    text, path = io.StringIO(), folder / f"{way}.csv"
    writer = csv.writer(text, delimiter=";" if way == "german" else ",", lineterminator="\n")
    if way == "german":
        rows = [[f"{w:,.2f}".replace(",", "_").replace(".", ",").replace("_", "."), p, c[:3]] for w, p, c in rows]
    if way != "nameless":
        writer.writerow(["wind", "place", "late"])
    writer.writerows(rows)
    content = ("# measured\n" if way == "commented" else "") + text.getvalue()
    path.write_bytes(content.encode("windows-1252" if way == "german" else "utf-8"))
    return wade.learn(path, "column_3" if way == "nameless" else "late", **settings)


class Programs:
    """A model with its NumPy program, loaded, and its C program, compiled."""

    def __init__(self, way: str, folder: Path) -> None:
        self.folder, self.model = folder, learned(folder, way)
        [self.path] = export(self.model, "numpy", folder / f"{way}.py")
        self.numpy = runpy.run_path(str(self.path))
        self.c = compiled(export(self.model, "c", folder / f"{way}.c")[0])

    def file(self, content: bytes) -> Path:
        path = self.folder / "rows.csv"
        path.write_bytes(content)
        return path

    def by_numpy(self, content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
        """What the command prints, in this process, which is sooner; and its complaint."""
        monkeypatch.setattr("sys.argv", ["program.py", str(self.file(content))])
        out, complaint = io.StringIO(), ""
        with redirect_stdout(out):
            try:
                self.numpy["main"]()
            except SystemExit as ended:
                complaint = str(ended)
        return out.getvalue(), complaint

    def by_c(self, content: bytes) -> tuple[str, str]:
        done = subprocess.run([str(self.c)], input=content, capture_output=True)
        assert done.returncode == bool(done.stderr)
        return done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Programs]:
    return cache(lambda way: Programs(way, tmp_path_factory.mktemp("programs")))


READ: list[tuple[str, bytes | str]] = [
    ("frame", "wind,place\n1,JFK\n2,EWR\n"),
    ("frame", "wind, place , other\n1, JFK, x\n 2 , EWR, y\n"),
    ("frame", "\ufeffwind,place\n1,JFK\n"),
    ("frame", '\ufeff"wind",place\n1,JFK\n'),
    ("frame", "wind,place\r\n1,JFK\r\n2,EWR\r\n"),
    ("frame", "wind,place\r1,JFK\r2,EWR\r"),
    ("frame", '"wind","place"\n"1","JFK"\n"2","a ""b"", c"\n'),
    ("frame", 'place,note,wind,late\nJFK,"two\nlines, a ""mark""",1,yes\nEWR,,2,no'),
    ("frame", "\n\nwind,place\n\n1,JFK\n\n\n2,EWR\n\n"),
    ("frame", "wind,place,\n1,JFK,\n2,EWR,\n"),
    ("frame", "wind;place\n1;JFK\n2;EWR\n"),
    ("frame", "place\twind\nJFK\t1\nEWR\t2\n"),
    ("frame", "wind|place\n1|JFK\n2|Köln\n"),
    ("frame", "sep=;\nwind;place\n1;JFK\n2;EWR\n"),
    ("frame", "Winds of 2013\n\nwind,place\n1,JFK\n2,EWR\n"),
    ("frame", "wind,place\n1,JFK\nwind,place\n2,EWR\n3,JFK\n wind,place\n4,JFK\n"),
    ("frame", 'wind,place\n"",JFK\n?,""\n"NA","NULL"\n-99,-99\n-99.0,JFK\n ,\\N\n5,JFK\n'),
    ("frame", "wind,place\n\u00a01\u2003,\u2003JFK\u00a0\n2,\u3000EWR\x85\n\u20282\u1680,\x1fEWR\n"),
    ("frame", "wind,place\n+5.,JFK\n.5,EWR\n1e3,Köln\n-0,x\n0012,x\n1E+2,x\n123456789012345678901,x\n1e-320,x\n"),
    ("frame", 'wind,place\n1,"JFK"x\n2,J"FK\n3, "JFK"\n'),
    ("frame", "wind,place\n1,Ko\u0308ln\n2,K\u00f6ln\n3,漢字 \U0001f600\n"),
    ("kept", 'wind,place\n1,NA\n2, NA \nNA,"NA"\n3,\n4,JFK\n'),
    ("german", "wind;place\n1.234,50;Köln\n-,5;EWR\n+1.000.000,25;JFK\n12;x\n1,5e1;x\n"),
    ("german", "wind;place\n1.234,50;Köln\n2,5;EWR\n".encode("windows-1252")),
    ("german", 'wind,place\n"1.234,5",JFK\n"2,5",EWR\n'),
    ("german", "place\twind\nKöln\t1.234\n"),
    ("nameless", "1,JFK\n2,EWR\n3.5,Köln\n"),
    ("nameless", "column_2,column_1\nJFK,1\nEWR,2\n"),
    ("commented", "# today\nwind,place\n1,JFK\n# later,\n2,EWR\n"),
    ("commented", 'wind,place\n1,"JFK\n# no comment"\n2,EWR\n'),
    ("one", "wind\n1\n\n2\n"),
    ("one", "\n\nwind\n\n\n1500\n\n\n2\n\n\n"),
    ("one", "wind\r\n1\r\n\r\n2\r\n\r\n"),
    ("one", "wind\r1\r\r2"),
    ("one", 'wind\n""\n\n 2\n""\n'),
    ("one", "place,wind\nJFK,1\n\nEWR,2\n"),
]


@pytest.mark.parametrize(("way", "text"), READ)
def test_programs_read_what_wade_reads(
    made: Callable[[str], Programs], monkeypatch: pytest.MonkeyPatch, way: str, text: bytes | str
) -> None:
    programs, content = made(way), text if isinstance(text, bytes) else text.encode()
    expected = programs.model.predict_probability(programs.file(content))
    printed, complaint = programs.by_numpy(content, monkeypatch)
    assert complaint == ""
    titles, *lines = csv.reader(io.StringIO(printed, newline=""))
    classes = programs.model.target.classes
    assert titles == ["prediction", f"probability of {classes[1]}"]
    np.testing.assert_allclose([float(share) for _, share in lines], expected[:, 1], **ROUNDING)
    if isinstance(text, bytes):
        assert programs.by_c(content)[1] == "row 1: it is not UTF-8\n"
        return
    printed, complaint = programs.by_c(content)
    assert complaint == ""
    named_in_c, *answers = csv.reader(io.StringIO(printed, newline=""))
    assert named_in_c == titles
    np.testing.assert_allclose([float(share) for _, share in answers], expected[:, 1], **ROUNDING)
    named = [classes[place] for place in expected.argmax(axis=1)]
    assert [name for name, _ in answers] == [name for name, *_ in lines] == named


REFUSED: list[tuple[str, str, str]] = [
    ("", "no column 'wind', 'place'", "line 1: the text is empty"),
    ("wind\n1\n", "no column 'place'", 'the first line names no column "place"'),
    ("1,JFK\n2,EWR\n", "no column 'wind', 'place'", 'the first line names no column "wind"'),
    ("wind,place\n", "it has column names but no rows", "row 1: there is none"),
    ("wind,place,wind\n1,JFK,2\n", "two columns share the name 'wind'", 'two columns share the name "wind"'),
    ("wind,place\n1,JFK\n2,EWR,x\n", "row 2: 3 values under 2", "row 2: 3 values, where the first line has 2"),
    ("wind,place\n1\n", "row 1: 1 values under 2", "row 1: 1 values, where the first line has 2"),
    ('wind,place\n1,"JFK\n2,EWR\n', "quotation mark", "row 1: a quotation mark is never closed"),
    ('wind,place\n1,"JFK\n2,"EWR"\n', "quotation mark", "row 1: a quotation mark is never closed"),
    ("wind,place\n1,J\0FK\n", "expected text in utf-8", "row 1: it holds binary data"),
    ("wind,place\n1,5,JFK\n", "row 1: 3 values", "row 1: 3 values"),
    ("wind;place\n1,5;JFK\n", "expected a number, found '1,5'", 'row 1, column "wind": cannot be read: "1,5"'),
    ("wind,place\n0x10,JFK\n", "expected a number, found '0x10'", 'row 1, column "wind": cannot be read: "0x10"'),
    ("wind,place\ninf,JFK\n", "expected a number, found 'inf'", 'row 1, column "wind": cannot be read: "inf"'),
    ("wind,place\n1e400,JFK\n", "expected a finite number", 'row 1, column "wind": cannot be read: "1e400"'),
    ("wind,place\n１,JFK\n", "expected a number, found", 'row 1, column "wind": cannot be read: "１"'),
]


@pytest.mark.parametrize(("text", "by_numpy", "by_c"), REFUSED)
def test_programs_refuse_the_rest_in_words(
    made: Callable[[str], Programs], monkeypatch: pytest.MonkeyPatch, text: str, by_numpy: str, by_c: str
) -> None:
    programs = made("frame")
    printed, complaint = programs.by_numpy(text.encode(), monkeypatch)
    assert printed == ""
    assert by_numpy in complaint
    assert programs.by_c(text.encode())[1].startswith(by_c)


def test_a_point_is_no_decimal_comma(made: Callable[[str], Programs], monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"wind;place\n1,5;JFK\n1.5;EWR\n"
    _, complaint = made("german").by_numpy(text, monkeypatch)
    assert complaint.endswith("column 'wind': expected a number with ',' before its fraction, found '1.5'")
    assert made("german").by_c(text)[1] == 'row 2, column "wind": cannot be read: "1.5"\n'


def test_other_encodings_are_read_or_refused(made: Callable[[str], Programs], monkeypatch: pytest.MonkeyPatch) -> None:
    text = "wind,place\n1,Köln\n2,EWR\n"
    for way, encoding in (("frame", "utf-16"), ("german", "windows-1252")):
        programs = made(way)
        printed, complaint = programs.by_numpy(text.replace(",", ";").encode(encoding), monkeypatch)
        assert (complaint, len(printed) > 0) == ("", True)
    _, complaint = made("frame").by_numpy(text.encode("windows-1252"), monkeypatch)
    assert complaint.endswith("expected text in utf-8, found other bytes. Save it as UTF-8.")


def test_a_file_that_is_not_there_is_named(made: Callable[[str], Programs]) -> None:
    done = subprocess.run([sys.executable, made("frame").path, "nowhere.csv"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "nowhere.csv: No such file or directory\n")


@pytest.mark.parametrize("to", ["numpy", "c"])
def test_a_reader_that_hangs_up_and_a_full_disk(made: Callable[[str], Programs], to: str) -> None:
    programs = made("frame")
    path = programs.file(b"wind,place\n" + b"1500,JFK\n" * 30_000)
    command = f"{sys.executable} {programs.path} {path}" if to == "numpy" else f"{programs.c} < {path}"
    done = subprocess.run(f"{command} | head -1", shell=True, capture_output=True, text=True)
    assert (done.stderr, len(done.stdout) > 0) == ("", True)
    done = subprocess.run(f"{command} > /dev/full", shell=True, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("the predictions cannot be written")


def test_the_program_prints_utf_8_wherever_it_runs(made: Callable[[str], Programs]) -> None:
    programs = made("frame")
    path = programs.file(b"wind,place\n9000,JFK\n-9000,EWR\n")
    environment = {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, programs.path, path], capture_output=True, env=environment)
    assert done.stderr == b""
    _, *lines = csv.reader(io.StringIO(done.stdout.decode(), newline=""))
    assert [answer for answer, *_ in lines] == programs.model.predict(path).tolist()


def test_values_of_one_row_and_frames_of_pandas_own_types(made: Callable[[str], Programs]) -> None:
    programs = made("frame")
    ask, model = programs.numpy["predict_probability"], programs.model
    row = {"wind": 1500, "place": "JFK"}
    np.testing.assert_allclose(ask(row), model.predict_probability(row), **ROUNDING)
    frame = pd.DataFrame({"wind": pd.array([1, None], "Int64"), "place": pd.array(["JFK", None], "string")})
    np.testing.assert_allclose(ask(frame), model.predict_probability(frame), **ROUNDING)
    for rows in ([{"wind": 1}], {"wind": [1]}, frame[["wind"]]):
        with pytest.raises(ValueError, match="no column 'place'"):
            ask(rows)
