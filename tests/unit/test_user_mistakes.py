"""Programs that await what is not ours, depend on what is outside, or raise odd exceptions."""

import asyncio
import itertools
import random
import sys
import warnings
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Falsified,
    Mutex,
    Panic,
    Panicked,
    Returned,
    Shared,
    WaitGroup,
    check,
    choose,
    go,
    gosched,
    outcomes,
    prove,
    run,
    select,
    sleep,
)
from harness.errors import BadInput, ForeignAwaitable, NondeterministicProgram, OutsideProgram
from harness.model.execution import Execution
from harness.strategies import Exhaustive, RandomWalk
from tests.unit.usable import assert_the_harness_is_usable

Program = Callable[[], Awaitable[Any]]


# -- foreign awaitables ------------------------------------------------------------------------------------


class Yields:
    def __init__(self, *values: Any) -> None:
        self.values = values

    def __await__(self) -> Generator[Any, Any, None]:
        yield from self.values


@pytest.mark.parametrize("value", [None, 5, "text", (), (1, 2), ("send", None), object(), [1]])
def test_only_operations_can_be_awaited(value: Any) -> None:
    async def main() -> None:
        async def worker() -> None:
            await gosched()
            await Yields(value)

        go(worker)

    with pytest.raises(ForeignAwaitable, match="main/worker#1 awaited"):
        run(main)
    assert_the_harness_is_usable()


FOREIGN: dict[str, Callable[[], Any]] = {
    "asyncio.sleep(0)": lambda: asyncio.sleep(0),
    "asyncio.sleep(1)": lambda: asyncio.sleep(1),
    "asyncio.Event().wait()": lambda: asyncio.Event().wait(),
    "asyncio.Queue().get()": lambda: asyncio.Queue[int]().get(),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_awaiting_asyncio_is_refused(name: str) -> None:
    async def main() -> None:
        await FOREIGN[name]()

    with pytest.raises(ForeignAwaitable, match="main awaited"):
        run(main)
    assert_the_harness_is_usable()


def test_the_cleanup_of_a_goroutine_that_awaited_something_foreign_does_not_run() -> None:
    ran = []

    async def main() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ran.append("cleanup")

    with pytest.raises(ForeignAwaitable):
        run(main)
    assert ran == []


# -- nondeterminism ----------------------------------------------------------------------------------------


def differing(*counts: int) -> Program:
    """A program that starts as many goroutines as the next of `counts` says, for ever the last one."""
    remaining = itertools.chain(counts, itertools.repeat(counts[-1]))

    async def main() -> None:
        for _ in range(next(remaining)):
            go(gosched)

    return main


def objects_to_everything(execution: Execution) -> str:
    return "objection"


COUNTS = [(3, 2), (3, 1), (3, 0), (2, 3), (1, 3), (0, 2)]


@pytest.mark.parametrize("counts", COUNTS)
def test_an_exhaustive_search_notices_a_program_that_differs(counts: tuple[int, ...]) -> None:
    first, *_ = counts
    if first < 2:
        counts = (2, *counts)  # a single path is never taken again
    with pytest.raises(NondeterministicProgram, match="depends on something outside"):
        prove(differing(*counts))


@pytest.mark.parametrize("counts", COUNTS)
def test_the_schedule_of_an_execution_that_cannot_be_repeated_is_an_error(counts: tuple[int, ...]) -> None:
    execution = run(differing(*counts), strategy=RandomWalk(seed=0))
    with pytest.raises(NondeterministicProgram, match="running the same choices again"):
        _ = execution.schedule


@pytest.mark.parametrize("counts", COUNTS)
def test_the_trace_of_an_execution_that_cannot_be_repeated_is_an_error(counts: tuple[int, ...]) -> None:
    execution = run(differing(*counts), strategy=Exhaustive())
    assert len(execution.schedule) == execution.steps == counts[0]
    with pytest.raises(NondeterministicProgram, match="running the same choices again"):
        _ = execution.trace


@pytest.mark.parametrize("counts", COUNTS)
def test_no_counterexample_is_made_of_an_execution_that_cannot_be_repeated(counts: tuple[int, ...]) -> None:
    with pytest.raises(NondeterministicProgram):
        check(differing(*counts), oracles=[objects_to_everything])
    assert_the_harness_is_usable()


def test_randomness_of_the_programs_own_is_noticed() -> None:
    source = random.Random(1)

    async def main() -> None:
        for _ in range(source.randrange(2, 5)):
            go(gosched)

    with pytest.raises(NondeterministicProgram):
        prove(main)


def test_randomness_by_choose_is_part_of_the_schedule() -> None:
    async def main() -> int:
        count = await choose(3)
        for _ in range(count):
            go(gosched)
        return count

    assert prove(main).outcomes == {0, 1, 2}


# -- odd exceptions ----------------------------------------------------------------------------------------


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class NotText(Exception):
    def __str__(self) -> str:
        return 5  # type: ignore[return-value]  # noqa: PLE0307 (the broken text is the point)


class OutsideHierarchy(BaseException):
    pass


class Special(Panic):
    pass


ODD: list[tuple[BaseException, str]] = [
    (SystemExit(3), "SystemExit: 3"),
    (GeneratorExit(), "GeneratorExit: "),
    (asyncio.CancelledError(), "CancelledError: "),
    (OutsideHierarchy("odd"), "OutsideHierarchy: odd"),
    (BaseExceptionGroup("several", [OutsideHierarchy()]), "BaseExceptionGroup: several (1 sub-exception)"),
    (StopIteration(5), "RuntimeError: coroutine raised StopIteration"),
    (StopAsyncIteration(5), "StopAsyncIteration: 5"),
    (Special("special"), "Special: special"),
    (Panic(), ""),
    (Panic(5), "5"),
    (Mute(), "Mute: <its text raises ValueError>"),
    (NotText(), "NotText: <its text raises TypeError>"),
    (AssertionError("mine"), "AssertionError: mine"),
    (RecursionError("deep"), "RecursionError: deep"),
]


@pytest.mark.parametrize(("error", "message"), ODD)
@pytest.mark.parametrize("verb", [lambda p: {run(p).outcome}, outcomes, lambda p: prove(p, oracles=()).outcomes])
def test_whatever_user_code_raises_is_a_panic(error: BaseException, message: str, verb: Any) -> None:
    async def main() -> None:
        async def worker() -> None:
            await gosched()
            raise error

        go(worker)
        await gosched()

    assert verb(main) == {Panicked("main/worker#1", message)}


@pytest.mark.parametrize(("error", "message"), ODD)
def test_the_counterexample_of_an_odd_exception_can_be_told(error: BaseException, message: str) -> None:
    async def main() -> None:
        await gosched()
        raise error

    with pytest.raises(Falsified) as caught:
        prove(main)
    found = caught.value.counterexample
    assert found.token in str(caught.value)
    assert message in found.execution.trace[-1].text


def test_a_value_whose_repr_raises_can_be_sent_and_told() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ValueError("no text")

    async def main() -> None:
        await Channel(1).send(Broken())

    (action,) = run(main).trace
    assert "<Broken, whose repr raises ValueError>" in action.text


def test_a_returned_value_that_cannot_be_hashed_stands_for_itself_as_text() -> None:
    async def main() -> list[int]:
        return [await choose(2)]

    assert outcomes(main) == {"[0]", "[1]"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("verb", [run, check, prove, outcomes])
def test_what_is_meant_for_the_whole_process_passes_through(error: type[BaseException], verb: Any) -> None:
    async def main() -> None:
        async def worker() -> None:
            await gosched()
            raise error

        go(worker)
        await Channel().recv()

    with pytest.raises(error):
        verb(main)
    assert_the_harness_is_usable()


# -- the harness inside itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [run, check, prove, outcomes])
def test_a_program_cannot_start_an_execution(verb: Callable[..., Any]) -> None:
    async def inner() -> None: ...

    async def main() -> None:
        verb(inner)

    with pytest.raises(BadInput, match="in progress already"):
        run(main)
    assert_the_harness_is_usable()


def test_an_oracle_can_start_an_execution() -> None:
    async def inner() -> str:
        return "inner"

    async def main() -> str:
        return "outer"

    def oracle(execution: Execution) -> None:
        assert outcomes(inner) == {"inner"}

    assert prove(main, oracles=[oracle]).outcomes == {"outer"}


def test_an_oracle_cannot_use_primitives() -> None:
    async def main() -> None: ...

    def oracle(execution: Execution) -> None:
        Channel()

    with pytest.raises(OutsideProgram):
        check(main, oracles=[oracle])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_strategy_or_oracle_that_fails_leaves_the_harness_usable(error: type[BaseException]) -> None:
    class Failing(RandomWalk):
        def __getattribute__(self, name: str) -> Any:
            if name == "random":
                raise AttributeError  # the campaign asks `choose` then
            return super().__getattribute__(name)

        def choose(self, enabled: Any) -> int:
            raise error

    async def main() -> None:
        go(gosched)
        await gosched()

    def oracle(execution: Execution) -> None:
        raise error

    with pytest.raises(error):
        check(main, oracles=[oracle])
    assert_the_harness_is_usable()
    with pytest.raises(error):
        check(main, strategy=Failing())
    assert_the_harness_is_usable()


# -- oracles -----------------------------------------------------------------------------------------------


def leaves(execution: Execution) -> None:
    sys.exit()


def broken(execution: Execution) -> None:
    raise KeyError("seats")


def yes(execution: Execution) -> Any:
    return True


class Later:
    """Objects at first, and is broken when it is asked about a smaller execution."""

    __name__ = "later"

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, execution: Execution) -> Any:
        self.asked += 1
        return "told once" if self.asked == 1 else sys.exit(0)


@pytest.mark.parametrize("verb", [check, prove])
@pytest.mark.parametrize(
    ("oracle", "sentence"),
    [
        (leaves, r"oracle leaves raised SystemExit \(at tests/unit/test_user_mistakes.py:\d+\)"),
        (broken, r"oracle broken raised KeyError: 'seats' \(at tests/unit/test_user_mistakes.py:\d+\)"),
        (yes, "oracle yes answers None or a sentence; it answered True"),
        (Later(), r"oracle later raised SystemExit: 0 \(at "),
    ],
)
def test_the_mistake_of_an_oracle_is_a_sentence_about_it(verb: Any, oracle: Any, sentence: str) -> None:
    async def main() -> int:
        return await choose(3)

    if isinstance(oracle, Later):
        oracle.asked = 0
    with pytest.raises(BadInput, match=sentence):
        verb(main, oracles=[oracle])
    assert_the_harness_is_usable()


def test_an_interrupted_oracle_interrupts() -> None:
    async def main() -> None:
        await gosched()

    def interrupted(execution: Execution) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(main, oracles=[interrupted])


def test_of_two_operations_that_read_alike_it_is_said_in_what_they_differ() -> None:
    runs = itertools.count(1)

    async def main() -> None:
        number = next(runs)
        for _ in range(number):
            Channel()
        client = Channel(1, name="client")
        go(client.send, number)
        await client.recv()

    with pytest.raises(
        NondeterministicProgram,
        match=r"step 0 was send on client \(operation 1 of its goroutine, object 2 of main, value 1\), and is no "
        r"longer possible \(now on offer: .*send on client \(operation 1 of its goroutine, object 3 of main, value 2\)",
    ):
        prove(main)


@pytest.mark.parametrize("strategy", [RandomWalk(seed=3), Exhaustive()])
def test_a_program_that_leaves_nothing_behind_is_steady_whoever_chooses(strategy: Any) -> None:
    async def main() -> int:
        results: Channel = Channel(2)
        for number in (1, 2):
            go(results.send, number)
        first, _ = await results.recv()
        return int(first)

    def is_one(execution: Execution) -> str | None:
        return None if execution.outcome == Returned(1) else "not one"

    with pytest.raises(Falsified, match="is_one: not one") as caught:
        check(main, strategy=strategy, oracles=[is_one])
    assert caught.value.executions > 1


# -- forgotten await ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: Channel(1).send(1),
        lambda: Channel(1).recv(),
        lambda: Mutex().lock(),
        lambda: WaitGroup().wait(),
        lambda: Shared(0).store(1),
        lambda: Atomic(0).load(),
        lambda: sleep(1),
        gosched,
        lambda: choose(2),
        lambda: select(default=True),
    ],
)
def test_an_operation_that_nobody_awaits_is_warned_of_at_its_line(call: Callable[[], Any]) -> None:
    async def main() -> None:
        call()
        await gosched()

    with pytest.warns(RuntimeWarning, match=r"coroutine '[\w.]+' was never awaited") as caught:
        check(main, executions=1, canary=False)
    assert {Path(each.filename).name for each in caught} == {Path(__file__).name}


def test_of_operations_that_are_awaited_started_or_left_behind_nothing_is_said() -> None:
    async def main() -> None:
        channel: Channel = Channel()
        go(channel.send, 1)
        go(channel.send, 2)
        go(Channel().recv)
        await channel.recv()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert prove(main, oracles=[]).executions > 1
        check(main, oracles=[])
