"""Random programs, searched by DPOR, by the class oracle and naively: `python -m tests.meta.fuzz_classes --help`.

Prints how many programs and classes were compared, and every mismatch with what it takes to see it again:
`--only INDEX` looks at that one program, and prints its text. Exits with 1 if there was a mismatch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from harness.model.execution import Settings
from tests.meta.class_oracle import TooMany
from tests.meta.class_twin import MAX_STEPS, Agreement, agreement
from tests.meta.random_programs import THEMES, program, text_of

KINDS: list[str | None] = [*THEMES, None]
CLOCKS = (
    Settings(max_steps=MAX_STEPS),
    Settings("adversarial", early_firings=1, max_steps=MAX_STEPS),
    Settings(max_steps=MAX_STEPS),
    Settings("adversarial", early_firings=2, max_steps=MAX_STEPS),
)
WITH_TIME = ("time", "context", None)


@dataclass(frozen=True)
class Case:
    """A random program under a clock, by its number."""

    index: int

    @property
    def theme(self) -> str | None:
        """Every theme in turn, and then everything."""
        return KINDS[self.index % len(KINDS)]

    @property
    def settings(self) -> Settings:
        """The clocks in turn; the idle one where there is no time."""
        return CLOCKS[self.index // len(KINDS) % len(CLOCKS)] if self.theme in WITH_TIME else CLOCKS[0]

    @property
    def statements(self) -> int:
        """How many statements each goroutine has at most: 2, and for every fifth program 3."""
        return 2 + (self.index % 5 == 0)

    def compare(self, most: int) -> Agreement:
        """See whether the searches agree; raises `TooMany` where the program is too large."""
        return agreement(program(self.index, self.theme, statements=self.statements), self.settings, most)

    def __str__(self) -> str:
        settings = self.settings
        clock = settings.clock if settings.early is None else f"{settings.clock}, {settings.early_firings} early"
        return f"--only {self.index} ({self.theme or 'everything'}, {clock})"


def compared(cases: Iterator[Case], most: int) -> Iterator[tuple[Case, Agreement]]:
    """Those of the cases that are small enough; a crash of a search is a difference, too."""
    for case in cases:
        try:
            found = case.compare(most)
        except TooMany:
            continue
        except Exception as error:
            found = Agreement(0, False, [f"a search failed: {error!r}"])
        yield case, found


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """The command: the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.meta.fuzz_classes", description=__doc__)
    parser.add_argument("--programs", type=int, default=2_000, help="how many programs to try (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first program (default: 0)")
    parser.add_argument("--most", type=int, default=3_000, help="largest number of classes (default: 3000)")
    parser.add_argument("--only", type=int, metavar="INDEX", help="look at this program alone")
    given = parser.parse_args(arguments)
    numbers = range(given.seed, given.seed + given.programs)
    if given.only is not None:
        numbers = range(given.only, given.only + 1)
        case = Case(given.only)
        say(str(text_of(case.index, case.theme, statements=case.statements)))
    programs = classes = naive = mismatches = 0
    for case, found in compared(map(Case, numbers), given.most):
        programs += 1
        classes += found.classes
        naive += found.naive
        if found.differences:
            mismatches += 1
            say(f"MISMATCH {case}: {'; '.join(found.differences)}")
    say(f"{programs} programs ({len(numbers) - programs} too large), {naive} of them also searched naively")
    say(f"{classes} classes, {mismatches} mismatches")
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
