"""What a picture says is computed without matplotlib: against scikit-learn, the model, and numbers worked by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError, DataError, InvalidArgument
from wade.maths.activations import ACTIVATIONS
from wade.pictures import (
    ActivationsDisplay,
    BaselinesDisplay,
    BoundaryDisplay,
    ConfusionDisplay,
    CostDisplay,
    CurvesDisplay,
    DependenceDisplay,
    EffectiveStepsDisplay,
    ImportanceDisplay,
    LayersDisplay,
    LearningDisplay,
    LossesDisplay,
    NetworkDisplay,
    NeuronsDisplay,
    NonlinearityDisplay,
    PredictionsDisplay,
    RatesDisplay,
    RocDisplay,
    StaircaseDisplay,
    StepsDisplay,
    SurfaceDisplay,
    WaterfallDisplay,
)
from wade.pictures.labels import number, percent
from wade.tables import BUILT_IN

Trained = Any


def test_the_map_is_what_the_model_predicts_with_other_columns_at_the_chosen_row(trained: Trained) -> None:
    model, table = trained["binary"]
    display = BoundaryDisplay.from_model(model, table, ["weight", "size"], row=7, resolution=5)
    held = table["colour"][6].as_py()
    x, y = display.plane.x[3], display.plane.y[1]
    expected = model.predict_probability({"size": y, "weight": x, "colour": held})[0]
    assert np.allclose(display.values[1 * 5 + 3], expected, atol=1e-6)
    assert f"held at row 7 of the pyarrow table: colour = {held}" in display.note
    assert display.plane.columns == ("weight", "size")


def test_three_classes_are_one_map_and_numbers_are_in_the_target_s_unit(trained: Trained) -> None:
    for task, width in (("multiclass", 3), ("regression", 1)):
        model, table = trained[task]
        display = BoundaryDisplay.from_model(model, table, resolution=4)
        assert display.values.shape == (16, width)
        row = {"size": display.plane.x[0], "weight": display.plane.y[3], "colour": table["colour"][0].as_py()}
        expected = model.predict_probability(row)[0] if width == 3 else model.predict(row)
        assert np.allclose(display.values[12], expected, rtol=1e-5)


def test_every_hidden_neuron_has_its_own_activation(trained: Trained) -> None:
    model, table = trained["binary"]
    display = NeuronsDisplay.from_model(model, table, resolution=3)
    passed = model.network.forward(display.plane.inputs)
    assert np.allclose(display.A, passed.A[0])
    assert np.allclose(display.Z, passed.Z[0])
    assert np.allclose(display.weights, model.network.parameters["W2"][:, 0])


def test_with_and_without_activations_are_drawn_on_the_rows_that_both_were_trained_on() -> None:
    options = {"rows": 60, "noise": 0.0, "epochs": 2, "hidden": (2,)}
    display = NonlinearityDisplay.from_table("circles", **options)
    table = BUILT_IN["circles"].read(rows=60, noise=0.0)
    for each in (display.with_activations, display.without):
        assert each.plane.of_rows == 60
        assert each.plane.observed.sum() == sum(table["class"].to_pylist())
    assert display.note.startswith("One hidden layer of 2 neurons. Dots: 60 of the table's 60 rows, of training, valid")


def test_a_surface_names_its_loss_its_rows_and_the_loss_of_the_model(trained: Trained) -> None:
    model, table = trained["binary"]
    display = SurfaceDisplay.from_model(model, table, resolution=3)
    assert display.title == f"Loss surface: cross entropy, the mean over {len(table)} rows"
    assert f"Star: the model, at 0, loss {number(float(display.losses[1, 1]))}." in display.note
    many = pa.concat_tables([table] * -(-401 // len(table)))
    shown = SurfaceDisplay.from_model(model, many, resolution=3)
    assert shown.title.endswith(f"the mean over 400 of {len(many)} rows")
    assert "at even distances" in shown.note


def test_every_activation_is_drawn_with_both_formulas_under_one_name() -> None:
    names = [name for name, entry in ACTIVATIONS.items() if entry.is_elementwise]
    display = ActivationsDisplay.from_names(names)
    for name in names:
        value, slope = ACTIVATIONS[name].formula
        assert f"{name}: g(z) = {value}; g′(z) = {slope}." in display.note
        assert f"{name}: values from" in display.description()


def test_a_recorded_step_is_laid_on_the_network_number_by_number(trained: Trained) -> None:
    model, table = trained["binary"]
    trace = model.explain(table, 3)
    shown = NetworkDisplay.from_trace(trace)
    assert np.allclose(shown.values[1], trace.forward.A[0][0])
    assert np.allclose(shown.values[2], trace.output)
    deltas = NetworkDisplay.from_trace(trace, "deltas")
    assert np.isnan(deltas.values[0]).all()
    assert np.allclose(deltas.values[1], trace.deltas[0][0])
    W1, W2 = (trace.network.parameters[name] for name in ("W1", "W2"))
    assert np.allclose(shown.weights[0][: len(W1)], W1)
    assert np.allclose(shown.weights[1], W2)
    code = trace.X.codes[0, 0]
    assert np.allclose(shown.weights[0][len(W1)], trace.network.parameters["E1.colour"][code])
    assert "deltas" in deltas.title
    assert "row 3" in deltas.title


def test_one_delta_is_told_as_its_product(trained: Trained) -> None:
    model, table = trained["binary"]
    trace = model.explain(table, 3)
    own = trace.deltas[0][0]
    neuron = int(np.abs(own).argmax())
    note = NetworkDisplay.from_trace(trace, "deltas").note
    assert f"Neuron {neuron} of the last hidden layer" in note
    assert f"= {number(float(own[neuron]), 3)} (δ of the output" in note


def test_a_marked_point_has_the_model_s_prediction_and_is_on_the_map(trained: Trained) -> None:
    model, table = trained["binary"]
    colour = table["colour"][0].as_py()
    for mark, outside in (((0.1, 0.2), False), ((-9.0, 0.2), True)):
        display = BoundaryDisplay.from_model(model, table, resolution=5, mark=mark)
        expected = model.predict_probability({"size": mark[0], "weight": mark[1], "colour": colour})[0]
        assert np.allclose(display.marked, expected, atol=1e-6)
        assert f"the probability of answer = yes is {percent(float(expected[1]))}" in display.note
        assert ("no row is out there" in display.note) == outside
        assert display.plane.x[0] < mark[0] < display.plane.x[-1]
    with pytest.raises(InvalidArgument, match="two finite numbers"):
        BoundaryDisplay.from_model(model, table, mark=(float("nan"), 0.0))


def test_a_map_without_a_boundary_says_which_class_is_likelier_everywhere() -> None:
    network = wade.Network(2, hidden=(), dtype="float64")
    for bias, one_sided in ((0.0, False), (-9.0, True)):
        network.theta = [1.0, 0.0, bias]
        display = BoundaryDisplay.from_network(network, [[-1.0, 0.0], [1.0, 1.0]], [0, 1], resolution=3)
        assert display.is_one_sided == one_sided
        assert display.title.startswith("Probability of class 1" if one_sided else "Decision boundary")
        assert ("class 0 is likelier everywhere" in display.description()) == one_sided
        display.in_movie = True
        assert not display.is_one_sided


def test_mistakes_that_are_equally_frequent_are_all_named() -> None:
    display = ConfusionDisplay.from_matrix(["a", "b", "c"], [[5, 2, 0], [0, 5, 2], [1, 0, 5]])
    assert "The most frequent mistakes, 2 rows each: a predicted as b, b predicted as c." in display.description()


def test_the_auc_of_a_constant_has_no_interval(trained: Trained) -> None:
    rows = BaselinesDisplay.from_model(trained["binary"].model).parts()["metrics"]
    at = list(zip(rows["predictions"], rows["metric"], strict=True)).index(("constant baseline", "auc"))
    assert (rows["value"][at], rows["from"][at]) == (0.5, None)


def test_a_wide_layer_is_folded_and_the_picture_says_so() -> None:
    display = NetworkDisplay.from_network(wade.Network(3, hidden=(64,), seed=1))
    assert display.columns[1].places == (0, 1, 2, 3, 4, 59, 60, 61, 62, 63)
    assert "54 of hidden layer 1" in display.note


def test_deltas_need_a_target(trained: Trained) -> None:
    model, table = trained["binary"]
    trace = model.explain(table.drop_columns(["answer"]), 1)
    with pytest.raises(InvalidArgument, match="Give the row its target"):
        NetworkDisplay.from_trace(trace, "deltas")


def test_losses_of_the_deck_s_flights() -> None:
    means = LossesDisplay.of_flights().means()
    assert round(means["cross_entropy"], 4) == 1.0266
    assert round(means["mean_squared_error"], 5) == 0.33175
    note = LossesDisplay.of_flights().note
    assert "2 of 4 are wrong" in note
    assert "p = 0.05, 0.02, 0.96, 0.35; actual (1: delayed): y = 1, 0, 1, 1. Cross-entropy: −ln(p) where y is 1" in note
    assert "Predicted" not in LossesDisplay.from_predictions([0.5] * 9, [1] * 9).note


def test_mistakes_are_a_staircase_and_the_loss_is_not() -> None:
    display = StaircaseDisplay.of_flights()
    assert "one neuron, σ(W1[0,0] · temperature + 1.2 · wind + 0.8)" in display.note
    assert "80 °C, 0 km/h: on time; 4 °C, 15 km/h: delayed" in display.note
    assert set(np.diff(display.mistakes)) <= {-1, 0, 1}
    assert len(np.unique(display.mistakes)) > 2
    assert len(np.unique(display.losses)) == len(display.losses)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "gelu"])
def test_derivatives_are_slopes(name: str) -> None:
    display = ActivationsDisplay.from_names([name], points=4001)
    slopes = np.gradient(display.values[name], display.z)
    assert np.abs(slopes - display.derivatives[name])[2:-2].max() < (0.51 if name == "relu" else 1e-4)


def test_saturation_of_the_sigmoid_is_where_its_derivative_is_a_twentieth() -> None:
    display = ActivationsDisplay.from_names(["sigmoid"])
    assert "sigmoid: g(z) = 1/(1 + exp(−z)); g′(z) = σ(z)·(1 − σ(z)). σ is the sigmoid. Shaded" in display.note
    a = display.values["sigmoid"]
    assert (display.saturated("sigmoid") == (a * (1 - a) <= 0.05 * 0.25)).all()
    assert display.saturated("sigmoid").any()
    assert not display.saturated("sigmoid").all()


def test_learning_is_the_history(trained: Trained) -> None:
    model, _ = trained["binary"]
    display = LearningDisplay.from_model(model)
    epochs = display.parts()["epochs"]
    assert epochs["loss"] == [each["loss"] for each in model.report["history"]]
    assert epochs["validation_loss"] == [each["validation_loss"] for each in model.report["history"]]
    assert display.best_epoch == model.report["best_epoch"]
    steps = StepsDisplay.from_model(model).parts()["epochs"]
    assert steps["learning_rate"] == [each["learning_rate"] for each in model.report["history"]]


def test_the_confusion_matrix_is_that_of_evaluate(trained: Trained) -> None:
    model, table = trained["multiclass"]
    display = ConfusionDisplay.from_model(model, table)
    assert display.matrix.tolist() == model.evaluate(table)["confusion"]["matrix"]
    assert ConfusionDisplay.from_model(model).matrix.tolist() == model.report["confusion"]["matrix"]


def test_baselines_are_those_of_the_report(trained: Trained) -> None:
    for task in ("binary", "regression"):
        model, _ = trained[task]
        rows = BaselinesDisplay.from_model(model).parts()["metrics"]
        found = {(name, metric): value for name, metric, value in zip(*list(rows.values())[:3], strict=True)}
        metric = "auc" if task == "binary" else "rmse"
        assert found["network", metric] == model.report["test"][metric]
        assert found["constant baseline", metric] == model.report["baselines"]["constant"][metric]
        assert found["linear baseline", metric] == model.report["baselines"]["linear"][metric]
    with pytest.raises(InvalidArgument, match="the report of its training"):
        BaselinesDisplay.from_model(replace(model, report={}))


def test_the_threshold_in_use_has_its_own_recall() -> None:
    generator = np.random.default_rng(1)
    y = generator.random(300) < 0.3
    shares = np.round(np.clip(0.3 * y + generator.random(300) * 0.7, 0, 1), 2)  # with ties
    display = RocDisplay.from_predictions(shares, y, threshold=0.4)
    assert np.isclose(display.swept.recall[display.used], (shares[y] >= 0.4).mean())


def test_the_cost_curve_has_the_costs_of_decide(trained: Trained) -> None:
    model, table = trained["binary"]
    display = CostDisplay.from_model(model, table, 50, 150)
    found = model.decide(table, 50, 150)["policies"]
    assert np.isclose(display.never, found["never"]["cost_per_row"])
    assert np.isclose(display.always, found["always"]["cost_per_row"])
    assert np.isclose(display.cost_at(0.25), found["decision"]["cost_per_row"])
    assert np.isclose(display.costs.min(), found["best_on_these_rows"]["cost_per_row"])


def test_residuals_are_observed_minus_predicted(trained: Trained) -> None:
    model, table = trained["regression"]
    display = PredictionsDisplay.from_model(model, table)
    assert np.allclose(display.predicted, model.predict(table))
    assert np.isclose(display.rmse(), model.evaluate(table)["test"]["rmse"])
    assert all(one.interval[0] <= one.residual <= one.interval[1] for one in display.bands)


def test_contributions_go_from_the_typical_row_to_this_one(trained: Trained) -> None:
    model, table = trained["binary"]
    display = WaterfallDisplay.from_model(model, table, 5)
    steps = display.steps()
    assert steps[0][1] == display.report["base"]["value"]
    assert np.isclose(steps[-1][2], display.report["output"]["value"], atol=1e-4)
    assert [(end, start) for (_, _, end), (_, start, _) in pairwise(steps) if end != start] == []


def test_many_contributions_are_summed_up(trained: Trained) -> None:
    model, table = trained["binary"]
    report = dict(WaterfallDisplay.from_model(model, table, 5).report)
    report["columns"] = [{"column": f"c{at}", "value": 1.0, "contribution": 0.5} for at in range(30)]
    steps = WaterfallDisplay.from_report(report).steps()
    assert len(steps) == 12
    assert steps[-1][0] == "19 other columns"
    assert np.isclose(steps[-1][2] - steps[0][1], 15)


def test_partial_dependence_is_the_mean_prediction(trained: Trained) -> None:
    model, table = trained["regression"]
    display = DependenceDisplay.from_model(model, table, "size", rows=30)
    some = table.take(np.arange(30) * 120 // 30)
    value = float(display.values[10])
    rows = some.set_column(0, "size", [np.full(30, value)])
    assert np.allclose(display.ice[10], model.predict(rows))
    assert np.isclose(display.mean()[10], model.predict(rows).mean())
    by_category = DependenceDisplay.from_model(model, table, "colour")
    assert sorted(by_category.values) == ["blue", "green", "red"]
    assert by_category.found.counts.sum() == 120


def test_effective_rates_are_those_of_the_optimizers(trained: Trained) -> None:
    model, table = trained["binary"]
    display = EffectiveStepsDisplay.from_model(model, table, steps=4)
    assert (display.rates["sgd"] == display.usual["sgd"]).all()
    adagrad = display.rates["adagrad"]
    assert (np.diff(adagrad[:, 1]) <= 0).all()
    assert (adagrad[:, 0] < adagrad[:, 2]).all()
    assert set(display.rates) == {"sgd", "adagrad", "rmsprop", "adam", "adamw"}
    assert f"4 steps of {min(32, len(table))} rows" in display.note


def test_layers_count_saturated_and_dead_neurons(trained: Trained) -> None:
    model, table = trained["binary"]
    display = LayersDisplay.from_model(model, table)
    Z = model.network.forward(model.encoder.encode(model.open_labelled(table)[0], "t")).Z[0]
    assert np.allclose(display.quantiles[0, 2], np.median(Z))
    assert np.isclose(display.saturated[0], (Z <= 0).mean())


def test_curves_rates_and_importance_show_their_reports(trained: Trained) -> None:
    model, table = trained["binary"]
    curves = wade.learning_curves(table, "answer", points=2, hidden=(4,), epochs=2, members=1)
    shown = CurvesDisplay.from_report(curves).parts()["points"]
    assert shown["validation"] == [point["validation"]["value"] for point in curves["points"]]
    raced = wade.race(table, "answer", count=4, steps=8, hidden=(4,), members=1)
    rates = RatesDisplay.from_report(raced).parts()["rates"]
    assert rates["outcome"] == [each["outcome"] for each in raced["outcomes"]]
    found = wade.importance(model, table, repeats=1)
    bars = ImportanceDisplay.from_report(found).parts()["importance"]
    assert bars["importance"] == [each["importance"] for each in found["columns"]]


def test_without_activations_the_boundary_is_straight() -> None:
    display = NonlinearityDisplay.from_table("circles", hidden=(8,), epochs=30, rows=200)
    assert display.accuracies[0] > display.accuracies[1]
    shares, X = display.without.values, display.without.plane.inputs.numbers
    logits = np.log(shares[:, 1] / shares[:, 0])
    design = np.column_stack([np.ones(len(X)), X])
    fitted = design @ np.linalg.lstsq(design, logits, rcond=None)[0]
    assert np.abs(fitted - logits).max() < 1e-4  # linear in what the network reads
    assert display.without.plane.columns == ("x, scaled", "y, scaled")
    across = np.column_stack([each.ravel() for each in np.meshgrid(display.without.plane.x, display.without.plane.y)])
    assert np.allclose(across, X, atol=1e-6)  # and so is the picture


def test_the_numbers_are_csv_with_a_part_for_each_table(trained: Trained) -> None:
    model, table = trained["binary"]
    rows = list(csv.DictReader(io.StringIO(BoundaryDisplay.from_model(model, table, resolution=3).to_csv())))
    assert {row["part"] for row in rows} == {"map", "rows"}
    assert len(rows) == 9 + 120
    assert rows[0]["probability of yes"]
    assert not rows[-1]["probability of yes"]
    assert rows[-1]["observed"] in ("yes", "no")


def test_columns_named_like_plotted_numbers_keep_their_numbers() -> None:
    table = pa.table({
        "observed": np.linspace(0, 1, 60), "rows": np.arange(60.0) % 7, "class": ["a", "b", "c"] * 20,
    })  # fmt: skip
    model = wade.learn(table, "class", hidden=(4,), epochs=1, members=1)
    display = BoundaryDisplay.from_model(model, table, resolution=3)
    rows = display.parts()["rows"]
    assert np.allclose(rows["observed"], table["observed"])
    assert rows["observed (plotted)"] == table["class"].to_pylist()
    flags = pa.table({"rows": ["x", "y"] * 30, "n": np.arange(60.0), "late": ["no", "yes"] * 30})
    shown = DependenceDisplay.from_model(wade.learn(flags, "late", hidden=(), epochs=1), flags, "rows").parts()
    assert sorted(shown["dependence"]["rows"]) == ["x", "y"]
    assert list(shown["dependence"]["rows (plotted)"]) == [30, 30]


def test_numbers_with_units_and_dates_beside_them() -> None:
    days = [f"2024-01-{1 + row % 28:02d}" for row in range(60)]
    prices = [f"${1000 + 10 * row:,}" for row in range(60)]
    table = pa.table({"day": days, "price": prices, "size": np.arange(60.0) % 9, "late": ["no", "yes"] * 30})
    model = wade.learn(table, "late", hidden=(4,), epochs=1, members=1)
    display = BoundaryDisplay.from_model(model, table, row=3, resolution=3)
    assert display.plane.columns == ("price", "size")
    assert display.plane.points[:, 0].tolist() == [1000.0 + 10 * row for row in range(60)]
    expected = model.predict_probability({"day": days[2], "price": "$1,295", "size": 4.0})[0]
    assert np.allclose(display.values[4], expected, atol=1e-5)
    assert "day = 2024-01-03" in display.note
    assert DependenceDisplay.from_model(model, table).title.endswith("on day by weekday")
    assert DependenceDisplay.from_model(model, table, "price").values[0] > 999


def test_of_many_classes_the_legend_names_the_first_and_the_picture_says_so() -> None:
    table = pa.table(
        {"x": np.arange(60.0), "y": np.arange(60.0) % 7, "class": [f"c{row % 20:02d}" for row in range(60)]}
    )
    model = wade.learn(table, "class", hidden=(4,), epochs=1, members=1)
    assert "names the first 12 of 20 classes" in BoundaryDisplay.from_model(model, table, resolution=3).note


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (
            lambda m, t: BoundaryDisplay.from_model(m, t, ["size", "size"]),
            InvalidArgument,
            "two different number columns",
        ),
        (lambda m, t: BoundaryDisplay.from_model(m, t, ["size", "colour"]), InvalidArgument, "columns"),
        (lambda m, t: BoundaryDisplay.from_model(m, t, row=121), InvalidArgument, "from 1 to 120"),
        (lambda m, t: NeuronsDisplay.from_model(m, t, layer=2), InvalidArgument, "from 1 to 1"),
        (lambda m, t: PredictionsDisplay.from_model(m, t), InvalidArgument, "draw confusion, roc or reliability"),
        (lambda m, t: RocDisplay.from_model(m, t, threshold=2), InvalidArgument, "probability from 0 to 1"),
        (lambda m, t: RocDisplay.from_model(m, t.slice(0, 1)), DataError, "Give rows of both"),
        (lambda m, t: DependenceDisplay.from_model(m, t, "sise"), InvalidArgument, "Did you mean 'size'"),
        (lambda m, t: CostDisplay.from_model(m, t, 0, 1), InvalidArgument, "greater than 0"),
        (lambda m, t: ActivationsDisplay.from_names(["softmax"]), InvalidArgument, "must be one of"),
        (lambda m, t: WaterfallDisplay.from_model(m, t, 0), InvalidArgument, "from 1 to 120"),
        (lambda m, t: LearningDisplay.from_model(replace(m, report={})), InvalidArgument, "for one epoch or more"),
        (lambda m, t: ConfusionDisplay.from_model(replace(m, report={})), InvalidArgument, "Give labelled rows"),
        (lambda m, t: BoundaryDisplay.from_network(wade.Network(3), [[1, 2, 3]], [1]), InvalidArgument, "two numbers"),
        (
            lambda m, t: BoundaryDisplay.from_network(wade.Network(2), [[1, 2]] * 2, [1, 0]),
            ColumnError,
            "two different",
        ),
    ],
)
def test_errors_say_what_to_do(trained: Trained, call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call(*trained["binary"])
