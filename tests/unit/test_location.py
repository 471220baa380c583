"""Where a goroutine is: at the innermost line of the user's code, however it got there."""

import time
from collections.abc import AsyncIterator

import pytest

from harness import Channel, check, prove
from harness.errors import BlockingCall, Falsified


def line_of(text: str) -> str:
    """`file:line` of the only line of this file that ends with a text."""
    with open(__file__, encoding="utf-8") as file:
        (line,) = [number for number, line in enumerate(file, start=1) if line.rstrip().endswith(f"# {text}")]
    return f"test_location.py:{line}"


async def letters(channel: Channel) -> AsyncIterator[int]:
    yield 1
    await channel.recv()  # in a generator
    yield 2


async def iterating() -> None:
    async for _ in letters(Channel()):
        pass


async def asking() -> None:
    generator = letters(Channel())
    await anext(generator)
    await anext(generator)


async def nested() -> None:
    async def inner() -> None:
        time.sleep(1)  # while running

    await inner()


@pytest.mark.parametrize("program", [iterating, asking])
def test_who_awaits_an_async_generator_is_in_it(program: object) -> None:
    with pytest.raises(Falsified, match=line_of("in a generator")):
        prove(program)  # type: ignore[arg-type]


def test_who_is_running_is_in_the_innermost_coroutine() -> None:
    with pytest.raises(BlockingCall, match=line_of("while running")):
        check(nested)
