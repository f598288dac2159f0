"""The network on screen as a model file, which `wade.load` reads, and a model file as what is on screen."""

from __future__ import annotations

import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from wade.errors import Diverged
from wade.model.evaluation.outputs import constant_outputs, output_shape
from wade.model.evaluation.scoring import confusion_and_calibration, score
from wade.model.model import Model
from wade.model.training_rows import TrainingRows
from wade.settings import Settings as RecipeSettings
from wade.settings import settle
from wade.studio.messages import FileAnnounced
from wade.studio.programs import file_stem
from wade.studio.sessions import File
from wade.studio.workspace import Workspace


def save_model(space: Workspace) -> File:
    """The `.wade` file of the network on screen, with its metrics on the test rows."""
    model = model_of(space)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.wade"
        model.save(path)
        content = path.read_bytes()
    return File(FileAnnounced(f"{file_stem(space)}.wade", "application/octet-stream", len(content)), content)


def model_of(space: Workspace) -> Model:
    """The network on screen as a model.

    Raises
    ------
    Diverged
        A parameter or an output is not a finite number.
    """
    data, network = space.prepared.data, space.network
    if not np.isfinite(network.theta).all():
        raise Diverged("A parameter is not a finite number, so there is no model to save. Go back some steps first.")
    rows = TrainingRows.of(data.parts["train"], data.parts["test"])
    copied = type(network).from_dict(network.to_dict(), network.theta)
    return Model(
        copied,
        data.schema,
        data.encoder,
        data.target,
        _report(space),
        data.missing,
        dialect=data.dialect,
        training_rows=rows,
    )


def _report(space: Workspace) -> dict[str, Any]:
    """What a model keeps of its training: data, split, settings, and metrics of the test rows."""
    data, settings, walk, network = space.prepared.data, space.settings, space.walk, space.network
    X, y, _ = space.prepared.samples(2)
    outputs = walk.engine.predict(network, network.as_inputs(X))
    if not np.isfinite(outputs).all():
        raise Diverged("An output is not a finite number, so the model could not be used. Go back some steps first.")
    split = data.split
    constant = constant_outputs(data.target, data.base_rate, len(y))
    chosen = {
        "hidden": tuple(settings.hidden),
        "activation": network.architecture.activation,
        "dropout": network.dropout,
        "members": network.members,
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "optimizer": settings.optimizer,
        "learning_rate": settings.learning_rate,
        "weight_decay": float(settings.optimizer_constants.get("weight_decay", 0.0)),
        "l1": settings.l1,
        "l2": settings.l2,
        "clip_norm": settings.clip_norm,
        "schedule": settings.schedule,
        "seed": settings.seed,
    }
    settled = settle(RecipeSettings(**chosen), split.train, *output_shape(data.target))  # type: ignore[arg-type]
    kept = {one.name: getattr(settled, one.name) for one in fields(RecipeSettings)}
    return {
        **data.facts(),
        "settings": {**kept, "hidden": list(settings.hidden)},
        "parameters": network.n_parameters,
        "engine": walk.engine.name,
        "notes": list(data.notes),
        "epochs": int(walk.progress),
        "best_epoch": 0,
        "history": [],
        "seconds": space.seconds,
        "stop_reason": f"stopped by hand in the studio after {walk.steps:,} steps",
        "test": score(data.target, outputs, y),
        "baselines": {"constant": score(data.target, constant, y), "linear": None},
        **confusion_and_calibration(data.target, outputs, y),
    }
