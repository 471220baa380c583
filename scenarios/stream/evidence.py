"""How a statement about a handler is checked: explored exhaustively, with and without what would break it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness import Falsified, Proof, prove
from harness.model.verdict import Claim
from harness.stream import PROPERTIES, StreamPlan, serve
from harness.stream.faults import MAX_STEPS
from harness.stream.serve import Handler

CONFIRMED = "confirmed"
REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking a statement."""

    finding: str
    evidence: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that somebody says about a design, and how to find out."""

    name: str
    source: str
    text: str
    examine: Callable[[], Finding]

    def check(self) -> Claim:
        """Find out."""
        found = self.examine()
        return Claim(self.name, self.source, self.text, found.finding, found.evidence, found.token)


def proof_of(handler: Handler, plan: StreamPlan, *properties: str) -> Proof | Falsified:
    """Explore every schedule of one plan for some properties."""
    try:
        return prove(
            serve(handler, plan), oracles=[PROPERTIES[name] for name in properties], max_steps=MAX_STEPS, canary=False
        )
    except Falsified as falsified:
        return falsified


def always(handler: Handler, plans: Sequence[StreamPlan], *properties: str) -> Finding:
    """Confirmed if the properties hold under all plans; refuted by the first counterexample."""
    explored = 0
    for plan in plans:
        answer = proof_of(handler, plan, *properties)
        if isinstance(answer, Falsified):
            found = answer.counterexample
            return Finding(REFUTED, f"with {found.plan}: {found.message}", found.token)
        explored += answer.executions
    described = "; ".join(map(str, plans))
    return Finding(CONFIRMED, f"{', '.join(properties)}: every schedule of {described} ({explored:,} executions)")


def only_if(precondition: str, sound: Finding, broken: Finding) -> Finding:
    """A statement that holds under `precondition`, as `sound` shows, and fails without it, as `broken` shows."""
    assert sound.finding == CONFIRMED, sound
    assert broken.finding == REFUTED, broken
    return Finding(f"holds if {precondition}", f"{sound.evidence}; otherwise refuted {broken.evidence}", broken.token)
