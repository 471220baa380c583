"""`harness conform`: generated programs, compared with real Go."""

from __future__ import annotations

import sys
from argparse import Namespace

from harness.cli import exits
from harness.cli.output import say, write
from harness.cli.signals import ending_in_order
from harness.golang.conformance import Comparison, Difference, Effort, Judge, judging
from harness.golang.generate import program
from harness.golang.predict import Prediction, predict
from harness.golang.toolchain import Toolchain, find_go
from harness.report.text import count, printable

BATCH = 200
SHOWN = 1_500  # characters of a report of Go's race detector


def run(arguments: Namespace) -> int:
    """Compare, or show the text of one program."""
    if arguments.show is not None:
        text = program(arguments.show)
        say(text.python, text.go)
        return exits.AS_EXPECTED
    go, comparison, passed_over = find_go(), Comparison(), 0
    seeds = range(arguments.seed, arguments.seed + arguments.programs)
    for start in range(0, len(seeds), BATCH):
        predictions = [predict(program(seed)) for seed in seeds[start : start + BATCH]]
        small = [prediction for prediction in predictions if prediction is not None]
        passed_over += len(predictions) - len(small)
        compare(go, small, comparison, Effort(free=arguments.runs))
    say(told(comparison, go, passed_over), *map(difference, comparison.differences))
    return exits.AS_EXPECTED if comparison.agrees else exits.DIFFERS


def compare(go: Toolchain, predictions: list[Prediction], comparison: Comparison, effort: Effort) -> None:
    """One batch, with a line on stderr for every twenty programs."""
    write(f"building {count(len(predictions), 'program')} with {go.version}\n", sys.stderr)
    judge: Judge
    with ending_in_order(), judging(go, [prediction.text for prediction in predictions], effort) as judge:
        for number, prediction in enumerate(predictions, 1):
            judge.compare(prediction, comparison)
            if number % 20 == 0 or number == len(predictions):
                found = sum(not each.why for each in comparison.differences)
                write(f"[{number:>3}/{len(predictions)}] {count(found, 'difference')} so far\n", sys.stderr)


def told(comparison: Comparison, go: Toolchain, passed_over: int) -> str:
    """The figures, a line each."""
    outside, missed, unconfirmed = (
        sum(each.kind == kind for each in comparison.differences) for kind in ("outside", "missed race", "unconfirmed")
    )
    share = 100 * comparison.confirmed / max(1, comparison.predicted)
    clock = f", {comparison.idle_only} more under the adversarial clock" if comparison.idle_only else ""
    about = ", ".join(f"{name} {number}" for name, number in sorted(comparison.primitives.items()))
    return "\n".join(
        [
            f"{count(comparison.programs, 'program')} on {go.version}, {passed_over} too large and passed over{clock}",
            f"{count(comparison.runs, 'free run')}: {outside} outcomes that are not predicted",
            f"{comparison.seen} of the {comparison.predicted} predicted outcomes came about by themselves",
            f"{comparison.confirmed} were confirmed by force ({share:.1f} %), {unconfirmed} were not",
            f"data races in {count(comparison.racy, 'program')}; Go reports one in {comparison.racy_in_go}, "
            f"and {missed} of these were missed",
            f"programs about each primitive: {about}",
        ]
    )


def difference(found: Difference) -> str:
    """One difference, and how to see the program."""
    why = f"\n  expected: {found.why}" if found.why else ""
    text = "\n  ".join(printable(line) for line in found.detail[:SHOWN].splitlines())
    seed = found.program.removeprefix("p")
    return f"{found.kind}: {text}{why}\n  see the program with: harness conform --show {seed}"
