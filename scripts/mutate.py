#!/usr/bin/env python3
"""Would the tests notice a wrong formula? Changes one sign or factor at a time.

Run it with the Python of .venv. Each change makes a mutant of a formula, in
a temporary copy. The tests that mirror its file run first; a mutant that lives
through them meets the wider suite. One that survives that too shows what no
test promises: write the test, or, where the change means the same, say why in
SAME.
"""

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "src/wade"
WIDER = {
    ("maths/**/*.py", "network/*.py", "engines/reference.py"): (
        *("tests/network", "tests/engines", "tests/conformance", "tests/maths", "tests/training/test_regularized.py"),
        *("src/wade/maths", "src/wade/network", "src/wade/engines"),
    ),
    ("metrics/*.py", "model/evaluation/decisions.py", "model/evaluation/temperature.py"): (
        *("tests/metrics", "tests/model/evaluation", "src/wade/metrics", "src/wade/model/evaluation"),
    ),
    (
        *("tables/kinds/scales.py", "tables/splitting/*.py"),
        *("tables/schema/roles.py", "tables/schema/counters.py", "tables/schema/infer.py"),
    ): (
        *("tests/tables/kinds", "tests/tables/schema", "tests/tables/splitting", "tests/tables/encoding"),
        *("tests/tables/streaming", "src/wade/tables/kinds", "src/wade/tables/schema", "src/wade/tables/splitting"),
    ),
}
"""The files in which formulas and limits are changed, and the tests of everything that uses them."""
BORDERS = ("network/rows.py",)  # checks what people hand over: no formula is in it
PASSED = (0, 5)  # pytest's exit codes for "all passed" and "there are no tests"

SAME = {
    ("maths/regression_losses.py", "where(side >= 0"): "at 0 both branches are 0",
    ("maths/activations/error_function.py", "NOTHING_LEFT: Final = 56.0"): "exp(−28²) is 0 already",
    ("maths/activations/error_function.py", "size < NEAR"): "at NEAR both approximations hold",
    ("maths/activations/error_function.py", "abs(X) < NEAR"): "at NEAR both approximations hold",
    ("maths/activations/error_function.py", "size < FAR"): "at FAR both approximations hold",
    ("maths/activations/error_function.py", "where(X >= 0"): "0 is near, and taken by the branch before",
    ("maths/activations/error_function.py", "/ one"): "divided or multiplied by 1",
    ("maths/activations/gates.py", "where(Z > 0"): "at 0, e is 1 and both branches are one number",
    ("maths/initializers.py", "Q / np.where"): "divided or multiplied by ±1",
    ("maths/initializers.py", "diag(R) <= 0"): "the diagonal of a random R is never exactly 0",
    ("maths/random.py", "_BLOCKS_AT_ONCE: Final = 1 << 28"): "a matter of speed",
    ("maths/random.py", "blocks >> 64"): "differs from word 2³³ of a draw on, after 64 GB",
    ("maths/activations/rectifiers.py", "where(Z >= 0, Z, LEAK"): "at 0 both branches are 0",
    (
        "maths/activations/rectifiers.py",
        "FLOOR * xp.exp(xp.minimum(Z, 1.0))",
    ): "not taken right of 0; 1 too keeps exp from overflow",
    ("maths/activations/rectifiers.py", "SCALE / xp.ones_like"): "divided or multiplied by 1",
    ("maths/dropout.py", "_BLOCKS_AT_ONCE: Final = 0"): "a matter of speed",
    ("maths/dropout.py", "_BLOCKS_AT_ONCE: Final = 1 << 28"): "a matter of memory",
    ("maths/temperature.py", "HALVINGS: Final = 80"): "after 40, eleven digits are right",
    ("maths/temperature.py", "middle))))) >= 0"): "where it is 0, the zero is found from either side",
    ("metrics/classification.py", "(self.codes != k).sum()"): "some rows have it and some have not, either way",
    ("metrics/classification.py", "max(size, 0.0)"): "no share varies more than that of one row",
    ("metrics/bootstrap.py", "seed: int = 1"): "another seed draws as well",
    ("metrics/bootstrap.py", "passes: int = 0"): "no fewer than one pass is counted",
    ("metrics/bootstrap.py", "generator.integers(1, "): "one of 65,536 numbers",
    ("metrics/intervals.py", "seed: int = 1"): "another seed draws as well",
    ("metrics/intervals.py", "if usual >= 0 and"): "where the area has no variance, its rows have none",
    ("model/evaluation/temperature.py", "ROWS_AT_ONCE: Final = 8192"): "a matter of memory",
    ("model/evaluation/temperature.py", "gain >= 0 and"): "a gain of 0 has no interval beyond chance",
    ("metrics/weighted.py", "right / above, 1.0"): "rows that were not drawn count 0 times",
    ("maths/regularizers.py", "factor > 1"): "a factor of exactly 1 changes nothing",
    ("maths/schedules/rising.py", "p <= self.share"): "where they meet, both branches are 1",
    ("maths/activations/sigmoids.py", "where(Z > 0"): "at 0, e is 1 and both branches are one number",
    ("network/preactivation.py", "Inputs(np.empty((1, 0))"): "the layers above the first read no codes",
    ("network/preactivation.py", "Inputs(np.empty((0, 1))"): "the layers above the first read no codes",
    ("network/preactivation.py", "np.empty((1, 0), np.int32)"): "the layers above the first read no codes",
    ("network/preactivation.py", "np.empty((0, 1), np.int32)"): "the layers above the first read no codes",
    (
        "network/initialization.py",
        "R1.shape) <= 0.5",
    ): "0.5 itself is one of 2²⁴ numbers; no promise hangs on its side",
    ("network/initialization.py", "R1.shape) > 0.5"): "the other signs: a member's are as random",
    ("tables/kinds/scales.py", "halves[len(TAILS) + 1]"): "the same range, from its other end",
    ("tables/kinds/scales.py", "half >= np.finfo"): "one number, which has a reciprocal",
    ("tables/schema/counters.py", "parts[1]"): "all texts have one beginning",
    ("tables/schema/counters.py", "log_chance(rows, size) <= "): "no chance is exactly e⁻¹⁰",
    ("tables/schema/counters.py", "high - low + 1) <= "): "no chance is exactly e⁻¹⁰",
    ("tables/schema/roles.py", "np.empty(1)"): "not read where there are many numbers",
    ("tables/splitting/k_fold.py", "splits[1].how"): "all folds are made in one way",
    ("tables/splitting/k_fold.py", "assume_unique=False"): "a matter of speed",
}
"""Why a change means the same, by file and a piece of the changed line that was not there before."""

OPPOSITE = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
NEIGHBOURS = {
    **{ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<=")},
    **{ast.Eq: ("!=",), ast.NotEq: ("==",)},
}
COUNTERPART = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}
HOW_NOT_WHAT = ("strict", "copy")  # arguments that change no number


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one file: the bytes from `start` to `end` become `text`."""

    path: str
    line: int
    start: int
    end: int
    text: str
    before: str
    after: str

    @property
    def reason(self) -> str | None:
        """Why it means the same; None: it is a fault that a test has to find."""
        pieces = ((piece, why) for (path, piece), why in SAME.items() if path == self.path)
        return next((why for piece, why in pieces if piece in self.after and piece not in self.before), None)


class BrokenSuite(Exception):
    """The tests fail before anything is changed."""


def main() -> int:
    """Makes mutants, runs the tests on each, and says which of them survive."""
    options = read_options()
    mutants = drawn(options)
    if not mutants:
        print(f"mutate: no formula is in a file like {options.only!r}. Try 'maths/*' or '*/adam.py'.", file=sys.stderr)
        return 2
    began = perf_counter()
    verdicts = {mutant: "same" if mutant.reason else "unknown" for mutant in mutants}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trial = Trial(Path(folder), options.jobs)
        try:
            trial.evaluate("mirrored tests", mirrored, verdicts, "unknown")
            trial.evaluate("wider tests", wider, verdicts, "survived")
        except KeyboardInterrupt:
            print("mutate: interrupted; what is known so far:", file=sys.stderr)
        except BrokenSuite as problem:
            print(f"mutate: {problem}", file=sys.stderr)
            return 2
    show(verdicts, options, perf_counter() - began)
    if "unknown" in verdicts.values():
        return 130
    return int("survived" in verdicts.values())


def read_options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", metavar="GLOB", help="files below src/wade, such as 'maths/*'")
    parser.add_argument("--count", type=count, default=60, metavar="N", help="how many mutants to draw (60)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the draw (0)")
    parser.add_argument("--all", action="store_true", help="every mutant instead of a draw")
    parser.add_argument("--jobs", type=count, default=2, metavar="N", help="how many run side by side (2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on; received {text!r}")
    return int(text)


def drawn(options: argparse.Namespace) -> list[Mutant]:
    """The mutants that were asked for, in the order of their files."""
    package = REPOSITORY / PACKAGE
    chosen = (path for path in sorted(wider_tests()) if fnmatch(path, options.only) and path not in BORDERS)
    mutants = [mutant for path in chosen for mutant in mutants_of(path, (package / path).read_bytes())]
    if options.all or options.count >= len(mutants):
        return mutants
    return sorted(random.Random(options.seed).sample(mutants, options.count))


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Every mutant of a file."""
    starts, found = [0, *(match.end() for match in re.finditer(b"\n", source)), len(source)], []
    for start, end, text in changes(ast.parse(source), source, starts):
        first, last = source.count(b"\n", 0, start), source.count(b"\n", 0, end) + 1
        lines = (
            source[starts[first] : start] + middle + source[end : starts[last]]
            for middle in (source[start:end], text.encode())
        )
        before, after = (" ".join(line.decode().split("  #")[0].split()) for line in lines)
        found.append(Mutant(path, first + 1, start, end, text, before, after))
    return sorted(found)


def changes(node: ast.AST, source: bytes, starts: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Every (start, end, text) that would make a formula wrong; checks, messages and annotations are left alone."""

    def span(one: ast.expr) -> tuple[int, int]:
        return starts[one.lineno - 1] + one.col_offset, starts[one.end_lineno - 1] + one.end_col_offset

    def between(left: ast.expr, right: ast.expr, sign: bytes, texts: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        gap = span(left)[1]
        found = re.search(sign, source[gap : span(right)[0]])
        return ((gap + found.start(), gap + found.end(), text) for text in texts)

    parts = list(ast.iter_child_nodes(node))
    match node:
        case ast.Raise() | ast.JoinedStr():
            parts = []
        case ast.FunctionDef(name=name):
            is_check = re.match(r"_?check|__post_init__|__repr__", name)
            parts = [] if is_check else [*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body]
        case ast.ClassDef():
            parts = node.body
        case ast.AnnAssign(value=value):
            parts = [value] if value else []
        case ast.If(body=[*_, ast.Raise()]):
            parts = node.orelse
        case ast.BinOp(left, op, right) | ast.AugAssign(left, op, right) if type(op) in OPPOSITE:
            yield from between(left, right, rb"[-+*/]", OPPOSITE[type(op)])
        case ast.UnaryOp(ast.USub()):
            yield span(node)[0], span(node)[0] + 1, ""
        case ast.Compare(first, ops, others):
            for left, op, right in zip([first, *others], ops, others, strict=False):
                if type(op) in NEIGHBOURS:
                    yield from between(left, right, rb"[<>=!]+", NEIGHBOURS[type(op)])
        case ast.Constant(value=bool() as value):
            yield *span(node), str(not value)
        case ast.Constant(value=int() | float() as value):
            yield *span(node), repr(type(value)({0: 1, 1: 0, 0.5: 1}.get(value, 2 * value)))
        case ast.Call(ast.Name(name) | ast.Attribute(attr=name)):
            if name in COUNTERPART:
                end = span(node.func)[1]
                yield end - len(name), end, COUNTERPART[name]
            for axis in (keyword.value for keyword in node.keywords if keyword.arg == "axis"):
                yield *span(axis), "1" if ast.unparse(axis) == "0" else "0"
            named = [keyword.value for keyword in node.keywords if keyword.arg not in ("axis", *HOW_NOT_WHAT)]
            parts = [node.func, *node.args, *named]
    for part in parts:
        yield from changes(part, source, starts)


def mirrored(path: str) -> tuple[str, ...]:
    """The tests that are named after a file or its folder, and the examples in its docstrings."""
    file = Path(path)
    folders = dict.fromkeys((Path(file.parts[0]), file.parent))
    names = [f"tests/{one}/test_{name}.py" for one in folders for name in dict.fromkeys((file.stem, file.parent.name))]
    # Examples last: pytest would import their module once more, and two classes of one name are not the same.
    return (*(name for name in names if (REPOSITORY / name).exists()), f"{PACKAGE}/{path}")


def wider(path: str) -> tuple[str, ...]:
    """The tests of everything that uses a file."""
    return wider_tests()[path]


@cache
def wider_tests() -> dict[str, tuple[str, ...]]:
    """The tests of everything that uses a file, for every file that is changed."""
    package = REPOSITORY / PACKAGE
    pairs = ((pattern, tests) for patterns, tests in WIDER.items() for pattern in patterns)
    return {file.relative_to(package).as_posix(): tests for pattern, tests in pairs for file in package.glob(pattern)}


class Trial:
    """Copies of the repository, one for each job, and the runs of tests in them."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self.jobs, self.stopped = jobs, False
        self.running: set[subprocess.Popen[bytes]] = set()
        self.copies: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            self.copies.put(copied(folder / str(job)))

    def evaluate(
        self, title: str, tests_of: Callable[[str], tuple[str, ...]], verdicts: dict[Mutant, str], alive: str
    ) -> None:
        """Runs tests on each mutant that nothing is known of: it is killed, or what `alive` says."""
        mutants = [mutant for mutant, verdict in verdicts.items() if verdict == "unknown"]
        suites = list(dict.fromkeys(tests_of(mutant.path) for mutant in mutants))
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        with bar, ThreadPoolExecutor(self.jobs) as pool:
            try:
                # Unchanged first: the tests have to pass, and the time they take is the measure of a hang.
                measured = bar.track(pool.map(self.limit, suites), len(suites), description="unchanged")
                limits = dict(zip(suites, measured, strict=True))
                runs = {pool.submit(self.passes, tests_of(m.path), limits[tests_of(m.path)], m): m for m in mutants}
                for run in bar.track(as_completed(runs), len(runs), description=title):
                    verdicts[runs[run]] = alive if run.result() else "killed"
            except BaseException:
                self.stopped = True
                pool.shutdown(wait=False, cancel_futures=True)
                for process in list(self.running):
                    process.kill()
                raise

    def limit(self, tests: tuple[str, ...]) -> float:
        """How many seconds a mutant may take for these tests, which have to pass where nothing is changed."""
        began = perf_counter()
        if not self.passes(tests, None):
            raise BrokenSuite(f"the tests fail before anything is changed. Try: pytest {' '.join(tests)}")
        return 20 + 5 * (perf_counter() - began)

    def passes(self, tests: tuple[str, ...], limit: float | None, mutant: Mutant | None = None) -> bool:
        """Whether the tests pass within the limit, in a copy with the mutant in it."""
        copy = self.copies.get()
        file = copy / PACKAGE / (mutant.path if mutant else "__init__.py")
        source = file.read_bytes()
        try:
            if mutant:
                file.write_bytes(source[: mutant.start] + mutant.text.encode() + source[mutant.end :])
            return self.run(copy, tests, limit)
        finally:
            file.write_bytes(source)
            self.copies.put(copy)

    def run(self, copy: Path, tests: tuple[str, ...], limit: float | None) -> bool:
        """Whether these tests pass in this copy; a hang counts as a failure."""
        options = ("-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0")
        environment = {
            **os.environ,
            # Without `site`, an editable wade of this environment stays out of the way of the copy.
            "PYTHONPATH": os.pathsep.join([str(copy / "src"), sysconfig.get_path("purelib")]),
            # A file that is written twice within a second must not be taken for its old self.
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        }
        process = subprocess.Popen(
            [sys.executable, "-S", "-m", "pytest", *options, *tests],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this script, which then ends its children
        )
        self.running.add(process)
        try:
            return not self.stopped and process.wait(limit) in PASSED
        except subprocess.TimeoutExpired:
            return False
        finally:
            process.kill()
            process.wait()
            self.running.discard(process)


def copied(folder: Path) -> Path:
    """A copy of what the tests need, with the compiled kernels in it."""
    no_bytecode = shutil.ignore_patterns("__pycache__")
    for name in (PACKAGE, "native", "scripts", "tests"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=no_bytecode)
    shutil.copy2(REPOSITORY / "pyproject.toml", folder)
    kernels = find_spec("wade.engines._kernels")
    if kernels and kernels.origin:
        shutil.copy2(kernels.origin, folder / PACKAGE / "engines")
    return folder


def show(verdicts: dict[Mutant, str], options: argparse.Namespace, seconds: float) -> None:
    """How many were killed, and every other one: where it is, and what was changed."""
    counts = Counter(verdicts.values())
    others = {mutant: verdict for mutant, verdict in verdicts.items() if verdict in ("survived", "same")}
    if options.json:
        rows = [
            {
                **{"file": f"{PACKAGE}/{mutant.path}", "line": mutant.line, "verdict": verdict},
                **{"before": mutant.before, "after": mutant.after, "reason": mutant.reason},
            }
            for mutant, verdict in others.items()
        ]
        names = ("killed", "survived", "same", "unknown")
        tally = {"mutants": len(verdicts), **{name: counts[name] for name in names}}
        print(json.dumps({**tally, "not_killed": rows, "seconds": seconds}, ensure_ascii=False))
        return
    for mutant, verdict in others.items():
        reason = f"means the same: {mutant.reason}" if verdict == "same" else "survived"
        print(f"{PACKAGE}/{mutant.path}:{mutant.line}: {reason}\n  - {mutant.before}\n  + {mutant.after}")
    print(
        f"{counts['killed']} of {len(verdicts) - counts['same']} mutants killed in {seconds:.0f} s; "
        f"{counts['survived']} survived, {counts['unknown']} unknown, {counts['same']} more mean the same"
    )


if __name__ == "__main__":
    sys.exit(main())
