"""The comparison of the harness with real Go, program by program.

Three questions are asked about each program. Does Go, left free, ever come to an outcome that the harness does not
predict? Does Go's race detector report a race where the harness finds none? And does Go come to every outcome that is
predicted, when it is made to follow the schedule?

The first is not asked of programs with a data race: Go promises them no sequential consistency (The Go Memory Model,
section "Implementation Restrictions for Programs Containing Data Races"). The third is also asked of what is predicted
if a deadline may come while goroutines could still run (the adversarial clock): who stands at a gate is slow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.golang.predict import Prediction, predict
from harness.golang.process import FATAL, GoProcess, started
from harness.golang.text import Text
from harness.golang.toolchain import Toolchain
from harness.model.execution import ADVERSARIAL

PROCESSORS = (1, 2, 4)
BLOCKING = frozenset({"lock", "rlock", "wlock", "once", "cond_wait"})
OUTSIDE, MISSED_RACE, UNCONFIRMED = "outside", "missed race", "unconfirmed"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where Go and the harness do not agree about a program.

    Attributes:
        kind: "outside" (Go came to an outcome that was not predicted), "missed race" (Go reports a data race and we do
            not), or "unconfirmed" (Go does not follow the schedule to a predicted outcome).
        detail: the outcome, or the report; what Go did instead.
        why: for an unconfirmed outcome, the reason that Go cannot show it, if it is known.
    """

    kind: str
    program: str
    detail: str
    why: str = ""


@dataclass(slots=True)
class Comparison:
    """What a comparison has come to so far; `idle_only` counts programs too large for the adversarial clock."""

    programs: int = 0
    runs: int = 0
    predicted: int = 0
    confirmed: int = 0
    seen: int = 0
    racy: int = 0
    racy_in_go: int = 0
    idle_only: int = 0
    primitives: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Is every predicted outcome confirmed or explained, and nothing outside or missed?"""
        return all(difference.why for difference in self.differences)


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each program is executed: freely, under the race detector, and for each predicted outcome."""

    free: int = 300
    race: int = 40
    forced: int = 2


class Judge:
    """Real Go, with a batch of programs built in."""

    def __init__(self, plain: GoProcess, race: GoProcess, effort: Effort) -> None:
        self.plain = plain
        self.race = race
        self.effort = effort

    def compare(self, prediction: Prediction, comparison: Comparison) -> None:
        """Ask all three questions about one program."""
        comparison.programs += 1
        comparison.primitives.update(prediction.text.primitives)
        comparison.racy += bool(prediction.race)
        comparison.differences += self.outside(prediction, comparison)
        comparison.differences += self.missed_race(prediction, comparison)
        comparison.differences += self.unconfirmed(prediction, comparison)
        if prediction.text.timed:
            early = predict(prediction.text, clock=ADVERSARIAL)
            comparison.idle_only += early is None
            comparison.differences += self.unconfirmed(early, comparison) if early is not None else ()

    def outside(self, prediction: Prediction, comparison: Comparison) -> Iterator[Difference]:
        """What Go comes to by itself, and we do not predict.

        A fatal error leaves a lock in a state that is not modelled, and until Go has ended the process others go on
        with it: which fatal error is reported is not asked where there is one.
        """
        seen: set[str] = set()
        for number, processors in enumerate(PROCESSORS):
            seed, end = (self.effort.free * part // len(PROCESSORS) for part in (number, number + 1))
            for job in free_jobs(prediction, end - seed, seed=seed, processors=processors):
                report = self.plain.do(job)
                comparison.runs += report["Done"]
                seen.update(report["Outcomes"])
        comparison.seen += len(seen & set(prediction.outcomes))
        if not prediction.race:
            fatal = any(outcome.startswith(FATAL) for outcome in prediction.outcomes)
            for outcome in sorted(seen - set(prediction.outcomes)):
                if fatal and outcome.startswith(FATAL):
                    continue
                yield Difference(OUTSIDE, prediction.text.name, outcome)

    def missed_race(self, prediction: Prediction, comparison: Comparison) -> Iterator[Difference]:
        """What Go's race detector finds, and we do not: in free runs, and on the way to every predicted outcome.

        It judges the program's own operations only: it does not see the gates. A forced run that does not get to the
        outcome would have shown it nothing, and is a difference of its own.
        """
        free = [self.race.do(job) for job in free_jobs(prediction, self.effort.race, seed=0, processors=2)]
        within_reach = [outcome for outcome in prediction.outcomes if outcome not in prediction.beyond]
        forced = {outcome: self.race.do(self.forced_job(prediction, outcome, 1)) for outcome in within_reach}
        racy = any(report["Racy"] for report in (*free, *forced.values()))
        comparison.racy_in_go += racy
        if racy and not prediction.race:
            yield Difference(MISSED_RACE, prediction.text.name, self.race.races())
        for outcome, report in forced.items():
            yield from elsewhere(prediction, outcome, report)

    def forced_job(self, prediction: Prediction, outcome: str, runs: int) -> dict[str, object]:
        """Executions by the schedule that leads to a predicted outcome."""
        bubble = not prediction.text.verbs & BLOCKING
        return prediction.script(outcome).job(prediction.text.name, runs, outcome, bubble=bubble)

    def unconfirmed(self, prediction: Prediction, comparison: Comparison) -> Iterator[Difference]:
        """What we predict, and Go does not come to by the schedule."""
        comparison.predicted += len(prediction.outcomes)
        for outcome in prediction.outcomes:
            report = self.plain.do(self.forced_job(prediction, outcome, self.effort.forced))
            comparison.confirmed += report["Same"] == report["Done"]
            yield from elsewhere(prediction, outcome, report)


def elsewhere(prediction: Prediction, outcome: str, report: Mapping[str, Any]) -> Iterator[Difference]:
    """A difference, if not every forced run came to the outcome."""
    if report["Same"] != report["Done"]:
        detail = f"{outcome}: {report['Differs']}"
        yield Difference(UNCONFIRMED, prediction.text.name, detail, prediction.beyond.get(outcome, ""))


def free_jobs(prediction: Prediction, runs: int, *, seed: int, processors: int) -> list[dict[str, object]]:
    """Executions under Go's own scheduler: one job, or a tenth as many where a run may end the process."""
    text = prediction.text
    job = {"Program": text.name, "Runs": runs, "Seed": seed, "Procs": processors, "Bubble": text.timed}
    if not any(outcome.startswith(FATAL) for outcome in prediction.outcomes):
        return [job]
    return [{**job, "Runs": 1, "Seed": seed + run} for run in range(0, runs, 10)]


def sources(texts: Iterable[Text]) -> dict[str, str]:
    """The Go files of a batch of programs."""
    texts = list(texts)
    table = "\n".join(f'\t{{Name: "{text.name}", Main: {text.name}}},' for text in texts)
    files = {"drive_test.go": DRIVE % table}
    for start in range(0, len(texts), 50):
        bodies = "\n".join(text.go for text in texts[start : start + 50])
        files[f"programs{start}_test.go"] = f"{HEADER}\n{bodies}"
    return files


HEADER = """package programs

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"harness/gate"
)

var _ = runtime.Gosched
var _ context.Context
var _ sync.Mutex
var _ atomic.Int64
var _ time.Duration
"""

DRIVE = """package programs

import (
	"testing"

	"harness/gate"
)

func TestDrive(t *testing.T) {
	gate.Drive(t, []gate.Program{
%s
	})
}
"""


@contextmanager
def judging(go: Toolchain, texts: Sequence[Text], effort: Effort | None = None) -> Iterator[Judge]:
    """Real Go with these programs, built with and without its race detector."""
    files = sources(texts)
    with (
        go.built(files) as plain,
        go.built(files, race=True) as race,
        started(plain) as freely,
        started(race) as watched,
    ):
        yield Judge(freely, watched, effort or Effort())
