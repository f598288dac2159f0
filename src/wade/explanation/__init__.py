"""One training step with every number on record, and why a model predicts what it predicts.

`wade.explain` takes one row through a network: encoding, forward, loss, backward, update. Everything shown is read
from that record. The rooms, in the order in which data passes through:

- `explainer`: `wade.explain`, from a network or a model and a row to a `Trace`; `stepper`: the same phase by phase.
- `steps`: the record of a step: the encoding of each column, the native engine beside it, names of parameters.
- `formulas`: the equations of a step, with the recorded numbers: forward, backward (BP1 to BP4), update.
- `gradients`: any gradient by the chain rule, path by path, and beside central differences.
- `notation`: a formula as a tree, and its printers: text, LaTeX, MathML, HTML.
- `report`: the sections of a report, as documents and as JSON; `trace`: what can be read from a record.
- `attributions`: why this prediction: integrated gradients, counterfactuals, permutation importance.
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
