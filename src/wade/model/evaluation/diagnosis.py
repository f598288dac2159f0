"""Bias, variance, both or neither: what keeps a network from being better, from its own errors, and what to do next.

A network's error on the rows that it learned from and on rows that it did not (validation) stand beside those of the
base rate and of a network without hidden layers. What it gains over the base rate on its own rows and loses on new ones
is variance; what it leaves unlearned on its own rows although it could learn it is bias; what nothing could learn from
these columns is neither. An error is a mean over rows and has an interval, so a gap that chance could make is no gap:

    gap = (J_new − J_own) − c (J_new,base − J_own,base),   ± 1.96 √(s²_new / n_new + s²_own / n_own)

where s² is the variance of J_i − c J_i,base over rows i, and c the slope that makes it least: rows that happen to be
harder, as the base rate's error on them tells, do not count as a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, Literal, TypeAlias

from wade.metrics.weighted import Doubles
from wade.model.evaluation.intervals import Z_95, mean_interval

Verdict: TypeAlias = Literal["bias", "variance", "both", "neither"]

MUCH_LOST: Final = 0.1
"""Variance: more than this share of the gain is lost on new rows."""
MUCH_LEFT: Final = 0.5
"""Room for bias: more than this share of the base rate's error is left on the rows that it learned from."""
STILL_FALLING: Final = 0.1
"""It stopped early: this share of the gain came in the last quarter of its epochs."""


@dataclass(frozen=True)
class Errors:
    """The loss of each row, of one way of answering, on rows that taught and on rows that did not."""

    own: Doubles
    new: Doubles

    def to_dict(self) -> dict[str, Any]:
        """Both means with their intervals, as plain data."""
        return {"train": _figure(*mean_interval(self.own)), "validation": _figure(*mean_interval(self.new))}


@dataclass(frozen=True)
class Course:
    """How training went, as far as a diagnosis asks.

    Parameters
    ----------
    hidden : tuple of int
        The widths of the hidden layers.
    epochs : int
        That were run.
    validation_losses : list of float
        After each epoch.
    ended_at_its_best : bool
        Whether the last epoch was the best, so that nothing but the number of epochs, or a limit, ended it.
    dropout, members, weight_decay
        What kept it from fitting every row.
    later : bool
        Whether the new rows are later ones than its own.
    """

    hidden: tuple[int, ...]
    epochs: int
    validation_losses: list[float]
    ended_at_its_best: bool
    dropout: float
    members: int
    weight_decay: float
    later: bool


def diagnose(network: Errors, base: Errors, plain: Errors | None, course: Course, task: str) -> dict[str, Any]:
    """The verdict, its reasons, and what to do next.

    Parameters
    ----------
    network, base, plain : Errors
        Of the network, of the base rate, and of a network without hidden layers; None where there is none.
    course : Course
    task : "binary", "multiclass" or "regression"

    Returns
    -------
    dict
        ``{"verdict", "summary", "reasons", "next", "error", "errors", "gap"}``: plain data and plain sentences.

    Examples
    --------
    Right on its own rows and no better than a coin on new ones:

    >>> import numpy as np
    >>> course = Course((64,), 20, [0.7] * 20, False, 0.0, 1, 0.1, False)
    >>> network, base = (Errors(np.full(200, own), np.full(100, new)) for own, new in ((0.05, 0.69), (0.69, 0.69)))
    >>> found = diagnose(network, base, None, course, "binary")
    >>> found["verdict"], found["gap"]["value"]
    ('variance', 0.64)
    """
    case = _Case(network, base, plain, course, task)
    bias, variance = case.signs_of_bias(), case.signs_of_variance()
    verdict: Verdict = "both" if bias and variance else "bias" if bias else "variance" if variance else "neither"
    return {
        "verdict": verdict,
        "summary": case.summary(verdict),
        "reasons": [case.settled(), *bias, *variance, *case.doubts(variance)],
        "next": case.next_steps(verdict),
        "error": "squared_error" if task == "regression" else "log_loss",
        "errors": {
            "constant": base.to_dict(),
            "linear": plain and plain.to_dict(),
            "network": network.to_dict(),
        },
        "gap": _figure(round(case.gap, 12), case.gap_interval),
    }


class _Case:
    """What is asked of the errors, each question once."""

    def __init__(self, network: Errors, base: Errors, plain: Errors | None, course: Course, task: str) -> None:
        self.network, self.plain, self.course = network, plain, course
        self.word = "squared error" if task == "regression" else "log-loss"
        self.gain, self.gain_interval = mean_interval(base.own - network.own)
        self.gain_new = float((base.new - network.new).mean())
        self.left = float(network.own.mean() / base.own.mean()) if base.own.mean() > 0 else 0.0
        self.left_new = float(network.new.mean() / base.new.mean()) if base.new.mean() > 0 else 0.0
        slope = _slope(network, base)
        own, new = network.own - slope * base.own, network.new - slope * base.new
        self.gap = float(new.mean() - own.mean())
        width = Z_95 * sqrt(float(own.var()) / len(own) + float(new.var()) / len(new))
        self.gap_interval = [self.gap - width, self.gap + width]

    @property
    def learned(self) -> bool:
        """Whether it is better than the base rate on its own rows, beyond chance."""
        return self.gain_interval[0] > 0

    @property
    def much_left(self) -> bool:
        return self.left > MUCH_LEFT

    @property
    def unsure(self) -> bool:
        """Whether so much could be lost on new rows that it would be variance twice over, without showing."""
        return self.learned and self.gap_interval[1] > 2 * MUCH_LOST * self.gain

    def settled(self) -> str:
        own, new = (f"{100 * (1 - left):.0f} %".replace("-", "−") for left in (self.left, self.left_new))
        return (
            f"Of the {self.word} that the base rate leaves, it takes away {own} on the rows that it learned from and "
            f"{new} on validation rows."
        )

    def signs_of_variance(self) -> list[str]:
        if not self.learned or self.gap_interval[0] <= 0 or self.gap <= MUCH_LOST * self.gain:
            return []
        low, high = (100 * bound / self.gain for bound in self.gap_interval)
        return [
            f"{100 * self.gap / self.gain:.0f} % ({low:.0f} to {high:.0f} %) of what it gained on its own rows is lost "
            "on validation rows: it has learned some of them by heart."
        ]

    def signs_of_bias(self) -> list[str]:
        if not self.learned:
            return ["Even on the rows that it learned from it is no better than the base rate, as far as one can tell."]
        signs = []
        if self.course.hidden and self._beaten_on_its_own_rows():
            signs.append("Without hidden layers the rows that it learned from are answered better: it trained badly.")
        if self.much_left and self._still_falling():
            signs.append("The validation loss was still falling when its epochs were over.")
        if self.much_left and not self.course.hidden:
            signs.append("It has no hidden layers, so it can weigh its columns but not combine them.")
        elif self.much_left and self.gap_interval[0] <= 0 and self._depth_pays():
            signs.append(
                "It does as well on validation rows as on its own, so it has not begun to learn rows by heart, and "
                "hidden layers brought much: wider ones may bring more."
            )
        return signs

    def doubts(self, variance: list[str]) -> list[str]:
        told = []
        if variance and self.course.later:
            told.append("Validation rows are later than its own: part of the gap may be that times have changed.")
        if not variance and self.unsure:
            share = 100 * self.gap_interval[1] / self.gain
            told.append(
                f"{len(self.network.new):,} validation rows are few: up to {share:.0f} % of what it gained could be "
                "lost on new rows without showing here."
            )
        return told

    def summary(self, verdict: Verdict) -> str:
        if verdict == "variance":
            return "Variance: it knows its own rows better than the rule behind them."
        if verdict == "bias":
            return "Bias: it has not learned all that its own rows could teach it."
        if verdict == "both":
            return (
                "Bias and variance: much of its own rows is not learned, and some of what is does not hold elsewhere."
            )
        if self.unsure:
            return "Neither can be seen, but so few validation rows would not show much."
        if self.much_left:
            return "Neither: what it learned holds on new rows, and the inputs do not seem to tell more."
        return "Neither: it has learned most of what its rows teach, and it holds on new rows."

    def next_steps(self, verdict: Verdict) -> list[str]:
        course, steps = self.course, []
        if verdict in ("bias", "both"):
            if self._still_falling() or not self.learned:
                steps.append(f"Train longer: --epochs {2 * max(1, course.epochs)}.")
            wider = ",".join(str(2 * width) for width in course.hidden) or "64"
            steps.append(f"{'Widen it' if course.hidden else 'Give it hidden layers'}: --hidden {wider}.")
            if course.dropout or course.members > 1:
                steps.append("Hold it back less: a smaller --dropout, or none.")
            steps.append("If that brings nothing, the inputs do not tell more: wade curves DATA --by width shows it.")
        if verdict in ("variance", "both"):
            steps.append("Give it more rows; wade curves DATA --by rows shows what they bring.")
            steps.append("Or hold it back: " + ", ".join(self._brakes()) + ".")
        if verdict == "neither" and self.unsure:
            steps.append("Judge it on all rows in turn: wade validate DATA.")
        elif verdict == "neither" and self.much_left:
            steps.append(
                "Look for columns that tell more. wade curves DATA --by width shows whether it is wide enough."
            )
        return steps

    def _brakes(self) -> list[str]:
        course = self.course
        brakes = [f"--weight-decay {3 * course.weight_decay or 0.1:g}"]
        if course.hidden:
            brakes.insert(0, f"--dropout {min(0.5, course.dropout + 0.2):g}")
        if course.members == 1:
            brakes.append("--members 8")
        return brakes

    def _beaten_on_its_own_rows(self) -> bool:
        return self.plain is not None and mean_interval(self.network.own - self.plain.own)[1][0] > 0

    def _depth_pays(self) -> bool:
        return self.plain is not None and mean_interval(self.plain.new - self.network.new)[1][0] > 0

    def _still_falling(self) -> bool:
        """Whether the last epoch was the best, and the last quarter of them brought much of the gain."""
        course, losses = self.course, self.course.validation_losses
        if not course.ended_at_its_best or len(losses) < 4:
            return False
        return losses[-1 - len(losses) // 4] - losses[-1] > STILL_FALLING * abs(self.gain_new)


def _slope(network: Errors, base: Errors) -> float:
    """How the network's loss goes with the base rate's from row to row, within both kinds of rows."""
    pairs = ((network.own, base.own), (network.new, base.new))
    spread = sum(float(((b - b.mean()) ** 2).sum()) for _, b in pairs)
    return sum(float(((b - b.mean()) * (e - e.mean())).sum()) for e, b in pairs) / spread if spread > 0 else 0.0


def _figure(value: float, interval: list[float]) -> dict[str, Any]:
    return {"value": value, "interval": interval}
