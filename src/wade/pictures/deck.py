"""Small problems for lectures: four flights, and a surface with a minimum in which descent can be trapped."""

from __future__ import annotations

from typing import Final

import numpy as np

from wade.maths.losses import choose_loss
from wade.network import Network
from wade.pictures.directions import descend, samples_of, weight_directions
from wade.pictures.surface import SurfaceDisplay

FLIGHTS: Final = np.array([[-20.0, 45.0], [80.0, 0.0], [4.0, 15.0], [45.0, 60.0]])
"""Temperature (°C) and wind (km/h) of four flights."""
PREDICTED: Final = np.array([0.05, 0.02, 0.96, 0.35])
ACTUAL: Final = np.array([1.0, 0.0, 1.0, 1.0])
"""Whether each was delayed."""

START: Final = (-0.9, 2.3)
OTHER_START: Final = (-2.6, -0.4)
RATES: Final = (
    ("small rate 0.005", "sgd", 0.005, START),
    ("good rate 0.1", "sgd", 0.1, START),
    ("large rate 1.2", "sgd", 1.2, START),
    ("adaptive, AdaGrad 1", "adagrad", 1.0, START),
    ("good rate 0.1, trapped", "sgd", 0.1, OTHER_START),
)
STEPS: Final = 40


def scaled_flights() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The four flights with each column at mean 0 and standard deviation 1.

    Examples
    --------
    >>> bool(np.allclose(scaled_flights().mean(axis=0), 0)), bool(np.allclose(scaled_flights().std(axis=0), 1))
    (True, True)
    """
    return np.asarray((FLIGHTS - FLIGHTS.mean(axis=0)) / FLIGHTS.std(axis=0))


def trapping_problem() -> tuple[
    Network, np.ndarray[tuple[int, int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """A network of one hidden neuron, W2 · tanh(W1 · x + 0.3), and nine rows whose loss has two minima over W1 and W2.

    The lower one is at about (0.95, 1.8), the other one at about (−1.75, −1.45).
    """
    network = Network(1, hidden=(1,), activation="tanh", output="identity", dtype="float64")
    network.theta = [0.0, 0.3, 0.0, 0.0]  # W1, b1, W2, b2
    x = np.linspace(-2.0, 2.0, 9)
    return network, x[:, None], 1.5 * np.tanh(0.9 * x + 0.3) + 0.2 * x


def descent_on_surface(steps: int = STEPS) -> SurfaceDisplay:
    """Gradient descent over two weights: a small, a good, a large and an adaptive rate from one start, and a trap.

    Examples
    --------
    >>> ends = {path.name: float(path.losses[-1]) for path in descent_on_surface().paths}
    >>> ends["good rate 0.1"] < 0.02 < 0.2 < ends["good rate 0.1, trapped"]
    True
    """
    network, X, y = trapping_problem()
    places = [("W1[0,0]", network.slices["W1"].start), ("W2[0,0]", network.slices["W2"].start)]
    plane, loss = weight_directions(network, places), choose_loss("mean_squared_error", "identity")
    samples, only, paths = samples_of(network, X, y), [at for _, at in places], []
    for name, optimizer, rate, start in RATES:
        walker = Network.from_dict(network.to_dict(), network.theta)
        walker.theta = plane.at(*start)
        paths.append(descend(walker, samples, loss, rate, steps, optimizer=optimizer, only=only, name=name))
    return SurfaceDisplay.from_network(
        network,
        X,
        y,
        plane,
        paths,
        loss=loss,
        limits=((-3.2, 3.2), (-3.2, 3.2)),
        resolution=61,
        subject="Gradient descent on a loss surface",
        remark=(
            "Rows: nine values of x from −2 to 2, at even distances, with y = 1.5·tanh(0.9·x + 0.3) + 0.2·x. "
            "Axes: the two weights of a network of one hidden neuron, W1 into it and W2 out of it; its two biases are "
            "held. White circles: the starts; a marker for each step. The dark hollow at the lower left is a local "
            "minimum."
        ),
    )
