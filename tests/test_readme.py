"""What the README claims is run here: its commands exist, its links lead somewhere, its Python works."""

import re
from pathlib import Path

import numpy as np
import pytest

import wade

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)


def test_quick_start_is_two_lines_and_ci_runs_the_second():
    quick_start = README.split("## Quick start")[1]
    first_block = re.search(r"```sh\n(.*?)```", quick_start, flags=re.DOTALL)
    main_job, checks = first_block.group(1).splitlines()
    assert main_job == "python3 scripts/install.py && .venv/bin/wade train flights"
    assert checks == "python3 scripts/test.py"
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith(f"exec {checks}")
    assert (ROOT / "scripts" / "install.py").is_file()


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_wade_command_and_option_exists():
    from typer.main import get_command

    from wade.cli.app import app

    commands = get_command(app).commands
    shown = [
        line.split("#")[0].split() for _, block in BLOCKS for line in block.splitlines() if line.startswith("wade ")
    ]
    assert len(shown) >= 5
    for _, command, *arguments in shown:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= known


@pytest.mark.slow("its programs run as they stand, with default settings")
@pytest.mark.parametrize("code", [block for language, block in BLOCKS if language == "python"])
def test_the_python_in_it_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    if "perceptron" in names:
        assert names["perceptron"]([[2, 3, -1, 5]]).round(2) == 0.96
        assert names["perceptron"].forward([2, 3, -1, 5]).Z[0].round(6).tolist() == [[3.2]]
        assert round(names["mean_loss"](names["predicted"], names["actual"]), 4) == 1.0266
        assert np.shares_memory(names["network"].parameters["W1"], names["network"].theta)
        with np.load("theta.npz") as saved:
            assert {name: values.shape for name, values in saved.items()} == names["network"].architecture.shapes
    elif "search" in names:
        assert names["search"].best_score_ > 0.9
    else:
        assert isinstance(wade.load(tmp_path / "flights.wade"), wade.Model)


def test_the_step_that_is_explained_in_full_shows_a_change(tmp_path, monkeypatch):
    """The two lines of the README on a network small enough to follow: nothing is left out, and the weight moves."""
    from typer.testing import CliRunner

    from wade.cli.app import app

    monkeypatch.chdir(tmp_path)
    lines = [
        line.split("#")[0].split()[1:]
        for line in README.splitlines()
        if line.startswith(("wade train xor", "wade explain xor"))
    ]
    assert [line[0] for line in lines] == ["train", "explain"]
    trained, explained = (CliRunner().invoke(app, line, prog_name="wade") for line in lines)
    assert (trained.exit_code, explained.exit_code) == (0, 0)
    assert " more" not in explained.stdout.replace("more digits", "")
    before, after = re.search(
        r"loss of this row: (\S+) before .*? parameters, (\S+) after", " ".join(explained.stdout.split())
    ).groups()
    assert float(after) < 0.7 * float(before)
    assert float(before) > 0.5
