"""Buffered channels against a list and a flag; every channel's enabled transitions against Go's rules."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from harness.model.operation import DEFAULT, Operation
from harness.primitives.channel import CLOSE, LENGTH, NIL, RECEIVE, SEND, Channel
from harness.primitives.select import SELECT, Recv, Send
from tests.unit.still_world import PrimitiveMachine, Somebody, ready, result_of, still_world, ways


class BufferedChannelMachine(PrimitiveMachine):
    """A buffered channel is a bounded queue and a flag."""

    @initialize(capacity=st.integers(1, 3))
    def create(self, capacity: int) -> None:
        self.channel = Channel(capacity)
        self.capacity = capacity
        self.queue: list[int] = []
        self.closed = False

    @rule(value=st.integers(0, 9))
    def send(self, value: int) -> None:
        operation = (SEND, self.channel, value)
        assert ready(operation) == (self.closed or len(self.queue) < self.capacity)
        if self.closed:
            assert result_of(operation) == "panic: send on closed channel"
        elif ready(operation):
            assert result_of(operation) is None
            self.queue.append(value)

    @rule()
    def receive(self) -> None:
        operation = (RECEIVE, self.channel)
        assert ready(operation) == (self.closed or bool(self.queue))
        if ready(operation):
            expected = (self.queue.pop(0), True) if self.queue else (None, False)
            assert result_of(operation) == expected

    @rule()
    def close(self) -> None:
        assert ready((CLOSE, self.channel))
        assert result_of((CLOSE, self.channel)) == ("panic: close of closed channel" if self.closed else None)
        self.closed = True

    @invariant()
    def agrees(self) -> None:
        self.channel.check()
        assert list(self.channel.buffer) == self.queue
        assert self.channel.closed == self.closed
        assert ready((LENGTH, self.channel)) and result_of((LENGTH, self.channel)) == len(self.queue)


TestBufferedChannel = BufferedChannelMachine.TestCase

CHANNELS = ("nil", "unbuffered", "closed", "empty", "half", "full")
one_case = st.tuples(st.sampled_from(["send", "recv"]), st.sampled_from([*CHANNELS, "unbuffered"]))
pending = st.tuples(st.lists(one_case, max_size=3), st.sampled_from(["plain", "select", "default"]), st.booleans())


def channels() -> dict[str, Channel]:
    made = {name: Channel(2 if name == "half" else 1) for name in ("empty", "half", "full")}
    made |= {"nil": NIL, "unbuffered": Channel(), "closed": Channel()}
    made["closed"].closed = True
    made["half"].buffer.append("old")
    made["full"].buffer.append("old")
    return made


Case = tuple[str, str]
Spec = tuple[list[Case], str, bool]


def operation_of(spec: Spec, made: dict[str, Channel]) -> Operation:
    cases, shape, _ = spec
    built = [Send(made[name], "new") if verb == "send" else Recv(made[name]) for verb, name in cases]
    if shape == "plain" and built:
        return built[0]
    return SELECT, tuple(built), shape == "default"


def cases_of(spec: Spec) -> list[Case]:
    return spec[0][:1] if spec[1] == "plain" else spec[0]


def specified(specs: list[Spec], parked: list[bool]) -> set[tuple[Any, ...]]:
    """Go's rules, word for word: who can go on in which way."""
    certain = {("send", "closed"), ("recv", "closed"), ("send", "empty"), ("send", "half"), ("recv", "half")}
    certain.add(("recv", "full"))
    found: set[tuple[Any, ...]] = set()
    for me, spec in enumerate(specs):
        has_default = spec[1] == "default"
        own = {way for way, case in enumerate(cases_of(spec)) if case in certain}
        found |= {(me, way) for way in own}
        meets_parked = False
        for way, (verb, name) in enumerate(cases_of(spec)):
            for other, other_spec in enumerate(specs):
                for other_way, (other_verb, other_name) in enumerate(cases_of(other_spec)):
                    if other == me or name != "unbuffered" or other_name != name or verb == other_verb:
                        continue
                    meets_parked = meets_parked or parked[other]
                    if verb == "send" and not (has_default and other_spec[1] == "default"):
                        found.add((me, way, other, other_way))
        if has_default and not own and not meets_parked:
            found.add((me, DEFAULT))
    return found


@given(st.lists(pending, min_size=1, max_size=4))
def test_exactly_the_specified_transitions_are_enabled(specs: list[Spec]) -> None:
    with still_world():
        made = channels()
        # Whoever has a default never parks.
        parked = [spec[2] and spec[1] != "default" for spec in specs]
        live = [
            Somebody(str(number), operation_of(spec, made), parks)
            for number, (spec, parks) in enumerate(zip(specs, parked, strict=True))
        ]
        listed = []
        for somebody in live:
            assert somebody.operation is not None
            listed += ways(somebody.operation, somebody, tuple(other for other in live if other is not somebody))
        numbered = [tuple(live.index(part) if isinstance(part, Somebody) else part for part in t) for t in listed]
        assert len(numbered) == len(set(numbered))
        assert set(numbered) == specified(specs, parked)
