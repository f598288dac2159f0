"""What is printed where standard output cannot show every character: ASCII that reads the same, never a failure.

Under `PYTHONIOENCODING=latin-1`, or in a console of Windows, an output has 256 characters or fewer. Bars, dashes and
Greek letters of our own get a stand-in. All else, such as a letter in the name of a column, becomes an escape
(``\\xe9``), so that two names stay two.
"""

from __future__ import annotations

import codecs
import sys
import unicodedata
from typing import Any, Final

HANDLER: Final = "wade-stand-ins"
STAND_INS: Final = {
    **dict(zip("─━│┃═●○◉▒█▉▊▋▌▍▎▏", "--||=#o@=#####:::", strict=True)),
    **dict(zip("▁▂▃▄▅▆▇", "_.-~=+*", strict=True)),
    **dict(zip("–−−’‘′×\xa0·", "---'''x *", strict=True)),
    **{"…": "...", "⋯": "...", "“": '"', "”": '"', "±": "+-", "→": "->", "←": "<-", "°": " deg ", "½": "1/2"},
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "√": "sqrt", "∞": "inf", "∑": "sum", "∂": "d", "⊙": "*", "⊤": "^T"},
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta"},
    **{"λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "Σ": "sum", "Δ": "Delta"},
}
"""What wade itself writes; where it can, with as many characters, so that columns stay columns."""
RAISED, LOWERED = "<super>", "<sub>"


def use_stand_ins() -> None:
    """Have standard output and standard error write stand-ins for the characters that they lack."""
    codecs.register_error(HANDLER, _replace)
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=HANDLER)


def stand_in(character: str) -> str:
    """ASCII in place of a character.

    Examples
    --------
    >>> stand_in("█"), stand_in("θ"), stand_in("²"), stand_in("₁"), stand_in("é"), stand_in("語")
    ('#', 'theta', '^2', '1', '\\\\xe9', '\\\\u8a9e')
    """
    if character in STAND_INS:
        return STAND_INS[character]
    form, _, code = unicodedata.decomposition(character).partition(" ")
    if form in (RAISED, LOWERED) and " " not in code:
        meant = chr(int(code, 16))
        return ("^" if form == RAISED else "") + (meant if meant.isascii() else stand_in(meant))
    return character.encode("ascii", "backslashreplace").decode()


def _replace(error: UnicodeError) -> tuple[str, int]:
    """An error handler of codecs."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object
    # Dots between others draw a line; one alone is a product.
    lacking = text[error.start : error.end].replace("··", "..").replace(".·", "..").replace("·●", ".●")
    return "".join(map(stand_in, lacking)), error.end
