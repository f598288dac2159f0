"""A model as a C program: one file of C99 with a function that a program can call, and a small command around it."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from wade._version import __version__
from wade.export import bends
from wade.export import c_parts as parts
from wade.export.literals import c_array, c_number, c_text, wrapped
from wade.export.program import (
    CodeOfPart,
    CodeOfValue,
    Column,
    HashedWords,
    IsMissing,
    NumberOperation,
    OnCircle,
    OnScale,
    Program,
    Sums,
)
from wade.maths.random import words
from wade.tables.columns import ISO, in_short
from wade.tables.hashing import BYTES_READ, TEXT_STREAM

TYPES: Final = {
    "number": ("double ", "a number; NAN where it is missing"),
    "category": ("const char *", "a text in UTF-8 without white space around it; NULL where it is missing"),
    "boolean": ("int ", "1 or 0; -1 where it is missing"),
    "time": ("int64_t ", "seconds since 1970-01-01 00:00 by that place's clock; TIME_MISSING where it is missing"),
    "words": ("const char *", "free text in UTF-8; NULL where it is missing"),
}
READERS: Final = {"number": "number", "category": "text", "boolean": "boolean", "time": "time", "words": "text"}
PARTS_OF_TIME: Final = {
    "time of day": "t{at}.clock / 86400.0",
    "day of year": "t{at}.day / 365.25",
    "hour": "t{at}.clock / 3600",
    "weekday": "((t{at}.days + 3) % 7 + 7) % 7",
    "month": "t{at}.month",
}
ISO_FORM: Final = "%Y-%m-%d %H:%M:%S"


def write(program: Program) -> str:
    """The text of the program."""
    pieces = [
        _top(program),
        _columns(program),
        *_data(program),
        *_reading(program),
        _encode(program),
        *_network(program),
        _predict(program),
        "#ifndef MODEL_WITHOUT_MAIN",
        *_command(program),
        "#endif",
    ]
    return "\n\n".join(pieces) + "\n"


def _top(program: Program) -> str:
    answer = {
        "two classes": "the probability of each of CLASSES",
        "many classes": "the probability of each of CLASSES",
        "number": "one number, in the unit of the target",
    }[program.target.kind]
    return f"""\
/*
 * A neural network for tables, as a C program. Written by wade {__version__}; it runs without wade.
 *
 * Fill a struct row, one field for each column, and call model_predict(&row, answer). It gives ANSWERS doubles:
 * {answer}. It asks for no memory and keeps nothing.
 *
 *     cc -std=c99 -O2 -o model THIS_FILE.c -lm && ./model < rows.csv > predictions.csv
 *     cc -std=c99 -O2 -c -DMODEL_WITHOUT_MAIN THIS_FILE.c      for use in a program
 *
 * The command reads CSV in UTF-8 with commas, decimal points and a line of names; other columns are ignored. Names
 * from the table stand between quotes only, as bytes of UTF-8 with octal escapes.
 */

#include <ctype.h>
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
        names = wrapped(c_text(in_short(value)) for value in target.classes)
        lines += [
            "",
            f"extern const char *const CLASSES[ANSWERS];\nconst char *const CLASSES[ANSWERS] = {{\n{names}\n}};",
        ]
    return "\n".join(lines)


def _field(at: int, column: Column) -> str:
    kind, what = TYPES[column.kind]
    return f"    {kind}column_{at}; /* {c_text(column.name).replace('/', chr(92) + '057')[:200]}: {what} */"


def _data(program: Program) -> Iterator[str]:
    """What was learned: codes, edges, weights; and the tables that words need."""
    for at, operation in enumerate(program.codes, start=1):
        if isinstance(operation, CodeOfPart):
            yield f"static const int CODES_{at}[] = {{{', '.join(map(str, operation.codes))}}};"
    if "category" in program.kinds:
        yield parts.CODE_OF
    for at, operation in enumerate(program.codes, start=1):
        if isinstance(operation, CodeOfValue) and program.columns[operation.column].kind == "category":
            # A text of C ends at its first 0, so a value that holds one cannot be met.
            codes = sorted(
                (v.encode(errors="surrogatepass"), c) for c, v in enumerate(operation.values, 1) if "\0" not in v
            )
            listed = [f"{{{c_text(value.decode(errors='surrogatepass'))}, {code}}}" for value, code in codes]
            yield f"static const struct code CODES_{at}[] = {{\n{wrapped(listed or ['{NULL, 0}'])}\n}};"
    for at, position in enumerate(program.positions, start=1):
        yield f"static const double EDGES_{at}[] = {{\n{wrapped(map(c_number, position.edges))}\n}};"
    for name, values in program.parameters.items():
        kind = "float" if values.dtype.name == "float32" else "double"
        yield f"/* {name}: {' x '.join(map(str, values.shape))} */\nstatic const {kind} {name}[] = {c_array(values)};"


def _reading(program: Program) -> Iterator[str]:
    """The functions that `encode` calls."""
    if any(isinstance(operation, OnScale) for operation in program.numbers):
        yield parts.ON_SCALE
    if program.positions:
        yield parts.AMONG_BINS
    if "time" in program.kinds:
        yield parts.CALENDAR
    if "words" in program.kinds:
        yield from _alphabets()
        yield parts.WORDS
    if program.marks.numbers and "number" in program.kinds:
        tests = " || ".join(f"x == {c_number(mark)}" for mark in sorted(program.marks.numbers))
        yield (
            "/* Numbers that stand for a missing value are missing. */\n"
            f"static double known(double x)\n{{\n    return {tests} ? NAN : x;\n}}"
        )


def _alphabets() -> Iterator[str]:
    """Which characters are letters or digits, the small letter of each capital, and the factors of the hash."""
    letters: list[list[int]] = []
    capitals = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if character.lower()[0] != character:
            capitals.append(f"{{{code:#x}, {ord(character.lower()[0]):#x}}}")
        if unicodedata.category(character)[0] in "LN":
            if letters and letters[-1][1] == code - 1:
                letters[-1][1] = code
            else:
                letters.append([code, code])
    ranges = wrapped(f"{{{first:#x}, {last:#x}}}".replace(" ", "") for first, last in letters)
    pairs = wrapped(pair.replace(" ", "") for pair in capitals)
    factors = wrapped(f"UINT64_C({int(word) | 1:#018x})" for word in words(0, TEXT_STREAM, BYTES_READ))
    yield f"/* Letters and digits, from and to. */\nstatic const uint32_t LETTERS[][2] = {{\n{ranges}\n}};"
    yield f"/* Capitals and their small letters. */\nstatic const uint32_t CAPITALS[][2] = {{\n{pairs}\n}};"
    yield f"static const uint64_t BYTE_FACTORS[] = {{\n{factors}\n}};"


def _encode(program: Program) -> str:
    """`encode`, a line for each operation."""
    blocks = (
        ("double numbers", program.width),
        ("int codes", len(program.codes)),
        ("double positions", len(program.positions)),
    )
    fields = [f"    {name}[{count}];" for name, count in blocks if count]
    lines, declared = [], []
    for at, column in enumerate(program.columns, start=1):
        if column.kind == "time":
            declared.append(f"    int known{at} = row->column_{at} != TIME_MISSING;")
            declared.append(f"    struct moment t{at} = moment_of(known{at} ? row->column_{at} : 0);")
        elif column.kind == "number":
            marked = program.marks.numbers
            declared.append(f"    double x{at} = {f'known(row->column_{at})' if marked else f'row->column_{at}'};")
    place = 0
    for operation in program.numbers:
        lines.append(f"    {_number(program, operation, place)}")
        place += operation.places if isinstance(operation, HashedWords) else 1
    for at, code in enumerate(program.codes):
        lines.append(f"    encoded->codes[{at}] = {_code(program, at + 1, code)};")
    for at, one in enumerate(program.positions):
        arguments = f"x{one.column + 1}, EDGES_{at + 1}, {len(one.edges) - 1}, {c_number(one.median)}"
        lines.append(f"    encoded->positions[{at}] = (float)among_bins({arguments});")
    body = "\n".join([*declared, *lines])
    return (
        "/* What the network reads, rounded as it was trained on it. */\n"
        f"struct encoded {{\n{chr(10).join(fields)}\n}};\n\n"
        f"static void encode(const struct row *row, struct encoded *encoded)\n{{\n{body}\n}}"
    )


def _number(program: Program, operation: NumberOperation, place: int) -> str:
    at = operation.column + 1
    kind = program.columns[operation.column].kind
    into = f"encoded->numbers[{place}] = "
    if isinstance(operation, HashedWords):
        return f"hashed_words(row->column_{at}, {operation.places}, encoded->numbers + {place});"
    if isinstance(operation, IsMissing):
        missing = {"time": f"!known{at}", "words": f"row->column_{at} == NULL"}.get(kind, f"isnan(x{at}) != 0")
        return f"{into}{missing};"
    if isinstance(operation, OnCircle):
        share = PARTS_OF_TIME[operation.circle].format(at=at)
        return f"{into}known{at} ? (float){operation.wave}(2 * 3.141592653589793 * ({share})) : 0;"
    value = f"known{at} ? (double)row->column_{at} / 86400 : NAN" if kind == "time" else f"x{at}"
    return f"{into}(float)on_scale({value}, {c_number(operation.median)}, {c_number(operation.factor)});"


def _code(program: Program, number: int, operation: CodeOfValue | CodeOfPart) -> str:
    at = operation.column + 1
    if isinstance(operation, CodeOfPart):
        return f"known{at} ? CODES_{number}[{PARTS_OF_TIME[operation.part].format(at=at)}] : 0"
    if program.columns[operation.column].kind == "boolean":
        true, false = (_place(operation.values, text) for text in ("true", "false"))
        return f"row->column_{at} == 1 ? {true} : row->column_{at} == 0 ? {false} : 0"
    return f"code_of(row->column_{at}, CODES_{number}, sizeof CODES_{number} / sizeof CODES_{number}[0])"


def _place(values: Sequence[str], text: str) -> int:
    return values.index(text) + 1 if text in values else 0


def _network(program: Program) -> Iterator[str]:
    """The functions that `model_predict` calls."""
    first = program.layers[0]
    yield parts.SUMS
    if first.tables or first.bins:
        yield parts.ADD_ROW
    if first.bins:
        yield parts.ADD_WALK
    for name in program.activations:
        if name == "softmax":
            yield parts.SOFTMAX
        elif name != "identity":
            yield f"static double {name}_(double z)\n{{\n    return {bends.C[name]};\n}}"


def _predict(program: Program) -> str:
    """`model_predict`: encode, the layers for each member, the mean."""
    members, target = program.members, program.target
    outputs = program.layers[-1].n_out
    widest = max([program.width, *(layer.n_out for layer in program.layers)])
    lines = [line for number, layer in enumerate(program.layers, 1) for line in _layer(number, layer)]
    share = "total[j]" if members == 1 else f"total[j] / {members}"
    answer = {
        "two classes": ["answer[1] = TOTAL;", "answer[0] = 1 - answer[1];"],
        "many classes": ["for (j = 0; j < ANSWERS; j++)", "    answer[j] = TOTAL;"],
        "number": [f"answer[0] = {c_number(target.mean)} + {c_number(target.scale)} * TOTAL;"],
    }[target.kind]
    answer = [
        line.replace("TOTAL", share if "ANSWERS" in answer[0] else f"({share})".replace("j", "0")) for line in answer
    ]
    inner = "\n".join(
        f"        {line}" for line in [*lines, f"for (j = 0; j < {outputs}; j++)", "    total[j] += a[j];"]
    )
    return f"""\
/* The answer for one row. */
void model_predict(const struct row *row, double answer[ANSWERS])
{{
    struct encoded encoded;
    double a[{widest}], z[{widest}], total[{outputs}] = {{0}};
    int {"i, " if members > 1 else ""}j, member;
    encode(row, &encoded);
    for (member = 0; member < {members}; member++) {{
{inner}
    }}
{chr(10).join(f"    {line}" for line in answer)}
}}"""


def _layer(number: int, layer: Sums) -> Iterator[str]:
    """The sums of one layer into z, and bent into a."""
    n_in, n_out = layer.n_in, layer.n_out
    read = "a" if number > 1 else "encoded.numbers"
    columns = n_in + len(layer.tables) + len(layer.bins)
    yield f"/* Layer {number}: {columns} in, {n_out} out. */"
    if layer.R is not None and n_in:
        yield f"for (i = 0; i < {n_in}; i++)"
        yield f"    a[i] = {read}[i] * R{number}[member * {columns} + i];"
        read = "a"
    yield f"sums({read if n_in else 'a'}, {n_in}, W{number}, {n_out}, z);"
    for at in range(len(layer.tables) + len(layer.bins)):
        factor = "1" if layer.R is None else f"R{number}[member * {columns} + {n_in + at}]"
        if at < len(layer.tables):
            yield f"add_row(E{at + 1}, encoded.codes[{at}], {n_out}, {factor}, z);"
        else:
            at -= len(layer.tables)
            position = f"encoded.positions[{at}]"
            yield f"add_walk(P{at + 1}, {len(layer.bins[at])}, {position}, {n_out}, {factor}, z);"
    z = f"z[j] + b{number}[j]"
    if layer.R is not None:
        own = f"[member * {n_out} + j]"
        z = f"z[j] * S{number}{own} + b{number}{own}"
    plain = layer.activation in ("identity", "softmax")
    yield f"for (j = 0; j < {n_out}; j++)"
    yield f"    a[j] = {z};" if plain else f"    a[j] = {layer.activation}_({z});"
    if layer.activation == "softmax":
        yield f"softmax(a, {n_out});"


def _command(program: Program) -> Iterator[str]:
    """What the program does as a command."""
    marks = wrapped(map(c_text, sorted(text for text in program.marks.texts if "\0" not in text)))
    names = wrapped(c_text(column.name) for column in program.columns)
    yield f"static const char *const NAMES[COLUMNS] = {{\n{names}\n}};"
    yield f"static const char *const MISSING[] = {{\n{marks}\n}};"
    yield parts.IS_MISSING
    kinds = {READERS[kind] for kind in program.kinds}
    for name, text in (
        ("number", parts.READ_NUMBER),
        ("boolean", parts.READ_BOOLEAN),
        ("text", parts.READ_TEXT),
        ("time", parts.READ_TIME),
    ):
        if name in kinds:
            yield text
    yield _set_value(program)
    yield parts.READ_RECORD
    yield from _print_answer(program)
    yield parts.MAIN


def _set_value(program: Program) -> str:
    cases = []
    for at, column in enumerate(program.columns):
        form = f", {c_text(ISO_FORM if column.form == ISO else column.form)}, {int(column.form == ISO)}"
        more = form if column.kind == "time" else ""
        cases.append(f"    case {at}: return read_{READERS[column.kind]}(text{more}, &row->column_{at + 1});")
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
