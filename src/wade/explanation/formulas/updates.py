"""The last move of a step as formulas: what each optimiser makes of a gradient, for one parameter."""

from __future__ import annotations

from wade.explanation.formulas import symbols
from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Expression,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Symbol,
)
from wade.explanation.steps.parameter_index import ParameterIndex
from wade.explanation.steps.record import Record
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, RMSProp


def update(record: Record, place: ParameterIndex) -> list[Equation]:
    """What the optimiser does to one parameter, move by move."""

    def memory(state: str, after: bool) -> float | None:
        found = record.state_after if after else record.state_before
        return None if found is None else float(found[state][place.at])

    symbol = symbols.parameter(place.name, place.index)
    w = Quantity(symbol, float(record.network.theta[place.at]), True)
    eta = Quantity(Symbol("η"), record.learning_rate)
    seen = None if record.regularized_gradient is None else float(record.regularized_gradient[place.at])
    untouched = record.gradient is None or seen is None or seen == float(record.gradient[place.at])
    gradient = Quantity(symbols.gradient(symbol) if untouched else Symbol("g"), seen)
    after = float(record.theta_after[place.at]) if record.theta_after is not None else None
    optimizer = record.optimizer
    equations: list[Equation] = []
    decays = bool(record.network.decays[place.at])
    pull = Product((Quantity(Symbol("λ"), optimizer.weight_decay), w))
    g: Expression = gradient
    if not isinstance(optimizer, AdamW) and optimizer.weight_decay and decays:
        g = Sum((gradient, pull))

    def moved(*steps: Expression) -> list[Equation]:
        total = Sum((w, *(Negative(step) for step in steps)))
        return [*equations, Equation(symbol, (total,), after, is_weight=True, sign="←")]

    match optimizer:
        case SGD() if not optimizer.momentum:
            return moved(Product((eta, g)))
        case SGD() | Nesterov():
            mu, v = Quantity(Symbol("μ"), optimizer.momentum), Quantity(Symbol("v"), memory("momentum", False))
            new_v = Quantity(Symbol("v′"), memory("momentum", True))
            equations.append(Equation(new_v.name, (Sum((Product((mu, v)), g)),), new_v.value))
            ahead: Expression = new_v if isinstance(optimizer, SGD) else Sum((g, Product((mu, new_v))))
            return moved(Product((eta, ahead)))
        case Adam() | AdamW():
            t = float(record.state_before["step"] + 1)
            fair: list[Expression] = []
            for number, letter, name, beta, grown in (
                (1, "m", "first_moment", optimizer.beta1, g),
                (2, "v", "second_moment", optimizer.beta2, Power(g, Constant(2))),
            ):
                b = Quantity(Symbol("β", index=(number,)), beta)
                old, now = (Quantity(Symbol(letter + mark), memory(name, bool(mark))) for mark in ("", "′"))
                mixed = Sum((Product((b, old)), Product((Sum((Constant(1), Negative(b))), grown))))
                equations.append(Equation(now.name, (mixed,), now.value))
                fair.append(Quotient(now, Sum((Constant(1), Negative(Power(b, Quantity(Symbol("t"), t)))))))
            root = Sum((Apply("sqrt", fair[1]), Quantity(Symbol("ε"), optimizer.epsilon)))
            step = Product((eta, Quotient(fair[0], root)))
            if isinstance(optimizer, AdamW) and optimizer.weight_decay and decays:
                return moved(Product((eta, *pull.factors)), step)
            return moved(step)
        case _:
            return _scaled(record, place, optimizer, w, eta, g, after)


def _scaled(
    record: Record,
    place: ParameterIndex,
    optimizer: AdaGrad | RMSProp,
    w: Quantity,
    eta: Quantity,
    g: Expression,
    moved: float | None,
) -> list[Equation]:
    """AdaGrad and RMSProp: the gradient over the root of its squares so far."""
    name, letter = ("sum_of_squares", "G") if isinstance(optimizer, AdaGrad) else ("second_moment", "v")
    before = float(record.state_before[name][place.at])
    after = float(record.state_after[name][place.at]) if record.state_after is not None else None
    old, now = Quantity(Symbol(letter), before), Quantity(Symbol(f"{letter}′"), after)
    square = Power(g, Constant(2))
    mixed = Sum((old, square))
    if isinstance(optimizer, RMSProp):
        alpha = Quantity(Symbol("α"), optimizer.alpha)
        mixed = Sum((Product((alpha, old)), Product((Sum((Constant(1), Negative(alpha))), square))))
    epsilon = Quantity(Symbol("ε"), optimizer.epsilon)
    step = Product((eta, Quotient(g, Sum((Apply("sqrt", now), epsilon)))))
    return [
        Equation(now.name, (mixed,), after),
        Equation(w.name, (Sum((w, Negative(step))),), moved, is_weight=True, sign="←"),
    ]
