"""Memory: the classic litmus tests under sequential consistency (The Go Memory Model: Introduction, Implementation
Restrictions for Programs Containing Data Races). Names as in GenMC's and herd's litmus suites.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Atomic, Channel, Shared, go, outcomes, sleep

Variable = Shared | Atomic
both_kinds = pytest.mark.parametrize("kind", [Shared, Atomic])


async def litmus(kind: type[Variable], names: str, *threads: str) -> tuple[Any, ...]:
    """Run threads written as "Wx1 Ry": write 1 to x, read y. Returns what was read, thread by thread."""
    variables = {name: kind(0) for name in names}
    registers: list[list[Any]] = [[] for _ in threads]

    async def thread(program: str, register: list[Any]) -> None:
        for word in program.split():
            variable = variables[word[1]]
            if word[0] == "W":
                await variable.store(int(word[2:]))
            else:
                register.append(await variable.load())

    for program, register in zip(threads, registers, strict=True):
        go(thread, program, register)
    await sleep(1)  # passes once every thread has ended
    return tuple(value for register in registers for value in register)


async def final(kind: type[Variable], names: str, *threads: str) -> tuple[Any, ...]:
    """The final values of the variables."""
    variables = {name: kind(0) for name in names}

    async def thread(program: str) -> None:
        for word in program.split():
            await variables[word[1]].store(int(word[2:]))

    for program in threads:
        go(thread, program)
    await sleep(1)
    return tuple([await variable.load() for variable in variables.values()])


@both_kinds
def test_store_buffering_does_not_show(kind: type[Variable]) -> None:
    assert outcomes(litmus, kind, "xy", "Wx1 Ry", "Wy1 Rx") == {(0, 1), (1, 0), (1, 1)}


@both_kinds
def test_load_buffering_does_not_show(kind: type[Variable]) -> None:
    assert outcomes(litmus, kind, "xy", "Rx Wy1", "Ry Wx1") == {(0, 0), (0, 1), (1, 0)}


@both_kinds
def test_message_passing_delivers_the_data_with_the_flag(kind: type[Variable]) -> None:
    assert outcomes(litmus, kind, "xy", "Wx1 Wy1", "Ry Rx") == {(0, 0), (0, 1), (1, 1)}


@both_kinds
def test_two_readers_agree_on_the_order_of_independent_writes(kind: type[Variable]) -> None:
    """IRIW: fifteen of the sixteen results; the readers never see the writes in opposite orders."""
    bits = {(a, b, c, d) for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)}
    assert outcomes(litmus, kind, "xy", "Wx1", "Rx Ry", "Ry Rx", "Wy1") == bits - {(1, 0, 1, 0)}


@both_kinds
def test_coherence_forbids_reading_backwards(kind: type[Variable]) -> None:
    assert outcomes(litmus, kind, "x", "Wx1 Wx2", "Rx Rx") == {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)}


@both_kinds
def test_writes_by_two_threads_have_one_order(kind: type[Variable]) -> None:
    """2+2W."""
    assert outcomes(final, kind, "xy", "Wx1 Wy2", "Wy1 Wx2") == {(1, 2), (2, 1), (2, 2)}


def lost_update(kind: type[Variable]) -> Callable[[], Awaitable[Any]]:
    async def main() -> Any:
        x, joined = kind(0), Channel(2)

        async def increment() -> None:
            await x.store(await x.load() + 1)
            await joined.send(None)

        go(increment)
        go(increment)
        await joined.recv()
        await joined.recv()
        return await x.load()

    return main


@both_kinds
def test_load_then_store_can_lose_an_update(kind: type[Variable]) -> None:
    assert outcomes(lost_update(kind)) == {1, 2}


def test_atomic_add_loses_nothing() -> None:
    async def main() -> tuple[Any, ...]:
        x, results = Atomic(0), Channel(2)

        async def increment() -> None:
            await results.send(await x.add(1))

        go(increment)
        go(increment)
        seen = sorted([(await results.recv())[0], (await results.recv())[0]])
        return *seen, await x.load()

    assert outcomes(main) == {(1, 2, 2)}


def test_of_several_compare_and_swaps_exactly_one_wins() -> None:
    async def main() -> tuple[Any, ...]:
        x, winners = Atomic(0), Channel(3)

        async def contender(number: int) -> None:
            if await x.compare_and_swap(0, number):
                await winners.send(number)

        for number in (1, 2, 3):
            go(contender, number)
        winner, _ = await winners.recv()
        return winner, await x.load(), await winners.length()

    assert outcomes(main) == {(1, 1, 0), (2, 2, 0), (3, 3, 0)}


def test_a_compare_and_swap_in_vain_changes_nothing() -> None:
    async def main() -> tuple[Any, ...]:
        x = Atomic(5)
        return await x.compare_and_swap(0, 1), await x.load(), await x.compare_and_swap(5, 6), await x.load()

    assert outcomes(main) == {(False, 5, True, 6)}


def test_a_compare_and_swap_loop_loses_nothing() -> None:
    async def main() -> Any:
        x, joined = Atomic(0), Channel(2)

        async def increment() -> None:
            while True:
                old = await x.load()
                if await x.compare_and_swap(old, old + 1):
                    break
            await joined.send(None)

        go(increment)
        go(increment)
        await joined.recv()
        await joined.recv()
        return await x.load()

    assert outcomes(main) == {2}


def test_swap_hands_each_value_to_exactly_one() -> None:
    async def main() -> tuple[Any, ...]:
        x, got = Atomic("initial"), Channel(2)

        async def swapper(value: str) -> None:
            await got.send(await x.swap(value))

        go(swapper, "a")
        go(swapper, "b")
        seen = {(await got.recv())[0], (await got.recv())[0], await x.load()}
        return tuple(sorted(seen))

    assert outcomes(main) == {("a", "b", "initial")}


@pytest.mark.parametrize("ordered", [True, False])
def test_petersons_lock_excludes_only_if_the_flag_is_raised_first(ordered: bool) -> None:
    async def main() -> bool:
        flags, turn, inside, clash = [Atomic(0), Atomic(0)], Atomic(0), Atomic(0), Atomic(False)

        async def contender(me: int) -> None:
            steps = [lambda: flags[me].store(1), lambda: turn.store(1 - me)]
            for step in steps if ordered else reversed(steps):
                await step()
            if await flags[1 - me].load() and await turn.load() == 1 - me:
                return
            if await inside.add(1) == 2:
                await clash.store(True)
            await inside.add(-1)

        go(contender, 0)
        await contender(1)
        return bool(await clash.load())

    assert outcomes(main) == ({False} if ordered else {False, True})
