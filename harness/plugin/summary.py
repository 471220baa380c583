"""What a run has come to, added up from the reports: also of other processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.report.text import count, printable

ORDER = ("proved", "passed", "replayed", "falsified", "inconclusive", "")
MEANING = {
    "proved": "no schedule within the stated bounds violates an oracle, or an assertion of the test",
    "passed": "none of the schedules tried does; evidence, not proof",
    "replayed": "the one execution of the token does not any more",
}
UNNAMED = "not explored"

Told = Mapping[str, Any]


def word(told: Told) -> str:
    """What stands behind PASSED with `-v`."""
    much = count(told["executions"], "execution")
    cut_off = f", {told['cut_off']:,} cut off" if told["cut_off"] else ""
    how = f" by {told['strategy']}" if told["strategy"] and not told["proves"] else ""
    seeding = f", {told['seeding']}" if told["seeding"] else ""
    replayed = f" {told['replayed']}" if told["replayed"] else ""
    return f"{told['verdict'] or UNNAMED}{replayed}: {much}{cut_off}{how}{seeding}"


def records(stats: Mapping[str, Sequence[Any]]) -> list[tuple[Told, float]]:
    """What every explored test came to, and how many seconds it took, by the test's name."""
    reports = [report for several in stats.values() for report in several]
    found = [(each.harness, each.duration) for each in reports if getattr(each, "harness", None) is not None]
    return sorted(found, key=lambda pair: str(pair[0]["test"]))


def statistics(found: Sequence[tuple[Told, float]]) -> Iterator[str]:
    """Test by test, and the sum."""
    for told, _ in found:
        yield f"{printable(told['test'])}  {word(told)}"
        yield from (f"    {printable(line)}" for line in told["green"].splitlines())
    verdicts = Counter(told["verdict"] for told, _ in found)
    seconds = sum(duration for _, duration in found)
    executions = sum(told["executions"] for told, _ in found)
    rate = f" ({executions / seconds:,.0f}/s)" if seconds > 0 else ""
    listed = ", ".join(f"{verdicts[name]} {name or UNNAMED}" for name in ORDER if verdicts[name])
    yield f"{count(len(found), 'item')}: {listed}; {count(executions, 'execution')} in {seconds:.2f} s{rate}"
    yield _classes([told for told, _ in found])
    for name in ORDER:
        if verdicts[name] and name in MEANING:
            yield f"{name}: {MEANING[name]}"


def _classes(found: Sequence[Told]) -> str:
    """How many distinct ones of each test were seen: in whichever of its items, a class counts once."""
    seen: dict[str, set[int]] = {}
    number: dict[str, int] = {}
    for told in found:
        if told["classes"] is not None:
            seen.setdefault(told["whole"], set()).update(told["digests"])
            number[told["whole"]] = max(number.get(told["whole"], 0), told["classes"])
    classes = sum(max(number[test], len(seen[test])) for test in number)
    uncounted = len({told["whole"] for told in found}.difference(number))
    left_out = f" ({count(uncounted, 'test')} not counted)" if uncounted else ""
    return f"distinct classes seen, test by test: {classes:,}{left_out}"


def notes(found: Sequence[tuple[Told, float]], show_warnings: bool) -> Iterator[str]:
    """What should not be overlooked, whether anybody asked or not."""
    repeated = sum(1 for told, _ in found if told["repeat"] and not told["seeding"])
    if repeated:
        yield (
            f"{count(repeated, 'repeat')} had nothing new to explore: a proof looks at every schedule the first time, "
            f"and a strategy without a seed chooses the same ones again"
        )
    said = set()
    for told, _ in found if show_warnings else ():
        for line in told["warnings"]:
            if (told["whole"], line) not in said:  # repeats and shares need not say the same again
                said.add((told["whole"], line))
                yield f"{printable(told['test'])}: {printable(line)}"
