"""The textbook: every formula of wade, once, as pure functions on arrays.

Read it in this order; each module opens with its idea.

1. `arrays`: any array library, and one-hot rows
2. `activations`: the function that a layer applies to its sums, in three families and softmax
3. `layers`: weighted sums, and the gradient through them; `piecewise`: piecewise-linear numbers; `members`: networks
   that share their weights
4. `losses`, with its families `likelihood_losses` and `regression_losses`; `reduction` and `class_weights`: the mean
   loss
5. `random`: reproducible random numbers; `dropout`: units left out of a step
6. `initializers`: the weights before training
7. `optimizers`: how a gradient becomes a step
8. `regularizers`: penalties and gradient clipping
9. `schedules`: how the learning rate changes
10. `diagnostics`: gradient norm, update ratio, dead units
11. `temperature`: the calibration of a trained network

What grows has a `registry`: activations, losses, optimizers and schedules. `ranges` checks their constants.

One glossary holds in all of them. Rows are samples: `X` inputs (n_samples, n_in), `W` weights (n_in, n_out), `b` biases
(n_out,), `Z` = X·W + b pre-activations and `A` = g(Z) activations (n_samples, n_out), `y` observed targets, `J` the
mean loss, `delta` = ∂J/∂Z, `grad_W` = ∂J/∂W, `theta` (θ) all parameters as one vector, `eta` (η) the learning rate. ⊙
multiplies number by number, [i = j] is 1 where that holds and 0 elsewhere, E(…) is an expected value, and ← gives a
name a new value. (BP1) to (BP4) are the four equations of back-propagation in chapter 2 of M. Nielsen, *Neural Networks
and Deep Learning*, 2015: delta of the last layer, delta of a layer below, ∂J/∂b, and ∂J/∂W; `engines.reference` has
them.
"""
