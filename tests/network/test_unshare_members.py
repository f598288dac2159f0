"""A member of a network is a network of its own: what it answers alone is what it answers among the others."""

from __future__ import annotations

import numpy as np
import pytest

from wade.network import Network
from wade.network.unshare_members import unshared_members
from wade.types import Category, InputLayout, Inputs, Piecewise


@pytest.mark.parametrize("hidden", [(), (5,), (6, 4)])
def test_each_member_alone_answers_as_among_the_others(hidden: tuple[int, ...]) -> None:
    layout = InputLayout(("a", "b"), (Category("c", 4),), (Piecewise("d", 3),))
    network = Network(layout, hidden, 2, "tanh", "softmax", members=3, dtype="float64", seed=1)
    draw = np.random.default_rng(0)
    network.theta = draw.normal(size=network.n_parameters)
    X = Inputs(draw.normal(size=(7, 2)), draw.integers(0, 4, (7, 1)).astype(np.int32), draw.uniform(0, 3, (7, 1)))
    together = network.forward(X).A[-1].reshape(7, 3, 2)
    alone = unshared_members(network)
    assert [member.members for member in alone] == [1, 1, 1]
    for at, member in enumerate(alone):
        np.testing.assert_allclose(member(X), together[:, at], rtol=1e-12)


def test_a_network_of_one_member_is_that_member() -> None:
    network = Network(2)
    assert unshared_members(network) == (network,)
