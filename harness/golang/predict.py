"""What the harness says about a generated program: every outcome, with a schedule for each, and whether it races.

An outcome is told as the gate tells it: what each goroutine logged, and at what those that are left are blocked; or
the first panic, because Go ends the process there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import harness
from harness.golang.script import Script, script_of
from harness.golang.text import Text
from harness.model.execution import IDLE, Settings
from harness.model.outcome import StepLimitReached
from harness.oracles import no_data_race
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.search.strategy import Strategy

MOST_STEPS = 200
EARLY_FIRINGS = 1


class Log:
    """What a goroutine of a generated program logs, and the logs of those that it started."""

    def __init__(self, path: str = "main") -> None:
        self.path = path
        self.entries: list[str] = []
        self.last: Any = 0
        self.children: list[Log] = []

    def __call__(self, word: str, *values: Any) -> None:
        self.entries.append(" ".join([word, *map(go_text, values)]))
        if values:
            self.last = values[0] if isinstance(values[0], int) else 0

    def child(self, name: str) -> Log:
        """The log of the next goroutine that this one starts under `name`."""
        prefix = f"{self.path}/{name}#"
        ordinal = 1 + sum(child.path.startswith(prefix) for child in self.children)
        self.children.append(Log(f"{prefix}{ordinal}"))
        return self.children[-1]

    def all(self) -> list[Log]:
        """This log and all below it."""
        return [self, *(log for child in self.children for log in child.all())]


def go_text(value: Any) -> str:
    """As `fmt.Sprint` writes it."""
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


class Runnable:
    """A text as a program; `log` is what it logged when it ran last."""

    def __init__(self, text: Text) -> None:
        self.__name__ = text.name
        names = {"partial": partial, **{name: getattr(harness, name) for name in harness.__all__}}
        exec(compile(text.python, f"<{text.name}>", "exec"), names)
        self.program: Callable[[Log], Any] = names["program"]
        self.log = Log()

    async def __call__(self) -> None:
        """Run it once."""
        self.log = Log()
        await self.program(self.log)

    def outcome(self, script: Script) -> str:
        """What the run that `script` was made from came to."""
        return script.outcome({log.path: log.entries for log in self.log.all()})


@dataclass(slots=True)
class Prediction:
    """All that can happen in a program.

    Attributes:
        outcomes: each with the first schedule found that leads to it, or the first that a gate can bring about.
        beyond: the outcomes for which no such schedule was found, and why.
        race: the sentence about a data race in some execution; empty if there is none.
        executions: how many were explored; all, one of each class.
    """

    text: Text
    subject: Subject
    runnable: Runnable
    outcomes: dict[str, Sequence[int]] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    race: str = ""
    executions: int = 0

    def script(self, outcome: str) -> Script:
        """What the gate is to do to bring this outcome about."""
        return script_of(self.subject, self.outcomes[outcome])


def predict(text: Text, most: int = 400, strategy: Strategy | None = None, clock: str = IDLE) -> Prediction | None:
    """All outcomes of a program, by DPOR or another exhaustive `strategy`; None beyond `most` executions."""
    runnable = Runnable(text)
    prediction = Prediction(text, Subject(runnable, (), Settings(clock, MOST_STEPS, EARLY_FIRINGS)), runnable)
    for execution in executions(prediction.subject, strategy or DPOR()):
        prediction.executions += 1
        if prediction.executions > most or isinstance(execution.outcome, StepLimitReached):
            return None
        prediction.race = prediction.race or no_data_race(execution) or ""
        script = script_of(prediction.subject, execution.schedule)
        outcome = runnable.outcome(script)
        if outcome not in prediction.outcomes or (outcome in prediction.beyond and not script.beyond):
            prediction.outcomes[outcome] = execution.schedule
            prediction.beyond.pop(outcome, None)
            if script.beyond:
                prediction.beyond[outcome] = script.beyond
    return prediction
