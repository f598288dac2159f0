"""The frame of a web page: one file, without scripts, light and dark, on a phone and on paper.

Its style and its mathematics font are part of it, and its Content-Security-Policy lets nothing else be loaded.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from wade.documents.escaping import for_html

FONT: Final = Path(__file__).with_name("math_font.woff2")
PALETTES: Final = """
:root { color-scheme: light dark; --text: #1c2024; --soft: #4d5a61; --page: #fff; --raised: #f4f7f8; --line: #9aa7ad;
  --faint: #e1e7ea; --accent: #1a6179; --edge: #9cc3cf; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e9eb; --soft: #aab7bd; --page: #14181b; --raised: #1d2327; --line: #6d7a81; --faint: #2c353a;
    --accent: #82c9de; --edge: #3f6f7d; }
}
@media print {
  :root { color-scheme: light; --text: #1c2024; --soft: #4d5a61; --page: #fff; --raised: #fff; --line: #9aa7ad;
    --faint: #e1e7ea; --accent: #1a6179; --edge: #9cc3cf; }
}
"""
STYLE: Final = """
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 54rem; padding: 0 1.2rem; color: var(--text); background: var(--page);
  font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--accent);
  overflow-wrap: anywhere; }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .3rem; color: var(--accent); overflow-wrap: anywhere; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
figure { margin: .7rem 0; padding: .5rem .8rem; background: var(--raised); border-left: 3px solid var(--edge); }
figcaption { font-size: .85rem; color: var(--soft); margin-bottom: .2rem; overflow-wrap: anywhere; }
math { font-family: "wade math", math; font-size: 1.1rem; }
mtext { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: .9em; }
math[display="block"] { display: inline math; margin: 0; }
mtd { padding: .2em .22em; text-align: left; vertical-align: baseline; }
.row { display: flex; flex-wrap: wrap; gap: 0 .7rem; }
.row figure { margin: .35rem 0; max-width: 100%; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; margin: .7rem 0; font-size: .92rem; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; vertical-align: top; max-width: 15rem;
  overflow-wrap: break-word; }
thead th { border-bottom: 1px solid var(--line); font-weight: 600; }
tbody th { font-weight: 400; }
tbody th, td { border-top: 1px solid var(--faint); }
.grouped td:nth-last-child(2) { min-width: 11rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
var { font-style: italic; }
@page { margin: 15mm; }
@media print {
  html { font-size: 12px; }
  body { margin: 0; max-width: none; padding: 0; font-size: 1rem; }
  .scroll { overflow: visible; }
  figure, tr, .row { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
}
"""


def page(title: str, body: str, style: str = "") -> str:
    """A whole page.

    Parameters
    ----------
    title : str
        Its title, as plain text.
    body : str
        The markup of its main part, in which names are escaped already.
    style : str
        CSS beyond what every page has; `:root` declares the colors to use.

    Examples
    --------
    >>> written = page("a < b", "<h1>a &lt; b</h1>")
    >>> "<title>a &lt; b</title>" in written, "<math" in written, "@font-face" in written
    (True, False, False)
    """
    css = f"{_font_face() if '<math' in body else ''}{PALETTES}{STYLE}{style}"
    allowed = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; font-src data:; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{for_html(title)}</title>\n<style>{css}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def scrolling(markup: str, label: str) -> str:
    """What may be wider than the page, in a region that scrolls by itself, by keyboard too; its label is plain text."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{for_html(label)}">{markup}</div>'


@cache
def _font_face() -> str:
    """A mathematics font, in which brackets and roots grow with what they hold; see `scripts/build_math_font.py`."""
    font = b64encode(FONT.read_bytes()).decode()
    return f'@font-face {{ font-family: "wade math"; src: url("data:font/woff2;base64,{font}") format("woff2"); }}'
