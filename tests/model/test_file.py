"""The .wade file: what is saved is what is loaded, and no damaged or strange file ever becomes a model."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import safetensors.numpy

import wade
from tests.model.signing import rewrite
from wade.errors import ModelFileError
from wade.files.checked import read_checked, write_checked
from wade.model.file import FORMAT, KIND

ModelOf = Callable[[str], wade.Model]
TableOf = Callable[[str], pa.Table]
TASKS = ("binary", "multiclass", "regression")


@pytest.fixture
def saved(tmp_path: Path, model_of: ModelOf) -> Path:
    path = tmp_path / "answer.wade"
    model_of("binary").save(path)
    return path


@pytest.mark.parametrize("task", TASKS)
def test_a_loaded_model_predicts_the_same_bits(tmp_path: Path, task: str, model_of: ModelOf, table_of: TableOf) -> None:
    model, path = model_of(task), tmp_path / "model.wade"
    model.save(path)
    loaded = wade.load(path)
    assert loaded.network.theta.tobytes() == model.network.theta.tobytes()
    assert loaded.predict(table_of(task)).tolist() == model.predict(table_of(task)).tolist()
    assert loaded.report == model.report
    assert (loaded.schema, loaded.encoder, loaded.target) == (model.schema, model.encoder, model.target)


def test_saving_again_writes_the_same_bytes(saved: Path) -> None:
    before = saved.read_bytes()
    wade.load(saved).save(saved)
    assert saved.read_bytes() == before


def test_any_reader_of_safetensors_sees_the_parameters_by_name(saved: Path, model_of: ModelOf) -> None:
    tensors = safetensors.numpy.load_file(saved)
    parameters = model_of("binary").network.parameters
    assert set(tensors) == {"W1", "E1.colour", "b1", "W2", "b2"}
    assert all(np.array_equal(tensors[name], parameters[name]) for name in tensors)


def test_no_training_row_is_in_the_file(saved: Path, table_of: TableOf) -> None:
    content, sizes = saved.read_bytes(), table_of("binary")["size"].to_numpy()
    as_text = [value for value in sizes if re.search(re.escape(repr(float(value))).encode(), content)]
    as_bytes = [value for value in sizes if np.float64(value).tobytes() in content]
    as_short_bytes = [value for value in sizes if np.float32(value).tobytes() in content]
    assert as_text == as_bytes == as_short_bytes == []


def test_bytes_that_follow_the_file_are_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match="another size than its header says"):
        wade.load(saved)


def test_a_newer_file_says_so_and_how_to_upgrade(saved: Path) -> None:
    rewrite(saved, lambda pieces: pieces.document.update(format=FORMAT + 1, wade="9.0"))
    with pytest.raises(ModelFileError, match=r"newer wade \(9\.0.*pip install --upgrade"):
        wade.load(saved)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"size,colour\n1,red\n", b"PAR1" * 20, b"\xff" * 100, b"\0" * 100, b"\x02" + b"\0" * 7 + b"[]"],
)
def test_what_is_no_model_is_called_that(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"table\.csv: this is not a wade model file\. Give a \.wade file"):
        wade.load(path)


def test_another_programs_safetensors_file_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    safetensors.numpy.save_file({"W1": np.zeros((2, 2))}, path)
    with pytest.raises(ModelFileError, match="not a wade model file"):
        wade.load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such file"):
        wade.load(tmp_path / "nothing.wade")
    with pytest.raises(ModelFileError, match="a folder"):
        wade.load(tmp_path)


def test_a_parameter_that_is_not_a_number_is_refused(saved: Path) -> None:
    parameters, document = read_checked(saved, KIND)
    parameters["b1"][0] = np.nan
    parts = {part: document[part] for part in document if part not in ("format", "wade", "sha256")}
    write_checked(saved, KIND, parameters, parts)
    with pytest.raises(ModelFileError, match="not a finite number"):
        wade.load(saved)


def test_a_report_that_is_not_finite_is_never_written(tmp_path: Path, model_of: ModelOf) -> None:
    model = model_of("regression")
    broken = wade.Model(model.network, model.schema, model.encoder, model.target, {"loss": math.inf})
    with pytest.raises(ValueError, match="JSON"):
        broken.save(tmp_path / "broken.wade")
    assert os.listdir(tmp_path) == []


def test_a_save_that_fails_leaves_the_old_model(
    saved: Path, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        model_of("regression").save(saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]
