from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    CosLog4,
    Exponential,
    InverseTime,
    OneCycle,
    Step,
    WarmUp,
    choose_schedule,
)


def test_cosine_by_hand() -> None:
    """(1 + cos 60°)/2 = 0.75 at a third, ½ at a half, ¼ at two thirds; with `final` 0.1: 0.1 + 0.9 · 0.75 = 0.775."""
    np.testing.assert_allclose(Cosine()(np.asarray([0, 1 / 3, 1 / 2, 2 / 3, 1])), [1, 0.75, 0.5, 0.25, 0], atol=1e-15)
    assert float(Cosine(final=0.1)(1 / 3)) == pytest.approx(0.775)


def test_step_by_hand() -> None:
    """Four stairs and half of it on each: 1, ½, ¼, ⅛; the last stair reaches to the end."""
    progress = np.asarray([0, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, 1])
    np.testing.assert_array_equal(Step(4, 0.5)(progress), [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125])


@pytest.mark.parametrize(("stairs", "steps_each"), [(3, 7), (49, 5), (10, 3), (7, 11)])
def test_every_stair_is_as_long_as_the_others(stairs: int, steps_each: int) -> None:
    """The edge of a stair is at s / S = k / n, in binary perhaps a hair below: 5/245 · 49 = 0.9999999999999999."""
    count = stairs * steps_each
    factors = Step(stairs, 0.9)(np.arange(count) / count)
    np.testing.assert_allclose(factors, 0.9 ** (np.arange(count) // steps_each), rtol=1e-14)


def test_a_hair_below_an_edge_is_past_it_and_two_hairs_are_not() -> None:
    """Two stairs, a hair being 1e-9: 2p = 1 − 0.5e-9 counts as 1, 2p = 1 − 1.5e-9 does not."""
    np.testing.assert_array_equal(Step(2, 0.5)(np.asarray([0.5 - 0.25e-9, 0.5 - 0.75e-9])), [0.5, 1])


def test_exponential_by_hand() -> None:
    """With ¼ at the end, half-way is √¼ = ½, and a quarter of the way √½."""
    np.testing.assert_allclose(Exponential(final=0.25)(np.asarray([0, 0.25, 0.5, 1])), [1, 0.5**0.5, 0.5, 0.25])


def test_inverse_time_by_hand() -> None:
    """With ⅕ at the end, k = 4: half-way is 1/(1 + 2), a quarter of the way 1/(1 + 1)."""
    np.testing.assert_allclose(InverseTime(final=0.2)(np.asarray([0, 0.25, 0.5, 1])), [1, 1 / 2, 1 / 3, 1 / 5])


def test_warm_up_by_hand() -> None:
    """From 0.2 to 1 in the first quarter: at an eighth 0.6; then Cosine over the rest: half-way through that 0.5."""
    schedule = WarmUp(share=0.25, initial=0.2)
    np.testing.assert_allclose(schedule(np.asarray([0, 0.125, 0.25, 0.625, 1])), [0.2, 0.6, 1, 0.5, 0], atol=1e-15)
    then = WarmUp(share=0.5, initial=0.0, then=InverseTime(final=0.25))
    np.testing.assert_allclose(then(np.asarray([0, 0.25, 0.5, 0.5 + 0.5 / 3, 1])), [0, 0.5, 1, 0.5, 0.25])


def test_one_cycle_by_hand() -> None:
    """From 0.2 up to 1 at ¼ and down to 0.1; half-way up 0.6; a third of the way down 0.1 + 0.9 · (1 + cos 60°)/2."""
    schedule = OneCycle(share=0.25, initial=0.2, final=0.1)
    np.testing.assert_allclose(schedule(np.asarray([0, 0.125, 0.25, 0.5, 1])), [0.2, 0.6, 1, 0.775, 0.1])


def test_coslog4_by_hand() -> None:
    """At p = 1/30, log₂(1.5) = 0.58496 waves: ½ (1 − cos(2π · 0.58496)) = ½ (1 + 0.86086); at its peaks 1."""
    assert float(CosLog4()(1 / 30)) == pytest.approx(0.93043, abs=1e-5)
    peaks = (2 ** np.asarray([0.5, 1.5, 2.5, 3.5]) - 1) / 15
    np.testing.assert_allclose(CosLog4()(peaks), 1)


EVERY_KIND = [
    *(kind() for kind in SCHEDULES.values()),
    *(Cosine(final=1.0), Step(stairs=1), WarmUp(0.5, 0.0, Step()), OneCycle(0.9, 1.0, 0.0)),
]


@pytest.mark.parametrize("schedule", EVERY_KIND, ids=str)
def test_a_number_and_an_array_give_the_same(schedule) -> None:
    progress = np.linspace(0, 1, 11)
    factors = schedule(progress)
    assert factors.dtype == np.float64
    assert factors.shape == (11,)
    assert [float(schedule(float(p))) for p in progress] == pytest.approx(factors.tolist(), rel=1e-15)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_cosine_only_falls_and_ends_at_final(p: float, q: float, final: float) -> None:
    schedule = Cosine(final=final)
    early, late = sorted((p, q))
    assert schedule(early) >= schedule(late) - 1e-15
    assert float(schedule(0.0)) == pytest.approx(1)
    assert float(schedule(1.0)) == pytest.approx(final)
    assert (Constant()(np.asarray([p, q])) == 1).all()


@given(st.floats(0, 1))
def test_a_factor_lies_between_0_and_1(progress: float) -> None:
    for schedule in EVERY_KIND:
        assert -1e-15 <= float(schedule(progress)) <= 1 + 1e-15


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 1))
def test_what_falls_only_falls_and_ends_at_final(p: float, q: float, final: float) -> None:
    early, late = sorted((p, q))
    for schedule in (Exponential(final), InverseTime(final)):
        assert schedule(early) >= schedule(late)
        assert float(schedule(0.0)) == 1
        assert float(schedule(1.0)) == pytest.approx(final)
    assert Step(5, final)(early) >= Step(5, final)(late)


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


@pytest.mark.parametrize(
    ("kind", "constant", "value"),
    [
        *((Step, "stairs", value) for value in (0, -1)),
        *((Step, "drop", value) for value in (0.0, -0.1, 1.1, np.nan)),
        *((kind, "final", value) for kind in (Exponential, InverseTime) for value in (0.0, -0.1, 1.1, np.nan)),
        *((kind, "share", value) for kind in (WarmUp, OneCycle) for value in (0.0, 1.0, -0.1, np.nan)),
        *((WarmUp, "initial", value) for value in (-0.1, 1.1, np.nan)),
        *((OneCycle, "initial", value) for value in (0.0, 1.1, np.nan)),
        *((OneCycle, "final", value) for value in (-0.1, 1.1, np.nan)),
        *((WarmUp, "then", value) for value in ("cosine", Cosine, CosLog4(), WarmUp(), None)),
    ],
)
def test_constants_outside_their_range(kind, constant, value) -> None:
    with pytest.raises(InvalidArgument, match=f"`{constant}`"):
        kind(**{constant: value})
