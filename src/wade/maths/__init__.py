"""The textbook: every formula of the house, once, as pure functions on arrays.

Read it in this order; each chapter opens with its idea.

1. `arrays`: one text for arrays of every kind, and the one-hot row
2. `activations`, with its families `sigmoids`, `rectifiers` and `gates`: what a neuron does with its sum; `softmax`:
   what a row of neurons does; `error_function`: what one of the gates is made of
3. `layers`: how sums are made, and how a gradient flows back through them; `piecewise`: a number that bends; `members`:
   many networks that share their weights
4. `losses`, with its families `surprises` and `distances`: how wrong a prediction is; `reduction` and `class_weights`:
   how wrong many are, as one number
5. `random`: numbers that look random and can be drawn again; `dropout`: neurons that are silent for a step
6. `initializers`: where learning starts
7. `optimizers`: how a gradient becomes a step
8. `regularisers`: what keeps weights small and steps short
9. `schedules`: how long the steps are as learning goes on
10. `vital_signs`: how a network is doing, whatever its loss
11. `temperature`: how sure a network that has learned may be

One glossary holds in all of them. Rows are samples: `X` inputs (n_samples, n_in), `W` weights (n_in, n_out), `b` biases
(n_out,), `Z` = X·W + b pre-activations and `A` = g(Z) activations (n_samples, n_out), `y` what should have come out,
`J` the mean loss, `delta` = ∂J/∂Z, `grad_W` = ∂J/∂W, `theta` (θ) all parameters as one vector, `eta` (η) the learning
rate. ⊙ multiplies number by number, [i = j] is 1 where that holds and 0 elsewhere, E(…) is an expected value, and ←
gives a name a new value.
"""
