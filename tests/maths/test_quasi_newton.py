"""L-BFGS: one step to the minimum of a parabola, and to minima that a good start does not know."""

from __future__ import annotations

import numpy as np

from wade.maths.quasi_newton import Doubles, minimize

H = np.array([[4.0, 1.0], [1.0, 3.0]])


def parabola(x: Doubles) -> tuple[float, Doubles]:
    """½ (x − (1, 2))ᵀ H (x − (1, 2))."""
    d = x - np.array([1.0, 2.0])
    return float(d @ H @ d) / 2, H @ d


def rosenbrock(x: Doubles) -> tuple[float, Doubles]:
    a, b = x
    gradient = np.array([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)])
    return float(100 * (b - a * a) ** 2 + (1 - a) ** 2), gradient


def test_the_inverse_hessian_reaches_the_minimum_of_a_parabola_in_one_step() -> None:
    found = minimize(parabola, np.array([7.0, -5.0]), lambda g: np.linalg.solve(H, g), most=2)
    np.testing.assert_allclose(found.theta, [1, 2])
    assert found.converged


def test_it_learns_the_curvature_that_the_start_lacks() -> None:
    found = minimize(rosenbrock, np.array([-1.2, 1.0]), lambda g: 1e-3 * g, tolerance=1e-18, most=200)
    np.testing.assert_allclose(found.theta, [1, 1], rtol=1e-5)
    assert found.converged


def test_too_few_steps_are_not_called_a_minimum() -> None:
    found = minimize(rosenbrock, np.array([-1.2, 1.0]), lambda g: 1e-3 * g, most=3)
    assert not found.converged
    assert found.value < rosenbrock(np.array([-1.2, 1.0]))[0]


def test_a_start_at_the_minimum_stays() -> None:
    found = minimize(parabola, np.array([1.0, 2.0]), lambda g: g)
    assert found.converged
    assert found.theta.tolist() == [1.0, 2.0]
