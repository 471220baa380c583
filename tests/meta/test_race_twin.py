"""The race detector against two slow twins, on every interleaving of random small programs.

The first twin knows nothing of happens-before: two accesses race if and only if in some reachable state two
goroutines are pending at them at the same time. For programs whose control flow depends on no value this must be
exactly what the detector finds over all executions: a state with both pending is an execution in which they come
one right after the other, unsynchronised; and of an execution in which nothing orders them, the steps that come
before either are an execution in themselves, after which both are pending.

The second twin is the memory model clause by clause: a graph of starts and completions with an edge for every
"synchronized before", for each single execution. It would notice an order where there is none, which the first
cannot, because another execution shows the race anyway.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from harness import Mutex, Shared, go
from harness.detect import rules
from harness.detect.happens_before import with_pasts
from harness.detect.races import WRITES, Race, is_access, races
from harness.model.trace import Action, Trace
from harness.runtime.execute import Subject
from tests.meta.racy_programs import VARIABLES, Explored, RandomProgram, explore, random_program

PROGRAMS = 600
INTERLEAVINGS = 400

Node = tuple[int, str, str]


@pytest.fixture(scope="module")
def explored() -> list[tuple[RandomProgram, Explored]]:
    programs = [random_program(seed) for seed in range(PROGRAMS)]
    found = [(program, explore(program, INTERLEAVINGS)) for program in programs]
    return [(program, every) for program, every in found if every is not None]


def all_races(every: Explored) -> Iterator[Race]:
    """The races of all executions."""
    for (trace, _), waiting in zip(every.traces, every.waiting, strict=True):
        yield from races(trace, waiting)


def racing(every: Explored) -> set[frozenset[str]]:
    """The pairs of locations that race in some execution."""
    return {
        frozenset((race.first.location, race.second.location)) for race in all_races(every) if race.variable != "group"
    }


def disagreements(explored: list[tuple[RandomProgram, Explored]]) -> Iterator[str]:
    """The programs where the detector and simultaneous pending say different things."""
    return (program.source for program, every in explored if racing(every) != every.pending)


# -- the memory model as a graph -------------------------------------------------------------------------------


def edges(trace: Trace) -> Iterator[tuple[Node, Node]]:
    """Every "before" that the Go memory model knows, between the starts and completions of a trace."""
    judged = [action for action in trace if not action.after_panic]
    for action in judged:
        for goroutine in goroutines(action):
            yield start(action, goroutine), end(action, goroutine)
            later_started = {child for child, _ in action.launched}
            started = {child for child in action.spawned if child.startswith(goroutine + "/")} - later_started
            started |= later_started  # by the one who cancels a context
            for later in judged[action.step + 1 :]:
                for other in {goroutine, *started}.intersection(goroutines(later)):
                    yield end(action, goroutine), start(later, other)
    yield from launches(judged)
    for before, after in synchronized(judged):
        for one in goroutines(before):
            for other in goroutines(after):
                yield start(before, one), (start if after.kind in OBSERVING else end)(after, other)


def launches(actions: list[Action]) -> Iterator[tuple[Node, Node]]:
    """From who has told a timer or context to start a goroutine to that goroutine."""
    armed: dict[str, tuple[Action, str]] = {}
    for action in actions:
        armed |= {launcher: (action, armer) for armer, launcher in action.armed}
        for child, launcher in action.launched:
            for later in actions[action.step + 1 :]:
                if launcher in armed and child in goroutines(later):
                    yield end(*armed[launcher]), start(later, child)


def wakings(actions: list[Action]) -> Iterator[tuple[Action, Action]]:
    """The pairs of a signal or broadcast and the wait that it wakes: the oldest first."""
    parked: list[str] = []
    woken: dict[str, Action] = {}
    for action in actions:
        who = goroutines(action)[0] if action.participants else ""
        if action.kind == "cond_enqueue":
            parked.append(who)
        elif action.kind in {"signal", "broadcast"}:
            count = 1 if action.kind == "signal" else len(parked)
            woken |= dict.fromkeys(parked[:count], action)
            del parked[:count]
        elif action.kind == "cond_wake":
            yield woken.pop(who), action


def synchronized(actions: list[Action]) -> Iterator[tuple[Action, Action]]:
    """The pairs of which the first is synchronized before the second, or before its completion."""
    sends: dict[str, list[Action]] = {}
    receives: dict[str, list[Action]] = {}
    for action in actions:
        if action.kind == "rendezvous":
            yield action, action
        elif action.kind in {"send", "receive"}:
            (sends if action.kind == "send" else receives).setdefault(action.objects[0], []).append(action)
    for channel, taken in receives.items():
        capacity = int(taken[0].detail)
        yield from zip(sends[channel], taken, strict=False)
        yield from zip(taken, sends[channel][capacity:], strict=False)
    for number, after in enumerate(actions):
        for before in actions[:number]:
            same = before.objects[:1] == after.objects[:1]
            if (same and orders(before, after, actions)) or orders_another_object(before, after):
                yield before, after
    yield from wakings(actions)


OBSERVING = {"atomic_load", "atomic_add", "swap", "compare_and_swap"}  # not just completing, comes after
ALL_EARLIER = {
    ("close", "receive_closed"),
    ("unlock", "lock"),
    ("write_unlock", "write_lock"),
    ("write_unlock", "read_lock"),
    ("read_unlock", "write_lock"),
    ("once_leave", "once_enter"),
}


def orders(before: Action, after: Action, actions: list[Action]) -> bool:
    """Is one operation synchronized before a later one on the same object, other than by sending and receiving?"""
    if after.kind == "wait":
        return before.kind == "add" and before.detail.startswith("-")
    if after.kind in OBSERVING:
        between = [other for other in actions[before.step + 1 : after.step] if other.objects == before.objects]
        return has_effect(before) and not any(has_effect(other) for other in between)
    return (before.kind, after.kind) in ALL_EARLIER


def orders_another_object(before: Action, after: Action) -> bool:
    """Does waiting on a condition unlock its mutex, or cancelling a context close its done channel?"""
    if before.kind == "cond_enqueue":
        return after.kind == "lock" and before.detail == after.objects[0]
    seen = after.kind in {"receive_closed", "context_err"}
    return before.kind == "cancel" and seen and after.objects[-1] in before.objects[1:]


def has_effect(action: Action) -> bool:
    return action.kind in {"atomic_store", "atomic_add", "swap"} or action.detail == "swapped"


def goroutines(action: Action) -> list[str]:
    return [participant.goroutine for participant in action.participants]


def start(action: Action, goroutine: str) -> Node:
    return action.step, goroutine, "start"


def end(action: Action, goroutine: str) -> Node:
    return action.step, goroutine, "end"


def ordered_by_the_graph(trace: Trace) -> set[tuple[int, int]]:
    """The pairs of steps of which the first one's start is before the second one's start."""
    following: dict[Node, set[Node]] = {}
    for before, after in edges(trace):
        following.setdefault(before, set()).add(after)
    found = set()
    moved = [action for action in trace if action.participants]
    for action in moved:
        reached: set[Node] = set()
        pending = [start(action, goroutines(action)[0])]
        while pending:
            for node in following.get(pending.pop(), set()) - reached:
                reached.add(node)
                pending.append(node)
        starts = {start(other, goroutines(other)[0]) for other in moved}
        found |= {(action.step, step) for step, _, _ in reached & starts}
    return {(one, other) for one, other in found if is_access(trace[one]) and is_access(trace[other])}


def ordered_by_the_fold(trace: Trace) -> set[tuple[int, int]]:
    return {
        (earlier, action.step)
        for action, past in with_pasts(trace)
        for earlier in range(action.step)
        if past >> earlier & 1 and is_access(action) and is_access(trace[earlier])
    }


def misordered(explored: list[tuple[RandomProgram, Explored]]) -> Iterator[str]:
    """The programs that have an execution in which the fold and the graph order accesses differently."""
    return (
        program.source
        for program, every in explored
        if any(ordered_by_the_fold(trace) != ordered_by_the_graph(trace) for trace, _ in every.traces)
    )


# -- the claims ------------------------------------------------------------------------------------------------


def test_the_programs_are_worth_looking_at(explored: list[tuple[RandomProgram, Explored]]) -> None:
    assert len(explored) >= 200
    assert len([every for _, every in explored if every.pending]) >= 100
    assert len([every for _, every in explored if not every.pending and len(every.traces) > 1]) >= 100
    kinds = {action.kind for _, every in explored for trace, _ in every.traces for action in trace}
    assert kinds >= {
        *BLOCKING,
        "timer",
        "reset",
        "context_err",
        *ATOMIC,
        "rendezvous",
        "close_of_closed",
        "send_on_closed",
        "load",
        "store",
    }


def test_accesses_race_if_and_only_if_some_state_has_both_pending(
    explored: list[tuple[RandomProgram, Explored]],
) -> None:
    assert list(disagreements(explored)) == []


def test_the_fold_orders_what_the_clauses_of_the_memory_model_order(
    explored: list[tuple[RandomProgram, Explored]],
) -> None:
    assert list(misordered(explored)) == []


def test_where_no_channel_or_group_counts_as_shared_none_has_a_race(
    explored: list[tuple[RandomProgram, Explored]],
) -> None:
    """`no_data_race` does not ask for the trace of an execution that shares nothing. Here x and y always count."""
    skipped = [
        (trace, waiting)
        for _, every in explored
        for (trace, shared), waiting in zip(every.traces, every.waiting, strict=True)
        if shared == VARIABLES
    ]
    for kind in ("close", "wait"):
        assert len([trace for trace, _ in skipped if any(action.kind == kind for action in trace)]) >= 100
    assert [race for found in skipped for race in races(*found) if race.variable not in {"x", "y"}] == []


def test_a_skeleton_has_a_race_if_and_only_if_its_trace_has_one(explored: list[tuple[RandomProgram, Explored]]) -> None:
    for program, every in explored[::5]:
        for trace, _ in every.traces:
            skeleton = Subject(program).retrace(tuple(action.index for action in trace), readable=False)
            assert {part.location for action in skeleton for part in action.participants} <= {""}
            assert bool(races(skeleton)) == bool(races(trace))


def test_one_race_for_each_pair_of_lines_is_what_all_pairs_of_accesses_come_to() -> None:
    """With loops, the detector remembers only the last access from each goroutine and line."""
    for seed in range(100):
        execution = Subject(looping, (seed,)).walk(random.Random(seed).random)
        found = {frozenset((race.first.location, race.second.location)) for race in races(execution.trace)}
        assert found == all_pairs(execution.trace)


# -- the twins are awake ---------------------------------------------------------------------------------------

BLOCKING = {"send", "receive", "close", "receive_closed", "add", "wait", "lock", "unlock"}
BLOCKING |= {"once_enter", "once_leave", "cond_wake", "cancel"}
BLOCKING |= {"read_lock", "read_unlock", "write_lock", "write_unlock"}
ATOMIC = {"atomic_load", "atomic_store", "atomic_add", "swap", "compare_and_swap"}


@pytest.mark.parametrize("kind", sorted(BLOCKING | ATOMIC | {"context_err"}))
def test_a_detector_without_one_of_the_rules_is_found_out(
    explored: list[tuple[RandomProgram, Explored]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules.RULES[kind]
    if kind in {"send", "receive"}:  # the bookkeeping has to go on
        monkeypatch.setitem(rules.RULES, kind, lambda objects, action, here: rule(objects, action, here) and 0)
    else:
        monkeypatch.delitem(rules.RULES, kind)
    assert any(misordered(explored))
    assert any(disagreements(explored)) == (kind in BLOCKING), "what never blocks can always come the other way round"


def picking_up_more(kind: str, key: str = "left") -> rules.Rule:
    rule = rules.RULES[kind]

    def mutant(objects: rules.Objects, action: Action, here: rules.Steps) -> rules.Steps:
        more: rules.Steps = getattr(objects, key)[action.objects[0]]
        return rule(objects, action, here) | more

    return mutant


def leaving_more(kind: str) -> rules.Rule:
    rule = rules.RULES[kind]
    return lambda objects, action, here: rule(objects, action, here) | rules.RULES["close"](objects, action, here)


def passing_on(objects: rules.Objects, action: Action, here: rules.Steps) -> rules.Steps:
    """A send that leaves what it picked up by completing."""
    picked_up = objects.buffer(action).send(here)
    objects.buffer(action).sent[-1] |= picked_up
    return picked_up


@pytest.mark.parametrize(
    ("kind", "mutant"),
    [
        ("atomic_store", picking_up_more("atomic_store")),
        ("atomic_load", leaving_more("atomic_load")),
        ("receive", picking_up_more("receive")),
        ("read_lock", picking_up_more("read_lock", "left_by_readers")),
        ("send", passing_on),
    ],
)
def test_a_detector_that_orders_too_much_is_found_out(
    explored: list[tuple[RandomProgram, Explored]], kind: str, mutant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.RULES, kind, mutant)
    assert any(misordered(explored))


# -- programs with loops ---------------------------------------------------------------------------------------


async def looping(seed: int) -> None:
    """Three goroutines that store, load and lock in a loop, on few lines, as `seed` says."""
    draw = random.Random(seed)
    x, mutex = Shared(0, name="x"), Mutex()

    async def worker(plan: list[int]) -> None:
        for step in plan:
            if step == 0:
                await x.store(step)
            elif step == 1:
                await x.load()
            else:
                async with mutex:
                    await x.store(step)

    for _ in range(3):
        go(worker, [draw.choice([0, 1, 2, 2, 2]) for _ in range(draw.randint(1, 6))])


def all_pairs(trace: Trace) -> set[frozenset[str]]:
    """The pairs of lines of all pairs of accesses that nothing orders."""
    return {
        frozenset((trace[earlier].participants[0].location, action.participants[0].location))
        for action, past in with_pasts(trace)
        for earlier in range(action.step)
        if is_access(action) and is_access(trace[earlier]) and not past >> earlier & 1
        if WRITES & {action.kind, trace[earlier].kind}
    }
