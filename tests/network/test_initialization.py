"""Every parameter before the first step: how large it is, and what members start with."""

from __future__ import annotations

import numpy as np
import pytest

from wade.network import Network
from wade.types import Category, InputLayout, Piecewise

LAYOUT = InputLayout(("wind",), (Category("carrier", 40),), (Piecewise("hour", 16),))


def started(members: int = 1, seed: int = 3) -> dict[str, np.ndarray]:
    return dict(Network(LAYOUT, hidden=(400,), members=members, dtype="float64", seed=seed).parameters)


def test_the_slopes_of_all_bins_add_up_to_what_one_weight_is() -> None:
    """He's weights vary by 2 / n_in; a position passes up to 16 bins, so each slope varies by a 16th of that."""
    found = started()
    assert found["W1"].shape == (1, 400)
    assert found["P1.hour"].shape == (16, 400)
    assert found["P1.hour"].std() == pytest.approx(found["E1.carrier"][1:].std() / 4, rel=0.05)
    assert found["P1.hour"].std() == pytest.approx(found["W1"].std() / 4, rel=0.15)
    assert not found["E1.carrier"][0].any()


def test_members_start_with_factors_of_1_and_random_signs_of_their_inputs() -> None:
    found = started(members=64)
    signs = found["R1"]
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs((signs < 0).mean() - 0.5) < 4 * np.sqrt(0.25 / signs.size)
    assert not np.array_equal(signs, started(members=64, seed=4)["R1"])
    for name in ("R2", "S1", "S2"):
        assert (found[name] == 1).all(), name


def test_one_member_has_no_factors() -> None:
    assert not {"R1", "S1", "R2", "S2"} & started().keys()
