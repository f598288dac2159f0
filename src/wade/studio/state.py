"""The `State` that a page draws itself from, put together from a workspace."""

from __future__ import annotations

from datetime import date, datetime, time
from math import isfinite
from typing import Any

import numpy as np

from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import predictions
from wade.studio import settings as setting
from wade.studio.maps import ShownNeurons, predict_row
from wade.studio.measure import metric_info
from wade.studio.messages import Axes, DataInfo, LayerInfo, NetworkInfo, RowAtHand, State
from wade.studio.workspace import Workspace
from wade.tables import BUILT_IN
from wade.tables.columns.views import in_short
from wade.tables.datasets.generators import GENERATORS


def make_state(
    space: Workspace,
    *,
    session: str,
    running: bool,
    metrics: dict[str, dict[str, float | None]],
    axes: Axes,
    neurons: ShownNeurons,
    speed: float,
    viewing: str,
) -> State:
    """The state as it is now."""
    walk, target = space.walk, space.prepared.data.target
    return State(
        session=session,
        running=running,
        step=walk.steps,
        epoch=walk.progress,
        phase=walk.phase,
        rows_per_epoch=walk.n_rows,
        settings=space.settings,
        choices={
            **setting.choices_for(space.table, target.task),
            "built_in": [each.name for each in BUILT_IN.values() if each.load is not None],
            "generated": list(GENERATORS),
        },
        live=list(setting.LIVE),
        data=data_info(space),
        network=network_info(space, neurons),
        axes=axes,
        row=row_at_hand(space),
        parameter=space.parameter,
        neuron=space.neuron,
        trouble=space.trouble,
        metrics=metrics,
        metric_info=metric_info(target.task, target.unit),
        can_go_back=bool(walk.steps or walk.phase),
        engine=walk.engine.name,
        speed=speed,
        viewing=viewing,
    )


def data_info(space: Workspace) -> DataInfo:
    """The table at hand."""
    table, data, split = space.table, space.prepared.data, space.prepared.split
    notes = dict.fromkeys((*table.notes, *data.notes, *(data.schema.notes if table.noise is None else ())))
    return DataInfo(
        name=table.name,
        source=table.source,
        columns=table.columns,
        task=data.target.task,  # type: ignore[arg-type]
        classes=[in_short(each) for each in data.target.classes],
        rows={"train": len(split.train), "validation": len(split.validation), "test": len(split.test)},
        split=split.why,
        notes=list(notes),
        noise=table.noise,
    )


def network_info(space: Workspace, neurons: ShownNeurons) -> NetworkInfo:
    """The network: what it reads and its layers."""
    network, target = space.network, space.prepared.data.target
    outputs = [in_short(each) for each in target.classes] if target.task == "multiclass" else [target.column]
    if target.task == "binary":
        outputs = [f"{target.column} = {in_short(target.classes[1])}"]
    last = len(network.layers)
    return NetworkInfo(
        inputs=list(network.inputs.numbers),
        inputs_shown=neurons.inputs,
        layers=[
            LayerInfo(
                name="output" if number == last else f"hidden layer {number}",
                size=layer.n_out,
                shown=some,
                activation=layer.activation,
                names=[outputs[place] for place in some] if number == last else [],
            )
            for number, (layer, some) in enumerate(zip(network.layers, neurons.layers, strict=True), start=1)
        ],
        parameters={name: list(values.shape) for name, values in network.parameters.items()},
        n_parameters=network.n_parameters,
        dtype=network.dtype,
    )


@np.errstate(all="ignore")  # of a network whose numbers overflow, a prediction is no number
def row_at_hand(space: Workspace) -> RowAtHand:
    """The row at hand, with its prediction in double precision."""
    prepared, target, index = space.prepared, space.prepared.data.target, space.row
    outputs = predict_row(space.network, prepared.row(index))[None]
    finite = bool(np.isfinite(outputs).all())
    predicted = predictions(target, outputs)[0] if finite else None
    probability = None
    if target.task != "regression" and finite:
        probability = float(class_probabilities(outputs).max())
    names = [each.column for each in prepared.data.encoder.encodings]
    rows = prepared.table.rows
    values = {name: plain(rows[name][index].as_py()) for name in names}
    observed = plain(rows[target.column][index].as_py())
    return RowAtHand(
        index=index,
        of_rows=rows.num_rows,
        values=values,
        observed=observed,
        predicted=plain(predicted),
        probability=probability,
        in_batch=bool(prepared.part[index] == 0 and prepared.place[index] in space.walk.batch()),
    )


def plain(value: Any) -> Any:
    """A value of a table as JSON has it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if isinstance(value, bool | int | str | None) else str(value)
