"""The models and tables that the pictures of docs/gallery are drawn from."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

import wade
from wade import pictures
from wade.tables import BUILT_IN

PLAIN = {"members": 1, "dropout": 0.0, "numbers": "scaled"}
DELTAS_ROW = 991
DECK_FLIGHT = (-20.0, 45.0)
"""Temperature and wind speed."""
ROW = 18
"""The flight whose prediction is explained."""
FALSE_ALARM, MISS, CURRENCY = 50.0, 200.0, "EUR"
DESCENT = {"hidden": (8,), "activation": "tanh", "learning_rate": 1.0, "epochs": 60, "plain": True}
"""The training whose path is drawn."""


@cache
def flight_rows(count: int, first: int) -> pa.Table:
    """Flights evenly spread over the year, from this row on: with another first row none is the same.

    Whether they were delayed is written as yes and no, as a table of people is.
    """
    table = BUILT_IN["flights"].read()
    some = table.take(np.arange(count) * (table.num_rows // count) + first)
    answers = pa.array(["no", "yes"]).take(some["delayed"].combine_chunks())
    return some.set_column(some.column_names.index("delayed"), "delayed", answers)


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
    display = pictures.WaterfallDisplay.from_model(flights(), other_flights(), ROW, of="yes")
    display.row = f"row {ROW} of the flights"
    return display


@cache
def training_path() -> Any:
    """The path of a training on the half moons."""
    return pictures.SurfaceDisplay.from_table("moons", **DESCENT)


@cache
def cost() -> Any:
    """What acting on a probability costs."""
    return pictures.CostDisplay.from_model(flights(), other_flights(), FALSE_ALARM, MISS, currency=CURRENCY)


@cache
def rates() -> Any:
    """A sweep of learning rates."""
    return pictures.RatesDisplay.from_table("moons")


@cache
def residuals() -> Any:
    """Predicted and observed numbers."""
    return pictures.PredictionsDisplay.from_model(trained("diabetes"), diabetes()[1])


@cache
def dependence(column: str, by: str | None = None) -> Any:
    """Partial dependence of the flights, with the one that is explained."""
    return pictures.DependenceDisplay.from_model(flights(), other_flights(), column, by=by, row=ROW)


@cache
def curves(by: str) -> Any:
    """Learning curves of the diabetes table."""
    return pictures.CurvesDisplay.from_table("diabetes", by=by, hidden=(16,), **PLAIN)


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
