"""Exploring one item, or replaying one of its executions; and the record of it, which goes with pytest's report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harness.model.answers import Falsified, Inconclusive, Passed, Proof
from harness.model.conclusion import conclusion
from harness.model.order import GUIDED
from harness.model.token import decode
from harness.plugin import files, options
from harness.plugin.asking import Tally, ask, no_exception
from harness.plugin.explaining import searched
from harness.plugin.finding import Finding, finding, text_form
from harness.plugin.question import Question, question
from harness.report import answers
from harness.search.dpor.strategy import DPOR
from harness.search.recipe import replay_recipe

PASSED, PROVED, FALSIFIED, INCONCLUSIVE, REPLAYED = "passed", "proved", "falsified", "inconclusive", "replayed"


@dataclass(slots=True)
class Record:
    """What the summary adds up, as plain data: it is sent between processes.

    Attributes:
        verdict: one of the five above; empty if the test could not be explored.
        classes: how many distinct ones, if that is known.
        seeding: where the seed of a repeat comes from.
        green: what the answer means.
        replayed: "exactly", or "guided" and what follows from that; see `harness.model.conclusion`.
    """

    test: str
    verdict: str = ""
    executions: int = 0
    classes: int | None = None
    strategy: str = ""
    seeding: str = ""
    repeat: int = 0
    proves: bool = False
    green: str = ""
    replayed: str = ""
    warnings: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As a dictionary."""
        return asdict(self)


def examine(item: Any, program: Any, repeat: int, share: int) -> None:
    """Explore, or replay; leaves `item.record`.

    Raises:
        BaseException: see `Explored.runtest`.
    """
    item.record = Record(item.nodeid)
    asked, falsified = None, None
    try:
        if options.replaying(item.config):
            _replay(item, program)
        else:
            asked = question(item.config, item.exploration, repeat, share)
            _explore(item.record, program, asked, bool(item.config.getini("harness_warnings")))
    except Falsified as error:
        falsified = error
    if falsified is not None:  # raised here, the test's own exception keeps its cause and context
        raise _found(item, program, falsified, asked).error


def _found(item: Any, program: Any, falsified: Falsified, asked: Question | None) -> Finding:
    item.record.verdict, item.record.executions = FALSIFIED, falsified.executions
    folder = options.in_force(item.config, "report")
    # Explained first: what `finding` leaves standing, for --pdb, has the fixtures of its own execution.
    oracles = (no_exception, *(asked.oracles if asked else ()))
    explanation = searched(falsified.counterexample, program, oracles) if folder else None
    item.finding = found = finding(item, program, falsified, asked)
    if explanation is not None:
        item.written = files.write(folder, found.nodeid, replace(explanation, command=found.command), text_form(found))
    return found


def _explore(record: Record, program: Any, asked: Question, warn: bool) -> None:
    record.strategy, record.seeding = repr(asked.strategy), asked.seeding
    record.repeat, record.proves = asked.repeat, asked.proves
    tally = Tally()
    try:
        answer = ask(program, asked, tally, warn)
    except Inconclusive as error:
        record.verdict, tally.executions = INCONCLUSIVE, error.executions
        raise Inconclusive(f"{error.reason}; {_hint(error, asked)}", error.executions) from None
    finally:
        record.executions = tally.executions
    record.executions = answer.executions
    record.verdict = PROVED if isinstance(answer, Proof) else PASSED
    record.green, record.warnings = answers.green(answer), list(answer.warnings)
    if isinstance(answer, Passed) and answer.counted:
        record.classes = answer.classes
    elif isinstance(asked.strategy, DPOR):
        record.classes = answer.executions


def _hint(error: Inconclusive, asked: Question) -> str:
    """What to try."""
    if error.executions >= asked.executions:
        return "allow more with explore(max_executions=...), or try some of them with explore(strategy='mixed')"
    return "allow more with explore(max_steps=...), or let the test come to an end under every schedule"


def _replay(item: Any, program: Any) -> None:
    """The one execution that the token stands for."""
    recipe = decode(item.config.getoption("harness_replay"))
    mark = item.exploration
    tally = Tally()
    asked = question(item.config, mark)
    execution = replay_recipe(program, (), recipe, (tally, no_exception, *asked.oracles))
    item.record.verdict, item.record.executions = REPLAYED, 1
    guided = execution.replayed == GUIDED
    item.record.replayed = f"{GUIDED}, {conclusion(execution, False)}" if guided else execution.replayed
