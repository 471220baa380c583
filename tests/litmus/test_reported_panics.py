"""A panic that nobody recovers is reported in a step of its own (Go specification: Handling panics).

"When no deferred function recovers, the panicking sequence continues until all functions in the goroutine return. At
that point, the program is terminated and the error condition is reported": until then the others go on.
"""

from harness import Channel, Mutex, Panic, Panicked, Shared, WaitGroup, go, outcomes, prove, run
from tests.unit.racing import racing


def test_either_of_two_panics_is_the_first_that_is_reported() -> None:
    async def main() -> None:
        async def worker() -> None:
            raise Panic("worker's")

        go(worker)
        raise Panic("main's")

    assert outcomes(main) == {Panicked("main", "main's"), Panicked("main/worker#1", "worker's")}


def test_one_that_another_panic_has_led_to_can_be_reported_before_it() -> None:
    async def main() -> None:
        unwound = Channel()

        async def worker() -> None:
            try:
                raise Panic("first")
            finally:
                await unwound.close()

        go(worker)
        await unwound.recv()
        raise Panic("second")

    assert outcomes(main) == {Panicked("main/worker#1", "first"), Panicked("main", "second")}


def test_others_go_on_until_it_is_reported() -> None:
    async def main() -> None:
        x, group = Shared(0, name="x"), WaitGroup()
        await group.add(1)

        async def worker() -> None:
            try:
                raise Panic("boom")
            finally:
                await group.done()

        go(worker)
        go(x.store, 1)
        await group.wait()
        await x.store(2)

    assert racing(main) == {"x"}


def test_one_panic_alone_makes_no_more_classes() -> None:
    async def main() -> None:
        async def worker(channel: Channel) -> None:
            await channel.send(1)

        for _ in range(3):
            go(worker, Channel(1))
        raise Panic("boom")

    assert outcomes(main) == {Panicked("main", "boom")}
    assert prove(main, oracles=()).executions == 1


def test_a_fatal_error_is_reported_at_once() -> None:
    async def main() -> None:
        await Mutex().unlock()

    execution = run(main)
    assert execution.outcome == Panicked("main", "fatal error: sync: unlock of unlocked mutex")
    assert execution.steps == 1
