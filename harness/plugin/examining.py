"""Exploring one item, or replaying one of its executions; and the record of it, which goes with pytest's report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harness.model.answers import Falsified, Inconclusive, Passed, Proof
from harness.model.bounds import cut_off_at
from harness.model.conclusion import conclusion
from harness.model.errors import NondeterministicProgram
from harness.model.order import GUIDED
from harness.model.token import decode
from harness.plugin import captured, files, options
from harness.plugin.asking import Left, Tally, ask, no_exception, settings_of
from harness.plugin.explaining import searched
from harness.plugin.finding import Finding, finding, text_form
from harness.plugin.question import Question, question
from harness.report import answers
from harness.report.text import count
from harness.search.dpor.strategy import DPOR
from harness.search.recipe import replay_recipe

PASSED, PROVED, FALSIFIED, INCONCLUSIVE, REPLAYED = "passed", "proved", "falsified", "inconclusive", "replayed"


@dataclass(slots=True)
class Record:
    """What the summary adds up, as plain data: it is sent between processes.

    Attributes:
        verdict: one of the five above; empty if the test could not be explored.
        whole: what names the test, whichever share or repeat of it this is.
        cut_off: how many executions did not come to an end.
        classes: how many distinct ones were seen, if that is known; `digests` are these, where they were looked at.
        seeding: where the seed of a repeat comes from.
        green: what the answer means.
        replayed: "exactly", or "guided" and what follows from that; see `harness.model.conclusion`.
    """

    test: str
    verdict: str = ""
    executions: int = 0
    whole: str = ""
    cut_off: int = 0
    classes: int | None = None
    digests: list[int] = field(default_factory=list)
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


def examine(item: Any, program: Any, repeat: int | None, share: int) -> None:
    """Explore, or replay; leaves `item.record`.

    Raises:
        BaseException: see `Explored.runtest`.
    """
    item.record = Record(item.nodeid, whole=item.whole)
    asked, falsified = None, None
    try:
        if options.replaying(item.config):
            _replay(item, program)
        else:
            asked = question(item.config, item.exploration, repeat, share)
            _explore(item.record, program, asked, bool(item.config.getini("harness_warnings")))
    except Falsified as error:
        falsified = error
    except NondeterministicProgram as error:
        error.hint = item.fixtures.hint()
        raise
    except Left as left:
        raise left.error from None
    if falsified is not None:  # raised here, the test's own exception keeps its cause and context
        raise _found(item, program, falsified, asked).error


def _found(item: Any, program: Any, falsified: Falsified, asked: Question | None) -> Finding:
    item.record.verdict, item.record.executions = FALSIFIED, falsified.executions
    folder = options.in_force(item.config, "report")
    # Explained first: what `finding` leaves standing, for --pdb, has the fixtures of its own execution.
    oracles = (no_exception, *(asked.oracles if asked else ()))
    explanation = searched(falsified.counterexample, program, oracles) if folder else None
    item.finding = found = finding(item, program, falsified, asked)
    traceback = found.error.__traceback__
    item.captured_alone = captured.alone(item, program, found.counterexample.execution)
    found.error.__traceback__ = traceback  # which that execution may have raised once more
    if explanation is not None:
        item.written = files.write(folder, found.nodeid, replace(explanation, command=found.command), text_form(found))
    return found


def _explore(record: Record, program: Any, asked: Question, warn: bool) -> None:
    record.strategy, record.seeding = repr(asked.strategy), asked.seeding
    record.repeat, record.proves = asked.repeat or 0, asked.proves
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
    if isinstance(answer, Passed) and answer.cut_off:
        record.cut_off = answer.cut_off
        record.warnings.append(_cut_off(answer, settings_of(asked).max_steps))
    if tally.digests:
        record.digests, record.classes = sorted(tally.digests), len(tally.digests)
    elif isinstance(asked.strategy, DPOR):
        record.classes = answer.executions


def _cut_off(answer: Passed, max_steps: int) -> str:
    """What it means that some executions did not come to an end."""
    return (
        f"{answer.cut_off:,} of {count(answer.executions, 'execution')} were {cut_off_at(max_steps)}, "
        f"and judged as far as they went: what would have come after that, nobody has seen"
    )


def _hint(error: Inconclusive, asked: Question) -> str:
    """What to try."""
    if asked.proves and error.executions >= asked.executions:
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
