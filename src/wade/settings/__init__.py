"""The settings, each defined once: its help, how its text is read, its range and its default.

`training` holds `Settings`, `table` the options about the table, `arguments` which of them each function takes, and
`automatic` the rules that settle what is left open. `wade.learn`, the command line and the estimators derive their
parameters, checks and documentation from these. It is quick to import.
"""

from wade.settings.arguments import (
    CrossValidationOptions,
    LearningCurvesOptions,
    LearnOptions,
    MovieOptions,
    RaceOptions,
    chosen,
    documented,
    flag_of,
    options_for,
    refuse_unknown,
)
from wade.settings.automatic import settle, settle_numbers
from wade.settings.option import Defined, Option, options_of, with_parameters
from wade.settings.readers import AUTO, Auto
from wade.settings.training import DEFAULTS, PLATEAU, Choice, Settings, Settled

__all__ = [
    "AUTO",
    "DEFAULTS",
    "PLATEAU",
    "Auto",
    "Choice",
    "CrossValidationOptions",
    "Defined",
    "LearnOptions",
    "LearningCurvesOptions",
    "MovieOptions",
    "Option",
    "RaceOptions",
    "Settings",
    "Settled",
    "chosen",
    "documented",
    "flag_of",
    "options_for",
    "options_of",
    "refuse_unknown",
    "settle",
    "settle_numbers",
    "with_parameters",
]
