"""Planes in the space of parameters: the loss at a point of one, and paths of gradient descent on it."""

from __future__ import annotations

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument
from wade.maths.losses import choose_loss
from wade.pictures import SurfaceDisplay, descend, descent_on_surface, path_directions, weight_directions
from wade.pictures.directions import places_of, samples_of

X = np.array([[1.0, 2.0], [0.5, -1.0], [-1.5, 0.3]])
Y = np.array([1.0, 0.0, 1.0])


def test_the_surface_over_two_weights_is_the_loss_of_the_network_with_them() -> None:
    network = wade.Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=2)
    places = places_of(network, ["W1[1,2]", "W2[0,0]"])
    plane = weight_directions(network, places)
    display = SurfaceDisplay.from_network(network, X, Y, plane, limits=((-1, 1), (-2, 2)), resolution=3)
    moved = wade.Network.from_dict(network.to_dict(), network.theta)
    moved.parameters["W1"][1, 2], moved.parameters["W2"][0, 0] = 1.0, -2.0
    p = moved(X)[:, 0]
    expected = -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))
    assert np.isclose(display.losses[0, 2], expected)


def test_a_path_with_only_two_weights_trained_lies_on_their_surface() -> None:
    network = wade.Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=2)
    places = places_of(network, ["W1[0,0]", "b2[0]"])
    plane, loss = weight_directions(network, places), choose_loss("cross_entropy", "sigmoid")
    path = descend(network, samples_of(network, X, Y), loss, 0.5, 6, only=[at for _, at in places])
    points, distances = plane.project(path.thetas)
    assert distances.max() < 1e-12
    assert (np.diff(path.losses) < 0).all()
    assert SurfaceDisplay.from_network(network, X, Y, plane, [path], resolution=3).exact
    assert np.allclose(points[0], [network.theta[at] for _, at in places])


def test_a_step_of_the_path_is_minus_the_rate_times_the_gradient() -> None:
    network = wade.Network(2, hidden=(), dtype="float64", seed=3)
    path = descend(network, samples_of(network, X, Y), choose_loss("cross_entropy", "sigmoid"), 0.25, 1)
    p = network(X)[:, 0]
    gradient = np.append(X.T @ (p - Y), (p - Y).sum()) / 3
    assert np.allclose(path.thetas[1] - path.thetas[0], -0.25 * gradient)


def test_principal_components_say_how_much_of_the_path_they_show() -> None:
    network = wade.Network(2, hidden=(4,), dtype="float64", seed=1)
    path = descend(network, samples_of(network, X, Y), choose_loss("cross_entropy", "sigmoid"), 1.0, 12)
    _, shares = path_directions(path.thetas)
    assert 0.9 < sum(shares) <= 1 + 1e-12
    display = SurfaceDisplay.from_path(network, X, Y, path, resolution=4)
    assert not display.exact
    assert "lie off this plane" in display.note
    with pytest.raises(InvalidArgument, match="not a straight line"):
        path_directions(path.thetas[:2])


def test_small_good_large_and_adaptive_rates_end_as_the_deck_says() -> None:
    small, good, large, adaptive, trapped = descent_on_surface().paths
    assert small.losses[-1] > 0.1  # far from the minimum after as many steps
    assert good.losses[-1] < 0.01
    assert adaptive.losses[-1] < 0.01
    assert (np.diff(good.losses) <= 1e-9).all()
    first = large.thetas[1] - large.thetas[0]
    assert np.linalg.norm(first) > 2  # overshoots: one step goes past both minima's distance
    assert 0.2 < trapped.losses[-1] < 0.3
    assert np.allclose(np.diff(trapped.losses[-3:]), 0, atol=2e-3)


def test_a_diverging_path_says_so() -> None:
    network = wade.Network(1, hidden=(), output="identity", dtype="float64")
    path = descend(
        network,
        samples_of(network, [[10.0], [20.0]], [1.0, 2.0]),
        choose_loss("mean_squared_error", "identity"),
        1.0,
        50,
    )
    assert path.ended.startswith("diverged at step")
    assert len(path.losses) < 51


def test_two_weights_have_to_be_two() -> None:
    network = wade.Network(2, hidden=())
    with pytest.raises(InvalidArgument, match="two different weights"):
        weight_directions(network, places_of(network, ["W1[0,0]", "W1[0,0]"]))
