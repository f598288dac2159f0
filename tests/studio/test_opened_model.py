"""A model file goes on training: its network, its encoder, its settings."""

import shutil

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument, ModelFileError
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.opened_model import open_model
from wade.studio.outbox import Outbox
from wade.studio.programs import show_program
from wade.studio.session import StudioSession


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "moons.wade"
    made = wade.learn("moons", plain=True, hidden=(5, 4), activation="tanh", epochs=3, learning_rate=0.2, batch_size=8)
    made.save(path)
    return path


def test_it_begins_with_the_network_of_the_model(model):
    space = open_model(model, "moons.wade")
    assert (space.network.theta == wade.load(model).network.theta).all()
    assert space.settings.hidden == [5, 4]
    assert (space.settings.learning_rate, space.settings.batch_size) == (0.2, 8)
    space.train(0, 3)
    assert (space.network.theta != wade.load(model).network.theta).any()
    space.restart()
    assert (space.network.theta == wade.load(model).network.theta).all()
    space.restart("new")
    assert (space.network.theta != wade.load(model).network.theta).any()


def test_it_goes_on_with_the_table_at_hand(model):
    session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons", rows=80))
    state = session.handle(m.OpenData(id=0, source="path", name=str(model)))
    assert state.data.rows["train"] == 48
    assert state.data.notes[0].endswith("goes on training.")
    session.handle(m.Configure(id=0, settings={"hidden": [3]}))
    assert [layer.size for layer in session.state().network.layers] == [3, 1]
    session.close()


def test_an_uploaded_model_is_known_by_its_name(model, tmp_path):
    session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons", rows=80))
    file = tmp_path / "1"
    shutil.copy(model, file)
    assert session.upload(m.Upload(id=0, name="moons.wade", size=1), file).settings.hidden == [5, 4]
    session.close()


def test_an_ensemble_goes_on_too(tmp_path):
    made = wade.learn("wine", hidden=(6,), epochs=2)
    made.save(tmp_path / "wine.wade")
    space = open_model(tmp_path / "wine.wade", "wine.wade")
    assert (space.network.members, space.settings.recipe) == (made.network.members, "default")
    space.train(0, 2)
    assert np.isfinite(space.network.theta).all()


def test_its_program_begins_with_its_parameters(model):
    space = open_model(model, "moons.wade")
    space.train(0, 2)
    program = show_program(space, "wade")
    assert program.beside == "moons-rows.npz"
    assert "network.theta[:] = theta" in program.text


def test_without_its_table_it_is_refused_and_nothing_changes(model, tmp_path):
    session = StudioSession("key", Outbox(), lambda: open_table("built_in", "iris"))
    frame = wade.tables.BUILT_IN["wine"].read()
    made = wade.learn(frame, "grower", plain=True, hidden=(3,), epochs=1)
    made.save(tmp_path / "other.wade")
    with pytest.raises(InvalidArgument, match="a model file holds no rows"):
        session.handle(m.OpenData(id=0, source="path", name=str(tmp_path / "other.wade")))
    (tmp_path / "no.wade").write_bytes(b"no model")
    with pytest.raises(ModelFileError):
        session.handle(m.OpenData(id=0, source="path", name=str(tmp_path / "no.wade")))
    assert session.state().data.name == "iris"
    session.close()
