"""Activations: each function with its derivative, and where it is saturated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument, unknown_name
from wade.maths.activations import ACTIVATIONS, aliases
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import percent
from wade.pictures.theme import Theme

USUAL: Final = ("sigmoid", "tanh", "relu")
"""Shown where none is named."""
SATURATED: Final = 0.05
"""An activation is saturated where its derivative is at most this part of its largest."""
REACH: Final = 6.0
POINTS: Final = 481


@dataclass(eq=False, repr=False)
class ActivationsDisplay(Display):
    """Activations with their derivatives; a gradient hardly passes where the ground is shaded.

    Examples
    --------
    >>> display = ActivationsDisplay.from_names(["tanh"], points=3)
    >>> display.z.tolist(), display.values["tanh"].round(4).tolist()
    ([-6.0, 0.0, 6.0], [-1.0, 0.0, 1.0])
    """

    z: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    derivatives: Mapping[str, NDArray[np.float64]]

    @classmethod
    def from_names(
        cls, names: Sequence[str] | None = None, *, reach: float = REACH, points: int = POINTS
    ) -> ActivationsDisplay:
        """These activations; None: sigmoid, tanh and relu. Over z from −reach to reach.

        Raises
        ------
        InvalidArgument
            A name is unknown, or the activation has no derivative by itself (softmax).
        """
        chosen, known = list(names or USUAL), [name for name in ACTIVATIONS if ACTIVATIONS[name].is_elementwise]
        for name in chosen:
            if name not in known:
                raise unknown_name("names", name, known, aliases())
        if not (reach > 0 and np.isfinite(reach)) or points < 2:
            raise InvalidArgument("reach", "must be greater than 0 and finite", reach, "Try 6.")
        z, entries = np.linspace(-reach, reach, points), {name: ACTIVATIONS[name] for name in chosen}
        values = {name: np.asarray(entry.forward(z), np.float64) for name, entry in entries.items()}
        slopes = {
            name: np.asarray(entry.derivative(z), np.float64) for name, entry in entries.items() if entry.derivative
        }
        return cls(z, values, slopes)

    def saturated(self, name: str) -> NDArray[np.bool_]:
        """Where the derivative is at most a twentieth of its largest."""
        slope = np.abs(self.derivatives[name])
        return np.asarray(slope <= SATURATED * slope.max())

    @property
    def title(self) -> str:
        """What they are."""
        return "Activation functions and their derivatives"

    @property
    def note(self) -> str:
        """The formulas, and what the shading is."""
        text = ""
        for name in self.values:
            formula = ACTIVATIONS[name].formula
            if formula:
                text += f"{name}: g(z) = {formula[0]}; g′(z) = {formula[1]}. "
        text += "σ is the sigmoid. " if "σ" in text else ""
        return (
            f"{text}Shaded: saturated, the derivative is at most a twentieth of its largest, and hardly any gradient "
            "passes. Each panel has its own scale."
        )

    def panels(self) -> tuple[int, int]:
        """At most four beside each other."""
        columns = min(4, len(self.values))
        return ceil(len(self.values) / columns), columns

    def inches(self) -> tuple[float, float]:
        """So large that each panel is the same size."""
        rows, columns = self.panels()
        return 0.8 + 2.5 * max(2, columns), 1.1 + 2.3 * rows

    def parts(self) -> Mapping[str, Numbers]:
        """Every curve."""
        return {"curves": {"z": self.z, **self.values, **{f"{name}'": each for name, each in self.derivatives.items()}}}

    def description(self) -> str:
        """The largest derivative of each, and its saturated part."""
        each = [
            f"{name}: values from {self.values[name].min():.3g} to {self.values[name].max():.3g}, "
            f"largest derivative {self.derivatives[name].max():.3g}, "
            f"saturated over {percent(self.saturated(name).mean(), 0)} of the range"
            for name in self.values
        ]
        found = f"Over z from {self.z[0]:g} to {self.z[-1]:g}. {'; '.join(each)}.".replace("-", "−")
        return f"{found} {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A panel for each."""
        for ax in axes[len(self.values) :]:
            ax.set_axis_off()
        for at, (ax, name) in enumerate(zip(axes, self.values, strict=False)):
            ax.plot(self.z, self.values[name], color=theme.color(0), label="g(z)")
            ax.plot(self.z, self.derivatives[name], theme.line(1), color=theme.color(1), label="g′(z)")
            low, high = ax.get_ylim()
            ax.fill_between(
                self.z, 0, 1, where=self.saturated(name).tolist(), transform=ax.get_xaxis_transform(),
                color=theme.faint, alpha=0.55, linewidth=0, zorder=0,
            )  # fmt: skip
            for kink in ACTIVATIONS[name].kinks:
                ax.axvline(kink, color=theme.ink, linewidth=0.6, linestyle=":")
            ax.axhline(0, color=theme.ink, linewidth=0.6)
            ax.set_ylim(max(low, -2.2), min(high, 3.2))
            ax.set_xlim(self.z[0], self.z[-1])
            ax.set_title(name, fontsize=9.5)
            if at == 0:
                ax.legend(loc="upper left")
            if at >= len(self.values) - self.panels()[1]:
                ax.set_xlabel("z")
