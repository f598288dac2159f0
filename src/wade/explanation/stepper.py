"""Forward, backward, update: the three moves of a step one by one, and back again, through any number of steps."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wade.engines.reference import back_propagate, loss_and_delta, update
from wade.errors import InvalidArgument
from wade.explanation.steps.record import EncodedColumn, EncodingStep, TargetInfo
from wade.explanation.trace import Trace
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import Optimizer, State, choose_optimizer
from wade.maths.regularisers import UNREGULARISED, Regularisation
from wade.network import Network
from wade.training.data import check_samples
from wade.types import Array, Inputs


class Stepper:
    """A network taken by the hand: one move at a time, forth and back.

    Parameters
    ----------
    network : Network
        Its θ changes in place with each update, and comes back with each step back.
    row : Inputs or array-like (n_numbers,)
        The row that the first step learns from.
    target : number, class code or array, optional
        What should come out. Without it there is a way forward, and none back.
    loss, optimizer : as in `wade.train`
        None takes the loss that belongs to the network's output.
    learning_rate : float
    state : dict, optional
        The optimiser's memory at this moment of training; changed in place. A new one where it is left out.
    regularisation : Regularisation
    dropout : bool
        Whether neurons are silent in these steps, as they are in training.
    seed : int
        What dropout's masks are drawn from.

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
        regularisation: Regularisation = UNREGULARISED,
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
        self._loss = choose_loss(usual_loss(network) if loss is None else loss, network.output)
        self._settings = (self._loss, self.optimizer, learning_rate, regularisation)
        self._dropout, self._seed = dropout, seed
        self._past: list[Trace] = []
        self.trace = self._at_start(row, target, columns, target_info)

    @property
    def moves(self) -> int:
        """How many moves have been made and not taken back."""
        return len(self._past)

    @property
    def next_move(self) -> str:
        """Which move comes next: "forward", "backward", "update"; "" where the row has no target and cannot teach."""
        if self.trace.forward is None or self.trace.theta_after is not None:
            return "forward"
        if self.trace.y is None:
            return ""
        return "backward" if self.trace.gradient is None else "update"

    def forward(self, row: Inputs | ArrayLike | None = None, target: object = None) -> Trace:
        """Every Z and A, and the loss; of another row where one is given.

        Raises
        ------
        InvalidArgument
            Where it is another move's turn.
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
        """Every delta, and the gradient: back-propagation."""
        self._expect("backward")
        now = self.trace
        assert now.forward is not None
        assert now.y is not None
        _, delta = loss_and_delta(now.network, now.forward, now.y, now.loss)
        deltas, gradient = back_propagate(now.network, now.X, now.forward, delta, now.masks)
        return self._moved(replace(now, deltas=deltas, gradient=gradient))

    def update(self) -> Trace:
        """The optimiser's step: θ and its memory change; and the loss that the row has then."""
        self._expect("update")
        now = self.trace
        self._check_place()
        assert now.gradient is not None
        assert now.y is not None
        seen = update(self.network, now.gradient, self.optimizer, self.state, now.learning_rate, now.regularisation)
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

    def move(self) -> Trace:
        """Whichever of the three moves comes next."""
        if not self.next_move:
            raise InvalidArgument("target", "must be known for a row to be learned from", None, "Give the target.")
        return {"forward": self.forward, "backward": self.backward, "update": self.update}[self.next_move]()

    def back(self) -> Trace:
        """The last move undone: θ and the optimiser's memory are what they were, bit for bit.

        Raises
        ------
        InvalidArgument
            Where there is no move left, or somebody else has changed the network.
        """
        if not self._past:
            raise InvalidArgument("back", "needs a move to take back", "none", "Make a move first.")
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

    def _expect(self, move: str) -> None:
        if self.next_move != move:
            remedy = f"Call `{self.next_move}` first." if self.next_move else "Give the row a target."
            raise InvalidArgument("move", f"cannot be made now: it is not {move}'s turn", move, remedy)

    def _check_place(self) -> None:
        theta = self.trace.network.theta if self.trace.theta_after is None else self.trace.theta_after
        if self.network.theta.tobytes() != theta.tobytes():
            remedy = "Make a new Stepper, or bring θ back first."
            raise InvalidArgument("network", "must be where the last move left it", self.network, remedy)

    def _check_state(self) -> None:
        """The memory must be one of this optimiser's, of this network."""
        expected = self.optimizer.init(self.network.theta)
        shapes = {name: np.shape(value) for name, value in self.state.items()}
        if shapes != {name: np.shape(value) for name, value in expected.items()}:
            remedy = f"It is what {self.optimizer.name}'s `init` and `update` give for this network."
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
            raise InvalidArgument("row", "must be one row", f"{len(X)} rows", "Explain them one by one.")
        y = None if target is None else self._observed(X, target)
        loss, optimizer, learning_rate, regularisation = self._settings
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
            regularisation=regularisation,
        )

    def _restarted(self, last: Trace) -> Trace:
        """The same row after the last update: a new step, of which nothing is computed yet."""
        computed = (
            "forward",
            "J",
            "deltas",
            "gradient",
            "regularized_gradient",
            "theta_after",
            "state_after",
            "J_after",
        )
        fresh: dict[str, Any] = dict.fromkeys((*computed, "native_check"))
        return replace(last, network=self._copy(), masks=self._masks(), state_before=deepcopy(self.state), **fresh)

    def _observed(self, X: Inputs, target: object) -> Array:
        y = np.asarray(target)
        y = y.reshape(1) if self.network.output == "softmax" else y.reshape(1, -1)
        return check_samples(self.network, X, y, None, self._loss, "explained").y


def usual_loss(network: Network) -> str:
    """The loss that belongs to a network's output: the surprise where it gives probabilities, else the distance."""
    return "cross_entropy" if network.output in ("sigmoid", "softmax") else "mean_squared_error"


def plain_columns(network: Network, X: Inputs) -> tuple[EncodedColumn, ...]:
    """The columns of a bare network: numbers, codes and positions, which it reads as they are."""
    layout = network.inputs
    numbers = [
        EncodedColumn(name, "number", float(value), "", (EncodingStep("read", float(value), f"W1[{place},:]"),))
        for place, (name, value) in enumerate(zip(layout.numbers, X.numbers[0], strict=True))
    ]
    codes = [
        EncodedColumn(
            one.name, "category", int(code), "", (EncodingStep("code", int(code), f"E1.{one.name}[{code},:]"),)
        )
        for one, code in zip(layout.categories, X.codes[0], strict=True)
    ]
    positions = [
        EncodedColumn(one.name, "number", float(at), "", (EncodingStep("position", float(at), f"P1.{one.name}"),))
        for one, at in zip(layout.piecewise, X.positions[0], strict=True)
    ]
    return (*numbers, *codes, *positions)
