"""A streaming session, played move by move: a Hypothesis state machine whose rules are what can happen to a handler.

Each rule is one transition of the program `improvise(handler, plan)`: the executor sends, starts a late child, fails;
the client goes away; the handler takes a step. Hypothesis chooses the rules, so that what it shrinks and prints is the
story of a session. Between two rules nothing runs. The stream's properties are judged after each rule, and at the end,
to which the session comes when nobody interferes any more: undisturbed, and with an executor that returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from harness.generators.drawn import Drawn
from harness.generators.failure import told
from harness.model.answers import Falsified
from harness.model.execution import ADVERSARIAL, Settings
from harness.model.operation import Transition
from harness.primitives.choice import CHOOSE
from harness.primitives.naming import title_of
from harness.runtime.execute import Subject
from harness.runtime.stepper import Stepper
from harness.search.campaign import Oracle, checked_oracles, counterexample, objection
from harness.stream import improvisation as moves
from harness.stream.improvisation import Actor, improvise
from harness.stream.oracles import SAFE_STREAM, terminates
from harness.stream.plan import PANIC, StreamPlan
from harness.stream.serve import Handler

MAX_STEPS = 400
HANDLER, EXECUTOR, OTHERS, TIME = "handler", "executor", "others", "time"
BOUNDS = StreamPlan(
    events=3,
    capacity=3,
    children=2,
    late=1,
    nils=1,
    ending=PANIC,
    watches_context=False,
    disconnect=True,
    failing_write=1,
    flusher=False,
)
"""Everything that may go wrong."""


class Play:
    """One session in progress: who may do what."""

    def __init__(self, handler: Handler, plan: StreamPlan) -> None:
        self.actors: tuple[Actor, ...] = ()
        self.program = replace(improvise(handler, plan), watch=self.meet)
        self.subject = Subject(self.program, (), Settings(ADVERSARIAL, MAX_STEPS))
        self.stepper = Stepper(self.subject)

    def meet(self, *actors: Actor) -> None:
        """The executor and the client's side of this session."""
        self.actors = actors

    def moves(self) -> dict[str, list[int]]:
        """What can happen, by kind: the indices of the transitions."""
        found: dict[str, list[int]] = {}
        if len(self.stepper.schedule) < MAX_STEPS:
            for index, transition in enumerate(self.stepper.enabled):
                found.setdefault(self.kind(transition), []).append(index)
        return found

    def kind(self, transition: Transition) -> str:
        """What a transition is to the players."""
        if len(transition) == 1:
            return TIME
        mover, way = transition[:2]
        deciding = [actor for actor in self.actors if actor.goroutine is mover and mover.operation[0] is CHOOSE]
        if deciding:
            return deciding[0].offers[way]
        owners = transition[::2]
        if any(not owner.serial for owner in owners):
            return HANDLER
        return EXECUTOR if self.actors[0].goroutine in owners else OTHERS

    def finish(self) -> None:
        """Go on undisturbed to the end."""
        undisturbed = Drawn(lambda ceiling: 0, 0)
        while self.stepper.enabled and len(self.stepper.schedule) < MAX_STEPS:
            self.stepper.take(undisturbed.choose(self.stepper.enabled))

    def objection(self, oracles: tuple[Oracle, ...]) -> Falsified | None:
        """What one of `oracles` says of the session as it is now."""
        execution = self.stepper.execution()
        found = objection(execution, oracles)
        if found is None:
            return None
        evidence = counterexample(self.subject, execution, *found)
        return told(Falsified(evidence, 1), f"session: within {self.program.plan}")


def _decision(name: str, move: str) -> Any:
    """The rule that executor or client decides on this move."""

    def decide(self: SessionMachine) -> None:
        self.take(move)

    decide.__name__ = decide.__qualname__ = name
    return precondition(lambda self: move in self.possible)(rule()(decide))


def _step(name: str, kind: str) -> Any:
    """The rule that somebody takes one of the steps that are possible, the number `which` of them."""

    def step(self: SessionMachine, which: int) -> None:
        self.take(kind, which)

    step.__name__ = step.__qualname__ = name
    return precondition(lambda self: kind in self.possible)(rule(which=st.integers(0, 3))(step))


REQUEST: dict[str, Any] = {
    "capacity": st.integers(0, 3),
    "watches_context": st.sampled_from((True, True, False)),
    "flusher": st.sampled_from((True, True, True, False)),
}
"""One that cannot be served at all is rare: every fault hides others."""


class SessionMachine(RuleBasedStateMachine):
    """What all handlers have in common; `session_machine` adds the handler."""

    handler: Handler
    bounds: StreamPlan
    oracles: tuple[Oracle, ...]

    def __init__(self) -> None:
        super().__init__()
        self.play: Play | None = None
        self.possible: dict[str, list[int]] = {}
        self.falsified = False

    @initialize(**REQUEST)
    def request(self, capacity: int, watches_context: bool, flusher: bool) -> None:
        """A client comes, within the bounds."""
        bounds = self.bounds
        plan = replace(
            bounds,
            capacity=min(capacity, bounds.capacity),
            watches_context=watches_context or bounds.watches_context,
            flusher=flusher or bounds.flusher,
        )
        self.play = Play(type(self).handler, plan)
        self.possible = self.play.moves()

    @precondition(lambda self: self.play is not None and not self.possible)
    @rule(**REQUEST)
    def next_request(self, capacity: int, watches_context: bool, flusher: bool) -> None:
        """The session is over, and another one begins."""
        self.teardown()
        self.request(capacity, watches_context, flusher)

    executor_sends = _decision("executor_sends", moves.SEND)
    executor_sends_nil = _decision("executor_sends_nil", moves.SEND_NIL)
    executor_starts_a_child = _decision("executor_starts_a_child", moves.START_CHILD)
    executor_starts_a_late_child = _decision("executor_starts_a_late_child", moves.START_LATE_CHILD)
    executor_returns = _decision("executor_returns", moves.RETURN)
    executor_fails = _decision("executor_fails", moves.FAIL)
    executor_panics = _decision("executor_panics", moves.PANIC)
    handler_steps = _step("handler_steps", HANDLER)
    executor_steps = _step("executor_steps", EXECUTOR)
    others_step = _step("others_step", OTHERS)
    time_passes = _step("time_passes", TIME)

    @precondition(lambda self: moves.STAY in self.possible)
    @rule(move=st.sampled_from((moves.STAY, moves.DISCONNECT, moves.BREAK)))
    def client_decides(self, move: str) -> None:
        """One rule for all it can do: three would send it away in most sessions before anything has happened."""
        self.take(move if move in self.possible else moves.STAY)

    def take(self, kind: str, which: int = 0) -> None:
        """One transition of this kind. What is wrong in a session that is cut off here will not be mended."""
        assert self.play is not None
        indices = self.possible[kind]
        self.play.stepper.take(indices[which % len(indices)])
        self.possible = self.play.moves()
        self.judge(tuple(oracle for oracle in self.oracles if oracle is not terminates))

    def judge(self, oracles: tuple[Oracle, ...]) -> None:
        """Ask the oracles."""
        assert self.play is not None
        error = self.play.objection(oracles)
        if error is not None:
            self.falsified = True
            raise error

    def teardown(self) -> None:
        """Nobody interferes any more: the session comes to its end, and is judged by all properties."""
        if self.play is None:
            return
        try:
            if not self.falsified:
                self.play.finish()
                self.judge(self.oracles)
        finally:
            self.play.stepper.close()


def session_machine(
    handler: Handler,
    bounds: StreamPlan = BOUNDS,
    *,
    oracles: Sequence[Oracle] = SAFE_STREAM,
) -> type[SessionMachine]:
    """A state machine class that plays sessions of `handler`; its `TestCase` is a test.

        TestMyHandler = session_machine(my_handler).TestCase

    What executor and client may do is bounded by `bounds` as in `improvise`; besides, the capacity is at most its, and
    where it says that the executor does not watch its context, or that the client cannot flush, both happen. Time may
    pass while goroutines can still move (the adversarial clock), twice in a session.

    Raises:
        BadInput: as `improvise`.
    """
    improvise(handler, bounds)
    body = {"handler": staticmethod(handler), "bounds": bounds, "oracles": checked_oracles(oracles)}
    return type(f"Sessions_{title_of(handler)}", (SessionMachine,), {**body, "__module__": handler.__module__})
