"""Whoever reads a report from top to bottom meets no symbol before the sentence that says what it is."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.explanation import Trace

MEANINGS = {
    r"\bW1\[": "W1[i,:] is row i of its weight matrix",
    r"\bE1\.": "E1.name[k,:], or E1.name[k], is the embedding of code k",
    r"\bP1\.": "P1.name is a trained piecewise-linear function",
    r"\bcode: ": "A code stands for a value: 1 for the most frequent one in the training rows",
    r"\bposition: ": "A position is the number of the bin",
    r"\bX W1\b": "X holds the encoded numbers",
    r"\bx\[": "] is one of them",
    r"\bZ1 = ": "Z a pre-activation",
    r"\bA1 = ": "A an activation",
    r"\bo = ": "o the output",
    r"\bR1\[": "input factors R",
    r"\bS1\[": "output factors S",
    r"\bU1 = ": "U is the weighted sum",
    r"\bM1\b": "the mask M is 0",
    "⊙": "⊙ multiplies element by element",
    "ᵀ": "ᵀ transposes a matrix",
    "≈": '"≈" instead of "="',
    r"\brelu\(": "relu(z) is z where z > 0, else 0",
    r"\brelu′\(": "relu′(z), the derivative of relu(z), is 1 where z > 0, else 0",
    r"σ\(": "σ(z) is 1/(1 + exp(−z))",
    r"σ′\(": "σ′(z), the derivative of σ(z), is σ(z)·(1 − σ(z))",
    r"\by\[0\]": "y is the observed value",
    r"\bJ = ": "The loss J is the",
    r"\bδ\d": "δ = ∂J/∂Z",
    "BP1": "BP1 gives δ of the output layer",
    "BP2": "BP2 gives δ of a hidden layer",
    "BP3": "BP3 is the gradient of the biases",
    "BP4": "BP4 is the gradient of the weights",
    "η": "with learning rate η = ",
    "λ": "λ is the weight decay",
    "β₁": "β₁ and β₂ the shares of them that a step keeps",
    r"\bm′ = ": "a prime (′) marks the new optimizer state",
}
"""What a formula or a table has, and the words that have to stand above it."""
MODELS: dict[str, dict[str, Any]] = {
    "plain": {"plain": True, "hidden": (5, 3)},
    "without hidden layers": {"plain": True, "hidden": ()},
    "members": {"members": 3, "numbers": "scaled", "hidden": (5, 3), "dropout": 0.0},
    "positions in bins": {"members": 1, "numbers": "piecewise", "hidden": (5,), "dropout": 0.0},
    "dropout": {"members": 1, "numbers": "scaled", "hidden": (16,), "dropout": 0.4},
}


def table_of(target: str) -> pa.Table:
    random = np.random.default_rng(5)
    wind = random.normal(20, 10, 150).round(1)
    answers = {
        "binary": np.where(wind > 20, "yes", "no"),
        "multiclass": np.array(["calm", "fresh", "storm"])[np.clip(wind // 13, 0, 2).astype(int)],
        "regression": 3 * wind + random.normal(size=150),
    }
    hours = np.datetime64("2013-01-01", "s") + random.integers(0, 24 * 60, 150) * np.timedelta64(3600, "s")
    carrier = random.choice(["B6", "UA", "DL"], 150, p=[0.6, 0.3, 0.1])
    return pa.table({"wind": wind, "departure": hours, "carrier": carrier, "answer": answers[target]})


@pytest.fixture(scope="module")
def traces() -> dict[tuple[str, str], Trace]:
    """One for each model and target."""
    found = {}
    for target in ("binary", "multiclass", "regression"):
        for name, settings in MODELS.items() if target == "binary" else [("plain", MODELS["plain"])]:
            table = table_of(target)
            model = wade.learn(table, "answer", epochs=1, learning_rate=0.01, **settings)
            found[name, target] = model.explain(table, row=3, dropout="dropout" in settings)
    return found


CASES = [*((name, "binary") for name in MODELS), ("plain", "multiclass"), ("plain", "regression")]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_no_symbol_is_met_before_it_is_explained(traces: dict[tuple[str, str], Trace], case: tuple[str, str]) -> None:
    lines = traces[case].text(width=100_000).splitlines()
    met = []
    for symbol, words in MEANINGS.items():
        shown = [at for at, line in enumerate(lines) if line.startswith("  ") and re.search(symbol, line)]
        said = [at for at, line in enumerate(lines) if words in line]
        if shown:
            met.append(symbol)
            assert said, f"{symbol} is never explained"
            assert said[0] < shown[0], f"{symbol} is explained below its first use"
    assert len(met) > 10


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_what_does_not_occur_is_not_explained(traces: dict[tuple[str, str], Trace], case: tuple[str, str]) -> None:
    said, (name, _) = " ".join(traces[case].text().split()), case
    for word, where in (("bins?", "positions in bins"), ("members?", "members"), ("Dropout", "dropout")):
        assert bool(re.search(rf"\b{word}\b", said)) == (name == where), word
    assert ("BP2" in said) == (name != "without hidden layers")


def test_a_report_says_what_it_shows_and_why(traces: dict[tuple[str, str], Trace]) -> None:
    trace = traces["plain", "binary"]
    weight = str(trace.chain("W1[wind,0]").place)
    for given, why in (
        (None, "the entry of W1 with the largest gradient (by absolute value) on this row"),
        (weight, "as asked for"),
    ):
        said = " ".join(trace.text(given).split())
        place = re.search(r"One weight is followed in numbers: (\S+),", said)
        assert place is not None
        assert f"{place[1]}, {why}" in said
        best = trace.chain(place[1]).paths[0]
        (_, above), (_, below) = best.neurons[1:]
        paths = f"Of the {trace.chain(place[1]).n_paths:,} paths from it to the loss, the one through neuron {below}"
        most = f"{paths} of layer 1 and neuron {above} of layer 2 contributes most to its gradient: these neurons are"
        assert f"{most} shown in numbers, too. The argument `weight` chooses another" in said
        assert f"Neuron {below}:" in said
        assert f"Neuron {above}:" in said


def test_where_no_gradient_of_w1_is_left_another_parameter_is_followed() -> None:
    network = wade.Network(2, hidden=(3,), dtype="float64", seed=1)
    network.parameters["b1"][:] = -100  # every hidden neuron is off
    said = " ".join(wade.explain(network, [1.0, 2.0], 1).text().split())
    assert "followed in numbers: b2[0], the entry of b2 with the largest gradient" in said
    assert "for in W1 all gradients are 0" in said


def test_words_have_the_names_of_their_inputs() -> None:
    table = pa.table({"remark": ["storm over the coast", "calm air"] * 30, "answer": ["yes", "no"] * 30})
    model = wade.learn(table, "answer", plain=True, hidden=(3,), epochs=1, roles={"remark": "text"}, learning_rate=0.1)
    said = model.explain(table, row=1).text(width=100_000)
    (first, second) = re.findall(r"words (\d+): ", said)[:2]
    assert "counted in numbered buckets, into which a hash puts them" in said
    assert f'x["remark words {first}"]' in said
    assert f'x["remark words {second}"]' in said


def test_inputs_add_up(traces: dict[tuple[str, str], Trace]) -> None:
    for trace in traces.values():
        counts = re.search(r"Network: (\d+) inputs \(([^)]*)\)", " ".join(trace.text().split()))
        assert counts is not None
        assert int(counts[1]) == sum(int(count) for count in re.findall(r"\d+", counts[2]))
        assert int(counts[1]) == len(trace.network.inputs.names)


def test_the_gradient_of_the_weight_is_what_its_formula_gives(traces: dict[tuple[str, str], Trace]) -> None:
    trace = traces["plain", "binary"]
    code = int(trace.X.codes[0, 0])
    embedding = trace.network.inputs.categories[0].name
    for weight, label in (
        ("W1[0,1]", "BP4"),
        ("W2[1,2]", "BP4"),
        ("b1[1]", "BP3"),
        (f"E1.{embedding}[{code},1]", "BP4"),
    ):
        said = trace.text(weight, form="numbers", digits=12, width=100_000)
        formula = said.partition(f"{label} for ")[2].splitlines()[1]
        assert float(re.split("[=≈] ", formula)[-1].replace("−", "-")) == pytest.approx(trace.chain(weight).gradient)


def test_a_member_has_a_loss_and_the_row_their_mean(traces: dict[tuple[str, str], Trace]) -> None:
    trace = traces["members", "binary"]
    said = " ".join(trace.text(digits=12).split())
    shown = re.search(r"loss of member (\d) = .*? [=≈] ([\d.]+) J is the mean over the 3 ensemble members", said)
    assert shown is not None
    assert trace.forward is not None
    assert trace.y is not None
    o, y = trace.forward.A[-1][:, 0], float(trace.y[0, 0])
    losses = -np.log(np.where(y, o, 1 - o))
    assert float(shown[2]) == pytest.approx(losses[int(shown[1])])
    assert pytest.approx(losses.mean()) == trace.J


@pytest.mark.parametrize(
    ("model", "weight", "words"),
    [
        ("members", "W1[wind,2]", 'connects x["wind"] to neuron 2 of layer 1.'),
        ("members", "W2[4,1]", "connects neuron 4 of layer 1 to neuron 1 of layer 2."),
        ("members", "b2[2,1]", "is the bias of neuron 1 of layer 2 in member 2."),
        ("members", "R1[2,1]", "is the factor of input 1 of layer 1 in member 2."),
        ("members", "S3[2,0]", "is the factor of neuron 0 of layer 3 in member 2."),
        ("plain", "b2[1]", "is the bias of neuron 1 of layer 2."),
        ("plain", "E1.carrier[UA,2]", "connects carrier = UA to neuron 2 of layer 1."),
        (
            "positions in bins",
            "P1.wind[0,1]",
            "is what the function of wind gains over bin 0, for neuron 1 of layer 1.",
        ),
    ],
)
def test_every_kind_of_parameter_is_called_what_it_is(
    traces: dict[tuple[str, str], Trace], model: str, weight: str, words: str
) -> None:
    trace = traces[model, "binary"]
    said = " ".join(trace.text(weight).split())
    place = str(trace.chain(weight).place)
    assert f"{place} {words}" in said
    member = re.search(r"each by way of one neuron of each layer( in (?:member \d|one of the 3 members))?\.", said)
    if member and model == "members":
        assert member[1] == (f" in member {weight[3]}" if weight[0] in "RSb" else " in one of the 3 members")
    assert 'Encoding of "wind":' in said or "wind" not in weight
    assert ("e are the edges of the bins" in said) == weight.startswith("P")


def test_the_elapsed_days_say_since_when(traces: dict[tuple[str, str], Trace]) -> None:
    said = traces["plain", "binary"].text(weight="W1[departure elapsed days,0]", width=100_000)
    days = (np.datetime64(table_of("binary")["departure"][2].as_py(), "D") - np.datetime64("1970-01-01")).astype(int)
    assert re.search(rf"elapsed days since 1970-01-01: {days}(\.\d+)? → scaled: ", said)
    assert "scaled = s·(elapsed days − median)" in said


@pytest.mark.parametrize(
    ("schedule", "varied"), [("constant", ""), ("cosine", ", there times a factor that the schedule")]
)
def test_the_learning_rate_has_a_source(schedule: str, varied: str) -> None:
    table = table_of("binary")
    model = wade.learn(table, "answer", epochs=1, hidden=(3,), members=1, learning_rate=0.02, schedule=schedule)
    rate, batch, state = model.explain(table, row=1).notes
    assert rate.startswith(f"η is the learning rate that the model was trained with{varied or '.'}")
    assert f"a step averaged the gradients of {model.report['settings']['batch_size']} rows" in batch
    assert state.startswith("The optimizer state is empty")


@pytest.mark.parametrize(("optimizer", "has_state"), [("sgd", False), ("momentum", True), ("adam", True)])
def test_only_an_optimizer_with_a_state_is_said_to_have_an_empty_one(optimizer: str, has_state: bool) -> None:
    table = table_of("binary")
    model = wade.learn(table, "answer", epochs=1, hidden=(3,), members=1, optimizer=optimizer, learning_rate=0.01)
    assert any("optimizer state" in note for note in model.explain(table, row=1).notes) == has_state


@pytest.mark.parametrize("members", [1, 2])
@pytest.mark.parametrize("place", range(0, 12, 3))
def test_the_term_of_the_followed_weight_is_written_out(place: int, members: int) -> None:
    table = {f"x{k}": np.random.default_rng(k).normal(size=60) for k in range(12)}
    table["answer"] = sum(k * table[f"x{k}"] for k in range(12))
    options = {"epochs": 1, "hidden": (3,), "members": members, "numbers": "scaled", "dropout": 0.0}
    trace = wade.learn(pa.table(table), "answer", **options).explain(pa.table(table), row=1)
    said = trace.text(weight=f"W1[x{place},1]")
    forward = said.partition("Forward pass")[2].partition("Layer 2")[0]
    assert "more: " in forward  # there are more terms than are shown
    assert f"·W1[{place},1]" in forward


XY = pa.table(
    {
        "x": np.tile([0.0, 1.0, 2.0, 3.0], 10),
        "y": np.repeat([0.0, 1.0], 20),
        "value": np.tile(np.arange(8.0), 5),
        "answer": np.tile(["no", "yes"], 20),
    }
)


@pytest.fixture(scope="module")
def of_letters() -> wade.Model:
    return wade.learn(XY, "answer", epochs=1, learning_rate=0.1, plain=True, hidden=(3,), batch_size=1)


def test_a_column_is_never_taken_for_a_symbol(of_letters: wade.Model) -> None:
    trace = of_letters.explain(XY, row=4)
    said = trace.text("W1[y,0]", width=100_000)
    assert 'Encoding of "y":\n' in said
    assert "scaled = s·(value − median)" in said
    assert 'x["x"]·W1[0,0] + x["y"]·W1[1,0] + x["value"]·W1[2,0]' in said
    assert 'W1[1,0] connects x["y"] to neuron 0 of layer 1.' in said
    assert not re.search(r"[xyz]\[[a-z]", said)
    assert r"x_{\text{``y''}}" in trace.latex("W1[y,0]")
    assert "<mtext>&quot;y&quot;</mtext>" in trace.mathml("W1[y,0]")
    assert "<mtext>&quot;y&quot;</mtext>" in trace.html("W1[y,0]")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (1, "In training, too, each step had one row."),
        (8, "In training, a step averaged the gradients of 8 rows; here it has this row alone."),
    ],
)
def test_how_many_rows_a_step_of_training_had(of_letters: wade.Model, size: int, said: str) -> None:
    settings = {**of_letters.report["settings"], "batch_size": size}
    model = dataclasses.replace(of_letters, report={**of_letters.report, "settings": settings})
    text = " ".join(model.explain(XY, row=4).text().split())
    assert said in text
    assert text.count("In training,") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, 'optimizer and learning rate here are defaults of wade.explain; pass it others, such as optimizer="adam"'),
        ({"optimizer": "adam"}, "learning rate here is the default of wade.explain; pass it others, such as learning_"),
        ({"learning_rate": 0.1}, "optimizer here is the default of wade.explain"),
        ({"optimizer": "adam", "learning_rate": 0.1}, ""),
    ],
)
def test_of_a_network_alone_nothing_of_its_training_is_known(given: dict[str, Any], said: str) -> None:
    trace = wade.explain(wade.Network(2, hidden=(2,), seed=1), [0.5, 1.0], 1, **given)
    text = " ".join(trace.text().split())
    assert (said or "hold how it was trained") in text if said else "hold how it was trained" not in text


def test_options_are_named_as_the_reader_gives_them(of_letters: wade.Model) -> None:
    trace = of_letters.explain(XY, row=4)
    unknown = of_letters.explain(XY.drop_columns("answer"), row=4)
    for at_terminal, weight, target in (
        (False, "The argument `weight`", "the argument `target`"),
        (True, "--weight", "--target"),
    ):
        seen = [dataclasses.replace(each, at_terminal=at_terminal).text(width=100_000) for each in (trace, unknown)]
        assert f"{weight} chooses another weight." in seen[0]
        assert f"({target} gives one)" in seen[1]
        assert all(("--" in each) == at_terminal for each in seen)


def test_a_change_too_small_to_see_is_said() -> None:
    network = wade.Network(1, hidden=(), dtype="float64")
    for bias, seen in ((0.0, False), (20.0, True)):
        network.theta = [1.0, bias]
        text = " ".join(wade.explain(network, [1.0], 1, learning_rate=0.1).text().split())
        assert ("more digits show it, or a row with a larger loss" in text) == seen
