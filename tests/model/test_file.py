"""The .wade file: what is saved is what is loaded, and no damaged or strange file ever becomes a model."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import safetensors.numpy

import wade
from wade.errors import ModelFileError
from wade.model.file import FORMAT, read_file, write_file

ModelOf = Callable[[str], wade.Model]
TableOf = Callable[[str], pa.Table]
KINDS = ("two classes", "many classes", "number")


@pytest.fixture
def saved(tmp_path: Path, model_of: ModelOf) -> Path:
    path = tmp_path / "answer.wade"
    model_of("two classes").save(path)
    return path


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The file with its JSON changed and its checksum right again, as a stranger could make it."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    document = json.loads(header["__metadata__"]["wade"])
    change(document)
    document["sha256"] = "0" * 64
    header["__metadata__"]["wade"] = json.dumps(document)
    text = json.dumps(header).encode()
    content = len(text).to_bytes(8, "little") + text + content[8 + length :]
    path.write_bytes(content.replace(b"0" * 64, hashlib.sha256(content).hexdigest().encode(), 1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_model_predicts_the_same_bits(tmp_path: Path, kind: str, model_of: ModelOf, table_of: TableOf) -> None:
    model, path = model_of(kind), tmp_path / "model.wade"
    model.save(path)
    loaded = wade.load(path)
    assert loaded.network.theta.tobytes() == model.network.theta.tobytes()
    assert loaded.predict(table_of(kind)).tolist() == model.predict(table_of(kind)).tolist()
    assert loaded.report == model.report
    assert (loaded.schema, loaded.encoder, loaded.target) == (model.schema, model.encoder, model.target)


def test_saving_again_writes_the_same_bytes(saved: Path) -> None:
    before = saved.read_bytes()
    wade.load(saved).save(saved)
    assert saved.read_bytes() == before


def test_any_reader_of_safetensors_sees_the_parameters_by_name(saved: Path, model_of: ModelOf) -> None:
    tensors = safetensors.numpy.load_file(saved)
    parameters = model_of("two classes").network.parameters
    assert set(tensors) == {"W1", "E1.colour", "b1", "W2", "b2"}
    assert all(np.array_equal(tensors[name], parameters[name]) for name in tensors)


def test_no_training_row_is_in_the_file(saved: Path, table_of: TableOf) -> None:
    content, sizes = saved.read_bytes(), table_of("two classes")["size"].to_numpy()
    as_text = [value for value in sizes if re.search(re.escape(repr(float(value))).encode(), content)]
    as_bytes = [value for value in sizes if np.float64(value).tobytes() in content]
    as_short_bytes = [value for value in sizes if np.float32(value).tobytes() in content]
    assert as_text == as_bytes == as_short_bytes == []


def test_every_truncation_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    for length in range(len(content)):
        saved.write_bytes(content[:length])
        with pytest.raises(ModelFileError):
            read_file(saved)


def test_every_flipped_bit_is_refused(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    generator = np.random.default_rng(0)
    header = 8 * (8 + int.from_bytes(content[:8], "little"))
    places = {*range(800), *range(header - 200, header), *generator.integers(0, 8 * len(content), 3000).tolist()}
    for place in places:
        content[place // 8] ^= 1 << place % 8
        saved.write_bytes(content)
        with pytest.raises(ModelFileError):
            read_file(saved)
        content[place // 8] ^= 1 << place % 8


def test_bytes_that_follow_the_file_are_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match="checksum"):
        wade.load(saved)


def test_a_newer_file_says_so_and_how_to_upgrade(saved: Path) -> None:
    rewritten(saved, lambda document: document.update(format=FORMAT + 1, wade="9.0"))
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


def test_a_header_that_claims_to_be_huge_allocates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge.wade"
    path.write_bytes((2**62).to_bytes(8, "little") + b"{" + b" " * 100)
    with pytest.raises(ModelFileError, match="cut off"):
        wade.load(path)


def test_a_file_larger_than_any_model_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.wade"
    with open(path, "wb") as file:
        file.truncate(2**40)
    with pytest.raises(ModelFileError, match="larger than"):
        wade.load(path)


def test_a_header_nested_a_million_deep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.wade"
    header = b'{"a":' + b"[" * 10**6
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelFileError, match="damaged"):
        wade.load(path)


HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "no network": lambda document: document.pop("network"),
    "a network that is text": lambda document: document.update(network="relu"),
    "a trillion neurons": lambda document: document["network"].update(hidden=[10**12]),
    "a negative layer": lambda document: document["network"].update(hidden=[-8]),
    "a layer that is text": lambda document: document["network"].update(hidden=["8"]),
    "another width": lambda document: document["network"].update(hidden=[9]),
    "an activation that is code": lambda document: document["network"].update(activation="__import__('os')"),
    "another dtype": lambda document: document["network"].update(dtype="float64"),
    "an object dtype": lambda document: document["network"].update(dtype="object"),
    "an encoding of no known kind": lambda document: document["encoder"]["encodings"][0].update(kind="os.system"),
    "an encoder without encodings": lambda document: document.update(encoder={}),
    "another category": lambda document: document["encoder"]["encodings"][1]["values"].append("mauve"),
    "more classes": lambda document: document["target"].update(kind="many classes", classes=["a", "b", "c"]),
    "a target that is a number": lambda document: document["target"].update(kind="number"),
    "a column without a role": lambda document: document["schema"]["columns"][0].pop("role"),
    "a base rate of two numbers": lambda document: document["report"].update(base_rate=[0.5, 0.5]),
    "a base rate that is text": lambda document: document["report"].update(base_rate=["half"]),
    "no report": lambda document: document.pop("report"),
    "no marks of missing values": lambda document: document.pop("missing"),
    "a number that JSON has no word for": lambda document: document["report"].update(base_rate=[math.nan]),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_parts_that_do_not_fit_are_refused_however_right_the_checksum(
    saved: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    rewritten(saved, lambda document: None)
    wade.load(saved)  # the rewriting itself is not what is refused
    rewritten(saved, change)
    with pytest.raises(ModelFileError):
        wade.load(saved)


def test_a_parameter_that_is_not_a_number_is_refused(saved: Path) -> None:
    parameters, document = read_file(saved)
    parameters["b1"][0] = np.nan
    write_file(
        saved, parameters, {part: document[part] for part in document if part not in ("format", "wade", "sha256")}
    )
    with pytest.raises(ModelFileError, match="not a finite number"):
        wade.load(saved)


def test_a_report_that_is_not_finite_is_never_written(tmp_path: Path, model_of: ModelOf) -> None:
    model = model_of("number")
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
        model_of("number").save(saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]
