"""Adding a metric is adding one entry: everything that evaluates, chooses epochs or lists metrics then has it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import InvalidArgument
from wade.metrics import METRICS, Metric
from wade.metrics.weighted import means

ENTRY = """
Metric(
    "mean_probability_error", "mean probability error", "classification", "lower", "share",
    value=lambda given, weights=None: float(np.average(error(given), weights=weights)),
    replicates=lambda given: lambda counts: means(counts, error(given)[:, None])[:, 0],
    aliases=("mpe",),
)
"""


def error(given: Any) -> np.ndarray:
    return 1 - given.probabilities[np.arange(len(given.codes)), given.codes]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Metric:
    metric: Metric = eval(ENTRY, {"Metric": Metric, "np": np, "means": means, "error": error})
    monkeypatch.setitem(METRICS, metric.name, metric)
    return metric


@pytest.fixture(scope="module")
def table() -> pa.Table:
    x = np.random.default_rng(0).normal(size=300)
    return pa.table({"x": x, "positive": np.where(x > 0, "yes", "no")})


QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 4, "learning_rate": 0.02, "batch_size": 32}


def test_it_is_evaluated_and_decides_which_epoch_is_kept(registered: Metric, table: pa.Table) -> None:
    model = wade.learn(table, "positive", **QUICK, metrics=["mpe", "auc"], stop_on="mpe")
    report = model.report
    assert set(report["test"]) == {registered.name, "auc", "intervals"}
    assert report["selected_by"] == registered.name
    values = [epoch["metric"] for epoch in report["history"]]
    assert report["best_epoch"] == np.argmin(values) + 1
    found = model.evaluate(table, metrics=[registered.name])["test"]
    low, high = found["intervals"][registered.name]
    expected = 1 - model.predict_probability(table)[np.arange(300), (table["x"].to_numpy() > 0).astype(int)].mean()
    assert found[registered.name] == pytest.approx(expected, rel=1e-5)
    assert low < found[registered.name] < high


def test_it_is_validated(registered: Metric, table: pa.Table) -> None:
    found = wade.cross_validate(table, "positive", folds=2, metrics=[registered.name], **QUICK)
    assert set(found["summary"]["network"]) == {registered.name}
    assert found["better_than_linear"][registered.name] in (0, 1, 2)


def test_it_is_gone_afterwards(table: pa.Table) -> None:
    with pytest.raises(InvalidArgument, match="must be one of"):
        wade.learn(table, "positive", **QUICK, metrics=["mean_probability_error"])


@pytest.mark.parametrize(
    ("command", "option"), [("evaluate", "--metrics"), ("validate", "--metrics"), ("train", "--stop-on")]
)
def test_the_help_lists_it(command: str, option: str) -> None:
    program = (
        "from wade.metrics import METRICS, Metric\n"
        "none = lambda *given: None\n"
        "METRICS['throwaway'] = Metric('throwaway', 'throw-away', 'classification', 'lower', 'none', none, none)\n"
        "import sys\n"
        f"sys.argv = ['wade', {command!r}, '--help']\n"
        "from wade.cli import main\n"
        "main()\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    shown = result.stdout.rsplit(option, 1)[1][:1500]
    assert "throwaway" in "".join(shown.split()).replace("│", "")
