"""Each setting is defined once: functions, estimators and commands take what `wade.settings` defines."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.main import get_command

import wade
from wade.cli.app import app
from wade.estimators.options import EstimatorOptions
from wade.settings import (
    DEFAULTS,
    CrossValidationOptions,
    LearningCurvesOptions,
    LearnOptions,
    RaceOptions,
    Settings,
    options_for,
    options_of,
)
from wade.settings.arguments import SettingsOptions
from wade.settings.table import DialectOptions, TargetOptions

SOURCE = Path(wade.__file__).parent
FUNCTIONS = {
    wade.learn: LearnOptions,
    wade.cross_validate: CrossValidationOptions,
    wade.learning_curves: LearningCurvesOptions,
    wade.race: RaceOptions,
}
COMMANDS = {
    "train": LearnOptions,
    "validate": CrossValidationOptions,
    "curves": LearningCurvesOptions,
    "race": RaceOptions,
}


def test_the_keywords_of_functions_are_the_fields_of_settings() -> None:
    hints = get_type_hints(Settings)
    assert get_type_hints(SettingsOptions) == hints
    assert list(hints) == list(options_of(Settings)) == list(vars(DEFAULTS))
    raced = get_type_hints(RaceOptions)
    assert {name: hint for name, hint in raced.items() if name in hints}.items() <= hints.items()


@pytest.mark.parametrize(("function", "definition"), FUNCTIONS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_functions_document_every_option_and_refuse_others(function: Any, definition: Any) -> None:
    documented = inspect.getdoc(function)
    assert documented is not None
    assert [name for name in options_for(definition) if f"\n{name} : " not in documented] == []
    with pytest.raises(wade.errors.InvalidArgument, match="Did you mean 'hidden'"):
        function("moons", hiden=(4,))


@pytest.mark.parametrize("estimator", [wade.NetClassifier, wade.NetRegressor])
def test_estimators_have_the_settings_with_their_defaults(estimator: Any) -> None:
    parameters = inspect.signature(estimator).parameters
    for name, default in vars(DEFAULTS).items():
        if name == "seed":
            assert "random_state" in parameters
        else:
            assert parameters[name].default == default
    rest = set(parameters) - set(vars(DEFAULTS)) - {"class_weight"}
    assert rest == set(options_of(EstimatorOptions))
    documented = inspect.getdoc(estimator)
    assert documented is not None
    assert [name for name in parameters if f"\n{name} : " not in documented] == []


@pytest.mark.parametrize(("command", "definition"), COMMANDS.items())
def test_commands_offer_the_options_of_the_function_of_their_name(command: str, definition: Any) -> None:
    offered = {each.name: each for each in get_command(app).commands[command].params}  # type: ignore[attr-defined]
    for part in (TargetOptions, definition, DialectOptions):
        for name, (option, _, default) in options_for(part).items():
            assert offered[name].help.startswith(option.help)
            assert offered[name].default == default


@pytest.mark.parametrize("command", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_short_options_mean_the_same_everywhere(command: str) -> None:
    options = [each.opts for each in get_command(app).commands[command].params]  # type: ignore[attr-defined]
    for short, long in (("-o", "--output"), ("-v", "--verbose"), ("-q", "--quiet")):
        for opts in options:
            assert (short in opts) == (long in opts)


MOST_POSITIONAL = 6
VARIADIC = {"joined", "Registry"}
"""Take any number of alike things: pieces of a program, entries of a registry."""


def test_no_call_across_modules_has_more_than_six_positional_arguments() -> None:
    """A name that a module imports, called with so many positions, hides which value is which."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and len(node.args) > MOST_POSITIONAL
                and crosses_a_border(node.func, imported)
            ):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}: {ast.unparse(node.func)}")
    assert found == []


def crosses_a_border(called: ast.expr, imported: set[str]) -> bool:
    """Whether this is called of another module: an imported name, or a method of something that is not self or cls."""
    if isinstance(called, ast.Name):
        return called.id in imported - VARIADIC
    if not isinstance(called, ast.Attribute) or called.attr in VARIADIC:
        return False
    return not (isinstance(called.value, ast.Name) and called.value.id in ("self", "cls"))
