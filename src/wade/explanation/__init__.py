"""The glass box: every number of a real step, as mathematics.

A row of a table is taken through the network forward, backward and through one update, and everything on the way is
recorded. Whatever is shown afterwards, is read off that record: no number is computed by a second formula.

- `explaining`: `wade.explain`, from any network or model to a `Trace`.
- `record` and `trace`: what is recorded, and what can be asked of it.
- `stepping`: the three moves one by one, and back again.
- `encoding`: from °C to what the network reads.
- `chain`, `walk` and `checking`: the chain rule for any weight, and a centred difference beside it.
- `expressions`, `rendering`, `alphabets`: a formula as a tree, and one walk that writes it in four ways.
- `formulas`, `backward`, `updates`: the formulas of the three moves; `story` and `documents`: the order in which they
  are told, and the documents they make.

And why an answer is what it is:

- `attributions`: what each column contributes to one answer; `answers`: what is explained, `columns`: by what.
- `importance`: what a model relies on; `copies`: columns that say the same.
- `counterfactuals`: the smallest changes that would have changed an answer, among `options`.
"""

from __future__ import annotations

from wade.explanation.explainer import StepOptions, explain, explain_row, stepper_of, train_state_of
from wade.explanation.gradients.chain_rule import Chain, Factor, Path
from wade.explanation.gradients.gradient_check import CheckedGradient, GradientCheck
from wade.explanation.notation.rendering import render
from wade.explanation.stepper import Stepper
from wade.explanation.steps.record import Record
from wade.explanation.trace import Trace

__all__ = [
    "Chain",
    "CheckedGradient",
    "Factor",
    "GradientCheck",
    "Path",
    "Record",
    "StepOptions",
    "Stepper",
    "Trace",
    "explain",
    "explain_row",
    "render",
    "stepper_of",
    "train_state_of",
]
