"""Plans and examinations that several claims share; the longer ones among those of `claims`."""

from __future__ import annotations

from harness import Channel, Context
from harness.stream import FAULT_CLASSES, FakeClient, FakeExecutor, StreamPlan, load_designs, verify_cell
from scenarios.stream.close_channel import close_channel
from scenarios.stream.done_channel import done_channel
from scenarios.stream.evidence import CONFIRMED, REFUTED, Finding, always, only_if

QUIET = (StreamPlan(events=0), StreamPlan(events=3, capacity=2), StreamPlan(events=1, workers=2, capacity=1))
FAILING = (StreamPlan(events=2, capacity=1, ending="error"),)
ROOMY = (StreamPlan(events=2, capacity=2), StreamPlan(events=2, capacity=2, ending="error"))
LATE = (StreamPlan(events=1, capacity=2, children=1, late=1),)
LATE_FULL = (StreamPlan(events=1, capacity=0, children=1, late=1, watches_context=False),)
CROWDED = (StreamPlan(events=2, capacity=1),)
GONE = tuple(StreamPlan(events=3, capacity=1, disconnect=True, watches_context=watches) for watches in (True, False))
UNREAD = tuple(StreamPlan(events=2, capacity=1, flusher=False, watches_context=watches) for watches in (True, False))
STALLED = (StreamPlan(events=1, capacity=1, disconnect=True, ending="stall"),)
ROGUE = (StreamPlan(events=0, capacity=1, children=1, late=1, rogue=True),)

NO_LATE_SENDER = "no goroutine of the executor sends after it has returned"


def drain_window() -> Finding:
    """Whether the buggy handler loses events, and when."""
    safe = always(done_channel, QUIET + FAILING, "no_event_lost")
    lost = always(done_channel, LATE, "no_event_lost")
    assert (safe.finding, lost.finding) == (CONFIRMED, REFUTED)
    precondition = "a child of the executor sends after it has returned"
    return Finding(
        f"holds if {precondition}", f"{lost.evidence}; otherwise nothing is lost: {safe.evidence}", lost.token
    )


def negated(finding: Finding) -> Finding:
    """The same evidence for the opposite statement."""
    opposite = {CONFIRMED: REFUTED, REFUTED: CONFIRMED}[finding.finding]
    return Finding(opposite, finding.evidence, finding.token)


def blocks_or_panics() -> Finding:
    """What becomes of a send after the buggy handler has returned."""
    panic = always(done_channel, LATE + LATE_FULL, "no_panic")
    blocks = always(done_channel, LATE_FULL, "no_goroutine_leak")
    fits = always(done_channel, LATE, "no_goroutine_leak")
    assert (panic.finding, blocks.finding, fits.finding) == (CONFIRMED, REFUTED, CONFIRMED)
    return Finding(
        "holds if a late sender that ignores its context finds the buffer full",
        f"it then blocks for ever, {blocks.evidence}; it never panics, because nothing closes the stream",
        blocks.token,
    )


def empty_at_close() -> Finding:
    """Whether the buffer is empty when the handler has seen the close."""
    seen: list[int] = []

    async def close_and_look(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
        async def spied(ctx: Context, stream: Channel) -> str | None:
            spied_on.append(stream)
            return await execute(ctx, stream)

        spied_on: list[Channel] = []
        await close_channel(ctx, client, spied, capacity=capacity)  # type: ignore[arg-type]
        if spied_on:
            seen.append(await spied_on[0].length())

    finding = always(close_and_look, QUIET + CROWDED + FAILING, "no_event_lost", "no_panic")
    if any(seen):
        return Finding(REFUTED, f"the buffer held {max(seen)} events when the handler returned")
    return Finding(finding.finding, f"the buffer was empty in all {len(seen):,} executions; {finding.evidence}")


async def closing_twice(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """`close_channel` with an executor that closes the stream as well."""

    async def closing(ctx: Context, stream: Channel) -> str | None:
        error = await execute(ctx, stream)
        await stream.close()
        return error

    await close_channel(ctx, client, closing, capacity=capacity)  # type: ignore[arg-type]


def closed_in_both_places() -> Finding:
    """Whether executor and caller may both close the stream."""
    return only_if(
        "only one of the two closes it",
        always(close_channel, QUIET, "no_panic"),
        always(closing_twice, QUIET, "no_panic"),
    )


def same_verdicts() -> Finding:
    """Whether solutions 3 and 4 differ under the faults that break them."""
    designs = {design.name: design for design in load_designs()}
    compared = [fault for fault in FAULT_CLASSES if fault.name in ("late_send", "cancel_oblivious", "no_flusher")]
    for fault in compared:
        left, right = (verify_cell(designs[name], fault) for name in ("close_channel", "combined"))
        if [v.verdict for v in left.verdicts] != [v.verdict for v in right.verdicts]:
            return Finding(REFUTED, f"the two designs differ under {fault.name}")
    names = ", ".join(fault.name for fault in compared)
    return Finding(CONFIRMED, f"solutions 3 and 4 have the same verdicts for every property under {names}")
