"""The happens-before order as pictures need it: the fewest edges from which all the others follow."""

from harness import Channel, Mutex, go, run
from harness.detect.happens_before import predecessors, with_pasts
from harness.model.trace import Trace
from harness.runtime.execute import Subject
from harness.search.exhaustive import Exhaustive
from tests.meta.random_programs import THEMES, program


def closure(before: tuple[tuple[int, ...], ...]) -> list[set[int]]:
    """Everything that happens before each step."""
    pasts: list[set[int]] = []
    for step in before:
        pasts.append(set(step).union(*(pasts[earlier] for earlier in step)))
    return pasts


def traces() -> list[Trace]:
    found = []
    for theme in (*THEMES, None):
        for seed in range(25):
            strategy = Exhaustive()
            strategy.begin()
            found.append(Subject(program(seed, theme)).execute(strategy.choose).trace)
    return found


def test_what_follows_from_the_edges_is_at_least_what_the_detector_knows() -> None:
    compared = 0
    for trace in traces():
        pasts = closure(predecessors(trace))
        for action, known in with_pasts(trace):
            steps = {step for step in range(action.step) if known >> step & 1}
            assert steps <= pasts[action.step]
            compared += len(steps)
    assert compared > 1_000


def test_no_edge_follows_from_the_others() -> None:
    for trace in traces():
        before = predecessors(trace)
        pasts = closure(before)
        for step in before:
            assert list(step) == sorted(set(step))
            assert not any(earlier in pasts[later] for later in step for earlier in step)


def test_a_receive_comes_after_its_send_and_a_send_after_the_receive_that_made_room() -> None:
    async def program() -> None:
        events = Channel(1)

        async def worker() -> None:
            await events.send(1)
            await events.send(2)

        go(worker)
        await events.recv()
        await events.recv()

    assert predecessors(run(program).trace) == ((), (0,), (1,), (2,))


def test_a_lock_comes_after_the_unlock_before_it() -> None:
    async def program() -> None:
        mutex = Mutex()

        async def worker() -> None:
            async with mutex:
                pass

        go(worker)
        go(worker)

    before = predecessors(run(program).trace)
    assert sum(map(len, before)) == 3  # lock, unlock, and from one goroutine to the other
