"""The deck's rows 8, 13, 16 and 17 in all four renderings, to the letter.

After a change that is meant: `python -m tests.explanation.test_deck` writes the golden files anew. Then look at them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explanation.deck import examples
from wade.explanation import render

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"text": "txt", "latex": "tex", "mathml": "mathml", "html": "html"}
EXAMPLES = examples()


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_deck_is_written_like_this(name, format):
    equation, digits = EXAMPLES[name]
    expected = (GOLDEN / f"{name}.{ENDINGS[format]}").read_text(encoding="utf-8")
    assert render(equation, format, digits=digits) + "\n" == expected


def test_the_perceptron_reads_as_in_the_deck():
    equation, digits = EXAMPLES["row_08_perceptron"]
    said = "output = σ(2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0) = σ(3.2) = 0.96"
    assert render(equation, form="numbers", digits=digits) == said


def test_the_losses_are_the_decks():
    assert round(EXAMPLES["row_13_cross_entropy"][0].value, 4) == 1.0266
    assert round(EXAMPLES["row_13_squared_error"][0].value, 5) == 0.33175


if __name__ == "__main__":
    for name, (equation, digits) in EXAMPLES.items():
        for format, ending in ENDINGS.items():
            path = GOLDEN / f"{name}.{ending}"
            path.write_text(render(equation, format, digits=digits) + "\n", encoding="utf-8")
