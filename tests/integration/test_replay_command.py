"""`harness replay`, after the program was edited."""

import importlib
import sys

import pytest

from tests.integration.cli_runs import Answer, Place, printed_command, sentence

COUNTER = """
from harness.oracles import returns

async def program():
    counter, done = Shared(0, name="counter"), Channel(2, name="done")

    async def first():
        value = await counter.load()
        await counter.store(value + 1)
        await done.send(None)

    async def second():
        value = await counter.load()
        await counter.store(value + 1)
        await done.send(None)

    go(first)
    go(second)
    await done.recv()
    await done.recv()
    return await counter.load()

program.oracles = (returns(2),)
"""
STORES = "        value = await counter.load()\n        await counter.store(value + 1)\n"
LOCKED = f"        await mutex.lock()\n{STORES}        await mutex.unlock()\n"


@pytest.fixture
def after(place: Place) -> "Replaying":
    """What replaying the bug's token comes to in an edited module."""
    return Replaying(place)


class Replaying:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.name = place.module(COUNTER)
        found = place.harness("prove", f"{self.name}:program")
        assert found.code == 1, found
        self.command = printed_command(found)

    def __call__(self, *texts: str) -> Answer:
        """Edit, and replay."""
        source = (self.place.folder / f"{self.name}.py").read_text("utf-8")
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert old in source
            source = source.replace(old, new)
        (self.place.folder / f"{self.name}.py").write_text(source, "utf-8")
        return self.again()

    def again(self) -> Answer:
        """Replay what is there now, as another process would."""
        sys.modules.pop(self.name)
        importlib.invalidate_caches()
        return self.place.harness(*self.command)


def test_unchanged_it_is_the_same_execution(after: Replaying) -> None:
    answer = after()
    assert answer.code == 1
    title, how, violated, *_ = answer.out.splitlines()
    assert title == f"{after.name}:program"
    assert how == "replayed exactly: every choice is the one that the token was made of"
    assert violated == "violated: returns(2): main returned 1, not 2"


def test_an_edit_elsewhere_leaves_the_failure_guided(after: Replaying) -> None:
    answer = after("async def first():\n", "async def first():\n        await gosched()\n")
    assert answer.code == 1
    assert answer.out.splitlines()[1:3] == [
        "replayed guided: the program is not what it was when the token was made; all turns of its order were taken",
        "violated: returns(2): main returned 1, not 2",
    ]


def test_where_the_order_applies_and_no_oracle_objects_it_is_fixed(after: Replaying) -> None:
    step = ("async def first():\n", "async def first():\n        await gosched()\n")
    answer = after(*step, "return await counter.load()", "return 1 + await counter.load()")
    assert answer.code == 0
    assert "replayed guided" in answer.out and "no oracle objects to this execution" in answer.out


def test_where_the_order_does_not_apply_it_is_told_and_nothing_is_claimed(after: Replaying) -> None:
    told = sentence(after(STORES, LOCKED, "    go(first)\n", "    mutex = Mutex(name='mutex')\n    go(first)\n"))
    assert told == (
        "the token does not fit this program any more: no oracle objects to what comes of it, which is not the same: "
        "at step 2, when main/first#1 had come to its 1st store on counter, main/second#1 was to go on with load on "
        "counter, but main/second#1 is at lock on mutex (turns that do not apply: 2)"
    )


def test_where_it_fails_although_part_of_the_order_does_not_apply_both_is_told(after: Replaying) -> None:
    answer = after("    go(second)\n", "", "    await done.recv()\n    await", "    await")
    assert answer.code == 1
    assert answer.out.splitlines()[1:5] == [
        "replayed guided: the program is not what it was when the token was made; these turns of its order do not "
        "apply:",
        "  step 1: when main/first#1 had come to its 1st store on counter, main/second#1 was to go on with load on "
        "counter, but there is no goroutine main/second#1",
        "  step 5: when main/second#1 had ended, main/first#1 was to go on with store on counter, but that did not "
        "come: there is no goroutine main/second#1",
        "violated: returns(2): main returned 1, not 2",
    ]


def test_a_program_that_is_gone(after: Replaying) -> None:
    told = sentence(after("async def program", "async def renamed", "program.oracles", "renamed.oracles"))
    assert f"the token's program '{after.name}:program' cannot be run here: module {after.name!r} has no" in told


def test_a_module_that_is_gone(after: Replaying) -> None:
    (after.place.folder / f"{after.name}.py").unlink()
    told = sentence(after.again())
    assert f"cannot be run here: cannot import module {after.name!r}: ModuleNotFoundError" in told


def test_a_program_that_takes_an_argument_now(after: Replaying) -> None:
    told = sentence(after("async def program()", "async def program(wanted)"))
    assert "cannot be called with no arguments" in told
