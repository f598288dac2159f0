"""Learning rates: the outcome of each rate of a sweep, and the effective step of each parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import choose_loss, usual_loss
from wade.maths.optimizers import OPTIMIZERS
from wade.maths.random import permutation
from wade.model.experiments.learning_rate_sweep import race
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.backend import Axes
from wade.pictures.directions import samples_of
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import number
from wade.pictures.marks import legend
from wade.pictures.plane import some_rows
from wade.pictures.theme import Theme
from wade.tables import Dialect

OUTCOMES: Final = ("too small", "converges", "oscillates", "diverges", "ends higher")
SHAPES: Final = dict(zip(OUTCOMES, ("v", "o", "D", "X", "^"), strict=True))
COMPARED: Final = ("sgd", "adagrad", "rmsprop", "adam", "adamw")
STEPS: Final = 60
BATCH: Final = 32
ROWS: Final = 1_000
PARAMETERS: Final = 20_000
"""Parameters whose effective rates are recorded, at most, at even distances."""
QUANTILES: Final = (0.05, 0.5, 0.95)
LETTERS: Final = "ABCDEFGH"
CLOSE: Final = ((0.6, 1.0), (1.0, 1 / 0.6))
"""Ratios of rates whose letters would touch: lower and higher ones."""


@dataclass(eq=False, repr=False)
class RatesDisplay(Display):
    """A sweep of learning rates: the loss each ends at, with its outcome as color and marker, and the path of each.

    Parameters
    ----------
    report : dict
        What `wade.race` gives for one optimizer and schedule.
    """

    report: Mapping[str, Any]
    size: ClassVar[tuple[float, float]] = (6.6, 6.0)

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> RatesDisplay:
        """Of a sweep that was run.

        Raises
        ------
        InvalidArgument
            It compares several optimizers or schedules.
        """
        if "outcomes" not in report:
            remedy = "Draw one of report['races']."
            raise InvalidArgument("report", "must be of one optimizer and schedule", sorted(report), remedy)
        return cls(report)

    @classmethod
    def from_table(cls, data: Any, target: str | None = None, **options: Any) -> RatesDisplay:
        """Runs the sweep; arguments as in `wade.race`."""
        return cls.from_report(race(data, target, **options))

    @property
    def title(self) -> str:
        """Of what."""
        steps = self.report["steps"][-1]
        return f"{len(self.report['outcomes'])} learning rates, {steps} steps each from the same start"

    @property
    def note(self) -> str:
        """What is suggested."""
        gone = [one for one in self.report["outcomes"] if one["outcome"] == "diverges"]
        off = ""
        if gone:
            off = (
                f" Crosses at the upper edge: rates that diverge ({len(gone)}); their losses are above the scale, and "
                "their curves leave the lower panel."
            )
        if not self.report["suggestions"]:
            return f"No rate converges.{off}"
        each = [
            f"{letter} {one['learning_rate']:.2g} ({one['why']})"
            for letter, one in zip(LETTERS, self.report["suggestions"], strict=False)
        ]
        return f"Suggestions: {'; '.join(each)}.{off}"

    def panels(self) -> tuple[int, int]:
        """The ends above, the paths below."""
        return 2, 1

    def parts(self) -> Mapping[str, Numbers]:
        """Every rate, and every path."""
        outcomes = self.report["outcomes"]
        rates = {
            "learning rate": [one["learning_rate"] for one in outcomes],
            "outcome": [one["outcome"] for one in outcomes],
            "last loss": [one["losses"][-1] for one in outcomes],
            "evidence": [one["evidence"] for one in outcomes],
        }
        paths: dict[str, list[Any]] = {"learning rate": [], "step": [], "loss": []}
        for one in outcomes:
            for step, loss in zip(self.report["steps"], one["losses"], strict=True):
                for name, value in zip(paths, (one["learning_rate"], step, loss), strict=True):
                    paths[name].append(value)
        return {"rates": rates, "paths": paths}

    def description(self) -> str:
        """How many rates have each outcome."""
        found = [one["outcome"] for one in self.report["outcomes"]]
        counts = ", ".join(f"{name}: {found.count(name)}" for name in OUTCOMES if name in found)
        best = self.report["best"]
        which = (
            f"Of the rates without a rise, {best:.2g} has the lowest loss at the end."
            if best
            else "No rate has a gain."
        )
        return f"{len(found)} rates ({counts}). {which} {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Ends by rate above, losses by step below; a rate that diverged stands at the upper edge."""
        ends, paths = axes
        outcomes, start = self.report["outcomes"], self.report["start"]
        known = [
            one["losses"][-1] for one in outcomes if one["losses"][-1] is not None and one["outcome"] != "diverges"
        ]
        every = [*known, start[-1]]
        low, high = min(every), max(every)
        top = high + 0.22 * (high - low or 1.0)
        for at, name in enumerate(OUTCOMES):
            own = [one for one in outcomes if one["outcome"] == name]
            if not own:
                continue
            y = [min(top, top if one["losses"][-1] is None else one["losses"][-1]) for one in own]
            x = [one["learning_rate"] for one in own]
            ends.scatter(x, y, color=theme.color(at), marker=SHAPES[name], s=36, label=f"{name}: {len(own)}", zorder=3)
            for one in own:
                losses = np.array([np.nan if loss is None else loss for loss in one["losses"]])
                paths.plot(
                    self.report["steps"],
                    losses,
                    color=theme.color(at),
                    linestyle=theme.line(at),
                    linewidth=0.9,
                    alpha=0.8,
                )
        ends.axhline(
            start[-1], color=theme.ink, linewidth=0.9, linestyle=":", label=f"no training: {number(start[-1])}"
        )
        suggested = [one["learning_rate"] for one in self.report["suggestions"]]
        for letter, rate in zip(LETTERS, suggested, strict=False):
            ends.axvline(rate, color=theme.ink, linewidth=0.7, linestyle="--", zorder=0)
            # The letters of rates that are close stand on either side of their lines.
            lower, higher = ([other for other in suggested if one < other / rate < two] for one, two in CLOSE)
            side = "left" if lower and not higher else "right" if higher and not lower else "center"
            ends.annotate(letter, (rate, 1.0), xycoords=("data", "axes fraction"), ha=side, va="bottom", fontsize=8)
        ends.set_xscale("log")
        margin = 0.06 * (top - low)
        ends.set_ylim(low - margin, top + margin)
        paths.set_ylim(low - margin, max(start[0], top) + margin)
        ends.set_xlabel("learning rate (dashed: suggestions)")
        ends.set_ylabel("loss at the end")
        paths.set_xlabel("step")
        paths.set_ylabel("loss")
        for ax in axes:
            ax.grid(axis="y")
        legend(ends, outside=True, below=0.5)


@dataclass(eq=False, repr=False)
class EffectiveStepsDisplay(Display):
    """The effective learning rate of the parameters, step by step: one for all, or one for each.

    Parameters
    ----------
    rates : mapping from optimizer to array (n_steps, 3)
        The 5 %, 50 % and 95 % quantiles over the parameters after each step.
    losses : mapping from optimizer to array (n_steps,)
        Of each batch before its step.
    usual : mapping from optimizer to float
        The learning rate that each was given: its usual one.
    parameters, of_parameters : int
        How many of the parameters the quantiles are of.
    batch_size : int
        The rows of each step.
    """

    rates: Mapping[str, NDArray[np.float64]]
    losses: Mapping[str, NDArray[np.float64]]
    usual: Mapping[str, float]
    parameters: int
    of_parameters: int
    batch_size: int = BATCH
    size: ClassVar[tuple[float, float]] = (10.2, 3.6)

    @classmethod
    def from_network(
        cls,
        network: Network,
        X: Any,
        y: Any,
        *,
        optimizers: Sequence[str] = COMPARED,
        steps: int = STEPS,
        seed: int = 0,
    ) -> EffectiveStepsDisplay:
        """Trains a copy of the network with each optimizer on the same batches of 32 rows, and records each step.

        Examples
        --------
        >>> X, y = np.linspace(-1, 1, 64)[:, None], np.linspace(-1, 1, 64) > 0
        >>> display = EffectiveStepsDisplay.from_network(Network(1, (4,), seed=1), X, y, steps=3)
        >>> display.rates["sgd"].tolist()[0] == [0.1, 0.1, 0.1]
        True
        """
        loss, samples = choose_loss(usual_loss(network.output), network.output), samples_of(network, X, y)
        size = min(BATCH, len(samples.X))
        epochs = -(-steps * size // len(samples.X))
        rows = np.concatenate([permutation(seed, epoch, len(samples.X)) for epoch in range(1, epochs + 1)])
        rates, losses, given = {}, {}, {}
        some = some_rows(network.n_parameters, PARAMETERS)
        for name in optimizers:
            walker, rule = Network.from_dict(network.to_dict(), network.theta), OPTIMIZERS[name]()
            task, state = Task(walker, loss, rule), rule.init(walker.theta)
            engine, given[name] = choose_engine(task=task), float(rule.usual_learning_rate)
            found, path = np.empty((steps, len(QUANTILES))), np.empty(steps)
            for step in range(steps):
                batch = rows[step * size : (step + 1) * size]
                path[step] = engine.descend(task, state, samples, batch, size, np.array([given[name]]), seed=seed)[0]
                with np.errstate(over="ignore"):
                    effective = np.asarray(rule.effective_learning_rate(state, given[name]), np.float64)
                shown = np.broadcast_to(effective, network.n_parameters)[some]  # one rate for all may be one number
                found[step] = np.quantile(shown[np.isfinite(shown)], QUANTILES)
            rates[name], losses[name] = found, path
        return cls(rates, losses, given, len(some), network.n_parameters, size)

    @classmethod
    def from_model(
        cls, model: Model, data: Any, *, dialect: Dialect | None = None, **options: Any
    ) -> EffectiveStepsDisplay:
        """Of a model's architecture, from its initial parameters, on at most 1,000 labelled rows."""
        require_model(model)
        table, name, *_ = model.open_labelled(data, dialect)
        table = table.take(some_rows(table.num_rows, ROWS))
        fresh = Network.from_dict(model.network.to_dict())
        return cls.from_network(fresh, model.encoder.encode(table, name), model.target.encode(table, name), **options)

    @property
    def title(self) -> str:
        """What is shown."""
        return "Effective learning rate of the parameters, step by step"

    @property
    def note(self) -> str:
        """How to read it."""
        few = self.parameters < self.of_parameters
        which = f"{self.parameters:,} of {self.of_parameters:,}" if few else "all"
        steps = max(len(found) for found in self.rates.values())
        each = ", ".join(f"{name} {rate:g}" for name, rate in self.usual.items())
        return (
            "Effective learning rate of a parameter: its step divided by its gradient, or by the mean of recent ones. "
            f"Each optimizer starts from the initial parameters, not from trained ones, takes the same {steps} steps "
            f"of {self.batch_size} rows, and has its usual rate ({each}): compare shapes and widths, not heights. "
            f"Lines: the median over {which} parameters; bands: 5 % to 95 % of them. Plain descent (sgd) has one for "
            "all. "
            "AdaGrad's falls as squared gradients add up; those of RMSProp and Adam follow recent gradients; "
            "AdamW's are computed like Adam's, and it shrinks the weights besides."
        )

    def parts(self) -> Mapping[str, Numbers]:
        """Quantiles and loss by optimizer."""
        return {
            name: {
                "step": list(range(1, len(found) + 1)), "5 %": found[:, 0], "median": found[:, 1], "95 %": found[:, 2],
                "loss": self.losses[name],
            }
            for name, found in self.rates.items()
        }  # fmt: skip

    def description(self) -> str:
        """First and last median of each."""
        each = [
            f"{name}: median {number(found[0, 1], 3)} after the first step, {number(found[-1, 1], 3)} after the last, "
            f"loss {number(self.losses[name][0], 3)} to {number(self.losses[name][-1], 3)}"
            for name, found in self.rates.items()
        ]
        return f"{'; '.join(each)}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A panel for each optimizer, all with one scale."""
        for at, (ax, (name, found)) in enumerate(zip(axes, self.rates.items(), strict=True)):
            x, color = np.arange(1, len(found) + 1), theme.color(at)
            ax.fill_between(x, found[:, 0], found[:, 2], color=color, alpha=0.25, linewidth=0)
            ax.plot(x, found[:, 1], color=color, marker=theme.marker(at), markevery=max(1, len(x) // 6))
            ax.set_title(f"{name}, rate {self.usual[name]:g}", fontsize=9)
            ax.set_yscale("log")
            ax.set_ylim(self._limits())
            ax.set_xlabel("step")
            ax.grid(axis="y")
            if at:
                ax.tick_params(labelleft=False)
        axes[0].set_ylabel("effective learning rate")

    def panels(self) -> tuple[int, int]:
        """Beside each other."""
        return 1, len(self.rates)

    def _limits(self) -> tuple[float, float]:
        every = np.concatenate(list(self.rates.values()))
        known = every[every > 0]
        return float(known.min()) / 1.5, float(known.max()) * 1.5
