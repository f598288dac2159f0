"""A model file as what is on screen: its network and its encoder go on with the rows of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from wade.errors import InvalidArgument
from wade.maths.optimizers import NAMED, choose_optimizer
from wade.model.model import Model, load
from wade.studio.data import Table, open_table, source_of
from wade.studio.messages import Settings
from wade.studio.prepared_table import PreparedTable, prepare_for_model
from wade.studio.settings import PLAIN, constants_of, default_settings
from wade.studio.settings_to_walk import prepared_settings, with_weight_decay
from wade.studio.workspace import Workspace
from wade.tables import BUILT_IN

ENDING: Final = ".wade"


def is_model(name: str) -> bool:
    """Whether a file of this name is a model."""
    return name.lower().endswith(ENDING)


def open_model(path: str | Path, name: str, space: Workspace | None = None) -> Workspace:
    """The workspace in which a model goes on training: with the table at hand, or that which it was trained on.

    Raises
    ------
    ModelFileError
        It is no model file.
    InvalidArgument
        Neither table is there, or has the model's columns.
    """
    model = load(path)
    table = _table_for(model, name, space)
    settings = settings_of_model(model, table)
    prepared = prepare_for_model(table, model, settings.split, settings.validation_share)
    note = f"The network of {name} goes on training."
    prepared = PreparedTable(table.with_note(note), prepared.data, prepared.split, prepared.part, prepared.place)
    settings = prepared_settings(settings, prepared)
    if space is None:
        return Workspace(prepared, settings, model.network)
    space.go_on(prepared, settings, model.network)
    return space


def settings_of_model(model: Model, table: Table) -> Settings:
    """The settings with which a model goes on: its own, as far as its report has them, at a constant learning rate."""
    kept: dict[str, Any] = model.report.get("settings") or {}
    network, plain = model.network, default_settings(table)
    optimizer = str(kept["optimizer"] if kept.get("optimizer") in NAMED else PLAIN["optimizer"])
    usual = choose_optimizer(optimizer)
    decayed = with_weight_decay(usual, float(kept.get("weight_decay") or 0.0))
    rate = kept.get("learning_rate")
    return replace(
        plain,
        inputs=[column.name for column in model.schema.columns],
        target=model.target.column,
        hidden=list(network.hidden),
        activations=list(network.architecture.activations),
        dropout=network.dropout,
        seed=network.seed,
        recipe="default" if network.members > 1 or network.inputs.piecewise else "plain",
        optimizer=optimizer,
        optimizer_constants=constants_of(decayed),
        learning_rate=float(rate) if isinstance(rate, int | float) else usual.usual_learning_rate,
        batch_size=int(kept.get("batch_size") or PLAIN["batch_size"]),
        l1=float(kept.get("l1") or 0.0),
        l2=float(kept.get("l2") or 0.0),
        clip_norm=kept.get("clip_norm"),
    )


def _table_for(model: Model, name: str, space: Workspace | None) -> Table:
    """The table at hand where it has the model's columns, or else the one that the model was trained on."""
    needed = {model.target.column, *(column.name for column in model.schema.columns)}
    if space is not None and needed <= {*space.table.rows.column_names}:
        return space.table if space.table.target == model.target.column else space.table.for_target(model.target.column)
    known = str(model.report.get("data", ""))
    if known in BUILT_IN or (model.report.get("from_file") and Path(known).exists()):
        return open_table(source_of(known), known, target=model.target.column)
    listed = ", ".join(sorted(needed)[:8]) + (", …" if len(needed) > 8 else "")
    raise InvalidArgument(
        "model",
        f"needs a table with the columns of the model ({listed}); a model file holds no rows",
        name,
        "Open that table first, and then the model.",
    )
