"""What a C program does as a command: CSV on standard input, predictions on standard output."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from wade.exporters.c import helpers
from wade.exporters.c.columns import read_of
from wade.exporters.literals import c_text, wrapped
from wade.exporters.program import Program
from wade.tables.columns.views import in_short


def command(program: Program) -> Iterator[str]:
    """Names, missing markers, the functions that read, and `main`."""
    markers = wrapped(map(c_text, sorted(text for text in program.markers.texts if "\0" not in text)))
    names = wrapped(c_text(column.name) for column in program.columns)
    yield f"static const char *const NAMES[COLUMNS] = {{\n{names}\n}};"
    yield f"static const char *const MISSING[] = {{\n{markers}\n}};"
    yield helpers.IS_MISSING
    readers = {read_of(column).reader for column in program.columns}
    for name, text in (
        ("number", helpers.READ_NUMBER),
        ("boolean", helpers.READ_BOOLEAN),
        ("text", helpers.READ_TEXT),
        ("time", helpers.READ_TIME),
    ):
        if name in readers:
            yield text
    yield _set_value(program)
    yield helpers.READ_RECORD
    yield from _print_answer(program)
    yield helpers.MAIN


def _set_value(program: Program) -> str:
    cases = []
    for at, column in enumerate(program.columns):
        read = read_of(column)
        more = read.arguments(column.source)
        cases.append(f"    case {at}: return read_{read.reader}(text{more}, &row->column_{at + 1});")
    return (
        "/* Puts a field of CSV into the row; 0 where it cannot be read. */\n"
        "static int set_value(struct row *row, int column, const char *text)\n{\n    switch (column) {\n"
        + "\n".join(cases)
        + "\n    default: return 0;\n    }\n}"
    )


def _print_answer(program: Program) -> Iterator[str]:
    """Titles and answers as `wade predict` has them."""
    classes = [in_short(value) for value in program.target.classes]
    shown = range(1 if len(classes) == 2 else 0, len(classes))
    titles = ["prediction", *(f"probability of {classes[at]}" for at in shown)]
    yield f"static const char TITLES[] = {c_text(_csv(titles))};"
    if not classes:
        yield 'static void print_answer(const double *answer)\n{\n    printf("%.9g\\n", answer[0]);\n}'
        return
    yield (
        "static const char *const IN_CSV[ANSWERS] = {\n" + wrapped(c_text(_csv([name])) for name in classes) + "\n};"
    )
    first = shown.start
    yield f"""\
static void print_answer(const double *answer)
{{
    int j, likeliest = 0;
    for (j = 1; j < ANSWERS; j++)
        if (answer[j] > answer[likeliest])
            likeliest = j;
    fputs(IN_CSV[likeliest], stdout);
    for (j = {first}; j < ANSWERS; j++)
        printf(",%.9g", answer[j]);
    puts("");
}}"""


def _csv(values: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()
