"""Charts say in words what they show, stay within their frame, and list their numbers."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from wade.documents.charts import chart_svg, density_levels, density_svg
from wade.documents.html import as_html
from wade.documents.plain import as_markdown, as_text
from wade.documents.structure import Chart, Density, Document, Number, Section, Series, Table

NUMBERS = Table("numbers", ("rows",), ((Number(3, "3"),),))
SVG = "{http://www.w3.org/2000/svg}"


def chart(*series: Series, **options) -> Chart:
    return Chart("Caption <b>", "across", "up", series or (Series("a", (0.0, 1.0), (0.2, 0.9)),), "A & B.", **options)


def density(counts: list[list[int]]) -> Density:
    edges = tuple(np.linspace(0, 1, len(counts) + 1).tolist())
    return Density("Grid", "across", "up", edges, tuple(map(tuple, counts)), "Where rows lie.", NUMBERS)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize("svg", [chart_svg(chart()), density_svg(density([[1, 0], [0, 2]]))])
def test_a_chart_has_a_title_a_description_and_the_titles_of_both_axes(svg):
    found = parsed(svg)
    assert found.attrib["role"] == "img"
    assert [one.tag for one in found[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert all(one.text for one in found[:2])
    assert {"across", "up"} <= {one.text for one in found.iter(f"{SVG}text")}
    assert "style=" not in svg


def test_steps_go_up_before_they_go_across():
    svg = chart_svg(chart(Series("a", (0.0, 0.5, 1.0), (1.0, 0.5, 0.25), style="steps"), ranges=((0, 1), (0, 1))))
    assert re.search(r'class="curve series0" d="M[\d.]+ [\d.]+V[\d.]+H[\d.]+V[\d.]+H[\d.]+"', svg)


def test_large_numbers_at_the_axis_stay_in_the_picture():
    svg = parsed(chart_svg(chart(Series("a", (0.0, 1.0), (0.0, 123_456_789.0)))))
    ends = [
        (float(one.attrib["x"]), one.text) for one in svg.iter(f"{SVG}text") if one.attrib.get("x") and "," in one.text
    ]
    assert ends
    assert all(x - 6.4 * len(text) >= 0 for x, text in ends)


def test_each_cell_is_drawn_once_in_the_shade_of_its_rows():
    grid = density([[5, 0, 0], [5, 40, 1], [0, 0, 300]])
    drawn = [one.attrib["class"] for one in parsed(density_svg(grid)).iter(f"{SVG}rect")]
    levels = [
        next(k for k, (low, high) in enumerate(density_levels(grid), 1) if low <= n <= high) for n in (5, 5, 40, 1, 300)
    ]
    assert drawn == [f"cell cell{level}" for level in levels]


@pytest.mark.parametrize("most", [1, 2, 5, 17, 1000])
def test_shades_leave_out_no_count(most):
    levels = density_levels(density([[most]]))
    assert [n for low, high in levels for n in range(low, high + 1)] == list(range(1, most + 1))


def test_every_format_lists_the_numbers_of_a_chart():
    document = Document("t", (), (Section("s", "S", (chart(numbers=NUMBERS), density([[1]]))),))
    assert as_html(document).count("<summary>Numbers of this chart</summary>") == 2
    assert '<div class="charts"><figure' in as_html(document)
    assert as_markdown(document).count("| rows |") == 2
    assert "A & B." in as_text(document)
    assert [block["type"] for block in document.to_dict()["sections"][0]["blocks"]] == ["chart", "density"]


def test_words_of_a_long_name_break_after_separators_only():
    names = ("a_long_column_name<b>", "short_name", "aVeryLongColumn", "0.123456–0.234567")
    table = Table("t", ("name",), tuple((name,) for name in names))
    html = as_html(Document("t", (table,)))
    assert "a_<wbr>long_<wbr>column_<wbr>name&lt;b&gt;" in html
    assert "<bdi>short_name</bdi>" in html
    assert "a<wbr>Very<wbr>Long<wbr>Column" in html
    assert "0.123456–0.234567" in html
