"""The messages between the page and the server: single definition of each, for both sides.

A page sends commands, each with a number of its own; the server answers each with a `Reply` of that number, and sends
`StateChanged`, `CurvesChanged` and binary frames (`wade.studio.frames`) when there is something new. All messages are
JSON; numbers that are not finite are null. `schema` gives JSON Schema, from which the page's types are made.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

Name: TypeAlias = Annotated[str, Meta(max_length=200)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=10_000_000)]
Number: TypeAlias = float | None
"""None where it is not finite."""
Precision: TypeAlias = Literal["float64", "float32"]
Unit: TypeAlias = Literal["phase", "step", "epoch"]


# Commands: from the page to the server.


class Command(Struct, tag_field="command", forbid_unknown_fields=True, kw_only=True):
    """What a page asks for; `id` comes back in the reply."""

    id: Annotated[int, Meta(ge=0, le=2**53)]


class Open(Command, tag="open"):
    """Begin, or go on with the session whose key the page still has; the reply is the `State`."""

    session: Name | None = None
    settings: dict[str, Any] | None = None  # those of a shared link: `Settings` fields


class Configure(Command, tag="configure"):
    """Change settings. Those in `State.live` go on from the same parameters; any other starts the training anew."""

    settings: dict[str, Any]  # fields of `Settings` that change


class OpenData(Command, tag="open_data"):
    """Take another table: a built-in name, a generator, a path, "upload" (the last one), or a formula y = f(x)."""

    source: Literal["built_in", "generated", "path", "upload", "formula"]
    name: Annotated[str, Meta(max_length=4096)]  # name, path or formula
    target: Name | None = None
    rows: Count | None = None  # of generated data
    noise: Annotated[float, Meta(ge=0, le=10)] | None = None  # of generated data


class Upload(Command, tag="upload"):
    """A file of this many bytes follows in binary messages; the reply is the `State` once it is read."""

    name: Annotated[str, Meta(max_length=255)]
    size: Annotated[int, Meta(ge=1)]


class Play(Command, tag="play"):
    """Train until `pause`; at most `speed` steps a second, or as fast as it goes."""

    speed: Annotated[float, Meta(ge=0.01)] | None = None


class Pause(Command, tag="pause"):
    """Stop between two steps."""


class Step(Command, tag="step"):
    """Take steps, phases of a step, or go to the end of epochs; backwards where `count` is negative."""

    unit: Unit = "step"
    count: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] = 1


class Restart(Command, tag="restart"):
    """Begin again: from the same starting parameters, or from others (the next seed)."""

    seed: Literal["same", "new"] = "same"


class Edit(Command, tag="edit"):
    """Set one parameter, such as "W1[0,2]"."""

    parameter: Name
    value: float


class Select(Command, tag="select"):
    """Choose the row at hand, the weight whose chain rule is shown, the drawn columns, or the enlarged neuron."""

    row: Annotated[int, Meta(ge=0)] | None = None
    parameter: Name | None = None
    columns: tuple[Name, Name] | None = None
    neuron: Name | None = None  # "a1[3]"; "" for none


class Mathematics(Command, tag="mathematics"):
    """The step at hand as a document of formulas with addresses; the reply is `MathematicsShown`."""

    form: Literal["symbols", "numbers", "both"] = "both"
    digits: Annotated[int, Meta(ge=2, le=17)] = 4
    precision: Precision = "float64"
    check: bool = False  # central differences for the chosen weight


class Program(Command, tag="program"):
    """The program that ends in the parameters on screen; the reply is `ProgramShown`."""

    language: Literal["wade", "numpy", "torch"] = "wade"


class Numbers(Command, tag="numbers"):
    """The exact numbers of a picture; the reply is `NumbersShown`."""

    of: Literal[
        "parameters", "activations", "boundary", "losses", "metrics", "confusion", "neuron", "histogram", "data"
    ]
    name: Name = ""  # of a table: "W1", "a1[3]"; of a histogram: "W1", "a1"; of confusion: "test"


class View(Command, tag="view"):
    """What the page can see now: the server computes nothing else."""

    maps: bool = True
    boundary: bool = True
    curves: bool = True
    neurons: Annotated[int, Meta(ge=0, le=512)] = 64
    grid: Annotated[int, Meta(ge=8, le=128)] = 64


class Credit(Command, tag="credit"):
    """The page can take this many more frames."""

    frames: Annotated[int, Meta(ge=1, le=2)]


class Save(Command, tag="save"):
    """A file to keep; the reply is `FileAnnounced`, and its bytes follow in one binary message."""

    what: Literal["model", "program", "numbers", "recording"] = "model"
    language: Literal["wade", "numpy", "torch"] = "wade"
    of: Name = ""  # of numbers: as `Numbers.of`
    name: Name = ""  # of numbers: as `Numbers.name`


AnyCommand: TypeAlias = (
    Open
    | Configure
    | OpenData
    | Upload
    | Play
    | Pause
    | Step
    | Restart
    | Edit
    | Select
    | Mathematics
    | Program
    | Numbers
    | View
    | Credit
    | Save
)


# What the server says.


class Settings(Struct):
    """All settings of a training, as they stand."""

    inputs: list[str]  # columns that are read
    target: str
    split: str  # "random", "time"
    validation_share: float
    hidden: list[int]
    activations: list[str]  # of each hidden layer
    loss: str
    optimizer: str
    optimizer_constants: dict[str, float | bool]
    learning_rate: float
    schedule: str
    epochs: int  # the horizon of the schedule
    batch_size: int
    l1: float
    l2: float
    dropout: float
    clip_norm: float | None
    seed: int
    recipe: Literal["plain", "default"]  # plain: one member, scaled numbers, no dropout
    initial_scale: float = 1.0


class ColumnInfo(Struct):
    """A column of the table."""

    name: str
    role: str
    reason: str
    unit: str = ""
    summary: str = ""  # "−25.6 to 37.8, 12 missing"
    can_be_drawn: bool = False  # a number that an axis can show
    can_be_target: bool = True


class DataInfo(Struct):
    """The table at hand."""

    name: str  # as `OpenData` takes it
    source: str  # as `OpenData` takes it, or "model"
    columns: list[ColumnInfo]
    task: Literal["binary", "multiclass", "regression"]
    classes: list[str]
    rows: dict[str, int]  # of "train", "validation", "test"
    split: str  # in words
    notes: list[str]
    noise: float | None = None


class LayerInfo(Struct):
    """A layer of neurons that compute."""

    name: str  # "hidden layer 1", "output"
    size: int
    shown: list[int]  # the neurons that frames bring
    activation: str
    names: list[str]  # of the shown neurons, where they have names (outputs)


class NetworkInfo(Struct):
    """The network: what it reads and its layers."""

    inputs: list[str]  # encoded inputs in the order of W1's rows
    inputs_shown: list[int]
    layers: list[LayerInfo]
    parameters: dict[str, list[int]]  # name → shape
    n_parameters: int
    dtype: str


class Trouble(Struct):
    """Why training stopped by itself, and what to do."""

    message: str
    remedy: str
    back_to: int | None = None  # a step to go back to


class Axes(Struct):
    """What maps are drawn over, in the columns' own units.

    "plane": two number columns. "line": the one number column there is, with the target as the second column; a map is
    one line of values. "histogram": there is no number column; a map is a histogram of a neuron's activations.
    """

    kind: Literal["plane", "line", "histogram"]
    columns: tuple[str, str]
    units: tuple[str, str]
    x: tuple[float, float]
    y: tuple[float, float]
    held: str  # what the other columns are held at
    points: list[tuple[float, float]]
    observed: list[float]  # class number, or value in the target's unit
    parts: list[int]  # 0 training, 1 validation or test row
    of_rows: int = 0
    rows: list[int] = []  # of each point: its row, as `Select.row` takes it


class RowAtHand(Struct):
    """The row whose step is shown."""

    index: int
    of_rows: int
    values: dict[str, Any]  # as the table has them
    observed: Any
    predicted: Any
    probability: Number = None
    in_batch: bool = False


class State(Struct):
    """Everything that a page needs to draw itself, but what frames and curves bring."""

    session: str  # key to come back with
    running: bool
    step: int
    epoch: float
    phase: Literal["", "forward", "backward"]  # of the step at hand, done so far
    rows_per_epoch: int
    settings: Settings
    # Names that settings can take, by the setting: "activations", "loss", "optimizer", "schedule", "split"; and those
    # of data, by `OpenData.source`: "built_in", "generated".
    choices: dict[str, list[str]]
    live: list[str]  # settings that change without a new start
    data: DataInfo
    network: NetworkInfo
    axes: Axes
    row: RowAtHand | None
    parameter: str
    neuron: str
    trouble: Trouble | None
    metrics: dict[str, dict[str, Number]]  # part → metric → value
    metric_info: dict[str, tuple[str, str]]  # metric → name, unit
    can_go_back: bool
    engine: str
    speed: float  # steps a second, now
    viewing: str = ""  # what the viewing budget leaves out, in words


class Reply(Struct, tag_field="type", tag="reply"):
    """Of a command: its result, or an error."""

    id: int
    result: Any = None
    error: str | None = None
    setting: str | None = None  # the setting or field that the error is about


class StateChanged(Struct, tag_field="type", tag="state"):
    """A new state."""

    state: State


class Curves(Struct, tag_field="type", tag="curves"):
    """Curves over steps, with at most some hundred points, that replace those before them."""

    steps: list[int]
    epochs: list[float]
    train: list[Number]  # mean loss of the batches since the point before
    validation_steps: list[int]
    validation: list[Number]
    train_metric: list[Number]  # at validation_steps
    validation_metric: list[Number]
    metric: str
    loss: str
    learning_rate: list[Number]  # at steps


class TextBlock(Struct, tag_field="kind", tag="text"):
    """A paragraph, as plain text."""

    text: str


class HeadingBlock(Struct, tag_field="kind", tag="heading"):
    """A heading within a section, as plain text."""

    text: str


class FormulaBlock(Struct, tag_field="kind", tag="formula"):
    """A formula: MathML that is safe as markup and whose elements have addresses in `data-of`, and plain text."""

    mathml: str
    plain: str
    label: str = ""
    short: bool = False  # may stand beside its neighbors


class CellShown(Struct):
    """A cell of a table: plain text; of a number its value, of a symbol its MathML as well."""

    text: str
    value: Number = None
    mathml: str = ""


class TableBlock(Struct, tag_field="kind", tag="table"):
    """Cells under their titles; where `grouped`, an empty first cell goes on with the name above it."""

    titles: list[str]
    rows: list[list[CellShown]]
    grouped: bool = False


class MathematicsSection(Struct):
    """A part of the mathematics of a step.

    `phase` is the one that computes its numbers: until it is done, a page shows symbols only; "" for what is there
    before any phase, "update" for what the last one computes.
    """

    title: str
    phase: Literal["", "forward", "backward", "update"]
    blocks: list[TextBlock | HeadingBlock | FormulaBlock | TableBlock]


class BatchShown(Struct):
    """The batch of the step at hand, and what the row at hand adds to its gradient of the chosen weight.

    gradient = Σ share · row_gradient over the rows of the batch; `share` is 0 where the row is not in it.
    """

    size: int
    rows: list[int]  # as `Select.row` takes them; the first thousand
    loss: Number
    share: float
    gradient: Number
    row_gradient: Number


class MathematicsShown(Struct):
    """The mathematics of the step at hand."""

    step: int
    precision: Precision
    sections: list[MathematicsSection]
    values: dict[str, Number]  # address → number
    batch: BatchShown


class ProgramShown(Struct):
    """A program, and for each line the addresses that it computes."""

    language: str
    name: str  # of the file
    text: str
    lines: dict[int, list[str]]  # line, from 1 → addresses
    beside: str = ""  # a file of rows that it reads; `Save` brings both in one archive


class NumbersShown(Struct):
    """A table of exact numbers."""

    title: str
    columns: list[str]
    rows: list[list[Any]]
    of_rows: int  # where more exist than are shown


class FileAnnounced(Struct):
    """A file whose bytes follow in the next binary message that begins with "WFIL"."""

    name: str
    type: str
    size: int


Said: TypeAlias = Reply | StateChanged | Curves

_decoder = msgspec.json.Decoder(AnyCommand)
_encoder = msgspec.json.Encoder()


def read_command(text: str | bytes) -> AnyCommand:
    """A command of the page.

    Raises
    ------
    msgspec.ValidationError, msgspec.DecodeError
        Where it is none.
    """
    return _decoder.decode(text)


def write(message: Said) -> str:
    """A message of the server as JSON; numbers that are not finite become null."""
    return _encoder.encode(message).decode()


def schema() -> dict[str, Any]:
    """JSON Schema of all messages, by their names."""
    types = [*AnyCommand.__args__, *Said.__args__, State, MathematicsShown, ProgramShown, NumbersShown, FileAnnounced]
    return msgspec.json.schema_components(types)[1]
