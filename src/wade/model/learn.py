"""Train a model on a table: read, split, encode, train, evaluate."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from platform import python_version
from time import perf_counter
from typing import Any, Literal, NamedTuple, TypeAlias, Unpack

from numpy import __version__ as numpy_version

from wade._version import __version__
from wade.engines import Task, choose_engine
from wade.metrics import choose_metrics
from wade.model.evaluation.diagnosis import diagnose_network
from wade.model.evaluation.linear_comparison import compare_with_linear
from wade.model.evaluation.outputs import constant_outputs, output_shape, outputs_and_targets, row_losses
from wade.model.evaluation.scoring import Scores, confusion_and_calibration, score
from wade.model.evaluation.temperature import calibrate
from wade.model.model import Model, Report
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare
from wade.model.preparation.prepared_data import PreparedData
from wade.model.preparation.streaming import RowsRead
from wade.model.training_rows import TrainingRows
from wade.network import Network
from wade.settings import LearnOptions, Settings, Settled, chosen, documented, settle
from wade.settings.table import CheckpointOptions
from wade.tables import Dialect
from wade.tables.columns.command_options import option
from wade.tables.encoding.unseen import NOTABLE_SHARE
from wade.training import Event, History
from wade.training.by_settings import build_network, build_plateau, train_with_settings
from wade.training.checkpoint import NO_CHECKPOINT, Checkpointing, check_checkpointing
from wade.training.linear import LinearFit, fit_linear
from wade.types import Floats

Stage: TypeAlias = Literal["reading", "training", "training the linear baseline", "evaluating"]


@dataclass(frozen=True)
class StageStarted:
    """The next stage of the training begins."""

    stage: Stage


@dataclass(frozen=True)
class TrialStarted:
    """The next of several trainings begins; both are counted from 1."""

    number: int
    trials: int


Listener: TypeAlias = Callable[[Event | StageStarted | RowsRead | TrialStarted], None]


class EvaluationOptions(NamedTuple):
    """Whether a trained network is calibrated, and the metrics that are reported."""

    calibrate: bool = True
    metrics: Collection[str] | None = None


class TrainedNetwork(NamedTuple):
    """A network, the history of its training, and its settings."""

    network: Network
    history: History
    settled: Settled


@documented(LearnOptions)
def learn(
    data: Any,
    target: str | None = None,
    *,
    dialect: Dialect | None = None,
    on_event: Listener | None = None,
    **options: Unpack[LearnOptions],
) -> Model:
    """Train a network on a table and evaluate it on test rows.

    Parameters
    ----------
    data : path, frame or built-in name
        A CSV, TSV, Parquet, Feather or JSON lines file (also .gz, .zst), a folder of them, a pattern such as
        "2013-*.csv", or several paths; "-" for standard input; a frame of pandas, polars, pyarrow or DuckDB; or a
        built-in table: flights, wine, digits, breast_cancer, iris, diabetes; generated: xor, circles, moons, spiral,
        blobs, plane, hills.
    target : str
        Column to predict; a built-in table has its own.
    dialect : Dialect
        How a text file is written (delimiter, decimal separator, encoding, header); the rest is auto-detected.
    on_event : function of an event
        Called with StageStarted, RowsRead and the events of `wade.train`; it may raise `StopTraining` during training.
    {options}

    Returns
    -------
    Model
        Its `report` holds the test metrics beside those of the constant and the linear baseline.

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used.

    Examples
    --------
    >>> model = learn("flights", columns=["temperature", "wind_speed"], rows=2000, epochs=2)
    >>> sorted(model.report["test"])
    ['accuracy', 'auc', 'intervals', 'log_loss']
    """
    started, notify = perf_counter(), on_event or ignore_event
    settings, choices, missing, split = read_options(data, target, options, LearnOptions)
    checkpointing = Checkpointing(**chosen(options, CheckpointOptions))
    check_checkpointing(checkpointing)
    notify(StageStarted("reading"))
    evaluation = EvaluationOptions(options.get("calibrate", True), options.get("metrics"))
    with ExitStack() as cleanup:
        prepared = prepare(
            data, choices, missing, dialect, split, memory=options.get("memory"), cleanup=cleanup, on_event=notify
        )
        model = train_and_evaluate(prepared, settings, evaluation, started, notify, checkpointing)
    model.report.update(made_with(data, {**({} if target is None else {"target": target}), **options}))
    return model


def made_with(data: Any, options: Mapping[str, Any]) -> Report:
    """How a training can be repeated: the options that were given, as plain JSON data, and the versions that ran.

    "other_options" names those that no file can hold, such as a frame with test rows; "from_file" is False where the
    table itself is a frame.

    Examples
    --------
    >>> found = made_with("flights", {"hidden": (8, 8), "test": object(), "checkpoint": "left-out"})
    >>> found["options"], found["other_options"]
    ({'hidden': [8, 8]}, ['test'])
    """
    of_run = {name: value for name, value in options.items() if name not in CheckpointOptions.__annotations__}
    plain = {name: _plain(value) for name, value in of_run.items()}
    return {
        "options": {name: value for name, value in plain.items() if value is not None},
        "from_file": isinstance(data, str | os.PathLike),
        "other_options": [name for name, value in of_run.items() if value is not None and plain[name] is None],
        "versions": {"wade": __version__, "python": python_version(), "numpy": numpy_version},
    }


def _plain(value: Any) -> Any:
    """The value as JSON holds it; None where it cannot."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool | int | float | str) else None


def ignore_event(event: Event | StageStarted | RowsRead | TrialStarted) -> None:
    """The listener that does nothing."""


def train_and_evaluate(
    prepared: PreparedData,
    settings: Settings,
    evaluation: EvaluationOptions,
    started: float,
    notify: Listener,
    checkpointing: Checkpointing = NO_CHECKPOINT,
) -> Model:
    """Train a network and the linear baseline, calibrate both on validation rows, and evaluate them on test rows."""
    target, test = prepared.target, prepared.parts["test"]
    metrics = choose_metrics(target.task, evaluation.metrics)
    notify(StageStarted("training"))
    trained = train_network(prepared, settings, notify, checkpointing)
    network, history = trained.network, trained.history
    notify(StageStarted("training the linear baseline"))
    linear, why_not = _fit_linear(prepared, settings, history.interrupted)
    notify(StageStarted("evaluating"))
    engine = choose_engine(settings.engine, settings.threads, Task(network))
    temperature, validation = None, prepared.parts["validation"]
    if evaluation.calibrate:
        temperature = calibrate(network, target, validation, engine)
        if linear is not None:
            calibrate(linear.network, target, validation, engine)
    outputs, y = outputs_and_targets(network, test, engine)
    linear_network = None if linear is None else linear.network
    linear_outputs = None if linear_network is None else outputs_and_targets(linear_network, test, engine)[0]
    facts = _facts(prepared, trained)

    comparison = linear_outputs is not None and compare_with_linear(
        row_losses(target, outputs, y),
        row_losses(target, linear_outputs, y),
        network.hidden,
        network.activation,
        "squared error" if target.task == "regression" else "log-loss",
    )

    def scores(outputs: Floats) -> Scores:
        return score(target, outputs, y, metrics=metrics)

    report = {
        "test": scores(outputs),
        "baselines": {
            "constant": scores(constant_outputs(target, prepared.base_rate, len(y))),
            "linear": None if linear_outputs is None else scores(linear_outputs),
        },
        "linear_baseline": linear and {"penalty": linear.penalty, "why": linear.why, "comparison": comparison},
        **confusion_and_calibration(target, outputs, y),
        "temperature": temperature,
        "diagnosis": diagnose_network(prepared, network, linear_network, facts, engine),
        **facts,
        "interrupted": history.interrupted or linear is None,
        "unseen": {part: [one.to_dict() for one in found] for part, found in prepared.unseen.items()},
        "notes": [
            *_dates_warning(prepared),  # first, since a screen may show only some
            *prepared.notes,
            *prepared.schema.notes,
            *_overlap_warning(prepared),
            *_unseen_warnings(prepared),
            *why_not,
        ],
        "seconds": perf_counter() - started,
    }
    missing, dialect = prepared.missing, prepared.dialect
    rows = TrainingRows.of(prepared.parts["train"], prepared.parts["test"])
    return Model(
        network, prepared.schema, prepared.encoder, target, report, missing, dialect=dialect, training_rows=rows
    )


def train_network(
    prepared: PreparedData,
    settings: Settings,
    notify: Listener | None = None,
    checkpointing: Checkpointing = NO_CHECKPOINT,
) -> TrainedNetwork:
    """A network for the prepared data, trained with early stopping on its validation rows."""
    rows, shape = prepared.parts["train"], output_shape(prepared.target)
    settled = settle(settings, len(rows), *shape)
    network = build_network(settled, prepared.encoder.layout, *shape)
    history = train_with_settings(
        settled,
        network,
        rows,
        validation=prepared.parts["validation"],
        on_event=notify,
        checkpointing=checkpointing,
        units=(prepared.target.scale,),
    )
    return TrainedNetwork(network, history, settled)


def _fit_linear(prepared: PreparedData, settings: Settings, interrupted: bool) -> tuple[LinearFit | None, list[str]]:
    """The linear baseline, which of the settings takes the seed and the engine alone; or why there is none."""
    if not interrupted:
        with suppress(KeyboardInterrupt):
            found = fit_linear(
                prepared.parts["train"],
                prepared.parts["validation"],
                prepared.encoder.layout,
                *output_shape(prepared.target),
                seed=settings.seed,
                engine=settings.engine,
                threads=settings.threads,
            )
            return found, []
    return None, ["Training was interrupted, so the linear baseline was not trained."]


def _facts(prepared: PreparedData, trained: TrainedNetwork) -> Report:
    """Data, settings and history of the training, as plain JSON data."""
    history, plateau = trained.history, build_plateau(trained.settled)
    choices = {**prepared.choices, **history.choices}
    settings = asdict(trained.settled)
    del settings["choices"]
    settled = {
        "hidden": list(trained.network.hidden),
        "seed": trained.network.seed,
        "plateau": plateau and asdict(plateau),
        **{name: choice.value for name, choice in choices.items() if name == "learning_rate"},
    }
    return {
        **prepared.facts(),
        "memory": {"streamed": prepared.memory.streamed, "why": prepared.memory.why},
        "settings": {**settings, **settled},
        "choices": {name: asdict(choice) for name, choice in choices.items()},
        "parameters": trained.network.n_parameters,
        "engine": history.engine,
        "epochs": len(history.epochs),
        "best_epoch": history.best_epoch,
        "selected_by": history.selected_by,
        "stop_reason": history.stop_reason,
        "history": history.to_dict()["epochs"],
    }


def _dates_warning(prepared: PreparedData) -> list[str]:
    """A warning where rows have dates and were split at random: test rows then lie between training rows in time.

    It is about the order of the rows: the dates need not be inputs.
    """
    time, inputs = prepared.schema.time, [column.name for column in prepared.schema.columns]
    dates = [time] if time else [column.name for column in prepared.schema.columns if column.role == "date-time"]
    if prepared.split.how != "random" or not dates:
        return []
    named = "" if time else f" {option('--time', dates[0])}"
    which = dates[0] if dates[0] in inputs else f"{dates[0]}, which is no input, but orders them"
    return [f"Rows were split at random, but have dates ({which}): for later rows, evaluate with --split time{named}."]


def _overlap_warning(prepared: PreparedData) -> list[str]:
    """A warning where more than one test row in a hundred is a training row too."""
    count, rows = prepared.split.repeated, prepared.split.test
    if 100 * count <= rows:
        return []
    overlap = f"{count:,} of {rows:,} test rows equal a training row in every column, the target included"
    return [f"{overlap}. Remove duplicates; if such rows belong together, group them with --group."]


def _unseen_warnings(prepared: PreparedData) -> list[str]:
    """A warning where more than one value in twenty of the validation or test rows has no code."""
    found = [(part, one) for part, unseen in prepared.unseen.items() for one in unseen]
    return [f"In the {part} rows, {one}" for part, one in found if one.share > NOTABLE_SHARE]
