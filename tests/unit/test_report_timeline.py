"""An execution told for a person: every step once, in order, in characters that cannot hurt."""

import pytest

from harness import (
    Channel,
    Deadlocked,
    Execution,
    Mutex,
    Panic,
    Panicked,
    Returned,
    Send,
    StepLimitReached,
    go,
    gosched,
    prove,
    run,
    select,
    sleep,
)
from harness.model.answers import Passed, Proof
from harness.model.ending import Waiting
from harness.model.execution import Settings
from harness.model.outcome import Outcome
from harness.model.trace import Action, Participant
from harness.report import answers
from harness.report.repeats import round_at_end
from harness.report.timeline import ending_of, timeline
from tests.findings import unmoved


def action(step: int, who: str, text: str, *, time: float = 0.0, after_panic: bool = False) -> Action:
    participants = (Participant(who, text, "handlers/stream.py:7"),)
    return Action(step, time, 0, 1, "send", (), "", participants, text, (), after_panic)


def execution(outcome: Outcome, *actions: Action, waiting: tuple[Waiting, ...] = ()) -> Execution:
    return Execution(
        outcome, waiting, len(actions), 0, Settings(), (0,) * len(actions), lambda schedule, readable: actions
    )


def test_a_timeline_reads_like_this() -> None:
    told = timeline(
        execution(
            Returned(3),
            action(0, "main", "send 1 on events (1 of 2 buffered)"),
            action(1, "main", "close done"),
            action(2, "main/worker#1", "receive 1 from events", time=30),
            waiting=(Waiting("main/worker#1", "receive on events"), Waiting("main/w#2", "send on x")),
        )
    )
    assert told.splitlines() == [
        "step  goroutine      where                 what happens",
        "   0  main           handlers/stream.py:7  send 1 on events (1 of 2 buffered)",
        '   1  "              handlers/stream.py:7  close done',
        "      -- time moves to 30 s --",
        "   2  main/worker#1  handlers/stream.py:7  receive 1 from events",
        "",
        "end   main returned 3",
        "      still blocked, for ever:",
        "        main/worker#1  receive on events",
        "        main/w#2       send on x",
    ]


def test_a_real_execution_shows_rendezvous_time_spawning_and_select() -> None:
    async def program() -> int:
        results = Channel(name="results")

        async def worker() -> None:
            await sleep(2)
            await select(Send(results, "payload"))

        async def parent() -> None:
            await gosched()
            go(worker)

        go(parent)
        return len((await results.recv())[0])

    told = timeline(run(program))
    assert "-- time moves to 2 s --" in told
    assert "starts main/parent#1/worker#1" in told
    assert "select: send 'payload' on results to main" in told
    assert "+ main" in told and "(receive on results)" in told
    assert told.endswith("end   main returned 7")
    assert "test_report_timeline.py:" in told


def test_who_is_blocked_is_told_with_the_line() -> None:
    at, line = "tests/findings.py", unmoved.__code__.co_firstlineno
    assert timeline(run(unmoved)).splitlines()[-2:] == [
        f"        main           send on back   {at}:{line + 9}",
        f"        main/worker#1  send on there  {at}:{line + 5}",
    ]


def test_after_a_rendezvous_the_name_is_repeated() -> None:
    async def program() -> None:
        results = Channel(name="results")

        async def worker() -> None:
            await results.send(1)
            await results.send(2)

        go(worker)
        await results.recv()
        await results.recv()

    rows = [line.split() for line in timeline(run(program)).splitlines()[1:5]]
    assert [row[1] for row in rows] == ["main/worker#1", "main", "main/worker#1", "main"]


def test_nothing_is_told_of_what_comes_after_a_panic() -> None:
    panicked = Panicked("main/w#1", "send on closed channel")
    steps = [action(0, "main/w#1", "send"), *(action(i, "main", "ping", after_panic=True) for i in range(1, 9))]
    told = timeline(execution(panicked, *steps))
    assert "ping" not in told
    assert "-- Go would have ended here: 8 later steps not judged, not shown --" in told
    assert "end   panic in main/w#1: send on closed channel" in told


def test_the_end_of_a_panic_names_the_line_that_raised_it() -> None:
    async def program() -> None:
        raise Panic("no such thing")

    told = ending_of(run(program))
    assert "panic in main at tests/unit/test_report_timeline.py:" in told and "Go would have ended the process" in told


def test_what_ends_in_an_assertion_is_not_said_to_have_ended_gos_process() -> None:
    async def program() -> None:
        raise AssertionError("no such thing")

    told = timeline(run(program))
    assert "main ended at tests/unit/test_report_timeline.py:" in told and "with AssertionError: no such thing" in told
    assert "Go would" not in told


def test_a_long_execution_is_told_from_both_ends() -> None:
    steps = [action(step, "main", f"op {step}") for step in range(1_000)]
    lines = timeline(execution(StepLimitReached(1_000), *steps), limit=30).splitlines()
    assert "      -- 970 steps not shown --" in lines
    assert [line.split()[-1] for line in lines if " op " in line] == [str(n) for n in (*range(10), *range(980, 1_000))]
    assert lines[-1].startswith("end   cut off after 1,000 steps")


def test_an_endless_loop_does_not_flood_the_terminal() -> None:
    async def program() -> None:
        channel = Channel(1)
        number = 0
        while True:
            await channel.send(number)
            await channel.recv()
            number += 1

    lines = timeline(run(program)).splitlines()
    assert len(lines) < 130 and "-- 9,880 steps not shown --" in "".join(lines)


def test_steps_that_repeat_to_the_end_are_told_once() -> None:
    async def program() -> None:
        mutex = Mutex(name="mutex")
        await gosched()
        while True:
            await mutex.lock()
            await mutex.unlock()

    lines = [line.split("  ")[-1].strip() for line in timeline(run(program)).splitlines()]
    assert lines == [
        "what happens",
        "gosched",
        "lock mutex",
        "unlock mutex",
        "-- these 2 steps repeat to the end: 9,997 more steps, not shown --",
        "",
        "cut off after 10,000 steps: it might go on for ever",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("xababababababab", (1, 2)),
        ("xabababababababa", (1, 2)),
        ("aaaaaaaaaaaa", (0, 1)),
        ("aaaaaaaaaaa", None),
        ("abcabcabcabcabcx", None),
        ("", None),
    ],
)
def test_a_round_is_found_at_the_end(text: str, found: tuple[int, int] | None) -> None:
    assert round_at_end(text) == found


def test_an_execution_without_steps() -> None:
    told = timeline(execution(Deadlocked(("main",)), waiting=(Waiting("main", "receive on x"),)))
    assert told.splitlines()[0] == "no steps"
    assert told.endswith("      blocked:\n        main  receive on x")


HOSTILE = [
    "\x1b[2J\x1b]0;title\x07",
    "line\nbreak\r\ttab",
    "\u202eright to left\u2066",
    "\ud800 lone",
    "nul\0",
    "\x9b31m",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_escapes(text: str) -> None:
    outcome = Panicked(text, text)
    steps = (action(0, text, text), action(1, "other", text))
    told = timeline(execution(outcome, *steps, waiting=(Waiting(text, text),)))
    assert all(c.isprintable() or c == "\n" for c in told)
    assert len(told.splitlines()) == 7
    told.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_payloads_of_a_real_program(text: str) -> None:
    async def program() -> str:
        channel = Channel(1, name=text)
        await channel.send(text)
        return text

    told = timeline(run(program))
    assert all(c.isprintable() or c == "\n" for c in told)
    assert len(told.splitlines()) == 4


def test_columns_stay_aligned_with_wide_characters() -> None:
    steps = (action(0, "main/漢字", "one"), action(1, "main/plain", "two"))
    rows = timeline(execution(Returned(), *steps)).splitlines()
    assert rows[1] == "   0  main/漢字   handlers/stream.py:7  one"
    assert rows[2] == "   1  main/plain  handlers/stream.py:7  two"


def test_a_long_name_keeps_its_end() -> None:
    name = "main" + "/very_long_goroutine_name#1" * 4
    row = timeline(execution(Returned(), action(0, name, "x"))).splitlines()[1]
    assert ".." in row and row.isascii() and row.split()[1].endswith("/very_long_goroutine_name#1")
    assert len(row) < 100


def test_a_proof_in_words() -> None:
    outcomes = frozenset({1, Deadlocked(("main",)), Panicked("main/w#1", "b\x1boom"), StepLimitReached(9)})
    told = answers.proof(Proof(1_234, 0, outcomes, "every schedule"))
    assert told.splitlines() == [
        "proved: 1,234 executions, no objection",
        "holds for every schedule",
        "main has 4 outcomes:",
        "  cut off after 9 steps",
        "  deadlock of main",
        "  panic in main/w#1: b\\x1boom",
        "  returns 1",
    ]


def test_many_outcomes_are_counted() -> None:
    told = answers.proof(Proof(1, 0, frozenset(range(100)), "b"))
    assert told.endswith("  and 88 more") and "main has 100 outcomes" in told


def test_one_is_not_a_plural() -> None:
    assert answers.passed(Passed(1, "S"), 0, 9).startswith("passed: 1 execution by S")

    async def program() -> None:
        return None

    assert "main has 1 outcome:" in answers.proof(prove(program))
