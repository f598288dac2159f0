"""Numbers as people write them are read exactly, one at a time and as a column, or not at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.tables.columns.number_columns import ParsedTexts, read_numbers
from wade.tables.columns.number_forms import NumberForm, form_of
from wade.tables.columns.units import CURRENCY_SPELLINGS, TABLE, named
from wade.tables.columns.written_numbers import written_in

READ = [
    # text, form, number
    ("$1,234.50", "1,234.56 $", 1234.5),
    ("$ 950", "1,234.56 $", 950.0),
    ("950 $", "1,234.56 $", 950.0),
    ("950", "1,234.56 $", 950.0),
    ("USD 950", "1,234.56 $", 950.0),
    ("950 usd", "1,234.56 $", 950.0),
    ("-$5", "1,234.56 $", -5.0),
    ("$-5", "1,234.56 $", -5.0),
    ("($5)", "1,234.56 $", -5.0),
    ("$(5)", "1,234.56 $", -5.0),
    ("$5.00-", "1,234.56 $", -5.0),
    ("\u2212$5", "1,234.56 $", -5.0),
    ("+$5", "1,234.56 $", 5.0),
    ("$.50", "1,234.56 $", 0.5),
    ("$6M", "1,234.56 $", 6e6),
    ("$1.1 million", "1,234.56 $", 1.1e6),
    ("$6.3bn", "1,234.56 $", 6.3e9),
    ("5 million dollars", "1,234.56 $", 5e6),
    ("1.5e3 $", "1,234.56 $", 1500.0),
    ("1.234,50 €", "1.234,56 €", 1234.5),
    ("€1.234", "1.234,56 €", 1234.0),
    ("€1.234", "1,234.56 €", 1.234),
    ("1,2 Mio. €", "1.234,56 €", 1.2e6),
    ("5,- €", "1.234,56 €", 5.0),
    ("12 k€", "1.234,56 €", 12e3),
    ("12 TEUR", "1.234,56 €", 12e3),
    ("CHF 1'234.50", "1,234.56 CHF", 1234.5),
    ("CHF 1’234.50", "1,234.56 CHF", 1234.5),
    ("1 234,5 kg", "1.234,56 kg", 1234.5),
    ("1\u202f234,5 kg", "1.234,56 kg", 1234.5),
    ("1\u00a0234 kg", "1,234.56 kg", 1234.0),
    ("1\u2009234 kg", "1,234.56 kg", 1234.0),
    ("£1,000", "1,234.56 £", 1000.0),
    ("¥1,000", "1,234.56 ¥", 1000.0),
    ("Rs.500", "1,234.56 ₹", 500.0),
    ("₹12,34,567", "1,234.56 ₹", 1234567.0),
    ("$45/h", "1,234.56 $/h", 45.0),
    ("£73,000 p.a.", "1,234.56 £/pa", 73000.0),
    ("$5 each", "1,234.56 $/each", 5.0),
    ("1.5x", "1,234.56 x", 1.5),
    ("99%", "1,234.56 %", 99.0),
    ("99 %", "1,234.56 %", 99.0),
    ("12,5 %", "1.234,56 %", 12.5),
    ("99 per cent", "1,234.56 %", 99.0),
    ("1.2k", "1,234.56", 1200.0),
    ("3 bn", "1,234.56", 3e9),
    ("1,234.5", "1,234.56", 1234.5),
    ("120 km/h", "1,234.56 km/h", 120.0),
    ("-4 °C", "1,234.56 °C", -4.0),
    ("55 m2", "1,234.56 m²", 55.0),
    ("55m^2", "1,234.56 m²", 55.0),
    ("1,200 sq ft", "1,234.56 ft²", 1200.0),
    ("1200sqft", "1,234.56 ft²", 1200.0),
    ("3 mi", "1,234.56 mi", 3.0),
    ("800 m", "1,234.56 km", 0.8),
    ("1.5 GB", "1,234.56 MB", 1500.0),
    ("7 mg/dL", "1,234.56 mg/dl", 7.0),
    ("3 Rooms", "1,234.56 room", 3.0),
    ("90 min", "1,234.56 min", 90.0),
    ("1h 30m", "1,234.56 min", 90.0),
    ("1h30", "1,234.56 min", 90.0),
    ("1 h 30 min", "1,234.56 h", 1.5),
    ("1 hour, 30 minutes", "1,234.56 min", 90.0),
    ("1:35:20", "1,234.56 s", 5720.0),
    ("2 days 03:00:00", "1,234.56 s", 183600.0),
    ("2 days, 3:00:00", "1,234.56 h", 51.0),
    ("25:10", "1,234.56 s", 1510.0),
    ("25:10", "1,234.56 h:mm", 1510.0),
    ("PT1H30M", "1,234.56 min", 90.0),
    ("P2DT3H", "1,234.56 h", 51.0),
    ("-1:30:00", "1,234.56 s", -5400.0),
    ("2 years 3 months", "1,234.56 month", 27.0),
    ("5'11\"", "1,234.56 in", 71.0),
    ("5 ft 11 in", "1,234.56 in", 71.0),
    ("6 lb 4 oz", "1,234.56 oz", 100.0),
    ("1 h 90 min", "1,234.56 min", 150.0),
    ("58:48.229", "1,234.56 s", 3528.229),
    ("58:48,5", "1.234,56 s", 3528.5),
    ("-0:48.5", "1,234.56 s", -48.5),
    ("1:58:48.25", "1,234.56 s", 7128.25),
    ("1d 01:00:00.5", "1,234.56 s", 90000.5),
    ("74,886円", "1,234.56 ¥", 74886.0),
    ("5,000원", "1,234.56 ₩", 5000.0),
    ("12元", "1,234.56 CNY", 12.0),
    ("5G", "1,234.56", 5e9),
    ("5G", "1,234.56 kg", 0.005),
]
NOT_READ = [
    ("€5", "1,234.56 $"),
    ("5 lb", "1,234.56 kg"),
    ("5 K", "1,234.56 °C"),
    ("1.234,50 €", "1,234.56 €"),
    ("1,234.50 €", "1.234,56 €"),
    ("12,34", "1,234.56"),
    ("1,2,3", "1,234.56"),
    ("call us", "1,234.56 $"),
    ("--$5", "1,234.56 $"),
    ("($5", "1,234.56 $"),
    ("$5 - $7", "1,234.56 $"),
    ("<5 mg", "1,234.56 mg"),
    ("~5 mg", "1,234.56 mg"),
    ("007", "1,234.56 room"),
    ("A12", "1,234.56"),
    ("2013-01-31", "1,234.56"),
    ("31.12.2013", "1,234.56"),
    ("9 am", "1,234.56 h"),
    ("5 Jan", "1,234.56"),
    ("3rd", "1,234.56"),
    ("1h 30kg", "1,234.56 min"),
    ("30m 1h", "1,234.56 min"),
    ("1:75:00", "1,234.56 s"),
    ("50'12\"", "1,234.56 in"),
    ("5 ft 30 in", "1,234.56 in"),
    ("6 lb 16 oz", "1,234.56 oz"),
    ("1d 00:05.5", "1,234.56 s"),
    ("58:48.", "1,234.56 s"),
    ("", "1,234.56 $"),
    ("$", "1,234.56 $"),
]


@pytest.mark.parametrize(("text", "form", "number"), READ)
def test_a_text_is_the_number_that_it_writes(text, form, number):
    assert form_of(form).number(text) == number
    assert read_numbers(pa.array([text]), form_of(form)).to_pylist() == [number]


@pytest.mark.parametrize(("text", "form"), NOT_READ)
def test_what_writes_no_number_of_the_form_is_none(text, form):
    assert form_of(form).number(text) is None
    assert read_numbers(pa.array([text]), form_of(form)).to_pylist() == [None]


def test_all_texts_side_by_side_are_what_each_is_alone():
    texts = [text for text, *_ in (*READ, *NOT_READ)]
    for form in {form for _, form, *_ in (*READ, *NOT_READ)}:
        expected = [form_of(form).number(text) for text in texts]
        assert read_numbers(pa.array(texts), form_of(form)).to_pylist() == expected
    parsed = ParsedTexts.of(pa.array(texts))
    units = [parsed.names[unit] if unit >= 0 else None for unit in parsed.units]
    assert units == [written.unit if (written := written_in(text)) else None for text in texts]


STYLES = {
    # decimal separator: what may group digits
    ".": (",", "'", "’", " ", "\u00a0", "\u202f", "\u2009", ""),
    ",": (".", "'", "’", " ", "\u00a0", "\u202f", "\u2009", ""),
}


@st.composite
def written_numbers(draw):
    """A number in a random style, with the form that reads it."""
    decimal = draw(st.sampled_from([".", ","]))
    unit = draw(st.sampled_from(["$", "€", "CHF", "kg", "%", "km/h", "°C", "m²", "bpm", "min", ""]))
    digits = draw(st.integers(0, 10**9))
    places = draw(st.integers(0, 4))
    value = digits / 10**places
    whole, _, fraction = f"{value:.{places}f}".partition(".")
    group = draw(st.sampled_from(STYLES[decimal]))
    text = f"{int(whole):,}".replace(",", group) + (decimal + fraction if fraction else "")
    space = draw(st.sampled_from(["", " ", "\u00a0", "\u202f"]))
    if unit in CURRENCY_SPELLINGS.values() and draw(st.booleans()):
        text = unit + space + text
    elif unit:
        text = text + space + unit
    if draw(st.booleans()):
        value, text = -value, draw(st.sampled_from(["-{}", "\u2212{}", "({})"])).format(text)
    return text, NumberForm(decimal, unit), value


@given(written_numbers())
def test_a_number_in_any_style_is_read_back_exactly(written):
    text, form, value = written
    assert form.number(text) == value
    assert read_numbers(pa.array([text, "?"]), form).to_pylist() == [value, None]
    assert form_of(str(form)) == form


@given(st.text(max_size=30))
def test_any_text_is_read_alike_alone_and_in_a_column(text):
    text = " ".join(text.split())
    parsed = ParsedTexts.of(pa.array([text]))
    written = written_in(text)
    assert (parsed.names[parsed.units[0]] if parsed.units[0] >= 0 else None) == (written.unit if written else None)


def test_every_name_of_a_unit_names_itself():
    for units in TABLE.values():
        for name in units:
            if name:
                assert named(name) == name or name in ("K", "B", "m"), name


@pytest.mark.parametrize("text", ["", "$", "1234.56", "1,234.56 !", "1,234.56 k"])
def test_a_form_that_is_none_is_refused(text):
    with pytest.raises(InvalidArgument, match=r"`form` must be"):
        form_of(text)


def test_a_very_large_exponent_is_infinite_and_no_error():
    assert np.isinf(form_of("1,234.56 kg").number("1e999 kg"))
    assert np.isinf(read_numbers(pa.array(["1e999 kg"]), form_of("1,234.56 kg"))[0].as_py())
