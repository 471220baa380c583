"""`harness replay`, after the program was edited."""

import importlib
import json
import sys

import pytest

from tests.integration.cli_runs import Answer, Place, printed_command, sentence
from tests.plugin.sources import BOTH

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
    assert how == "same failure, replayed exactly: every step is the one that the token was made of"
    assert violated == "violated: returns(2): main returned 1, not 2"


def test_an_edit_elsewhere_leaves_the_failure_guided(after: Replaying) -> None:
    answer = after("async def first():\n", "async def first():\n        await gosched()\n")
    assert answer.code == 1
    assert answer.out.splitlines()[1:3] == [
        "still fails, replayed guided: the program is not what it was when the token was made; all turns of its order "
        "were taken",
        "violated: returns(2): main returned 1, not 2",
    ]


def test_where_every_choice_was_made_in_the_same_steps_and_no_oracle_objects_it_is_fixed(after: Replaying) -> None:
    answer = after("return await counter.load()", "return 1 + await counter.load()")
    assert answer.code == 0
    assert answer.out.splitlines()[1:4] == [
        "fixed, replayed guided: up to the last choice every step is the one that the token was made of, and what "
        "comes then violates nothing; of other schedules tells",
        f"  harness prove {after.name}:program",
        "no oracle objects to this execution; asked: returns(2)",
    ]


def test_where_the_order_applies_in_other_steps_nothing_is_concluded(after: Replaying) -> None:
    step = ("async def first():\n", "async def first():\n        await gosched()\n")
    answer = after(*step, "return await counter.load()", "return 1 + await counter.load()")
    assert answer.code == 3
    assert answer.out.splitlines()[1:4] == [
        "no conclusion, replayed guided: the program is not what it was when the token was made; all turns of its "
        "order were taken, but names or counts may have shifted; whether the failure is still there tells",
        f"  harness prove {after.name}:program",
        "no oracle objects to this execution; asked: returns(2)",
    ]


def test_where_the_order_does_not_apply_it_is_told_and_nothing_is_claimed(after: Replaying) -> None:
    told = sentence(after(STORES, LOCKED, "    go(first)\n", "    mutex = Mutex(name='mutex')\n    go(first)\n"))
    assert told == (
        "the token does not fit this program any more: diverged at step 2, when main/first#1 had come to its 1st store "
        "on counter, main/second#1 was to go on with load on counter, but main/second#1 is at lock on mutex; no oracle "
        "objects to what came instead (turns that do not apply: 2)"
    )


def test_where_it_fails_although_part_of_the_order_does_not_apply_both_is_told(after: Replaying) -> None:
    answer = after("    go(second)\n", "", "    await done.recv()\n    await", "    await")
    assert answer.code == 1
    assert answer.out.splitlines()[1:5] == [
        "still fails, replayed guided: the program is not what it was when the token was made; these turns of its "
        "order do not apply:",
        "  step 1: when main/first#1 had come to its 1st store on counter, main/second#1 was to go on with load on "
        "counter, but there is no goroutine main/second#1",
        "  step 1: when main/second#1 had ended, main/first#1 was to go on with store on counter, but that did not "
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


def explained(after: Replaying, *texts: str) -> tuple[Answer, dict[str, object]]:
    """What `harness explain` says in an edited module: in words, and as JSON."""
    answer, token = after(*texts), after.command[1]
    sys.modules.pop(after.name)
    told = after.place.harness("explain", token, "--json", "explained.json", "--executions", "0")
    assert told.code == answer.code
    replayed = json.loads((after.place.folder / "explained.json").read_text("utf-8"))["replayed"]
    return told, replayed


def test_explain_says_of_the_same_program_what_replay_says(after: Replaying) -> None:
    told, replayed = explained(after)
    assert replayed == {"how": "exactly", "conclusion": "same failure", "missed": []}
    assert "same failure, replayed exactly: every step is the one that the token was made of" in told.out


def test_explain_says_of_an_edited_program_what_replay_says(after: Replaying) -> None:
    told, replayed = explained(after, "async def first():\n", "async def first():\n        await gosched()\n")
    assert replayed == {"how": "guided", "conclusion": "still fails", "missed": []}
    assert "still fails, replayed guided" in told.out


def test_explain_says_of_a_fixed_program_what_replay_says(after: Replaying) -> None:
    told, replayed = explained(after, "return await counter.load()", "return 1 + await counter.load()")
    assert replayed == {"how": "guided", "conclusion": "fixed", "missed": []}
    assert "fixed, replayed guided" in told.out and f"\n  harness prove {after.name}:program\n" in told.out


def test_explain_refuses_what_replay_refuses(after: Replaying) -> None:
    edits = (STORES, LOCKED, "    go(first)\n", "    mutex = Mutex(name='mutex')\n    go(first)\n")
    refused = sentence(after(*edits))
    sys.modules.pop(after.name)
    assert sentence(after.place.harness("explain", after.command[1])) == refused


TWICE = (
    "from harness.oracles import terminates\n\n"
    + BOTH
    + """
async def polls():
    flag = Atomic(0, name="flag")
    while not await flag.load():
        pass

def short(execution):
    return f"{execution.steps} steps" if execution.steps > 1 else None

def named(execution):
    return "always"

named.__name__ = "of my own"
both.oracles = (terminates, named)
"""
)


@pytest.mark.parametrize(
    ("program", "oracle", "printed"),
    [
        ("polls", ["terminates"], "terminates"),
        ("both", ["no_panic"], "no_panic"),
        ("both", ["no_data_race"], "no_data_race"),
        ("both", ["{}:short"], "{}:short"),
        ("both", [], None),
        ("both", ["of my own", "terminates"], None),
    ],
)
def test_the_printed_command_tells_of_the_same_oracle(
    place: Place, program: str, oracle: list[str], printed: str | None
) -> None:
    module = place.module(TWICE)
    names = [name.format(module) for name in oracle]
    found = place.harness("prove", f"{module}:{program}", *(["--oracle", *names] if names else []))
    words = printed_command(found)
    assert words[2:] == ([] if printed is None else ["--oracle", printed.format(module)])
    violated = found.out.splitlines()[0]
    for command in (words, ["explain", *words[1:]]):
        again = place.harness(*command)
        assert (found.code, again.code) == (1, 1)
        assert " ".join(again.out.replace("\n", " ").split()).count(violated) == 1
    assert again.out.splitlines()[-1].split("harness ")[1] == found.out.splitlines()[-1].split("harness ")[1]


def test_without_an_objection_it_is_told_who_was_asked(place: Place) -> None:
    module = place.module(TWICE)
    _, token, *_ = printed_command(place.harness("prove", f"{module}:polls", "--oracle", "terminates"))
    answer = place.harness("replay", token)
    assert answer.code == 0
    assert answer.out.splitlines()[1:3] == [
        "replayed exactly: every step is the one that the token was made of",
        "no oracle objects to this execution; asked: no_panic, no_deadlock, no_goroutine_leak, no_data_race",
    ]
    told = place.harness("replay", token, "--oracle", "no_panic", "--oracle", "terminates")
    assert told.code == 1 and "violated: terminates: livelock" in told.out
    assert "there is no oracle 'no_panics' (did you mean no_panic?)" in sentence(
        place.harness("replay", token, "--oracle", "no_panics")
    )
