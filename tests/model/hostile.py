"""Files that mean harm, by what has befallen other libraries (the numbers of their CVEs stand beside each group).

A checksum stops accidents alone, so wherever it matters these files carry a right one.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.model.signing import NO_CHECKSUM, Pieces, sealed

FORMAT = globals().get("FORMAT", 1)  # which format the files have: the tests run this module for each
KEPT = Path(__file__).parent / "kept" / f"format-{FORMAT}"
TEXT, BUCKETS, TASK, NUMBER_TASK = (
    ("free text", "places", "kind", "number") if FORMAT == 1 else ("text", "buckets", "task", "regression")
)
SMALL, EVERY_ROLE, PIECEWISE, MEMBERS, MANY, NUMBER = (
    (KEPT / f"{name}.wade").read_bytes()
    for name in ("two-classes", "every-role", "piecewise", "members", "many-classes", "number")
)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/wade-was-here",)


def signed(change: Callable[[dict[str, Any]], Any], file: bytes = SMALL) -> bytes:
    """The file with its document changed."""
    pieces = Pieces.of(file)
    change(pieces.document)
    return pieces.signed()


def with_tensors(change: Callable[[dict[str, Any]], Any], content: bytes | None = None) -> bytes:
    """The file with the entries of its tensors changed."""
    pieces = Pieces.of(SMALL)
    change(pieces.tensors)
    return (pieces if content is None else pieces._replace(content=content)).signed()


def encoding(of_kind: str, /, **change: Any) -> bytes:
    """The file of every role with the encoding of this kind changed."""

    def changed(document: dict[str, Any]) -> None:
        next(one for one in document["encoder"]["encodings"] if one["kind"] == of_kind).update(change)

    return signed(changed, EVERY_ROLE)


def facts(of_role: str, /, **change: Any) -> bytes:
    """The file of every role with the statistics of the first column of this role changed."""

    def changed(document: dict[str, Any]) -> None:
        next(one for one in document["schema"]["columns"] if one["role"] == of_role)["facts"].update(change)

    return signed(changed, EVERY_ROLE)


def edges(change: Callable[[list[float]], list[Any]]) -> bytes:
    """The file of numbers among bins with the edges of the first changed."""

    def changed(document: dict[str, Any]) -> None:
        first = document["encoder"]["encodings"][0]
        first["edges"] = change(first["edges"])

    return signed(changed, PIECEWISE)


def network(file: bytes = SMALL, **change: Any) -> bytes:
    return signed(lambda document: document["network"].update(change), file)


def target(file: bytes = MANY, **change: Any) -> bytes:
    return signed(lambda document: document["target"].update(change), file)


def report(**change: Any) -> bytes:
    return signed(lambda document: document["report"].update(change))


def raw(old: str, new: str) -> bytes:
    """The file with its document's text changed: what `json.dumps` would not write."""
    pieces = Pieces.of(SMALL)
    text = json.dumps({**pieces.document, "sha256": NO_CHECKSUM})
    assert old in text
    return sealed({"__metadata__": {"wade": text.replace(old, new, 1)}, **pieces.tensors}, pieces.content)


def header(change: Callable[[str], str | bytes]) -> bytes:
    """The file with the text of its outer header changed."""
    pieces = Pieces.of(SMALL)
    text = json.dumps({**pieces.document, "sha256": NO_CHECKSUM})
    return sealed(change(json.dumps({"__metadata__": {"wade": text}, **pieces.tensors})), pieces.content)


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def deep(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


CODE_IN_A_CONFIG = {  # Keras: CVE-2024-3660, 2025-1550, 2025-9906
    "a layer that is a Lambda": network(hidden=[{"class_name": "Lambda", "config": {"function": "4wAAAAAA"}}]),
    "a module and a class": network(activation={"module": "os", "class_name": "system", "config": "id"}),
    "an activation that is code": network(activation="__import__('os').system('id')"),
    "an output that is an import path": network(output="os:system"),
    "a network of another class": signed(lambda d: d.update(network={"module": "keras", "class_name": "Model"})),
    "a dtype that is an object": network(dtype="object"),
    "a dtype that is a description": network(dtype=[["f", "O"]]),
    "a dtype that is a comma": network(dtype="f4,f4"),
    "an encoding of no known kind": encoding("number", kind="os.system"),
    "an encoding whose kind is a list": encoding("number", kind=["number"]),
    "a method among the fields of an encoding": encoding("number", fit="os.system"),
    "a class among the fields of an encoding": encoding("category", __class__="os._wrap_close"),
    "a switch that turns safety off": signed(lambda d: d["network"].update(safe_mode=False, hidden=["Lambda"])),
    "an encoding of text that is a module": signed(lambda d: d.update(dialect={"encoding": "os"})),
    "an encoding of text that is a path": signed(lambda d: d.update(dialect={"encoding": "../../x"})),
    "an encoding of text that is a file's length": signed(lambda d: d.update(dialect={"encoding": "a" * 10**6})),
    "a date form that is a pattern of its own": encoding("date-time", form="(.*)*" * 99 + "%s"),
    "a part of the calendar that is a function": encoding("date-time", parts=[["__reduce__", ["1"]]]),
}
OTHER_CONTAINERS = {  # PyTorch: CVE-2025-32434; skops: CVE-2025-54886: no second format to fall back to
    "a pickle": pickle.dumps(Bomb()),
    "a pickle of protocol 0": pickle.dumps(Bomb(), protocol=0),
    "a pickle under gzip, as joblib has it": gzip.compress(pickle.dumps(Bomb())),
    "an archive with a pickle, as PyTorch has it": zipped(("model/data.pkl", pickle.dumps(Bomb()))),
    "an archive that grows": zipped(("a", bytes(10**7))),
    "gzip that grows": gzip.compress(bytes(10**7)),
    "an archive that names a path": zipped(("../../../../tmp/wade-was-here", b"x")),
    "a pickle behind a header's length": (2**40).to_bytes(8, "little") + b"{" + pickle.dumps(Bomb()),
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "NumPy's objects": b"\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
}
LINKS = {  # ONNX: CVE-2024-27318, 2025-51480
    "a tensor that is elsewhere": with_tensors(lambda t: t["W1"].update(location="../../../etc/passwd")),
    "a tensor at an absolute path": with_tensors(lambda t: t["W1"].update(external_data="/etc/passwd", offset=0)),
    "a tensor that is a path": with_tensors(lambda t: t.update(W1="/etc/passwd")),
    "a tensor whose name is a path": with_tensors(lambda t: t.update({"../../W1": t.pop("W1")})),
}
LENGTHS_AND_PLACES = {
    "a header of 2**63 bytes": (2**63).to_bytes(8, "little") + SMALL[8:],
    "a header of 2**64 - 1 bytes": (2**64 - 1).to_bytes(8, "little") + SMALL[8:],
    "a header of a hundred million and one bytes": (100_000_001).to_bytes(8, "little") + SMALL[8:],
    "a header of no bytes": bytes(8) + SMALL[8:],
    "a header that ends in the arrays": (len(SMALL) - 8).to_bytes(8, "little") + SMALL[8:],
    "arrays that overlap": with_tensors(lambda t: t["W1"].update(data_offsets=t["E1.colour"]["data_offsets"])),
    "two arrays in one place": with_tensors(lambda t: t["b1"].update(data_offsets=t["W2"]["data_offsets"])),
    "an array beyond the end": with_tensors(lambda t: t["b2"].update(data_offsets=[2**40, 2**40 + 4])),
    "an array that ends before it begins": with_tensors(lambda t: t["b2"].update(data_offsets=[132, 128])),
    "an array before the beginning": with_tensors(lambda t: t["b2"].update(data_offsets=[-4, 0])),
    "a gap between arrays": with_tensors(lambda t: t["b2"].update(data_offsets=[136, 140]), bytes(140)),
    "bytes behind the arrays": with_tensors(lambda t: None, Pieces.of(SMALL).content + bytes(8)),
    "a shape of 2**62": with_tensors(lambda t: t["W1"].update(shape=[2**62])),
    "a shape whose size wraps around to its own": with_tensors(lambda t: t["W1"].update(shape=[2**62 + 2, 4])),
    "a shape below nothing": with_tensors(lambda t: t["W1"].update(shape=[-2, -4])),
    "a shape of a thousand dimensions": with_tensors(lambda t: t["W1"].update(shape=[2, 4] + [1] * 1000)),
    "a terabyte times nothing": with_tensors(
        lambda t: t.update(x={"dtype": "F32", "shape": [2**40, 0], "data_offsets": [0, 0]})
    ),
    "a shape turned round": with_tensors(lambda t: t["W1"].update(shape=[4, 2])),
    "a dtype of half the width": with_tensors(lambda t: t["W1"].update(dtype="F16", shape=[4, 4])),
    "a dtype of whole numbers": with_tensors(lambda t: t["W1"].update(dtype="I32")),
    "a dtype that NumPy lacks": with_tensors(lambda t: t["W1"].update(dtype="BF16", shape=[4, 4])),
    "a dtype that nobody knows": with_tensors(lambda t: t["W1"].update(dtype="O")),
    "an array too many": with_tensors(lambda t: t.update(W9={**t["b2"], "shape": [0], "data_offsets": [0, 0]})),
    "an array too few": with_tensors(lambda t: t.pop("b2"), Pieces.of(SMALL).content[:-4]),
    "no arrays": with_tensors(lambda t: t.clear(), b""),
}  # fmt: skip
JSON_THAT_TWO_READERS_READ_DIFFERENTLY = {
    "a part twice": Pieces.of(SMALL).signed(twice='"network": {}'),
    "a field twice": raw('"hidden": [4]', '"hidden": [4], "hidden": [4]'),
    "an array twice": header(lambda text: text[:-1] + f', "b2": {json.dumps(Pieces.of(SMALL).tensors["b2"])}}}'),
    "NaN": raw('"dropout": 0.0', '"dropout": NaN'),
    "Infinity": raw('"mean": 0.0', '"mean": Infinity'),
    "minus Infinity": raw('"mean": 0.0', '"mean": -Infinity'),
    "a number that is too large for a double": raw('"mean": 0.0', '"mean": 1e999'),
    "a number of ten thousand digits": raw('"mean": 0.0', f'"mean": {"9" * 10_000}'),
    "a number of four thousand digits": raw('"mean": 0.0', f'"mean": {"9" * 4_000}'),
    "half a character": raw('"column": "late"', '"column": "late\\ud800"'),
    "text that is not UTF-8": header(lambda text: text.replace("late", "l\xe9te").encode("latin-1")),
    "UTF-16": (2 * 100).to_bytes(8, "little") + ('{"a": 1}' + " " * 92).encode("utf-16-le"),
    "a header that is a list": sealed("[]", b""),
    "a comment": header(lambda text: text[:-1] + "/* */}"),
    "a comma too many": header(lambda text: text[:-1] + ",}"),
    "nested a million deep": header(lambda text: text[:-1] + ', "a":' + "[" * 10**6 + "]" * 10**6 + "}"),
    "nested a hundred deep": report(extra=deep(100)),
}
SIZES = {  # bound before allocating
    "a trillion neurons": network(hidden=[10**12]),
    "a layer below nothing": network(hidden=[-8]),
    "a layer of nothing": network(hidden=[0]),
    "a layer that is text": network(hidden=["4"]),
    "a layer of a half": network(hidden=[4.5]),
    "a layer that is true": network(hidden=[True]),
    "another width": network(hidden=[5]),
    "a hundred thousand layers": network(hidden=[1] * 100_000),
    "layers that are a number": network(hidden=10**12),
    "a trillion outputs": network(outputs=10**12),
    "a trillion members": network(MEMBERS, members=10**12),
    "members below nothing": network(MEMBERS, members=-3),
    "a dropout of two": network(dropout=2.0),
    "a seed below nothing": network(seed=-1),
    "a category of a trillion": network(
        inputs={"numbers": ["size"], "categories": [{"name": "colour", "size": 10**12}], "piecewise": []}
    ),
    "a trillion bins": network(
        inputs={"numbers": ["size"], "categories": [], "piecewise": [{"name": "size among bins", "bins": 10**12}]}
    ),
    "a name twice": network(inputs={"numbers": ["size", "size"], "categories": [], "piecewise": []}),
    "a trillion places for words": encoding(TEXT, **{BUCKETS: 10**12}),
    "a few thousand places for words": encoding(TEXT, **{BUCKETS: 60_000}),
    "no place for words": encoding(TEXT, **{BUCKETS: 0}),
    "places that are text": encoding(TEXT, **{BUCKETS: "128"}),
    "a hundred thousand places for words, in many columns": signed(
        lambda d: d["encoder"].update(
            encodings=[
                {"kind": TEXT, "column": f"c{number}", BUCKETS: 60_000, "indicator": False}
                for number in range(1000)
            ]
        ),
        EVERY_ROLE,
    ),
    "a vocabulary longer than the table": encoding("category", values=[str(value) for value in range(100_000)]),
    "a vocabulary that is a number": encoding("category", values=10**12),
    "a vocabulary of numbers": encoding("category", values=[1, 2, 3]),
    "a vocabulary with a word twice": encoding("category", values=["red", "red", "green"]),
    "a boolean of three": encoding("boolean", values=["true", "false", "maybe"]),
    "more classes than outputs": target(classes=[*range(100_000)]),
    "a class twice": target(classes=[0, 1, 1]),
    "a class that is true beside one that is 1": target(classes=[0, 1, True]),
    "a class that is a list": target(classes=[[0], [1], [2]]),
    "one class": target(classes=[0]),
    "classes and no kind of them": target(**{TASK: "several"}),
    "a target that is a number, of classes": target(**{TASK: NUMBER_TASK}),
}  # fmt: skip
PARTS_THAT_DO_NOT_FIT = {
    "no network": signed(lambda d: d.pop("network")),
    "a network that is text": signed(lambda d: d.update(network="relu")),
    "an encoder without encodings": signed(lambda d: d.update(encoder={})),
    "encodings that are a number": signed(lambda d: d.update(encoder={"encodings": 7})),
    "an encoding less": signed(lambda d: d["encoder"]["encodings"].pop()),
    "two encodings of one column": signed(lambda d: d["encoder"]["encodings"][1].update(column="size")),
    "encodings in another order": signed(lambda d: d["encoder"]["encodings"].reverse()),
    "an encoding of a column that is none": signed(lambda d: d["encoder"]["encodings"][0].update(column="weight")),
    "a column of another role": signed(lambda d: d["schema"]["columns"][1].update(role="number")),
    "a column without a role": signed(lambda d: d["schema"]["columns"][0].pop("role")),
    "a role that nobody knows": signed(lambda d: d["schema"]["columns"][0].update(role="admin")),
    "a column whose name is a number": signed(lambda d: d["schema"]["columns"][0].update(name=7)),
    "a column twice": signed(lambda d: d["schema"]["left_out"].append(d["schema"]["columns"][0])),
    "a target that is also an input": signed(lambda d: d["schema"]["target"].update(name="size")),
    "another target": signed(lambda d: d["target"].update(column="size")),
    "facts that are text": signed(lambda d: d["schema"]["columns"][0].update(facts="many")),
    "a scale that is text": encoding("number", scale={"median": "0", "factor": 1}),
    "a scale without a factor": encoding("number", scale={"median": 0}),
    "a median of 300 digits": encoding("number", scale={"median": 10**300, "factor": 1}),
    "an indicator that is a number": encoding("number", indicator=1),
    "edges that fall": edges(lambda old: old[::-1]),
    "edges with one twice": edges(lambda old: [old[0], *old[:-1]]),
    "edges further apart than a double": edges(lambda old: [-1.7e308, *old[1:-1], 1.7e308]),
    "edges that are text": edges(lambda old: list(map(str, old))),
    "a circle twice": encoding("date-time", circles=["time of day", "time of day"]),
    "a circle that nobody knows": encoding("date-time", circles=["moon"]),
    "a scale of the target below nothing": target(NUMBER, scale=-1.0),
    "a scale of the target of nothing": target(NUMBER, scale=0),
    "a mean near the end of the doubles": target(NUMBER, mean=-1e308),
    "a mean near the other end": target(NUMBER, mean=1e308),
    "a scale of the target near the end of the doubles": target(NUMBER, scale=1e308),
    "a base rate near the end of the doubles": signed(lambda d: d["report"].update(base_rate=[1e308]), NUMBER),
    "a base rate above 1": report(base_rate=[1.5]),
    "a base rate below 0": report(base_rate=[-0.5]),
    "weekdays that are text": encoding("date-time", parts=[["weekday", ["Monday", "Tuesday"]]]),
    "weekdays that are numbers": encoding("date-time", parts=[["weekday", [0, 1]]]),
    "weekdays beyond every calendar": encoding("date-time", parts=[["weekday", ["99"]]]),
    "dates from a number on": facts("date-time", low=1.0, high=2.0),
    "dates up to a number": facts("date-time", high=2.0),
    "a mean that is text": target(NUMBER, mean="1000"),
    "no report": signed(lambda d: d.pop("report")),
    "a base rate of two numbers": report(base_rate=[0.5, 0.5]),
    "a base rate that is text": report(base_rate=["0.5"]),
    "a base rate that is nested": report(base_rate=[[0.5]]),
    "a report that does not name its table": report(data=None),
    "a report without a split": report(split={}),
    "no marks of missing values": signed(lambda d: d.pop("missing")),
    "marks that are one text": signed(lambda d: d.update(missing="NA")),
    "marks that are numbers": signed(lambda d: d.update(missing=[-999])),
    "a dialect that is text": signed(lambda d: d.update(dialect="csv")),
    "a dialect with a field that nobody knows": signed(lambda d: d.update(dialect={"command": "id"})),
    "a dialect that skips less than nothing": signed(lambda d: d.update(dialect={"skip": -1})),
    "a dialect whose marks are one text": signed(lambda d: d.update(dialect={"missing": "NA"})),
    "a format that is true": signed(lambda d: d.update(format=True)),
    "a format of long ago": signed(lambda d: d.update(format=0)),
    "a format of the future, by a writer who shouts": signed(lambda d: d.update(format=99, wade="\x1b[31m" * 99)),
}  # fmt: skip
HOSTILE = {
    **CODE_IN_A_CONFIG,
    **OTHER_CONTAINERS,
    **LINKS,
    **LENGTHS_AND_PLACES,
    **JSON_THAT_TWO_READERS_READ_DIFFERENTLY,
    **SIZES,
    **PARTS_THAT_DO_NOT_FIT,
}
