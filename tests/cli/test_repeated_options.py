"""An option that stands twice is refused: only the last one would count, and nobody would be told."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--target", "size", "--target", "answer"), "A model predicts one column: train one for each."),
        (("--target", "answer", "--drop", "size", "--drop", "colour"), "Give one, with commas: --drop A,B."),
        (("--target", "answer", "--epochs", "1", "--epochs=2"), "Give it once."),
    ],
)
def test_an_option_that_stands_twice_is_refused(wade_, words, remedy):
    found = wade_("train", "classes.csv", *words)
    assert found.exit_code == 2
    assert "must stand once on the command line; received '2 times'" in found.stderr
    assert remedy in found.stderr


def test_what_may_be_repeated_is_not_refused(wade_):
    given = ("--target", "answer", "--role", "size=number", "--role", "colour=category", "--quiet", "-q")
    found = wade_("train", "classes.csv", *given, "--epochs", "1", "--hidden", "4")
    assert found.exit_code == 0, found.stderr


def test_several_targets_in_one_are_told_what_works(wade_):
    for command in ("train", "data", "validate", "race", "curves"):
        found = wade_(command, "classes.csv", "--target", "answer,colour")
        assert found.exit_code == 2
        assert "`--target` must be the name of one column; received 'answer,colour'" in found.stderr
        assert "wade.NetClassifier" in found.stderr
