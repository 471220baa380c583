"""What the verbs answer. Different claims have different types, so that "stopped looking" cannot read as "correct"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.model.coverage import Coverage
from harness.model.errors import HarnessError
from harness.model.execution import Execution, Settings
from harness.model.order import Decisions, Order


@dataclass(frozen=True, slots=True)
class Passed:
    """No counterexample in `executions` tries. Evidence, not proof.

    Attributes:
        executions: how many were tried.
        strategy: who chose them.
        classes: how many classes of equivalent executions were among the `counted` ones.
        unseen: an estimate of the chance that another execution would be of a class not seen: classes seen exactly
            once / executions counted (Good: The Population Frequencies of Species and the Estimation of Population
            Parameters, Biometrika 40, 1953). None where the strategy does not draw, but enumerates; and where fewer
            than ten executions were counted, and more tried.
        risk: with 95 % confidence, the chance that an execution by this strategy violates an oracle is at most this:
            1 - 0.05 ** (1 / executions), which is about 3 / executions. None where the strategy enumerates.
        warnings: what makes this worth less than it seems, in sentences.
        counted: of how many executions, the first of each thousand, the class was determined.
        coverage: in which order conflicting operations were seen, if that was asked for.
        cut_off: how many did not come to an end, and were judged as far as they went: at the step limit, or where
            nothing but polling went on. If that is all of them, nothing is known of how the program ends.
        digests: the classes themselves, as numbers that are the same in every process.
    """

    executions: int
    strategy: str
    classes: int = 0
    unseen: float | None = None
    risk: float | None = None
    warnings: tuple[str, ...] = ()
    counted: int = 0
    coverage: Coverage | None = None
    cut_off: int = 0
    digests: frozenset[int] = field(default=frozenset(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Every schedule within the stated bounds satisfied every oracle.

    Attributes:
        executions: how many executions were explored.
        blocked: how many explored executions the search had to abandon as redundant (0 for a naive search).
        outcomes: every outcome that main can have.
        bounds: within what this holds, in words.
        warnings: what makes this worth less than it seems, in sentences.
        coverage: in which order conflicting operations were seen, if that was asked for.
    """

    executions: int
    blocked: int
    outcomes: frozenset[Any]
    bounds: str
    warnings: tuple[str, ...] = ()
    coverage: Coverage | None = None


FEWEST_SWITCHES = "fewest switches"
ONE_MINIMAL = "1-minimal"
STOPPED_EARLY = "stopped early"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One execution that an oracle objects to.

    Attributes:
        execution: the smallest failing execution found.
        oracle: the name of the oracle.
        message: its sentence.
        token: enough to run this execution again, anywhere.
        switches: how many context switches it has: steps in which nobody takes part who took part in the one before.
        preemptions: how many of these were away from a goroutine that could have gone on.
        minimal: what is known of smaller ones. "fewest switches": no schedule of the program fails so with fewer
            context switches. "1-minimal": it does not fail so with any one of them removed. "stopped early": not all
            that is smaller was looked into. Empty: it was not made smaller, but replayed.
        plan: which version of the program it is an execution of, if the program offers smaller ones; except where
            `minimal` is "stopped early", none that is smaller in one respect fails so.
    """

    execution: Execution
    oracle: str
    message: str
    token: str
    switches: int = 0
    preemptions: int = 0
    minimal: str = ""
    plan: str = ""

    @property
    def schedule(self) -> tuple[int, ...]:
        """The choices, step by step."""
        return self.execution.schedule


def risk(executions: int) -> float:
    """What `executions` without a finding say about the next one, at 95 % confidence.

    If the chance of a finding per execution were larger than this, so many clean ones in a row would have had a chance
    below 5 %: 1 - 0.05 ** (1 / n), the exact one-sided bound for no success in n independent trials (Clopper, Pearson,
    Biometrika 1934). Without executions it is 1.
    """
    return float(1 - 0.05 ** (1 / executions)) if executions else 1.0


class Falsified(AssertionError):
    """An oracle objects to an execution; `counterexample` has the evidence, `executions` how many were tried."""

    def __init__(self, counterexample: Counterexample, executions: int) -> None:
        self.counterexample = counterexample
        self.executions = executions
        super().__init__(counterexample, executions)

    def __str__(self) -> str:
        found = self.counterexample
        under = f" under the plan {found.plan}" if found.plan else ""
        size = f"{found.execution.steps} steps{under}"
        replayed = found.execution.replayed
        how = f"replayed {replayed}" if replayed else f"found at execution {self.executions}"
        if found.execution.missed:
            how += f" (turns of its order that do not apply: {len(found.execution.missed)})"
        return f"{found.oracle}: {found.message}\n{how}, {size}; replay with token {found.token}"


class Inconclusive(HarnessError):
    """The budget ran out before every schedule was seen: nothing is proved."""

    def __init__(self, reason: str, executions: int) -> None:
        self.reason = reason
        self.executions = executions
        super().__init__(reason, executions)

    def __str__(self) -> str:
        count = "1 execution" if self.executions == 1 else f"{self.executions} executions"
        return f"nothing is proved after {count}: {self.reason}"


class ReplayDiverged(HarnessError):
    """The program no longer goes the way that the token tells, and no oracle objects to where it goes instead.

    That is no evidence that a bug is gone: the execution that showed it is not possible in this form any more.

    Attributes:
        reason: what was to happen, and what there was instead.
        step: at which step that showed.
        others: how many more parts of the order did not apply.
    """

    def __init__(self, reason: str, step: int, others: int = 0) -> None:
        self.reason = reason
        self.step = step
        self.others = others
        super().__init__(reason, step, others)

    def __str__(self) -> str:
        more = f" (turns that do not apply: {1 + self.others})" if self.others else ""
        return f"the token does not fit this program any more: {self.reason}{more}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a token holds: which program, under which settings, in which order.

    Attributes:
        reference: the program's name, `module:name` or a form that its kit can resolve.
        settings: clock and limits.
        order: of the execution; of a very long one, or from an old token, all decisions.
    """

    reference: str
    settings: Settings
    order: Order | Decisions = field(default_factory=Order)
