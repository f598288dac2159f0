"""Colors: enough contrast on the ground, and told apart with every kind of color vision."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.pictures.theme import DARK, LIGHT, MARKERS, Theme, choose_theme

# Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009, table 1.
VISION = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(color: str) -> np.ndarray:
    """Linear RGB of "#rrggbb"."""
    share = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB, white point D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    high, low = sorted((float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (a, b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_ground(theme: Theme) -> None:
    assert contrast(theme.ink, theme.ground) >= 7
    assert [color for color in theme.series if contrast(color, theme.ground) < 3] == []


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_first_four_series_are_told_apart(theme: Theme, vision: str) -> None:
    seen = [lab(np.array(VISION[vision]) @ linear(color)) for color in theme.series[:4]]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 12


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("quantity", ["output", "weight", "delta"])
def test_the_two_ends_of_a_diverging_palette_are_told_apart(theme: Theme, quantity: str, vision: str) -> None:
    low, *_, high = theme.palettes[quantity]
    middle = theme.palettes[quantity][2]
    seen = [lab(np.array(VISION[vision]) @ linear(color)) for color in (low, middle, high)]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 15


def test_series_differ_by_marker_too_and_come_again_after_the_last() -> None:
    assert len(set(MARKERS)) == len(LIGHT.series) == len(DARK.series)
    assert LIGHT.color(8) == LIGHT.color(0)
    assert len({(LIGHT.color(at), LIGHT.marker(at)) for at in range(64)}) == 64


def test_another_theme_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'dark'"):
        choose_theme("darc")
