"""Names of goroutines and objects come from where they were made, and so are the same under every schedule."""

from functools import partial
from typing import Any

import pytest

from harness import Atomic, Channel, Deadlocked, Mutex, Panic, Panicked, go, outcomes, prove, run
from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.exhaustive import Exhaustive


def every_execution(program: Any, *arguments: Any) -> list[Execution]:
    subject, strategy, found = Subject(program, arguments), Exhaustive(), []
    while strategy.begin():
        found.append(subject.execute(strategy.choose))
        strategy.end()
    return found


async def racing_family() -> tuple[Any, ...]:
    """Workers race for a token, then each makes objects and a child: creation order differs between schedules."""
    token, names = Channel(1), Channel(8)
    await token.send(None)

    async def child(role: str, private: Channel) -> None:
        await names.send((role, private.identity, Atomic(0).identity))

    async def worker(role: str) -> None:
        await token.recv()
        private = Channel()
        await token.send(None)
        go(child, role, private)

    go(worker, "first")
    go(worker, "second")
    return tuple(sorted([(await names.recv())[0] for _ in range(2)]))


def test_objects_have_the_same_names_under_every_schedule() -> None:
    first = ("first", "main/worker#1.1", "main/worker#1/child#1.1")
    second = ("second", "main/worker#2.1", "main/worker#2/child#1.1")
    assert outcomes(racing_family) == {(first, second)}
    assert prove(racing_family, oracles=()).executions > 1


def test_goroutines_have_the_same_names_under_every_schedule() -> None:
    executions = every_execution(racing_family)
    started = {frozenset(name for action in e.trace for name in action.spawned) for e in executions}
    acted = {frozenset(p.goroutine for action in e.trace for p in action.participants) for e in executions}
    touched = {frozenset(name for action in e.trace for name in action.objects) for e in executions}
    assert len(executions) > 1
    assert (len(started), len(acted), len(touched)) == (1, 1, 1)
    assert acted == {frozenset({"main"} | {f"main/worker#{n}{c}" for n in (1, 2) for c in ("", "/child#1")})}


def test_the_second_of_a_name_is_number_two_whatever_was_started_between() -> None:
    async def main() -> None:
        async def worker() -> None:
            await Channel().recv()

        async def other() -> None:
            await Channel().recv()

        go(worker)
        go(other)
        go(worker)
        await Channel().recv()

    assert run(main).outcome == Deadlocked(("main", "main/worker#1", "main/other#1", "main/worker#2"))


def test_a_goroutine_is_called_what_its_function_is_called() -> None:
    async def blocked(*_: Any) -> None:
        await Channel().recv()

    class Server:
        async def serve(self) -> None:
            await blocked()

        async def __call__(self) -> None:
            await blocked()

    async def main() -> None:
        mutex = Mutex()
        await mutex.lock()
        go(partial(partial(blocked, 1), 2))
        go(Server().serve)
        go(Server())
        go(mutex.lock)
        await blocked()

    names = ("main", "main/blocked#1", "main/serve#1", "main/Server#1", "main/lock#1")
    assert run(main).outcome == Deadlocked(names)


def test_a_panic_names_the_goroutine_by_its_spawn_path() -> None:
    async def main() -> None:
        async def parent() -> None:
            async def child() -> None:
                raise Panic("boom")

            go(child)

        go(parent)

    assert outcomes(main) == {Panicked("main/parent#1/child#1", "boom")}


@pytest.mark.parametrize(("label", "name"), [("events", "events"), (None, "Channel@main.1")])
def test_an_object_is_called_what_the_user_calls_it_or_what_and_where_it_is(label: str | None, name: str) -> None:
    async def main() -> str:
        return Channel(name=label).name

    assert outcomes(main) == {name}


def test_the_waiting_say_at_what_they_wait() -> None:
    async def main() -> None:
        events = Channel(name="events")

        async def receiver() -> None:
            await events.recv()

        go(receiver)
        go(events.send, 1)
        go(events.send, 2)

    (waiting,) = run(main).waiting
    assert str(waiting) in {"main/send#1 (send on events)", "main/send#2 (send on events)"}
