"""The section on how to make the same model again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from wade.documents.structure import Block, Command, Facts, Section, Text
from wade.model.kept_report import kept_split
from wade.model.model import Model
from wade.reports.evidence import Evidence
from wade.settings import LearnOptions, flag_of, options_for
from wade.tables.columns.command_options import listed


def reproduction_section(evidence: Evidence) -> Section:
    """The command, versions, seed and hashes."""
    report = evidence.report
    versions = report.get("versions", {})
    facts = [
        ("Seed", str(report["settings"]["seed"])),
        ("Versions", ", ".join(f"{name} {number}" for name, number in versions.items()) or "not recorded"),
        ("Engine", report["engine"]),
        ("Training rows", f"{kept_split(report).train:,}, SHA-256 of their hashes {hash_of_rows(evidence.model)}"),
        ("Parameters", f"{evidence.model.network.n_parameters:,}, SHA-256 {hash_of_parameters(evidence.model)}"),
        ("Trained in", f"{report['seconds']:.1f} s"),
    ]
    blocks: list[Block] = [Text("The same seed, table and versions give the same bits, on any number of threads.")]
    if "options" in report:
        blocks.append(Command(training_command(report) if report.get("from_file", True) else training_call(report)))
        if report.get("other_options"):
            blocks.append(Text(f"Also given, in Python: {', '.join(report['other_options'])}."))
    else:
        blocks.append(Text("The model was made by an earlier version, which did not record the command."))
    return Section("reproduction", "How to reproduce it", (*blocks, Facts(tuple(facts))))


def training_command(report: Mapping[str, Any]) -> str:
    """The command that trains the same model.

    Examples
    --------
    >>> training_command({"data": "my table.csv", "options": {"target": "left", "hidden": [8, 8], "calibrate": False}})
    "wade train 'my table.csv' --target left --hidden 8,8 --no-calibrate"
    """
    words = ["wade", "train", report["data"]]
    defined = options_for(LearnOptions)
    for name, value in given(report).items():
        on, _, off = flag_of(name).partition("/")
        if isinstance(value, bool):
            words += [on] if value else [off] if off else []
        elif isinstance(value, Mapping):
            words += [word for key, each in value.items() for word in (on, f"{key}={each}")]
        elif isinstance(value, list):
            texts = [str(each) for each in value]
            words += [on, "none" if not texts and name == "hidden" else listed(*texts)]
        elif name == "target" or name in defined:
            words += [f"{on}={value}"] if str(value).startswith("-") else [on, str(value)]
    return shlex.join(words)


def training_call(report: Mapping[str, Any]) -> str:
    """The call in Python that trains the same model of a frame.

    Examples
    --------
    >>> training_call({"options": {"target": "left", "hidden": [8, 8]}})
    "wade.learn(table, target='left', hidden=[8, 8])"
    """
    options = "".join(f", {name}={value!r}" for name, value in given(report).items())
    return f"wade.learn(table{options})"


def given(report: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a training that are not the defaults.

    Examples
    --------
    >>> given({"options": {"members": "auto", "epochs": 2, "drop": [], "hidden": []}})
    {'epochs': 2, 'hidden': []}
    """
    defaults = {name: each.default for name, each in options_for(LearnOptions).items()}
    options: Mapping[str, Any] = report["options"]
    return {
        name: value
        for name, value in options.items()
        if value != defaults.get(name) and not (value in ([], {}) and not defaults.get(name))
    }


def hash_of_parameters(model: Model) -> str:
    """The beginning of the SHA-256 of θ."""
    return sha256(model.network.theta.tobytes()).hexdigest()[:16]


def hash_of_rows(model: Model) -> str:
    """The beginning of the SHA-256 of the hashes of training rows that the model keeps."""
    rows = model.training_rows
    return "not recorded" if rows is None else sha256(repr(rows.hashes).encode()).hexdigest()[:16]
