"""The program of what is on screen: run, it ends in the parameters on screen."""

import io
import runpy
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.studio.data import open_table
from wade.studio.programs import save_program, show_program
from wade.studio.settings import losses_of
from wade.studio.workspace import Workspace


def moons(**settings):
    return Workspace.opened(open_table("generated", "moons", rows=60), {"hidden": [4, 3], **settings})


def changed_on_the_way(space):
    """Steps with changes of every kind between them."""
    space.train(0, 5)
    space.configure({"learning_rate": 0.03, "schedule": "cosine", "epochs": 9})
    space.train(0, 4)
    space.walk.edit("W1[0,2]", 0.75)
    space.walk.edit("b2[1]", -0.1)
    space.configure({"optimizer": "adam", "learning_rate": 0.01, "batch_size": 7, "l2": 0.001})
    space.train(0, 6)
    space.configure({"activations": ["relu", "sigmoid"], "clip_norm": 0.5, "l1": 0.0005})
    space.train(0, 5)
    return space


SPACES = {
    "as it starts": moons,
    "changed on the way": lambda: changed_on_the_way(moons()),
    "scaled at the start": lambda: trained(moons(initial_scale=0.5, optimizer="momentum", learning_rate=0.05)),
    "a number": lambda: trained(Workspace.opened(open_table("formula", "x^2", rows=40), {"loss": "huber"})),
    "classes and categories": lambda: trained(
        Workspace.opened(open_table("built_in", "flights", rows=300), {"inputs": ["carrier", "temperature"]})
    ),
    "three classes": lambda: trained(Workspace.opened(open_table("built_in", "iris"), {"optimizer": "nesterov"})),
}


def trained(space):
    space.train(0, 12)
    return space


def run(space, language, folder):
    """The names of a program after it ran."""
    file = save_program(space, language)
    if file.announced.type == "application/zip":
        zipfile.ZipFile(io.BytesIO(file.content)).extractall(folder)
    else:
        (folder / file.announced.name).write_bytes(file.content)
    (program,) = folder.glob("*.py")
    return runpy.run_path(str(program))


@pytest.mark.parametrize("name", SPACES)
def test_the_program_with_wade_gives_the_same_bits(name, tmp_path, capsys):
    space = SPACES[name]()
    made = run(space, "wade", tmp_path)
    assert (made["walk"].network.theta == space.network.theta).all()
    assert "W1" in capsys.readouterr().out


@pytest.mark.parametrize("name", SPACES)
def test_the_program_with_numpy_ends_near(name, tmp_path, capsys):
    space = SPACES[name]()
    made = run(space, "numpy", tmp_path)
    np.testing.assert_allclose(made["training"].theta, space.network.theta, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", SPACES)
def test_the_program_with_pytorch_ends_near(name, tmp_path, capsys):
    pytest.importorskip("torch", reason="PyTorch is no dependency of wade")
    space = SPACES[name]()
    parameters = run(space, "torch", tmp_path)["training"].parameters
    theta = np.concatenate([tensor.detach().numpy().ravel() for tensor in parameters.values()])
    np.testing.assert_allclose(theta, space.network.theta, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("table", "loss"),
    [
        *(("x^2", loss) for loss in losses_of("regression")),
        *(("moons", loss) for loss in losses_of("binary")),
    ],
)
def test_every_loss_that_can_be_chosen_is_written(table, loss, tmp_path, capsys):
    source = "generated" if table == "moons" else "formula"
    space = trained(Workspace.opened(open_table(source, table, rows=40), {"loss": loss, "learning_rate": 0.05}))
    assert (run(space, "wade", tmp_path)["walk"].network.theta == space.network.theta).all()
    (tmp_path / "numpy").mkdir()
    theta = run(space, "numpy", tmp_path / "numpy")["training"].theta
    np.testing.assert_allclose(theta, space.network.theta, rtol=1e-4, atol=1e-5)


def test_the_recipe_is_a_program_too(tmp_path, capsys):
    space = Workspace.opened(open_table("generated", "moons", rows=200), {"recipe": "default", "hidden": [4]})
    space.train(0, 4)
    assert (run(space, "wade", tmp_path)["walk"].network.theta == space.network.theta).all()
    (tmp_path / "numpy").mkdir()
    theta = run(space, "numpy", tmp_path / "numpy")["training"].theta
    np.testing.assert_allclose(theta, space.network.theta, rtol=1e-3, atol=1e-5)
    with pytest.raises(InvalidArgument, match=r"ensemble members.*Take wade or numpy"):
        show_program(space, "torch")


def test_going_back_takes_what_came_later_out_of_the_program():
    space = changed_on_the_way(moons())
    space.back(13)
    text = show_program(space, "wade").text
    assert "walk.change(learning_rate=0.03" in text
    assert "walk.edit" not in text
    assert "walk.step(2)" in text


def test_a_large_table_lies_beside_the_program():
    space = Workspace.opened(open_table("generated", "moons", rows=20_000))
    shown = show_program(space, "numpy")
    assert shown.beside == "moons-rows.npz"
    assert len(shown.text) < 20_000
    file = save_program(space, "numpy")
    assert zipfile.ZipFile(io.BytesIO(file.content)).namelist() == ["moons-numpy.py", "moons-rows.npz"]


@pytest.mark.parametrize("language", ["wade", "numpy", "torch"])
def test_lines_have_addresses(language):
    shown = show_program(changed_on_the_way(moons()), language)
    lines = shown.text.split("\n")
    edited = next(number for number, line in enumerate(lines, start=1) if "edit(" in line and "0.75" in line)
    assert shown.lines[edited] == ["W1[0,2]"]
    if language != "wade":
        forward = next(number for number, line in enumerate(lines, start=1) if line.strip().startswith("Z2 = "))
        assert shown.lines[forward] == ["Z2", "z2", "W2", "b2"]


def test_a_name_from_a_table_never_becomes_code(tmp_path):
    nasty = '"""\nimport os\nos.mkdir("hacked")\n"""\\'
    file = tmp_path / "table.csv"
    quoted = nasty.replace('"', '""')
    rows = "".join(f"{n % 7},{'ab'[n % 2]},{n % 5}\n" for n in range(60))
    file.write_text(f'"{quoted}","kind","y"\n{rows}')
    space = trained(Workspace.opened(open_table("path", str(file), target="y")))
    object.__setattr__(space.table, "name", nasty)
    program = tmp_path / "program.py"
    for language in ("wade", "numpy"):
        program.write_text(show_program(space, language).text)
        subprocess.run([sys.executable, program], check=True, cwd=tmp_path, capture_output=True)
        assert not (tmp_path / "hacked").exists()
