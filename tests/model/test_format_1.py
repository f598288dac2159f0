"""Files of format 1 read as if they had been written today: only names change, and nothing strange slips through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wade
from tests.model.hostile import SMALL, signed
from tests.model.signing import Pieces
from wade.errors import ModelFileError
from wade.model.format_1 import upgrade_format_1

OLD = Pieces.of(SMALL).document


def test_the_target_and_the_report_have_todays_names() -> None:
    assert OLD["format"] == 1
    new = upgrade_format_1(OLD)
    assert new["target"] == {"column": "late", "task": "binary", "classes": ["no", "yes"], "mean": 0.0, "scale": 1.0}
    assert new["report"]["task"] == "binary"
    assert set(new["report"]["baselines"]) == {"constant", "linear"}
    assert new["report"]["stop_reason"] == OLD["report"]["stopped_because"]
    assert new["report"]["test"] == OLD["report"]["test"]
    assert OLD["target"]["kind"] == "two classes"  # the document that was given is as it was


def test_a_diagnosis_has_todays_names() -> None:
    errors = {"base_rate": 1, "no_hidden_layers": 2, "this_network": 3}
    report = {"diagnosis": {"says": "Bias: …", "errors": errors}, "judged_by": "loss"}
    new = upgrade_format_1({**OLD, "report": report})["report"]
    assert new["diagnosis"] == {"summary": "Bias: …", "errors": {"constant": 1, "linear": 2, "network": 3}}
    assert new["selected_by"] == "loss"


def test_an_old_model_that_is_saved_again_is_of_the_new_format(tmp_path: Path) -> None:
    path = tmp_path / "model.wade"
    path.write_bytes(SMALL)
    wade.load(path).save(path)
    document = Pieces.of(path.read_bytes()).document
    assert (document["format"], document["target"]["task"]) == (2, "binary")
    assert wade.load(path).report == upgrade_format_1(OLD)["report"]


def no_report(document: dict[str, Any]) -> None:
    document["report"] = {"kind": ["two classes"]}


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["target"].update(task="binary"),
        lambda document: document["target"].update(kind=["two classes"]),
        lambda document: document["target"].update(kind="binary class"),
        lambda document: document["target"].pop("kind"),
        lambda document: document["report"].update(task="binary"),
        lambda document: document["report"].update(baselines=3),
        lambda document: document["report"].update(diagnosis={"says": "Bias"}),
        lambda document: document["report"].update(diagnosis={"errors": [1]}),
        lambda document: document.update(format=2),
        lambda document: document.update(format=0),
        lambda document: document.update(format=True),
        lambda document: document.update(format=1.0),
        no_report,
    ],
)
def test_what_format_1_never_said_is_refused(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.wade"
    path.write_bytes(signed(change))
    with pytest.raises(ModelFileError):
        wade.load(path)
