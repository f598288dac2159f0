from __future__ import annotations

import numpy as np

from wade.maths.members import in_turn, in_turn_backward


def test_rows_take_turns() -> None:
    """Two samples, three members: rows 0 and 3 are the first member's, 1 and 4 the second's, 2 and 5 the third's."""
    R = np.asarray([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(in_turn(R, 6), R[[0, 1, 2, 0, 1, 2]])
    assert in_turn(R, 0).shape == (0, 2)


def test_gradients_by_hand() -> None:
    """The first member's rows are 0 and 2: 1 + 100; the second's 1 and 3: 10 + 1000."""
    delta = np.asarray([[1.0], [10.0], [100.0], [1000.0]])
    np.testing.assert_array_equal(in_turn_backward(delta, 2), [[101], [1010]])


def test_backward_is_the_slope_of_forward(slope) -> None:
    draw = np.random.RandomState(0)
    A, delta, R = draw.uniform(-1, 1, (6, 4)), draw.uniform(-1, 1, (6, 4)), draw.uniform(-1, 1, (3, 4))
    expected = slope(lambda R: (delta * A * in_turn(R, 6)).sum(), R)
    np.testing.assert_allclose(in_turn_backward(delta * A, 3), expected, rtol=1e-6, atol=1e-8)
