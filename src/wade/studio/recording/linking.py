"""Joins the modules of the page to one script, so that one file can hold them.

A module becomes a function that is called once and returns its exports; its imports are read from those of the modules
before it. The page's modules use the plain forms of `import { … } from` and `export`, and no other is understood.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, normpath
from typing import Final

IMPORT: Final = re.compile(r'^import (?:\{(?P<names>[^}]*)\} from )?"(?P<path>[^"]+)";[ \t]*$', re.MULTILINE)
EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
NAME: Final = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.MULTILINE)
MODULE_WORD: Final = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def linked(folder: Path, entry: str) -> str:
    """One classic script that does what the module `entry` and those that it imports do.

    Raises
    ------
    ValueError
        A module imports in a circle, or uses a form of import or export that is not understood.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     _ = Path(name, "one.js").write_text("export const one = 1;")
    ...     _ = Path(name, "main.js").write_text('import { one as first } from "./one.js";')
    ...     print(linked(Path(name), "main.js"))
    "use strict";
    const modules = {};
    modules["one.js"] = (() => {
    const one = 1;
    return { one };
    })();
    modules["main.js"] = (() => {
    const { one: first } = modules["one.js"];
    return {  };
    })();
    """
    pieces = [_wrapped(folder, module) for module in _in_order(folder, entry, {}, ())]
    return "\n".join(['"use strict";', "const modules = {};", *pieces])


def _in_order(folder: Path, module: str, done: dict[str, None], above: tuple[str, ...]) -> dict[str, None]:
    """The modules that this one needs, each after those that it needs itself, and this one."""
    if module in above:
        raise ValueError(f"the page's modules import in a circle: {' → '.join([*above, module])}")
    if module not in done:
        for found in IMPORT.finditer((folder / module).read_text(encoding="utf-8")):
            _in_order(folder, _resolved(module, found["path"]), done, (*above, module))
        done[module] = None
    return done


def _resolved(module: str, path: str) -> str:
    return normpath(f"{dirname(module)}/{path}").lstrip("/")


def _wrapped(folder: Path, module: str) -> str:
    text = (folder / module).read_text(encoding="utf-8").strip()

    def read(found: re.Match[str]) -> str:
        names = re.sub(r"\s+as\s+", ": ", (found["names"] or "").strip().rstrip(","))
        return f'const {{ {names} }} = modules["{_resolved(module, found["path"])}"];' if names else ""

    exports = NAME.findall(text)
    body = EXPORT.sub("", IMPORT.sub(read, text))
    if left := MODULE_WORD.search(body):
        raise ValueError(f"{module} has a form of import or export that cannot be linked: {left[0]}")
    return f'modules["{module}"] = (() => {{\n{body}\nreturn {{ {", ".join(exports)} }};\n}})();'
