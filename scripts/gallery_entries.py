"""What docs/gallery shows, in the deck's order: each picture with its words, whose numbers are computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gallery_words as words
import gallery_words_quality as quality
from gallery_models import (
    CURRENCY,
    DECK_FLIGHT,
    DELTAS_ROW,
    FALSE_ALARM,
    MISS,
    ROW,
    cost,
    curves,
    deltas_step,
    dependence,
    flights,
    moons,
    other_flights,
    overfitted,
    perceptron_step,
    rates,
    residuals,
    trained,
    training_path,
    two_columns,
    waterfall,
)  # fmt: skip

from wade import pictures
from wade.model.evaluation.costs import Costs

THRESHOLD = Costs(FALSE_ALARM, MISS).threshold


class Entry(NamedTuple):
    """A section: its name, the kind of picture, its heading, its words, the command, and what makes the picture."""

    name: str
    kind: str
    slide: str
    text: str | Callable[[], str]
    command: str
    make: Callable[[], Any] | None = None


ENTRIES = (
    Entry("encoding", "", "A raw row, and what the network reads", words.encoded_row,
          f"wade explain flights.wade new_flights.csv --row {ROW}"),
    Entry("split", "", "Train, validation, test", words.split, "wade train flights.csv --target delayed"),
    Entry("perceptron", "network", "One neuron",
          words.perceptron,
          "wade.pictures.NetworkDisplay.from_trace(wade.explain(perceptron, [2, 3, -1, 5], 1))",
          lambda: pictures.NetworkDisplay.from_trace(perceptron_step())),
    Entry("activations", "activations", "Activation functions",
          words.activations,
          "wade draw activations", pictures.ActivationsDisplay.from_names),
    Entry("nonlinearity", "nonlinearity", "Why activations",
          words.nonlinearity,
          "wade draw nonlinearity circles", lambda: pictures.NonlinearityDisplay.from_table("circles")),
    Entry("neurons", "neurons", "What hidden neurons do",
          "A network on two half moons, a generated table of two columns. Each hidden neuron changes across one line, "
          "straight in the scaled columns that the network reads "
          "and a little bent in the table's own units. The output multiplies each map by the weight above it "
          "and adds them up.",
          "wade draw neurons moons.wade moons", lambda: pictures.NeuronsDisplay.from_model(moons(), "moons")),
    Entry("boundary", "boundary", "The decision boundary",
          words.boundary,
          "wade draw boundary moons.wade moons", lambda: pictures.BoundaryDisplay.from_model(moons(), "moons")),
    Entry("three-classes", "boundary", "Several outputs",
          words.three_classes,
          "wade draw boundary blobs.wade blobs",
          lambda: pictures.BoundaryDisplay.from_model(trained("blobs"), "blobs")),
    Entry("will-my-flight-be-delayed", "boundary", "Will my flight be delayed?",
          words.deck_flight,
          "wade draw boundary two_columns.wade new_flights.csv --mark {:g},{:g}".format(*DECK_FLIGHT),
          lambda: pictures.BoundaryDisplay.from_model(two_columns(), other_flights(), mark=DECK_FLIGHT)),
    Entry("losses", "losses", "Quantifying loss",
          words.losses,
          "wade draw losses", pictures.LossesDisplay.of_flights),
    Entry("staircase", "staircase", "Why not count mistakes",
          "The number of mistakes over one weight is a staircase, which is flat almost everywhere: its slope "
          "does not say where to go. The loss is its smooth substitute.",
          "wade draw staircase", pictures.StaircaseDisplay.of_flights),
    Entry("network", "network", "All the weights",
          words.theta,
          "wade draw network flights.wade", lambda: pictures.NetworkDisplay.from_model(flights())),
    Entry("descent", "descent", "Gradient descent and its learning rate",
          "Gradient descent, the deck's algorithm: initialize θ randomly; for N epochs, for each training row "
          "(or batch), compute ∂J/∂θ and update θ := θ − η ∂J/∂θ, with the learning rate η. From one start, a "
          "small rate needs many steps and does not arrive in these, a good one walks down, a large one overshoots "
          "farther with each step, "
          "and an adaptive one takes its longest step first and short ones near the minimum. A fifth path "
          "starts elsewhere and is trapped in a local minimum.",
          "wade draw descent", pictures.descent_on_surface),
    Entry("surface", "surface", "The loss around a trained network",
          words.surface,
          "wade draw surface moons.wade moons", lambda: pictures.SurfaceDisplay.from_model(moons(), "moons")),
    Entry("path", "surface", "The path of a training",
          words.path,
          "wade draw surface moons --hidden 8 --activation tanh --learning-rate 1 --epochs 60 --plain",
          training_path),
    Entry("deltas", "network", "Backpropagation",
          words.chain,
          f"wade draw network moons.wade moons --row {DELTAS_ROW} --shows deltas",
          lambda: pictures.NetworkDisplay.from_trace(deltas_step(), "deltas")),
    Entry("rates", "rates", "Try different learning rates",
          words.rates,
          "wade draw rates moons",
          rates),
    Entry("effective", "effective", "Adaptive learning rates",
          "Plain descent has one rate for every parameter; AdaGrad, RMSProp and Adam have one for each, smaller "
          "where gradients were large. Those of AdaGrad and RMSProp are larger at first. AdamW is Adam that also "
          "shrinks the weights. A schedule, below, changes the rate of all over time. The band holds nine in ten of "
          "the parameters.",
          "wade draw effective moons.wade moons", lambda: pictures.EffectiveStepsDisplay.from_model(moons(), "moons")),
    Entry("learning", "learning", "How it learned",
          words.overfitting,
          "wade draw learning small.wade", lambda: pictures.LearningDisplay.from_model(overfitted())),
    Entry("steps", "steps", "What the steps looked like",
          words.schedule,
          "wade draw steps flights.wade", lambda: pictures.StepsDisplay.from_model(flights())),
    Entry("layers", "layers", "Inside the layers",
          "How the pre-activations z of each layer are spread, and how many values and neurons are saturated. A "
          "ReLU is flat for every negative z: about half of the values, or a little more, is usual. A neuron "
          "that is flat for all rows is dead and learns nothing.",
          "wade draw layers flights.wade new_flights.csv",
          lambda: pictures.LayersDisplay.from_model(flights(), other_flights())),
    Entry("curves-rows", "curves", "Would more rows help?",
          "Training and validation error against the number of rows. While the validation error still falls, "
          "more rows help; wade reads tables larger than memory in pieces, at the same cost for each row.",
          "wade draw curves diabetes", lambda: curves("rows")),
    Entry("curves-width", "curves", "Would a wider network help?",
          words.curves_width,
          "wade draw curves diabetes --by width", lambda: curves("width")),
    Entry("baselines", "baselines", "Is it any good?",
          "The metrics of the network on its test rows, which training never used, beside those of a linear "
          "model and of always saying the same. Intervals of one model may overlap those of another on the same "
          "rows; the difference, row by row, decides.",
          "wade draw baselines flights.wade", lambda: pictures.BaselinesDisplay.from_model(flights())),
    Entry("confusion", "confusion", "Which classes are mixed up",
          quality.confusion,
          "wade draw confusion digits.wade", lambda: pictures.ConfusionDisplay.from_model(trained("digits"))),
    Entry("roc", "roc", "Every threshold at once",
          quality.roc,
          f"wade draw roc flights.wade new_flights.csv --threshold {THRESHOLD:g} --row {ROW}",
          lambda: pictures.RocDisplay.from_model(flights(), other_flights(), threshold=THRESHOLD, row=ROW)),
    Entry("reliability", "reliability", "Can the probabilities be believed?",
          quality.reliability,
          "wade draw reliability flights.wade new_flights.csv",
          lambda: pictures.ReliabilityDisplay.from_model(flights(), other_flights())),
    Entry("residuals", "residuals", "How far off numbers are",
          quality.residuals,
          "wade draw residuals diabetes.wade new_patients.csv",
          residuals),
    Entry("cost", "cost", "From probability to decision",
          quality.cost,
          f"wade draw cost flights.wade new_flights.csv --cost-false-alarm {FALSE_ALARM:g} --cost-miss {MISS:g} "
          f"--currency {CURRENCY}",
          cost),
    Entry("waterfall", "waterfall", "Why this prediction",
          quality.waterfall,
          f"wade draw waterfall flights.wade new_flights.csv --row {ROW} --class yes",
          waterfall),
    Entry("importance", "importance", "What the model relies on",
          quality.importance,
          "wade draw importance flights.wade new_flights.csv",
          lambda: pictures.ImportanceDisplay.from_model(flights(), other_flights())),
    Entry("dependence", "dependence", "How one column matters",
          quality.dependence,
          f"wade draw dependence flights.wade new_flights.csv --column humidity --row {ROW}",
          lambda: dependence("humidity")),
    Entry("dependence-date", "dependence", "How the hour matters",
          quality.dates,
          f"wade draw dependence flights.wade new_flights.csv --column scheduled_departure --by hour --row {ROW}",
          lambda: dependence("scheduled_departure", "hour")),
)  # fmt: skip
LAST = Entry("movie", "", "A training as a movie",
             "A network of two hidden layers learns two arms of a spiral: a frame after every tenth epoch. Most kinds "
             "of pictures can be drawn over a training. Then comes the wine: everything on this page is also Python "
             "(`wade.learn`, `wade.explain`), a command (`wade train`, `wade draw`), and a program that runs without "
             "wade (`wade export`), which all give the same numbers.",
             "wade draw boundary spiral.wade spiral -o training.gif")  # fmt: skip
