#!/usr/bin/env python3
"""Makes `src/wade/documents/math_font.woff2`: `python3 scripts/build_math_font.py texgyrepagella-math.otf`.

The font is TeX Gyre Pagella Math, of Debian's package fonts-texgyre-math, under the GUST Font License. What is kept are
the characters of wade's formulas, with the table by which browsers stretch brackets and roots. As the license asks, the
part has another name. Needs fonttools and brotli, which the environment of the tests has.
"""

import argparse
import sys
from pathlib import Path

from fontTools import subset

FONT = Path(__file__).resolve().parent.parent / "src" / "wade" / "documents" / "math_font.woff2"
NAME = "wade Math"
FAMILY, FULL_NAME, POSTSCRIPT_NAME = 1, 4, 6  # entries of the table "name"
TYPOGRAPHIC = (16, 17)  # the old name once more
ITALIC_LATIN, ITALIC_GREEK, ITALICS = 0x1D434, 0x1D6E2, 58  # as <mi> shows a single letter
CHARACTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϵℎℓ"
    + "".join(chr(first + place) for first in (ITALIC_LATIN, ITALIC_GREEK) for place in range(ITALICS))
    + "∂∇∑∏∫√′″⊤⊙·×÷±−≈≠≤≥≡→←↦⋯…∈∞‖⌊⌋⌈⌉⟨⟩½°\u00a0\u2061\u2062"
)


def main() -> int:
    """Keeps part of the font that is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("font", type=Path)
    options = subset.Options(flavor="woff2", hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"])
    font = subset.load_font(str(parser.parse_args().font), options)
    part = subset.Subsetter(options)
    part.populate(text=CHARACTERS)
    part.subset(font)
    for entry in (FAMILY, FULL_NAME, POSTSCRIPT_NAME):
        font["name"].setName(NAME.replace(" ", "") if entry == POSTSCRIPT_NAME else NAME, entry, 3, 1, 0x409)
    font["name"].names = [one for one in font["name"].names if one.platformID == 3 and one.nameID not in TYPOGRAPHIC]
    outlines = font["CFF "].cff
    outlines.fontNames = [NAME.replace(" ", "")]
    outlines.topDictIndex[0].FullName = outlines.topDictIndex[0].FamilyName = NAME
    subset.save_font(font, str(FONT), options)
    print(f"{FONT.name}: {FONT.stat().st_size:,} bytes, {len(font.getGlyphOrder())} glyphs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
