"""The report that a model keeps: what each of its fields holds, where it is there.

A model file may come from anywhere, or from an earlier version: fields may be absent, but what is there is of its type,
so that whatever reads it (`wade report`, `wade show`, `wade evaluate`, pictures) finds what it expects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final, NamedTuple, TypeAlias

from wade.documents.wording import shown
from wade.metrics import METRICS

Check: TypeAlias = Callable[[Any, str], None]
LARGEST: Final = 2**63
SHOWN: Final = 40


def check_report(report: object) -> None:
    """Refuse a report in which a field holds what it cannot hold.

    Raises
    ------
    ValueError
        It names the field, what was expected and what it holds.

    Examples
    --------
    >>> check_report({"epochs": 3, "history": [], "data": "a.csv"})
    >>> check_report({"test": {"log_loss": "low"}})
    Traceback (most recent call last):
    ValueError: report.test.log_loss must be a number; it is 'low'
    """
    REPORT(report, "report")
    assert isinstance(report, Mapping)
    history, best = report.get("history", []), report.get("best_epoch", 0)
    if "history" in report and not 0 <= best <= len(history):
        raise ValueError(f"report.best_epoch must be one of its {len(history)} epochs, or 0; it is {best}")
    if report.get("selected_by", "loss") != "loss" and best and history[best - 1].get("metric") is None:
        raise ValueError("report.history must have the metric of the best epoch, which selected it")
    for name, scores in report.get("baselines", {}).items():
        lacking = {*report.get("test", {})} & {*METRICS} - {*(METRICS if scores is None else scores)}
        if lacking:
            raise ValueError(f"report.baselines.{name}.{min(lacking)} is absent, and report.test has it")
    if "test" in report and not {*METRICS} & {*report["test"]}:
        raise ValueError("report.test must have a metric")
    temperature = report.get("temperature")
    if temperature:
        needed = ("temperature", "log_loss") if temperature["applied"] else ("why",)
        if any(temperature.get(name) is None for name in needed):
            raise ValueError(f"report.temperature must have {' and '.join(needed)}")
    error = (report.get("calibration") or {}).get("expected_calibration_error", {})
    if error.get("corrected") is not None and error["interval"] is None:
        raise ValueError("report.calibration.expected_calibration_error.interval must be that of the corrected error")
    confusion = report.get("confusion")
    if confusion:
        sizes = {len(confusion["classes"]), len(confusion["matrix"]), *map(len, confusion["matrix"])}
        if len(sizes) != 1:
            raise ValueError("report.confusion.matrix must have a row and a column for each class")


class KeptSplit(NamedTuple):
    """How rows were split; what a report lacks is 0 or empty, and `why` then says so."""

    train: int
    validation: int
    test: int
    how: str
    why: str
    repeated: int


def kept_split(report: Mapping[str, Any]) -> KeptSplit:
    """The split of a training, from the report that its model keeps.

    Examples
    --------
    >>> kept_split({"split": {"train": 60, "test": 20, "how": "time"}})
    KeptSplit(train=60, validation=0, test=20, how='time', why='The model file does not say how rows were split.', ...)
    """
    kept = report.get("split", {})
    counts = {name: int(kept.get(name, 0)) for name in ("train", "validation", "test", "repeated")}
    why = kept.get("why", "The model file does not say how rows were split.")
    return KeptSplit(**counts, how=str(kept.get("how", "")), why=str(why))


def _leaf(expected: str, accepts: Callable[[Any], bool]) -> Check:
    def check(value: Any, where: str) -> None:
        if not accepts(value):
            raise ValueError(f"{where} must be {expected}; it is {_brief(value)}")

    return check


def _brief(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _is_number(value: Any) -> bool:
    return (type(value) is int and abs(value) < LARGEST) or (type(value) is float and isfinite(value))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < LARGEST


def _either(first: Check, second: Check) -> Check:
    """What one of two checks accepts; the second one says what is wrong."""

    def check(value: Any, where: str) -> None:
        try:
            first(value, where)
        except ValueError:
            second(value, where)

    return check


def _list(of: Check, least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, where: str) -> None:
        size = f" of {least}" if most == least else ""
        if not isinstance(value, list) or len(value) < least or (most is not None and len(value) > most):
            raise ValueError(f"{where} must be a list{size}; it is {_brief(value)}")
        for place, each in enumerate(value):
            of(each, f"{where}[{place}]")

    return check


def _mapping(**fields: Check) -> Check:
    """A mapping with these fields and any others; one whose name ends in an underscore may be absent."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            raise ValueError(f"{where} must be a mapping; it is {_brief(value)}")
        for name, of in fields.items():
            key = name.removesuffix("_")
            if key in value:
                of(value[key], f"{where}.{key}")
            elif key == name:
                raise ValueError(f"{where}.{key} is absent")

    return check


def _values(of: Check) -> Check:
    """A mapping of any names to values of one type."""

    def check(value: Any, where: str) -> None:
        _mapping()(value, where)
        for name, each in value.items():
            of(each, f"{where}.{shown(str(name))}")

    return check


def _optional(of: Check) -> Check:
    return _either(_leaf("null", lambda value: value is None), of)


TEXT: Final = _leaf("a text", lambda value: isinstance(value, str))
FLAG: Final = _leaf("true or false", lambda value: isinstance(value, bool))
NUMBER: Final = _leaf("a number", _is_number)
COUNT: Final = _leaf("a whole number from 0", _is_count)
SCALAR: Final = _leaf(
    "a text, a number, true, false or null",
    lambda value: value is None or type(value) in (str, bool) or _is_number(value),
)
INTERVAL: Final = _optional(_list(NUMBER, 2, 2))
MEASURED: Final = _mapping(value=NUMBER, interval=INTERVAL, corrected_=_optional(NUMBER))
OPTION: Final = _either(SCALAR, _either(_list(SCALAR), _values(SCALAR)))


def _scores(value: Any, where: str) -> None:
    """Metrics, with an interval for each."""
    SCORES(value, where)
    for name in METRICS:
        if name in value and name not in value.get("intervals", {}):
            raise ValueError(f"{where}.intervals.{name} is absent")


SCORES: Final = _mapping(
    intervals_=_values(INTERVAL),
    undefined_=_values(TEXT),
    **{f"{name}_": _optional(NUMBER) for name in METRICS},
)
EPOCH: Final = _mapping(
    epoch=COUNT,
    loss=_optional(NUMBER),
    validation_loss=_optional(NUMBER),
    **{f"{name}_": _optional(NUMBER) for name in ("metric", "gradient_norm", "update_ratio", "dead_relus")},
)
UNSEEN: Final = _list(_mapping(column=TEXT, unseen=COUNT, values=COUNT))
BIN: Final = _mapping(
    rows=COUNT, lowest=NUMBER, highest=NUMBER, predicted=NUMBER, observed=NUMBER, interval=_list(NUMBER, 2, 2)
)
CALIBRATION: Final = _mapping(bins=_list(BIN, 1), expected_calibration_error=MEASURED, by_chance=NUMBER)
TEMPERATURE: Final = _mapping(
    temperature=_optional(NUMBER),
    applied=FLAG,
    why_=TEXT,
    log_loss_=_optional(_mapping(before=NUMBER, after=NUMBER)),
)
BETTER: Final = ("network", "level", "linear")
COMPARISON: Final = _mapping(
    better=_leaf(f"one of {', '.join(BETTER)}", lambda value: value in BETTER if isinstance(value, str) else False),
    summary=TEXT,
    next=_list(TEXT),
)
DIAGNOSIS: Final = _mapping(verdict=TEXT, cause_=_optional(TEXT), summary=TEXT, reasons=_list(TEXT), next=_list(TEXT))
SELECTED: Final = _leaf(
    "loss or the name of a metric", lambda value: isinstance(value, str) and value in ("loss", *METRICS)
)
REPORT: Final = _mapping(
    base_rate_=_list(NUMBER, 1),
    rows_=COUNT,
    of_rows_=COUNT,
    columns_=COUNT,
    parameters_=COUNT,
    data_=TEXT,
    target_=TEXT,
    task_=TEXT,
    engine_=TEXT,
    seconds_=NUMBER,
    from_file_=FLAG,
    interrupted_=FLAG,
    notes_=_list(TEXT),
    other_options_=_list(TEXT),
    versions_=_values(TEXT),
    memory_=_optional(_mapping()),
    split_=_mapping(train=COUNT, validation_=COUNT, test_=COUNT, how_=TEXT, why_=TEXT, repeated_=COUNT),
    settings_=_mapping(
        hidden_=_list(COUNT),
        epochs=COUNT,
        batch_size=COUNT,
        optimizer=TEXT,
        learning_rate=NUMBER,
        weight_decay=NUMBER,
        schedule=TEXT,
        seed=COUNT,
    ),
    choices_=_values(_mapping(value=OPTION, why=TEXT)),
    options_=_values(OPTION),
    history_=_list(EPOCH),
    epochs_=COUNT,
    best_epoch_=COUNT,
    selected_by_=SELECTED,
    stop_reason_=TEXT,
    test_=_scores,
    baselines_=_mapping(constant=_scores, linear_=_optional(_scores)),
    linear_baseline_=_optional(_mapping(comparison_=_optional(COMPARISON))),
    confusion_=_optional(_mapping(classes=_list(SCALAR), matrix=_list(_list(COUNT)))),
    calibration_=_optional(CALIBRATION),
    temperature_=_optional(TEMPERATURE),
    diagnosis_=_optional(DIAGNOSIS),
    unseen_=_mapping(validation_=UNSEEN, test_=UNSEEN),
)
