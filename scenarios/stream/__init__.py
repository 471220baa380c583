"""The seed's streaming handler: the buggy done-channel design, four proposed repairs, and one that holds.

What each design is expected to violate, and why:

* an event sent late is lost by the done channel, and crashes whatever closes the stream (that close is also a data
  race with the send);
* an executor that ignores its context stays blocked once nobody receives any more: after a disconnect, after a write
  failure, after the early return for want of a flusher;
* a panic of the executor ends the process in every design of the seed;
* waiting before forwarding deadlocks as soon as there are more events than the buffer holds, and sends no pings;
* storing a nil error in an atomic.Value panics, so solution 2 fails whenever the execution succeeds.
"""

from collections.abc import Mapping

from harness.stream import Design
from scenarios.stream.atomic_error import atomic_error
from scenarios.stream.close_channel import close_channel
from scenarios.stream.combined import combined
from scenarios.stream.done_channel import done_channel
from scenarios.stream.supervised import CONTRACT, supervised
from scenarios.stream.wait_group import wait_group


def _violates(**classes: str) -> Mapping[str, frozenset[str]]:
    """Fault class to the properties, written as one string of names."""
    return {fault: frozenset(names.split()) for fault, names in classes.items()}


STUCK = "terminates no_deadlock"
LEAK = "no_goroutine_leak"
PANIC = "no_panic"
CRASHES_LATE = "no_panic no_data_race"

DONE_CHANNEL = _violates(
    late_send="no_event_lost",
    cancel_oblivious=LEAK,
    executor_panic=PANIC,
    write_failure=LEAK,
    no_flusher=LEAK,
    combined=f"no_event_lost {LEAK}",
)
WAIT_GROUP = _violates(
    delay="kept_alive",
    buffer_pressure=STUCK,
    late_send=CRASHES_LATE,
    cancel_oblivious=STUCK,
    executor_panic=PANIC,
    write_failure=STUCK,
    no_flusher=LEAK,
    combined=f"{STUCK} {CRASHES_LATE}",
)
ATOMIC_ERROR = _violates(
    none=PANIC,
    delay=PANIC,
    buffer_pressure=STUCK,
    late_send=CRASHES_LATE,
    cancel=PANIC,
    cancel_oblivious=f"{STUCK} {PANIC}",
    executor_panic=PANIC,
    nil_event=PANIC,
    slow_client=PANIC,
    write_failure=f"{STUCK} {PANIC}",
    no_flusher=f"{LEAK} {PANIC}",
    keep_alive=PANIC,
    combined=f"{STUCK} {CRASHES_LATE}",
)
CLOSE_CHANNEL = _violates(
    late_send=CRASHES_LATE,
    cancel_oblivious=LEAK,
    executor_panic=PANIC,
    write_failure=LEAK,
    no_flusher=LEAK,
    combined=f"{LEAK} {CRASHES_LATE}",
)

DESIGNS = (
    Design(
        "done_channel",
        done_channel,
        "the seed's buggy handler: a done channel, then drain what is there",
        violates=DONE_CHANNEL,
    ),
    Design("wait_group", wait_group, "solution 1: wait for the executor, close, then forward", violates=WAIT_GROUP),
    Design(
        "atomic_error",
        atomic_error,
        "solution 2: solution 1 with the error in an atomic.Value",
        violates=ATOMIC_ERROR,
    ),
    Design(
        "close_channel",
        close_channel,
        "solution 3, recommended: closing the stream is the signal",
        violates=CLOSE_CHANNEL,
    ),
    Design("combined", combined, "solution 4: close the stream and wait as well", violates=CLOSE_CHANNEL),
    Design("supervised", supervised, "ours: the handler answers for everything it starts", CONTRACT),
)
