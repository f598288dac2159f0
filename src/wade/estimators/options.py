"""The parameters of both estimators, and their documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

import numpy as np

from wade.settings import Auto, Option, Settings, options_of, with_parameters
from wade.settings.table import CheckpointOptions, InputOptions

Documented = TypeVar("Documented")

SHARED: Final = tuple(name for name in options_of(Settings) if name != "seed")
"""The parameters that are fields of `Settings`; its seed is drawn from `random_state`."""


FITTED: Final = """n_features_in_ : int
    feature_names_in_ : array of str
        Where X had names.
    network_ : Network
    reader_ : NumberReader or FrameReader
        Encodes X into the network's inputs.
    history_ : History
        Of the last `fit`: the losses of each epoch, the stop reason, the engine, choices and reasons.
    loss_curve_ : list of float
        The training loss of each epoch, or of each call of `partial_fit`.
    n_iter_ : int
        Their number."""


class EstimatorOptions(InputOptions, CheckpointOptions, total=False):
    """The parameters of estimators beside those of `Settings`."""

    validation: Annotated[
        float | Auto | None,
        Option(
            "Share of the rows held out for validation; the network of the best epoch is kept.",
            more='"auto": a fifth from 100 rows on, a tenth from 1,000 on, none below. None: no validation. Rows given '
            "to `fit` as X_val take precedence.",
        ),
    ]
    roles: Annotated[
        Mapping[str, str] | None,
        Option(
            'Roles of a frame\'s columns that are not auto-detected: "category" for numbers that are codes, "number", '
            '"date-time", "boolean", "text", "identifier" (excluded).'
        ),
    ]
    warm_start: Annotated[bool, Option("Whether `fit` continues with the fitted network.")]
    random_state: Annotated[
        int | np.random.RandomState | None,
        Option(
            "An int is the seed of the initial parameters, the rows held out, their order, and dropout: the same seed "
            "gives the same bits on any number of threads. None draws a seed from NumPy's global generator."
        ),
    ]
    verbose: Annotated[bool, Option("Whether to print a line for each epoch.")]


def document(estimator: type[Documented]) -> type[Documented]:
    """Replace ``{options}`` and ``{fitted}`` in an estimator's docstring by the parameters and attributes of both."""
    options = {name: each for name, each in options_of(Settings).items() if name in SHARED}
    described = with_parameters(estimator.__doc__, {**options, **options_of(EstimatorOptions)})
    estimator.__doc__ = described and described.replace("{fitted}", FITTED)
    return estimator
