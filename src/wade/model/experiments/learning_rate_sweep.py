"""A sweep of learning rates on a table: prepared as for training, then all rates from the same initial parameters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import product, starmap
from math import ceil, inf
from typing import Any, Final, Unpack

import numpy as np
from numpy.typing import NDArray

from wade.documents.wording import counted
from wade.errors import InvalidArgument
from wade.maths.losses import usual_loss
from wade.maths.optimizers import choose_optimizer
from wade.model.evaluation.outputs import constant_outputs, output_shape, row_losses
from wade.model.learn import ignore_event
from wade.model.model import Report
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare
from wade.settings import PLATEAU, Choice, RaceOptions, Settings, Settled, documented, settle
from wade.settings.automatic import steps_per_epoch
from wade.tables import Dialect
from wade.training.automatic import MEMBERS_OF_SWEEP, build_optimizer
from wade.training.by_settings import build_network, check_settings
from wade.training.chunk_losses import WINDOWS, brief
from wade.training.learning_rate_sweep import ProgressCallback, SweepLosses, sweep_learning_rates
from wade.training.optimizer_comparison import Method, compare
from wade.training.sweep_length import STEPS, steps_at_once, steps_of_sweep
from wade.training.sweep_outcomes import MARGIN, SweepOutcomes, classify_rates, failure

LEARNING_RATES: Final = (1e-5, 10.0)
COUNT: Final = 64
COUNT_OF_EACH: Final = 24
TIMES_LONGER: Final = 5
TIMES_LONGER_UNSCALED: Final = 10
"""How much longer than the sweep `MARGIN` times the highest suggestion is tried, at most for the steps of training;
where an optimizer does not divide by the size of gradients, a rate that is too high may show late."""
MOST_ROWS_TRIED: Final = 2**17
"""In that longer run, but no fewer steps than in the sweep: on large batches a rate that is too high shows early."""
FEWEST_ROWS: Final = 16
ENOUGH_ROWS: Final = 128
"""Rows behind the mean loss of a bar, with fewer of which a race is refused, or notes that chance plays a part."""
MOST_UPDATES: Final = 2e9
"""Updates of single parameters in a sweep of small batches (about 10 s), beyond which it has `COUNT_OF_EACH` rates."""
CHOSEN: Final = ("hidden", "members", "dropout", "batch_size")


@documented(RaceOptions)
def race(
    data: Any,
    target: str | None = None,
    *,
    dialect: Dialect | None = None,
    learning_rates: Sequence[float] = LEARNING_RATES,
    count: int | None = None,
    optimizers: Sequence[str] = (),
    schedules: Sequence[str] = (),
    steps: int | None = None,
    watcher: ProgressCallback | None = None,
    **options: Unpack[RaceOptions],
) -> Report:
    """Sweep learning rates: all start from the same parameters and see the same batches; each is classified.

    Each rate is constant, unless `schedules` says otherwise. What is best for a wider network or a longer training may
    be another rate: hence a range and several suggestions. With `optimizers` and `schedules`, each pair of them is
    swept over all rates, and the results are compared.

    Parameters
    ----------
    data, target, dialect
        As in `wade.learn`; the sweep runs over its training rows.
    learning_rates : (lowest, highest)
        Range of the rates.
    count : int, ≥ 2
        Number of rates, evenly spaced on a logarithmic scale; None: 64, or 24 for several pairs, or in long sweeps.
    optimizers : names
        Such as ("sgd", "momentum", "adam"). None: `optimizer` alone.
    schedules : names of schedules
        Such as ("constant", "cosine", "one_cycle"), over the steps of the sweep. None: constant rates.
    steps : int, ≥ 1
        Training steps of each run; None: 50, or as many as take 3,200 rows where batches are small.
    watcher : function of (steps done, all steps)
        Called as the sweep goes on.
    {options}

    Returns
    -------
    dict
        What `training.sweep_outcomes.SweepOutcomes.to_dict` gives ("outcomes", each with rate, outcome, evidence and
        losses; "start", "steps", "best", "lowest", "highest", "suggestions"), with "data", "target", "rows",
        "batch_size", "passes", "settings", "choices", "training_schedule" (of `wade.learn`, unless it is told another),
        "engine", "seconds" and "notes". With several pairs of optimizer and schedule, "standings" (the best first:
        optimizer, schedule, learning_rate, loss, gain, lowest, highest, step_sizes, evidence) and "races" (what
        `to_dict` gives for each) in their place.

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used.

    Examples
    --------
    >>> found = race("moons", learning_rates=(1e-5, 1.0), count=6, hidden=(8,))
    >>> found["outcomes"][0]["outcome"], found["lowest"] <= found["best"]
    ('too small', True)
    """
    settings, choices, missing, split = read_options(data, target, options, RaceOptions)
    all_methods = list(starmap(Method, product(optimizers or (settings.optimizer,), schedules or ("constant",))))
    rates = spread(learning_rates, (COUNT if len(all_methods) == 1 else COUNT_OF_EACH) if count is None else count)
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
        raise InvalidArgument("steps", "must be a whole number from 1 on", steps, f"Try {STEPS}.")
    if options.get("plain") and Settings.optimizer in optimizers:
        expected, remedy = (
            "cannot hold 'adamw' with plain, which has no weight decay",
            "Take 'adam', which is the same.",
        )
        raise InvalidArgument("optimizers", expected, list(optimizers), remedy)
    for each in all_methods:
        try:
            check_settings(replace(settings, optimizer=each.optimizer, schedule=each.schedule))
        except InvalidArgument as error:
            several = {"optimizer": "optimizers", "schedule": "schedules"}.get(error.name, "")
            if not {"optimizers": optimizers, "schedules": schedules}.get(several):
                raise
            raise InvalidArgument(several, error.expected, error.received, error.remedy) from error
        if each.schedule == PLATEAU:
            raise InvalidArgument("schedules", "cannot hold 'plateau', which waits for validation rows", PLATEAU)
    with ExitStack() as cleanup:
        prepared = prepare(data, choices, missing, dialect, split, memory=None, cleanup=cleanup, on_event=ignore_event)
        shape = output_shape(prepared.target)
        settled = _with_few_members(settle(settings, len(prepared.parts["train"]), *shape))
        # All of them; of rows that are streamed, as many as a window holds.
        (X, y, _), _ = next(prepared.parts["train"].epoch(1, settled.batch_size, settings.seed))
    network = build_network(settled, prepared.encoder.layout, *shape)

    baseline = row_losses(prepared.target, constant_outputs(prepared.target, prepared.base_rate, len(X)), y)
    batch_size = min(settled.batch_size, len(X))
    steps = _checked_steps(steps, batch_size, len(X))
    fewer = count is None and len(rates) * steps * network.theta.size > MOST_UPDATES and steps > STEPS
    if fewer and len(all_methods) == 1:
        rates = spread(learning_rates, COUNT_OF_EACH)
    steps_of_training = settled.epochs * steps_per_epoch(len(X), batch_size)

    seconds = list[float]()

    def sweep(
        each: Method, rates: NDArray[np.float64], steps: int, watcher: ProgressCallback | None = None
    ) -> SweepLosses:
        settled_here = settle(replace(settings, optimizer=each.optimizer), len(X), *shape)
        swept = sweep_learning_rates(
            network,
            X,
            y,
            rates,
            loss=usual_loss(network.output),
            optimizer=build_optimizer(settled_here),
            batch_size=batch_size,
            steps=steps,
            seed=settings.seed,
            engine=settings.engine,
            threads=settings.threads,
            watcher=watcher,
            schedule=each.schedule,
            baseline=baseline,
        )
        seconds.append(swept.seconds)
        return swept

    def progress_of(number: int) -> ProgressCallback | None:
        return watcher and (lambda done, of: watcher(number * of + done, len(all_methods) * of))

    def outcomes_of(each: Method, raced: SweepLosses) -> SweepOutcomes:
        """The outcomes; a suggestion is given up where `MARGIN` times it fails, used as training uses it."""
        found = classify_rates(raced.learning_rates, raced.losses, raced.start, raced.baseline)
        times = TIMES_LONGER if choose_optimizer(each.optimizer).is_adaptive else TIMES_LONGER_UNSCALED
        most = MOST_ROWS_TRIED // batch_size
        longer = max(steps, min(times * steps, steps_of_training, most))
        in_training = each if schedules else replace(each, schedule=settled.schedule)
        while found.suggestions:
            above = MARGIN * max(suggestion.learning_rate for suggestion in found.suggestions)
            tried = sweep(in_training, np.array([above]), longer)
            how = failure(tried.losses[0], tried.start, steps_at_once(batch_size, len(X)))
            if how is None:
                break
            found = found.below(above, f"{how} in a longer run of {longer:,} steps")
        return found

    raced = [sweep(each, rates, steps, progress_of(number)) for number, each in enumerate(all_methods)]
    found = [outcomes_of(each, race) for each, race in zip(all_methods, raced, strict=True)]
    return {
        "data": prepared.name,
        "target": prepared.target.column,
        "rows": len(X),
        "batch_size": batch_size,
        "passes": raced[0].passes,
        "task": prepared.target.task,
        **(asdict(found[0]) if len(all_methods) == 1 else _compared(all_methods, found, raced)),
        "settings": {
            "hidden": list(settled.hidden),
            **{name: getattr(settled, name) for name in ("activation", "members", "dropout")},
            **(asdict(all_methods[0]) if len(all_methods) == 1 else {"optimizer": None, "schedule": None}),
            "seed": settings.seed,
        },
        "training_schedule": settled.schedule,
        "choices": {name: asdict(settled.choices[name]) for name in CHOSEN if name in settled.choices},
        "engine": raced[0].engine,
        "seconds": sum(seconds),
        "notes": [
            *prepared.notes,
            *prepared.schema.notes,
            *_notes(found, steps, batch_size, len(X)),
            *_fewer(rates, count, len(all_methods)),
        ],
    }


def _compared(all_methods: Sequence[Method], found: Sequence[SweepOutcomes], raced: Sequence[SweepLosses]) -> Report:
    """The standings, and the race of each."""
    return {
        "standings": [asdict(standing) for standing in compare(all_methods, found, raced)],
        "races": [{**asdict(method), **asdict(each)} for method, each in zip(all_methods, found, strict=True)],
    }


def _checked_steps(steps: int | None, batch_size: int, n_rows: int) -> int:
    """The steps of each run; InvalidArgument where they are too few for batches this small."""
    if steps is None:
        return steps_of_sweep(batch_size, n_rows)
    least = ceil(WINDOWS * min(FEWEST_ROWS, n_rows) / batch_size)
    if batch_size < min(FEWEST_ROWS, n_rows) and steps < least:
        expected = f"must be at least {least:,} with batches of {counted(batch_size, 'row')}: of so few rows, chance "
        remedy = f"Leave it out for {steps_of_sweep(batch_size, n_rows):,} steps, or take larger batches."
        raise InvalidArgument("steps", f"{expected}decides the outcomes", steps, remedy)
    return steps


def _notes(found: Sequence[SweepOutcomes], steps: int, batch_size: int, n_rows: int) -> list[str]:
    """Notes on losses that few rows measure, and on rows that were trained on more than once."""
    notes, per_bar = [], steps * batch_size // min(WINDOWS, steps)
    if per_bar < min(ENOUGH_ROWS, n_rows):
        notes.append(
            f"Each bar is the mean loss of {counted(per_bar, 'row')}: chance decides close outcomes. Without --steps, "
            f"a run takes {steps_of_sweep(batch_size, n_rows):,} steps."
        )
    if all(each.above_constant for each in found):
        notes.append(
            "No rate ends below the constant baseline by more than chance. Gains are measured from the untrained "
            "network instead, and tell rates apart less. The columns may say little about the target, or it takes more "
            f"steps: try --steps {max(4 * steps, steps_of_sweep(batch_size, n_rows))}."
        )
    passes = steps * batch_size / n_rows
    if passes > 1:
        notes.append(
            f"Each run took {passes:.1f} epochs. From the second epoch on, losses are on rows already trained on, "
            "which favors high rates; a lower one may generalize better."
        )
    return notes


def _fewer(rates: NDArray[np.float64], count: int | None, all_methods: int) -> list[str]:
    """A note on a sweep of fewer rates than usual."""
    if count is not None or all_methods > 1 or len(rates) == COUNT:
        return []
    return [
        f"{len(rates)} rates are swept instead of {COUNT}: batches this small take many steps. More: --count {COUNT}."
    ]


def spread(learning_rates: Sequence[float], count: int) -> NDArray[np.float64]:
    """`count` rates from the lowest to the highest, evenly spaced on a logarithmic scale, in two digits if they differ.

    Raises
    ------
    InvalidArgument
        The ends are not two rising numbers above 0, or there are fewer than two rates.

    Examples
    --------
    >>> spread((0.001, 0.1), 3).tolist()
    [0.001, 0.01, 0.1]
    """
    if len(learning_rates) != 2 or not 0 < learning_rates[0] < learning_rates[1] < inf:
        expected = "must be two numbers, 0 < lowest < highest"
        raise InvalidArgument("learning_rates", expected, learning_rates, "Try 1e-5 and 10.")
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise InvalidArgument("count", "must be a whole number from 2 on", count, f"Try {COUNT}.")
    exact = np.geomspace(learning_rates[0], learning_rates[1], count)
    rounded = np.array([float(brief(rate)) for rate in exact])
    return rounded if (np.diff(rounded) > 0).all() else exact


def _with_few_members(settled: Settled) -> Settled:
    """The same with at most four members, where their number is open: the best rate does not depend on it."""
    if "members" not in settled.choices or settled.members <= MEMBERS_OF_SWEEP:
        return settled
    few = Choice(MEMBERS_OF_SWEEP, "a sweep takes four: which rate is best does not depend on how many there are")
    return replace(settled, members=MEMBERS_OF_SWEEP, choices={**settled.choices, "members": few})
