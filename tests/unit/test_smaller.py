"""A program that offers smaller versions of itself is shrunk before its schedule is, whatever it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from harness import Channel, Falsified, Panic, ReplayDiverged, Shared, check, go, prove, replay
from harness.errors import NondeterministicProgram
from harness.model.answers import FEWEST_SWITCHES, STOPPED_EARLY, Counterexample
from harness.oracles import no_panic, returns
from harness.report.answers import falsified
from harness.search import smaller as smaller_module


@dataclass(frozen=True)
class Counters:
    """So many goroutines add one, each so many times, without a lock. `plan` tells versions apart."""

    goroutines: int
    times: int
    refuses: bool = False

    @property
    def plan(self) -> str:
        """In words."""
        return f"{self.goroutines} x {self.times}"

    @property
    def reference(self) -> str:
        """For tokens."""
        return f"counters {self.plan}"

    def smaller(self) -> Iterator["Counters"]:
        """One goroutine, or one time, less."""
        if self.goroutines > 1:
            yield replace(self, goroutines=self.goroutines - 1)
        if self.times > 1:
            yield replace(self, times=self.times - 1)

    async def __call__(self) -> int:
        """How many were lost."""
        if self.refuses and self.goroutines < 3:
            raise NondeterministicProgram("a version that does not work")
        x, done = Shared(0), Channel(self.goroutines)

        async def add() -> None:
            for _ in range(self.times):
                await x.store(await x.load() + 1)
            await done.send(None)

        for _ in range(self.goroutines):
            go(add)
        for _ in range(self.goroutines):
            await done.recv()
        return self.goroutines * self.times - await x.load()


def refuted(program: Any, verb: Any = check, **options: Any) -> Counterexample:
    with pytest.raises(Falsified) as caught:
        verb(program, oracles=[returns(0)], **options)
    found: Counterexample = caught.value.counterexample
    return found


def test_the_smallest_version_that_fails_is_found() -> None:
    found = refuted(Counters(3, 2))
    assert (found.plan, found.minimal) == ("2 x 1", FEWEST_SWITCHES)
    assert (found.switches, found.preemptions) == (3, 1)
    assert found == replace(refuted(Counters(2, 1)), execution=found.execution)


def test_its_token_is_replayed_by_the_program_that_was_checked() -> None:
    found = refuted(Counters(3, 2))
    for program in (Counters(3, 2), Counters(2, 1), Counters(2, 3)):
        with pytest.raises(Falsified) as again:
            replay(program, token=found.token, oracles=[returns(0)])
        assert again.value.counterexample.execution.trace == found.execution.trace
    with pytest.raises(ReplayDiverged, match="made for counters 2 x 1, and this program is counters 1 x 5"):
        replay(Counters(1, 5), token=found.token)


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_number_of_jobs_does_not_matter(jobs: int) -> None:
    for verb in (check, prove):
        one, several = refuted(Counters(2, 2), verb), refuted(Counters(2, 2), verb, jobs=jobs)
        assert (one.token, one.plan, one.minimal) == (several.token, several.plan, several.minimal)


def test_every_verb_comes_to_the_same_counterexample() -> None:
    assert refuted(Counters(2, 2), check).token == refuted(Counters(2, 2), prove).token


def test_a_version_that_does_not_work_is_passed_over_and_the_answer_says_that_it_may_not_be_the_smallest() -> None:
    found = refuted(Counters(3, 2, refuses=True))
    assert (found.plan, found.minimal) == ("3 x 1", STOPPED_EARLY)


def test_versions_that_would_take_too_long_are_left_out_and_the_answer_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(smaller_module, "STEPS_EACH", 1)
    found = refuted(Counters(3, 1))
    assert found.minimal == STOPPED_EARLY and found.plan == "3 x 1"


@dataclass(frozen=True)
class Vase:
    """Breaks in another way if it is smaller."""

    size: int

    reference = "vase"

    @property
    def plan(self) -> int:
        """Any object with a text."""
        return self.size

    def smaller(self) -> list["Vase"]:
        """The next size."""
        return [Vase(self.size - 1)] if self.size else []

    async def __call__(self) -> None:
        """Breaks."""
        raise Panic("cracked" if self.size > 2 else "burst")


def test_a_version_that_fails_for_another_cause_does_not_count() -> None:
    with pytest.raises(Falsified) as caught:
        check(Vase(7), oracles=[no_panic])
    assert caught.value.counterexample.plan == "3" and "cracked" in caught.value.counterexample.message


def test_a_program_without_versions_has_no_plan() -> None:
    async def program() -> int:
        return 1

    found = refuted(program)
    assert (found.plan, found.minimal, found.switches) == ("", FEWEST_SWITCHES, 0)
    assert "shrunk to 0 steps and 0 context switches (the fewest there can be); see it again" in falsified(found, 1)


def test_the_report_says_how_small_it_is_and_under_which_plan() -> None:
    found = refuted(Counters(2, 1))
    told = falsified(found, 5)
    assert "found at execution 5, shrunk to 9 steps and 3 context switches (the fewest there can be)" in told
    assert "\nunder the plan 2 x 1; see it again with" in told
    assert "9 steps under the plan 2 x 1; replay with token h2." in str(Falsified(found, 5))
    stopped = falsified(replace(found, minimal=STOPPED_EARLY), 5)
    assert "3 context switches (there may be a way with fewer: the search for it was stopped)" in stopped
