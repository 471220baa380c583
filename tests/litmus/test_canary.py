"""What a green result warns of: plain Python state that nothing orders, and tests that explored nothing."""

from __future__ import annotations

import dis
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Mutex,
    Once,
    Panic,
    Passed,
    Proof,
    Recv,
    Shared,
    WaitGroup,
    check,
    choose,
    go,
    gosched,
    prove,
    select,
    sleep,
)
from harness.runtime import witness
from harness.strategies import RandomWalk

Program = Callable[..., Awaitable[Any]]
TOTAL = 0
LIMITS = {"most": 3}


SHARED_STATE = "goroutines share plain Python state, which the harness cannot see: "


def sharing(answer: Passed | Proof) -> list[str]:
    """The warnings about plain state."""
    return [warning for warning in answer.warnings if warning.startswith(SHARED_STATE)]


def lines_of(program: Program) -> list[tuple[str, int, int]]:
    """What a proof and a check warn of: the variable, and the lines of the write and of the other access."""
    first, found = program.__code__.co_firstlineno, sharing(prove(program, oracles=[]))
    assert sharing(check(program, oracles=[], executions=2)) == found
    numbers = [[int(part.split(")")[0]) - first for part in each.split("test_canary.py:")[1:]] for each in found]
    names = [each.removeprefix(SHARED_STATE).split(" is written")[0] for each in found]
    return [(name, *lines) for name, lines in zip(names, numbers, strict=True)]  # type: ignore[misc]


async def both(worker: Callable[..., Any], *args: Any) -> None:
    """Two goroutines, and main waits for them."""
    group = WaitGroup()

    async def one(number: int) -> None:
        await sleep(0)
        await worker(number, *args)
        await group.done()

    await group.add(2)
    go(one, 1)
    go(one, 2)
    await group.wait()


# -- it warns -----------------------------------------------------------------------------------------------------


async def closure_variable() -> int:
    total = 0

    async def worker(number: int) -> None:
        nonlocal total
        total += number

    await both(worker)
    return total


async def global_variable() -> None:
    async def worker(number: int) -> None:
        global TOTAL  # noqa: PLW0603 - what is to be seen
        TOTAL += number

    await both(worker)


class Box:
    """A user's class."""

    shared = 0

    def __init__(self) -> None:
        self.value = 0
        self.items: list[int] = []
        self.table: dict[str, list[int]] = {}

    def add(self, number: int) -> None:
        self.value += number


async def attribute() -> None:
    box = Box()

    async def worker(number: int) -> None:
        box.value = number

    await both(worker)


async def class_attribute() -> None:
    async def worker(number: int) -> None:
        if number == 1:
            Box.shared = number
        else:
            box = Box()
            assert box.shared < 3

    await both(worker)


async def dict_item() -> None:
    seen: dict[str, int] = {}

    async def worker(number: int) -> None:
        seen["last"] = number

    await both(worker)


async def list_append() -> None:
    seen: list[int] = []

    async def worker(number: int) -> None:
        seen.append(number)

    await both(worker)


async def list_item() -> None:
    seen = [0, 0, 0]

    async def worker(number: int) -> None:
        seen[-1] = number

    await both(worker)


async def nested() -> None:
    box = Box()
    box.table["a"] = [0]

    async def worker(number: int) -> None:
        box.table["a"].append(number)

    await both(worker)


async def one_writes_another_reads() -> None:
    queue: deque[int] = deque()

    async def worker(number: int) -> None:
        if number == 1:
            queue.appendleft(number)
        else:
            assert len(queue) < 3

    await both(worker)


async def type_of_itself() -> None:
    async def worker(number: int) -> None:
        box = Box()
        if number == 1:
            type(box).shared = number
        else:
            assert box.__class__.shared < 3

    await both(worker)


async def looked_at(how: Callable[[list[int]], Any]) -> None:
    seen: list[int] = []

    async def worker(number: int) -> None:
        if number == 1:
            seen.append(number)
        else:
            how(seen)

    await both(worker)


async def written_after_the_start() -> None:
    ready = False

    async def child() -> None:
        await sleep(1)
        assert ready in (True, False)

    ready = False
    go(child)
    ready = True
    await sleep(2)


async def reader_of_what_is_sent_too_early() -> None:
    box, stream = Box(), Channel(1)

    async def receiver() -> None:
        await stream.recv()
        box.value = 2

    go(receiver)
    await stream.send(1)
    box.value = 1


SHARING: list[tuple[Program, list[tuple[str, int, int]]]] = [
    (closure_variable, [("total", 5, 5)]),
    (global_variable, [("TOTAL", 3, 3)]),
    (attribute, [("box.value", 4, 4)]),
    (class_attribute, [("Box.shared", 3, 6)]),
    (type_of_itself, [("type(box).shared", 4, 6)]),
    (dict_item, [("seen", 4, 4)]),
    (list_append, [("seen", 4, 4)]),
    (list_item, [("seen", 4, 4)]),
    (nested, [("box.table['a']", 5, 5)]),
    (one_writes_another_reads, [("queue", 5, 7)]),
    (written_after_the_start, [("ready", 9, 5)]),
    (reader_of_what_is_sent_too_early, [("box.value", 5, 9)]),
]


@pytest.mark.parametrize(("program", "found"), SHARING, ids=lambda value: getattr(value, "__name__", ""))
def test_unordered_plain_state_is_named_with_its_lines(program: Program, found: list[tuple[str, int, int]]) -> None:
    assert lines_of(program) == found


def by_a_loop(seen: list[int]) -> None:
    for _ in seen:
        pass


def by_a_condition(seen: list[int]) -> None:
    if not seen:
        pass


def by_an_alternative(seen: list[int]) -> int:
    return 1 if seen else 2


def by_waiting(seen: list[int]) -> None:
    while seen:
        break


def by_an_assertion(seen: list[int]) -> None:
    assert not seen or len(seen)


def by_a_default(seen: list[int]) -> Any:
    return seen or None


READING = [
    *(by_a_loop, by_a_condition, by_an_alternative, by_waiting, by_an_assertion, by_a_default),
    *(lambda seen: [each + 1 for each in seen], lambda seen: not seen, lambda seen: 1 in seen),
]


@pytest.mark.parametrize("how", READING)
def test_looking_into_a_container_is_reading_it(how: Callable[[list[int]], Any]) -> None:
    (warning,) = sharing(prove(looked_at, how, oracles=[]))
    assert "seen is written by main/one#1" in warning and " and read by main/one#2" in warning


def test_what_is_no_container_is_not_looked_into() -> None:
    async def program() -> None:
        ready = False

        async def worker(number: int) -> None:
            assert not ready and (1 if not ready else 0)

        await both(worker)

    assert sharing(prove(program)) == []


def test_the_warning_says_what_to_do() -> None:
    (warning,) = sharing(prove(closure_variable))
    assert warning.endswith(
        "and nothing orders the two; make it a Shared, guard it with a Mutex, or send it on a channel"
    )
    assert " is written by main/one#" in warning and " by main/one#1 (" in warning


async def method_of_an_object() -> None:
    box = Box()

    async def worker(number: int) -> None:
        box.add(number)

    await both(worker)


def test_what_a_method_does_to_its_object_is_seen() -> None:
    (warning,) = sharing(prove(method_of_an_object))
    assert "self.value is written by" in warning


async def after_much_work() -> None:
    box = Box()

    async def worker(number: int) -> None:
        mine = Box()
        for _ in range(200):
            mine.value += number
        box.items.append(number)
        await sleep(0)
        box.value = number

    await both(worker)


@pytest.mark.parametrize(("per_step", "in_all", "seen"), [(10_000, 40_000, 2), (500, 40_000, 1), (10_000, 500, 0)])
def test_what_comes_after_very_many_instructions_is_not_seen(
    monkeypatch: pytest.MonkeyPatch, per_step: int, in_all: int, seen: int
) -> None:
    """Not until the next step; and no more once all may be spent."""
    monkeypatch.setattr(witness, "PER_STEP", per_step)
    monkeypatch.setattr(witness, "IN_ALL", in_all)
    names = [each.removeprefix(SHARED_STATE).split(" is written")[0] for each in sharing(prove(after_much_work))]
    assert sorted(names) == ["box.items", "box.value"][2 - seen :]


# -- it does not warn ---------------------------------------------------------------------------------------------


async def constants() -> None:
    limit = 3

    async def worker(number: int) -> None:
        assert number < limit and number < LIMITS["most"] and Box.shared < 10

    await both(worker)


async def handed_over_by_channel() -> None:
    stream = Channel(2)

    async def producer() -> None:
        box = Box()
        box.value = 1
        box.items.append(1)
        await stream.send(box)

    async def consumer() -> None:
        box, _ = await stream.recv()
        box.value += 1
        box.items.append(2)

    go(producer)
    go(consumer)


async def handed_over_by_select() -> None:
    stream, numbers = Channel(), [0]

    async def producer() -> None:
        numbers.append(1)
        await stream.send(numbers)

    go(producer)
    _, found, _ = await select(Recv(stream))
    found.append(2)


async def guarded_by_a_mutex() -> int:
    lock, total = Mutex(), 0

    async def worker(number: int) -> None:
        nonlocal total
        async with lock:
            total += number

    await both(worker)
    return total


async def read_after_waiting() -> int:
    totals = [0, 0, 0]

    async def worker(number: int) -> None:
        totals[number] = number

    await both(worker)
    return sum(totals)


async def shared_and_atomic() -> None:
    plain, atomic = Shared(0), Atomic(0)

    async def worker(number: int) -> None:
        await plain.store(number)
        await atomic.add(number)

    await both(worker)


async def objects_of_its_own() -> None:
    async def worker(number: int) -> None:
        box, seen, mine = Box(), [number], 0

        def count() -> None:
            nonlocal mine
            mine += 1

        box.add(number)
        box.table["a"] = seen
        box.table["a"].append(1)
        count()
        await sleep(0)
        count()
        assert mine == 2 and seen[0] == number

    await both(worker)


async def written_before_the_start() -> None:
    box = Box()
    box.value = 1

    async def child() -> None:
        assert box.value == 1

    box.value = 2
    go(child)


async def started_by_a_child_that_is_over() -> None:
    box = Box()

    async def grandchild() -> None:
        box.value += 1

    async def child() -> None:
        box.value += 1
        go(grandchild)

    box.value += 1
    go(child)


async def once() -> None:
    guard, box = Once(), Box()

    async def fill() -> None:
        box.value = 1

    async def worker(number: int) -> None:
        await guard.do(fill)
        assert box.value == 1

    await both(worker)


HONEST = [
    constants,
    handed_over_by_channel,
    handed_over_by_select,
    guarded_by_a_mutex,
    read_after_waiting,
    shared_and_atomic,
    objects_of_its_own,
    written_before_the_start,
    started_by_a_child_that_is_over,
    once,
]


@pytest.mark.parametrize("program", HONEST)
def test_what_is_ordered_or_not_shared_is_no_reason_to_warn(program: Program) -> None:
    assert sharing(prove(program, oracles=[])) == []


@dataclass(frozen=True)
class Property:
    """Reading an attribute of it runs code, which must not run twice."""

    calls: list[int]

    @property
    def value(self) -> int:
        self.calls.append(1)
        return 1


def test_looking_runs_none_of_the_programs_code() -> None:
    async def program() -> int:
        found = Property([])
        assert found.value == 1
        return len(found.calls)

    assert prove(program).outcomes == {1}


class Counting:
    """Its hash counts how often it is asked for."""

    asked = 0

    def __hash__(self) -> int:
        self.asked += 1
        return 1


def test_looking_asks_no_object_for_its_hash() -> None:
    async def program() -> int:
        key = Counting()
        table: dict[Counting, list[int]] = {key: []}
        table[key].append(1)
        return key.asked

    told: list[int] = []

    async def told_of() -> None:
        told.append(await program())

    prove(told_of)
    assert len(told) > 2 and set(told) == {2}


class Nowhere(Box):
    """Its author has hidden where it comes from."""

    __module__ = None  # type: ignore[assignment]


def test_a_class_from_nowhere_is_looked_at_like_others() -> None:
    async def program() -> None:
        box = Nowhere()

        async def worker(number: int) -> None:
            box.value = number

        await both(worker)

    assert len(sharing(prove(program))) == 1


def test_nothing_after_a_panic_is_judged() -> None:
    async def program() -> None:
        total = 0

        async def worker(number: int) -> None:
            nonlocal total
            await sleep(number)
            if number == 1:
                raise Panic("over")
            total += 1

        for number in (1, 2, 3):
            go(worker, number)

    assert not sharing(prove(program, oracles=[]))


# -- nothing explored ---------------------------------------------------------------------------------------------


async def alone() -> None:
    await sleep(1)


async def strangers() -> None:
    async def worker(number: int) -> None:
        mine = Channel(1)
        await mine.send(number)

    await both(worker)


async def one_class_but_a_channel() -> None:
    stream = Channel()
    go(stream.send, 1)
    await stream.recv()


async def alone_with_choices() -> int:
    return await choose(3)


def test_a_single_goroutine_explores_nothing() -> None:
    for answer in (prove(alone), check(alone), check(alone, strategy=RandomWalk(seed=1))):
        assert answer.warnings == (
            "nothing was explored: the program has a single goroutine, so there is only one way to run it",
        )


def test_goroutines_that_share_nothing_explore_nothing() -> None:
    for answer in (prove(strangers), check(strangers), prove(strangers, max_preemptions=0)):
        assert isinstance(answer, Passed | Proof)
        if answer.executions == 1 or isinstance(answer, Passed):
            (warning,) = answer.warnings
            assert warning.startswith(
                "nothing was explored: of the program's 3 goroutines no two have used the same channel"
            )


async def unseen() -> None:
    """Who ends before a first step takes part in none, and whom main starts before its first is started in none."""

    async def worker() -> None:
        pass

    go(worker)
    await gosched()


async def stuck_together() -> None:
    nobody = Channel()

    async def worker() -> None:
        await nobody.recv()

    go(worker)
    await nobody.recv()


async def only_joined() -> None:
    group = WaitGroup()

    async def worker() -> None:
        await group.done()

    await group.add(2)
    go(worker)
    go(worker)
    await group.wait()


def test_who_takes_part_in_no_step_is_a_goroutine_all_the_same() -> None:
    (warning,) = prove(unseen).warnings
    assert warning.startswith("nothing was explored: of the program's 2 goroutines no two have used the same channel")


def test_who_waits_for_ever_has_used_what_it_waits_for() -> None:
    answer = check(stuck_together, oracles=[])
    assert answer.classes == 1 and answer.warnings == ()


def test_waiting_for_one_another_is_said_not_to_count() -> None:
    (warning,) = [each for each in prove(only_joined).warnings if "nothing was explored" in each]
    assert "other primitive, but for waiting for one another with a WaitGroup, so the order" in warning


def test_what_is_only_one_class_for_good_reasons_is_no_reason_to_warn() -> None:
    assert prove(one_class_but_a_channel).executions == 1
    assert prove(one_class_but_a_channel).warnings == check(one_class_but_a_channel).warnings == ()
    assert prove(alone_with_choices).warnings == check(alone_with_choices).warnings == ()


def test_the_canary_can_be_left_out() -> None:
    assert prove(closure_variable, canary=False).warnings == check(alone, canary=False).warnings == ()


def test_every_instruction_that_is_looked_for_is_one_of_this_python_or_another() -> None:
    from harness.runtime import plain_state

    reads = plain_state.CLOSURE_READS | plain_state.GLOBAL_READS | plain_state.ATTRIBUTE_READS | plain_state.ITEM_READS
    writes = plain_state.CLOSURE_WRITES | plain_state.GLOBAL_WRITES | plain_state.ATTRIBUTE_WRITES
    for names in (reads, writes, plain_state.ITEM_WRITES, plain_state.CALLS):
        assert names & dis.opmap.keys()
