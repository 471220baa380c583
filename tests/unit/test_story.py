"""An execution told as a story: who, what, where, what the channels held, and what was never received."""

import re
from dataclasses import replace

import pytest

from harness import Channel, Execution, go, run
from harness.model.trace import shorten
from harness.report.explained import pasted
from harness.report.html import finding_page
from harness.report.mermaid import mermaid
from harness.report.story.telling import failing_story, story
from harness.report.story.titles import titles
from harness.report.story.values import NO_RETURN, PAIR, PANIC, UNRECEIVED, Content, Story
from harness.report.text import middle
from harness.report.timeline import timeline
from tests.findings import HOSTILE, hostile, lost, panicking, stuck, unmoved, walked, whole


def told(program: object, seed: int = 0) -> Story:
    return failing_story(walked(program, seed))  # type: ignore[arg-type]


def step(story: Story, kind: str) -> int:
    return next(step.number for step in story.steps if step.kind == kind)


def test_channels_are_shown_as_they_fill() -> None:
    async def program() -> None:
        events = Channel(2, name="events")
        await events.send("a")
        await events.send("b")
        await events.recv()
        await events.close()

    shown = told(program)
    identity = shown.channels[0].identity
    assert [(each.name, each.capacity) for each in shown.channels] == [("events", 2)]
    assert [each.contents for each in shown.steps] == [
        (Content(identity, ("'a'",), False),),
        (Content(identity, ("'a'", "'b'"), False),),
        (Content(identity, ("'b'",), False),),
        (Content(identity, ("'b'",), True),),
    ]
    assert [each.message for each in shown.steps] == [None, None, 0, None]
    assert [(left.value, left.step) for left in shown.unreceived] == [("'b'", 1)]
    assert [each.marks for each in shown.steps] == [(), (UNRECEIVED,), (), ()]


def test_where_nobody_objects_a_value_that_is_left_is_told_and_not_marked() -> None:
    async def program() -> None:
        await Channel(1).send("a")

    found = walked(program)
    assert [each.marks for each in failing_story(found).steps] == [(UNRECEIVED,)]
    for shown in (story(found.failing), failing_story(replace(found, oracle="", message=""))):
        assert [each.marks for each in shown.steps] == [()] and len(shown.unreceived) == 1


def test_a_value_that_is_received_is_not_marked() -> None:
    async def program() -> None:
        events = Channel(1, name="events")
        await events.send("a")
        await events.recv()

    assert [each.marks for each in told(program).steps] == [(), ()]


def test_lanes_know_where_they_were_started_and_how_they_end() -> None:
    main, worker = told(stuck).lanes
    assert (main.name, main.started, main.blocked, main.ending) == ("main", None, True, "receive on results")
    assert main.place.startswith("tests/findings.py:") and main.created == ""
    assert (worker.title, worker.blocked, worker.ending, worker.last) == ("worker", False, "returned", 0)
    assert worker.created.startswith("tests/findings.py:") and worker.created != main.place


def test_who_never_took_a_step_has_a_lane() -> None:
    main, worker = told(unmoved).lanes
    assert (main.ending, worker.ending) == ("send on back", "send on there")
    assert main.blocked and worker.blocked and (worker.started, worker.last) == (None, None)
    assert worker.created.startswith("tests/findings.py:") and worker.place.startswith("tests/findings.py:")


def test_who_is_suspended_at_no_line_of_the_users_is_found_where_it_was_started() -> None:
    async def program() -> None:
        channel = Channel(name="channel")
        go(lambda: channel.send(1))

    _, sender = told(program).lanes
    assert sender.blocked and sender.place == ""
    assert sender.whereabouts == f", started at tests/unit/test_story.py:{program.__code__.co_firstlineno + 2}"


def test_a_goroutine_starts_in_a_step_unless_it_is_there_before_the_first() -> None:
    async def program() -> None:
        async def late() -> None: ...

        async def early() -> None:
            await events.send(1)
            await events.send(2)
            go(late)

        events = Channel(2)
        go(early)

    assert [(lane.title, lane.started, lane.last) for lane in told(program).lanes] == [
        ("main", None, None),
        ("early", None, 1),
        ("late", 1, None),
    ]


def test_a_rendezvous_has_two_parts_with_their_lines() -> None:
    shown = told(stuck).steps[0]
    assert [part.goroutine for part in shown.parts] == ["main/worker#1", "main"]
    assert [part.source for part in shown.parts] == ['await results.send("only")', "await results.recv()"]
    assert (shown.value, shown.object, shown.label) == ("'only'", "results", "send 'only' on results")


def test_a_panic_is_marked_and_nothing_after_it_is_told() -> None:
    shown = told(panicking)
    assert shown.ending == "panicked"
    assert [each.kind for each in shown.steps if PANIC in each.marks] == ["send_on_closed", "panic"]
    assert PANIC in shown.steps[-1].marks
    assert shown.lane("main/child#1").ending == "panicked"
    assert shown.lane("main").ending == ""  # nobody knows: Go would have ended here
    assert shown.not_judged == len(walked(panicking).failing.execution.trace) - len(shown.steps)


def test_values_left_in_a_deadlock_are_told_but_are_not_why() -> None:
    shown = told(hostile)
    assert shown.ending == "deadlocked" and shown.unreceived
    assert not any(UNRECEIVED in each.marks for each in shown.steps)


def test_marks_of_the_explanation_are_shown_in_the_failing_execution_only() -> None:
    found = whole()
    assert found.passing is not None
    failing, passing = failing_story(found), story(found.passing)
    assert NO_RETURN in failing.steps[1].marks and PAIR in failing.steps[1].marks and PAIR in failing.steps[2].marks
    assert not any(each.marks for each in passing.steps)


def test_a_close_is_what_a_receive_from_the_closed_channel_follows() -> None:
    shown = told(lost)
    assert shown.steps[step(shown, "receive_closed")].message == step(shown, "close")


def test_a_kits_step_names_the_users_line_that_started_the_goroutine() -> None:
    from harness.stream.plan import StreamPlan
    from harness.stream.serve import serve
    from scenarios.stream.done_channel import done_channel

    program = serve(done_channel, StreamPlan(events=0, children=1, late=1, capacity=1))
    parts = [part for each in told(program).steps for part in each.parts]
    children = {part.via for part in parts if part.goroutine.endswith("child#1")}
    assert {place.rpartition(":")[0] for place in children} == {"scenarios/stream/done_channel.py"}
    own = [part for part in parts if part.place.startswith("scenarios/")]
    assert own and all(part.via == "" and part.source for part in own)


def test_all_texts_are_printable() -> None:
    shown = told(hostile)
    texts = [shown.outcome, *(each.text for each in shown.steps), *(each.label for each in shown.steps)]
    texts += [channel.name for channel in shown.channels] + [left.value for left in shown.unreceived]
    assert all(text.isprintable() for text in texts)
    assert any("onerror" in text for text in texts)
    assert max(map(len, texts)) < 400


def test_only_an_explaining_run_records_values_and_places() -> None:
    async def program() -> None:
        await Channel(1).send("a")

    def recorded(execution: Execution) -> list[object]:
        return [(a.value, a.made, a.fills) for a in execution.skeleton]

    assert recorded(run(program)) == [("", (), ())]
    assert [(a.value, len(a.made), len(a.fills)) for a in run(program).trace] == [("'a'", 2, 1)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["main"], ["main"]),
        (["main", "main/worker#1"], ["main", "worker"]),
        (["main", "main/worker#1", "main/worker#2"], ["main", "worker#1", "worker#2"]),
        (["main", "main/a#1/child#1", "main/b#1/child#1"], ["main", "a/child", "b/child"]),
        (
            ["main", "main/w#1/child#1", "main/w#2/child#1", "main/w#2/child#2"],
            ["main", "w#1/child#1", "w#2/child#1", "child#2"],
        ),
        (["main", "main/main#1"], ["main", "main/main"]),
        (["main", "main/a/b#1"], ["main", "a/b"]),
        (["main", "main/a/b#1", "main/c/b#1"], ["main", "a/b", "c/b"]),
        (["main", "main/#1", "main/#1/a#1", "main/#2"], ["main", "#1", "a", "#2"]),
        (["main", "main/#1"], ["main", "#1"]),
    ],
)
def test_titles_are_the_shortest_that_tell_apart(names: list[str], expected: list[str]) -> None:
    found = titles(names)
    assert [found[name] for name in names] == expected
    assert len(set(found.values())) == len(names)


def test_names_are_shortened_in_the_middle() -> None:
    assert middle("worker_with_a_long_name#12", 13) == "worker…ame#12"
    assert middle("short", 5) == "short"
    assert [middle("abc", limit) for limit in range(4)] == ["…"[:0], "…", "a…", "abc"]


def test_a_text_is_cut_before_it_is_escaped_and_nothing_is_different() -> None:
    for limit in range(1, 60):
        escaped = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in repr(HOSTILE))
        assert shorten(HOSTILE, limit) == (escaped if len(escaped) <= limit else escaped[: limit - 1] + "…")


def test_names_and_texts_have_a_bearable_length_and_can_still_be_told_apart() -> None:
    async def program() -> None:
        async def worker() -> None:
            await channel.send("a" * 100_000)
            await Channel(name="z" * 100_000).recv()

        worker.__name__ = "y" * 100_000
        channel = Channel(2, name="x" * 100_000)
        go(worker)
        go(worker)
        await Channel(name="z" * 100_000).recv()

    found = replace(walked(program), message="x" * 100_000)
    assert len({lane.name for lane in told(program).lanes}) == 3
    for text in (timeline(found.failing.execution), pasted(found), mermaid(found), finding_page(found)):
        assert max(map(len, re.findall(r"[xyz]+", text))) < 2_000
    assert len(timeline(found.failing.execution)) < 3_000
    assert pasted(found).isascii() and timeline(found.failing.execution).isascii()
