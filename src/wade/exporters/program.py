"""A model as a list of plain operations: what every export is written from.

A column of the table is read in the way of its source (`wade.tables.kinds.operations`). Operations make of it the
numbers, the codes and the positions in bins that the first layer reads, in the order in which it reads them; then
come the layers, and what their answer means. Nothing here depends on the language that it will be written in, nor on
the kind of a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from wade.errors import InvalidArgument
from wade.model.model import Model
from wade.network import Network
from wade.network.architecture import Layer
from wade.tables import Dialect, Target
from wade.tables.columns.command_options import option
from wade.tables.columns.scalars import MissingMarkers
from wade.tables.kinds.operations import Operation, Source
from wade.types import Floats

Entry = TypeVar("Entry")


class Column(NamedTuple):
    """A column of the table: its name, its kind for messages, and how its values are read."""

    name: str
    kind: str
    source: Source


class TextFormat(NamedTuple):
    """How the training table was written as text, and so how a program reads text; the usual way if it was a frame.

    Parameters
    ----------
    encoding : of the text, where it is not UTF-8
    separators : of values: the table's own first, then the other usual ones
    quote, comment : one character, or ""
    decimal, group : what stands before the fraction of a number, and what may group its digits ("": nothing)
    header, skip : whether a line holds the names of the columns, and how many lines stand above the table
    """

    encoding: str = "utf-8"
    separators: str = ",\t;|"
    quote: str = '"'
    decimal: str = "."
    group: str = ""
    header: bool = True
    comment: str = ""
    skip: int = 0

    @classmethod
    def of(cls, dialect: Dialect | None) -> TextFormat:
        """The format of a dialect, of which settings may be open.

        Examples
        --------
        >>> TextFormat.of(Dialect(separator=";", decimal=","))[1:5]
        (';,\\t|', '"', ',', '.')
        """
        usual = cls()
        if dialect is None:
            return usual
        own = dialect.separator or ","
        decimal = dialect.decimal or "."
        return cls(
            dialect.encoding or usual.encoding,
            own + usual.separators.replace(own, ""),
            usual.quote if dialect.quote is None else dialect.quote,
            decimal,
            dialect.thousands or {".": "", ",": "."}[decimal],
            dialect.header is not False,
            dialect.comment or "",
            dialect.skip or 0,
        )


class Step(NamedTuple):
    """An operation, and the index of the column that it is applied to."""

    column: int
    operation: Any


class Exporter(NamedTuple):
    """The name of an export, and the file in which its sources and operations stand."""

    to: str
    home: str

    def entry(self, table: Mapping[type, Entry], column: Column, part: Source | Operation) -> Entry:
        """How this export writes a source or an operation of a column.

        Where it cannot, `InvalidArgument` names what is missing and where to add it.
        """
        if type(part) not in table:
            raise self.refusal(column, part)
        return table[type(part)]

    def refusal(self, column: Column, part: Source | Operation) -> InvalidArgument:
        """The refusal of a source or an operation of a column."""
        needed = f"{type(part).__name__}, which the kind {column.kind!r} of column {column.name!r} needs"
        without = option("--drop", column.name)
        remedy = f"Add it to {self.home}, export to another format, or train without the column: {without}."
        return InvalidArgument("to", f"must be an export that has {needed}", self.to, remedy)


@dataclass(frozen=True)
class Sums:
    """A layer: what its neurons sum (see `network.sums`), and the activation of the sum.

    Parameters
    ----------
    W : array (n_in, n_out)
    tables : arrays (size, n_out), one for each code, in the first layer
    bins : arrays (bins, n_out), one for each position, in the first layer
    R, S : arrays (members, columns) and (members, n_out), or None where there is one member
    b : array (n_out,), or (members, n_out)
    activation : name of it
    """

    W: Floats
    tables: tuple[Floats, ...]
    bins: tuple[Floats, ...]
    R: Floats | None
    S: Floats | None
    b: Floats
    activation: str

    @property
    def n_in(self) -> int:
        """How many numbers each neuron sums."""
        return int(self.W.shape[0])

    @property
    def n_out(self) -> int:
        """How many neurons there are."""
        return int(self.W.shape[1])

    def parameters(self, number: int) -> Iterator[tuple[str, Floats]]:
        """Names without a data's name in them, and arrays, of the layer with this number."""
        yield f"W{number}", self.W
        for place, table in enumerate(self.tables, start=1):
            yield f"E{place}", table
        for place, bins in enumerate(self.bins, start=1):
            yield f"P{place}", bins
        if self.R is not None and self.S is not None:
            yield f"R{number}", self.R
            yield f"S{number}", self.S
        yield f"b{number}", self.b


@dataclass(frozen=True)
class Program:
    """Everything that turns a raw row into an answer.

    Parameters
    ----------
    columns : what is read of a row
    numbers, codes, positions : what the first layer reads, in its order
    layers : from the first hidden one to the output
    target : what the last layer's activations mean
    members : how many networks share the weights; the answer is the mean of theirs
    markers : what stands for a missing value
    text : how text is read
    """

    columns: tuple[Column, ...]
    numbers: tuple[Step, ...]
    codes: tuple[Step, ...]
    positions: tuple[Step, ...]
    layers: tuple[Sums, ...]
    target: Target
    members: int
    markers: MissingMarkers
    text: TextFormat

    @classmethod
    def of(cls, model: Model) -> Program:
        """The program of a model.

        Examples
        --------
        >>> import numpy as np, pyarrow as pa, wade
        >>> x = np.linspace(-1, 1, 50)
        >>> table = pa.table({"x": x, "near": np.where(np.abs(x) < 0.5, "yes", "no")})
        >>> program = Program.of(wade.learn(table, "near", hidden=(3,), epochs=1))
        >>> program.columns
        (Column(name='x', kind='number', source=NumberSource(form='')),)
        >>> [layer.W.shape for layer in program.layers], len(program.numbers)
        ([(1, 3), (3, 1)], 1)
        """
        encodings = [encoding for encoding in model.encoder.encodings if encoding.operations]
        steps = [Step(at, operation) for at, encoding in enumerate(encodings) for operation in encoding.operations]
        names = [encodings[step.column].column for step in steps]
        made = list(zip(steps, names, strict=True))
        return cls(
            tuple(Column(encoding.column, encoding.kind, encoding.source) for encoding in encodings),
            tuple(step for step, name in made if step.operation.numbers(name)),
            tuple(step for step, name in made if step.operation.categories(name)),
            tuple(step for step, name in made if step.operation.piecewise(name)),
            tuple(_sums(model.network, layer) for layer in model.network.layers),
            model.target,
            model.network.members,
            MissingMarkers.of((*model.missing, *(model.dialect.missing if model.dialect else ()))),
            TextFormat.of(model.dialect),
        )

    @property
    def width(self) -> int:
        """How many numbers the first layer reads."""
        return self.layers[0].n_in

    @property
    def parameters(self) -> dict[str, Floats]:
        """Every parameter by a name that is safe in any language: W1, E1, E2, …, P1, …, R1, S1, b1, W2, …"""
        return {
            name: values
            for number, layer in enumerate(self.layers, start=1)
            for name, values in layer.parameters(number)
        }

    @property
    def activations(self) -> tuple[str, ...]:
        """Each activation that some layer uses, once."""
        return tuple(dict.fromkeys(layer.activation for layer in self.layers))

    @property
    def sources(self) -> frozenset[type[Source]]:
        """The ways in which columns are read."""
        return frozenset(type(column.source) for column in self.columns)

    @property
    def operations(self) -> frozenset[type[Operation]]:
        """The operations that are applied to columns."""
        return frozenset(type(step.operation) for step in (*self.numbers, *self.codes, *self.positions))


def _sums(network: Network, layer: Layer) -> Sums:
    of = network.parameters
    R, S = (of[name] for name in layer.factors) if layer.factors else (None, None)
    tables, bins = tuple(of[name] for name in layer.embeddings), tuple(of[name] for name in layer.piecewise)
    return Sums(of[layer.weight], tables, bins, R, S, of[layer.bias], layer.activation)
