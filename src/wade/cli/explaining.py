"""The commands that explain: one step, one answer, what a model relies on. Each body calls the module of its name.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wade import cli
from wade.cli.options import AsJson, Decimal, Encoding, Header, ModelFile, Quiet, Separator, Written, units_in
from wade.settings import DEFAULTS


def explain(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The table in which the row stands.")],
    row: Annotated[int, typer.Option(metavar="N", help="Which row; the first one under the header is 1.")] = 1,
    weight: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[I,J]",
            help="The weight whose chain is told, such as W1[0,2], W1[temperature,2] or E1.carrier[B6,2].",
            show_default="the largest gradient in W1",
        ),
    ] = None,
    step: Annotated[bool, typer.Option("--step", help="Move by move: forward, backward, update, and back.")] = False,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="text, latex, mathml, html or json.")] = "text",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to this file.", show_default=False)
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="VALUE", help="What is true of the row, where it does not say so itself.", show_default=False
        ),
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=UNIT", help="What a column is measured in. Repeat it.", show_default=False),
    ] = None,
    digits: Annotated[int, typer.Option(metavar="N", help="How many digits of a number are shown.")] = 4,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take the step after this checkpoint of the model's training.", show_default=False
        ),
    ] = None,
    dropout: Annotated[bool, typer.Option("--dropout", help="Silence neurons, as a training step does.")] = False,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the neurons that are silent.")] = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Show every number of one row's way: encoded, forward, loss, backward, update.

    \b
    Examples:
      wade explain flights.wade flights --row 17
      wade explain flights.wade flights --row 17 --weight "W1[temperature,2]"
      wade explain flights.wade flights --row 17 --format html --output 17.html
      wade explain flights.wade flights --row 17 --step
      wade explain flights.wade flights --checkpoint flights.checkpoint

    The step is taken on a copy: the model stays as it is.
    """
    asked = cli.explain.Asked(
        row, target, weight, step, "json" if json else form, digits, dropout, seed, units_in(unit), checkpoint
    )
    written = Written(separator, decimal, encoding, header)
    return cli.explain.run(model, file, output, asked, written=written, quiet=quiet)


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
