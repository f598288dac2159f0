"""The page around a story: its style stands in it, and the policy in its head lets nothing else in."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

STYLE: Final = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 52rem; padding: 0 1.2rem; color: #1c2024; background: #fff;
  font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #1f6f8b;
  overflow-wrap: anywhere; }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .3rem; color: #1f6f8b; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
figure { margin: .7rem 0; padding: .5rem .8rem; background: #f4f7f8; border-left: 3px solid #9cc3cf; overflow-x: auto; }
figcaption { font-size: .85rem; color: #4d5a61; margin-bottom: .2rem; overflow-wrap: anywhere; }
math { font-size: 1.05rem; }
math[display="block"] { display: inline math; margin: 0; }
mtd { padding: .2em .22em; text-align: left; vertical-align: baseline; }
.row { display: flex; flex-wrap: wrap; gap: 0 .7rem; }
.row figure { margin: .35rem 0; max-width: 100%; box-sizing: border-box; }
table { border-collapse: collapse; margin: .7rem 0; font-size: .92rem; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; vertical-align: top; max-width: 15rem;
  overflow-wrap: break-word; }
th { border-bottom: 1px solid #9aa7ad; font-weight: 600; }
td { border-top: 1px solid #e6ebed; }
.more td { border-top: 0; padding-top: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
var { font-style: italic; }
@media print {
  html { font-size: 12px; }
  body { margin: 0; max-width: none; font-size: 1rem; }
  figure { overflow: visible; background: none; }
  figure, tr, .row { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
}
"""
_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
_HEAD: Final = (
    "<!doctype html>\n"
    '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{_HASH}'\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
)


def page(title: str, body: str) -> str:
    """The page; both are HTML already."""
    return (
        f"{_HEAD}<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
