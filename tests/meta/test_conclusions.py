"""What is said of a token in an edited program: the same only if it is the same, and fixed only where that is known."""

from dataclasses import replace

import pytest

from harness import Counterexample, Falsified, ReplayDiverged, prove, replay
from harness.model.answers import Recipe
from harness.model.conclusion import conclusion
from harness.model.execution import Execution
from harness.model.order import Order
from harness.model.token import decode, encode
from harness.oracles import no_deadlock, no_panic, returns
from harness.runtime.execute import Subject
from harness.search.guided import again
from tests.meta.edited_programs import LOST_UPDATE, Bug, compiled, edited

STUCK = Bug(
    "stuck",
    """
async def program():
    stream = Channel(name="stream")
    await stream.recv()
""",
    no_deadlock,
)
PANICS = Bug(
    "panics",
    """
async def program():
    stream = Channel(2, name="stream")

    async def sender():
        await stream.send("first")

    go(sender)
    await stream.recv()
    raise Panic("at the end")
""",
    no_panic,
)
TWINS = Bug(
    "twins",
    """
async def program():
    counter, done = Shared(0, name="counter"), Channel(2, name="done")

    async def w():
        await counter.store(await counter.load() + 1)
        await done.send(None)

    go(w)
    go(w)
    for _ in range(2):
        await done.recv()
    return await counter.load()
""",
    returns(2),
)
EVENT = Bug(
    "lost event",
    """
async def program():
    stream, done = Channel(1, name="stream"), Channel(name="done")

    async def executor():
        await stream.send("event")
        await done.close()

    go(executor)
    case, event, _ = await select(Recv(done), Recv(stream))
    return event
""",
    returns("event"),
)
HALF = Bug(
    "half done",
    """
async def program():
    flag, done = Atomic(0, name="flag"), Channel(1, name="done")

    async def writer():
        await flag.store(1)
        await flag.store(2)
        await done.send(None)

    go(writer)
    seen = await flag.load()
    await done.recv()
    return seen % 2
""",
    returns(0),
)
UPDATE = Bug("lost update", LOST_UPDATE, returns(2))
DRAIN = """\
    if case == 0:
        _, event, _ = await select(Recv(stream), default=True)
    return event"""

Edits = dict[str, tuple[Bug, tuple[str, ...]]]

SAME: Edits = {
    "nothing": (TWINS, ()),
    "a line": (STUCK, ("    await stream.recv()", "    unused = 1\n    await stream.recv()")),
    "a value": (PANICS, ('"first"', '"second"')),
}
STILL: Edits = {
    "an operation more": (PANICS, ('        await stream.send("first")', '        await stream.send("x")\n' * 2)),
    "another operation": (PANICS, ('await stream.send("first")', "await stream.close()")),
    "a goroutine in a goroutine": (PANICS, ("    async def sender():", "    async def sender():\n        go(gosched)")),
    "another panic": (PANICS, ('Panic("at the end")', 'Panic("elsewhere")')),
}
FIXED: Edits = {
    "the deadlock": (
        STUCK,
        ("Channel(name", "Channel(1, name", "    await stream", "    await stream.send(1)\n    await stream"),
    ),
    "the panic": (PANICS, ('    raise Panic("at the end")', "    await stream.length()")),
    "a drain after the choice": (EVENT, ("    return event", DRAIN)),
    "what is returned": (UPDATE, ("return await counter.load()", "await counter.load()\n    return 2")),
}
OPEN: Edits = {
    "an operation before shifts the counts": (
        HALF,
        ("        await flag.store(1)", "        await flag.store(0)\n        await flag.store(1)"),
    ),
    "a deadlock that has alternatives now": (
        STUCK,
        (
            "    await stream",
            "    go(stream.send, 1)\n    go(stream.send, 2)\n    await stream.recv()\n    await stream",
        ),
    ),
}


def found(bug: Bug) -> Counterexample:
    with pytest.raises(Falsified) as falsified:
        prove(compiled(bug.source), oracles=[bug.oracle], canary=False)
    return falsified.value.counterexample


def concluded(bug: Bug, texts: tuple[str, ...], token: str) -> tuple[str, Execution]:
    recipe = decode(token)
    execution = again(Subject(compiled(edited(bug.source, *texts)), (), recipe.settings), recipe.order)
    return conclusion(execution, bug.oracle(execution) is not None), execution


TABLES = {"same failure": SAME, "still fails": STILL, "fixed": FIXED, "no conclusion": OPEN}
CASES = [(told, edit) for told, edits in TABLES.items() for edit in edits]


@pytest.mark.parametrize(("told", "edit"), CASES)
def test_what_is_said_is_what_is_known(told: str, edit: str) -> None:
    bug, texts = TABLES[told][edit]
    found_out, execution = concluded(bug, texts, found(bug).token)
    assert (found_out, execution.replayed) == (told, "exactly" if told == "same failure" else "guided")
    assert execution.missed == ()


@pytest.mark.parametrize("edit", OPEN)
def test_where_nothing_is_concluded_the_bug_may_still_be_there(edit: str) -> None:
    bug, texts = OPEN[edit]
    source = edited(bug.source, *texts)
    if edit == "an operation before shifts the counts":
        with pytest.raises(Falsified):
            prove(compiled(source), oracles=[bug.oracle], canary=False)
    else:
        assert prove(compiled(source), oracles=[bug.oracle], canary=False).executions > 1


def without_steps(token: str) -> str:
    """The token as it was made before the steps were part of it."""
    recipe = decode(token)
    assert isinstance(recipe.order, Order)
    return encode(Recipe(recipe.reference, recipe.settings, replace(recipe.order, steps=None)))


@pytest.mark.parametrize("edit", SAME)
def test_an_older_token_is_read_and_claims_less(edit: str) -> None:
    bug, texts = SAME[edit]
    token = found(bug).token
    old = without_steps(token)
    assert len(token) - len(old) in (8, 7)
    told, execution = concluded(bug, texts, old)
    assert (told, execution.replayed, execution.kept) == ("still fails", "exactly", "every choice")


def test_it_is_told_where_the_order_was_left_rather_than_where_the_execution_ended() -> None:
    texts = ("        await done.close()", "        await stream.close()", "Recv(done), Recv(stream)", "Recv(stream)")
    texts = (*texts, "    return event", "    await stream.recv()\n    return 0")
    program, token = compiled(edited(EVENT.source, *texts)), found(EVENT).token
    with pytest.raises(ReplayDiverged) as diverged:
        replay(program, token=token, oracles=[])
    assert diverged.value.step == 2
    assert diverged.value.reason == (
        "diverged at step 2, when main/executor#1 had ended, main was to go on with receive on done, but nothing is "
        "called done any more; no oracle objects to what came instead"
    )
