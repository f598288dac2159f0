"""What is drawn: artists hold the display's numbers, any name is harmless, and a picture is a small file of its own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import BytesIO
from time import process_time
from typing import Any

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument, PackageMissing
from wade.pictures import (
    KINDS,
    BoundaryDisplay,
    ConfusionDisplay,
    LearningDisplay,
    Movie,
    NetworkDisplay,
    PredictionsDisplay,
    RocDisplay,
    StaircaseDisplay,
    SurfaceDisplay,
    WaterfallDisplay,
    descent_on_surface,
)
from wade.pictures.theme import DARK, LIGHT

Trained = Any
SLOW = {"rates", "curves", "nonlinearity"}
"""Kinds that train: their numbers are tested with little data in test_numbers."""
NEEDED = {"cost": {"cost_false_alarm": 50.0, "cost_miss": 150.0}}


def drawn(kind: str, trained: Trained, task: str = "", model: Trained = None) -> Any:
    """A display of each kind, of this model or the one that fits it."""
    entry = KINDS[kind]
    model, table = model or trained[task or ("regression" if kind == "residuals" else "binary")]
    sources = {"nothing": [], "model": [model], "model and rows": [model, table], "table": [table, "answer"]}
    return entry.make(*sources[entry.source], **NEEDED.get(kind, {}))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SLOW])
def test_every_kind_is_drawn_in_a_second_with_words_and_numbers_and_shows_names_as_text(
    kind: str, trained: Trained, hostile: Trained
) -> None:
    from matplotlib.text import Text

    began = process_time()
    display = drawn(kind, trained, model=None if kind == "residuals" else hostile)
    content = display.to_bytes("svg")
    assert process_time() - began < 2.5  # a second on a quiet machine
    assert len(content) < 400_000
    root = ET.fromstring(content)  # well-formed, whatever the names are
    assert root.get("role") == "img"
    assert root[0].text == display.description()
    assert b"<script" not in content
    assert b"<b>" not in content
    for text in display.figure_.findobj(Text):
        assert "$x^2$" not in text.get_text()
        assert "\t" not in text.get_text()
    header, rows = display.table()
    assert header
    assert {len(row) for row in rows} == {len(header)}
    assert display.figure_ is display.ax_.figure
    assert display.to_dict()["numbers"]
    assert display.to_dict()["title"] == display.title.replace(r"\$", "$")
    assert len(repr(display)) < 300


@pytest.mark.parametrize("task", ["multiclass", "regression"])
@pytest.mark.parametrize("kind", ["boundary", "network", "baselines", "dependence", "waterfall"])
def test_kinds_of_every_task_are_drawn_for_it(kind: str, task: str, trained: Trained) -> None:
    if (kind, task) == ("dependence", "multiclass"):
        with pytest.raises(InvalidArgument, match="They are low, mid, top"):
            drawn(kind, trained, task)
        return
    assert drawn(kind, trained, task).to_bytes("png", theme="dark").startswith(b"\x89PNG")


def test_artists_hold_the_numbers(trained: Trained) -> None:
    model, table = trained["binary"]
    boundary = BoundaryDisplay.from_model(model, table, resolution=7).plot()
    assert np.allclose(boundary.ax_.images[0].get_array(), boundary.values[:, 1].reshape(7, 7))
    shown = np.concatenate([each.get_offsets() for each in boundary.ax_.collections if len(each.get_offsets()) > 1])
    assert np.allclose(np.sort(shown, axis=0), np.sort(boundary.plane.points, axis=0))
    learning = LearningDisplay.from_model(model).plot()
    assert learning.ax_.lines[0].get_ydata().tolist() == [each["loss"] for each in model.report["history"]]
    best = model.report["history"][model.report["best_epoch"] - 1]
    star = next(line for line in learning.ax_.lines if line.get_label() == "kept")
    assert star.get_xydata().tolist() == [[best["epoch"], best["validation_loss"]]]
    confusion = ConfusionDisplay.from_model(model, table).plot()
    assert np.allclose(confusion.ax_.images[0].get_array(), confusion.shares())
    assert sum(int(text.get_text().split("\n")[0]) for text in confusion.ax_.texts) == table.num_rows
    roc = RocDisplay.from_model(model, table).plot()
    assert np.allclose(
        roc.axes_[0].lines[0].get_xydata(), np.column_stack([roc.swept.false_positive_rate, roc.swept.recall])
    )
    waterfall = WaterfallDisplay.from_model(model, table, 2).plot()
    assert waterfall.title.endswith(": row 2")  # a frame has no name
    widths = [bar.get_width() for bar in waterfall.ax_.patches]
    assert np.allclose(widths, [one["contribution"] for one in waterfall.report["columns"]])
    staircase = StaircaseDisplay.of_flights().plot()
    assert staircase.axes_[0].lines[0].get_ydata().tolist() == staircase.mistakes.tolist()


def test_line_widths_are_the_sizes_of_weights() -> None:
    network = wade.Network(1, hidden=(2,), dtype="float64")
    network.parameters["W1"][...] = [[2.0, -1.0]]
    network.parameters["W2"][...] = [[0.0], [0.5]]
    display = NetworkDisplay.from_network(network).plot()
    layers = display.ax_.collections[:2]
    widths = np.concatenate([layer.get_linewidths() for layer in layers])
    assert np.allclose(widths, 0.6 + 2.8 * np.array([2.0, 1.0, 0.0, 0.5]) / 2)
    dashed = [style[1] is not None for layer in layers for style in layer.get_linestyles()]
    assert dashed == [False, True, False, False]


def test_a_small_graph_has_the_number_of_each_weight_and_the_signs_it_has() -> None:
    trace = wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid"), [2, 3, -1, 5], 1)
    display = NetworkDisplay.from_trace(trace).plot()
    texts = [text.get_text() for text in display.ax_.texts]
    assert [text for text in texts if text.startswith("×")] == ["× 0.1", "× 0.5", "× 2.5", "× 0.2"]
    (output,) = (text for text in texts if text.startswith("output: "))
    assert output == "output: 0.961\nz = Σ weight × input + 3 (bias) = 3.2, sigmoid(z)"
    assert "positive" in display.note
    assert "negative" not in display.note
    assert "holds 5 numbers" in display.note


def test_a_path_that_leaves_the_picture_is_drawn_up_to_there() -> None:
    display = descent_on_surface(steps=3).plot()
    large = next(line for line in display.ax_.lines if str(line.get_label()).startswith("large"))
    assert len(large.get_xdata()) < 4
    assert "leaves the picture at step" in str(large.get_label())


def test_a_path_is_drawn_where_it_is() -> None:
    display = descent_on_surface(steps=3).plot()
    assert np.allclose(display.ax_.images[0].get_array().max(), display._highest())
    path = next(line for line in display.ax_.lines if len(line.get_xdata()) == 4)
    assert np.allclose(path.get_xydata(), display.plane.project(display.paths[0].thetas)[0])


def test_the_same_picture_is_the_same_file(trained: Trained) -> None:
    model, table = trained["binary"]
    first, second = (BoundaryDisplay.from_model(model, table, resolution=5).to_bytes("svg") for _ in range(2))
    assert first == second
    assert BoundaryDisplay.from_model(model, table, resolution=5).to_bytes("pdf").startswith(b"%PDF")


def test_given_axes_are_drawn_on_and_their_ground_chooses_the_theme(trained: Trained) -> None:
    from matplotlib.figure import Figure

    model, table = trained["binary"]
    figure = Figure()
    left, right = figure.subplots(1, 2)
    right.set_facecolor("black")
    light = BoundaryDisplay.from_model(model, table, resolution=5).plot(left)
    dark = BoundaryDisplay.from_model(model, table, resolution=5).plot(right)
    assert (light.theme_, dark.theme_) == (LIGHT, DARK)
    assert light.ax_ is left
    assert light.figure_ is figure
    assert left.get_title("left") == light.title
    single = figure.add_axes((0, 0, 1, 1))
    assert len(RocDisplay.from_model(model, table).plot(single).axes_) == 2


def test_settings_of_matplotlib_are_left_as_they_were(trained: Trained) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    LearningDisplay.from_model(trained["binary"].model).to_bytes("png", theme="dark")
    assert dict(matplotlib.rcParams) == before


def test_many_marks_are_an_image_inside_the_vectors() -> None:
    rows = np.random.default_rng(0).normal(size=20_000)
    content = PredictionsDisplay.from_predictions(rows, rows + 0.1).to_bytes("svg")
    assert len(content) < 600_000
    assert content.count(b"<use") < 1_000


def test_a_notebook_shows_it_as_a_picture(trained: Trained) -> None:
    display = LearningDisplay.from_model(trained["binary"].model)
    assert display._repr_png_() is None
    assert display.plot()._repr_png_().startswith(b"\x89PNG")  # type: ignore[union-attr]


def test_a_movie_has_a_frame_for_the_start_and_after_epochs(trained: Trained) -> None:
    from PIL import Image

    model, table = trained["binary"]
    movie = Movie.from_model(
        lambda each: BoundaryDisplay.from_model(each, table, resolution=5), model, table, epochs=4, frames=2
    )
    assert [caption.split(",")[0] for caption in movie.captions] == ["epoch 0 of 4", "epoch 2 of 4", "epoch 4 of 4"]
    image = Image.open(BytesIO(movie.to_bytes()))
    assert (image.format, image.n_frames) == ("GIF", 3)
    start = wade.Network.from_dict(model.network.to_dict())
    assert np.allclose(movie.frames[0].values[:, 1], start(movie.frames[0].plane.inputs)[:, 0])  # type: ignore[attr-defined]


def test_without_matplotlib_the_error_names_the_remedy(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.errors.find_spec", lambda name: None)
    with pytest.raises(PackageMissing, match=r"pip install 'wade\[pictures\]'") as caught:
        LearningDisplay.from_model(trained["binary"].model).plot()
    assert isinstance(caught.value, ImportError)


def test_a_surface_of_a_model_has_the_model_in_its_middle(trained: Trained) -> None:
    model, table = trained["binary"]
    display = SurfaceDisplay.from_model(model, table, resolution=3)
    expected = model.evaluate(table)["test"]["log_loss"]
    assert np.isclose(display.losses[1, 1], expected, rtol=1e-4)
