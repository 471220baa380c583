"""The factual claims of the seed document, each checked by exploring the design it speaks of.

Every finding is computed, none is written down here: a statement says how it is examined, and what comes out is
confirmed, refuted with a counterexample, or holds under a named precondition.
"""

from __future__ import annotations

from harness.model.verdict import Claim
from scenarios.stream.atomic_error import atomic_error
from scenarios.stream.close_channel import close_channel
from scenarios.stream.combined import combined
from scenarios.stream.done_channel import done_channel
from scenarios.stream.evidence import Statement, always, only_if
from scenarios.stream.examinations import (
    CROWDED,
    FAILING,
    GONE,
    LATE,
    NO_LATE_SENDER,
    QUIET,
    ROGUE,
    ROOMY,
    STALLED,
    UNREAD,
    blocks_or_panics,
    closed_in_both_places,
    drain_window,
    empty_at_close,
    negated,
    same_verdicts,
)
from scenarios.stream.supervised import supervised
from scenarios.stream.wait_group import wait_group

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        "race_1_exec_err",
        "Race Condition #1",
        "execErr is written and read without synchronisation: a data race",
        lambda: negated(always(done_channel, QUIET + FAILING, "no_data_race")),
    ),
    Statement(
        "race_2_drain_window",
        "Race Condition #2",
        "ExecuteStream may still be writing while the handler drains, so events are lost",
        drain_window,
    ),
    Statement(
        "race_3_send_after_return",
        "Race Condition #3",
        "a send after the handler has drained and returned blocks or panics",
        blocks_or_panics,
    ),
    Statement(
        "default_is_not_empty",
        "Root Cause 3",
        "the default case in the drain does not guarantee that the channel stays empty",
        lambda: negated(always(done_channel, LATE, "no_event_lost")),
    ),
    Statement(
        "not_finished_writing",
        "Root Cause 2",
        "after done is closed, ExecuteStream itself may not have finished writing",
        lambda: negated(always(done_channel, QUIET + FAILING, "no_event_lost", "status_correct")),
    ),
    Statement(
        "wait_group_finished",
        "Solution 1",
        "wg.Wait guarantees that ExecuteStream has finished",
        lambda: always(wait_group, ROOMY, "status_correct", "one_final_status"),
    ),
    Statement(
        "wait_group_close_is_safe",
        "Solution 1",
        "after wg.Wait it is safe to close streamChan",
        lambda: only_if(NO_LATE_SENDER, always(wait_group, ROOMY, "no_panic"), always(wait_group, LATE, "no_panic")),
    ),
    Statement(
        "wait_group_no_data_race",
        "Solution 1",
        "there is no data race on execErr (happens-before from wg.Done)",
        lambda: always(wait_group, ROOMY, "no_data_race"),
    ),
    Statement(
        "wait_group_cannot_drain",
        "Solution 1, disadvantage",
        "the handler cannot continue draining while it waits (and so deadlocks when events exceed the capacity)",
        lambda: negated(always(wait_group, CROWDED, "no_deadlock")),
    ),
    Statement(
        "wait_group_roomy",
        "Solution 1",
        "the design works",
        lambda: only_if(
            "the buffer holds everything the executor sends",
            always(wait_group, ROOMY, "terminates", "no_event_lost"),
            always(wait_group, CROWDED, "terminates"),
        ),
    ),
    Statement(
        "atomic_no_data_race",
        "Solution 2",
        "there is no race on execErr",
        lambda: always(atomic_error, ROOMY, "no_data_race"),
    ),
    Statement(
        "atomic_store",
        "Solution 2",
        "execErr.Store(err) hands the result over",
        lambda: only_if(
            "the execution fails, because storing a nil error panics",
            always(atomic_error, ROOMY[1:], "no_panic", "status_correct"),
            always(atomic_error, ROOMY[:1], "no_panic"),
        ),
    ),
    Statement(
        "close_is_completion",
        "Solution 3",
        "a closed channel means that ExecuteStream has finished",
        lambda: always(close_channel, QUIET + FAILING + LATE, "status_correct"),
    ),
    Statement(
        "close_guarantees_empty",
        "Solution 3",
        "when ok is false, streamChan is guaranteed empty",
        empty_at_close,
    ),
    Statement(
        "close_drains",
        "Solution 3",
        "the buffer drain happens automatically: no event is lost",
        lambda: always(close_channel, QUIET + CROWDED + FAILING, "no_event_lost", "order_kept", "no_duplicate"),
    ),
    Statement(
        "close_exec_err",
        "Solution 3",
        "execErr is read after the close, so there is no data race on it",
        lambda: always(close_channel, QUIET + FAILING, "no_data_race"),
    ),
    Statement(
        "close_no_data_races",
        "Benefits",
        "no data races",
        lambda: only_if(
            NO_LATE_SENDER,
            always(close_channel, QUIET + FAILING, "no_data_race"),
            always(close_channel, LATE, "no_data_race"),
        ),
    ),
    Statement(
        "close_no_panic",
        "Benefits",
        "no panic on a closed channel, because the ok flag is checked",
        lambda: only_if(
            NO_LATE_SENDER,
            always(close_channel, QUIET + FAILING, "no_panic"),
            always(close_channel, LATE, "no_panic"),
        ),
    ),
    Statement(
        "close_no_leak",
        "Benefits",
        "no goroutine leaks, because the deferred close ensures cleanup",
        lambda: only_if(
            "the executor watches its context, or the handler reads to the end, or everything fits into the buffer",
            always(close_channel, (*QUIET, *FAILING, GONE[0], UNREAD[0]), "no_goroutine_leak"),
            always(close_channel, (GONE[1], UNREAD[1]), "no_goroutine_leak"),
        ),
    ),
    Statement(
        "close_in_both_places",
        "Solution 3, disadvantage",
        "ExecuteStream needs to be modified to close the channel, and its callers defer the close",
        closed_in_both_places,
    ),
    Statement(
        "no_behavior_changes",
        "Compatibility",
        "no behavior changes: what the done channel delivered or dropped without a crash, the close does too",
        lambda: only_if(
            NO_LATE_SENDER,
            always(close_channel, QUIET + CROWDED + FAILING, "no_event_lost", "no_panic", "status_correct"),
            always(close_channel, LATE, "no_panic"),
        ),
    ),
    Statement(
        "combined_safe_read",
        "Solution 4",
        "waiting before reading execErr is safe",
        lambda: always(combined, QUIET + FAILING, "no_data_race", "terminates"),
    ),
    Statement(
        "combined_is_redundant",
        "Solution 4, disadvantage",
        "WaitGroup and close are redundant: together they give what the close gives alone",
        same_verdicts,
    ),
    Statement(
        "three_races_fixed",
        "Recommendation",
        "solution 3 eliminates all three race conditions",
        lambda: only_if(
            NO_LATE_SENDER,
            always(close_channel, QUIET + CROWDED, "no_event_lost", "no_panic", "no_data_race", "no_goroutine_leak"),
            always(close_channel, LATE, "no_event_lost", "no_panic", "no_data_race", "no_goroutine_leak"),
        ),
    ),
    Statement(
        "supervised_terminates",
        "supervised, contract",
        "the supervised design terminates and leaves nothing behind",
        lambda: only_if(
            "the executor ends once its sends are refused",
            always(supervised, GONE, "terminates", "no_goroutine_leak"),
            always(supervised, STALLED, "terminates", "no_goroutine_leak"),
        ),
    ),
    Statement(
        "supervised_late_senders",
        "supervised, contract",
        "the supervised design delivers what late senders send",
        lambda: only_if(
            "they are started through the outlet",
            always(supervised, LATE, "no_event_lost", "no_panic", "no_data_race"),
            always(supervised, ROGUE, "no_event_lost", "no_panic", "no_data_race"),
        ),
    ),
)


def check_claims() -> tuple[Claim, ...]:
    """Examine every statement."""
    return tuple(statement.check() for statement in STATEMENTS)
