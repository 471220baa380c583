"""Equal choices give equal traces: in this process, in another one, and whatever strings hash to there."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from harness import Atomic, Channel, Mutex, Recv, WaitGroup, after, background, go, run, select, with_cancel
from harness.runtime.execute import Subject
from harness.search.exhaustive import Exhaustive
from tests.elsewhere import printed

HASH_SEEDS = ("0", "1", "31337")


def told(what: str, hash_seed: str, given: str = "") -> str:
    """What another process prints."""
    return printed("-m", "tests.meta.print_traces", what, hash_seed=hash_seed, given=given)


def test_traces_do_not_depend_on_the_process() -> None:
    first, *others = [told("traces", seed) for seed in HASH_SEEDS]
    assert first.count("\n") > 5_000
    assert all(other == first for other in others)


def test_tokens_do_not_depend_on_the_process_and_replay_byte_for_byte_in_another() -> None:
    first, *others = [told("tokens", seed) for seed in HASH_SEEDS[:2]]
    assert first.count(" h2.") > 40
    assert all(other == first for other in others)
    replayed = [told("replays", seed, first) for seed in HASH_SEEDS]
    assert replayed[0].count("h2.") == replayed[0].count(" exactly\n") == first.count(" h2.")
    assert all(other == replayed[0] for other in replayed[1:])


class Opaque:
    """A value with Python's default representation, address included."""


async def sends_an_object() -> None:
    await Channel(1).send(Opaque())


async def sends_a_channel() -> None:
    await Channel(1).send(Channel(1))


async def sends_many_things() -> None:
    channel = Channel(10)
    for thing in (Mutex(), WaitGroup(), Atomic(0), with_cancel(background())[0], after(1), Recv(channel), Opaque):
        await channel.send(thing)


async def sends_functions() -> None:
    channel = Channel(3)
    await channel.send(lambda: None)
    await channel.send(channel.recv)
    await channel.send([Opaque(), {"key": Opaque()}])


@pytest.mark.parametrize("program", [sends_an_object, sends_a_channel, sends_many_things, sends_functions])
def test_traces_do_not_depend_on_addresses(program: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Values of many kinds are sent; none of their texts may change from run to run."""
    kept = [run(program) for _ in range(3)]
    garbage = [Opaque() for _ in range(1_000)]
    kept += [run(program) for _ in range(3)]
    assert len({execution.trace for execution in kept}) == 1
    assert len(garbage) == 1_000


def test_the_texts_of_sets_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "from harness import Channel, run\n"
        "async def main():\n"
        "    await Channel(1).send({'alpha', 'beta', 'gamma', 'delta'})\n"
        "    await Channel(1).send(frozenset({'alpha', 'beta', 'gamma', 'delta'}))\n"
        "print([action.text for action in run(main).trace])\n"
    )
    texts = {printed("-c", script, hash_seed=str(seed)) for seed in range(4)}
    assert len(texts) == 1


def test_every_execution_of_a_search_can_be_repeated() -> None:
    async def main() -> Any:
        left, right, mutex = Channel(1), Channel(), Mutex()

        async def worker(name: str) -> None:
            async with mutex:
                await left.send(name)

        go(worker, "a")
        go(worker, "b")
        go(right.send, "c")
        return await select(Recv(left), Recv(right))

    subject, strategy, traces = Subject(main), Exhaustive(), []
    while strategy.begin():
        traces.append(subject.execute(strategy.choose).trace)
        strategy.end()
    again, strategy = [], Exhaustive()
    while strategy.begin():
        again.append(subject.execute(strategy.choose).trace)
        strategy.end()
    assert traces == again
    assert len(set(traces)) == len(traces) > 10
