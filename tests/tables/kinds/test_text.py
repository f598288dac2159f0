"""A text becomes numbers for the words in it, and nothing of it is kept."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
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
