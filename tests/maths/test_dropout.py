from __future__ import annotations

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.maths.dropout import chances_to_drop, dropout_mask
from wade.maths.random import philox

HERE = {"seed": 11, "step": 5, "layer": 2, "n_rows": 40, "width": 300}


def test_what_is_kept_makes_up_for_what_is_not() -> None:
    """Of 12,000 neurons a quarter is dropped; the rest counts 4/3, so that the mean stays 1."""
    mask = dropout_mask(0.25, **HERE)
    assert set(np.unique(mask)) == {0, 4 / 3}
    assert abs((mask == 0).mean() - 0.25) < 3 * np.sqrt(0.25 * 0.75 / mask.size)
    assert abs(mask.mean() - 1) < 3 * np.sqrt(1 / 3 / mask.size)  # the variance is p / (1 − p)


def test_a_neuron_by_hand() -> None:
    """Width 20: 3 blocks. Neuron 17 is in block 17 mod 3 = 2, slot 17 div 3 = 5: the high half of its third word."""
    seed, step, row = (7 << 32) + 9, (1 << 32) + 6, 4
    third = int(philox(np.asarray([[2, row, 6, (1 << 31) + 3]]), (9, 7))[0, 2])
    for rate in np.linspace(0, 0.99, 34).tolist():
        kept = third >> 16 >= round(rate * 65536)
        mask = dropout_mask(rate, seed, step, layer=3, n_rows=5, width=20)
        assert (mask[row, 17] > 0) == kept


@pytest.mark.parametrize("changed", ["seed", "step", "layer"])
def test_each_purpose_has_its_own_mask(changed: str) -> None:
    """Two masks at ½ agree in half of their places, give or take three deviations."""
    agree = dropout_mask(0.5, **HERE) == dropout_mask(0.5, **HERE | {changed: HERE[changed] + 1})
    assert abs(agree.mean() - 0.5) < 3 * np.sqrt(0.25 / agree.size)


def test_rows_and_neurons_are_independent() -> None:
    mask = dropout_mask(0.5, **HERE | {"n_rows": 200}) > 0
    for shifted in (mask[1:] == mask[:-1], mask[:, 1:] == mask[:, :-1], mask[:, 38:] == mask[:, :-38]):
        assert abs(shifted.mean() - 0.5) < 4 * np.sqrt(0.25 / shifted.size)


def test_a_mask_is_a_function_of_its_place() -> None:
    """Not of how many rows were drawn with it, nor in how many pieces."""
    many = dropout_mask(0.3, **HERE | {"n_rows": 1500})
    np.testing.assert_array_equal(dropout_mask(0.3, **HERE), many[:40])


def test_a_row_may_be_wider_than_what_is_drawn_at_once() -> None:
    width = 8 * 2**14 + 1
    mask = dropout_mask(0.5, **HERE | {"n_rows": 2, "width": width})
    assert mask.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(dropout_mask(0.5, **HERE | {"n_rows": 1, "width": width}), mask[:1])


def test_rates_are_rounded_to_what_16_bits_can_say() -> None:
    assert [chances_to_drop(rate) for rate in (0, 1e-9, 0.5, 0.1, 1 - 1e-12)] == [0, 0, 32768, 6554, 65535]
    assert dropout_mask(6554 / 65536, **HERE).max() == 65536 / (65536 - 6554)
    np.testing.assert_array_equal(dropout_mask(1e-9, **HERE), np.ones((40, 300)))


def test_nothing_to_drop() -> None:
    assert dropout_mask(0.5, seed=0, step=0, layer=1, n_rows=0, width=3).shape == (0, 3)


def test_a_seed_has_64_bits() -> None:
    with pytest.raises(InvalidArgument, match="seed"):
        dropout_mask(0.5, **HERE | {"seed": 2**64})
