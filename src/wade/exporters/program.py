"""A model as a list of plain operations: what every export is written from.

A column of the table is read as one of five kinds. Operations make of it the numbers, the codes and the positions among
bins that the first layer reads, in the order in which it reads them; then come the layers, and what their answer means.
Nothing here knows in which language it will be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from wade.model.model import Model
from wade.network import Network
from wade.network.architecture import Layer
from wade.tables import Target
from wade.tables.columns.calendar import LARGEST_PART, WAVES
from wade.tables.columns.scalars import MissingMarkers
from wade.tables.encoding.datetime import DateEncoding
from wade.tables.encoding.kinds import BooleanEncoding, CategoryEncoding, Encoding, NumberEncoding, numbered
from wade.tables.encoding.text_hashing import TextEncoding
from wade.types import Floats

Kind: TypeAlias = Literal["number", "category", "boolean", "time", "words"]


class Column(NamedTuple):
    """A column of the table, by the place that operations name it by; `form` says how the text of a time is written."""

    name: str
    kind: Kind
    form: str = ""


class OnScale(NamedTuple):
    """One number: the value, or the days since 1970 of a time, on a robust scale with a smooth clip (see `Scale`)."""

    column: int
    median: float
    factor: float


class IsMissing(NamedTuple):
    """One number: 1 where the value is missing, else 0."""

    column: int


class OnCircle(NamedTuple):
    """One number: the sine or cosine of where a time stands on the round of "time of day" or "day of year"."""

    column: int
    circle: str
    wave: str


class HashedWords(NamedTuple):
    """So many numbers: the words of a text, hashed (see `hashed_words`)."""

    column: int
    buckets: int


class CodeOfValue(NamedTuple):
    """One code: 1 for the first of these values, 2 for the second, …; 0 for whatever else."""

    column: int
    values: tuple[str, ...]


class CodeOfPart(NamedTuple):
    """One code of a time's "hour", "weekday" or "month": the code of each number that a calendar may say."""

    column: int
    part: str
    codes: tuple[int, ...]


class AmongBins(NamedTuple):
    """One position: where the value stands among bins (see `positions`); a missing value counts as the median."""

    column: int
    edges: tuple[float, ...]
    median: float


NumberOperation: TypeAlias = OnScale | IsMissing | OnCircle | HashedWords
CodeOperation: TypeAlias = CodeOfValue | CodeOfPart


@dataclass(frozen=True)
class Sums:
    """A layer: what its neurons sum (see `network.sums`), and what bends the sum.

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
    marks : what stands for a missing value
    """

    columns: tuple[Column, ...]
    numbers: tuple[NumberOperation, ...]
    codes: tuple[CodeOperation, ...]
    positions: tuple[AmongBins, ...]
    layers: tuple[Sums, ...]
    target: Target
    members: int
    marks: MissingMarkers

    @classmethod
    def of(cls, model: Model) -> Program:
        """The program of a model.

        Examples
        --------
        >>> import numpy as np, pyarrow as pa, wade
        >>> x = np.linspace(-1, 1, 50)
        >>> table = pa.table({"x": x, "bent": np.where(np.abs(x) < 0.5, "yes", "no")})
        >>> program = Program.of(wade.learn(table, "bent", hidden=(3,), epochs=1))
        >>> program.columns
        (Column(name='x', kind='number', form=''),)
        >>> [layer.W.shape for layer in program.layers], len(program.numbers)
        ([(1, 3), (3, 1)], 1)
        """
        read = _Read()
        for encoding in model.encoder.encodings:
            if encoding.numbers or encoding.categories:
                read.add(encoding)
        marks = MissingMarkers.of((*model.missing, *(model.dialect.missing if model.dialect else ())))
        return cls(
            tuple(read.columns),
            tuple(read.numbers),
            tuple(read.codes),
            tuple(read.positions),
            tuple(_sums(model.network, layer) for layer in model.network.layers),
            model.target,
            model.network.members,
            marks,
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
    def kinds(self) -> frozenset[Kind]:
        """The kinds of columns that there are."""
        return frozenset(column.kind for column in self.columns)


class _Read:
    """Columns and operations, gathered encoding by encoding."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.numbers: list[NumberOperation] = []
        self.codes: list[CodeOperation] = []
        self.positions: list[AmongBins] = []

    def add(self, encoding: Encoding) -> None:
        """The operations of one column."""
        at = len(self.columns)
        if isinstance(encoding, NumberEncoding):
            self.columns.append(Column(encoding.column, "number"))
            self.numbers.append(OnScale(at, encoding.scale.median, encoding.scale.factor))
            self.numbers += [IsMissing(at)] if encoding.indicator else []
            self.positions += [AmongBins(at, encoding.edges, encoding.scale.median)] if encoding.edges else []
        elif isinstance(encoding, DateEncoding):
            self.columns.append(Column(encoding.column, "time", encoding.form))
            self._add_time(at, encoding)
        elif isinstance(encoding, TextEncoding):
            self.columns.append(Column(encoding.column, "words"))
            self.numbers.append(HashedWords(at, encoding.buckets))
            self.numbers += [IsMissing(at)] if encoding.indicator else []
        elif isinstance(encoding, CategoryEncoding | BooleanEncoding):
            kind: Kind = "boolean" if isinstance(encoding, BooleanEncoding) else "category"
            self.columns.append(Column(encoding.column, kind))
            self.codes.append(CodeOfValue(at, encoding.values))
        else:
            raise TypeError(f"no operations are known for {type(encoding).__name__}")

    def _add_time(self, at: int, encoding: DateEncoding) -> None:
        self.numbers += [OnCircle(at, circle, wave) for circle in encoding.circles for wave in WAVES]
        if encoding.elapsed:
            self.numbers.append(OnScale(at, encoding.elapsed.median, encoding.elapsed.factor))
        self.numbers += [IsMissing(at)] if encoding.indicator else []
        for part, seen in encoding.parts:
            code_of = numbered(seen)
            codes = tuple(code_of.get(str(number), 0) for number in range(LARGEST_PART + 1))
            self.codes.append(CodeOfPart(at, part, codes))


def _sums(network: Network, layer: Layer) -> Sums:
    of = network.parameters
    R, S = (of[name] for name in layer.factors) if layer.factors else (None, None)
    tables, bins = tuple(of[name] for name in layer.embeddings), tuple(of[name] for name in layer.piecewise)
    return Sums(of[layer.weight], tables, bins, R, S, of[layer.bias], layer.activation)
