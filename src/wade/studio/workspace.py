"""What one visitor works on: the table, the settings, the training, and what of it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from wade.errors import Diverged, InvalidArgument
from wade.network import Network
from wade.network.parameter_entry import parameter_entry
from wade.studio import settings as setting
from wade.studio.addresses import find_neuron, first_parameter
from wade.studio.data import Table
from wade.studio.grid import Grid, drawable, make_grid, target_range, two_drawn
from wade.studio.maps import ShownNeurons
from wade.studio.messages import Settings, Trouble, View
from wade.studio.prepared_table import PreparedTable, prepare_rows
from wade.studio.settings import OF_ROWS
from wade.studio.settings_to_walk import (
    build_network,
    build_walk,
    live_changes,
    prepared_settings,
    settings_of,
    with_recipe,
)
from wade.studio.trouble import exploded, trouble_of
from wade.training.walk import Walk, WalkSettings

NUMBERS: Final = {"plain": "scaled", "default": "auto"}
"""How numbers are encoded, by recipe."""
MOST_GRIDS: Final = 3


class Start(NamedTuple):
    """Where a training began: the network before its first step, the settings of that, and whether the seed drew it."""

    network: Network
    settings: WalkSettings
    scale: float = 1.0
    is_drawn: bool = True


@dataclass
class Workspace:
    """One visitor's table, settings and training; what is changed here is changed without threads.

    Attributes
    ----------
    prepared : PreparedTable
    settings : Settings
    given : Network or None
        The network of a model that was opened, as long as the training begins with it.
    walk : Walk
        Its network is the one on screen.
    row : int
        The row at hand, of `prepared.table.rows`.
    columns : names of columns
        Over which maps are drawn.
    parameter, neuron : str
        The weight whose chain rule is shown, and the enlarged neuron; "" for none.
    view : View
        What the page can see.
    trouble : Trouble or None
    seconds : float
        Of training since its start.
    """

    prepared: PreparedTable
    settings: Settings
    given: Network | None = None
    walk: Walk = field(init=False)
    row: int = 0
    columns: tuple[str, ...] = ()
    parameter: str = ""
    neuron: str = ""
    view: View = field(default_factory=lambda: View(id=0))
    trouble: Trouble | None = None
    _sound_step: int | None = None
    """The step before a divergence, to which nobody has gone back yet."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self._begin()
        self._look()

    @classmethod
    def opened(cls, table: Table, changes: Mapping[str, Any] | None = None) -> Workspace:
        """A plain training on a table, with other settings where they are given."""
        settings = setting.default_settings(table)
        if changes:
            settings = setting.changed_settings(settings, changes)
            table = table if settings.target == table.target else table.for_target(settings.target)
        prepared = _prepared(table, settings)
        if settings.recipe == "default":
            settings = setting.changed_settings(with_recipe(settings, prepared), changes or {})
        return cls(prepared, prepared_settings(settings, prepared))

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self.walk.network

    @property
    def table(self) -> Table:
        """The table at hand."""
        return self.prepared.table

    @property
    def target_ends(self) -> tuple[float, float]:
        """The scale of a regression's outputs."""
        return self._target_ends

    @property
    def drawable(self) -> list[str]:
        """The columns that axes can show."""
        return self._drawable

    def grid(self, size: int) -> Grid:
        """The grid of maps, encoded anew only where something of it changed."""
        wanted = (self.columns, self.row, size)
        if wanted not in self._grids:
            while len(self._grids) >= MOST_GRIDS:
                del self._grids[next(iter(self._grids))]
            self._grids[wanted] = make_grid(self.prepared, self.columns, self.row, size)
        return self._grids[wanted]

    def shown(self, neurons: int) -> ShownNeurons:
        """The neurons that frames bring."""
        return ShownNeurons.of(self.network, neurons)

    def configure(self, changes: Mapping[str, Any]) -> bool:
        """Other settings; whether the training began anew. Where they cannot be, everything stays as it was."""
        task = self.prepared.data.target.task if "target" not in changes else None
        if "target" in changes and changes["target"] != self.settings.target and "inputs" not in changes:
            wanted = setting.changed_settings(self.settings, changes, task)
            table = self.table.for_target(wanted.target)
            changes = {**changes, "inputs": list(table.usable)}
        else:
            table = self.table
        after = setting.changed_settings(self.settings, changes, task)
        live = live_changes(self.settings, after)
        if live is not None:
            if live:
                self.walk.change(**live)
                self.trouble = None
            self.settings = after
            return False
        if table.target != after.target:
            table = table.for_target(after.target)
        prepared = self.prepared
        of_rows = any(getattr(after, name) != getattr(self.settings, name) for name in OF_ROWS)
        if of_rows:
            prepared = _prepared(table, after)
            if after.recipe != self.settings.recipe:
                after = setting.changed_settings(with_recipe(after, prepared), changes)
            after = prepared_settings(after if "loss" in changes else self._loss_kept(after, prepared), prepared)
        self._replace(prepared, after, look=of_rows)
        return True

    def open_table(self, table: Table) -> None:
        """Another table, with the settings that do not belong to the one before."""
        fresh = setting.default_settings(table)
        kept = replace(
            self.settings,
            inputs=fresh.inputs,
            target=fresh.target,
            split=fresh.split,
            validation_share=fresh.validation_share,
        )
        prepared = _prepared(table, kept)
        before = self.table
        self._replace(prepared, prepared_settings(self._loss_kept(kept, prepared), prepared), look=True)
        before.close()

    def _loss_kept(self, settings: Settings, prepared: PreparedTable) -> Settings:
        """The settings, open for the usual loss where the target is of another task than the one before."""
        same = prepared.data.target.task == self.prepared.data.target.task
        return settings if same else replace(settings, loss="")

    def go_on(self, prepared: PreparedTable, settings: Settings, network: Network) -> None:
        """The network of a model, with rows that are encoded for it."""
        before = self.table
        self._replace(prepared, settings, look=True, given=network)
        if before.cleanup is not self.table.cleanup:
            before.close()

    def restart(self, seed: str = "same") -> None:
        """Begin again, from the same starting parameters or from those of the next seed."""
        given, after = self.given, self.settings
        if seed == "new":
            given, after = None, replace(self.settings, seed=self.settings.seed + 1)
        self._replace(self.prepared, after, look=False, given=given)

    def back(self, count: int) -> None:
        """Undo steps; the settings are again those of that step."""
        if count > self.walk.steps:
            raise InvalidArgument("count", f"must be at most the {self.walk.steps:,} steps taken", -count, "Restart.")
        self.walk.back(count)
        self._recovered()
        self.settings = settings_of(self.walk, self.settings)

    def retreat(self) -> None:
        """Undo a phase of the step at hand."""
        if not self.walk.steps and not self.walk.phase:
            raise InvalidArgument("count", "must not go back before the first step", -1, "Step forward.")
        self.walk.retreat()
        self._recovered()
        self.settings = settings_of(self.walk, self.settings)

    def train(self, seconds: float, steps: int | None = None) -> Any:
        """Take all steps that fit into some seconds, at most `steps`; without seconds, as many as that.

        Where they diverge, keep why, and raise.
        """
        began = perf_counter()
        try:
            self.trouble = None
            by_count = steps is not None and not seconds
            losses = self.walk.step(steps or 0) if by_count else self.walk.run_for(seconds, steps)
            if (error := exploded(self.walk)) is not None:
                raise error
            return losses
        except Diverged as error:
            self.trouble = trouble_of(self.walk, error, self._sound_step)
            self._sound_step = self.trouble.back_to
            raise
        finally:
            self.seconds += perf_counter() - began

    def _recovered(self) -> None:
        """Of a divergence, where the walk stands before it again."""
        self.trouble = None
        if self._sound_step is not None and self.walk.steps <= self._sound_step:
            self._sound_step = None

    def select_row(self, row: int) -> None:
        """Another row at hand."""
        of_rows = self.table.rows.num_rows
        if row >= of_rows:
            raise InvalidArgument("row", f"must be from 0 to {of_rows - 1:,}, for there are {of_rows:,} rows", row)
        self.row = row

    def select_columns(self, columns: Sequence[str]) -> None:
        """Other columns to draw maps over."""
        self.columns = two_drawn(self.drawable, columns)

    def select_parameter(self, parameter: str) -> None:
        """Another weight whose chain rule is shown."""
        parameter_entry(self.network, parameter)
        self.parameter = parameter

    def select_neuron(self, neuron: str) -> None:
        """Another enlarged neuron; "" for none."""
        if neuron:
            find_neuron(self.network, neuron)
        self.neuron = neuron

    def close(self) -> None:
        """Remove temporary files."""
        self.table.close()

    def _replace(self, prepared: PreparedTable, settings: Settings, look: bool, given: Network | None = None) -> None:
        """Another training; where it cannot begin, the one before stays."""
        walk = _walk(settings, prepared, given)
        self.prepared, self.settings, self.walk, self.trouble = prepared, settings, walk, None
        self._sound_step = None
        self.given = given
        self._keep_start()
        if look:
            self._look()
        self._check_looked_at()

    def _begin(self) -> None:
        self.walk = _walk(self.settings, self.prepared, self.given)
        self._keep_start()

    def _keep_start(self) -> None:
        """What a program needs to begin where this training begins."""
        network = Network.from_dict(self.network.to_dict(), self.network.theta)
        self.seconds = 0.0
        is_drawn = self.given is None
        self.start = Start(network, self.walk.settings, self.settings.initial_scale if is_drawn else 1.0, is_drawn)

    def _look(self) -> None:
        """What is looked at first of a table."""
        self._drawable = drawable(self.prepared)
        kept = tuple(name for name in self.columns if name in self._drawable)
        self.columns = kept if len(kept) == min(2, len(self._drawable)) else two_drawn(self._drawable, None)
        self.row = int(self.prepared.split.train[self.walk.batch()[0]])
        self._target_ends = target_range(self.prepared)
        self._grids: dict[tuple[Any, ...], Grid] = {}
        self._check_looked_at()

    def _check_looked_at(self) -> None:
        """A parameter and a neuron that the network has."""
        try:
            parameter_entry(self.network, self.parameter)
        except InvalidArgument:
            self.parameter = first_parameter(self.network)
        self.neuron = ""


def _walk(settings: Settings, prepared: PreparedTable, given: Network | None) -> Walk:
    """The training before its first step, from the parameters of a model where one is given."""
    if given is None:
        return build_walk(settings, prepared, build_network(settings, prepared))
    changed = {"activation": ",".join(settings.activations) or given.activation, "dropout": settings.dropout}
    return build_walk(settings, prepared, Network.from_dict(given.to_dict() | changed, given.theta))


def _prepared(table: Table, settings: Settings) -> PreparedTable:
    numbers = NUMBERS[settings.recipe]
    return prepare_rows(table, settings.inputs, settings.split, settings.validation_share, numbers)
