"""One perceptron, one flight, one step: every number of a prediction, its loss, its gradient and its update.

python examples/one_perceptron.py
"""

import numpy as np

import wade
from wade.engines import choose_engine
from wade.maths.losses import choose_loss

# Will my flight be delayed? −20 °C, wind of 45 km/h; it was.
perceptron = wade.Perceptron([0.1, 0.05], -0.5, "sigmoid")
X, y = perceptron.as_inputs([[-20.0, 45.0]]), np.array([[1.0]])
passed = perceptron.forward(X)
print(f"z = −20 · 0.1 + 45 · 0.05 − 0.5 = {passed.Z[0][0, 0]:.4f}, probability = σ(z) = {passed.A[0][0, 0]:.4f}")

# Gradient of the loss −ln σ(z): for each weight (predicted − actual) · input.
engine, loss = choose_engine("reference"), choose_loss("cross_entropy", "sigmoid")
J, gradient = engine.loss_and_gradient(perceptron, X, y, loss)
print(f"loss {J:.4f}; gradient of w1, w2, b: {gradient.round(4)}")

# The same by finite differences: (J(θ + ε) − J(θ − ε)) / 2ε.
for k, name in enumerate(("w1", "w2", "b")):
    nudged = []
    for step in (1e-6, -1e-6):
        perceptron.theta[k] += step
        nudged.append(engine.loss(perceptron, X, y, loss))
        perceptron.theta[k] -= step
    print(f"  {name}: {(nudged[0] - nudged[1]) / 2e-6:.4f}")

# One gradient step, θ := θ − η ∂J/∂θ, lowers the loss.
perceptron.theta -= 0.001 * gradient
print(f"after a step: loss {engine.loss(perceptron, X, y, loss):.4f}")
