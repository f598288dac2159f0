"""The exported steps of a training run are those that the run took."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.exporters.models import ROLES, TARGETS
from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.exporters import export
from wade.exporters.replay.replay import first_steps
from wade.maths.losses import choose_loss, usual_loss
from wade.maths.random import permutation
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.types import Samples

QUICK: dict[str, Any] = {"hidden": (8, 4), "members": 1, "epochs": 40, "batch_size": 64, "patience": 40}
CASES: dict[str, dict[str, Any]] = {
    "two classes, adamw, members by default": {"members": "auto"},
    "many classes, dropout, piecewise": {
        "task": "multiclass", "numbers": "piecewise", "dropout": 0.25, "activation": "leaky_relu"
    },
    "a number, members, piecewise": {"task": "regression", "numbers": "piecewise", "members": 3, "activation": "mish"},
    "no hidden layer, sgd": {"task": "regression", "hidden": (), "optimizer": "sgd", "learning_rate": 0.01},
    "members, penalties, clipping, rmsprop": {
        "members": 2, "activation": "tanh", "l1": 1e-3, "l2": 1e-3, "clip_norm": 0.5, "optimizer": "rmsprop"
    },
    "plateau, adam, gelu, dropout": {
        "schedule": "plateau", "optimizer": "adam", "activation": "gelu", "dropout": 0.5, "members": 2, "patience": 2
    },
    "nesterov, silu": {"optimizer": "nesterov", "weight_decay": 0.01, "activation": "silu", "learning_rate": 0.01},
    "differing activations": {"hidden": (6, 5, 4), "activation": "tanh,identity,relu", "learning_rate": 0.01},
    "adagrad, selu": {"optimizer": "adagrad", "activation": "selu", "schedule": "one_cycle", "seed": 2**40 + 5},
}  # fmt: skip


def learned(table: pa.Table, task: str = "binary", **choices: Any) -> wade.Model:
    others = [name for name in TARGETS.values() if name != TARGETS[task]]
    return wade.learn(table, TARGETS[task], drop=others, roles=ROLES, **{**QUICK, **choices})


def exported(model: wade.Model, data: Any, folder: Path) -> dict[str, Any]:
    files = export(model, "numpy", folder / "steps.py", training=data)
    assert [path.name for path in files] == ["steps.npz", "steps.py"]
    return runpy.run_path(str(files[1]))


def by_the_textbook(model: wade.Model, data: Any) -> np.ndarray:
    """The losses of the same steps by the reference engine in float64, from the same float32 start."""
    steps, settings = first_steps(model, data), model.report["settings"]
    start = steps.network
    network = Network.from_dict({**start.to_dict(), "dtype": "float64"}, start.theta.astype(np.float64))
    engine, loss = choose_engine("reference"), choose_loss(usual_loss(network.output), network.output)
    regularization = Regularization(settings["l1"], settings["l2"], settings["clip_norm"])
    state, losses, done, epoch = steps.optimizer.init(network.theta), [], 0, 1
    per_epoch = -(-steps.rows // settings["batch_size"])
    X, y = network.as_inputs(steps.X), steps.y if network.output == "softmax" else steps.y.astype(np.float64)
    task = Task(network, loss, steps.optimizer, regularization)
    while done < len(steps.rates):
        rates = steps.rates[done : done + per_epoch]
        order = permutation(settings["seed"], epoch, steps.rows)[: len(rates) * settings["batch_size"]]
        order = np.searchsorted(steps.seen, order)
        losses.append(
            engine.descend(task, state, Samples(X, y), order, settings["batch_size"], rates, seed=settings["seed"])
        )
        done, epoch = done + len(rates), epoch + 1
    return np.concatenate(losses)


@pytest.mark.parametrize("case", CASES)
def test_each_step_has_the_loss_that_the_run_had(table: pa.Table, tmp_path: Path, case: str) -> None:
    model = learned(table, **CASES[case])
    program = exported(model, table, tmp_path)
    losses = np.array(program["descend"]())
    steps_per_epoch = -(-program["ROWS"] // program["BATCH_SIZE"])
    assert len(losses) == len(program["LOSSES"]) == min(100, model.report["epochs"] * steps_per_epoch)
    # Its own arithmetic, to the last digits; and float32's, whose rounding grows with the steps.
    np.testing.assert_allclose(losses, by_the_textbook(model, table), rtol=1e-9)
    np.testing.assert_allclose(losses, program["LOSSES"], rtol=5e-6)
    # What is recorded is what the run itself reported.
    lengths = np.minimum(program["BATCH_SIZE"], program["ROWS"] - program["BATCH_SIZE"] * np.arange(steps_per_epoch))
    for epoch, reported in enumerate(model.report["history"][: len(losses) // steps_per_epoch]):
        recorded = program["LOSSES"][epoch * steps_per_epoch : (epoch + 1) * steps_per_epoch]
        assert (recorded * lengths).sum() / program["ROWS"] == pytest.approx(reported["loss"], rel=1e-12)


def test_it_starts_where_the_network_started(table: pa.Table, tmp_path: Path) -> None:
    model = learned(table, members=2, numbers="piecewise", activation="selu")
    start = exported(model, table, tmp_path)["start"]()
    fresh = Network.from_dict(model.network.to_dict())
    assert sum(values.size for values in start.values()) == fresh.n_parameters
    for name in ("W1", "R1", "S1", "b1", "W2", "W3"):
        np.testing.assert_allclose(start[name], fresh.parameters[name], rtol=1e-7)


def test_a_large_table_lends_only_the_rows_that_are_seen(tmp_path: Path) -> None:
    model = wade.learn("flights", rows=40_000, epochs=1, hidden=(4,), batch_size=16, activation="softplus")
    program = exported(model, "flights", tmp_path)
    assert len(program["SEEN"]) == 1600 < program["ROWS"]
    np.testing.assert_allclose(program["descend"](), program["LOSSES"], rtol=5e-6)


def test_a_split_by_time_and_a_chosen_test_size(tmp_path: Path) -> None:
    model = wade.learn("flights", rows=2_000, split="time", test_rows=333, epochs=2, hidden=(4,), activation="elu")
    program = exported(model, "flights", tmp_path)
    np.testing.assert_allclose(program["descend"](), program["LOSSES"], rtol=5e-6)


def test_another_table_is_refused(table: pa.Table, tmp_path: Path) -> None:
    model = learned(table, epochs=1)
    for other in (table.slice(1), table.take(list(range(len(table)))[::-1])):
        with pytest.raises(InvalidArgument, match="must be the table that the model was trained on"):
            export(model, "numpy", tmp_path / "steps.py", training=other)
    assert not list(tmp_path.iterdir())


def test_a_reader_that_hangs_up_and_a_full_disk(table: pa.Table, tmp_path: Path) -> None:
    export(learned(table, epochs=1), "numpy", tmp_path / "steps.py", training=table)
    command = f"{sys.executable} -u {tmp_path / 'steps.py'}"
    done = subprocess.run(f"{command} | true", shell=True, capture_output=True, text=True)
    assert done.stderr == ""
    done = subprocess.run(f"{command} > /dev/full", shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "the losses cannot be written: No space left on device\n")


def test_a_split_by_groups_is_refused(table: pa.Table, tmp_path: Path) -> None:
    model = learned(table, epochs=1, group="count")
    with pytest.raises(InvalidArgument, match="split at random or by time"):
        export(model, "numpy", tmp_path / "steps.py", training=table)


def test_a_run_that_was_streamed_is_refused(table: pa.Table, tmp_path: Path) -> None:
    model = learned(table, epochs=1)
    model.report["memory"]["streamed"] = True
    with pytest.raises(InvalidArgument, match="was in memory"):
        export(model, "numpy", tmp_path / "steps.py", training=table)


def test_the_steps_are_written_in_numpy_alone(table: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="must be 'numpy'"):
        export(learned(table, epochs=1), "c", tmp_path / "steps.c", training=table)
