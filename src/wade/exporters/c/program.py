"""A model as a C program: one file of C99 with a function that a program can call, and a small command around it."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

import numpy as np

from wade._version import __version__
from wade.exporters.c import helpers, text_file, time_text, times
from wade.exporters.c.columns import encode, read_of, reading
from wade.exporters.literals import c_array, c_number, c_text, wrapped
from wade.exporters.program import Column, Program, Sums
from wade.files.csv_lines import csv_lines
from wade.maths.activations import ACTIVATIONS
from wade.tables.columns.canonical import KEYS
from wade.tables.encoding.target import prediction_titles, written_codes
from wade.tables.kinds.operations import CodeOfPart, CodeOfValue, NumberSource, TextSource, TimeSource
from wade.types import Array


def write(program: Program) -> str:
    """The text of the program."""
    pieces = [
        _top(program),
        _columns(program),
        *_data(program),
        *reading(program),
        encode(program),
        *_network(program),
        _predict(program),
        "#ifndef MODEL_WITHOUT_MAIN",
        *_command(program),
        "#endif",
        *_weights(program),
    ]
    return "\n\n".join(pieces) + "\n"


def _top(program: Program) -> str:
    answer = {
        "binary": "the probability of each of CLASSES",
        "multiclass": "the probability of each of CLASSES",
        "regression": "one number, in the unit of the target",
    }[program.target.task]
    decimal = {".": "point", ",": "comma"}[program.text.decimal]
    return f"""\
/*
 * A neural network for tables, as a C program. Written by wade {__version__}; it runs without wade.
 *
 * Fill a struct row, one field for each column, and call model_predict(&row, answer). It gives ANSWERS doubles:
 * {answer}. It allocates no memory and keeps nothing.
 *
 *     cc -std=c99 -O2 -o model THIS_FILE.c -lm && ./model < rows.csv > predictions.csv
 *     cc -std=c99 -O2 -c -DMODEL_WITHOUT_MAIN THIS_FILE.c      for use in a program
 *
 * The command reads CSV in UTF-8, its numbers with a decimal {decimal}; other columns are ignored. Names from the
 * table stand between quotes only, as bytes of UTF-8 with octal escapes.
 */

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>"""


def _columns(program: Program) -> str:
    """What a row holds, as a struct, and the names of its columns."""
    target = program.target
    fields = [_field(at, column) for at, column in enumerate(program.columns, start=1)]
    lines = [
        f"#define COLUMNS {len(program.columns)}",
        f"#define ANSWERS {len(target.classes) or 1}",
        "#define TIME_MISSING INT64_MIN",
        "#define LONGEST_RECORD 1048576 /* bytes of a record of CSV */",
        "#define MOST_FIELDS 16384",
        "",
        "struct row {",
        *fields,
        "};",
        "",
        "void model_predict(const struct row *row, double answer[ANSWERS]);",
    ]
    if target.classes:
        names = wrapped(c_text(str(value)) for value in target.classes)
        lines += [
            "",
            f"extern const char *const CLASSES[ANSWERS];\nconst char *const CLASSES[ANSWERS] = {{\n{names}\n}};",
        ]
    return "\n".join(lines)


def _field(at: int, column: Column) -> str:
    read = read_of(column)
    what = times.what(column.source) if isinstance(column.source, TimeSource) else read.what
    return f"    {read.type}column_{at}; /* {c_text(column.name).replace('/', chr(92) + '057')[:200]}: {what} */"


def _data(program: Program) -> Iterator[str]:
    """What was learned of the columns, and which parameters there are."""
    for at, step in enumerate(program.codes, start=1):
        if isinstance(step.operation, CodeOfPart):
            yield f"static const int CODES_{at}[] = {{{', '.join(map(str, step.operation.codes))}}};"
    texts = {
        at: step.operation
        for at, step in enumerate(program.codes, start=1)
        if isinstance(step.operation, CodeOfValue) and isinstance(program.columns[step.column].source, TextSource)
    }
    if texts:
        yield helpers.CODE_OF
    needed = [part for operation in texts.values() for part in helpers.KEYS.get(operation.comparison, ())]
    yield from dict.fromkeys(needed)
    for at, operation in texts.items():
        # A text of C ends at its first 0, so a value that holds one cannot be met.
        codes = sorted((v.encode(errors="surrogatepass"), c) for v, c in _codes(operation) if "\0" not in v)
        listed = [f"{{{c_text(value.decode(errors='surrogatepass'))}, {code}}}" for value, code in codes]
        yield f"static const struct code CODES_{at}[] = {{\n{wrapped(listed or ['{NULL, 0}'])}\n}};"
    for at, step in enumerate(program.positions, start=1):
        yield f"static const double EDGES_{at}[] = {{\n{wrapped(map(c_number, step.operation.edges))}\n}};"
    yield "/* The trained parameters stand at the end. */\n" + "\n".join(
        f"static {_declared(name, values)}; /* {' x '.join(map(str, values.shape))} */"
        for name, values in program.parameters.items()
    )


def _codes(operation: CodeOfValue) -> Iterator[tuple[str, int]]:
    """The keys of the values, each also with its accents apart: C has no function that composes them."""
    key = KEYS[operation.comparison]
    for code, value in enumerate(operation.values, start=1):
        for text in dict.fromkeys([key(value), *([] if key is str else [normalize("NFD", key(value))])]):
            yield text, code


def _declared(name: str, values: Array) -> str:
    """The declaration of a parameter; C has no arrays of nothing."""
    return f"const {'float' if values.dtype == np.float32 else 'double'} {name}[{max(1, values.size)}]"


def _weights(program: Program) -> Iterator[str]:
    """Every parameter, exactly."""
    for name, values in program.parameters.items():
        yield f"static {_declared(name, values)} = {c_array(values)};"


def _network(program: Program) -> Iterator[str]:
    """The functions that `model_predict` calls."""
    first = program.layers[0]
    yield helpers.WEIGHTED_SUMS
    if first.tables or first.bins:
        yield helpers.ADD_ROW
    if first.bins:
        yield helpers.ADD_PIECEWISE_LINEAR
    for name in program.activations:
        line = ACTIVATIONS[name].line("c")
        if not ACTIVATIONS[name].is_elementwise:
            yield line
        elif line != "z":
            yield f"static double {name}_(double z)\n{{\n    return {line};\n}}"


def _predict(program: Program) -> str:
    """`model_predict`: encode, the layers, for each member where there are more, and their mean."""
    members, outputs = program.members, program.layers[-1].n_out
    widest = max([program.width, *(layer.n_out for layer in program.layers)])
    lines = [line for number, layer in enumerate(program.layers, 1) for line in _layer(number, layer)]
    if members == 1:
        declared, inner, output = ["int j;"], lines, "a[{}]"
    else:
        declared = [f"double total[{outputs}] = {{0}};", "int i, j, member;"]
        added = [f"for (j = 0; j < {outputs}; j++)", "    total[j] += a[j];"]
        inner = [f"for (member = 0; member < {members}; member++) {{", *(f"    {line}" for line in lines + added), "}"]
        output = f"total[{{}}] / {members}"
    declared = ["struct encoded encoded;", f"double a[{widest}], z[{widest}];", *declared, "encode(row, &encoded);"]
    body = "\n".join(f"    {line}" for line in [*declared, *inner, *_answer(program, output)])
    head = "/* The answer for one row. */\nvoid model_predict(const struct row *row, double answer[ANSWERS])"
    return f"{head}\n{{\n{body}\n}}"


def _answer(program: Program, output: str) -> list[str]:
    """From the output of the last layer, by its place, to the answer."""
    target = program.target
    if target.task == "regression":
        return [f"answer[0] = {c_number(target.mean)} + {c_number(target.scale)} * ({output.format(0)});"]
    if target.task == "binary":
        return [f"answer[1] = {output.format(0)};", "answer[0] = 1 - answer[1];"]
    return ["for (j = 0; j < ANSWERS; j++)", f"    answer[j] = {output.format('j')};"]


def _layer(number: int, layer: Sums) -> Iterator[str]:
    """The sums of one layer into z, and its activations into a."""
    n_in, n_out = layer.n_in, layer.n_out
    read = "a" if number > 1 else "encoded.numbers"
    columns = n_in + len(layer.tables) + len(layer.bins)
    yield f"/* Layer {number}: {columns} in, {n_out} out. */"
    if layer.R is not None and n_in:
        yield f"for (i = 0; i < {n_in}; i++)"
        yield f"    a[i] = {read}[i] * R{number}[member * {columns} + i];"
        read = "a"
    yield f"weighted_sums({read if n_in else 'a'}, {n_in}, W{number}, {n_out}, z);"
    for at in range(len(layer.tables) + len(layer.bins)):
        factor = "1" if layer.R is None else f"R{number}[member * {columns} + {n_in + at}]"
        if at < len(layer.tables):
            yield f"add_row(E{at + 1}, encoded.codes[{at}], {n_out}, {factor}, z);"
        else:
            at -= len(layer.tables)
            position = f"encoded.positions[{at}]"
            yield f"add_piecewise_linear(P{at + 1}, {len(layer.bins[at])}, {position}, {n_out}, {factor}, z);"
    z = f"z[j] + b{number}[j]"
    if layer.R is not None:
        own = f"[member * {n_out} + j]"
        z = f"z[j] * S{number}{own} + b{number}{own}"
    activation = ACTIVATIONS[layer.activation]
    plain = not activation.is_elementwise or activation.line("c") == "z"
    yield f"for (j = 0; j < {n_out}; j++)"
    yield f"    a[j] = {z};" if plain else f"    a[j] = {layer.activation}_({z});"
    if not activation.is_elementwise:
        yield f"{activation.name}(a, {n_out});"


def _command(program: Program) -> Iterator[str]:
    """The command around the function: CSV on standard input, predictions on standard output."""
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
        ("time", time_text.READ_TIME),
    ):
        if name in readers:
            yield text
    yield _text_format(program)
    yield text_file.WITH_POINT if _has_marks(program) else ""
    yield _set_value(program)
    yield from (text_file.TRIMMED, text_file.IS_UTF8, text_file.READ_RECORD, text_file.SPLIT, text_file.FIND_COLUMNS)
    yield from _print_answer(program)
    yield text_file.HUNG_UP
    yield text_file.ANSWER_RECORD
    yield text_file.MAIN


def _has_marks(program: Program) -> bool:
    """Whether numbers in text have other marks than a decimal point."""
    return program.text.decimal + program.text.group != "." and any(
        column.source == NumberSource() for column in program.columns
    )


def _text_format(program: Program) -> str:
    """How text is read, as the program's constants."""
    text = program.text
    places = [-1 if text.header else int(column.name.removeprefix("column_")) - 1 for column in program.columns]
    lines = [
        "/* Text is read as the training table was written. */",
        f"static const char SEPARATORS[] = {c_text(text.separators)};",
        f"#define QUOTE {ord(text.quote or chr(0))}",
        f"#define DECIMAL {ord(text.decimal)}",
        f"#define GROUP {c_text(text.group)}",
        f"#define COMMENT {ord(text.comment or chr(0))}",
        f"#define SKIP {text.skip}",
        f"static const int PLACES[COLUMNS] = {{\n{wrapped(map(str, places))}\n}}; /* -1: found by their names */",
    ]
    return "\n".join(lines)


def _set_value(program: Program) -> str:
    cases = []
    for at, column in enumerate(program.columns):
        read = read_of(column)
        more = read.arguments(column.source)
        marks = "with_point(text) && " if _has_marks(program) and column.source == NumberSource() else ""
        cases.append(f"    case {at}: return {marks}read_{read.reader}(text{more}, &row->column_{at + 1});")
    return (
        "/* Puts a field of CSV into the row; 0 where it cannot be read. */\n"
        "static int set_value(struct row *row, int column, char *text)\n{\n    switch (column) {\n"
        + "\n".join(cases)
        + "\n    default: return 0;\n    }\n}"
    )


def _print_answer(program: Program) -> Iterator[str]:
    """Titles and answers as `wade predict` has them."""
    classes = [str(value) for value in program.target.classes]
    titles = prediction_titles(classes)
    yield f"static const char TITLES[] = {c_text(csv_lines([titles])[0])};"
    if not classes:
        yield text_file.PRINT_NUMBER
        return
    names = wrapped(map(c_text, csv_lines([name] for name in classes)))
    yield f"static const char *const IN_CSV[ANSWERS] = {{\n{names}\n}};"
    first = written_codes(classes).start
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
