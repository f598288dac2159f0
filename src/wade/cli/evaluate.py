"""`wade evaluate`: a model against rows whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE
from wade.cli.summary import show_evaluation
from wade.cli.written import as_dialect


def run(
    model_path: Path,
    data: str,
    *,
    metrics: tuple[str, ...] | None,
    written: Written,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Evaluate on `data`; a table of metrics, or one JSON object in the shape of that of `wade train`."""
    started = perf_counter()
    model = wade.load(model_path)
    found = model.evaluate(data, seed=seed, dialect=as_dialect(written), metrics=metrics)
    if as_json:
        facts = {name: model.report[name] for name in ("split", "epochs")}
        seconds = perf_counter() - started
        typer.echo(
            json.dumps(
                {**found, **facts, "seconds": seconds, "data": data, "model": str(model_path)},
                allow_nan=False,
                ensure_ascii=False,
            )
        )
    elif not quiet:
        show_evaluation(model, found, model_path, data)
    return DONE
