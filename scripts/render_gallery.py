"""Renders docs/gallery: every kind of picture in the deck's order, light and dark, with two sentences each.

    .venv/bin/python scripts/render_gallery.py            # all of it, about two minutes
    .venv/bin/python scripts/render_gallery.py descent    # only these pictures; the page keeps the others as they are

Needs `pip install 'wade[pictures]'`. Each file is the smaller of an SVG and a PNG of few colors.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

import wade
from wade import pictures
from wade.maths.losses import choose_loss
from wade.pictures.directions import samples_of
from wade.tables import BUILT_IN

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
PLAIN = {"members": 1, "dropout": 0.0, "numbers": "scaled"}
THEMES = ("light", "dark")
DELTAS_ROW = 991
DECK_FLIGHT = (-20.0, 45.0)
"""Temperature and wind speed."""
COLORS, DPI = 256, 120
LARGEST_SVG = 45_000


@cache
def flight_rows(count: int, first: int) -> pa.Table:
    """Flights evenly spread over the year, from this row on: with another first row none is the same."""
    table = BUILT_IN["flights"].read()
    return table.take(np.arange(count) * (table.num_rows // count) + first)


@cache
def flights() -> Any:
    """A model of 20,000 flights."""
    return wade.learn(flight_rows(20_000, 0), "delayed", hidden=(64, 32), members=4, epochs=12)


@cache
def other_flights() -> pa.Table:
    """3,000 flights that no model here was trained on."""
    return flight_rows(3_000, 7)


@cache
def diabetes() -> tuple[pa.Table, pa.Table]:
    """300 patients to train on, and the others."""
    table = BUILT_IN["diabetes"].read()
    order = np.random.default_rng(0).permutation(table.num_rows)
    return table.take(order[:300]), table.take(order[300:])


@cache
def moons() -> Any:
    """A small plain network on two half moons."""
    settings = {"epochs": 400, "batch_size": 32, "learning_rate": 0.1, "schedule": "constant", "weight_decay": 0.0}
    return wade.learn("moons", hidden=(8,), activation="tanh", **settings, **PLAIN)


@cache
def trained(name: str) -> Any:
    """A plain network on a built-in table."""
    settings = {"epochs": 40, "learning_rate": 0.01, **PLAIN}
    if name == "diabetes":
        return wade.learn(diabetes()[0], "progression", hidden=(16,), **settings)
    return wade.learn(name, hidden=(32,) if name == "digits" else (16, 16), **settings)


@cache
def two_columns() -> Any:
    """A model of 20,000 flights that reads temperature and wind speed alone."""
    settings = {"epochs": 40, "learning_rate": 0.01, **PLAIN}
    columns = ["temperature", "wind_speed"]
    return wade.learn(flight_rows(20_000, 0), "delayed", columns=columns, hidden=(16,), **settings)


@cache
def overfitted() -> Any:
    """A wide plain network on 600 flights, trained for long."""
    settings = {"epochs": 60, "patience": 60, "learning_rate": 0.005, "weight_decay": 0.0, **PLAIN}
    return wade.learn(flight_rows(600, 0), "delayed", hidden=(64,), **settings)


def perceptron_step() -> Any:
    """The deck's perceptron with its numbers."""
    return wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid"), [2, 3, -1, 5], 1)


def deltas_step() -> Any:
    """A backward pass through the plain network on the half moons."""
    return moons().explain("moons", DELTAS_ROW)


def waterfall() -> Any:
    """The contributions to one flight."""
    display = pictures.WaterfallDisplay.from_model(flights(), other_flights(), 18, of=1)
    display.row = "row 18 of the flights"
    return display


def training_path() -> Any:
    """The path of a training, on its first two principal components."""
    table = BUILT_IN["moons"].read(rows=200)
    X = np.column_stack([table["x"].to_numpy(), table["y"].to_numpy()])
    network = wade.Network(2, hidden=(8,), activation="tanh", dtype="float64", seed=4)
    loss, samples = choose_loss("cross_entropy", "sigmoid"), samples_of(network, X, table["class"].to_numpy())
    path = pictures.descend(network, samples, loss, 1.0, 400, name="gradient descent, rate 1")
    return pictures.SurfaceDisplay.from_path(network, X, table["class"].to_numpy(), path)


class Entry(NamedTuple):
    """A picture: its name, the kind, the row of the deck, two sentences, the command, and what makes it."""

    name: str
    kind: str
    slide: str
    text: str
    command: str
    make: Callable[[], Any]


ENTRIES = (
    Entry("perceptron", "network", "One neuron",
          "A perceptron weighs its inputs, adds a bias and applies an activation: the deck's inputs 2, 3, −1 and 5 "
          "give 0.96. Thick lines are large weights; green ones push up, dashed purple ones down.",
          "wade.pictures.NetworkDisplay.from_trace(wade.explain(perceptron, [2, 3, -1, 5], 1))",
          lambda: pictures.NetworkDisplay.from_trace(perceptron_step())),
    Entry("activations", "activations", "Activation functions",
          "Sigmoid, tanh and ReLU with their derivatives. Where the ground is shaded the derivative is almost 0, "
          "and hardly any gradient passes.",
          "wade draw activations", pictures.ActivationsDisplay.from_names),
    Entry("nonlinearity", "nonlinearity", "Why activations",
          "The same network, trained twice: with activations its boundary can close around the inner class. Without"
          " them all layers are one matrix, and a straight line is all there is.",
          "wade draw nonlinearity circles", lambda: pictures.NonlinearityDisplay.from_table("circles")),
    Entry("neurons", "neurons", "What hidden neurons do",
          "Each hidden neuron draws one line over the plane and changes smoothly across it. The output adds these "
          "maps up.",
          "wade draw neurons moons.wade moons", lambda: pictures.NeuronsDisplay.from_model(moons(), "moons")),
    Entry("boundary", "boundary", "The decision boundary",
          "What the eight neurons above make together: the probability of class 1, and the line where it is ½. The "
          "rows of the table lie on top, with a marker for each class.",
          "wade draw boundary moons.wade moons", lambda: pictures.BoundaryDisplay.from_model(moons(), "moons")),
    Entry("three-classes", "boundary", "Several outputs",
          "Three outputs, three classes, one map: the color is the likeliest class, the paler the less certain. "
          "Lines are where two classes are equally likely.",
          "wade draw boundary blobs.wade blobs",
          lambda: pictures.BoundaryDisplay.from_model(trained("blobs"), "blobs")),
    Entry("will-my-flight-be-delayed", "boundary", "Will my flight be delayed?",
          "The deck's question: the probability of a delay over temperature and wind speed, learned from 20,000 "
          "flights. No probability reaches ½: two columns are not enough to be sure.",
          "wade.pictures.BoundaryDisplay.from_model(two_columns, flights, mark=(-20, 45))",
          lambda: pictures.BoundaryDisplay.from_model(two_columns(), other_flights(), mark=DECK_FLIGHT)),
    Entry("losses", "losses", "Quantifying loss",
          "The deck's four flights on the two losses: cross-entropy has a mean of 1.0266, squared error one of "
          "0.33175. Being sure and wrong, as in the first flight, is what cross-entropy punishes.",
          "wade draw losses", pictures.LossesDisplay.from_predictions),
    Entry("staircase", "staircase", "Why not count mistakes",
          "The number of mistakes over one weight is a staircase, whose slope says nothing about where to go. The "
          "loss is its smooth substitute.",
          "wade draw staircase", pictures.StaircaseDisplay.of_flights),
    Entry("network", "network", "All the weights",
          "θ of a network that reads the whole table of flights, as lines between its neurons. Wide layers are "
          "folded, and the picture says what is left out.",
          "wade draw network flights.wade", lambda: pictures.NetworkDisplay.from_model(flights())),
    Entry("descent", "descent", "Gradient descent and its learning rate",
          "From one start, a small rate does not arrive, a good one walks down, a large one overshoots, and an "
          "adaptive one takes long steps first. A fifth path starts elsewhere and is trapped in a local minimum.",
          "wade draw descent", pictures.descent_on_surface),
    Entry("surface", "surface", "The loss around a trained network",
          "The loss over two random directions in the space of all 33 weights, each as long as the weights "
          "themselves. The star is the model.",
          "wade draw surface moons.wade moons", lambda: pictures.SurfaceDisplay.from_model(moons(), "moons")),
    Entry("path", "surface", "The path of a training",
          "400 steps of gradient descent, seen on the plane that holds most of the path. Off the plane the loss "
          "differs, which the picture says.",
          "wade.pictures.SurfaceDisplay.from_path(network, X, y, path)", training_path),
    Entry("deltas", "network", "Backpropagation",
          "The deltas ∂J/∂z of the row that the network above gets most wrong, from the output back to the first "
          "layer. Each is the next layer's deltas times the weights between, times the slope of the activation.",
          "wade draw network moons.wade moons --row 991 --shows deltas",
          lambda: pictures.NetworkDisplay.from_trace(deltas_step(), "deltas")),
    Entry("rates", "rates", "Try different learning rates",
          "64 rates from the same start on the same batches, each with its outcome: too small, converges, "
          "oscillates or diverges. The dashed lines are suggestions.",
          "wade draw rates moons",
          lambda: pictures.RatesDisplay.from_table("moons")),
    Entry("effective", "effective", "Adaptive learning rates",
          "Plain descent has one rate for every parameter; AdaGrad, RMSProp and Adam have one for each. The band "
          "holds nine in ten of the parameters.",
          "wade draw effective moons.wade moons", lambda: pictures.EffectiveStepsDisplay.from_model(moons(), "moons")),
    Entry("learning", "learning", "How it learned",
          "Training and validation loss by epoch; the star is the epoch whose parameters are kept. Where the two "
          "part, the network begins to overfit.",
          "wade draw learning small.wade", lambda: pictures.LearningDisplay.from_model(overfitted())),
    Entry("steps", "steps", "What the steps looked like",
          "The learning rate follows its schedule, the gradient stays of like size, and an update is near a "
          "thousandth of the weights. Dead ReLUs give 0 for every row.",
          "wade draw steps flights.wade", lambda: pictures.StepsDisplay.from_model(flights())),
    Entry("layers", "layers", "Inside the layers",
          "How the pre-activations of each layer are spread, and how many values and neurons are saturated. Healthy"
          " layers are neither all saturated nor all linear.",
          "wade draw layers flights.wade flights",
          lambda: pictures.LayersDisplay.from_model(flights(), other_flights())),
    Entry("curves-rows", "curves", "Would more rows help?",
          "Training and validation error against the number of rows. While the validation error still falls, more "
          "rows help.",
          "wade draw curves diabetes", lambda: curves("rows")),
    Entry("curves-width", "curves", "Would a wider network help?",
          "The same against the width of the hidden layer, from none (a linear model) upwards. Here nothing is "
          "gained: the table is small and nearly linear.",
          "wade draw curves diabetes --by width", lambda: curves("width")),
    Entry("baselines", "baselines", "Is it any good?",
          "The network's test metrics beside those of a linear model and of always saying the same. Where intervals "
          "are apart, the difference is more than chance.",
          "wade draw baselines flights.wade", lambda: pictures.BaselinesDisplay.from_model(flights())),
    Entry("confusion", "confusion", "Which classes are mixed up",
          "Rows of each digit (down) by what they are predicted as (across). The color is a share of the row, so "
          "that rare classes show too.",
          "wade draw confusion digits.wade", lambda: pictures.ConfusionDisplay.from_model(trained("digits"))),
    Entry("roc", "roc", "Every threshold at once",
          "ROC and precision-recall of the flights. The diamond is the threshold in use: what it finds, and at what"
          " price.",
          "wade draw roc flights.wade flights --threshold 0.2",
          lambda: pictures.RocDisplay.from_model(flights(), other_flights(), threshold=0.2)),
    Entry("reliability", "reliability", "Can the probabilities be believed?",
          "Of flights with a predicted probability of 30 %, about 30 % are delayed: the points follow the diagonal."
          " The intervals say how far chance may take them.",
          "wade draw reliability flights.wade flights",
          lambda: pictures.ReliabilityDisplay.from_model(flights(), other_flights())),
    Entry("residuals", "residuals", "How far off numbers are",
          "Predicted against observed progression of a disease, and what is left over. Squares far from 0 show where "
          "predictions are off on average, as around 150 here.",
          "wade draw residuals diabetes.wade diabetes",
          lambda: pictures.PredictionsDisplay.from_model(trained("diabetes"), diabetes()[1])),
    Entry("cost", "cost", "From probability to decision",
          "A false alarm costs 50 EUR, a missed delay 200 EUR: acting from 20 % on is close to the cheapest on "
          "these rows. Always or never acting costs more.",
          "wade draw cost flights.wade flights --cost-false-alarm 50 --cost-miss 200 --currency EUR",
          lambda: pictures.CostDisplay.from_model(flights(), other_flights(), 50, 200, currency="EUR")),
    Entry("waterfall", "waterfall", "Why this prediction",
          "From the typical flight to this one, column by column, in log-odds. The contributions add up to the "
          "output.",
          "wade draw waterfall flights.wade flights --row 18 --class 1",
          waterfall),
    Entry("importance", "importance", "What the model relies on",
          "By how much the log-loss rises where a column is shuffled, with intervals. What is not distinguishable "
          "from 0 hardly helps.",
          "wade draw importance flights.wade flights",
          lambda: pictures.ImportanceDisplay.from_model(flights(), other_flights())),
    Entry("dependence", "dependence", "How one column matters",
          "The mean prediction over humidity, and lines of 40 single flights. The bars below say where there is "
          "data to believe it.",
          "wade draw dependence flights.wade flights --column humidity",
          lambda: pictures.DependenceDisplay.from_model(flights(), other_flights(), "humidity")),
)  # fmt: skip
MOVIE = "training.gif"


@cache
def curves(by: str) -> Any:
    """Learning curves of the diabetes table."""
    return pictures.CurvesDisplay.from_table("diabetes", by=by, hidden=(16,), **PLAIN)


def smallest(display: Any, theme: str) -> tuple[str, bytes]:
    """The ending and the bytes: an SVG where it is small, else a PNG of few colors."""
    from PIL import Image

    svg = display.to_bytes("svg", theme=theme)
    if len(svg) <= LARGEST_SVG:
        return "svg", svg
    display.plot(theme=theme)
    stream, raw = BytesIO(), BytesIO()
    display.figure_.savefig(raw, format="png", dpi=DPI, facecolor=display.figure_.get_facecolor())
    # Maximum coverage keeps the colors of thin lines, which a palette by area would lose.
    colors = {"colors": COLORS, "method": Image.Quantize.MAXCOVERAGE, "dither": Image.Dither.NONE}
    Image.open(raw).convert("RGB").quantize(**colors).save(stream, "PNG", optimize=True)
    return "png", stream.getvalue()


def movie() -> bytes:
    """The boundary over a training on a spiral."""
    table = BUILT_IN["spiral"].read(rows=400)
    settings = {"activation": "tanh", "epochs": 1, "learning_rate": 0.02, "batch_size": 16, **PLAIN}
    model = wade.learn(table, "class", hidden=(16, 16), **settings)
    made = pictures.Movie.from_model(
        lambda each: pictures.BoundaryDisplay.from_model(each, table, resolution=64),
        model,
        table,
        epochs=200,
        frames=20,
    )
    return made.to_bytes()


def page(files: dict[str, dict[str, str]], descriptions: dict[str, str]) -> str:
    """The gallery as Markdown."""
    lines = [
        "# Gallery",
        "",
        "The deck in pictures, in its order, each drawn from real numbers of a real model; "
        "`scripts/render_gallery.py` makes them all. The command below a picture draws its like of your own model or "
        "table; [pictures.md](../pictures.md) says how.",
        "",
    ]
    for entry in ENTRIES:
        light, dark = (files[entry.name][theme] for theme in THEMES)
        alternative = html.escape(" ".join(descriptions[entry.name].split()), quote=True)
        lines += [
            f"## {entry.slide}",
            "",
            entry.text,
            "",
            "<picture>",
            f'  <source media="(prefers-color-scheme: dark)" srcset="{dark}">',
            f'  <img src="{light}" alt="{alternative}">',
            "</picture>",
            "",
            f"`{entry.command}`",
            "",
        ]
    return "\n".join([
        *lines,
        "## A training as a movie",
        "",
        "A network of two hidden layers learns two arms of a spiral: a frame after every tenth epoch. Most kinds of "
        "pictures can be drawn over a training.",
        "",
        f'<img src="{MOVIE}" alt="The decision boundary of a network on a spiral: a straight line at first, it winds '
        'between the two arms as the training loss falls.">',
        "",
        "`wade draw boundary spiral.wade spiral -o training.gif`",
        "",
    ])  # fmt: skip


def alternatives(page: str) -> dict[str, str]:
    """The descriptions of the pictures on a page that was rendered before."""
    found = re.findall(r'<img src="(.*?)-light[.]\w+" alt="(.*?)">', page)
    return {name: html.unescape(text) for name, text in found}


def known(name: str, theme: str) -> str:
    """The file of a picture that was rendered before."""
    return next(path.name for path in sorted(FOLDER.glob(f"{name}-{theme}.*")))


def main(wanted: list[str]) -> None:
    """Renders the pictures of these names, or all; and the page."""
    FOLDER.mkdir(exist_ok=True)
    if unknown := set(wanted) - {"movie", "page", *(entry.name for entry in ENTRIES)}:
        sys.exit(f"no picture of the gallery: {', '.join(sorted(unknown))}")
    files: dict[str, dict[str, str]] = {}
    descriptions = {} if not wanted else alternatives((FOLDER / "README.md").read_text(encoding="utf-8"))
    for entry in ENTRIES:
        files[entry.name] = {}
        drawn = not wanted or entry.name in wanted
        if drawn:
            display = entry.make()
            descriptions[entry.name] = display.description()
        for theme in THEMES:
            if drawn:
                ending, content = smallest(display, theme)
                for old in FOLDER.glob(f"{entry.name}-{theme}.*"):
                    old.unlink()
                (FOLDER / f"{entry.name}-{theme}.{ending}").write_bytes(content)
                print(f"{entry.name}-{theme}.{ending}: {len(content):,} bytes", flush=True)
            files[entry.name][theme] = known(entry.name, theme)
    if not wanted or "movie" in wanted:
        (FOLDER / MOVIE).write_bytes(movie())
    (FOLDER / "README.md").write_text(page(files, descriptions), encoding="utf-8")
    total = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} files, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
