"""`wade draw`: a file, its description, and errors that say what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from wade.cli.commands.draw import ACTIVATION_NAMES, draw
from wade.cli.views.draw import KINDS
from wade.maths.activations import ACTIVATIONS

Wade = Callable[..., Any]
with_matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is not installed (it is in CI)"
)


@pytest.mark.parametrize(
    ("heading", "source"),
    [("nothing  ", "nothing"), ("MODEL  ", "model"), ("DATA  ", "table"), ("MODEL DATA", "model and rows")],
)
def test_the_help_names_every_kind_with_what_it_takes(wade_: Wade, heading: str, source: str) -> None:
    listed = re.search(r"Kinds, by what they take:\n(.*?)\n\n", wade_("draw", "--help").stdout, re.DOTALL)
    assert listed is not None
    found = re.search(rf"^    {heading}\s+(\S.*(?:\n {{8,}}\S.*)*)", listed[1], re.MULTILINE)
    assert found is not None
    names = [name.strip() for name in re.sub(r"\(.*?\)", "", found[1]).split(",")]
    assert sorted(names) == sorted(name for name, kind in KINDS.items() if kind.source == source)


def test_the_help_names_every_activation() -> None:
    assert ACTIVATION_NAMES.split(", ") == [name for name, one in ACTIVATIONS.items() if one.is_elementwise]


def test_every_option_of_a_kind_is_one_of_the_command() -> None:
    offered = draw.__signature__.parameters  # type: ignore[attr-defined]
    known = {*offered, "names"}
    assert {option for kind in KINDS.values() for alone in (False, True) for option in kind.takes(alone=alone)} <= known


@with_matplotlib
def test_a_picture_and_its_numbers(wade_: Wade, model: Path, folder: Path) -> None:
    (folder / "two.csv").write_text((folder / "classes.csv").read_text())
    result = wade_("draw", "roc", model, "two.csv", "-o", "roc.svg", "--csv", "roc.csv", "--threshold", "0.3")
    assert result.exit_code == 0
    assert "ROC and precision-recall of answer = yes on 120 rows" in result.stdout
    assert re.search(r"At the threshold 0.3: recall \S+ % \(of the class found\), ", " ".join(result.stdout.split()))
    assert (folder / "roc.svg").read_bytes().startswith(b"<?xml")
    assert (folder / "roc.csv").read_text().startswith("threshold,recall,false positive rate,precision\n")


@with_matplotlib
def test_without_a_name_it_is_called_like_its_kind(wade_: Wade, folder: Path) -> None:
    for name in ("losses.svg", "losses-2.svg"):
        assert wade_("draw", "losses", "--quiet").exit_code == 0
        assert (folder / name).stat().st_size > 1000


@with_matplotlib
def test_json_says_what_the_picture_shows(wade_: Wade, model: Path) -> None:
    result = wade_("draw", "network", model, "classes.csv", "--row", "2", "--shows", "deltas", "-o", "n.png", "--json")
    found = json.loads(result.stdout)
    assert found["kind"] == "network"
    assert found["output"] == "n.png"
    assert "deltas of row 2 of classes.csv" in found["title"]
    assert found["description"].startswith("Neurons by layer")


TRAINED = ("--target", "answer", "--hidden", "4", "--members", "1", "--learning-rate", "0.05", "--epochs", "4")


def drawn_title_and_words(wade_: Wade, *arguments: str) -> str:
    result = wade_("draw", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    return f"{found['title']}. {found['description']}"


@with_matplotlib
def test_the_path_of_a_training_is_that_of_the_options(wade_: Wade, folder: Path) -> None:
    found = drawn_title_and_words(wade_, "surface", "classes.csv", *TRAINED, "--optimizer", "rmsprop", "--plain")
    assert "Loss surface along a training" in found
    assert "rmsprop, rate 0.05: 4 epochs" in found


@with_matplotlib
def test_a_sweep_takes_the_options_of_wade_race(wade_: Wade, folder: Path) -> None:
    options = ("--optimizer", "sgd", "--learning-rates", "1e-4..1", "--count", "5", "--steps", "7", "--hidden", "3")
    found = drawn_title_and_words(wade_, "rates", "classes.csv", "--target", "answer", *options)
    assert found.startswith("5 learning rates, 7 steps each")


@with_matplotlib
def test_an_option_that_is_typed_is_used_though_it_is_the_default_of_wade_train(wade_: Wade, folder: Path) -> None:
    options = ("--rows", "60", "--epochs", "2", "--hidden", "3")
    found = drawn_title_and_words(wade_, "nonlinearity", "moons", *options, "--activation", "relu")
    assert "With relu the boundary can be a curve" in found


@with_matplotlib
def test_a_movie(wade_: Wade, model: Path, folder: Path) -> None:
    assert wade_("draw", "confusion", model, "classes.csv", "-o", "c.gif", "--epochs", "1", "-q").exit_code == 0
    assert (folder / "c.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bondary", "m.wade"), "Did you mean 'boundary'?"),
        (("boundary", "classes.wade"), "Try wade draw boundary model.wade table.csv."),
        (("curves",), "Try wade draw curves table.csv."),
        (("losses", "classes.wade"), "Try wade draw losses."),
        (("losses", "classes.wade"), "`KIND` losses takes neither MODEL nor DATA; received 'classes.wade'."),
        (("steps", "classes.wade", "classes.csv"), "`KIND` steps takes MODEL and no DATA; received 'classes.wade cl"),
        (("rates", "classes.wade", "classes.csv"), "`KIND` rates takes DATA and no MODEL; received"),
        (("network",), "`KIND` network takes MODEL, and DATA where a row is laid on it; received None."),
        (("activations", "--names", "swish"), "Here it is called 'silu'."),
        (("activations", "--names", "swich"), "`--names` must be one of 'elu'"),
        (("roc", "classes.wade", "classes.csv", "--column", "size"), "`--column` is not an option of the kind roc"),
        (("cost", "classes.wade", "classes.csv"), "`--cost-false-alarm` is needed for the kind cost"),
        (("boundary", "classes.wade", "classes.csv", "--epochs", "3"), "Kinds with this option: nonlinearity, surf"),
        (("surface", "classes.wade", "classes.csv", "--optimizer", "sgd"), "It needs DATA alone, on which a network"),
        (("surface", "classes.csv", "--target", "answer", "--reach", "2"), "`--reach` is not an option of the kind"),
        (("surface", "classes.wade"), "`KIND` surface takes MODEL and DATA, or DATA alone; received 'classes.wade'."),
        (("surface", "classes.csv", "--target", "answer", "--epochs", "1"), "`--epochs` must be at least 2: the path"),
        (("nonlinearity", "classes.csv", "--activation", "identity"), "`--activation` must be one to compare with no"),
        (("nonlinearity", "classes.csv", "--hidden", "none"), "`--hidden` must hold a layer to compare activations in"),
        (("losses", "-o", "losses.jpg"), "must end in .svg, .png, .pdf, .gif"),
        (("learning", "classes.wade", "-o", "l.gif"), "a movie needs MODEL and DATA"),
        (("losses", "--theme", "sepia"), "'dark', 'light'"),
        (("network", "classes.wade", "--row", "3"), "Give DATA after the model."),
        (("boundary", "classes.wade", "classes.csv", "--columns", "size,colour"), "must be one of 'size'"),
        (("roc", "classes.wade", "classes.csv", "-o", "classes.csv"), "must end in"),
    ],
)
def test_errors_say_what_to_do(wade_: Wade, model: Path, arguments: tuple[str, ...], said: str) -> None:
    result = wade_("draw", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
