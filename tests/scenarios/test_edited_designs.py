"""The counterexamples of the report still show what they showed when an operation is put into the design's source."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model.execution import Execution
from harness.model.token import decode
from harness.search.programs import resolve
from harness.search.recipe import execution_of
from harness.stream import Design, StreamPlan, judged, serve
from tests.scenarios.judging import DESIGNS
from tests.teeth.mutant import mutant, mutated

VERDICTS = Path(__file__).parents[2] / "reports" / "VERDICTS.md"
TOKENS = tuple(dict.fromkeys(re.findall(r"harness replay ([\w.-]+)", VERDICTS.read_text("utf-8"))))
STEP = ("from harness import ", "from harness import gosched, ")
PLACES = {
    "before the executor starts": "    go(run_crew)\n",
    "before the first write": "    await client.write(START)\n",
}


def counterexamples() -> Iterator[tuple[str, str, StreamPlan]]:
    """Token, design and plan of every counterexample of a design."""
    for token in TOKENS:
        form, handler, plan = decode(token).reference.split(" ", 2)
        name = handler.partition(":")[2]
        if form == "stream" and name in DESIGNS:
            yield token, name, StreamPlan.parse(plan)


def violated(design: Design, execution: Execution) -> set[str]:
    return {name for name, oracle in judged(design.handler).items() if oracle(execution) is not None}


@pytest.mark.parametrize("place", PLACES)
def test_an_operation_more_changes_no_finding(place: str) -> None:
    how: list[str] = []
    for token, name, plan in counterexamples():
        if name == "supervised" and place == "before the first write":  # which is part of a condition there
            continue
        recipe, line = decode(token), PLACES[place]
        design = mutated(mutant(name, place, line, f"    await gosched()\n{line}", *STEP))
        execution = execution_of(serve(design.handler, plan), (), recipe)
        before = execution_of(resolve(recipe.reference), (), recipe)
        assert violated(design, execution) == violated(design, before) != set()
        assert execution.missed == ()
        how.append(execution.replayed)
    assert len(how) > 20 and "guided" in how  # exactly, where the execution does not come to that place


def test_a_token_is_no_longer_than_what_one_likes_to_paste() -> None:
    assert len(TOKENS) > 20
    assert max(map(len, TOKENS)) <= 200
    assert {token[: token.index(".")] for token in TOKENS} == {"h2"}
