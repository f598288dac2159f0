"""The three phases of a training step, forward, backward and update, one by one, and undone again."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wade.engines.reference import back_propagate, loss_and_delta, update
from wade.errors import InvalidArgument
from wade.explanation.steps.record import EncodedColumn, EncodingStep, TargetInfo
from wade.explanation.trace import Trace
from wade.maths.losses import Loss, choose_loss, usual_loss
from wade.maths.optimizers import Optimizer, State, choose_optimizer
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network import Network
from wade.training.data import check_samples
from wade.types import Array, Inputs


class Stepper:
    """Takes training steps on one row, one phase at a time, and undoes them.

    Parameters
    ----------
    network : Network
        Its θ changes in place with each update, and returns when the update is undone.
    row : Inputs or array-like (n_numbers,)
        The row that the first step trains on.
    target : number, class code or array, optional
        The observed value. Without it there is a forward pass only.
    loss, optimizer : as in `wade.train`
        None: the usual loss of the network's output.
    learning_rate : float
    state : dict, optional
        The optimizer state at this point of training; changed in place. A new one by default.
    regularization : Regularization
    dropout : bool
        Whether dropout is on, as in training.
    seed : int
        Seed of the dropout masks.

    Examples
    --------
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta[:] = 0
    >>> stepper = Stepper(network, [2.0], 1.0, optimizer="sgd", learning_rate=0.1)
    >>> stepper.forward().J, stepper.trace.gradient
    (0.6931471805599453, None)
    >>> stepper.backward().gradient
    array([-1. , -0.5])
    >>> _ = stepper.update()
    >>> network.theta
    array([0.1 , 0.05])
    >>> stepper.back().gradient, network.theta
    (array([-1. , -0.5]), array([0., 0.]))
    """

    def __init__(
        self,
        network: Network,
        row: Inputs | ArrayLike,
        target: object = None,
        *,
        loss: str | Loss | None = None,
        optimizer: str | Optimizer = "sgd",
        learning_rate: float = 0.01,
        state: State | None = None,
        regularization: Regularization = UNREGULARIZED,
        dropout: bool = False,
        seed: int = 0,
        columns: tuple[EncodedColumn, ...] | None = None,
        target_info: TargetInfo | None = None,
    ) -> None:
        if not (learning_rate > 0 and np.isfinite(learning_rate)):
            raise InvalidArgument("learning_rate", "must be greater than 0", learning_rate, "Try 0.01.")
        self.network = network
        self.optimizer = choose_optimizer(optimizer)
        self.state = self.optimizer.init(network.theta) if state is None else state
        self._check_state()
        self._loss = choose_loss(usual_loss(network.output) if loss is None else loss, network.output)
        self._settings = (self._loss, self.optimizer, learning_rate, regularization)
        self._dropout, self._seed = dropout, seed
        self._past: list[Trace] = []
        self.trace = self._at_start(row, target, columns, target_info)

    @property
    def phases_done(self) -> int:
        """The number of phases done and not undone."""
        return len(self._past)

    @property
    def next_phase(self) -> str:
        """The next phase: "forward", "backward", "update"; "" where the row has no target to train on."""
        if self.trace.forward is None or self.trace.theta_after is not None:
            return "forward"
        if self.trace.y is None:
            return ""
        return "backward" if self.trace.gradient is None else "update"

    def forward(self, row: Inputs | ArrayLike | None = None, target: object = None) -> Trace:
        """Forward pass: every Z and A, and the loss; on another row where one is given.

        Raises
        ------
        InvalidArgument
            Where another phase is next.
        """
        self._expect("forward")
        now = self.trace
        if row is not None:
            now = self._at_start(row, target, None, None)
        elif now.theta_after is not None:
            now = self._restarted(now)
        passed = now.network.forward(now.X, now.masks)
        J = None if now.y is None else loss_and_delta(now.network, passed, now.y, now.loss)[0]
        return self._moved(replace(now, forward=passed, J=J))

    def backward(self) -> Trace:
        """Back-propagation: every delta, and the gradient."""
        self._expect("backward")
        now = self.trace
        assert now.forward is not None
        assert now.y is not None
        _, delta = loss_and_delta(now.network, now.forward, now.y, now.loss)
        deltas, gradient = back_propagate(now.network, now.X, now.forward, delta, now.masks)
        return self._moved(replace(now, deltas=deltas, gradient=gradient))

    def update(self) -> Trace:
        """The optimizer's step: changes θ and the optimizer state; and the loss of the row afterwards."""
        self._expect("update")
        now = self.trace
        self._check_place()
        assert now.gradient is not None
        assert now.y is not None
        seen = update(self.network, now.gradient, self.optimizer, self.state, now.learning_rate, now.regularization)
        passed = self.network.forward(now.X, now.masks)
        J_after, _ = loss_and_delta(self.network, passed, now.y, now.loss)
        return self._moved(
            replace(
                now,
                regularized_gradient=seen,
                theta_after=self.network.theta.copy(),
                state_after=deepcopy(self.state),
                J_after=J_after,
            )
        )

    def advance(self) -> Trace:
        """The next of the three phases."""
        if not self.next_phase:
            raise InvalidArgument("target", "must be known to train on the row", None, "Pass the target.")
        return {"forward": self.forward, "backward": self.backward, "update": self.update}[self.next_phase]()

    def back(self) -> Trace:
        """Undoes the last phase: θ and the optimizer state are restored bit for bit.

        Raises
        ------
        InvalidArgument
            Where nothing is left to undo, or the network has been changed from outside.
        """
        if not self._past:
            raise InvalidArgument("back", "needs a phase to undo", "none", "Run `forward` first.")
        undone = self.trace
        if undone.theta_after is not None:
            self._check_place()
            self.network.theta[:] = undone.network.theta
            self.state.clear()
            self.state.update(deepcopy(undone.state_before))
        self.trace = self._past.pop()
        return self.trace

    def _moved(self, trace: Trace) -> Trace:
        self._past.append(self.trace)
        self.trace = trace
        return trace

    def _expect(self, phase: str) -> None:
        if self.next_phase != phase:
            if not self.next_phase:
                raise InvalidArgument("phase", "needs a target", phase, "Pass the target of the row.")
            raise InvalidArgument("phase", f"must be {self.next_phase} now", phase, f"Call `{self.next_phase}` first.")

    def _check_place(self) -> None:
        theta = self.trace.network.theta if self.trace.theta_after is None else self.trace.theta_after
        if self.network.theta.tobytes() != theta.tobytes():
            remedy = "Make a new Stepper, or restore θ first."
            raise InvalidArgument("network", "must not change between two phases", self.network, remedy)

    def _check_state(self) -> None:
        """The state must be one of this optimizer and this network."""
        expected = self.optimizer.init(self.network.theta)
        shapes = {name: np.shape(value) for name, value in self.state.items()}
        if shapes != {name: np.shape(value) for name, value in expected.items()}:
            remedy = f"Take the state that `{self.optimizer.name}.init` returns for this network."
            raise InvalidArgument("state", f"must hold {', '.join(expected)}", sorted(self.state), remedy)

    def _copy(self) -> Network:
        return Network.from_dict(self.network.to_dict(), self.network.theta)

    def _masks(self) -> tuple[Array, ...]:
        return self.network.masks(1, self._seed, self.state["step"]) if self._dropout else ()

    def _at_start(
        self,
        row: Inputs | ArrayLike,
        target: object,
        columns: tuple[EncodedColumn, ...] | None,
        target_info: TargetInfo | None,
    ) -> Trace:
        X = self.network.as_inputs(row if isinstance(row, Inputs) else np.atleast_2d(np.asarray(row)))
        if len(X) != 1:
            raise InvalidArgument("row", "must be one row", f"{len(X)} rows", "Explain one row at a time.")
        y = None if target is None else self._observed(X, target)
        loss, optimizer, learning_rate, regularization = self._settings
        return Trace(
            network=self._copy(),
            X=X,
            y=y,
            masks=self._masks(),
            columns=plain_columns(self.network, X) if columns is None else columns,
            target_info=target_info or TargetInfo(observed=None if target is None else str(target)),
            loss=loss,
            optimizer=optimizer,
            learning_rate=learning_rate,
            state_before=deepcopy(self.state),
            regularization=regularization,
        )

    def _restarted(self, last: Trace) -> Trace:
        """The same row after the last update: a new step, of which nothing is computed yet."""
        fresh: dict[str, Any] = {field.name: None for field in fields(last) if field.default is None}
        return replace(last, network=self._copy(), masks=self._masks(), state_before=deepcopy(self.state), **fresh)

    def _observed(self, X: Inputs, target: object) -> Array:
        y = np.asarray(target)
        y = y.reshape(1) if self.network.output == "softmax" else y.reshape(1, -1)
        return check_samples(self.network, X, y, None, self._loss, "explained").y


def plain_columns(network: Network, X: Inputs) -> tuple[EncodedColumn, ...]:
    """The columns of a bare network: numbers, codes and positions, read without encoding."""
    layout = network.inputs
    names, rows = layout.names, (*X.numbers[0].tolist(), *X.codes[0].tolist(), *X.positions[0].tolist())
    reads = [("number", "read", f"W1[{place},:]") for place in range(layout.n_numbers)]
    reads += [
        ("category", "code", f"E1.{one.name}[{code},:]")
        for one, code in zip(layout.categories, X.codes[0], strict=True)
    ]
    reads += [("number", "position", f"P1.{one.name}") for one in layout.piecewise]
    return tuple(
        EncodedColumn(name, role, value, "", (EncodingStep(step, value, read_by),))
        for name, value, (role, step, read_by) in zip(names, rows, reads, strict=True)
    )
