"""Exported Python programs read numbers with units as wade does."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.tables.columns.test_number_forms import NOT_READ, READ, written_numbers
from wade.exporters.python import helpers
from wade.exporters.python.number_forms import form_data, magnitudes
from wade.tables.columns.number_forms import form_of

FORMS = sorted({form for _, form, *_ in (*READ, *NOT_READ)})
TEXTS = [text for text, *_ in (*READ, *NOT_READ)]


@pytest.fixture(autouse=True)
def money(monkeypatch):
    monkeypatch.setattr(helpers, "MONEY", magnitudes())


@pytest.mark.parametrize("form", FORMS)
def test_every_text_is_the_same_number(form):
    data = form_data(form)
    found = {text: helpers.amount_of(text, data) for text in TEXTS}
    assert found == {text: form_of(form).number(text) for text in TEXTS}


@given(written_numbers())
def test_a_number_in_any_style_is_the_same(written):
    text, form, value = written
    helpers.MONEY = magnitudes()
    assert helpers.amount_of(text, form_data(str(form))) == value
