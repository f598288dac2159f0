"""What docs/gallery shows, in the deck's order: each picture with its words, whose numbers are computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gallery_words as words
from gallery_models import (
    DECK_FLIGHT,
    curves,
    deltas_step,
    diabetes,
    flights,
    moons,
    other_flights,
    overfitted,
    perceptron_step,
    trained,
    training_path,
    two_columns,
    waterfall,
)  # fmt: skip

from wade import pictures


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
          "wade explain flights.wade flights "
          "--row 18"),
    Entry("split", "", "Train, validation, test", words.split, "wade train flights --target delayed"),
    Entry("perceptron", "network", "One neuron",
          words.perceptron,
          "wade.pictures.NetworkDisplay.from_trace(wade.explain(perceptron, [2, 3, -1, 5], 1))",
          lambda: pictures.NetworkDisplay.from_trace(perceptron_step())),
    Entry("activations", "activations", "Activation functions",
          "Sigmoid, tanh and ReLU with their derivatives. Where the ground is shaded the derivative is almost 0, "
          "and hardly any gradient passes.",
          "wade draw activations", pictures.ActivationsDisplay.from_names),
    Entry("nonlinearity", "nonlinearity", "Why activations",
          "The same network, trained twice on the same rows, 400 of which are drawn: with activations its "
          "boundary can close around the inner class. Without them all layers are one matrix, and a straight "
          "line over the columns that it reads is all there is.",
          "wade draw nonlinearity circles", lambda: pictures.NonlinearityDisplay.from_table("circles")),
    Entry("neurons", "neurons", "What hidden neurons do",
          "Each hidden neuron changes across one line, straight in the scaled columns that the network reads "
          "and a little bent in the table's own units. The output multiplies each map by the weight above it "
          "and adds them up.",
          "wade draw neurons moons.wade moons", lambda: pictures.NeuronsDisplay.from_model(moons(), "moons")),
    Entry("boundary", "boundary", "The decision boundary",
          "What the eight neurons above make together: the probability of class 1, and the line where it is ½. "
          "The rows of the table lie on top, with a marker for each class.",
          "wade draw boundary moons.wade moons", lambda: pictures.BoundaryDisplay.from_model(moons(), "moons")),
    Entry("three-classes", "boundary", "Several outputs",
          "Three outputs, three classes, one map: the color is the likeliest class, the paler the less certain. "
          "Lines are where two classes are equally likely.",
          "wade draw boundary blobs.wade blobs",
          lambda: pictures.BoundaryDisplay.from_model(trained("blobs"), "blobs")),
    Entry("will-my-flight-be-delayed", "boundary", "Will my flight be delayed?",
          words.deck_flight,
          "wade.pictures.BoundaryDisplay.from_model(two_columns, flights, mark=(-20, 45))",
          lambda: pictures.BoundaryDisplay.from_model(two_columns(), other_flights(), mark=DECK_FLIGHT)),
    Entry("losses", "losses", "Quantifying loss",
          words.losses,
          "wade draw losses", pictures.LossesDisplay.from_predictions),
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
          "small rate does not arrive, a good one walks down, a large one overshoots farther with each step, "
          "and an adaptive one takes its longest step first and short ones near the minimum. A fifth path "
          "starts elsewhere and is trapped in a local minimum.",
          "wade draw descent", pictures.descent_on_surface),
    Entry("surface", "surface", "The loss around a trained network",
          "The loss of the network on the half moons over two random directions in the space of all its 33 "
          "weights and biases. The star is the model; training did not see this plane, so a lower point may lie "
          "beside it.",
          "wade draw surface moons.wade moons", lambda: pictures.SurfaceDisplay.from_model(moons(), "moons")),
    Entry("path", "surface", "The path of a training",
          "400 steps of gradient descent with all rows at once, of a network of eight tanh neurons on 200 half "
          "moons, seen on the plane that holds most of the path. Off the plane the loss differs, which the "
          "picture says.",
          "wade.pictures.SurfaceDisplay.from_path(network, X, y, path)", training_path),
    Entry("deltas", "network", "Backpropagation",
          words.chain,
          "wade draw network moons.wade moons --row 991 --shows deltas",
          lambda: pictures.NetworkDisplay.from_trace(deltas_step(), "deltas")),
    Entry("rates", "rates", "Try different learning rates",
          "64 rates from the same start on the same batches of the half moons, each with its outcome: too "
          "small, converges, oscillates or diverges. The lettered lines are suggestions.",
          "wade draw rates moons",
          lambda: pictures.RatesDisplay.from_table("moons")),
    Entry("effective", "effective", "Adaptive learning rates",
          "Plain descent has one rate for every parameter; AdaGrad, RMSProp and Adam have one for each, larger "
          "at first and smaller where gradients were large. AdamW is Adam that also shrinks the weights. A "
          "schedule, below, changes the rate of all over time. The band holds nine in ten of the parameters.",
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
          "wade draw layers flights.wade flights",
          lambda: pictures.LayersDisplay.from_model(flights(), other_flights())),
    Entry("curves-rows", "curves", "Would more rows help?",
          "Training and validation error against the number of rows. While the validation error still falls, "
          "more rows help; wade reads tables larger than memory in pieces, at the same cost for each row.",
          "wade draw curves diabetes", lambda: curves("rows")),
    Entry("curves-width", "curves", "Would a wider network help?",
          "The same against the width of the hidden layer, from none (a linear model) upwards: the deck's "
          "question whether bias and variance must be traded. Here nothing is gained: the table is small and "
          "nearly linear.",
          "wade draw curves diabetes --by width", lambda: curves("width")),
    Entry("baselines", "baselines", "Is it any good?",
          "The metrics of the network on its test rows, which training never used, beside those of a linear "
          "model and of always saying the same. Intervals of one model may overlap those of another on the same "
          "rows; the difference, row by row, decides.",
          "wade draw baselines flights.wade", lambda: pictures.BaselinesDisplay.from_model(flights())),
    Entry("confusion", "confusion", "Which classes are mixed up",
          "Handwritten digits, pictures of 8 × 8 pixels, in the same kind of network: a picture is a row of "
          "numbers, and so is a sound. Rows of each digit (down) by what they are predicted as (across).",
          "wade draw confusion digits.wade", lambda: pictures.ConfusionDisplay.from_model(trained("digits"))),
    Entry("roc", "roc", "Every threshold at once",
          "A threshold turns a probability into an alarm. Both curves show every threshold, on 3,000 flights "
          "that the network has not seen (others than the test rows above): how many of the delayed flights are "
          "found, and at what price. The diamond is the threshold of the costs below.",
          "wade draw roc flights.wade flights --threshold 0.2",
          lambda: pictures.RocDisplay.from_model(flights(), other_flights(), threshold=0.2)),
    Entry("reliability", "reliability", "Can the probabilities be believed?",
          "Of flights with a predicted probability of 30 %, about 30 % are delayed: the points follow the "
          "diagonal. The intervals say how far chance may take them.",
          "wade draw reliability flights.wade flights",
          lambda: pictures.ReliabilityDisplay.from_model(flights(), other_flights())),
    Entry("residuals", "residuals", "How far off numbers are",
          "Predicted against observed progression of a disease, on patients that the network has not seen, and "
          "what is left over. A band whose interval leaves out 0 is predicted too high or too low on average; "
          "one of twelve may do so by chance.",
          "wade draw residuals diabetes.wade diabetes",
          lambda: pictures.PredictionsDisplay.from_model(trained("diabetes"), diabetes()[1])),
    Entry("cost", "cost", "From probability to decision",
          "Predictions are cheap; knowing what each mistake costs gains in value. A false alarm costs 50 "
          "EUR, a missed delay 200 EUR: acting from 20 % on is close to the cheapest on these rows. Always or "
          "never acting costs more.",
          "wade draw cost flights.wade flights --cost-false-alarm 50 --cost-miss 200 --currency EUR",
          lambda: pictures.CostDisplay.from_model(flights(), other_flights(), 50, 200, currency="EUR")),
    Entry("waterfall", "waterfall", "Why this prediction",
          "From the typical flight to this one, column by column, in log-odds. The contributions add up to the "
          "output.",
          "wade draw waterfall flights.wade flights --row 18 --class 1",
          waterfall),
    Entry("importance", "importance", "What the model relies on",
          "By how much the log-loss rises where a column is shuffled, with intervals, on the 3,000 flights that "
          "the network has not seen. What is not distinguishable from 0 hardly helps.",
          "wade draw importance flights.wade flights",
          lambda: pictures.ImportanceDisplay.from_model(flights(), other_flights())),
    Entry("dependence", "dependence", "How one column matters",
          "The mean prediction over humidity, and lines of 40 single flights. The bars below say where there is "
          "data to believe it.",
          "wade draw dependence flights.wade flights --column humidity",
          lambda: pictures.DependenceDisplay.from_model(flights(), other_flights(), "humidity")),
)  # fmt: skip
LAST = Entry("movie", "", "A training as a movie",
             "A network of two hidden layers learns two arms of a spiral: a frame after every tenth epoch. Most kinds "
             "of pictures can be drawn over a training. Then comes the wine: everything on this page is also Python "
             "(`wade.learn`, `wade.explain`), a command (`wade train`, `wade draw`), and a program that runs without "
             "wade (`wade export`), which all give the same numbers.",
             "wade draw boundary spiral.wade spiral -o training.gif")  # fmt: skip
