"""Files that reached new code when `scripts/fuzz_model_file.py` looked for a broken promise: none of them breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.promise import keep_the_promise
from wade.errors import ModelFileError
from wade.model.model import load

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_file_of_the_fuzzer_is_refused_or_answers(path: Path) -> None:
    keep_the_promise(path.read_bytes())


def test_the_corpus_is_small_and_has_both() -> None:
    assert len(CORPUS) >= 20
    assert sum(path.stat().st_size for path in CORPUS) < 300_000
    loaded = 0
    for path in CORPUS:
        try:
            load(path)
            loaded += 1
        except ModelFileError:
            pass
    assert 0 < loaded < len(CORPUS)
