"""The verbs: `run`, `check`, `prove`, `outcomes`, `replay`.

Each takes a program (an async function, the main goroutine) with its arguments, runs as many executions as its
claim needs, and answers with a value whose type is that claim, or raises the counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, NoReturn

from harness.canary import with_warnings
from harness.model.answers import Falsified, Inconclusive, Passed, Proof, ReplayDiverged
from harness.model.bounds import bounds, cut_short, limit_reached
from harness.model.errors import BadInput, NondeterministicProgram
from harness.model.execution import FAIR_BOUND, IDLE, Execution
from harness.model.listening import listening
from harness.model.outcome import CutOff, outcome_value
from harness.model.token import decode
from harness.oracles import SAFE
from harness.runtime.execute import Subject
from harness.runtime.watchdog import PATIENCE, guarded
from harness.search.campaign import Oracle, as_found, checked_oracles, executions, objection, unless_unsteady
from harness.search.covering import Covering
from harness.search.dpor.strategy import DPOR
from harness.search.mixed import Mixed
from harness.search.options import checked_settings, whole_number
from harness.search.parallel.blocks import passed, replayed, search, search_in_parallel
from harness.search.parallel.exhaust import Explored, explore_in_parallel
from harness.search.parallel.pool import Pool, checked_jobs
from harness.search.parallel.task import Task
from harness.search.preemption_bounded import PreemptionBounded
from harness.search.programs import check_program, reference_of
from harness.search.random_walk import RandomWalk
from harness.search.recipe import replay_recipe
from harness.search.shrink import smallest
from harness.search.smaller import version_of
from harness.search.strategy import Shrinking, Strategy, checked

Program = Callable[..., Any]
TELL_EVERY = 64
BY_CLASSES = "; of each class of equivalent schedules one was executed"


def run(
    program: Program,
    *args: Any,
    strategy: Strategy | None = None,
    clock: str = IDLE,
    max_steps: int = 10_000,
    early_firings: int = 2,
    fair_bound: int = FAIR_BOUND,
    patience: float = PATIENCE,
) -> Execution:
    """One execution, as `strategy` chooses (default: a random walk with seed 0). Judges nothing."""
    subject = _subject(program, args, clock, max_steps, early_firings, fair_bound)
    with guarded(patience):
        for execution in executions(subject, checked(strategy or RandomWalk(seed=0))):
            return execution
    raise BadInput(f"run needs a strategy with an execution left; {strategy!r} has none")


def check(
    program: Program,
    *args: Any,
    strategy: Strategy | None = None,
    executions: int = 1_000,
    oracles: Sequence[Oracle] = SAFE,
    clock: str = IDLE,
    max_steps: int = 10_000,
    early_firings: int = 2,
    fair_bound: int = FAIR_BOUND,
    patience: float = PATIENCE,
    jobs: int = 1,
    executor: Executor | None = None,
    coverage: bool = False,
    canary: bool = True,
) -> Passed:
    """Try `executions` schedules that `strategy` chooses (default: `Mixed(seed=0)`).

    With several `jobs`, by as many processes at a time, or workers of `executor`. The answer is the same. With
    `coverage`, it also tells in which order conflicting operations were seen, which takes about twice as long. Unless
    `canary` is False, the program is executed twice more, to see whether a warning is due: see `harness.canary`.

    Raises:
        Falsified: an oracle objects to one of them.
        NondeterministicProgram: run again, one did not offer the same choices, or was judged otherwise.
        BadInput: an argument makes no sense.
    """
    __tracebackhide__ = True
    whole_number(executions, "executions", 1)
    strategy = checked(strategy or Mixed(seed=0))
    subject = _subject(program, args, clock, max_steps, early_firings, fair_bound)
    task = Task(subject, checked_oracles(oracles), patience, coverage)
    if checked_jobs(jobs, executor) == 1:
        found = search(task, strategy, executions)
    else:
        with Pool(jobs, executor) as pool:
            found = search_in_parallel(pool, task, strategy, executions)
    if found.violation is not None:
        with guarded(patience):
            unless_unsteady(subject, found.first, task.oracles)
            if isinstance(strategy, Shrinking):
                raise strategy.falsified(Falsified(as_found(subject, *found.violation), found.tried))
            raise Falsified(smallest(subject, *found.violation), found.tried)
    answer = passed(found, strategy, coverage)
    if isinstance(strategy, Shrinking):  # it is asked for many checks of one execution each
        return answer
    if canary:
        answer = with_warnings(answer, subject, answer.classes == 1, patience)
    return listening.tell(reference_of(program), answer)


def prove(
    program: Program,
    *args: Any,
    oracles: Sequence[Oracle] = SAFE,
    clock: str = IDLE,
    max_executions: int | None = None,
    max_preemptions: int | None = None,
    max_steps: int = 10_000,
    early_firings: int = 2,
    fair_bound: int = FAIR_BOUND,
    patience: float = PATIENCE,
    on_progress: Callable[[int, float], None] | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    coverage: bool = False,
    canary: bool = True,
) -> Proof:
    """Explore every schedule: one of each class of schedules that differ in nothing (optimal DPOR).

    With `max_preemptions`, every schedule with at most so many, one by one; the proof then says so. `on_progress` hears
    now and then how many executions there were, and an estimate of how much that is of all, between 0 and 1.

    With several `jobs`, as many processes at a time, or workers of `executor`, share the classes out. The answer is the
    same: when an oracle objects, one process looks for the execution that it would have found first. Only which
    executions are looked at before a limit is reached does depend on the workers.

    With `coverage`, which one process has to find out, the proof also tells in which order conflicting operations come.
    `canary` is as for `check`.

    Raises:
        Falsified: an oracle objects to an execution.
        Inconclusive: `max_executions` were explored and there are more, or an execution reached `max_steps`.
        NondeterministicProgram: run again, one did not offer the same choices, or was judged otherwise.
        BadInput: an argument makes no sense.
    """
    __tracebackhide__ = True
    if max_executions is not None and (type(max_executions) is not int or max_executions < 1):
        raise BadInput(f"max_executions is a whole number of at least 1, or None; found {max_executions!r}")
    alone = "max_preemptions" if max_preemptions is not None else "coverage" if coverage else None
    if checked_jobs(jobs, executor) > 1 and alone:
        raise BadInput(f"with {alone} the search cannot be shared out: use jobs=1; found jobs={jobs}")
    subject = _subject(program, args, clock, max_steps, early_firings, fair_bound)
    task = Task(subject, checked_oracles(oracles), patience, coverage)
    if jobs == 1:
        proof = _proof(task, max_executions, max_preemptions, on_progress)
    else:
        proof = _proof_in_parallel(task, max_executions, on_progress, Pool(jobs, executor))
    if canary:
        proof = with_warnings(proof, subject, proof.executions == 1, patience)
    return listening.tell(reference_of(program), proof)


def _proof_in_parallel(
    task: Task,
    max_executions: int | None,
    on_progress: Callable[[int, float], None] | None,
    workers: Pool,
) -> Proof:
    """What `prove` answers, by a search in several processes."""
    __tracebackhide__ = True
    settings = task.subject.settings
    with workers as pool:
        found = explore_in_parallel(pool, task, outcome_value, max_executions, on_progress)
    if found.violation is not None or found.error is not None:
        _refute(task, found, max_executions)
    if not found.complete:
        raise Inconclusive(limit_reached(max_executions), found.executions)
    if found.cut_off:
        raise Inconclusive(cut_short(found.cut_off, settings.max_steps), found.executions)
    return Proof(found.executions, found.blocked, frozenset(found.outcomes), bounds(settings) + BY_CLASSES)


def _proof(
    task: Task,
    max_executions: int | None,
    max_preemptions: int | None,
    on_progress: Callable[[int, float], None] | None,
) -> Proof:
    """What `prove` answers, by a search in this process."""
    __tracebackhide__ = True
    subject = task.subject
    found: set[Any] = set()
    covering = Covering() if task.cover else None
    explored = cut_off = 0
    strategy = DPOR() if max_preemptions is None else PreemptionBounded(max_preemptions)
    with guarded(task.patience):
        for execution in _judged(subject, strategy, task.oracles):
            if explored == max_executions:
                raise Inconclusive(limit_reached(max_executions), explored)
            explored += 1
            cut_off += isinstance(execution.outcome, CutOff)
            found.add(outcome_value(execution.outcome))
            if covering is not None:
                covering.look_at(subject, execution)
            if on_progress is not None and explored % TELL_EVERY == 0:
                on_progress(explored, strategy.seen())
    if cut_off:
        raise Inconclusive(cut_short(cut_off, subject.settings.max_steps), explored)
    within, covered = bounds(subject.settings), covering.coverage() if covering is not None else None
    if isinstance(strategy, PreemptionBounded):
        beyond = "" if strategy.bounded else ", and there are no others"
        within += f"; at most {max_preemptions} preemption{'s' * (max_preemptions != 1)}{beyond}"
        return Proof(explored, 0, frozenset(found), within, coverage=covered)
    return Proof(strategy.executions, strategy.blocked, frozenset(found), within + BY_CLASSES, coverage=covered)


def _refute(task: Task, found: Explored, max_executions: int | None) -> NoReturn:
    """Raise what a search in this process raises first; if that is nothing, what the workers have found."""
    __tracebackhide__ = True
    try:
        _proof(task, max_executions, None, None)
    except Inconclusive:
        pass
    if found.violation is None:
        assert found.error is not None
        raise found.error
    with guarded(task.patience):
        execution = replayed(task.subject, found.violation)
        verdict = objection(execution, task.oracles)
        if verdict is None:
            raise NondeterministicProgram("a violation that another process has found does not show in this one")
        raise Falsified(smallest(task.subject, execution, verdict[0]), found.executions)


def outcomes(
    program: Program,
    *args: Any,
    clock: str = IDLE,
    max_steps: int = 10_000,
    early_firings: int = 2,
    fair_bound: int = FAIR_BOUND,
    patience: float = PATIENCE,
) -> set[Any]:
    """The exact set of values that main can return; panics, deadlocks and the step limit stand for themselves."""
    subject = _subject(program, args, clock, max_steps, early_firings, fair_bound)
    with guarded(patience):
        return {outcome_value(execution.outcome) for execution in executions(subject, DPOR())}


def replay(
    program: Program, *args: Any, token: str, oracles: Sequence[Oracle] = SAFE, patience: float = PATIENCE
) -> Execution:
    """The execution that `token` stands for: of `program`, or of a smaller version that it offers.

    Where the program is as it was, that is the same execution; `Execution.replayed` is then "exactly". Where it has
    been edited since, it is the execution with the same order of the same operations, wherever that still applies
    ("guided"; not for tokens of the form `h1.`).

    Raises:
        Falsified: an oracle objects to it.
        ReplayDiverged: none does, but part of the order does not apply; or it is another program.
        BadInput: the token is damaged.
    """
    __tracebackhide__ = True
    recipe = decode(token)
    version = version_of(program, recipe.reference)
    if version is None:
        raise ReplayDiverged(f"it was made for {recipe.reference}, and this program is {reference_of(program)}", 0)
    return replay_recipe(version, args, recipe, oracles, patience)


def _subject(
    program: Program, args: tuple[Any, ...], clock: str, max_steps: int, early_firings: int, fair_bound: int
) -> Subject:
    settings = checked_settings(clock, max_steps, early_firings, fair_bound)
    check_program(program, reference_of(program), args)
    return Subject(program, args, settings)


def _judged(subject: Subject, strategy: Strategy, oracles: Sequence[Oracle]) -> Iterator[Execution]:
    """The executions, as long as no oracle objects; raises the smallest counterexample when one does."""
    __tracebackhide__ = True
    first = None
    for tried, execution in enumerate(executions(subject, strategy), start=1):
        verdict = objection(execution, oracles)
        if verdict is None:
            first = first or execution
        else:
            unless_unsteady(subject, first, oracles)
            raise Falsified(smallest(subject, execution, verdict[0]), tried)
        yield execution
