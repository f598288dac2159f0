"""Whatever is wrong with the input: one clear message, exit code 2, no traceback, nothing written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

QUICK = ("--epochs", "2", "--hidden", "4")
Wade = Callable[..., Any]

TABLES = {
    "empty.csv": b"",
    "blank.csv": b"  \n\n",
    "header.csv": b"x,answer\n",
    "picture.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200),
    "cut.parquet": b"PAR1" + bytes(50),
    "ragged.csv": b"x,answer\n1,a\n2,b,c\n",
    "twice.csv": b"x,x,answer\n" + b"1,2,a\n2,3,b\n" * 10,
    "one value.csv": b"x,answer\n" + b"1,a\n2,a\n" * 10,
    "all missing.csv": b"x,gone,answer\n" + b"1,,a\n2,,b\n" * 10,
    "constant.csv": b"x,same,answer\n" + b"1,7,a\n2,7,b\n" * 10,
    "mixed.csv": b"x,mix,answer\n" + b"1,3,a\n2,4,b\n" * 10 + b"3,four,a\n",
    "infinite.csv": b"x,far,answer\n" + b"1,3,a\n2,4,b\n" * 10 + b"3,inf,a\n",
    "few.csv": b"x,answer\n1,a\n2,b\n3,a\n",
}

CASES = {
    "a file that does not exist": (("nothing.csv",), ("nothing.csv", "no such file")),
    "an empty file": (("empty.csv",), ("empty.csv", "empty")),
    "a blank file": (("blank.csv",), ("blank.csv", "empty")),
    "a header without rows": (("header.csv",), ("header.csv", "no rows")),
    "a picture": (("picture.png",), ("picture.png", "not a table")),
    "a Parquet file that was cut off": (("cut.parquet",), ("cut.parquet", "not a complete Parquet file")),
    "a row with too many values": (("ragged.csv",), ("ragged.csv, row 2", "3 values under 2 column names")),
    "a folder without a table": (("nothing here",), ("nothing here", "there is no table in it")),
    "two columns of one name": (("twice.csv",), ("twice.csv", "share the name 'x'")),
    "a target with one value": (("one value.csv",), ("'answer'", "always 'a'")),
    "a column that is all missing": (
        ("all missing.csv", "--columns", "x,gone"),
        ("'gone'", "every value is missing", "--drop gone"),
    ),
    "a constant column": (("constant.csv", "--columns", "x,same"), ("'same'", "always '7'", "--drop same")),
    "a column of mixed type": (("mixed.csv",), ("'mix', row 21", "'four' among numbers", "--missing")),
    "an infinite value": (("infinite.csv",), ("'far', row 21", "infinite")),
    "too few rows": (("few.csv",), ("3 rows",)),
    "a target that is not there": (("classes.csv", "--target", "anser"), ("'anser'", "Did you mean 'answer'?")),
    "a column that is not there": (("classes.csv", "--columns", "sise"), ("'sise'", "Did you mean 'size'?")),
    "a column to drop that is not there": (("classes.csv", "--drop", "hue"), ("'hue'",)),
    "a category that is not there": (("classes.csv", "--category", "hue"), ("'hue'",)),
    "no column left": (("classes.csv", "--drop", "size,colour"), ("`--drop` must leave at least one input",)),
    "the target among the columns": (("classes.csv", "--columns", "answer"), ("`--columns` must not hold the target",)),
    "a time column that is not there": (("classes.csv", "--split", "time", "--time", "day"), ("'day'",)),
    "a split by time without a time": (("classes.csv", "--split", "time"), ("`--time` must name the column",)),
    "an unknown split": (("classes.csv", "--split", "luck"), ("`--split` must be one of",)),
    "no rows asked for": (("classes.csv", "--rows", "0"), ("`--rows`", "received 0")),
    "no test rows": (("classes.csv", "--test-rows", "0"), ("`--test-rows`", "received 0")),
    "too many test rows": (("classes.csv", "--test-rows", "120"), ("`--test-rows`", "received 120")),
    "no epochs": (("classes.csv", "--epochs", "0"), ("`--epochs`", "received 0")),
    "a negative batch": (("classes.csv", "--batch-size", "-1"), ("`--batch-size`", "received -1")),
    "a learning rate of zero": (("classes.csv", "--learning-rate", "0"), ("`--learning-rate`", "Try 0.001")),
    "a learning rate that is no number": (("classes.csv", "--learning-rate", "nan"), ("`--learning-rate`",)),
    "no patience": (("classes.csv", "--patience", "0"), ("`--patience`",)),
    "a negative penalty": (("classes.csv", "--l1", "-1"), ("`--l1` must be at least 0", "received -1.0. Try 0.0001.")),
    "a penalty that is no number": (("classes.csv", "--l2", "nan"), ("`--l2` must be at least 0", "received nan. Try")),
    "a gradient of no length": (
        ("classes.csv", "--clip-norm", "0"),
        ("`--clip-norm` must be greater than 0", "received 0.0. Try 1, or leave it out"),
    ),
    "a plateau that stops before it cuts": (
        ("classes.csv", "--schedule", "plateau", "--patience", "1"),
        ("`--patience` must be at least 2 for the schedule 'plateau'", "received 1. Try 6."),
    ),
    "a dropout that leaves nothing": (("classes.csv", "--dropout", "1"), ("`--dropout` must be", "Try 0.1")),
    "no members": (("classes.csv", "--members", "0"), ("`--members`",)),
    "a negative seed": (("classes.csv", "--seed", "-1"), ("`--seed`",)),
    "no threads": (("classes.csv", "--threads", "0"), ("`--threads`",)),
    "a layer without neurons": (("classes.csv", "--hidden", "8,0"), ("`--hidden`",)),
    "layers that are words": (("classes.csv", "--hidden", "big"), ("`--hidden`", "Try --hidden 256,128")),
    "an unknown activation": (("classes.csv", "--activation", "rely"), ("`--activation`", "Did you mean 'relu'?")),
    "an unknown optimizer": (("classes.csv", "--optimizer", "adamx"), ("`--optimizer`", "Did you mean 'adam")),
    "an unknown schedule": (("classes.csv", "--schedule", "plateu"), ("`--schedule`", "Did you mean 'plateau'?")),
    "an unknown engine": (("classes.csv", "--engine", "steam"), ("`--engine`",)),
    "a model in no folder": (("classes.csv", "--output", "no/where/x.wade"), ("`--output`", "folder that exists")),
    "a model that is a folder": (("classes.csv", "-o", "."), ("`--output`", "not a folder")),
}


@pytest.fixture
def tables(folder: Path) -> Path:
    for name, content in TABLES.items():
        (folder / name).write_bytes(content)
    (folder / "nothing here").mkdir()
    return folder


def complained(result: Any, *parts: str) -> None:
    """One message on standard error that holds these parts, exit code 2, and nothing else."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("wade: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    for part in parts:
        assert part in result.stderr


@pytest.mark.parametrize(("arguments", "parts"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_named_and_nothing_is_written(
    wade_: Wade, tables: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    before = sorted(os.listdir(tables))
    target = () if "--target" in arguments else ("--target", "answer")
    epochs = () if "--epochs" in arguments else ("--epochs", "2")
    complained(wade_("train", *arguments, *target, *epochs), *parts)
    assert sorted(os.listdir(tables)) == before


def test_a_table_needs_a_target(wade_: Wade, folder: Path) -> None:
    complained(wade_("train", "classes.csv"), "`--target` must name the column", "size, colour, answer")


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "classes.csv", "--target", "answer", "--epochs", "many"),
        ("train", "classes.csv", "--target", "answer", "--no-such-option"),
        ("train",),
        ("predict", "classes.wade"),
        ("fly",),
    ],
)
def test_bad_usage_is_exit_code_2(wade_: Wade, arguments: tuple[str, ...]) -> None:
    result = wade_(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_json_leaves_standard_output_empty_when_something_is_wrong(wade_: Wade, folder: Path) -> None:
    complained(wade_("train", "nothing.csv", "--target", "answer", "--json"), "nothing.csv")


def test_a_table_that_cannot_be_used_leaves_an_old_model_alone(wade_: Wade, tables: Path) -> None:
    (tables / "old.wade").write_bytes(b"old")
    complained(wade_("train", "mixed.csv", "--target", "answer", "--model", "old.wade"), "'mix'")
    assert (tables / "old.wade").read_bytes() == b"old"


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_bad_model_files_are_named(wade_: Wade, folder: Path, model: Path, command: str) -> None:
    content = model.read_bytes()
    (folder / "cut.wade").write_bytes(content[: len(content) // 2])
    (folder / "bent.wade").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    complained(wade_(command, "cut.wade", "classes.csv"), "cut.wade", "damaged")
    complained(wade_(command, "bent.wade", "classes.csv"), "bent.wade", "checksum")
    complained(wade_(command, "nothing.wade", "classes.csv"), "nothing.wade", "no such file", "wade train")
    complained(wade_(command, "classes.csv", "classes.csv"), "classes.csv", "not a wade model file")
    complained(wade_(command, ".", "classes.csv"), "folder")


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_table_that_lacks_a_column_is_named(wade_: Wade, folder: Path, model: Path, command: str) -> None:
    (folder / "thin.csv").write_text("size,answer\n1,yes\n2,no\n")
    complained(wade_(command, model, "thin.csv"), "thin.csv", "'colour'")
    complained(wade_(command, model, "nothing.csv"), "nothing.csv")


def test_evaluating_needs_answers_that_the_model_knows(wade_: Wade, folder: Path, model: Path) -> None:
    (folder / "mute.csv").write_text("size,colour\n1,red\n2,red\n")
    (folder / "new.csv").write_text("size,colour,answer\n1,red,yes\n2,red,perhaps\n")
    complained(wade_("evaluate", model, "mute.csv"), "'answer'")
    complained(wade_("evaluate", model, "new.csv"), "'perhaps'", "no, yes")


def test_an_output_that_cannot_be_written_is_refused_before_the_work(wade_: Wade, folder: Path, model: Path) -> None:
    complained(wade_("predict", model, "classes.csv", "--output", "no/where.csv"), "`--output`", "folder that exists")
    complained(wade_("predict", model, "classes.csv", "--output", "."), "`--output`", "not a folder")


def test_a_learning_rate_that_diverges_fails_with_a_remedy_and_saves_nothing(wade_: Wade, folder: Path) -> None:
    arguments = ("--target", "answer", "--optimizer", "sgd", "--learning-rate", "1e30", *QUICK)
    result = wade_("train", "numbers.csv", *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("wade: ")
    assert "learning rate" in result.stderr
    assert not (folder / "numbers.wade").exists()


def test_a_failure_that_nobody_foresaw_is_short_and_shows_its_traceback_on_request(
    wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the moon is in the way")

    monkeypatch.setattr("wade.cli.views.progress.training", break_down)
    result = wade_("train", "classes.csv", "--target", "answer")
    assert result.exit_code == 1
    assert result.stderr == (
        "wade: unexpected failure: RuntimeError: the moon is in the way (WADE_TRACEBACK=1 shows the traceback)\n"
    )
    monkeypatch.setenv("WADE_TRACEBACK", "1")
    assert isinstance(wade_("train", "classes.csv", "--target", "answer").exception, RuntimeError)


def test_a_disk_that_is_full_at_the_end_is_said_and_the_old_model_stays(
    wade_: Wade, folder: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = model.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    result = wade_("train", "classes.csv", "--target", "answer", "--model", str(model), *QUICK)
    assert result.exit_code == 1
    assert result.stderr == "wade: classes.wade: No space left on device\n"
    assert model.read_bytes() == before


def test_a_file_without_names_says_so_where_a_name_is_looked_for(wade_: Callable[..., Any], folder: Path) -> None:
    (folder / "abalone.csv").write_text("\n".join(f"{'MFI'[at % 3]},0.{at + 100},{at % 9}" for at in range(40)) + "\n")
    said = wade_("train", "abalone.csv", "--target", "Rings").stderr
    assert "The first line of the file holds values, not names, so the columns are numbered" in said
    (folder / "named.csv").write_text("sex,size,rings\n" + (folder / "abalone.csv").read_text())
    assert "holds values, not names" not in wade_("train", "named.csv", "--target", "Ring").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("predict", "classes", "classes.csv"), "classes: there is no such file. Did you mean classes.wade?"),
        (("evaluate", "classes.wade", "new.csv"), "Rename 'Answer' if it is meant. This needs rows with the target;"),
        (("predict", "classes.wade", "new.csv"), "column 'colour' missing, on which the model was trained. Rename"),
        (
            ("race", "classes.csv", "--target", "answer", "--optimizers", "all"),
            "`--optimizers` must be one of 'adagrad',",
        ),
        (("race", "classes.csv", "--target", "answer", "--schedules", "x"), "`--schedules` must be one of "),
        (("race", "classes.csv", "--target", "answer", "--optimizer", "x"), "`--optimizer` must be one of "),
        (("train", "classes.csv"), "must name the column to predict; received None. Likely 'answer'."),
    ],
)
def test_a_slip_of_a_first_hour_is_told_what_is_meant(wade_, model, folder, words, said):
    (folder / "new.csv").write_text("size,Colour,Answer\n1.5,red,yes\n")
    found = wade_(*words)
    assert found.exit_code == 2
    assert said in found.stderr
