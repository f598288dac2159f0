"""A text becomes numbers for the words in it, and nothing of it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import wade
from wade.tables import Encoder, infer_schema, read_table
from wade.tables.kinds.text import BUCKETS, hashed_words

WORDS = np.array([f"word{i}" for i in range(300)])


def numbers_of(*texts):
    return hashed_words(pa.array(texts, pa.string()))


def test_words_by_hand():
    one, two, both, twice = numbers_of("late", "train", "late train", "late late train")
    assert np.abs(one).sum() == np.abs(two).sum() == 1
    assert both == pytest.approx((one + two) / np.sqrt(2))
    assert twice == pytest.approx((2 * one + two) / np.sqrt(5))


def test_case_punctuation_and_order_make_no_difference():
    plain, written, turned = numbers_of("the train is late", "The train -- is LATE!!", "late is the train")
    assert (plain == written).all()
    assert (plain == turned).all()


def test_every_alphabet_has_words():
    greek, other, nothing, empty = numbers_of("Ἀθῆναι", "東京", "?! …", "")
    assert np.abs(greek).sum() == np.abs(other).sum() == 1
    assert not nothing.any()
    assert not empty.any()


def test_many_texts_are_hashed_as_each_alone():
    texts = [f"{WORDS[i % 300]} {WORDS[i * 7 % 300]}" for i in range(10_000)]
    assert (numbers_of(*texts)[[0, 4095, 4096, 9999]] == numbers_of(*(texts[i] for i in (0, 4095, 4096, 9999)))).all()


def test_places_and_signs_are_evenly_spread():
    blocks = numbers_of(*(f"word{i}" for i in range(12_800)))
    assert 0.45 < (blocks.sum(axis=1) > 0).mean() < 0.55
    assert np.abs(blocks).sum(axis=0).max() < 160, "100 words in each place on average"


def test_missing_and_new_texts():
    notes = [f"guest {i} wants room {i}" for i in range(59)]
    table = read_table(pa.table({"note": [*notes, None], "y": [0, 1] * 30}))
    encoder = Encoder.fit(table, infer_schema(table, "t", "y"))
    assert encoder.layout.numbers[0] == "note words 1"
    assert encoder.layout.numbers[-1] == "note missing"
    rows = encoder.encode(read_table(pa.table({"note": [None, "never seen", notes[3]]})), "new.csv").numbers
    assert rows.shape == (3, BUCKETS + 1)
    assert rows[:, -1].tolist() == [1, 0, 0]
    assert not rows[0, :-1].any()
    assert (rows[2, :-1] == numbers_of(notes[3])[0]).all()
    again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    assert again == encoder


def test_what_words_say_is_learned():
    generator = np.random.default_rng(2)
    texts = [" ".join(generator.choice(WORDS, 8)) for _ in range(2_000)]
    bad = generator.random(2_000) < 0.5
    texts = [f"{text} broken" if worse else text for text, worse in zip(texts, bad, strict=True)]
    table = pa.table({"review": texts, "size": generator.normal(size=2_000), "left": bad})
    report = wade.learn(table, "left", epochs=10, hidden=(32,)).report
    assert report["test"]["accuracy"] > 0.75, "half of the rows are broken"


@pytest.fixture(scope="module")
def reader() -> wade.Model:
    """A network that reads texts."""
    generator = np.random.default_rng(0)
    words = ["the", "cat", "sat", "on", "mat", "dog", "ran", "far", "50", "1", "e5", "01"]
    notes = [" ".join(generator.choice(words, generator.integers(3, 7))) for _ in range(300)]
    table = pa.table({"note": notes, "y": ["yes" if "cat" in note else "no" for note in notes]})
    model = wade.learn(table, "y", epochs=3, hidden=(4,), members=1, threads=1)
    assert model.encoder.encodings[0].to_dict()["kind"] == "text"
    return model


NUMBERS = ("1.50", "01", "1e5", "+7", "0.0", "-0", "1.", ".5", "007", "1E+2", "123456789012345678901", "Inf", "0x1")


@pytest.mark.parametrize("text", [*NUMBERS, "true", "2020-01-31", "cat 1.50"])
def test_a_text_that_looks_like_a_number_reads_the_same_by_every_way_in(
    reader: wade.Model, tmp_path: Path, text: str
) -> None:
    beside = reader.predict_probability(pa.table({"note": [text, "the cat"]}))[0]
    alone = pa.table({"note": [text]})
    (tmp_path / "one.csv").write_text(f"note\n{text}\n")
    (tmp_path / "quoted.csv").write_text(f'note\n"{text}"\n')
    (tmp_path / "one.jsonl").write_text(json.dumps({"note": text}))
    pa.parquet.write_table(alone, tmp_path / "one.parquet")
    pa.feather.write_feather(alone, tmp_path / "one.feather")
    frames = {"note": text}, alone, pd.DataFrame({"note": [text]}), pl.DataFrame({"note": [text]})
    for source in (*frames, pa.table({"note": [text, text]}), *sorted(tmp_path.iterdir())):
        assert (reader.predict_probability(source)[0] == beside).all(), source


def test_texts_that_all_look_like_numbers_keep_their_spelling(reader: wade.Model) -> None:
    together = reader.predict_probability(pa.table({"note": list(NUMBERS)}))
    assert (together == np.concatenate([reader.predict_probability({"note": text}) for text in NUMBERS])).all()
    assert (together[0] != reader.predict_probability({"note": "1.5"})).any()
