"""The commands that explain: one answer, and what a model relies on. Each body is one call into the module of its name.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from wade import cli
from wade.cli.options import AsJson, Decimal, Encoding, Header, ModelFile, Quiet, Separator, Written
from wade.settings import DEFAULTS


def why(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="DATA", help="The table in which the row stands.")],
    row: Annotated[int, typer.Option(metavar="N", help="Which row; the first is 1.")] = 1,
    of: Annotated[
        str | None,
        typer.Option("--class", metavar="CLASS", help="The class to explain.", show_default="the predicted one"),
    ] = None,
    method: Annotated[
        str,
        typer.Option(metavar="integrated-gradients|occlusion", help="How contributions are found."),
    ] = "integrated-gradients",
    to: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS|NUMBER",
            help="Which other answer to look for; of a number, what to reach.",
            show_default="any other class",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every column, not the largest contributions.")] = False,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Say why a row gets its answer, and what would change it.

    \b
    Examples:
      wade why flights.wade flights --row 17
      wade why flights.wade tomorrow.csv --row 3 --class 1
      wade why flights.wade flights --row 17 --method occlusion
      wade why prices.wade houses.csv --row 2 --to 250000

    Contributions are counted from the typical row: numbers at their median,
    categories at their most frequent value. Base + contributions = output, in
    log-odds for classes, in its own unit for a number; the sum is checked.
    """
    written = Written(separator, decimal, encoding, header)
    return cli.why.run(
        model, file, row, of=of, method=method, to=to, show_all=every, written=written, as_json=json, quiet=quiet
    )


def importance(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="DATA", help="Rows with the target, unseen in training.")],
    rows: Annotated[
        int, typer.Option(metavar="N", help="Take N rows at random, or all where there are fewer.")
    ] = 10_000,
    repeats: Annotated[int, typer.Option(metavar="N", help="How often each column is shuffled.")] = 5,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the rows drawn, and of the shuffles.")] = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Say which columns a model relies on, with 95 % intervals.

    \b
    Examples:
      wade importance flights.wade next_month.csv
      wade importance flights.wade flights --rows 50000 --repeats 10

    A column is shuffled among the rows, the others stay: how much worse are the
    answers? Columns that are copies of each other are shuffled together.
    """
    written = Written(separator, decimal, encoding, header)
    return cli.importance.run(
        model, file, rows=rows, repeats=repeats, written=written, seed=seed, as_json=json, quiet=quiet
    )
