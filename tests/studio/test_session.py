"""What each command of a page does, without a page: the session alone."""

import numpy as np
import pytest

from wade.errors import InvalidArgument, UnreadableTable, WadeError
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.frames import unpack_frame
from wade.studio.outbox import Outbox
from wade.studio.session import StudioSession
from wade.training.walk import Walk


@pytest.fixture
def outbox():
    found = Outbox()
    found.grant(2)
    return found


@pytest.fixture
def session(outbox):
    made = StudioSession("key", outbox, lambda: open_table("generated", "moons", rows=100))
    yield made
    made.close()


def do(session, kind, **fields):
    return session.handle(kind(id=0, **fields))


def test_a_page_gets_a_whole_state_when_it_opens(session):
    state = do(session, m.Open)
    assert (state.step, state.running, state.phase) == (0, False, "")
    assert [layer.size for layer in state.network.layers] == [8, 8, 1]
    assert state.data.rows == {"train": 60, "validation": 20, "test": 20}
    assert (state.axes.kind, state.axes.columns) == ("plane", ("x", "y"))
    assert len(state.axes.points) == len(state.axes.rows) == 100


def test_steps_are_those_of_a_walk(session):
    space = session._space
    X, y, _ = space.prepared.samples(0)
    walk = Walk(
        type(space.network).from_dict(space.network.to_dict()), X, y, learning_rate=0.1, batch_size=16, threads=1
    )
    walk.step(7)
    do(session, m.Step, count=7)
    assert session.state().step == 7
    assert (space.network.theta == walk.network.theta).all()


def test_phases_go_forward_and_back(session):
    seen = []
    for count in (1, 1, 1, -1, -1, -1):
        do(session, m.Step, unit="phase", count=count)
        seen.append((session.state().step, session.state().phase))
    assert seen == [(0, "forward"), (0, "backward"), (1, ""), (0, "backward"), (0, "forward"), (0, "")]
    with pytest.raises(InvalidArgument, match="before the first step"):
        do(session, m.Step, unit="phase", count=-1)


def test_epochs_end_where_epochs_end(session):
    do(session, m.Step, unit="epoch", count=2)
    assert session.state().epoch == 2
    do(session, m.Step, count=1)
    do(session, m.Step, unit="epoch", count=1)
    assert session.state().epoch == 3
    do(session, m.Step, count=1)
    do(session, m.Step, unit="epoch", count=-1)
    assert session.state().epoch == 3
    do(session, m.Step, unit="epoch", count=-2)
    assert session.state().epoch == 1


def test_epochs_with_batches_of_another_size_begin_where_they_began(session):
    do(session, m.Step, unit="epoch", count=1)
    theta = session._space.network.theta.copy()
    do(session, m.Step, count=2)
    do(session, m.Configure, settings={"batch_size": 3})
    do(session, m.Step, unit="epoch", count=2)
    do(session, m.Step, count=4)
    do(session, m.Step, unit="epoch", count=-2)
    assert session.state().epoch == 2
    do(session, m.Step, unit="epoch", count=-1)
    assert session.state().epoch == 1
    assert (session._space.network.theta == theta).all()
    assert session.state().settings.batch_size == 16


def test_going_back_restores_parameters_and_settings(session):
    do(session, m.Step, count=5)
    theta = session._space.network.theta.copy()
    do(session, m.Configure, settings={"learning_rate": 0.5, "optimizer": "adam", "activations": ["relu", "relu"]})
    do(session, m.Step, count=5)
    do(session, m.Step, count=-6)
    do(session, m.Step, count=1)
    assert (session._space.network.theta == theta).all()
    assert session.state().settings.learning_rate == 0.1
    assert session.state().settings.activations == ["tanh", "tanh"]


def test_live_settings_go_on_and_others_start_anew(session):
    do(session, m.Step, count=5)
    do(session, m.Configure, settings={"learning_rate": 0.03, "batch_size": 4})
    assert session.state().step == 5
    do(session, m.Configure, settings={"hidden": [4]})
    state = session.state()
    assert (state.step, state.settings.activations, state.settings.learning_rate) == (0, ["tanh"], 0.03)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"hidden": [0]}, "hidden"),
        ({"hidden": "8"}, "hidden"),
        ({"hidden": [9000, 9000]}, "hidden"),
        ({"optimizer": "adm"}, "optimizer"),
        ({"optimizer_constants": {"beta": 1}}, "optimizer_constants"),
        ({"batch_size": 0}, "batch_size"),
        ({"loss": "huber"}, "loss"),
        ({"activations": ["relu"]}, "activations"),
        ({"activations": ["relu", "softmax"]}, "activations"),
        ({"inputs": []}, "inputs"),
        ({"inputs": ["z"]}, "inputs"),
        ({"split": "time"}, "split"),
        ({"validation_share": 0.9}, "validation_share"),
        ({"seed": -1}, "seed"),
        ({"dropout": 1.0}, "dropout"),
        ({"recipe": "best"}, "recipe"),
        ({"initial_scale": -1}, "initial_scale"),
        ({"nothing": 1}, "setting"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_nothing_changes(session, settings, named):
    do(session, m.Step, count=2)
    before = session.state()
    with pytest.raises(InvalidArgument) as refused:
        do(session, m.Configure, settings=settings)
    assert refused.value.name == named
    assert session.state() == before


def test_an_edited_weight_is_on_screen(session, outbox):
    do(session, m.Edit, parameter="W1[1,2]", value=0.75)
    assert session._space.network.parameters["W1"][1, 2] == 0.75
    with pytest.raises(InvalidArgument, match="2 indices"):
        do(session, m.Edit, parameter="W1[1]", value=0.75)


def test_restart_has_two_meanings(session):
    start = session._space.network.theta.copy()
    do(session, m.Step, count=3)
    do(session, m.Restart, seed="same")
    assert (session._space.network.theta == start).all()
    do(session, m.Restart, seed="new")
    assert (session._space.network.theta != start).any()
    assert session.state().settings.seed == 1


def test_playing_goes_on_until_pause(session, outbox):
    do(session, m.Play)
    while session.state().step < 200:
        pass
    do(session, m.Pause)
    step = session.state().step
    assert session.state().step == step
    assert not session.state().running


def test_an_interruption_holds_until_pause(session):
    do(session, m.Play)
    session.interrupt()
    do(session, m.Play)
    do(session, m.Step, count=1_000_000)
    assert not session.state().running
    do(session, m.Pause)
    do(session, m.Step, count=1)
    assert session.state().step < 1_000_000


def test_divergence_pauses_and_is_explained(session):
    do(session, m.Step, count=20)
    do(session, m.Configure, settings={"activations": ["identity", "identity"], "learning_rate": 1e9})
    do(session, m.Step, count=1000)
    trouble = session.state().trouble
    assert "diverged" in trouble.message
    assert trouble.remedy.endswith("Go back to step 19, before the last change.")
    do(session, m.Step, count=trouble.back_to - session.state().step)
    state = session.state()
    assert state.trouble is None
    assert (state.step, state.settings.learning_rate) == (19, 0.1)
    assert np.isfinite(session._space.network.theta).all()


def test_a_divergence_that_nobody_went_back_from_is_not_blamed_on_a_later_setting(session):
    do(session, m.Step, count=20)
    do(session, m.Configure, settings={"activations": ["identity", "identity"], "learning_rate": 1e9})
    do(session, m.Step, count=1000)
    assert session.state().trouble.back_to == 19
    do(session, m.Configure, settings={"learning_rate": 0.05})
    do(session, m.Step, count=1000)
    trouble = session.state().trouble
    assert trouble.back_to == 19
    assert "0.05" not in trouble.remedy
    do(session, m.Step, count=19 - session.state().step)
    do(session, m.Step, count=10)
    assert session.state().trouble is None


def test_huge_weights_stop_the_training_though_all_numbers_are_finite(session):
    do(session, m.Configure, settings={"learning_rate": 1e10})
    do(session, m.Restart)
    do(session, m.Step, count=300)
    trouble = session.state().trouble
    assert "the largest weight is" in trouble.message
    assert np.isfinite(session._space.network.theta).all()


def test_divergence_from_the_start_on_goes_back_a_part_of_the_way(session):
    do(session, m.Configure, settings={"hidden": [], "learning_rate": 3.0, "l2": 1.0})
    do(session, m.Restart)
    do(session, m.Step, count=100_000)
    state = session.state()
    assert 0 < state.trouble.back_to < state.step < 100_000


@pytest.mark.parametrize(
    ("source", "name", "kind", "task"),
    [
        ("formula", "y = sin(x)", "line", "regression"),
        ("built_in", "iris", "plane", "multiclass"),
        ("generated", "hills", "plane", "regression"),
    ],
)
def test_other_tables_are_opened(session, source, name, kind, task):
    state = do(session, m.OpenData, source=source, name=name)
    assert (state.axes.kind, state.data.task, state.data.source) == (kind, task, source)
    do(session, m.Step, count=3)
    assert session.state().step == 3


@pytest.mark.parametrize(
    ("source", "name", "error"),
    [
        ("built_in", "moon", InvalidArgument),
        ("generated", "iris", InvalidArgument),
        ("formula", "y = eval(x)", InvalidArgument),
        ("path", "no-such-file.csv", UnreadableTable),
        ("upload", "a.csv", InvalidArgument),
    ],
)
def test_a_table_that_cannot_be_opened_leaves_everything(session, source, name, error):
    do(session, m.Step, count=2)
    with pytest.raises(error):
        do(session, m.OpenData, source=source, name=name)
    assert (session.state().step, session.state().data.name) == (2, "moons")


def test_a_target_of_another_task_has_its_usual_loss(session):
    do(session, m.Configure, settings={"loss": "mean_squared_error"})
    do(session, m.OpenData, source="generated", name="circles")
    assert session.state().settings.loss == "mean_squared_error", "the same task keeps what was chosen"
    do(session, m.OpenData, source="generated", name="plane")
    do(session, m.OpenData, source="generated", name="moons")
    assert session.state().settings.loss == "cross_entropy"


def test_a_file_is_uploaded(session, tmp_path):
    file = tmp_path / "1.csv"
    file.write_text("size,kind,price\n" + "".join(f"{n % 7},{'ab'[n % 2]},{n % 7 * 2.5}\n" for n in range(60)))
    state = session.upload(m.Upload(id=0, name="../houses.csv", size=1), file)
    assert (state.data.name, state.data.source, state.settings.target) == ("houses.csv", "upload", "price")
    assert (state.axes.kind, state.axes.columns) == ("line", ("size", "price"))
    assert [(column.name, column.role) for column in state.data.columns] == [
        ("size", "number"),
        ("kind", "category"),
        ("price", "target"),
    ]


def test_a_broken_file_is_refused_in_full(session, tmp_path):
    file = tmp_path / "1.csv"
    file.write_text("a,b\n1,2\n3\n")
    with pytest.raises(WadeError, match=r"^a\.csv, row 2: 1 value under 2 column names") as refused:
        session.upload(m.Upload(id=0, name="a.csv", size=1), file)
    assert str(tmp_path) not in str(refused.value)


def test_frames_bring_maps_on_one_scale(session, outbox):
    do(session, m.Configure, settings={"activations": ["relu", "relu"]})
    do(session, m.View, grid=16, neurons=6)
    frame = latest_frame(session, outbox)
    maps = {part.name: part for part in frame.parts if part.name.startswith("map:")}
    assert frame.kind == "plane"
    assert maps["map:a1[0]"].values.shape == (16, 16)
    assert (
        len({(maps[f"map:a{layer}[{n}]"].low, maps[f"map:a{layer}[{n}]"].high) for layer in (1, 2) for n in range(3)})
        == 1
    )
    assert (maps["map:a3[0]"].low, maps["map:a3[0]"].high) == (0, 1)
    assert "map:a1[3]" not in maps


def test_the_pre_activation_of_the_output_is_positive_where_the_second_class_is_likelier(session, outbox):
    do(session, m.Step, count=200)
    do(session, m.View, grid=32)
    frame = latest_frame(session, outbox)
    P, Z = (next(part for part in frame.parts if part.name == f"map:{name}3[0]") for name in "az")
    likelihood = P.values / 255
    decision = Z.low + (Z.high - Z.low) * (Z.values / 255)
    assert Z.low == -Z.high < 0
    clear = abs(likelihood - 0.5) > 0.02
    assert ((decision > 0) == (likelihood > 0.5))[clear].all()
    assert 0 < (decision > 0).mean() < 1


def test_a_row_shows_what_is_computed_so_far(session, outbox):
    kinds = []
    for _ in range(3):
        frame = latest_frame(session, outbox)
        kinds.append({part.name.rstrip("123") for part in frame.parts if part.name.startswith("row:")})
        do(session, m.Step, unit="phase")
    assert kinds == [set(), {"row:z", "row:a"}, {"row:z", "row:a", "row:delta"}]


def latest_frame(session, outbox):
    """The frame of the state as it is."""
    with session._trainer.turn():
        session._screen.draw()
    outbox.grant(2)
    return unpack_frame([each for each in outbox.take() if isinstance(each, bytes)][-1])


def test_a_column_that_is_constant_in_training_rows_is_dropped_with_a_note(session, tmp_path):
    file = tmp_path / "1.csv"
    file.write_text("a,mostly,y\n" + "".join(f"{n % 9},{'odd' if n == 52 else 'same'},{n % 3}\n" for n in range(60)))
    state = session.upload(m.Upload(id=0, name="a.csv", size=1), file)
    assert 52 in session._space.prepared.split.test
    assert "Dropped: 'mostly' (constant)" in " ".join(state.data.notes)
    do(session, m.Step, count=1)


def test_a_target_is_chosen_that_can_be_predicted(session, tmp_path):
    file = tmp_path / "1.csv"
    file.write_text("size,weight,name\n" + "".join(f"{n % 7},{n % 7 * 3},name {n} of many\n" for n in range(60)))
    state = session.upload(m.Upload(id=0, name="a.csv", size=1), file)
    assert state.settings.target == "weight"
    assert [column.can_be_target for column in state.data.columns] == [True, True, False]


def test_a_sample_stays_one_with_another_target(session, tmp_path):
    file = tmp_path / "1.csv"
    file.write_text("a,b,c\n" + "".join(f"{n % 7},{n % 5},{n % 3}\n" for n in range(200)))
    state = do(session, m.OpenData, source="path", name=str(file), rows=50)
    assert sum(state.data.rows.values()) == 50
    do(session, m.Configure, settings={"target": "b"})
    state = session.state()
    assert (state.settings.target, state.settings.inputs) == ("b", ["a", "c"])
    assert sum(state.data.rows.values()) == 50
    assert "50 of 200 rows, drawn at random, are used." in state.data.notes


def test_sessions_share_the_rows_of_built_in_tables(outbox):
    first, second = (StudioSession(key, outbox, lambda: open_table("built_in", "wine")) for key in "ab")
    assert first._space.prepared is second._space.prepared
    do(first, m.Step, count=3)
    assert (first.state().step, second.state().step) == (3, 0)
    first.close()
    do(second, m.Step, count=1)
    second.close()
