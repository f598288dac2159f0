"""Functions and classes of `wade.maths` as the text of a NumPy program: their own source, and all that it needs.

An exported program runs without wade, yet its formulas are written once. The source is written out with NumPy in place
of the array namespace, one line of each docstring, and without annotations and the checks of arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from inspect import getsource, isclass, isfunction, ismodule
from sys import modules
from textwrap import dedent
from threading import Lock
from typing import Any, Final, NamedTuple

from wade.errors import InvalidArgument
from wade.exporters.literals import wrapped

_PARSING: Final = Lock()
COMPILED: Final = {"math": "math", "_functools": "functools"}


class Source(NamedTuple):
    """A part of a program.

    `imports` are lines that import what it needs besides NumPy; `pieces` are constants, functions and classes, each
    after what it needs.
    """

    imports: tuple[str, ...]
    pieces: tuple[str, ...]


def source_of(*wanted: Callable[..., Any]) -> Source:
    """The source of functions and classes, after that of everything of wade's, or of their own module, that they use.

    Raises `InvalidArgument` where the source is not in a file.

    Examples
    --------
    >>> from wade.maths.activations.rectifiers import leaky_relu
    >>> print(*source_of(leaky_relu).pieces, sep="\\n\\n")
    LEAK = 0.01
    <BLANKLINE>
    def leaky_relu(Z):
        \"\"\"ReLU with a slope of 0.01 below 0, so that the gradient is never 0.\"\"\"
        A = np.where(Z > 0, Z, LEAK * Z)
        return A
    """
    imports: set[str] = set()
    constants: dict[str, str] = {}
    functions: dict[str, str] = {}

    def add(one: Callable[..., Any]) -> None:
        if one.__name__ in functions:
            return
        try:
            tree = _Plain().visit(_parsed(one))
        except OSError as problem:
            raise InvalidArgument(
                "to", f"needs the source of {one.__name__}, which is in no file", one, "Define it in a module."
            ) from problem
        known = getattr(one, "__globals__", None) or vars(modules[one.__module__])
        names = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        for name, value in ((name, known[name]) for name in names if name in known):
            if getattr(value, "__module__", None) in COMPILED:
                imports.add(f"from {COMPILED[value.__module__]} import {name}")
            elif isfunction(value) or isclass(value):
                if value.__module__.startswith("wade.") or value.__module__ == one.__module__:
                    add(value)
                else:
                    imports.add(f"from {value.__module__} import {name}")
            elif not ismodule(value):
                constants[name] = f"{name} = {_literal(value)}"
        functions[one.__name__] = ast.unparse(tree)

    for one in wanted:
        add(one)
    first = ["\n".join(constants.values())] if constants else []
    return Source(tuple(sorted(imports)), (*first, *functions.values()))


def _parsed(one: Callable[..., Any]) -> ast.Module:
    """The source as a tree; one thread at a time, for the parser of Python 3.11 counts what all of them do together.

    `getsource` of a class uses it too (https://github.com/python/cpython/issues/106905).
    """
    with _PARSING:
        return ast.parse(dedent(getsource(one)))


def _literal(value: Any) -> str:
    return f"(\n{wrapped(map(repr, value))},\n)" if isinstance(value, tuple) and len(value) > 2 else repr(value)


class _Plain(ast.NodeTransformer):
    """Source as a program shows it: NumPy, one line of each docstring, no annotations, no checks."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        """Without annotations; not at all where it checks constants or is a property."""
        if node.name == "__post_init__" or any(ast.unparse(one) == "property" for one in node.decorator_list):
            return None
        _shorten(node)
        for argument in (*node.args.args, *node.args.kwonlyargs):
            argument.annotation = None
        node.returns = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Its fields keep their types, for a dataclass needs them."""
        _shorten(node)
        fields = [one for one in node.body if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.dump(one)]
        others = [one for one in node.body if not isinstance(one, ast.AnnAssign)]
        visited = [self.visit(one) for one in others]
        start = [visited.pop(0)] if isinstance(others[0], ast.Expr) else []
        node.body = [*start, *fields, *(one for one in visited if one is not None)]
        return node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Without those that only raise."""
        return None if isinstance(node.body[0], ast.Raise) else self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        """`xp = namespace(…)` goes, also where other names are assigned beside it."""
        self.generic_visit(node)
        match node:
            case ast.Assign([ast.Name("np")]):
                return None
            case ast.Assign([ast.Tuple([ast.Name("np"), *targets])], ast.Tuple([_, *values])):
                node.targets[0], node.value = (
                    many[0] if len(many) == 1 else ast.Tuple(many, context)
                    for many, context in ((targets, ast.Store()), (values, ast.Load()))
                )
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """A variable without its type."""
        assert node.value is not None
        assigned: ast.AST = self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))
        return assigned

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The namespace is NumPy."""
        return ast.copy_location(ast.Name("np", node.ctx), node) if node.id == "xp" else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`namespace(…)` is NumPy, where all arrays are on one device; `astype` is a function since NumPy 2.1 only."""
        if isinstance(node.func, ast.Name) and node.func.id == "namespace":
            return ast.copy_location(ast.Name("np", ast.Load()), node)
        node.keywords = [one for one in node.keywords if one.arg != "device"]
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.Call)
        if isinstance(visited.func, ast.Attribute) and ast.unparse(visited.func) == "np.astype":
            visited.func.attr = "asarray"
        return visited


def _shorten(node: ast.FunctionDef | ast.ClassDef) -> None:
    """A docstring becomes its first sentence."""
    text = ast.get_docstring(node)
    if text:
        node.body[0] = ast.Expr(ast.Constant(" ".join(text.split("\n\n")[0].split())))
