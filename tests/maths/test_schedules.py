from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.schedules import SCHEDULES, Constant, Cosine, choose_schedule


def test_cosine_by_hand() -> None:
    """(1 + cos 60°)/2 = 0.75 at a third, ½ at a half, ¼ at two thirds; with `final` 0.1: 0.1 + 0.9 · 0.75 = 0.775."""
    np.testing.assert_allclose(Cosine()(np.asarray([0, 1 / 3, 1 / 2, 2 / 3, 1])), [1, 0.75, 0.5, 0.25, 0], atol=1e-15)
    assert float(Cosine(final=0.1)(1 / 3)) == pytest.approx(0.775)


@pytest.mark.parametrize("schedule", [Constant(), Cosine(), Cosine(final=1.0)])
def test_a_number_and_an_array_give_the_same(schedule) -> None:
    progress = np.linspace(0, 1, 11)
    factors = schedule(progress)
    assert factors.dtype == np.float64
    assert factors.shape == (11,)
    assert [float(schedule(float(p))) for p in progress] == factors.tolist()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_cosine_only_falls_and_ends_at_final(p: float, q: float, final: float) -> None:
    schedule = Cosine(final=final)
    early, late = sorted((p, q))
    assert schedule(early) >= schedule(late) - 1e-15
    assert float(schedule(0.0)) == pytest.approx(1)
    assert float(schedule(1.0)) == pytest.approx(final)
    assert (Constant()(np.asarray([p, q])) == 1).all()


def test_choosing() -> None:
    for name, kind in SCHEDULES.items():
        assert choose_schedule(name) == kind()
        assert kind.name == name
    mine = Cosine(final=0.5)
    assert choose_schedule(mine) is mine
    with pytest.raises(InvalidArgument, match="Did you mean 'cosine'"):
        choose_schedule("cosinus")
    with pytest.raises(InvalidArgument, match="name or a schedule"):
        choose_schedule(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("final", [-0.1, 1.1, np.nan])
def test_final_is_a_factor(final: float) -> None:
    with pytest.raises(InvalidArgument, match="`final`"):
        Cosine(final=final)
