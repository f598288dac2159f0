"""States, curves and frames of small networks that were trained, as the server says them."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np

import wade
from wade.studio.frames import Frame, Part, as_map, as_numbers, pack_frame
from wade.studio.messages import (
    Axes,
    ColumnInfo,
    Curves,
    DataInfo,
    LayerInfo,
    NetworkInfo,
    RowAtHand,
    Settings,
    State,
)

GRID = 48
CLASSES = {"binary": ["on time", "delayed"], "multiclass": ["calm", "windy", "stormy"], "regression": []}
UNITS = ("°C", "km/h")
COLUMNS = ("temperature", "wind speed")
HELD = "Every other column is held at its median or its most frequent value."


class Recorded:
    """A network trained on two columns, drawn over them: `kind` is plane, line or histogram."""

    def __init__(self, task: str = "binary", kind: str = "plane", steps: int = 400, seed: int = 3) -> None:
        self.task, self.kind, self.steps = task, kind, steps
        self.classes = {"binary": ["on time", "delayed"], "multiclass": ["calm", "windy", "stormy"], "regression": []}[
            task
        ]
        chance = np.random.default_rng(seed)
        n_in = 1 if kind == "line" else 2
        self.X = chance.uniform(-2, 2, (220, n_in))
        self.network = wade.Network(
            n_in,
            hidden=(6, 4),
            outputs=len(self.classes) if task == "multiclass" else 1,
            activation="tanh",
            output={"binary": "sigmoid", "multiclass": "softmax", "regression": "identity"}[task],
            seed=seed,
        )
        self.y = self._targets(chance)
        loss = "mean_squared_error" if task == "regression" else "cross_entropy"
        self.history = wade.train(
            self.network,
            self.X[:160],
            self.y[:160],
            loss=loss,
            optimizer="adam",
            learning_rate=0.02,
            epochs=steps // 5,
            batch_size=32,
            validation=(self.X[160:], self.y[160:]),
            seed=seed,
        )
        self.loss = loss

    def _targets(self, chance: np.random.Generator) -> Any:
        X = self.X
        if X.shape[1] == 1:
            signal = np.sin(2.2 * X[:, 0]) + chance.normal(0, 0.15, len(X))
        else:
            signal = np.hypot(*X.T) - 1.4 + chance.normal(0, 0.15, len(X))
        if self.task == "regression":
            return signal
        if self.task == "binary":
            return (signal > 0).astype(float)
        return np.where(signal < -0.4, 0, np.where(signal < 0.5, 1, 2))

    def real(self, columns: Any) -> Any:
        """Inputs in their columns' own units."""
        return 8 + 9 * np.asarray(columns) if np.ndim(columns) == 1 else np.asarray(columns) * [9, 11] + [8, 26]

    @property
    def ends(self) -> list[tuple[float, float]]:
        return (
            [tuple(float(one) for one in self.real(np.array([-2.2, 2.2])))]
            if self.kind == "line"
            else [
                (8 - 2.2 * 9, 8 + 2.2 * 9),
                (26 - 2.2 * 11, 26 + 2.2 * 11),
            ]
        )

    def state(self, **changes: Any) -> dict[str, Any]:
        """As JSON has it."""
        network = self.network
        sizes = [*network.hidden, network.outputs]
        names = [f"P({name})" for name in self.classes] if self.task == "multiclass" else ["P(delayed)"]
        inputs = list(COLUMNS[: self.X.shape[1]])
        x, *rest = self.ends
        target = "departure" if self.task != "regression" else "delay"
        low, high = (float(self.y.min()), float(self.y.max()))
        points = self.real(self.X) if self.kind == "plane" else np.column_stack([self.real(self.X[:, 0]), self.y])
        metric = {"accuracy": 0.9312, "log_loss": 0.2134} if self.task != "regression" else {"rmse": 0.21, "r2": 0.83}
        state = State(
            session="key",
            running=False,
            step=self.steps,
            epoch=self.steps / 5,
            phase="",
            rows_per_epoch=160,
            settings=Settings(
                inputs=inputs,
                target=target,
                split="random",
                validation_share=0.2,
                hidden=list(network.hidden),
                activations=["tanh", "tanh"],
                loss=self.loss,
                optimizer="adam",
                optimizer_constants={"beta1": 0.9},
                learning_rate=0.02,
                schedule="constant",
                epochs=80,
                batch_size=32,
                l1=0.0,
                l2=0.0,
                dropout=0.0,
                clip_norm=None,
                seed=3,
                recipe="plain",
            ),
            choices={},
            live=["learning_rate"],
            data=DataInfo(
                name="departures",
                source="built_in",
                columns=[
                    ColumnInfo("temperature", "number", "numbers with decimals", "°C", "−11.8 to 27.8", True),
                    ColumnInfo("wind speed", "number", "numbers with decimals", "km/h", "1.8 to 50.2", True),
                    ColumnInfo("pressure", "number", "numbers with decimals", "hPa", "983 to 1,042", True),
                    ColumnInfo("flight", "identifier", "every value occurs once", "", "220 different values"),
                    ColumnInfo("departure", "target", "chosen as the target", "", "on time 62 %, delayed 38 %"),
                    ColumnInfo("delay", "number", "numbers with decimals", "min", "−1.4 to 1.6"),
                ],
                task=self.task,
                classes=self.classes,
                rows={"train": 160, "validation": 60, "test": 0},
                split="at random: 160 training rows, 60 validation rows",
                notes=["wind speed: 12 values are missing; they are filled with the median."],
            ),
            network=NetworkInfo(
                inputs=inputs,
                inputs_shown=list(range(len(inputs))),
                layers=[
                    LayerInfo(
                        "output" if place == len(sizes) - 1 else f"hidden layer {place + 1}",
                        size,
                        list(range(size)),
                        "tanh",
                        names if place == len(sizes) - 1 else [],
                    )
                    for place, size in enumerate(sizes)
                ],
                parameters={name: list(values.shape) for name, values in network.parameters.items()},
                n_parameters=int(network.theta.size),
                dtype="float32",
            ),
            axes=Axes(
                kind=self.kind,
                columns=(inputs[0], inputs[1] if self.kind == "plane" else target),
                units=UNITS if self.kind == "plane" else (UNITS[0], "min" if self.task == "regression" else ""),
                x=x,
                y=rest[0] if self.kind == "plane" else (low - 0.2, high + 0.2),
                held=HELD,
                points=[tuple(map(float, point)) for point in points],
                observed=[float(one) for one in self.y],
                parts=[0] * 160 + [1] * 60,
                of_rows=5000,
                rows=list(range(1000, 1220)),
            ),
            row=RowAtHand(
                index=1007,
                of_rows=5000,
                values={
                    "temperature": float(points[7][0]),
                    "wind speed": 21.6,
                    "pressure": 1012.3,
                    "flight": "B6 1431",
                },
                observed=self.classes[int(self.y[7])] if self.classes else float(self.y[7]),
                predicted=self.classes[0] if self.classes else 0.12,
                probability=0.8421 if self.classes else None,
                in_batch=True,
            ),
            parameter="W1[0,2]",
            neuron="",
            trouble=None,
            metrics={"train": metric, "validation": {name: value * 0.98 for name, value in metric.items()}},
            metric_info={
                "accuracy": ("accuracy", "share"),
                "log_loss": ("log-loss", ""),
                "rmse": ("RMSE", "min"),
                "r2": ("R²", ""),
            },
            can_go_back=True,
            engine="native",
            speed=0.0,
        )
        return {**msgspec.to_builtins(state), **changes}

    def frame(self) -> bytes:
        """The maps of all neurons, and the weights."""
        along = np.linspace(-2.2, 2.2, GRID)
        if self.kind == "plane":
            x, y = np.meshgrid(along, along)
            rows, shape = np.column_stack([x.ravel(), y.ravel()]), (GRID, GRID)
        elif self.kind == "line":
            rows, shape = along[:, None], (GRID,)
        else:
            rows, shape = self.X, None
        forward = self.network.forward(rows)
        parts = []
        activations = [rows, *forward.A]
        for layer, A in enumerate(activations):
            for neuron, values in enumerate(np.asarray(A, float).T):
                name = f"map:a{layer}[{neuron}]"
                if shape is None:
                    counts, edges = np.histogram(values, 24)
                    part = as_map(name, counts.astype(float), 0.0)
                    parts.append(part._replace(bins=(float(edges[0]), float(edges[-1]))))
                else:
                    parts.append(as_map(name, values.reshape(shape)))
        if self.task == "multiclass" and self.kind == "plane":
            A = np.asarray(activations[-1], float)
            parts.append(as_map("class", A.argmax(axis=1).reshape(shape), 0.0, float(len(self.classes) - 1)))
            parts.append(as_map("confidence", A.max(axis=1).reshape(shape), 0.0, 1.0))
        for layer in range(1, len(activations)):
            parts.append(as_numbers(f"weights:W{layer}", self.network.parameters[f"W{layer}"]))
            parts.append(as_numbers(f"biases:b{layer}", self.network.parameters[f"b{layer}"]))
        return self.pack(parts)

    def pack(self, parts: list[Part]) -> bytes:
        return pack_frame(Frame(self.steps, self.steps / 5, "", 0.2, self.kind, GRID, parts))

    def curves(self, length: int = 80) -> dict[str, Any]:
        steps = [5 * (place + 1) for place in range(length)]
        train = [0.72 * math.exp(-place / 25) + 0.05 + 0.01 * math.sin(place) for place in range(length)]
        held = steps[4::5]
        return msgspec.to_builtins(
            Curves(
                steps=steps,
                epochs=[step / 5 for step in steps],
                train=train,
                validation_steps=held,
                validation=[0.7 * math.exp(-place / 5) + 0.1 for place in range(len(held))],
                train_metric=[0.95 - 0.45 * math.exp(-place / 4) for place in range(len(held))],
                validation_metric=[0.92 - 0.42 * math.exp(-place / 4) for place in range(len(held))],
                metric="accuracy" if self.classes else "rmse",
                loss=self.loss,
                learning_rate=[0.02] * length,
            )
        )
