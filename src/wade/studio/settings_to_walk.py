"""From settings and prepared rows to a network and its `Walk`, and back from a walk to settings."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any, Final

from msgspec.structs import replace

from wade.errors import InvalidArgument
from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.model.evaluation.outputs import output_shape
from wade.network import Network
from wade.settings import Settings as RecipeSettings
from wade.settings import Settled, settle
from wade.studio.messages import Settings
from wade.studio.prepared_table import PreparedTable
from wade.studio.settings import ACTIVATION, LIVE, PLAIN, constants_of, losses_of, walk_settings
from wade.training.automatic import usual_rate
from wade.training.walk import Walk

MOST_PARAMETERS: Final = 10_000_000


def live_changes(before: Settings, after: Settings) -> dict[str, Any] | None:
    """What `Walk.change` takes to go on with other settings; None where the training has to begin anew."""
    if any(getattr(before, name) != getattr(after, name) for name in Settings.__struct_fields__ if name not in LIVE):
        return None
    old, new = walk_settings(before), walk_settings(after)
    found = {name: value for name, value in new.items() if value != old[name]}
    if before.activations != after.activations:
        found["activation"] = ",".join(after.activations)
    if before.dropout != after.dropout:
        found["dropout"] = after.dropout
    return found


def prepared_settings(settings: Settings, prepared: PreparedTable) -> Settings:
    """The settings with a loss that fits the target, and the values of the default recipe where it was chosen."""
    task = prepared.data.target.task
    loss = settings.loss if settings.loss in losses_of(task) else losses_of(task)[0]
    return replace(settings, loss=loss)


def with_recipe(settings: Settings, prepared: PreparedTable) -> Settings:
    """The settings that the chosen recipe has: of "plain" its own, of "default" those by the rules of `wade train`."""
    if settings.recipe == "plain":
        found = replace(settings, **PLAIN)
        return replace(found, optimizer_constants=constants_of(choose_optimizer(found.optimizer)))
    settled = recipe_for(settings, prepared)
    optimizer = with_weight_decay(choose_optimizer(settled.optimizer), settled.weight_decay)
    rate = usual_rate(settled.optimizer, settings.hidden, settled.members, len(prepared.split.train))
    return replace(
        settings,
        optimizer=settled.optimizer,
        optimizer_constants=constants_of(optimizer),
        learning_rate=rate,
        schedule=settled.schedule,
        epochs=settled.epochs,
        batch_size=settled.batch_size,
        dropout=settled.dropout,
    )


def with_weight_decay(optimizer: Optimizer, weight_decay: float) -> Optimizer:
    """The optimizer with another weight decay."""
    made: Optimizer = type(optimizer)(**{**asdict(optimizer), "weight_decay": weight_decay})
    return made


def recipe_for(settings: Settings, prepared: PreparedTable) -> Settled:
    """What `wade train` would choose for these rows and hidden layers."""
    shape = output_shape(prepared.data.target)
    return settle(RecipeSettings(hidden=tuple(settings.hidden)), len(prepared.split.train), *shape)


def build_network(settings: Settings, prepared: PreparedTable) -> Network:
    """The network before its first step.

    Raises
    ------
    InvalidArgument
        A width is none, or there are too many parameters.
    """
    outputs, output = output_shape(prepared.data.target)
    layout, widths = prepared.data.encoder.layout, settings.hidden
    members = recipe_for(settings, prepared).members if settings.recipe == "default" else 1
    first = sum(layout.sizes) + sum(layout.bins) + layout.n_numbers
    wide = [first, *(width for width in widths if isinstance(width, int)), outputs]
    count = sum((n + 1) * m for n, m in pairwise(wide))
    if count > MOST_PARAMETERS:
        expected = f"makes about {count:,} parameters; the studio takes {MOST_PARAMETERS:,} at most"
        raise InvalidArgument("hidden", expected, list(widths), "Take fewer or narrower layers.")
    network = Network(
        layout,
        hidden=tuple(widths),
        outputs=outputs,
        activation=",".join(settings.activations) or ACTIVATION,
        output=output,
        dropout=settings.dropout,
        members=members,
        seed=settings.seed,
    )
    network.theta[network.decays] *= settings.initial_scale
    return network


def build_walk(settings: Settings, prepared: PreparedTable, network: Network) -> Walk:
    """The training that begins with this network."""
    X, y, _ = prepared.samples(0)
    return Walk(network, X, y, loss=settings.loss, seed=settings.seed, threads=1, **walk_settings(settings))


def settings_of(walk: Walk, settings: Settings) -> Settings:
    """The settings, with those of the step that a walk stands at."""
    now, network = walk.settings, walk.network
    return replace(
        settings,
        optimizer=_name_of(now.optimizer, settings.optimizer),
        optimizer_constants=constants_of(now.optimizer),
        learning_rate=now.learning_rate,
        schedule=now.schedule.name,
        epochs=now.epochs,
        batch_size=now.batch_size,
        l1=now.l1,
        l2=now.l2,
        clip_norm=now.clip_norm,
        activations=list(network.architecture.activations),
        dropout=network.dropout,
    )


def _name_of(optimizer: Optimizer, before: str) -> str:
    """The name by which settings know an optimizer: gradient descent with momentum has two."""
    if optimizer.name != "sgd":
        return optimizer.name
    if type(choose_optimizer(before)) is type(optimizer) and before == "momentum":
        return before
    return "momentum" if getattr(optimizer, "momentum", 0.0) else "sgd"
