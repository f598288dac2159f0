"""Which form a column's numbers have, or what stands in the way, is decided by all of its texts, in any batches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from wade.tables.columns.number_forms import NumberForm, form_of
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.number_sketches import SketchesByForm
from wade.tables.profile.number_texts import NumberTexts
from wade.tables.profile.number_verdict import settle
from wade.tables.profile.sketches import Moments, Quantiles

FORMS = {
    "1,234.56 $": ["$1,234.50", "$950"],
    "1,234.56 £": ["£1,234", "£2,500"],
    "1.234,56 €": ["1.234,50 €", "€ 950", "12.345 €"],
    "1,234.56 kg": ["1.234 kg", "2.5 kg"],
    "1.234,56 kg": ["1,25 kg", "3 kg"],
    "1,234.56 CHF": ["CHF 1'234.50", "CHF 12"],
    "1,234.56 %": ["5%", "7 %", "0"],
    "1,234.56 min": ["1h 30m", "45m", "2h"],
    "1,234.56 h": ["1 h", "2 h", "30 min"],
    "1,234.56 s": ["1:35:20", "0:45:10", "58:48.229", "58:48"],
    "1,234.56 km": ["5 km", "800 m", "2 km"],
    "1,234.56 m": ["5m", "10m"],
    "1,234.56 cm": ["5 cm", "7"],
    "1,234.56": ["1.5k", "900", "2.1M"],
    "1,234.56 star": ["5 stars", "1 star"],
    "1,234.56 month": ["2y 3m", "5 months", "1y 2m"],
    "1,234.56 in": ["5'11\"", "6'", "5'2\""],
    "1,234.56 ft²": ["1,234 sqft", "2,500 sq ft"],
    "1,234.56 g": [f"1,{n:03} g" for n in range(100, 140)] + ["950 g"],
    "1.234,56 g": [f"1.{n:03} g" for n in range(100, 140)] + ["950 g"],
    "1,234.56 £/pa": ["£73,000 p.a.", "£80,000 p.a."],
    "1,234.56 x": ["1.5x", "2x"],
    "1,234.56 ¥": ["1,234円", "980円"],
    "1,234.56 s ": ["58:48.229", "3:02.5"],
    "1,234.56 ": ["495M", "40G", "3K", "12G"],
    "1,234.56 g ": ["500G", "2KG", "250G"],
    "1,234.56 MB": ["512 MB", "1.5 GB", "700MB"],
}
PROBLEMS = [
    # problem, texts, the first text that shows it
    ("decimals", ["€1,234", "€2,500"], "€1,234"),
    ("decimals", ["€1.234", "€950"], "€1.234"),
    ("decimals", ["1,234 kg", "5 kg"], "1,234 kg"),
    ("units", ["$5", "5 €", "3 €"], "5 €"),
    ("units", ["5 kg", "3 lb"], "5 kg"),
    ("units", ["5 km", "3 mi"], "5 km"),
    ("units", ["20 °C", "70 °F", "21 °C", "3 % "], "20 °C"),
    ("no unit", ["5%", "0.05"], "0.05"),
    ("no unit", ["1 h", "30 min", "45"], "45"),
    ("no unit", ["5 m", "7"], "7"),
    ("clock", ["95:20", "105:33"], "95:20"),
    ("units", ["5 kg", "3 lb"] * 10 + ["?"], "5 kg"),
    ("words", ["$5"] * 19 + ["TBD"], "TBD"),
    ("words", [f"${n}" for n in range(30)] + ["ask"] * 20, "ask"),
    ("words", ["1.234,5 €", "1,234.5 €", "5,5 €"], "1,234.5 €"),
]
NEITHER = [
    ["red", "blue"],
    ["5", "6"],
    ["13:45", "9:05"],
    ["01:35:20", "13:45:10"],
    ["12 Main", "14 Oak", "3 Elm"],
    ["1A", "2A", "1B", "2B"],
    ["1 apple", "2 pears"],
    [f"{n} apples" if n % 2 else f"{n} pears" for n in range(60)],
    ["32GB", "64GB", "none"],
    ["A1", "B2"],
    ["2013-01-31", "2013-02-01"],
    ["5 Jan", "7 Feb"],
    ["9 am", "10 pm"],
    ["1st", "2nd", "3rd"],
    ["10-20", "20-30"],
    ["007", "008"],
    ["555 123 456", "555 987 654"],
    ["192.168.101.204", "192.168.199.127"],
    ["192.168.101.204", "10.0.0.1", "172.116.254.100"],
    ["50'09\"", "12'48\"", "31'55\"", "2'30\""],
    ["12G", "14F", "3A", "7G"],
]


def seen(texts):
    return NumberTexts.of(pa.array(texts).dictionary_encode())


@pytest.mark.parametrize(("form", "texts"), FORMS.items())
def test_all_texts_in_one_form(form, texts):
    verdict = settle(seen(texts), different=len(set(texts)))
    assert (verdict.problem, str(verdict.form)) == ("", form.strip())
    assert seen(texts).range(verdict.form) == pytest.approx(
        (min(numbers := [form_of(form).number(text) for text in texts]), max(numbers)), rel=1e-15
    )


@pytest.mark.parametrize(("problem", "texts", "first"), PROBLEMS)
def test_what_stands_in_the_way_is_named_with_its_first_text(problem, texts, first):
    verdict = settle(seen(texts), different=len(set(texts)))
    assert (verdict.form, verdict.problem, verdict.examples[0].text) == (None, problem, first)
    assert verdict.examples[0].row == texts.index(first)


@pytest.mark.parametrize("texts", NEITHER)
def test_texts_that_are_no_numbers_are_left_alone(texts):
    assert settle(seen(texts), different=len(set(texts))) == settle(None)


@pytest.mark.parametrize("texts", [*FORMS.values(), *(texts for _, texts, _ in PROBLEMS), *NEITHER])
@pytest.mark.parametrize("size", [1, 2])
def test_batches_give_what_one_pass_gives(texts, size):
    batches = [texts[at : at + size] for at in range(0, len(texts), size)]
    profiles = [ColumnProfile.of(pa.array([None, *batch]).dictionary_encode()) for batch in batches]
    merged = profiles[0]
    for profile in profiles[1:]:
        merged = merged.merge(profile)
    together = [text for batch in batches for text in (None, *batch)]
    whole = ColumnProfile.of(pa.array(together).dictionary_encode())
    assert merged.written == whole.written
    assert merged.texts_as_numbers() == whole.texts_as_numbers()


@pytest.mark.parametrize(
    ("given", "texts", "unit"), [("1,234.56", ["1,234 kg", "5 kg"], "kg"), ("h:mm", ["95:20"], "h:mm")]
)
def test_the_user_decides_what_the_texts_leave_open(given, texts, unit):
    assert settle(seen(texts), NumberForm.read(given)).form == NumberForm(".", unit)


def test_the_table_decides_what_the_texts_leave_open():
    assert settle(seen(["1,234 kg", "5 kg"]), hint=",").form == NumberForm(",", "kg")
    assert settle(seen(["1,234 kg", "5 kg"]), hint=".").form == NumberForm(".", "kg")


@pytest.mark.parametrize(("form", "texts"), FORMS.items())
def test_sketches_of_batches_hold_the_numbers_of_the_form(form, texts):
    for new in (Quantiles, Moments):
        sketches, all_seen = SketchesByForm(new), None
        for row, text in enumerate(texts):
            column = pa.array([text, None]).dictionary_encode()
            batch = NumberTexts.of(column)
            all_seen = batch if all_seen is None else all_seen.merge(batch, 2 * row)
            missing = sketches.add(column, np.ones(2, bool), all_seen)
            assert missing.tolist() == [False, True]
        numbers = [form_of(form).number(text) for text in texts]
        found = sketches.of(form)
        if new is Quantiles:
            assert sorted(found.all) == pytest.approx(sorted(numbers), rel=1e-14)
        else:
            assert (found.mean, found.deviation) == pytest.approx((np.mean(numbers), np.std(numbers)), rel=1e-12)
