"""Swim lanes: one column per goroutine, one row per step, at any width, in characters that cannot hurt."""

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from harness import Channel, Mutex, go, gosched
from harness.report.explained import explained, pasted
from harness.report.html import finding_page
from harness.report.lanes import ASCII, UNICODE, lanes
from harness.report.lanes.fitting import cut, shared_out, wrapped
from harness.report.lanes.marks import Marks
from harness.report.lanes.styles import FATAL
from harness.report.mermaid import mermaid
from harness.report.story.telling import failing_story
from harness.report.story.values import ChannelFacts, Content
from harness.report.timeline import timeline
from tests.findings import hostile, lost, many, panicking, stuck, unmoved, walked, whole
from tests.meta.random_programs import THEMES, program

EVERYONE: list[Callable[[], Any]] = [lost, stuck, unmoved, panicking, hostile, many]
AT, LINE = "tests/findings.py", unmoved.__code__.co_firstlineno


def drawn(subject: Callable[[], Any], width: int, marks: Marks = UNICODE, seed: int = 0) -> list[str]:
    return lanes(failing_story(walked(subject, seed)), width=width, marks=marks).plain.splitlines()


def test_lanes_look_like_this() -> None:
    assert drawn(lost, 100)[:8] == [
        "step  main                          worker                   closer           channels",
        "   0  │                             │                        ● close done     done closed",
        "   1  │                             ● send 'late' on events                   events ▮▯ 1/2",
        "   2  ● receive from closed done",
        "   3  ● receive 'late' from events                                            events ▯▯ 0/2",
        "",
        "end   main returned 'late'",
        "",
    ]


def test_who_never_took_a_step_has_a_lane_and_the_line_that_it_is_blocked_at() -> None:
    assert drawn(unmoved, 80) == [
        "step  main                     worker",
        "end   ✗ blocked: send on back  ✗ blocked: send on there",
        "",
        "end   deadlock: main has not returned, and nothing can ever move again",
        f"stuck main is blocked for ever: send on back at {AT}:{LINE + 9}",
        f"stuck worker is blocked for ever: send on there at {AT}:{LINE + 5}",
        "",
        "source",
        f"  {AT}:{LINE + 9}  main blocked",
        "      await back.send(2)",
        f"  {AT}:{LINE + 5}  worker blocked",
        "      await there.send(1)",
        "",
        "goroutines",
        f"  worker  main/worker#1, started at {AT}:{LINE + 8}",
    ]


def test_at_the_side_the_blocked_lines_stand_below() -> None:
    wide = drawn(stuck, 160)
    assert "source" in wide[0]
    below = wide[wide.index("source") :]
    assert below[1].endswith("  main blocked") and below[2].strip() == "await results.recv()"


def test_without_a_terminal_lanes_are_ascii() -> None:
    assert drawn(stuck, 60, ASCII)[:4] == [
        "step  main                          worker",
        "   0  * receive 'only' from         * send 'only' on results",
        "        results",
        "end   ! blocked: receive on",
    ]
    assert all(line.isascii() for subject in EVERYONE for line in drawn(subject, 100, ASCII))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("marks", [ASCII, UNICODE], ids=["ascii", "unicode"])
def test_nothing_is_wider_than_the_terminal(width: int, marks: Marks) -> None:
    for subject in [*EVERYONE, *(program(seed, theme) for theme in (*THEMES, None) for seed in range(4))]:
        lines = drawn(subject, width, marks)
        for line in lines[: lines.index("")] if width < 80 else lines:  # below the lanes, long words stay whole
            assert cell_len(line) <= width, line
            assert line.isprintable()


def test_four_goroutines_fit_80_columns_with_a_column_each() -> None:
    from harness import Channel, go

    async def program() -> None:
        results = Channel(1, name="results")

        async def a_worker_with_a_long_name(number: int) -> None:
            await results.send(number)

        for number in range(3):
            go(a_worker_with_a_long_name, number)
        for _ in range(3):
            await results.recv()

    lines = drawn(program, 80)
    heading = lines[0].split()
    assert heading[:2] == ["step", "main"] and len(heading) == 5
    assert all("…" in name and name[-2:] in ("#1", "#2", "#3") for name in heading[2:])
    assert any("results ▮ 1/1" in line for line in lines)


def test_of_many_goroutines_those_that_matter_have_a_column_and_the_others_share_one() -> None:
    lines = drawn(many, 80, seed=1)
    heading = lines[0].split()
    assert heading[0] == "step" and heading[-1] == "others"
    story = failing_story(walked(many, 1))
    shown = set(heading[1:-1])
    matter = {lane.title for lane in story.lanes if lane.blocked}
    matter |= {story.lane(step.goroutine).title for step in story.steps if step.marks}
    assert shown < {lane.title for lane in story.lanes}
    assert matter, "the program no longer leaves anybody blocked"
    assert shown <= matter or matter <= shown
    others = [lane.title for lane in story.lanes if lane.title not in shown and lane.last is not None]
    assert others and all(any(f"{title}:" in line for line in lines) for title in others)


def test_in_a_wide_terminal_the_source_stands_at_the_side_and_else_below() -> None:
    wide, narrow = drawn(lost, 160), drawn(lost, 80)
    assert "source" in wide[0] and "await done.close()" in wide[1]
    assert "source" not in narrow[0] and "source" in narrow
    assert any(line.strip() == "await done.close()" for line in narrow)


def test_fatal_steps_stand_out_and_others_do_not() -> None:
    text = lanes(failing_story(whole()), width=100)
    fatal = [text.plain[span.start : span.end] for span in text.spans if span.style == FATAL]
    assert any(part.startswith("✗ ") for part in fatal)
    assert not any(part.startswith("● ") for part in fatal)


def test_a_long_execution_is_drawn_from_both_ends() -> None:
    lines = lanes(failing_story(walked(many, 1)), width=100, limit=9).plain.splitlines()
    steps = len(walked(many, 1).failing.execution.trace)
    numbers = [int(line[:4]) for line in lines if line[:4].strip().isdigit()]
    assert numbers == [0, 1, 2, *range(steps - 6, steps)]
    assert sum(f"-- {steps - 9} steps not shown --" in line for line in lines) == 1


def test_steps_that_repeat_to_the_end_are_drawn_once() -> None:
    async def program() -> None:
        mutex = Mutex(name="mutex")
        while True:
            await mutex.lock()
            await mutex.unlock()

    found = walked(program)
    sentence = "these 2 steps repeat to the end: 9,998 more steps, not shown"
    lines = drawn(program, 100)
    assert ["● lock mutex" in lines[1], "● unlock mutex" in lines[2]] == [True, True]
    assert lines[3:5] == [f"       -- {sentence} --", ""]
    assert len(mermaid(found).splitlines()) == 6 and "9,998 more steps" in mermaid(found)
    page = finding_page(found)
    assert page.count('role="button"') == 2 and f"T{sentence[1:]}." in page


def test_an_execution_without_a_step_has_lanes_too() -> None:
    async def nothing() -> int:
        return 7

    assert drawn(nothing, 80) == ["step  main", "", "end   main returned 7"]


def test_an_explanation_says_first_what_is_wrong_and_last_how_to_see_it_again() -> None:
    found = whole()
    lines = explained(found, width=100).plain.splitlines()
    assert lines[0] == "violated: is_nothing: nothing came"
    assert lines[-1] == f"replay  harness replay {found.token}"
    text = "\n".join(lines)
    assert found.paragraph in text and "plan     events=1" in text
    assert "From step 1 on, every continuation fails; what would still have saved it: worker sends first." in text
    assert "Step 1 before step 2: main looked before worker had sent." in text


def test_below_a_failing_execution_stands_the_nearest_one_that_passes() -> None:
    lines = pasted(whole()).splitlines()
    start = lines.index("the nearest execution that passes")
    assert "main returned 'nothing'" in "\n".join(lines[:start])
    assert lines[start + 1].startswith("step  main") and "end   main returned 'late'" in lines[start:]
    assert "source" in lines[:start] and "source" not in lines[start:]
    assert "the nearest execution that passes" not in pasted(walked(lost))


def test_without_a_search_for_causes_an_explanation_says_nothing_of_them() -> None:
    text = pasted(walked(lost))
    assert "continuation" not in text and "before step" not in text


@pytest.mark.parametrize(
    ("capacity", "held", "closed", "expected"),
    [
        (3, 2, False, "▮▮▯ 2/3"),
        (1, 0, True, "▯ 0/1 closed"),
        (0, 0, False, ""),
        (0, 0, True, "closed"),
        (100, 7, False, "7/100"),
    ],
)
def test_gauges(capacity: int, held: int, closed: bool, expected: str) -> None:
    facts = ChannelFacts("main.1", "events", capacity, "")
    assert UNICODE.gauge(facts, Content("main.1", ("x",) * held, closed)) == expected


def test_texts_are_cut_by_terminal_cells() -> None:
    assert wrapped("名前 is wide", 4, "…", 9) == ["名前", "is", "wide"]
    assert wrapped("unbreakable", 4, "…", 9) == ["unbr", "eaka", "ble"]
    assert wrapped("one two three four", 9, "…", 1) == ["one two…"]
    assert [cut("abcdef", width, "…") for width in (6, 4, 1, 0)] == ["abcdef", "abc…", "…", ""]


def test_of_a_gauge_without_room_the_name_gives_way() -> None:
    assert any("resul…many 1/12" in line for line in drawn(many, 80, seed=1))


def test_the_widest_column_gives_way_first() -> None:
    assert shared_out([10, 30, 20], 60, 5) == [10, 30, 20]
    assert shared_out([10, 30, 20], 50, 5) == [10, 20, 20]
    assert shared_out([10, 30, 20], 14, 5) is None


async def failing() -> None:
    """A child's assertion fails, and main goes on."""

    async def child() -> None:
        raise AssertionError("no")

    go(child)
    for _ in range(20):
        await gosched()


async def closing() -> None:
    """The same with a panic that Go has as well."""

    async def child() -> None:
        await closed.close()

    closed = Channel(name="closed")
    await closed.close()
    go(child)
    for _ in range(20):
        await gosched()


@pytest.mark.parametrize("broken", [closing, failing])
def test_what_is_not_judged_is_told_as_in_the_timeline(broken: Callable[..., Any]) -> None:
    found = walked(broken)
    (note,) = (line.strip() for line in timeline(found.failing.execution).splitlines() if "not judged" in line)
    assert note in lanes(failing_story(found), marks=ASCII).plain
