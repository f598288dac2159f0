"""The frame of a page, and the font in it."""

from __future__ import annotations

import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

import wade
from wade.documents.page import page, scrolling
from wade.maths.activations import ACTIVATIONS
from wade.maths.optimizers import OPTIMIZERS

GOLDEN = Path(__file__).parent.parent / "explanation" / "golden"
ITALIC = {"h": "ℎ"}  # the only letter whose italic form has a place of its own
FALLS_BACK = set("\u2061\u2062")  # are not drawn


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(BytesIO(files("wade.documents").joinpath("math_font.woff2").read_bytes()))


def drawn(mathml: str) -> set[str]:
    """The characters of a formula that the mathematics font has to have; a single letter is italic."""
    found: set[str] = set()
    for element in ElementTree.fromstring(mathml).iter():
        text = element.text or ""
        if element.tag != "mtext":
            found |= set(text)
        if element.tag == "mi" and len(text) == 1 and text.isascii():
            found.add(ITALIC.get(text) or chr((0x1D434 if text.isupper() else 0x1D44E - 32) + ord(text) - ord("A")))
    return found - FALLS_BACK


def test_the_font_has_every_character_of_formulas_and_the_table_that_stretches_brackets(font):
    assert "MATH" in font
    formulas = [path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.mathml")]
    for activation in ACTIVATIONS:
        output = "softmax" if activation == "softmax" else "sigmoid"
        hidden = "relu" if activation == "softmax" else activation
        network = wade.Network(2, (2,), activation=hidden, output=output, outputs=2 if output == "softmax" else 1)
        formulas += wade.explain(network, [1.0, 2.0], 1).mathml().splitlines()
    for optimizer in OPTIMIZERS:
        formulas += wade.explain(wade.Network(1, (2,)), [1.0], 1, optimizer=optimizer).mathml().splitlines()
    lacking = set().union(*map(drawn, formulas)) - set(map(chr, font.getBestCmap()))
    assert lacking == set()


def test_the_font_is_called_a_part_and_names_its_license(font):
    assert str(font["name"].getBestFamilyName()) == "wade Math"
    assert "GUST Font License" in str(font["name"].getDebugName(0))
    assert "GUST Font License" in files("wade.documents").joinpath("math_font.txt").read_text(encoding="utf-8")


def test_only_a_page_with_formulas_carries_the_font():
    assert "@font-face" not in page("no formula", "<h1>no formula</h1>")
    assert "@font-face" in page("a formula", "<math><mi>x</mi></math>")


def test_titles_and_labels_are_text():
    written = page("</title><script>", scrolling("<p>wide</p>", '" onfocus="alert(1)'))
    assert "<script" not in written
    assert re.search(r'aria-label="&quot; onfocus=&quot;alert\(1\)"', written)
