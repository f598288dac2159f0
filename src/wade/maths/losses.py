r"""Losses: how wrong a prediction is, as one number whose mean training minimizes; and the registry of them.

The share of wrong answers is piecewise constant, so it has no useful gradient; a loss is its smooth substitute. There
are two families, each with a module of its own: `likelihood_losses` for probabilities and counts, `regression_losses`
for numbers. Each loss stands there as two functions side by side: per sample, and the gradient of that with respect to
what it takes. The mean over samples is in one place, `wade.maths.reduction`.

To add one, write the two functions and an entry; every other part of the package reads it.

Conventions. A cross-entropy takes the last layer's pre-activations Z, where it is stable and where its gradient is the
plain difference "predicted − actual"; it sums over outputs. Poisson's loss takes Z too, and is the mean over outputs.
The distances take the activations A and are the mean over outputs; the squared error is without the factor ½, Huber's
with it. All of them average over samples. What PyTorch and Keras have of them they report alike, but for several
sigmoids side by side, whose cross-entropies they average and wade sums.

`mean_loss` is J of predictions that are there already, of no network in particular.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from wade.errors import InvalidArgument, unknown_name
from wade.maths import likelihood_losses as likelihood
from wade.maths import regression_losses as regression
from wade.maths.ranges import check_range
from wade.maths.reduction import mean_over_samples as mean_over_samples
from wade.maths.registry import Registry
from wade.types import Array


@dataclass(frozen=True)
class Loss:
    """A loss and its gradient with respect to what it takes.

    Parameters
    ----------
    name : str
        One of `LOSSES`.
    takes : "pre-activation" or "activation"
        Whether it is computed from Z or from A of the last layer.
    per_sample : function
        (Z or A, y) → losses (n_samples,).
    gradient : function
        (Z or A, y) → ∂(a sample's loss)/∂(Z or A), not yet divided by the number of samples.
    constants : tuple of float
        The numbers that are fixed in the two functions: (label_smoothing,) of a cross-entropy, (delta,) of Huber's
        loss, (tau,) of the quantile loss, () of the others.
    outputs : tuple of str
        The activations of the last layer that it fits; () fits all.
    outputs_why : str
        The reason, for the refusal of any other output.
    has_kink : bool
        Whether its derivative jumps where the prediction passes the observed value: a finite difference across it is no
        test of the gradient.
    """

    name: str
    takes: Literal["pre-activation", "activation"]
    per_sample: Callable[[Array, Array], Array] = field(repr=False)
    gradient: Callable[[Array, Array], Array] = field(repr=False)
    constants: tuple[float, ...] = ()
    outputs: tuple[str, ...] = ()
    outputs_why: str = ""
    has_kink: bool = False

    def taken(self, Z: Array, A: Array) -> Array:
        """Which of the last layer's two arrays it is computed from."""
        return Z if self.takes == "pre-activation" else A


def cross_entropy(output: str, label_smoothing: float = 0.0) -> Loss:
    """The cross-entropy for a network that ends in sigmoids or in softmax, its labels smoothed or not.

    `output` is "sigmoid" or "softmax"; ε, in [0, 1), is that of `wade.maths.likelihood_losses.smoothed`.

    Raises
    ------
    InvalidArgument
        Where the output gives no probabilities, or ε is outside its range.

    Examples
    --------
    >>> loss = cross_entropy("softmax", label_smoothing=0.1)
    >>> loss.name, loss.constants
    ('softmax_cross_entropy', (0.1,))
    """
    if output not in ("sigmoid", "softmax"):
        raise InvalidArgument("output", "must be 'sigmoid' or 'softmax' for a cross-entropy", output)
    check_range("label_smoothing", label_smoothing, "[0, 1)", "Try 0.1.")
    pair = (
        (likelihood.sigmoid_cross_entropy, likelihood.sigmoid_cross_entropy_gradient)
        if output == "sigmoid"
        else (likelihood.softmax_cross_entropy, likelihood.softmax_cross_entropy_gradient)
    )
    per_sample, gradient = (partial(one, label_smoothing=label_smoothing) for one in pair)
    return Loss(f"{output}_cross_entropy", "pre-activation", per_sample, gradient, (float(label_smoothing),), (output,))


def huber(delta: float = 1.0) -> Loss:
    """Huber's loss, with a δ of your own.

    `delta` is in the target's unit; unless it is a finite number above 0, `InvalidArgument` is raised.

    Examples
    --------
    >>> huber(delta=2.0).constants
    (2.0,)
    """
    check_range("delta", delta, "(0, ∞)", "Try 1.0.")
    pair = regression.huber_error, regression.huber_error_gradient
    per_sample, gradient = (partial(one, delta=delta) for one in pair)
    return Loss("huber", "activation", per_sample, gradient, (float(delta),))


def quantile(tau: float = 0.5) -> Loss:
    """The quantile loss, with a τ of your own.

    `tau` is in (0, 1), else `InvalidArgument` is raised; 0.9 stands for a number that nine in ten cases stay below.

    Examples
    --------
    >>> quantile(tau=0.9).constants
    (0.9,)
    """
    check_range("tau", tau, "(0, 1)", "Try 0.9: nine in ten lie below.")
    pair = regression.quantile_error, regression.quantile_error_gradient
    per_sample, gradient = (partial(one, tau=tau) for one in pair)
    return Loss("quantile", "activation", per_sample, gradient, (float(tau),), has_kink=True)


LOSSES: Final = Registry(
    "loss",
    cross_entropy("sigmoid"),
    cross_entropy("softmax"),
    Loss(
        "poisson",
        "pre-activation",
        likelihood.poisson,
        likelihood.poisson_gradient,
        outputs=("identity",),
        outputs_why=": it takes the logarithm of a count",
    ),
    Loss("mean_squared_error", "activation", regression.squared_error, regression.squared_error_gradient),
    Loss(
        "mean_absolute_error",
        "activation",
        regression.absolute_error,
        regression.absolute_error_gradient,
        has_kink=True,
    ),
    huber(),
    quantile(),
)


def loss_names() -> tuple[str, ...]:
    """The names that `choose_loss` takes: "cross_entropy" for the two of them, and those of the others."""
    return ("cross_entropy", *(name for name in LOSSES if not name.endswith("_cross_entropy")))


def usual_loss(output: str) -> str:
    """The usual loss of an output activation: cross-entropy for probabilities, else the squared error.

    Examples
    --------
    >>> usual_loss("softmax"), usual_loss("identity")
    ('cross_entropy', 'mean_squared_error')
    """
    return "cross_entropy" if output in ("sigmoid", "softmax") else "mean_squared_error"


def choose_loss(loss: str | Loss, output: str) -> Loss:
    """The loss that a name means for a network that ends in this activation; a made loss is passed on as it is.

    Parameters
    ----------
    loss : "cross_entropy", "poisson", "mean_squared_error", "mean_absolute_error", "huber", "quantile", or a made one
        A name stands for the usual constants: no label smoothing, delta = 1, tau = ½. A made one is, for example,
        `losses.huber(delta=2.0)` or `losses.cross_entropy("softmax", label_smoothing=0.1)`.
    output : str
        The activation of the last layer. A cross-entropy needs the "sigmoid" or "softmax" that it was made for,
        Poisson's loss "identity" (the network then predicts the logarithm of the expected count); the others take any.

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or the output does not fit.

    Examples
    --------
    >>> choose_loss("cross_entropy", output="softmax").name, choose_loss(huber(2.0), output="identity").constants
    ('softmax_cross_entropy', (2.0,))
    """
    chosen = _named(loss, output) if isinstance(loss, str) else loss
    if not isinstance(chosen, Loss):
        raise InvalidArgument("loss", "must be a name or a loss such as huber(delta=2.0)", loss)
    if chosen.outputs and output not in chosen.outputs:
        expected = f"{chosen.name!r} does not fit a network whose output is {output!r}{chosen.outputs_why}"
        raise InvalidArgument("loss", expected, loss, f'Give the network output="{chosen.outputs[0]}".')
    return chosen


def mean_loss(predicted: ArrayLike, actual: ArrayLike, loss: str | Loss = "cross_entropy") -> float:
    r"""The mean loss of predictions beside what was observed.

    .. math:: J = \frac{1}{N} \sum_i \ell(a_i, y_i)

    Parameters
    ----------
    predicted, actual : array-like (n_samples,) or (n_samples, n_outputs)
        Probabilities beside zeros and ones for the cross-entropy, which is that of binary targets; numbers for the
        others.
    loss : "cross_entropy", "mean_squared_error", "mean_absolute_error", "huber", "quantile", or a made one
        As in `choose_loss`; not Poisson's, which takes logarithms.

    Raises
    ------
    InvalidArgument
        Where the two do not have one shape, a value is not finite or no probability, or the loss takes none.

    Examples
    --------
    Four flights, of which two are on the wrong side of ½:

    >>> predicted, actual = [0.05, 0.02, 0.96, 0.35], [1, 0, 1, 1]
    >>> sum((a > 0.5) != y for a, y in zip(predicted, actual))
    2
    >>> round(mean_loss(predicted, actual), 4), round(mean_loss(predicted, actual, "mean_squared_error"), 5)
    (1.0266, 0.33175)
    """
    A, y = _column("predicted", predicted), _column("actual", actual)
    if A.shape != y.shape:
        raise InvalidArgument("actual", f"must have the shape of the predictions, {A.shape}", y.shape)
    if loss == "cross_entropy":
        for name, values in (("predicted", A), ("actual", y)):
            outside = values[(values < 0) | (values > 1)]
            if outside.size:
                raise InvalidArgument(name, "must be probabilities from 0 to 1 for a cross-entropy", float(outside[0]))
        return float(mean_over_samples(likelihood.binary_cross_entropy(A, y)))
    chosen = choose_loss(loss, "identity")
    if chosen.takes != "activation":
        remedy = "Try mean_squared_error."
        raise InvalidArgument("loss", f"must take predictions, and {chosen.name!r} takes logarithms", loss, remedy)
    return float(mean_over_samples(chosen.per_sample(A, y)))


def _column(name: str, values: ArrayLike) -> Array:
    """Numbers (n_samples, n_outputs), of one output where they are in a row."""
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(name, "must be numbers in a row or a table", type(values).__name__) from error
    if found.ndim not in (1, 2) or not found.size or not np.isfinite(found).all():
        raise InvalidArgument(name, "must be finite numbers in a row or a table", values)
    return found[:, None] if found.ndim == 1 else found


def _named(name: str, output: str) -> Loss:
    if name not in loss_names():
        raise unknown_name("loss", name, loss_names())
    if name != "cross_entropy":
        return LOSSES[name]
    if output not in ("sigmoid", "softmax"):
        expected = f"'cross_entropy' needs probabilities, but the network's output is {output!r}"
        remedy = 'Give the network output="sigmoid" or "softmax", or take loss="mean_squared_error".'
        raise InvalidArgument("loss", expected, name, remedy)
    return LOSSES[f"{output}_cross_entropy"]
