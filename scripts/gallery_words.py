"""The sentences of docs/gallery that hold numbers: each number is computed from the model that the picture shows."""

from __future__ import annotations

from math import prod

import gallery_models as made

from wade.explanation.notation.rendering import render_symbol
from wade.pictures.boundary import BoundaryDisplay
from wade.pictures.deck import ACTUAL, FLIGHTS, PREDICTED
from wade.pictures.labels import number, percent
from wade.pictures.losses import LossesDisplay

INTRODUCTION = """\
Artificial intelligence is every program that does what seems to need a mind. Machine learning is the part of it that
learns from examples; deep learning is the part of machine learning whose models are neural networks of several layers:
artificial intelligence ⊃ machine learning ⊃ deep learning. Data science uses all three. wade does the innermost one, on
tables.

A **row** is one example (a flight); the **target** is the column to predict (was it delayed, yes or no: more than 15
minutes late, or cancelled). A network computes a prediction from the other columns with numbers called **weights**
and **biases**; all of them together are **θ**. The **loss** says how wrong a prediction is; for classes it is the
cross-entropy, which wade reports as log-loss. The **gradient** ∂J/∂θ says how the mean loss J changes with each
number of θ. A **batch** is the rows of one step, an **epoch** one pass over all training rows. The **log-odds** of a
probability p are ln(p / (1 − p)); a sigmoid turns them back into p.
A **baseline** is a simple model to compare with: the constant one always says the same."""


def encoded_row() -> str:
    """A raw row beside the numbers that the network reads."""
    trace = made.flights().explain(made.other_flights(), made.ROW)
    wanted = ("scheduled_departure", "carrier", "temperature", "wind_gust")
    lines = ["| Column | In the table | What the network reads |", "|---|---|---|"]
    for column in (each for each in trace.columns if each.column in wanted):
        if column.raw is None:
            raw = "missing"
        else:
            raw = f"{column.raw if isinstance(column.raw, str) else number(column.raw)} {column.unit}".strip()
        reads = [step for step in column.encoding if step.read_by]
        texts = [f"{step.name} {number(float(step.value), 3)}" for step in reads]
        lines.append(f"| {column.column} | {raw} | {', '.join(texts)} |")
    inputs = len(made.flights().network.inputs.names)
    return (
        "Nobody prepares features by hand: numbers, categories, dates, booleans and missing values of a raw table "
        f"become the network's {inputs} inputs. Codes choose a row of learned weights; a position tells between which "
        "bounds a number lies; clipped is the number on a common scale, held between −3 and 3; “missing?” is 1 where "
        f"there is none. Some columns of one flight, number {made.ROW} of those that the network has not "
        "seen:\n\n" + "\n".join(lines)
    )


def split() -> str:
    """How rows are divided, and why."""
    rows = made.flights().report["rows"]
    return (
        "A change of mindset: training rows change θ; validation rows choose when to stop and which settings to keep; "
        "test rows are used "
        "once, to say how good the result is on new rows. The more rows there are, the smaller the share that is "
        f"needed for the last two. Here, of {rows:,} flights: “{made.flights().report['split']['why']}”"
    )


def perceptron() -> str:
    """The deck's perceptron worked out."""
    trace = made.perceptron_step()
    weights, (bias,) = trace.network.parameters["W1"].ravel(), trace.network.parameters["b1"].ravel()
    inputs = trace.X.numbers[0]
    z, output = float(trace.forward.Z[0].ravel()[0]), float(trace.forward.A[0].ravel()[0])
    terms = " + ".join(
        f"{number(float(x), 3)} × {number(float(w), 3)}".replace("−1", "(−1)")
        for x, w in zip(inputs, weights, strict=True)
    )
    return (
        "A perceptron weighs its inputs, adds a bias and applies an activation g: output = g(Σ xᵢwᵢ + b) = g(XW + b). "
        f"The deck's inputs give z = {terms} + {number(float(bias), 3)} = {number(z, 3)}, and g, the sigmoid, gives "
        f"1 / (1 + e^−z) = {number(output, 3)}. z, the sum before the activation, is the pre-activation. Thick lines: "
        f"large weights; green: positive."
    )


def deck_flight() -> str:
    """The answer for the deck's flight, with what is known of such flights."""
    temperature, wind = made.DECK_FLIGHT
    row = {"temperature": temperature, "wind_speed": wind}
    share = float(made.two_columns().predict_probability(row)[0][1])
    table = made.other_flights()
    highest = float(BoundaryDisplay.from_model(made.two_columns(), table, mark=made.DECK_FLIGHT).values[:, 1].max())
    delays = table["delayed"].to_pylist().count("yes") / table.num_rows
    coldest = min(each for each in table["temperature"].to_pylist() if each is not None)
    return (
        f"The deck's flight leaves at {number(temperature)} °C in a wind of {number(wind)} km/h: this network, which "
        f"learned from {made.two_columns().report['rows']:,} flights and reads these two columns alone, gives a delay "
        f"a probability of "
        f"{percent(share)}. No flight here left below {number(coldest, 3)} °C, so it extrapolates. Of "
        f"{table.num_rows:,} "
        f"flights that it has not seen {percent(delays)} were delayed; "
        f"the highest probability on the map is {percent(highest)}: two columns are not enough to "
        "be sure."
    )


def losses() -> str:
    """The deck's four flights."""
    display = LossesDisplay.of_flights()
    means, wrong = display.means(), int(((PREDICTED >= 0.5) != (ACTUAL == 1)).sum())
    flights = "; ".join(
        f"{number(temperature)} °C, {number(wind)} km/h: {number(share)}, {display.classes[int(late)]}"
        for (temperature, wind), share, late in zip(FLIGHTS.tolist(), PREDICTED, ACTUAL, strict=True)
    )
    return (
        "The loss of one row compares its prediction f(x; θ) with what was observed, y; training lowers the mean, "
        "J(θ) = 1/N Σ loss(f(xᵢ; θ), yᵢ). The deck's four flights in their order, each with the predicted probability "
        "of "
        f"a delay and what happened: {flights}. {wrong} of {len(ACTUAL)} are wrong at ½. Of the "
        "two losses cross-entropy has a mean of "
        f"{number(means['cross_entropy'], 5)}, squared error one of {number(means['mean_squared_error'], 5)}. "
        "Being sure and wrong, as in flight 1, is what cross-entropy punishes."
    )


def theta() -> str:
    """How many numbers are sought."""
    network = made.flights().network
    return (
        f"A network may have any number of layers and outputs; many layers make it deep. Here are "
        f"{len(network.hidden)} "
        f"hidden ones. θ = W₁ … Wₙ with the biases: {len(network.theta):,} numbers of the network that reads the "
        "whole table of flights. Training looks for θ* = argmin J(θ), the θ with the lowest mean loss. Wide layers are "
        "folded, and the picture says what is left out."
    )


def chain() -> str:
    """One weight's gradient, factor by factor, beside a finite difference."""
    trace = made.deltas_step()
    found, (checked,) = trace.chain("W1[0,0]"), trace.check("W1[0,0]").entries
    (path,) = found.paths
    names = " · ".join(render_symbol(factor.name, "text") for factor in path.factors)
    values = " × ".join(
        f"({number(factor.value)})" if factor.value < 0 else number(factor.value) for factor in path.factors
    )
    return (
        "The deltas δ = ∂J/∂z of the row that the network on the half moons gets most wrong, from the output o back to "
        "the first layer: z are the pre-activations, a the activations. Each is the next layer's deltas times the "
        "weights between, times the slope of the activation; the "
        "picture works one out. The chain rule for one weight, the first one of the first layer:\n\n"
        f"∂J/∂W1[0,0] = {names} = {values} = {number(prod(each.value for each in path.factors), 6)}\n\n"
        "Moving that weight a little to either side and dividing the difference of J by the way moved gives "
        f"{number(checked.difference, 6)}: backpropagation is {checked.result}."
    )


def schedule() -> str:
    """What the training of the flights used."""
    settings = made.flights().report["settings"]
    names = {"adamw": "AdamW", "adam": "Adam", "one_cycle": "one cycle", "cosine": "cosine"}
    optimizer, plan = (names.get(settings[each], settings[each]) for each in ("optimizer", "schedule"))
    return (
        f"The flights were trained by {optimizer} with the schedule “{plan}”: the learning rate rises, then falls to "
        "almost 0, and the size of an update with it, from a few thousandths of the weights to nothing. The gradient "
        "stays of like size. Dead ReLUs give 0 for every row."
    )


def overfitting() -> str:
    """Bias or variance, in the words of the reports."""
    small, large = (each.report["diagnosis"] for each in (made.overfitted(), made.flights()))
    lost = next(each for each in small["reasons"] if "gain" in each and "lost" in each)
    return (
        f"A wide network on {made.overfitted().report['rows']:,} flights overfits: its training loss keeps falling "
        f"while the validation loss "
        "rises. The star is the epoch whose parameters are kept. Every report says whether a model suffers from bias "
        "(it cannot learn even its training rows) or variance (what it learned does not hold on new rows). Of this "
        f"one: {small['verdict']}. “{lost}” "
        f"Of the model of {made.flights().report['rows']:,} flights below: {large['verdict']}. “{large['summary']}”"
    )


def activations() -> str:
    """The deck's three, as formulas."""
    return (
        "Sigmoid σ(z) = 1 / (1 + e^−z), tanh z and ReLU max(0, z), with their derivatives. Where the ground is shaded "
        "the "
        "derivative is almost 0, and hardly any gradient passes."
    )


def nonlinearity() -> str:
    """What a network without activations cannot do."""
    return (
        "Activations add non-linearity. The same network, trained twice on the same rows: with activations its "
        "boundary "
        "can close around the inner class. Without them all layers are one matrix, and a straight line over the "
        "columns "
        "that it reads is all there is."
    )


def boundary() -> str:
    """What the hidden neurons make together."""
    return (
        f"What the {made.moons().network.hidden[0]} neurons above make together: the probability of class 1, and the "
        f"line "
        "where it is ½. The rows of the table lie on top, with a marker for each class."
    )


def three_classes() -> str:
    """Several outputs."""
    network = made.trained("blobs").network
    return (
        f"Multiple outputs and multiple layers: {network.outputs} outputs for {network.outputs} classes, after "
        f"{len(network.hidden)} hidden layers, and still one map. The color is the likeliest class, the paler the less "
        "certain. Lines are where two classes are equally likely."
    )


def surface() -> str:
    """The loss around a network."""
    return (
        "The loss of the network on the half moons over two random directions in the space of all its "
        f"{len(made.moons().network.theta)} weights and biases. The star is the model; training did not see this "
        f"plane, so "
        "a lower point may lie beside it."
    )


def path() -> str:
    """The path of a training."""
    (found,) = made.training_path().paths
    return (
        f"{found.length} of mini-batch gradient descent, θ := θ − η ∂J/∂θ with η = "
        f"{number(made.DESCENT['learning_rate'])}, of a network of {made.DESCENT['hidden'][0]} tanh neurons on the "
        f"half "
        "moons, from random θ on, seen on the plane that holds most of the path. Off the plane the loss differs, "
        "which the "
        "picture says. Of your own table and options the command draws the path of that training."
    )


def rates() -> str:
    """A sweep of learning rates."""
    count = len(made.rates().report["outcomes"])
    return (
        f"Does the solution converge? {count} rates from the same start on the same batches of the half moons, each "
        f"with "
        "its outcome: too small, converges, ends higher, oscillates or diverges. The lettered lines are suggestions."
    )


def curves_width() -> str:
    """Bias and variance against the width of a network."""
    return (
        "The same against the width of the hidden layer, from none (a linear model) upwards. The deck says that the "
        "trade-off "
        "of bias and variance is no longer applicable: a wider network lowers the bias, and more rows the variance. "
        "Whether that holds is seen here for one table: nothing is gained, since it is small and nearly linear."
    )
