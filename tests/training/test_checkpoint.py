"""A training goes on from its checkpoint as if it had never been broken off, and from no other's."""

from __future__ import annotations

import errno
import os
import resource
import signal
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wade
from wade import EarlyStopping, Network, train
from wade.errors import CheckpointError, CheckpointWarning, Diverged, InvalidArgument, ModelFileError
from wade.files.checked import write_checked
from wade.maths.optimizers import OPTIMIZERS
from wade.training import ChunkDone, EpochDone, History, ReduceOnPlateau, checkpoint, descent, validation
from wade.training.checkpoint import KIND

X = np.random.default_rng(0).uniform(-1, 1, (300, 2)).astype(np.float32)
Y = (np.hypot(X[:, 0], X[:, 1]) < 0.75).astype(float)
HELD_OUT = X[:80] * 0.9, Y[:80]
NEVER = 1e9


def trained(**changes: Any) -> tuple[Network, History]:
    network = Network(2, hidden=(12, 8), dropout=0.1, seed=1)
    settings: dict[str, Any] = {"epochs": 6, "batch_size": 16, "learning_rate": 0.01, "validation": HELD_OUT, "seed": 3}
    return network, train(network, X, Y, **{**settings, **changes})


def told(history: History) -> dict[str, Any]:
    """A history without the one thing that differs from run to run."""
    data = history.to_dict()
    return {**data, "seconds": 0, "epochs": [{**epoch, "seconds": 0} for epoch in data["epochs"]]}


def broken_off(after: Callable[[Any], bool], **changes: Any) -> None:
    """The same training, ended by Ctrl-C at the first event of which this is true."""

    def interrupt(event: Any) -> None:
        if after(event):
            raise KeyboardInterrupt

    _, history = trained(on_event=interrupt, **changes)
    assert history.interrupted


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "job.checkpoint"


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("engine", ["native", "reference"])
def test_where_chunks_end_changes_no_bit(engine: str, optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = set()
    for seconds in (1e-9, 0.0005, 10.0):
        monkeypatch.setattr(descent, "SECONDS_PER_CHUNK", seconds)
        network, history = trained(epochs=3, optimizer=optimizer, engine=engine, learning_rate=0.003)
        ends.add((network.theta.tobytes(), repr(told(history))))
    assert len(ends) == 1


def is_epoch_3(event: Any) -> bool:
    return isinstance(event, EpochDone) and event.epoch == 3


def is_mid_epoch_4(event: Any) -> bool:
    return isinstance(event, ChunkDone) and event.epoch == 4 and event.rows_done >= 100


@pytest.mark.parametrize("moment", [is_epoch_3, is_mid_epoch_4])
def test_ctrl_c_loses_nothing(file: Path, moment: Callable[[Any], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "SECONDS_PER_CHUNK", 1e-9)
    changes = {"plateau": ReduceOnPlateau(patience=0), "stopping": EarlyStopping(50, metric="accuracy")}
    whole, history = trained(**changes)
    broken_off(moment, checkpoint=file, every=NEVER, **changes)
    network, gone_on = trained(checkpoint=file, every=NEVER, resume=True, **changes)
    assert network.theta.tobytes() == whole.theta.tobytes()
    assert told(gone_on) == told(history)


class Broken(Exception):
    pass


def test_what_is_lost_when_an_epoch_is_evaluatord_is_lost_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is no place in trouble: going on from one comes to the same end."""
    middle = sorted(epoch.validation_loss or 0.0 for epoch in trained()[1].epochs)[2]
    look = validation.EpochEvaluator.evaluate

    def lose(evaluator: Any, *arguments: Any) -> validation.EpochScore:
        loss, metric = look(evaluator, *arguments)
        return validation.EpochScore(float("inf") if loss is not None and loss <= middle else loss, metric)

    def break_off(event: Any) -> None:
        if isinstance(event, EpochDone) and event.validation_loss == float("inf"):
            raise Broken

    monkeypatch.setattr(validation.EpochEvaluator, "evaluate", lose)
    whole, history = trained()
    assert "on the validation rows" in history.stop_reason
    with pytest.raises(Broken):
        trained(checkpoint=file, every=1e-9, on_event=break_off)
    network, gone_on = trained(checkpoint=file, every=1e-9, resume=True)
    assert (network.theta.tobytes(), told(gone_on)) == (whole.theta.tobytes(), told(history))


def test_ctrl_c_while_a_lost_loss_is_looked_into_loses_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    changes = {"learning_rate": 1e25, "optimizer": "sgd"}
    with pytest.raises(Diverged) as whole:
        trained(**changes)
    with monkeypatch.context() as patch:
        patch.setattr("wade.training.divergence._in_parameters", interrupt)
        _, history = trained(checkpoint=file, **changes)
    assert history.interrupted
    with pytest.raises(Diverged) as gone_on:
        trained(checkpoint=file, resume=True, **changes)
    assert str(gone_on.value) == str(whole.value)


def test_seconds_go_on_from_where_they_were(file: Path) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    _, history = trained(checkpoint=file, every=NEVER, resume=True)
    seconds = [epoch.seconds for epoch in history.epochs]
    assert seconds == sorted(seconds)
    assert history.seconds >= seconds[-1]


def test_a_training_that_has_ended_comes_back_at_once(file: Path) -> None:
    whole, history = trained(checkpoint=file)
    events: list[Any] = []
    network, again = trained(checkpoint=file, resume=True, on_event=events.append)
    assert (network.theta.tobytes(), again) == (whole.theta.tobytes(), history)
    assert events == []


def test_where_there_is_none_yet_training_begins_and_says_so(file: Path) -> None:
    with pytest.warns(CheckpointWarning, match=r"job\.checkpoint: there is no checkpoint yet; training begins anew"):
        _, history = trained(checkpoint=file, resume=True)
    assert told(history) == told(trained()[1])


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"learning_rate": 0.02}, "learning_rate is 0.01 there, 0.02 here"),
        ({"seed": 4}, "seed is 3 there, 4 here"),
        ({"batch_size": 32}, "batch_size is 16 there, 32 here"),
        ({"optimizer": "sgd"}, r"optimizer is Adam\(.*\) there, SGD\(.*\) here"),
        ({"engine": "reference"}, "engine is native there, reference here"),
        ({"validation": None}, "validation rows is 80 there, 0 here; the content of the validation rows differs"),
        ({"weights": np.ones(300)}, "the content of the training rows differs"),
        ({"l2": 0.1}, "l2 is 0.0 there, 0.1 here"),
        ({"time_limit": "1m"}, "time_limit is None there, 60.0 here"),
    ],
)
def test_another_training_is_refused_by_what_differs(file: Path, changes: dict[str, Any], differing: str) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    with pytest.raises(CheckpointError, match=rf"it belongs to another training \({differing}\)"):
        trained(checkpoint=file, resume=True, **changes)


def test_other_rows_and_another_network_are_another_training(file: Path) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    others = X.copy()
    others[7, 1] = np.nextafter(others[7, 1], 2)
    options = {"epochs": 6, "batch_size": 16, "learning_rate": 0.01, "validation": HELD_OUT, "seed": 3}
    for network, rows, differing in (
        (Network(2, hidden=(12, 8), dropout=0.1, seed=1), others, "the content of the training rows differs"),
        (Network(2, hidden=(12, 9), dropout=0.1, seed=1), X, r"hidden is \[12, 8\] there, \[12, 9\] here"),
    ):
        with pytest.raises(CheckpointError, match=differing):
            train(network, rows, Y, checkpoint=file, resume=True, **options)


def test_the_number_of_threads_is_no_part_of_it(file: Path) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER, threads=2)
    network, _ = trained(checkpoint=file, resume=True, threads=1)
    assert network.theta.tobytes() == trained()[0].theta.tobytes()


def test_a_training_that_has_not_ended_is_not_overwritten(file: Path) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    before = file.read_bytes()
    with pytest.raises(InvalidArgument, match=r"`checkpoint` must not hold a training that has not ended.*Resume it"):
        trained(checkpoint=file)
    assert file.read_bytes() == before


def test_one_that_has_ended_is(file: Path) -> None:
    trained(checkpoint=file)
    before = file.read_bytes()
    trained(checkpoint=file, epochs=2)
    assert file.read_bytes() != before


@pytest.mark.parametrize("resume", [True, False])
def test_a_file_of_another_kind_stays_as_it_is(file: Path, resume: bool) -> None:
    file.write_text("name,age\nAda,36\n")
    with pytest.raises(CheckpointError, match=r"this is not a wade checkpoint\. Give another file"):
        trained(checkpoint=file, resume=resume)
    assert file.read_text() == "name,age\nAda,36\n"


def test_a_checkpoint_is_no_model_and_a_model_no_checkpoint(file: Path) -> None:
    trained(checkpoint=file)
    with pytest.raises(ModelFileError, match="this is not a wade model file"):
        wade.load(file)


def test_what_a_killed_writer_left_is_removed_when_training_goes_on(file: Path) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    left, others = file.with_name(f".{file.name}.{'0f' * 8}.tmp"), file.with_name(f".{file.name}.notes.tmp")
    left.touch()
    others.touch()
    trained(checkpoint=file, resume=True)
    assert sorted(os.listdir(file.parent)) == sorted([file.name, others.name])


def test_one_of_an_older_format_is_refused_with_what_to_do(file: Path) -> None:
    trained(checkpoint=file, epochs=2)
    arrays, document = checkpoint.read_checked(file, KIND)
    document = {part: document[part] for part in KIND.parts}
    write_checked(file, replace(KIND, format=KIND.oldest - 1), arrays, document)
    with pytest.raises(CheckpointError, match=r"an older wade \(file format 2; .* from format 3 on\)\. Remove it"):
        trained(checkpoint=file, epochs=2, resume=True)


def test_a_damaged_one_is_refused(file: Path) -> None:
    trained(checkpoint=file)
    content = bytearray(file.read_bytes())
    for place in np.random.default_rng(0).integers(0, 8 * len(content), 200):
        content[place // 8] ^= 1 << place % 8
        file.write_bytes(content)
        with pytest.raises(CheckpointError):
            trained(checkpoint=file, resume=True)
        content[place // 8] ^= 1 << place % 8
    for length in range(0, len(content), 97):
        file.write_bytes(content[:length])
        with pytest.raises(CheckpointError):
            trained(checkpoint=file, resume=True)


HOSTILE: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "no theta": lambda arrays, document: arrays.pop("theta"),
    "another length": lambda arrays, document: arrays.update(theta=np.zeros(3, np.float32)),
    "another dtype": lambda arrays, document: arrays.update(theta=arrays["theta"].astype(np.float64)),
    "one array more": lambda arrays, document: arrays.update(more=np.zeros(1)),
    "an epoch that is not there": lambda arrays, document: document["progress"]["position"].update(epoch=9),
    "an epoch of other fields": lambda arrays, document: document["history"]["epochs"][0].update(code="import os"),
    "more epochs than there are": lambda arrays, document: (
        document["history"]["epochs"].extend(document["history"]["epochs"][:1] * 9),
        document["progress"]["position"].update(epoch=len(document["history"]["epochs"]) + 1),
    ),
    "a best epoch that never was": lambda arrays, document: document["history"].update(best_epoch=7),
    "a step that is text": lambda arrays, document: document["progress"].update(step="one"),
    "no position": lambda arrays, document: document["progress"].pop("position"),
    "a position beyond the rows": lambda arrays, document: document["progress"]["position"].update(rows=10**9),
    "a position within a batch": lambda arrays, document: document["progress"]["position"].update(rows=7),
    "a position before the rows": lambda arrays, document: document["progress"]["position"].update(rows=-16),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_parts_that_do_not_fit_are_refused_however_right_the_checksum(
    file: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]
) -> None:
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    arrays, document = checkpoint.read_checked(file, KIND)
    document = {part: document[part] for part in KIND.parts}
    change(arrays, document)
    write_checked(file, KIND, arrays, document)
    with pytest.raises(CheckpointError, match="it does not hold the state of this training"):
        trained(checkpoint=file, resume=True)


def test_nothing_of_a_row_is_in_it(file: Path) -> None:
    trained(checkpoint=file)
    content = file.read_bytes()
    assert not [row for row in X if row.tobytes() in content]


FAILURES = {"no space": errno.ENOSPC, "an I/O error": errno.EIO, "no more quota": errno.EDQUOT}
CALLS = ("open", "write", "fsync", "replace")


@pytest.mark.parametrize("failing", CALLS)
@pytest.mark.parametrize("code", FAILURES.values(), ids=FAILURES.keys())
def test_a_write_that_fails_is_told_and_loses_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, failing: str, code: int
) -> None:
    """Each call of the second checkpoint fails in turn: the first one stays whole, and training comes to its end."""
    whole, history = trained()
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    before = file.read_bytes()

    with warnings.catch_warnings(record=True) as said, monkeypatch.context() as patch:
        warnings.simplefilter("always")
        fail_on(patch, failing, code)
        network, gone_on = trained(checkpoint=file, every=1e-9, resume=True)
    assert {warning.category for warning in said} == {CheckpointWarning}
    assert os.strerror(code) in str(said[0].message)
    assert "training goes on without a new one" in str(said[0].message)
    assert (network.theta.tobytes(), told(gone_on)) == (whole.theta.tobytes(), told(history))
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]
    again, _ = trained(checkpoint=file, resume=True)
    assert again.theta.tobytes() == whole.theta.tobytes()


def test_wherever_a_file_stops_growing_the_older_one_stays(file: Path) -> None:
    """The system itself refuses to write beyond some byte, in the header, in an array, before the last one."""
    broken_off(is_epoch_3, checkpoint=file, every=NEVER)
    before, limits = file.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for most in np.linspace(1, len(before) - 1, 12, dtype=int).tolist():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
        try:
            with pytest.warns(CheckpointWarning, match="File too large"):
                trained(checkpoint=file, resume=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert file.read_bytes() == before
        assert os.listdir(file.parent) == [file.name]


def fail_on(patch: pytest.MonkeyPatch, failing: str, code: int) -> None:
    """From now on, this call of a write ends in this error; what was written before it is on the disk."""

    def fail(*_: object, **__: object) -> Any:
        raise OSError(code, os.strerror(code))

    if failing in ("open", "write"):
        real = open

        def opened(path: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
            if "x" not in mode:
                return real(path, mode, *rest, **options)
            if failing == "open":
                fail()
            handle = real(path, mode, *rest, **options)
            return Short(handle, code)

        patch.setattr("builtins.open", opened)
    else:
        patch.setattr(os, failing, fail)


class Short:
    """A file that takes the first half of what is written to it, and then fails."""

    def __init__(self, handle: Any, code: int) -> None:
        self._handle, self._code = handle, code

    def __enter__(self) -> Short:
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()

    def write(self, content: bytes) -> int:
        self._handle.write(content[: len(content) // 2])
        self._handle.flush()
        raise OSError(self._code, os.strerror(self._code))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resume": True}, "`resume` needs a checkpoint"),
        ({"checkpoint": "x", "every": 0}, "`every` must be a length of time greater than 0; received 0. Try 30s"),
        ({"checkpoint": "x", "every": "often"}, "`every` must be a length of time"),
        ({"checkpoint": "nowhere/x"}, "`checkpoint` must be in a folder that exists; received 'nowhere/x'"),
    ],
)
def test_settings_are_checked_first(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        trained(**options)
