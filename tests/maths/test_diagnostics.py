"""The pulse of learning, by hand."""

import numpy as np
import pytest

from wade.maths.diagnostics import dead_share, length, update_to_weight_ratio


def test_a_length_is_summed_in_double_precision():
    assert length(np.asarray([3.0, -4.0], np.float32)) == 5.0
    assert length(np.full(4, 1e30, np.float32)) == pytest.approx(2e30, rel=1e-6)  # its square is no float32


def test_the_ratio_counts_what_decays():
    theta, updated = np.asarray([3.0, 4.0, 100.0]), np.asarray([3.3, 4.4, 0.0])
    decays = np.asarray([True, True, False])
    assert update_to_weight_ratio(theta, updated, decays) == pytest.approx(0.5 / 5)
    assert update_to_weight_ratio(np.zeros(2), np.ones(2)) == 0.0


def test_a_neuron_is_dead_where_no_row_wakes_it():
    first = np.asarray([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    second = np.asarray([[0.0], [2.0]])
    assert dead_share([first, second]) == 2 / 4


def test_members_are_counted_apart():
    """Two samples for two members: neuron 0 is dead for the second member only."""
    A = np.asarray([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    assert dead_share([A], members=2) == 1 / 4
