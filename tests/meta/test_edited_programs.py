"""The token of a known bug, replayed in an edited program: what is reported for each edit of each bug."""

from typing import Any

import pytest

from harness import Counterexample, Execution, Falsified, ReplayDiverged, prove, replay
from harness.model.conclusion import conclusion
from harness.model.order import Order
from harness.model.token import decode
from harness.oracles import no_deadlock
from harness.runtime.execute import Subject
from harness.search.guided import PATIENCE, by_names
from tests.meta.edited_programs import BUGS, compiled, edited

FAILS_EXACTLY, FAILS_GUIDED = "same failure, exactly", "still fails, guided"
FIXED, OPEN = "fixed, guided", "no conclusion, guided"

TWO_STEPS = """\
        value = await counter.load()
        await counter.store(value + 1)
        await done.send("{}")"""
FIRST, SECOND = TWO_STEPS.format("first"), TWO_STEPS.format("second")
ATOMIC = '        await counter.add(1)\n        await done.send("{}")'
LOCKED = (
    "        await mutex.lock()\n        value = await counter.load()\n        await counter.store(value + 1)\n"
    '        await mutex.unlock()\n        await done.send("{}")'
)
DECLARED = "    counter, done"
JOINED = "    joined = Channel(1, name='joined')\n    stream"
STEP = "await gosched()"

EDITS: dict[str, dict[str, tuple[str, ...]]] = {
    "lost update": {
        "a line": (FAILS_EXACTLY, "    go(first)\n", "    unused = 1\n    go(first)\n"),
        "an operation before": (FAILS_GUIDED, "async def first():\n", f"async def first():\n        {STEP}\n"),
        "an operation between": (FAILS_GUIDED, FIRST, FIRST.replace("load()\n", f"load()\n        {STEP}\n")),
        "an operation after": (FAILS_GUIDED, FIRST, f"{FIRST}\n        {STEP}"),
        "an operation in main": (FAILS_GUIDED, "    for _", f"    {STEP}\n    for _"),
        "a goroutine more": (
            FAILS_GUIDED,
            "    go(first)\n", f"    async def third():\n        {STEP}\n\n    go(third)\n    go(first)\n",
        ),
        "goroutines started the other way round": (
            FAILS_GUIDED, "    go(first)\n    go(second)\n", "    go(second)\n    go(first)\n",
        ),
        "a goroutine renamed": (FAILS_GUIDED, "async def first", "async def other", "go(first)", "go(other)"),
        "a variable renamed": (FAILS_GUIDED, 'name="counter"', 'name="total"'),
        "renamed, with an operation before": (
            "diverged at step 0, at the start, main/first#1 was to go on with load on counter, but there is no "
            "goroutine main/first#1; no oracle objects to what came instead (turns that do not apply: 3)",
            "async def first():\n", f"async def other():\n        {STEP}\n", "go(first)", "go(other)",
        ),
        "another capacity": (FAILS_GUIDED, "Channel(2,", "Channel(0,"),
        "fixed by an atomic": (
            "diverged at step 0, at the start, main/first#1 was to go on with load on counter, but main/first#1 has no "
            "load on counter any more; no oracle objects to what came instead (turns that do not apply: 3)",
            "Shared(0", "Atomic(0", FIRST, ATOMIC.format("first"), SECOND, ATOMIC.format("second"),
        ),
        "fixed by a mutex": (
            "at step 2, when main/first#1 had come to its 1st store on counter, main/second#1 was to go on with load "
            "on counter, but main/second#1 is at lock on mutex",
            DECLARED, f"    mutex = Mutex(name='mutex')\n{DECLARED}",
            FIRST, LOCKED.format("first"), SECOND, LOCKED.format("second"),
        ),
        "an operation removed": (
            FAILS_GUIDED + "; missed 2", FIRST, FIRST.replace("        await counter.store(value + 1)\n", ""),
        ),
        "the wrong value is right": (FIXED, "return await counter.load()", "return 1 + await counter.load()"),
        "the other goroutine removed": (
            "there is no goroutine main/second#1", "    go(second)\n", "", "range(2)", "range(1)",
            "return await counter.load()", "return 1 + await counter.load()",
        ),
    },
    "late send": {
        "a line": (FAILS_EXACTLY, "    go(executor)\n", "    unused = 1\n    go(executor)\n"),
        "an operation before": (FAILS_GUIDED, "    go(executor)\n", f"    {STEP}\n    go(executor)\n"),
        "an operation between": (
            FAILS_GUIDED, '        await stream.send("late")', '        await status.length()\n'
            '        await stream.send("late")',
        ),
        "an operation after": (FAILS_GUIDED, "status.recv()", f"status.recv()\n        {STEP}"),
        "a goroutine renamed": (FAILS_GUIDED, "async def late", "async def child", "go(late)", "go(child)"),
        "a channel renamed": (FAILS_GUIDED, 'name="stream"', 'name="events"'),
        "another capacity": (FAILS_EXACTLY, "Channel(2,", "Channel(1,"),
        "fixed": (
            "when main/executor#1 had ended, main/executor#1/late#1 was to go on with gosched, but "
            "main/executor#1/late#1 has ended",
            "        await stream.close()", "        await joined.recv()\n        await stream.close()",
            "    stream", JOINED, 'stream.send("late")', 'stream.send("late")\n        await joined.send(1)',
        ),
        "the operation removed": (OPEN, '        await stream.send("late")\n', ""),
        "the goroutine removed": (
            "but there is no goroutine main/executor#1/late#1", "        go(late)\n", "",
        ),
    },
    "deadlock": {
        "a line": (FAILS_EXACTLY, "    go(one)\n", "    unused = 1\n    go(one)\n"),
        "an operation before": (FAILS_GUIDED, "async def one():\n", f"async def one():\n        {STEP}\n"),
        "an operation between": (
            FAILS_GUIDED, "        await left.lock()\n        await right.lock()\n",
            f"        await left.lock()\n        {STEP}\n        await right.lock()\n",
        ),
        "a mutex renamed": (FAILS_GUIDED, 'name="left"', 'name="west"'),
        "another capacity": (FAILS_EXACTLY, "Channel(2,", "Channel(0,"),
        "fixed": (
            "main/other#1 was to go on with lock on right, but main/other#1 is at lock on left",
            "        await right.lock()\n        await left.lock()\n",
            "        await left.lock()\n        await right.lock()\n",
        ),
        "an operation removed": (FAILS_EXACTLY, "        await left.unlock()\n\n", "\n"),
        "the goroutine removed": (
            "but there is no goroutine main/other#1", "    go(other)\n    await done.recv()\n", "",
        ),
    },
    "lost event": {
        "a line": (FAILS_EXACTLY, "    got = []\n", "    got = []\n    unused = 1\n"),
        "an operation before": (FAILS_GUIDED, "    got = []\n", f"    got = []\n    {STEP}\n"),
        "an operation in the sender": (
            FAILS_GUIDED, '        await stream.send("late")', f'        {STEP}\n        await stream.send("late")',
        ),
        "a case more": (
            FAILS_GUIDED, "select(Recv(done), Recv(stream))\n        if case == 1",
            "select(Recv(None), Recv(done), Recv(stream))\n        if case == 2",
        ),
        "a goroutine renamed": (FAILS_GUIDED, "async def late", "async def child", "go(late)", "go(child)"),
        "a channel renamed": (FAILS_GUIDED, 'name="done"', 'name="finished"'),
        "another capacity": (FAILS_GUIDED, "Channel(1,", "Channel(0,"),
        "fixed": (
            OPEN, "        await done.close()", "        await joined.recv()\n        await done.close()",
            "    stream", JOINED, 'stream.send("late")', 'stream.send("late")\n        await joined.send(1)',
        ),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Counterexample]:
    """The counterexample of each bug, found in the program as it was."""
    examples = {}
    for name, bug in BUGS.items():
        with pytest.raises(Falsified) as falsified:
            prove(compiled(bug.source), oracles=[bug.oracle], canary=False)
        examples[name] = falsified.value.counterexample
    return examples


def report(source: str, example: Counterexample, oracle: Any) -> str:
    """What replaying the example's token in this program comes to."""
    try:
        execution: Execution = replay(compiled(source), token=example.token, oracles=[oracle])
    except ReplayDiverged as error:
        return str(error)
    except Falsified as error:
        execution, told = error.counterexample.execution, str(error)
    else:
        return told_of(execution, objected=False)
    assert f"\nreplayed {execution.replayed}" in told
    return told_of(execution, objected=True)


def told_of(execution: Execution, *, objected: bool) -> str:
    """What follows from a replay, and how it was had."""
    told = f"{conclusion(execution, objected)}, {execution.replayed}; missed {len(execution.missed)}"
    return told.removesuffix("; missed 0")


@pytest.mark.parametrize(("bug", "edit"), [(bug, edit) for bug, edits in EDITS.items() for edit in edits])
def test_an_edit_is_reported(bug: str, edit: str, found: dict[str, Counterexample]) -> None:
    expected, *texts = EDITS[bug][edit]
    told = report(edited(BUGS[bug].source, *texts), found[bug], BUGS[bug].oracle)
    assert told == expected if expected.startswith((FAILS_EXACTLY, FAILS_GUIDED, FIXED, OPEN)) else expected in told


@pytest.mark.parametrize("bug", BUGS)
def test_without_an_edit_it_is_the_same_execution_with_the_same_token(
    bug: str, found: dict[str, Counterexample]
) -> None:
    with pytest.raises(Falsified) as falsified:
        replay(compiled(BUGS[bug].source), token=found[bug].token, oracles=[BUGS[bug].oracle])
    again = falsified.value.counterexample
    assert again.execution.replayed == "exactly"
    assert (again.token, again.schedule, again.message) == (
        found[bug].token, found[bug].schedule, found[bug].message,
    )  # fmt: skip


@pytest.mark.parametrize("bug", BUGS)
def test_there_is_no_more_than_a_turn_for_each_context_switch(bug: str, found: dict[str, Counterexample]) -> None:
    order = decode(found[bug].token).order
    assert isinstance(order, Order)
    assert 1 <= len(order.turns) <= found[bug].switches + 1  # at the start, if it is not main that goes on
    assert len(found[bug].token) < 80


def test_what_is_found_in_an_edited_program_has_a_token_of_its_own(found: dict[str, Counterexample]) -> None:
    bug = BUGS["lost update"]
    program = compiled(edited(bug.source, *EDITS["lost update"]["an operation before"][1:]))
    token = found["lost update"].token
    for how in ("guided", "exactly"):
        with pytest.raises(Falsified) as falsified:
            replay(program, token=token, oracles=[bug.oracle])
        assert falsified.value.counterexample.execution.replayed == how
        token = falsified.value.counterexample.token


def test_nobody_waits_for_ever_for_a_turn() -> None:
    source = edited(
        BUGS["deadlock"].source,
        "    go(one)\n",
        """    async def busy():
        own = Shared(0, name="own")
        for number in range(1000):
            await own.store(number)

    go(busy)
    go(one)
""",
        "await right.lock()\n        await left.lock()\n",
        "await left.lock()\n        await right.lock()\n",
    )
    with pytest.raises(Falsified) as falsified:
        prove(compiled(BUGS["deadlock"].source), oracles=[no_deadlock], canary=False)
    order = decode(falsified.value.counterexample.token).order
    assert isinstance(order, Order)
    execution = by_names(Subject(compiled(source)), order)
    assert "but main/other#1 is at lock on left" in execution.missed[0].reason
    stores = [action.step for action in execution.trace if action.name == "own"]
    (lock,) = [action.step for action in execution.trace if action.text == "lock right"][:1]
    assert len(stores) == 1000 and PATIENCE < lock < 2 * PATIENCE


def test_a_cut_off_execution_is_not_cut_off_earlier_in_a_longer_program() -> None:
    source = """
async def program():
    left = Channel(name="left")

    async def spins():
        while True:
            await gosched()
            await Shared(0, name="own").store(1)

    go(spins)
    await left.recv()
"""

    def is_stuck(execution: Execution) -> str | None:
        return "stuck" if execution.waiting else None

    with pytest.raises(Falsified) as falsified:
        prove(compiled(source), oracles=[is_stuck], max_steps=50, canary=False)
    short = decode(falsified.value.counterexample.token).settings.max_steps
    longer = compiled(edited(source, "    go(spins)\n", "    go(spins)\n" + f"    {STEP}\n" * 5))
    with pytest.raises(Falsified, match="stuck") as again:
        replay(longer, token=falsified.value.counterexample.token, oracles=[is_stuck])
    assert short < 50 and again.value.counterexample.execution.replayed == "guided"
