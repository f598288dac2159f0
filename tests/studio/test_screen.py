"""What a page is told equals what `wade.explain` records, to the digit; and it costs training at most a tenth."""

import math
import time

import numpy as np
import pytest

import wade
from wade.studio import messages as m
from wade.studio import viewing_budget
from wade.studio.data import open_table
from wade.studio.frames import unpack_frame
from wade.studio.outbox import Outbox
from wade.studio.saved_model import model_of
from wade.studio.session import StudioSession
from wade.studio.viewing_budget import ViewingBudget


def opened(*table, rows=None, **settings):
    session = StudioSession("key", Outbox(), lambda: open_table(*table, rows=rows))
    session.handle(m.Configure(id=0, settings=settings))
    return session


def frame_of(session):
    with session._trainer.turn():
        return unpack_frame(session._screen.frame())


@pytest.mark.parametrize(
    ("table", "settings"),
    [
        (("generated", "moons"), {}),
        (("formula", "y = sin(x)"), {"activations": ["relu", "gelu"]}),
        (("built_in", "iris"), {"hidden": [5]}),
        (("built_in", "wine"), {"recipe": "default", "hidden": [6], "dropout": 0.0}),
    ],
)
def test_the_row_at_hand_is_that_of_explain_to_the_digit(table, settings):
    session = opened(*table, **settings)
    session.handle(m.Step(id=0, count=4))
    session.handle(m.Step(id=0, unit="phase", count=2))
    space, state, frame = session._space, session.state(), frame_of(session)
    trace = wade.explain(model_of(space), space.table.rows.slice(state.row.index, 1))
    parts = {part.name: part.values for part in frame.parts if part.name.startswith("row:")}
    mean, target = space.network.mean_of_members, space.prepared.data.target
    for layer, (Z, A, delta) in enumerate(zip(trace.forward.Z, trace.forward.A, trace.deltas, strict=True), start=1):
        shown = state.network.layers[layer - 1].shown
        last = layer == len(space.network.layers)
        A = target.decode_number(mean(A)) if last and target.task == "regression" else mean(A)
        for name, values in (("z", mean(Z)), ("a", A), ("delta", mean(delta))):
            assert (parts[f"row:{name}{layer}"] == values[0, shown].astype(np.float32)).all()
    output = trace.output
    if target.task == "regression":
        assert state.row.predicted == target.decode_number(output)[0]
    else:
        shares = np.array([1 - output[0], output[0]]) if target.task == "binary" else output / output.sum()
        assert state.row.probability == shares.max()
        assert state.row.predicted == target.classes[int(shares.argmax())]
    session.close()


def test_frames_bring_the_parameters_to_the_bit():
    session = opened("generated", "moons", batch_size=4)
    session.handle(m.Step(id=0, count=4))
    parts, parameters = {part.name: part.values for part in frame_of(session).parts}, session._space.network.parameters
    for layer in (1, 2, 3):
        assert (parts[f"weights:W{layer}"] == parameters[f"W{layer}"]).all()
        assert (parts[f"biases:b{layer}"] == parameters[f"b{layer}"]).all()
    session.close()


def test_a_map_is_what_the_network_answers_over_the_axes():
    session = opened("generated", "hills", batch_size=4)
    session.handle(m.View(id=0, grid=16))
    session.handle(m.Step(id=0, count=50))
    state, model = session.state(), model_of(session._space)
    part = next(part for part in frame_of(session).parts if part.name == "map:a3[0]")
    (x0, x1), (y0, y1) = state.axes.x, state.axes.y
    for row, column in ((0, 0), (3, 12), (15, 15)):
        x, y = x0 + (x1 - x0) * column / 15, y0 + (y1 - y0) * row / 15
        answer = min(max(model.predict({"x": x, "y": y})[0], part.low), part.high)
        shown = part.low + (part.high - part.low) * part.values[row, column] / 255
        assert math.isclose(shown, answer, abs_tol=(part.high - part.low) / 500)
    session.close()


def test_points_lie_where_their_rows_say(session_of_flights):
    axes, rows = session_of_flights.state().axes, session_of_flights._space.table.rows
    for point, row, observed in list(zip(axes.points, axes.rows, axes.observed, strict=True))[::50]:
        values = [rows[column][row].as_py() for column in axes.columns]
        np.testing.assert_allclose(point, values, rtol=1e-4)
        assert observed == rows["delayed"][row].as_py()


@pytest.fixture(scope="module")
def session_of_flights():
    made = opened("built_in", "flights", rows=2_000)
    yield made
    made.close()


def test_maps_are_over_the_columns_that_are_chosen(session_of_flights):
    session_of_flights.handle(m.Select(id=0, columns=("wind_speed", "humidity"), row=3))
    axes = session_of_flights.state().axes
    assert axes.columns == ("wind_speed", "humidity")
    assert axes.units == ("km/h", "%")
    assert axes.held.startswith("Other columns are held at row 4: scheduled_departure = ")


def test_without_numbers_maps_are_histograms(session_of_flights):
    session_of_flights.handle(m.Configure(id=0, settings={"inputs": ["carrier", "origin"]}))
    assert session_of_flights.state().axes.kind == "histogram"
    frame = frame_of(session_of_flights)
    part = next(part for part in frame.parts if part.name == "map:a1[0]")
    assert (part.values.shape, part.bins) == ((32,), (-1.0, 1.0))
    assert part.values.max() <= 255


@pytest.mark.parametrize("seconds", [0.0001, 0.003, 0.05, 1.0])
def test_frames_take_their_share_of_the_thread_and_no_more(monkeypatch, seconds):
    clock = [0.0]
    monkeypatch.setattr(viewing_budget, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(viewing_budget, "thread_time", lambda: clock[0])
    budget, drawing, frames = ViewingBudget(), 0.0, 0
    clock[0] = 1.0
    while clock[0] < 200:
        clock[0] += 0.02  # a chunk of training
        if budget.frames.is_due():
            budget.frames.begin()
            cost = seconds * (budget.grid(64) / 64) ** 2 * budget.neurons(64) / 64
            clock[0] += cost
            drawing, frames = drawing + cost, frames + 1
            budget.frames.end()
            budget.adapt()
    assert drawing < 0.075 * clock[0]
    assert frames > 2 * 200
    if seconds > 0.01:
        assert "maps of" in budget.words(64, 64)


def test_a_slow_training_shows_every_step():
    """While it waits for the next step, drawing takes nothing from training."""
    outbox = Outbox()
    session = StudioSession("key", outbox, lambda: open_table("generated", "moons"))
    session.handle(m.Play(id=0, speed=4.0))
    shown, end = set(), time.monotonic() + 3.0
    while time.monotonic() < end:
        outbox.grant(2)
        shown |= {unpack_frame(each).step for each in outbox.take() if isinstance(each, bytes)}
        time.sleep(0.01)
    session.handle(m.Pause(id=1))
    steps = session.state().step
    session.close()
    assert steps >= 4
    assert shown >= set(range(1, steps))


def test_speed_limits_the_steps():
    session = opened("generated", "moons", batch_size=4)
    session.handle(m.Play(id=0, speed=20.0))
    time.sleep(1.0)
    session.handle(m.Pause(id=0))
    assert 5 <= session.state().step <= 25
    session.close()


def test_an_error_that_nobody_foresaw_stops_training_and_is_told(caplog):
    session = opened("generated", "moons", batch_size=4)

    def fail():
        raise RuntimeError("no picture")

    session._screen.frame = fail
    session.handle(m.View(id=0))
    end = time.monotonic() + 10
    while session._space.trouble is None and time.monotonic() < end:
        time.sleep(0.01)
    assert session._space.trouble.message == "Training stopped: no picture"
    del session._screen.frame
    session.handle(m.Step(id=0, count=1))
    assert session.state().trouble is None
    session.close()
