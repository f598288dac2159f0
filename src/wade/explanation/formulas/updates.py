"""The formulas of an update, one for each optimizer, as it changes one parameter.

`UPDATES` has an entry for each name in `wade.maths.optimizers.OPTIMIZERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from wade.errors import InvalidArgument
from wade.explanation.formulas import symbols
from wade.explanation.notation.expressions import Apply, Equation, Expression, Negative, Product, Quantity, Sum, Symbol
from wade.explanation.steps.parameter_index import ParameterIndex
from wade.explanation.steps.record import Record

EFFECTIVE: Final = Symbol("η", index=("eff",))


class Parameter:
    """One parameter in an update: its gradient g, the optimizer's state for it, and the equations so far."""

    def __init__(self, record: Record, place: ParameterIndex) -> None:
        self.record, self.place, self.equations = record, place, list[Equation]()
        self.optimizer: Any = record.optimizer
        self.symbol = symbols.parameter(place.name, place.index)
        self.w = Quantity(self.symbol, float(record.network.theta[place.at]), True)
        self.eta = Quantity(Symbol("η"), record.learning_rate)
        seen = None if record.regularized_gradient is None else float(record.regularized_gradient[place.at])
        untouched = record.gradient is None or seen is None or seen == float(record.gradient[place.at])
        self.gradient: Expression = Quantity(symbols.gradient(self.symbol) if untouched else Symbol("g"), seen)
        decays = self.optimizer.weight_decay and record.network.decays[place.at]
        self.decay = Quantity(Symbol("λ"), self.optimizer.weight_decay) * self.w if decays else None
        self.decayed_gradient = self.gradient + self.decay if self.decay else self.gradient

    def state(self, letter: str, name: str) -> tuple[Quantity, Quantity]:
        """A number of the optimizer's state for this parameter, before and after the update."""
        states = (self.record.state_before, self.record.state_after)
        before, after = (None if state is None else float(state[name][self.place.at]) for state in states)
        return Quantity(Symbol(letter), before), Quantity(Symbol(f"{letter}′"), after)

    def becomes(self, new: Quantity, formula: Expression) -> None:
        """Adds the equation of a new number in the state."""
        self.equations.append(Equation(new.name, (formula,), new.value))

    def effective(self, formula: Expression) -> Quantity:
        """The effective learning rate: what the direction of this parameter's step is multiplied by."""
        factors = self.record.effective_learning_rates
        found = Quantity(EFFECTIVE, None if factors is None else float(factors[self.place.at]))
        self.becomes(found, formula)
        return found

    def less(self, *steps: Expression) -> list[Equation]:
        """All equations: those of the state, and that of the parameter, less these steps."""
        after = None if self.record.theta_after is None else float(self.record.theta_after[self.place.at])
        total = Sum((self.w, *(Negative(step) for step in steps)))
        return [*self.equations, Equation(self.symbol, (total,), after, is_weight=True, sign="←")]


def _sgd(one: Parameter) -> list[Equation]:
    return one.less(one.eta * (_momentum(one) if one.optimizer.momentum else one.decayed_gradient))


def _nesterov(one: Parameter) -> list[Equation]:
    mu = Quantity(Symbol("μ"), one.optimizer.momentum)
    return one.less(one.eta * Sum((one.decayed_gradient, mu * _momentum(one))))


def _momentum(one: Parameter) -> Quantity:
    mu, (v, new_v) = Quantity(Symbol("μ"), one.optimizer.momentum), one.state("v", "momentum")
    one.becomes(new_v, mu * v + one.decayed_gradient)
    return new_v


def _adagrad(one: Parameter) -> list[Equation]:
    G, new_G = one.state("G", "sum_of_squares")
    one.becomes(new_G, G + one.decayed_gradient**2)
    return one.less(one.effective(one.eta / _root(one, new_G)) * one.decayed_gradient)


def _rmsprop(one: Parameter) -> list[Equation]:
    alpha, (v, new_v) = Quantity(Symbol("α"), one.optimizer.alpha), one.state("v", "second_moment")
    one.becomes(new_v, _average(alpha, v, one.decayed_gradient**2))
    return one.less(one.effective(one.eta / _root(one, new_v)) * one.decayed_gradient)


def _adam(one: Parameter) -> list[Equation]:
    return one.less(_adam_step(one, one.decayed_gradient))


def _adamw(one: Parameter) -> list[Equation]:
    decay = [Product((one.eta, *one.decay.factors))] if one.decay else []
    return one.less(*decay, _adam_step(one, one.gradient))


def _adam_step(one: Parameter, g: Expression) -> Expression:
    t, unbiased = Quantity(Symbol("t"), float(one.record.state_before["step"] + 1)), []
    for number, letter, name, beta, grown in (
        (1, "m", "first_moment", one.optimizer.beta1, g),
        (2, "v", "second_moment", one.optimizer.beta2, g**2),
    ):
        b, (old, new) = Quantity(Symbol("β", index=(number,)), beta), one.state(letter, name)
        one.becomes(new, _average(b, old, grown))
        unbiased.append(new / (1 - b**t))
    return one.effective(one.eta / _root(one, unbiased[1])) * unbiased[0]


def _average(share: Quantity, old: Expression, new: Expression) -> Expression:
    """The exponential average: this share of the old, and the rest of the new."""
    return share * old + (1 - share) * new


def _root(one: Parameter, squares: Expression) -> Expression:
    return Apply("sqrt", squares) + Quantity(Symbol("ε"), one.optimizer.epsilon)


UPDATES: Final[dict[str, Callable[[Parameter], list[Equation]]]] = {
    "sgd": _sgd,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
_EFFECTIVE: Final = "η_eff is the effective learning rate of this parameter: the smaller, the larger its gradients were"
_MOMENTUM: Final = "v is the momentum: a running sum of gradients that keeps the share μ at each step"
_MOMENTS: Final = (
    "m and v are running averages of the gradient and of its square, β₁ and β₂ the shares of them that a step keeps, "
    f"t is the number of the step, ε prevents a division by 0, {_EFFECTIVE}"
)
_SYMBOLS: Final = {
    "sgd": _MOMENTUM,
    "nesterov": _MOMENTUM,
    "adagrad": f"G is the sum of all squared gradients, ε prevents a division by 0, {_EFFECTIVE}",
    "rmsprop": "v is the average of squared gradients, with the share α kept at each step, ε prevents a division by 0, "
    f"{_EFFECTIVE}",
    "adam": _MOMENTS,
    "adamw": _MOMENTS,
}


def symbols_used(record: Record, place: ParameterIndex) -> str:
    """One sentence on the optimizer's symbols, and one on the prime; "" where the update has none."""
    stateful, parameter = len(record.state_before) > 1, Parameter(record, place)
    meanings = [_SYMBOLS[record.optimizer.name]] if stateful and record.optimizer.name in _SYMBOLS else []
    meanings += ["λ is the weight decay"] if parameter.decay else []
    sentence = f" Here {', '.join(meanings)}." if meanings else ""
    return sentence + (" In an update a prime (′) marks the new optimizer state." if stateful else "")


def update(record: Record, place: ParameterIndex) -> list[Equation]:
    """The optimizer's update of one parameter, step by step; InvalidArgument where `UPDATES` has no formula."""
    name = record.optimizer.name
    if name not in UPDATES:
        remedy = f"Add UPDATES[{name!r}] in wade.explanation.formulas.updates."
        raise InvalidArgument("optimizer", "must have a formula of its update to be explained", name, remedy)
    return UPDATES[name](Parameter(record, place))
