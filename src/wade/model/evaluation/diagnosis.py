"""Bias, variance, both or neither: what limits a network, from its training and validation losses, and what to do next.

The losses on training and on validation rows stand beside those of the constant and the linear baseline. The part of
the gain over the constant baseline that is lost on validation rows is variance; what is left on training rows although
a network could learn it is bias. A loss is a mean over rows and has an interval, so a gap that chance could make does
not count:

    gap = (J_validation − J_train) − c (J_validation,constant − J_train,constant),   ± 1.96 √(s²_v / n_v + s²_t / n_t)

where s² is the variance of J_i − c J_i,constant over rows i, and c the slope that minimizes it: rows that happen to be
harder, as the loss of the constant baseline shows, do not count as a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import sqrt
from typing import Any, Final, Literal, TypeAlias

from wade.engines import Engine
from wade.metrics.intervals import Z_95, estimate
from wade.model.evaluation.compared_losses import (
    Losses,
    constant_losses,
    is_positive,
    network_losses,
    rows_to_compare,
    share_left,
    slope_on,
)
from wade.model.evaluation.training_summary import TrainingSummary, summarize_training
from wade.model.preparation.prepared_data import PreparedData
from wade.network import Network

Verdict: TypeAlias = Literal["bias", "variance", "both", "neither"]
Cause: TypeAlias = Literal["learning_rate", "columns", "activation", "hidden", "epochs"]

MUCH_LOST: Final = 0.1
"""Variance: more than this share of the gain is lost on validation rows."""
MUCH_LEFT: Final = 0.5
"""Bias is possible: more than this share of the constant baseline's loss is left on training rows."""
CLEARLY_LEFT: Final = 0.25
"""Bias is likely where more than this share is left and there is evidence that it can be lowered; below, it is low."""
CLEARLY_BEHIND: Final = 0.05
"""The linear baseline's training loss is lower by more than this share of the constant baseline's."""
STILL_FALLING: Final = 0.1
"""Training stopped early: this share of the gain came in the last quarter of the epochs."""
MOST_DROPOUT: Final = 0.5
FAR_FROM_USUAL: Final = 10.0
"""A learning rate is the likely cause of bad training where it is this many times above or below the usual one."""
HARDLY: Final = 0.05
"""The columns hardly predict the target where neither network nor linear baseline gain more than this share."""
IDENTITY: Final = "With the activation identity, the network"
NO_HIDDEN: Final = "Without hidden layers, the network"
ADD_LAYERS: Final = "Compare with hidden layers: --hidden 64. Keep this network where they are no better."


def diagnose_network(
    prepared: PreparedData, network: Network, linear: Network | None, facts: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The diagnosis of a trained network, as `diagnose` gives it; `facts` are those of the report."""
    rows = rows_to_compare(prepared, facts["settings"]["seed"])
    training = summarize_training(prepared, network, facts)
    return diagnose(
        network_losses(prepared.target, network, rows, engine),
        constant_losses(prepared, rows),
        network_losses(prepared.target, linear, rows, engine) if linear is not None else None,
        training,
        prepared.target.task,
    )


def diagnose(
    network: Losses, constant: Losses, linear: Losses | None, training: TrainingSummary, task: str
) -> dict[str, Any]:
    """The verdict, its reasons, and what to do next.

    Returns
    -------
    dict
        ``{"verdict", "cause", "summary", "reasons", "next", "error", "errors", "gap"}``: plain data and plain
        sentences. "cause" is "learning_rate", "epochs", "activation" or "hidden" (none) where that is why the loss is
        high, "columns" where they hardly predict the target, else None.

    Examples
    --------
    Good on training rows and no better than a coin on validation rows:

    >>> import numpy as np
    >>> training = TrainingSummary((64,), 20, [0.7] * 20, False, 0.0, 1, 0.1, False)
    >>> network = Losses(np.full(200, 0.05), np.full(100, 0.69))
    >>> constant = Losses(np.full(200, 0.69), np.full(100, 0.69))
    >>> found = diagnose(network, constant, None, training, "binary")
    >>> found["verdict"], found["gap"]["value"]
    ('variance', 0.64)
    """
    evidence = _Evidence(network, constant, linear, training, task)
    bias, variance = evidence.of_bias(), evidence.of_variance()
    verdict: Verdict = "both" if bias and variance else "bias" if bias else "variance" if variance else "neither"
    return {
        "verdict": verdict,
        "cause": evidence.cause(verdict),
        "summary": evidence.summary(verdict),
        "reasons": [evidence.gains(), *bias, *variance, *evidence.caveats(variance)],
        "next": evidence.next_steps(verdict),
        "error": "squared_error" if task == "regression" else "log_loss",
        "errors": {
            "constant": constant.to_dict(),
            "linear": linear and linear.to_dict(),
            "network": network.to_dict(),
        },
        "gap": estimate(round(evidence.gap, 12), evidence.gap_interval),
    }


class _Evidence:
    """What the losses show, and what follows from it."""

    def __init__(
        self, network: Losses, constant: Losses, linear: Losses | None, training: TrainingSummary, task: str
    ) -> None:
        self.network, self.linear, self.training = network, linear, training
        self.loss_name = "squared error" if task == "regression" else "log-loss"
        self.gain = float((constant.train - network.train).mean())
        self.validation_gain = float((constant.validation - network.validation).mean())
        self.left, self.validation_left = map(share_left, network, constant)
        slope = slope_on(network, constant)
        train, validation = (of - slope * at_best for of, at_best in zip(network, constant, strict=True))
        self.gap = float(validation.mean() - train.mean())
        width = Z_95 * sqrt(float(train.var()) / len(train) + float(validation.var()) / len(validation))
        self.gap_interval = [self.gap - width, self.gap + width]
        self.learned = is_positive(constant.train - network.train)
        self._lost = f"{100 * self.gap / self.gain:.0f}" if self.learned else ""
        self.much_left = self.left > MUCH_LEFT
        self.behind = linear is not None and is_positive(network.train - linear.train)
        by_line = self.left if linear is None else share_left(linear.train, constant.train)
        self.beaten = self.behind and self.left - by_line > CLEARLY_BEHIND
        # A line leaves much of the loss, and the network is one.
        self.limited = training.is_linear and by_line > CLEARLY_LEFT
        self.rate = self._rate_that_is_the_cause()
        badly = not self.learned or self.beaten or self.left > CLEARLY_LEFT
        self.too_few_epochs = training.fewer_epochs and training.best_was_last and badly and not self.rate
        by_linear = 1.0 if linear is None else share_left(linear.validation, constant.validation)
        other_cause = self.rate or self.too_few_epochs or training.is_linear
        self.hardly = not other_cause and min(self.validation_left, by_linear) > 1 - HARDLY
        # A gap twice as large as variance needs could be there without showing.
        self.inconclusive = self.learned and self.gap_interval[1] > 2 * MUCH_LOST * self.gain

    def gains(self) -> str:
        train, validation = (_difference(left, ("lower", "higher"), "the same") for left in self._both_left)
        compared = f"{self.loss_name.capitalize()} compared with the constant baseline"
        return f"{compared}: {train} on training rows, {validation} on validation rows."

    @property
    def _both_left(self) -> tuple[float, float]:
        return self.left, self.validation_left

    def of_variance(self) -> list[str]:
        if not self.learned or self.gap_interval[0] <= 0 or self.gap <= MUCH_LOST * self.gain:
            return []
        low, high = (100 * bound / self.gain for bound in self.gap_interval)
        lost = f"{self._lost} % ({low:.0f} to {high:.0f} %) of the gain on training rows"
        return [f"{lost} is lost on validation rows: overfitting."]

    def of_bias(self) -> list[str]:
        if not self.learned and not self.rate and not self.training.is_linear:
            return ["No gain over the constant baseline on training rows beyond chance."]
        reasons, linear = [], self.linear
        helped = linear is not None and is_positive(linear.validation - self.network.validation)
        if self.rate:
            reasons.append(f"The learning rate is {self._times_usual()} one{self._seen()}.")
        if self.beaten:
            early = self.too_few_epochs or self.training.is_linear
            why = "training ended too early" if early else "the optimization went wrong"
            reasons.append(f"The linear baseline has a lower training loss: {why}.")
        if self.left > CLEARLY_LEFT and self._still_falling():
            reasons.append("The validation loss was still falling in the last epochs.")
        if self.limited:
            subject = IDENTITY if self.training.hidden else NO_HIDDEN
            reasons.append(f"{subject} cannot combine columns.")
        elif self.much_left and self.gap_interval[0] <= 0 and helped and not self.training.is_linear:
            more = "more epochs or wider ones" if self.training.best_was_last else "wider ones"
            lost = "Nothing is lost on validation rows beyond chance"
            reasons.append(f"{lost}, and hidden layers helped: {more} may help more.")
        return reasons

    def _rate_that_is_the_cause(self) -> Literal["", "low", "high"]:
        """Whether training went badly with a learning rate that is far from the optimizer's usual one."""
        rate, badly = self.training.learning_rate, not self.learned or self.beaten
        if rate is not None and rate <= 1 / FAR_FROM_USUAL and (badly or self._still_falling()):
            return "low"
        return "high" if rate is not None and rate >= FAR_FROM_USUAL and badly else ""

    def _times_usual(self) -> str:
        rate = self.training.learning_rate or 1.0
        times = f"{float(f'{max(rate, 1 / rate):.2g}'):,.0f} times"
        return f"{times} the usual" if rate > 1 else f"{times} lower than the usual"

    def _seen(self) -> str:
        """What the losses show of a learning rate that is the cause."""
        losses = self.training.validation_losses
        epochs, rises = len(losses), sum(after > before for before, after in pairwise(losses))
        if self.rate == "low":
            fell = 1 - losses[-1] / losses[0] if losses and losses[0] else 0.0
            text = f"fell by {100 * fell:.2g} % in {epochs} epochs" if fell > 0 else f"did not fall in {epochs} epochs"
            return f"; the validation loss {text}" if epochs > 1 else ""
        if rises:
            return f"; the validation loss rose in {rises} of {epochs} epochs"
        better = "linear" if self.learned else "constant"
        return f"; the {better} baseline's training loss is {'lower' if self.learned else 'no higher'}"

    def caveats(self, variance: list[str]) -> list[str]:
        if variance and self.training.by_time:
            return ["The validation rows are later: part of the gap may be a change over time."]
        if not variance and self.inconclusive:
            low, high = (max(0.0, 100 * end / self.gain) for end in self.gap_interval)
            lost = "Nothing" if self.gap <= 0 else f"{self._lost} %"
            beyond = "; above 100 % is worse than the constant baseline" if self.gap_interval[1] > self.gain else ""
            rows = f"{len(self.network.validation):,} validation rows"
            return [
                f"{lost} of the gain on training rows is lost on the {rows}, but these are few: on many such rows, "
                f"between {f'{low:.0f} %' if low else 'none'} and {high:.0f} % may be lost (95 % interval{beyond}). "
                "Overfitting is neither shown nor ruled out."
            ]
        return []

    def cause(self, verdict: Verdict) -> Cause | None:
        if self.rate:
            return "learning_rate"
        if self.hardly:
            return "columns"
        if verdict not in ("bias", "both"):
            return None
        if self.limited and not self.beaten:
            return "activation" if self.training.hidden else "hidden"
        return "epochs" if self.too_few_epochs else None

    def summary(self, verdict: Verdict) -> str:
        cause = self.cause(verdict)
        if cause == "learning_rate":
            return f"The learning rate is too {self.rate}: {self._times_usual()} one{self._seen()}."
        if cause == "columns":
            return f"These columns hardly predict the target: {self._below()[1]} on validation rows."
        if cause == "epochs":
            ended = f"training ended after {self.training.epochs} of them, and the last was the best"
            return f"Underfitting (bias): too few epochs; {ended}."
        if cause in ("activation", "hidden"):
            # Whether hidden layers would lower the loss, the losses of a line cannot tell.
            kind = "Possible underfitting (bias)" if verdict == "bias" else "Overfitting and possible underfitting"
            subject = IDENTITY if cause == "activation" else NO_HIDDEN
            return f"{kind}: {subject[0].lower()}{subject[1:]} is linear."
        if verdict in ("variance", "both"):
            train, validation = self._below()
            validation = validation.removeprefix(f"{self.loss_name} ").removesuffix(" below the constant baseline")
            validation = validation.replace(" with the constant baseline", "").replace("the constant baseline", "it")
            if verdict == "variance":
                return f"Overfitting (variance): {train} on training rows, {validation} on validation rows."
            kind = "Underfitting (the training loss can fall further) and overfitting"
            return f"{kind}: {train}, {validation} on validation rows."
        if verdict == "bias":
            return "Underfitting (bias): the training loss can be lowered further."
        if self.inconclusive:
            return "Inconclusive: too few validation rows to rule out overfitting."
        if self.much_left:
            return "No overfitting or underfitting found: these columns seem to explain no more."
        if self.left > CLEARLY_LEFT:
            return "No overfitting or underfitting found: the training loss holds on validation rows."
        return "No overfitting or underfitting found: low training loss, and it holds on validation rows."

    def _below(self) -> tuple[str, str]:
        """How far the losses on training and on validation rows are below those of the constant baseline."""
        train, validation = (
            f"{self.loss_name} {_difference(left, ('below', 'above'), 'level with')} the constant baseline"
            for left in self._both_left
        )
        return train, validation

    def next_steps(self, verdict: Verdict) -> list[str]:
        training, steps = self.training, []
        cause = self.cause(verdict)
        if cause == "learning_rate":
            return ["Leave --learning-rate to auto, or compare rates: wade race DATA."]
        if cause == "columns":
            return ["Add informative columns: neither the network nor the linear baseline finds much in these."]
        if cause == "epochs":
            return ["Train longer: leave --epochs to auto."]
        if cause == "activation":
            return ["Leave --activation to relu, or choose another that is not linear."]
        if cause == "hidden":
            return [ADD_LAYERS]
        if (self.beaten and training.is_linear) or (self.behind and not training.hidden):
            steps += self._towards_the_minimum()
        elif verdict in ("bias", "both") and training.best_was_last:
            steps.append(self._longer())
        if self.limited:
            steps.append("Leave --activation to relu." if training.hidden else ADD_LAYERS)
        if verdict in ("bias", "both") and not training.is_linear:
            wider = ",".join(str(2 * width) for width in training.hidden)
            steps.append(f"Widen the network: --hidden {wider}.")
            if training.dropout or training.members > 1:
                steps.append("Regularize less: a smaller --dropout, or none.")
            steps.append("If that does not help, add columns: wade curves DATA --by width shows whether width helps.")
        if verdict in ("variance", "both"):
            steps.append("Add rows: wade curves DATA --by rows shows whether they help.")
            steps.append(f"Or regularize, with one of: {', '.join(self._regularization())}.")
        if verdict == "neither" and self.inconclusive:
            steps.append("Cross-validate, so that every row is a test row once: wade validate DATA.")
        elif verdict == "neither" and self.much_left:
            steps.append("Add informative columns. wade curves DATA --by width shows whether width helps.")
        return steps

    def _longer(self) -> str:
        return f"Train longer: --epochs {2 * max(1, self.training.epochs)}."

    def _towards_the_minimum(self) -> list[str]:
        """What brings a linear network nearer to the loss of the linear baseline, which is at its minimum."""
        training = self.training
        steps = [self._longer()] if training.best_was_last else []
        if training.learning_rate is not None:
            steps.append("Leave --learning-rate to auto.")
        if training.dropout:
            steps.append("Regularize less: --dropout 0.")
        elif training.weight_decay:
            steps.append(f"Regularize less: --weight-decay {training.weight_decay / 10:g}.")
        return steps

    def _regularization(self) -> list[str]:
        """Options with a value to try, and the present one."""
        training = self.training
        options = []
        if training.hidden and training.dropout < MOST_DROPOUT:
            options.append(f"--dropout {min(MOST_DROPOUT, training.dropout + 0.2):g} (now {training.dropout:g})")
        options.append(f"--weight-decay {3 * training.weight_decay or 0.1:g} (now {training.weight_decay:g})")
        return options if training.members > 1 else [*options, "--members 8 (an ensemble; now 1)"]

    def _still_falling(self) -> bool:
        """Whether the last epoch was the best, and the last quarter of them brought much of the gain."""
        losses = self.training.validation_losses
        if not self.training.best_was_last or len(losses) < 4:
            return False
        return losses[-1 - len(losses) // 4] - losses[-1] > STILL_FALLING * abs(self.validation_gain)


def _difference(left: float, below_above: tuple[str, str], same: str) -> str:
    """By how much a loss is below or above another, of which it is this share.

    >>> [_difference(left, ("lower", "higher"), "the same") for left in (0.42, 1.3, 1.0004, 0.0004)]
    ['58 % lower', '30 % higher', 'the same', 'over 99 % lower']
    """
    percent = f"{100 * abs(1 - left):.0f}"
    if percent == "0":
        return same
    return f"{'over 99' if percent == '100' and 0 < left < 1 else percent} % {below_above[left > 1]}"
