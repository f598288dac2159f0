"""What a training program does with a gradient: penalties, clipping, and the step of each optimiser."""

from __future__ import annotations

from wade.exporters.python.program import method
from wade.exporters.replay.replay import FirstSteps
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, Optimizer, RMSProp


def update(steps: FirstSteps, decays: list[str]) -> str:
    """`update`, with the names of the parameters that decay."""
    settings = steps.settings
    lines = []
    if settings.l1 or settings.l2:
        lines.append(f"for name in {decays}:")
        lines += [f"    grad[name] = grad[name] + {settings.l1} * np.sign(theta[name])"] if settings.l1 else []
        lines += [f"    grad[name] = grad[name] + {settings.l2} * theta[name]"] if settings.l2 else []
    if settings.clip_norm is not None:
        lines += [
            "length = np.sqrt(sum((g**2).sum() for g in grad.values()))",
            f"grad = {{name: g * min(1, {settings.clip_norm} / (length + 1e-6)) for name, g in grad.items()}}",
        ]
    lines += _rule(steps.optimizer, decays)
    says = f"One step of {steps.optimizer.name} against the gradient; `memory` is what it keeps from step to step."
    return method("update", "theta, grad, memory, rate", says, [*lines, "return theta"])


def _rule(optimizer: Optimizer, decays: list[str]) -> list[str]:
    """The optimiser's equations, for each parameter."""
    decay: float = optimizer.weight_decay
    lines = []
    if decay and isinstance(optimizer, AdamW):
        lines += [f"for name in {decays}:", f"    theta[name] = theta[name] - rate * {decay} * theta[name]"]
        # The gradient is that of the parameters before they decayed, and is known already.
    elif decay:
        lines += [f"for name in {decays}:", f"    grad[name] = grad[name] + {decay} * theta[name]"]
    lines += ['memory["step"] = t = memory.get("step", 0) + 1'] if isinstance(optimizer, Adam | AdamW) else []
    return [*lines, "for name, g in grad.items():", *(f"    {line}" for line in _equations(optimizer))]


def _equations(optimizer: Optimizer) -> list[str]:
    if isinstance(optimizer, Adam | AdamW):
        one, two, epsilon = optimizer.beta1, optimizer.beta2, optimizer.epsilon
        return [
            f'm = memory["m", name] = {one} * memory.get(("m", name), 0) + (1 - {one}) * g',
            f'v = memory["v", name] = {two} * memory.get(("v", name), 0) + (1 - {two}) * g**2',
            f"theta[name] = theta[name] - rate * (m / (1 - {one}**t)) / (np.sqrt(v / (1 - {two}**t)) + {epsilon})",
        ]
    if isinstance(optimizer, RMSProp):
        return [
            f'v = memory["v", name] = {optimizer.alpha} * memory.get(("v", name), 0) + (1 - {optimizer.alpha}) * g**2',
            f"theta[name] = theta[name] - rate * g / (np.sqrt(v) + {optimizer.epsilon})",
        ]
    if isinstance(optimizer, AdaGrad):
        return [
            'G = memory["G", name] = memory.get(("G", name), 0) + g**2',
            f"theta[name] = theta[name] - rate * g / (np.sqrt(G) + {optimizer.epsilon})",
        ]
    if isinstance(optimizer, Nesterov):
        return [
            f'v = memory["v", name] = {optimizer.momentum} * memory.get(("v", name), 0) + g',
            f"theta[name] = theta[name] - rate * (g + {optimizer.momentum} * v)",
        ]
    assert isinstance(optimizer, SGD)
    if not optimizer.momentum:
        return ["theta[name] = theta[name] - rate * g"]
    return [
        f'v = memory["v", name] = {optimizer.momentum} * memory.get(("v", name), 0) + g',
        "theta[name] = theta[name] - rate * v",
    ]
