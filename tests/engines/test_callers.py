"""Who calls the native engine, and from where: interrupted callers, many at once, and children of a fork."""

import multiprocessing
import signal
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import numpy as np
import pytest

from wade.engines import NativeEngine, Task
from wade.maths.losses import choose_loss
from wade.maths.optimizers import Adam
from wade.network import Network
from wade.types import Inputs, Samples

LOSS = choose_loss("cross_entropy", "sigmoid")
N_ROWS = 500


def problem(hidden: tuple[int, ...] = (160, 160)) -> tuple[Network, Inputs, np.ndarray]:
    random, network = np.random.default_rng(3), Network(5, hidden, seed=2)
    X = network.as_inputs(random.standard_normal((N_ROWS, 5)))
    return network, X, random.integers(0, 2, (N_ROWS, 1)).astype(np.float32)


def descend(n_steps: int = 20, batch_size: int = 128, threads: int = 2) -> bytes:
    """θ after some steps, each batch large enough for two threads."""
    network, X, y = problem()
    adam, rows = Adam(), np.arange(n_steps * batch_size) % N_ROWS
    state = adam.init(network.theta)
    NativeEngine(threads).descend(
        Task(network, LOSS, adam), state, Samples(X, y), rows, batch_size, np.full(n_steps, 1e-3)
    )
    return network.theta.tobytes()


def test_callers_on_many_threads_do_not_disturb_each_other() -> None:
    expected = descend()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: descend(), range(12))) == {expected}


def test_a_predictor_may_be_shared_between_threads() -> None:
    network, X, _ = problem()
    predictor = NativeEngine(2).predictor(network)
    one, all_at_once = predictor(X[:1]).tobytes(), predictor(X).tobytes()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: predictor(X[:1]).tobytes(), range(200))) == {one}
        assert set(pool.map(lambda _: predictor(X).tobytes(), range(50))) == {all_at_once}


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_children_of_a_fork_descend_as_their_parent_did() -> None:
    """A pool of threads that stayed alive between calls would be gone in the child, and the child would wait for it."""
    expected = descend()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(descend, [20] * 4).get(timeout=60) == [expected] * 4


class Alarm(Exception):
    """What a signal's handler raises."""


@pytest.fixture
def alarm_in_a_moment():
    """A signal like that of Ctrl-C, a moment from now."""

    def ring(*_):
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("batch_size", [1, 128])
def test_a_long_chunk_is_left_at_once_between_two_steps(alarm_in_a_moment, batch_size: int) -> None:
    engine, adam, most = NativeEngine(threads=2), Adam(), 2**21 // batch_size

    def chunk(n_steps: int) -> None:
        rows = np.arange(n_steps * batch_size) % N_ROWS
        engine.descend(Task(network, LOSS, adam), state, Samples(X, y), rows, batch_size, np.full(n_steps, 1e-3))

    network, X, y = problem((200, 200))
    left, state = network, adam.init(network.theta)
    alarm_in_a_moment(1.0)
    began = perf_counter()
    with pytest.raises(Alarm):
        chunk(most)
    assert perf_counter() - began < 6  # of many
    taken, memory = state["step"], state
    assert 0 < taken < most

    network, X, y = problem((200, 200))
    state = adam.init(network.theta)
    chunk(taken)
    assert left.theta.tobytes() == network.theta.tobytes()
    for name in ("first_moment", "second_moment"):
        np.testing.assert_array_equal(memory[name], state[name])


def test_a_long_step_is_left_before_it_has_changed_anything(alarm_in_a_moment) -> None:
    network, X, y = problem((200, 200))
    batch_size, adam = 100_000, Adam()
    state, before = adam.init(network.theta), network.theta.tobytes()
    rows = np.arange(batch_size) % N_ROWS
    alarm_in_a_moment(0.03)
    with pytest.raises(Alarm):
        NativeEngine(threads=2).descend(
            Task(network, LOSS, adam), state, Samples(X, y), rows, batch_size, np.full(1, 1e-3)
        )
    assert state["step"] == 0
    assert network.theta.tobytes() == before
