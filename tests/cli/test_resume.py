"""`wade train --checkpoint FILE`, killed or broken off, and the same command with --resume."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade

Wade = Callable[..., Any]
LONG = ("--target", "answer", "--hidden", "64,64", "--batch-size", "1", "--epochs", "60", "--patience", "60")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_was_ended_goes_on_with_resume(
    wade_: Wade, wade_process: Wade, folder: Path, ending: signal.Signals
) -> None:
    file = folder / "job.checkpoint"
    process = wade_process("train", "classes.csv", *LONG, "--checkpoint", file, "--every", "0.01s", "--quiet")
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(ending)
    said = process.stderr.read()
    if ending == signal.SIGINT:
        assert process.wait() == 130
        assert said.endswith("is in classes.wade; the same command with --resume continues the training\n")
    else:
        assert process.wait() == -signal.SIGKILL
        assert not any(path.stat().st_size for path in folder.glob("*.wade"))  # an empty one held the name
    result = wade_(
        "train", "classes.csv", *LONG, "--checkpoint", file, "--resume", "--quiet", "--model", "resumed.wade"
    )
    assert (result.exit_code, result.output) == (0, "")
    assert wade_("train", "classes.csv", *LONG, "--quiet", "--model", "whole.wade").exit_code == 0
    resumed, whole = (wade.load(folder / f"{name}.wade").network for name in ("resumed", "whole"))
    assert resumed.theta.tobytes() == whole.theta.tobytes()


def test_without_a_checkpoint_there_it_begins_and_says_so(wade_: Wade, folder: Path) -> None:
    result = wade_(
        "train", "classes.csv", "--target", "answer", "--checkpoint", "c", "--resume", "--json", "--epochs", 2
    )
    assert result.exit_code == 0
    assert result.stderr == "wade: c: there is no checkpoint yet; training begins anew\n"
    assert json.loads(result.stdout)["epochs"] == 2


def test_another_training_is_refused_with_what_differs(wade_: Wade, folder: Path) -> None:
    begin = ("train", "classes.csv", "--target", "answer", "--checkpoint", "c", "--quiet")
    assert wade_(*begin, "--epochs", 2).exit_code == 0
    result = wade_(*begin, "--epochs", 3, "--resume")
    assert result.exit_code == 2
    assert "c: it belongs to another training (epochs is 2 there, 3 here). Resume with the same" in result.stderr


def test_a_disk_that_is_full_costs_the_checkpoint_and_nothing_else(wade_: Wade, folder: Path, monkeypatch: Any) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wade.training.checkpoint.write_checked", full)
    result = wade_("train", "classes.csv", "--target", "answer", "--checkpoint", "c", "--quiet", "--epochs", 2)
    assert result.exit_code == 0
    said = (
        "wade: c: the checkpoint could not be written (No space left on device); training goes on without a new one\n"
    )
    assert result.stderr == said
    assert sorted(os.listdir(folder)) == ["classes.csv", "classes.wade", "many.csv", "numbers.csv"]


def test_the_checkpoints_folder_is_looked_at_first(wade_: Wade, folder: Path) -> None:
    result = wade_("train", "classes.csv", "--target", "answer", "--checkpoint", "nowhere/c")
    assert result.exit_code == 2
    assert "`--checkpoint` must be in a folder that exists" in result.stderr


def test_resume_alone_and_a_wrong_time_name_their_options(wade_: Wade, folder: Path) -> None:
    train = ("train", "classes.csv", "--target", "answer")
    for options, message in (
        (("--resume",), "`--resume` needs a checkpoint to resume from"),
        (("--time-limit", "soon"), "`--time-limit` must be a length of time greater than 0; received 'soon'. Try 30s"),
        (("--checkpoint", "c", "--every", "x"), "`--every` must be a length of time"),
        (("--stop-on", "acuracy"), "Did you mean 'accuracy'"),
        (("--stop-on", "rmse"), "`--stop-on` must be a metric for classification"),
    ):
        result = wade_(*train, *options)
        assert result.exit_code == 2
        assert message in result.stderr


def test_the_summary_says_by_what_the_epoch_is_kept(wade_: Wade, folder: Path) -> None:
    said = " ".join(
        wade_("train", "classes.csv", "--target", "answer", "-v", "--epochs", 3, "--stop-on", "auc").stdout.split()
    )
    assert "(highest validation AUC, " in said
    report = json.loads(wade_("train", "numbers.csv", "--target", "answer", "--epochs", 3, "--json").stdout)
    assert {"gradient_norm", "update_ratio", "dead_relus", "learning_rate", "seconds"} <= set(report["history"][0])
