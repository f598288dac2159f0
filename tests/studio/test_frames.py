"""Binary messages: what is packed comes back to the bit, and damaged ones are errors, never anything else."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wade.studio.envelope import FILE, FRAME, UPLOAD, pack, unpack
from wade.studio.frames import Frame, Part, as_map, as_numbers, pack_frame, unpack_frame
from wade.studio.uploads import LARGEST_PIECE, read_piece

FRAME_OF_TWO = Frame(
    7,
    0.25,
    "forward",
    0.5,
    "plane",
    3,
    [as_map("map:a1[0]", np.arange(9.0).reshape(3, 3)), as_numbers("weights:W1", np.array([[1.5, -2.0]]))],
)

shapes = st.lists(st.integers(0, 7), min_size=1, max_size=2).map(tuple)
values = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def parts(draw: Any) -> Part:
    shape = draw(shapes)
    count = math.prod(shape)
    numbers = np.array(draw(st.lists(values, min_size=count, max_size=count)), float).reshape(shape)
    name = draw(st.text(st.characters(codec="utf-8"), max_size=20))
    if draw(st.booleans()):
        return as_numbers(name, numbers)
    return as_map(name, numbers, 0.0, 1.0) if numbers.size == 0 else as_map(name, numbers)


@settings(max_examples=40)
@given(st.lists(parts(), max_size=4), st.integers(0, 2**53), st.floats())
def test_a_frame_comes_back_as_it_was_packed(packed: list[Part], step: int, loss: float) -> None:
    frame = unpack_frame(pack_frame(Frame(step, step / 7, "", loss, "histogram", 64, packed)))
    assert (frame.step, frame.epoch, frame.kind, frame.grid) == (step, step / 7, "histogram", 64)
    assert frame.loss == loss or (math.isnan(frame.loss) and not math.isfinite(loss))
    for part, back in zip(packed, frame.parts, strict=True):
        assert (back.name, back.type, back.low, back.high) == (part.name, part.type, part.low, part.high)
        np.testing.assert_array_equal(back.values, part.values)


def test_every_part_of_a_frame_begins_at_a_multiple_of_four_bytes() -> None:
    """So that a page can read float32 in place."""
    for letters in range(1, 9):
        maps = [as_map("map:a1[0]" + "x" * letters, np.arange(7.0)), as_numbers("weights:W1", np.ones(3))]
        message = pack_frame(Frame(1, 0.0, "", 1.0, "line", 7, maps))
        begin = len(message) - len(unpack(message).payload)
        assert begin % 4 == 0
        assert np.frombuffer(message, "<f4", 3, begin + 8).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 1.0), (-1e308, 1e308), (5e-324, 1e-323), (1e300, 1.0000001e300), (-3.0, -2.0)]
)
def test_a_map_spans_its_range_from_0_to_255(low: float, high: float) -> None:
    part = as_map("map:a1[0]", np.array([low, low / 2 + high / 2, high]))
    assert (part.low, part.high) == (low, high)
    assert (part.values[0], part.values[-1]) == (0, 255)
    assert (np.diff(part.values.astype(int)) >= 0).all()


def test_a_map_is_within_half_a_step_of_its_numbers() -> None:
    numbers = np.random.default_rng(3).normal(size=(64, 64))
    part = as_map("map:a1[0]", numbers)
    assert part.low is not None
    assert part.high is not None
    back = part.low + (part.high - part.low) * part.values / 255
    assert abs(back - numbers).max() <= (part.high - part.low) / 255 / 2 * (1 + 1e-12)


def test_a_map_on_a_given_scale_is_cut_at_its_ends() -> None:
    part = as_map("map:a1[0]", np.array([-5.0, 0.0, 5.0]), -1.0, 1.0)
    assert (part.values.tolist(), part.low, part.high) == ([0, 128, 255], -1.0, 1.0)


def test_a_map_of_one_value_has_its_value_as_range() -> None:
    part = as_map("map:a1[0]", np.full((2, 2), 0.25))
    assert (part.values.tolist(), part.low, part.high) == ([[0, 0], [0, 0]], 0.25, 0.25)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_map_with_a_value_that_is_not_finite_says_so(value: float) -> None:
    part = as_map("map:a1[0]", np.array([0.0, value]))
    assert (part.low, part.high) == (None, None)


def test_a_histogram_says_where_its_bins_end() -> None:
    part = as_map("map:a1[0]", np.arange(5.0))._replace(bins=(-1.0, 1.0))
    frame = unpack_frame(pack_frame(Frame(1, 0.0, "", 1.0, "histogram", 5, [part])))
    assert frame.parts[0].bins == (-1.0, 1.0)
    header = unpack(pack_frame(Frame(1, 0.0, "", 1.0, "histogram", 5, [part]))).header
    assert (header["parts"][0]["from"], header["parts"][0]["to"]) == (-1.0, 1.0)


@given(st.data())
def test_a_damaged_frame_is_an_error(data: st.DataObject) -> None:
    """Cut off, or with bytes changed: a ValueError, or another frame where only numbers changed."""
    message = bytearray(pack_frame(FRAME_OF_TWO))
    if data.draw(st.booleans()):
        del message[data.draw(st.integers(0, len(message) - 1)) :]
        with pytest.raises(ValueError, match=r"message|frame"):
            unpack_frame(bytes(message))
        return
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        unpack_frame(bytes(message))


@given(st.binary(max_size=300))
def test_random_bytes_are_no_message(content: bytes) -> None:
    for message in (content, UPLOAD + content, FRAME + content, FILE + len(content).to_bytes(4, "little") + content):
        for read in (unpack, unpack_frame, read_piece):
            with contextlib.suppress(ValueError):
                read(message)


@pytest.mark.parametrize(
    "header",
    [
        {"version": 2, "parts": []},
        {"version": 1},
        {"version": 1, "parts": [{"name": "x", "type": "f64", "shape": [1], "low": 0, "high": 1}]},
        {"version": 1, "parts": [{"name": "x", "type": "u8", "shape": [-1], "low": 0, "high": 1}]},
        {"version": 1, "parts": [{"name": "x", "type": "u8", "shape": [2**62], "low": 0, "high": 1}]},
        {"version": 1, "parts": [{"name": "x", "type": "u8", "shape": [2**40, 2**40], "low": 0, "high": 1}]},
        {"version": 1, "parts": [{"name": "x", "type": "u8", "shape": "many", "low": 0, "high": 1}]},
        {"version": 1, "parts": 5},
        {"version": 1, "parts": [5]},
    ],
)
def test_a_header_that_is_no_frames_is_an_error(header: dict[str, Any]) -> None:
    rest = {"step": 1, "epoch": 0.0, "phase": "", "loss": 0.5, "kind": "plane", "grid": 3}
    with pytest.raises(ValueError, match=r"frame|parts|version"):
        unpack_frame(pack(FRAME, {**rest, **header}, b"\0"))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"WUPL",
        b"WUPL\xff\xff\xff\xff{}",
        b"WUPL\x02\x00\x00\x00[]",
        b"WUPL\x02\x00\x00\x00{}",
        pack(UPLOAD, {"id": "7"}, b"a"),
        pack(UPLOAD, {"id": True}, b"a"),
        pack(UPLOAD, {"id": 7, "path": "/etc/passwd"}, b"a"),
        pack(FRAME, {"id": 7}, b"a"),
        pack(FILE, {"id": 7}, b"a"),
        pack(UPLOAD, {"id": 7}, bytes(LARGEST_PIECE + 1)),
        b"WUPL" + (60_000).to_bytes(4, "little") + b'{"a":' + b"[" * 30_000 + b"]" * 29_994 + b"}",
    ],
)
def test_what_is_no_piece_of_an_upload_is_an_error(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|piece|id|field"):
        read_piece(message)
