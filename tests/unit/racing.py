"""Which variables race in some schedule, or in chosen ones, of a small program."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from harness import Execution
from harness.detect.happens_before import with_pasts
from harness.detect.races import WRITES, is_access, races
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive

Program = Callable[[], Awaitable[Any]]
Step = Callable[[], Awaitable[Any]]


def every(program: Program) -> Iterator[Execution]:
    return executions(Subject(program), Exhaustive())


def met(execution: Execution) -> bool:
    """Did two goroutines access the same object, one of them writing?"""
    accesses = [action for action, _ in with_pasts(execution.trace) if is_access(action)]
    return any(
        one.objects[0] == other.objects[0]
        and one.participants[0].goroutine != other.participants[0].goroutine
        and (one.kind in WRITES or other.kind in WRITES)
        for one in accesses
        for other in accesses
    )


def racing(program: Program) -> set[str]:
    """The variables that race in some execution; some execution must have had the occasion."""
    explored = list(every(program))
    assert any(met(execution) for execution in explored)
    return {race.variable for execution in explored for race in races(execution.trace)}


def races_of_some(program: Program, chosen: Callable[[list[str]], bool]) -> list[set[str]]:
    """The racing variables of each execution whose steps ("goroutine operation") are the chosen ones."""
    found = []
    for execution in every(program):
        steps = [f"{who.goroutine} {who.operation}" for action in execution.trace for who in action.participants]
        if chosen(steps):
            found.append({race.variable for race in races(execution.trace)})
    assert found
    return found


def in_order(*wanted: str) -> Callable[[list[str]], bool]:
    """Do the steps contain these, in this order?"""

    def contain(steps: list[str]) -> bool:
        rest = iter(steps)
        return all(step in rest for step in wanted)

    return contain


async def in_turn(*steps: Step) -> None:
    for step in steps:
        await step()
