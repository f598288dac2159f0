"""The main job, as one short story: read, split, encode, train, judge."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from time import perf_counter
from typing import Any, Literal, NamedTuple, TypeAlias, Unpack

from wade.engines import Engine, Task, choose_engine
from wade.errors import Diverged
from wade.metrics import choose_metrics
from wade.model.evaluation.diagnosis import diagnose_network
from wade.model.evaluation.outputs import constant_outputs, output_shape, outputs_and_targets
from wade.model.evaluation.scoring import Scores, confusion_and_calibration, score
from wade.model.evaluation.temperature import calibrate as calibrate_network
from wade.model.model import Model, Report
from wade.model.preparation.column_options import choose
from wade.model.preparation.prepare import prepare
from wade.model.preparation.prepared_data import PreparedData
from wade.model.preparation.splitting import Splitting
from wade.model.preparation.streaming import RowsRead
from wade.network import Network
from wade.settings import AUTO, LearnOptions, Settings, Settled, chosen, documented, refuse_unknown, settle
from wade.settings.table import CheckpointOptions, ColumnOptions, InputOptions
from wade.tables import Dialect
from wade.training import Event, History
from wade.training.by_settings import build_network, build_plateau, check_settings, train_with_settings
from wade.training.checkpoint import NO_CHECKPOINT, Checkpointing, check_checkpointing
from wade.types import Floats

Stage: TypeAlias = Literal["reading", "training", "training without hidden layers", "judging"]


@dataclass(frozen=True)
class StageStarted:
    """The next part of the job begins."""

    stage: Stage


Listener: TypeAlias = Callable[[Event | StageStarted | RowsRead], None]


class Fitted(NamedTuple):
    """A trained network, and how it went."""

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
        Its `report` holds the test metrics beside those of the base rate and of a network without hidden layers.

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used; the message says which and what to do.

    Examples
    --------
    >>> model = learn("flights", columns=["temperature", "wind_speed"], rows=2000, epochs=2)
    >>> sorted(model.report["test"])
    ['accuracy', 'auc', 'intervals', 'log_loss']
    """
    started, say = perf_counter(), on_event or _nobody
    refuse_unknown(options, LearnOptions)
    settings = Settings(**chosen(options, Settings))
    keeping = Checkpointing(**chosen(options, CheckpointOptions))
    check_settings(settings)
    check_checkpointing(keeping)
    say(StageStarted("reading"))
    choices, marks = choose(data, target, **chosen(options, ColumnOptions), **chosen(options, InputOptions))
    splitting = Splitting(**chosen(options, Splitting))
    judging = EvaluationOptions(options.get("calibrate", True), options.get("metrics"))
    memory = options.get("memory")
    with ExitStack() as scratch:
        prepared = prepare(data, choices, marks, dialect, splitting, memory, scratch, say)
        return learned(prepared, settings, judging, started, say, keeping)


class EvaluationOptions(NamedTuple):
    """What is done with a trained network: whether it is calibrated, and what is measured."""

    calibrate: bool = True
    metrics: Collection[str] | None = None


def learned(
    prepared: PreparedData,
    settings: Settings,
    judging: EvaluationOptions,
    started: float,
    say: Listener,
    keeping: Checkpointing = NO_CHECKPOINT,
) -> Model:
    """Train on the prepared, and judge what came of it."""
    names = choose_metrics(prepared.target.task, judging.metrics)
    say(StageStarted("training"))
    fitted = fit(prepared, settings, say, keeping)
    say(StageStarted("training without hidden layers"))
    plain, note = _fit_plain(prepared, settings, fitted, say)
    say(StageStarted("judging"))
    runner = choose_engine(settings.engine, settings.threads, Task(fitted.network))
    temperature = _calibrated(prepared, fitted, plain, runner) if judging.calibrate else None
    outputs, y = outputs_and_targets(fitted.network, prepared.parts["test"], runner)
    facts = _facts(prepared, fitted)

    def worth(outputs: Floats) -> Scores:
        return score(prepared.target, outputs, y, metrics=names)

    report = {
        "test": worth(outputs),
        "baselines": {
            "constant": worth(constant_outputs(prepared.target, prepared.base_rate, len(y))),
            "linear": plain and worth(outputs_and_targets(plain.network, prepared.parts["test"], runner)[0]),
        },
        **confusion_and_calibration(prepared.target, outputs, y),
        "temperature": temperature,
        "diagnosis": diagnose_network(prepared, fitted.network, plain and plain.network, facts, runner),
        **facts,
        "interrupted": fitted.history.interrupted or (plain is not None and plain.history.interrupted),
        "notes": [*prepared.notes, *prepared.schema.notes, *_repeats(prepared), *note],
        "seconds": perf_counter() - started,
    }
    return Model(
        fitted.network, prepared.schema, prepared.encoder, prepared.target, report, prepared.missing, prepared.dialect
    )


def fit(
    prepared: PreparedData, settings: Settings, say: Listener | None = None, keeping: Checkpointing = NO_CHECKPOINT
) -> Fitted:
    """A network for this prepared, trained until the validation rows say that it is enough."""
    rows, answer = prepared.parts["train"], output_shape(prepared.target)
    settled = settle(settings, len(rows), *answer)
    network = build_network(settled, prepared.encoder.layout, *answer)
    history = train_with_settings(
        settled,
        network,
        rows,
        validation=prepared.parts["validation"],
        on_event=say,
        keeping=keeping,
        units=(prepared.target.scale,),
    )
    return Fitted(network, history, settled)


def _fit_plain(
    prepared: PreparedData, settings: Settings, fitted: Fitted, say: Listener
) -> tuple[Fitted | None, list[str]]:
    """The same without hidden layers, so that one sees what depth buys; or why there is none."""
    if fitted.history.interrupted:
        return None, ["Training was interrupted, so no network without hidden layers was trained."]
    if not fitted.network.hidden:
        return fitted, []
    try:
        return fit(prepared, replace(settings, hidden=(), dropout=AUTO, members=AUTO), say), []
    except Diverged as error:
        return None, [f"The network without hidden layers could not be trained: {error}"]


def _calibrated(prepared: PreparedData, fitted: Fitted, plain: Fitted | None, engine: Engine) -> Report | None:
    """Both networks at the temperature that the validation rows ask for; what became of the first."""
    if plain is not None and plain is not fitted:
        calibrate_network(plain.network, prepared.target, prepared.parts["validation"], engine)
    return calibrate_network(fitted.network, prepared.target, prepared.parts["validation"], engine)


def _facts(prepared: PreparedData, fitted: Fitted) -> Report:
    """What was done, as plain JSON data."""
    split, history, plateau = prepared.split, fitted.history, build_plateau(fitted.settled)
    choices = {**prepared.choices, **history.choices}
    settings = asdict(fitted.settled)
    del settings["choices"]
    settled = {
        "hidden": list(fitted.network.hidden),
        "seed": fitted.network.seed,
        "plateau": plateau and asdict(plateau),
        **{name: choice.value for name, choice in choices.items() if name == "learning_rate"},
    }
    return {
        "data": prepared.name,
        "rows": split.train + split.validation + split.test,
        "columns": len(prepared.schema.columns),
        "target": prepared.target.column,
        "task": prepared.target.task,
        "base_rate": prepared.base_rate,
        "split": asdict(split),
        "memory": {"streamed": prepared.memory.streamed, "why": prepared.memory.why},
        "settings": {**settings, **settled},
        "choices": {name: asdict(choice) for name, choice in choices.items()},
        "parameters": fitted.network.n_parameters,
        "engine": history.engine,
        "epochs": len(history.epochs),
        "best_epoch": history.best_epoch,
        "selected_by": history.selected_by,
        "stop_reason": history.stop_reason,
        "history": history.to_dict()["epochs"],
    }


def _repeats(prepared: PreparedData) -> list[str]:
    """A word of warning where more than one test row in a hundred is a training row too."""
    count, rows = prepared.split.repeated, prepared.split.test
    if 100 * count <= rows:
        return []
    share = f"{count:,} of {rows:,} test rows are training rows word for word, the answer included"
    return [f"{share}. If these are copies, take them out; if they belong together, name what joins them with --group."]


def _nobody(event: Event | StageStarted | RowsRead) -> None:
    """Nobody listens."""
