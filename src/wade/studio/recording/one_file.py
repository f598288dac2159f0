"""One web page that holds everything: markup, styles, font, script and data; it loads nothing and runs nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from wade.documents.page import FONT
from wade.studio.files import PAGE
from wade.studio.recording.linking import linked

STYLES: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)">\n?')
ICON: Final = re.compile(r'<link rel="icon" href="([^"]+)" type="([^"]+)">')
SCRIPT: Final = re.compile(r'<script type="module" src="[^"]+"></script>\n?')
TITLE: Final = re.compile(r"<title>[^<]*</title>")


def one_file(title: str, entry: str, data: str) -> str:
    """The page of the studio as one file, whose script begins with the module `entry`.

    Parameters
    ----------
    title : str
        As text; it may come from a table.
    entry : str
        A module of the page; it reads the text of the element "recording".
    data : str
        Of letters, digits and "+/=" only, as base64 has them.
    """
    if not re.fullmatch(r"[A-Za-z0-9+/=]*", data):
        raise ValueError("data must be base64")
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    sheets = [(PAGE / name).read_text(encoding="utf-8") for name in STYLES.findall(page)]
    style = "\n".join(sheets).replace('url("math.woff2")', f'url("{_as_data(FONT, "font/woff2")}")')
    # "</" would end the element; in a script it can stand in texts only.
    script = linked(PAGE, entry).replace("</", "<\\/")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data: blob:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
    page = page.replace('<meta charset="utf-8">\n', f'<meta charset="utf-8">\n{head}', 1)
    page = TITLE.sub(lambda _: f"<title>{escape(title)}</title>", page, count=1)
    page = ICON.sub(lambda found: f'<link rel="icon" href="{_as_data(PAGE / found[1], found[2])}">', page, count=1)
    page = STYLES.sub("", page)
    page = SCRIPT.sub(lambda _: f"<style>{style}</style>\n", page, count=1)
    ending = (
        f'<script type="application/octet-stream" id="recording">{data}</script>\n<script>{script}</script>\n</body>'
    )
    before, _, after = page.rpartition("</body>")
    return before + ending + after


def _digest(text: str) -> str:
    """The hash by which a policy admits an inline element with this text."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _as_data(path: Path, type: str) -> str:
    return f"data:{type};base64,{b64encode(path.read_bytes()).decode()}"
