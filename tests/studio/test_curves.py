"""Measured curves: a bounded number of points, however long a training runs."""

from __future__ import annotations

from wade.studio.curves import MOST_POINTS, Measured, MeasuredCurves


def test_points_stay_bounded_and_keep_first_and_last() -> None:
    curves = MeasuredCurves()
    for step in range(5 * MOST_POINTS):
        curves.add(Measured(step, step / 10, 1.0, 0.5, 0.5))
        assert len(curves.points) <= MOST_POINTS
        assert (curves.points[0].step, curves.points[-1].step) == (0, step)
    steps = [each.step for each in curves.points]
    assert steps == sorted(set(steps))
