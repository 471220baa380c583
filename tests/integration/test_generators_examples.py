"""The examples in the docstrings of the generators run as they stand, with a handler of the reader's own."""

import inspect
import re
import textwrap
import unittest
from typing import Any

import pytest
from hypothesis import Phase, settings

import harness.generators
from harness import Falsified, prove
from harness.generators import schedules, session_machine
from harness.stream import SAFE_STREAM, StreamPlan, improvise
from tests.scenarios.judging import DESIGNS

HANDLERS = {"sound": DESIGNS["supervised"].handler, "buggy": DESIGNS["wait_group"].handler}


def example_of(documented: object) -> str:
    """The first indented block of a docstring."""
    blocks = re.findall(r"(?m)^(?: {4}.*\n|\n)+", inspect.getdoc(documented) + "\n")  # type: ignore[operator]
    return textwrap.dedent(next(block for block in blocks if block.strip()))


@pytest.fixture(params=HANDLERS)
def scope(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The names that an example may use, and which handler it is about."""
    names: dict[str, Any] = {}
    exec("from harness import *\nfrom harness.generators import *\nfrom harness.stream import *", names)
    exec("from hypothesis import given", names)
    return names | {"my_handler": HANDLERS[request.param], "handler": HANDLERS[request.param], "kind": request.param}


def fails(scope: dict[str, Any], run: Any) -> bool:
    """Does running this find something? Several findings come in a group."""
    try:
        run()
    except (Falsified, ExceptionGroup):
        return True
    return False


@pytest.mark.parametrize("documented", [harness.generators, schedules], ids=["harness.generators", "schedules"])
def test_a_property_test_of_plan_and_schedule(documented: object, scope: dict[str, Any]) -> None:
    exec(example_of(documented), scope)
    assert fails(scope, scope["test_my_handler"]) == (scope["kind"] == "buggy")


def test_a_machine_in_one_line(scope: dict[str, Any]) -> None:
    exec(example_of(session_machine), scope)
    scope["TestMyHandler"].settings = settings(derandomize=True, database=None, phases=[Phase.generate])
    result = unittest.TestResult()
    scope["TestMyHandler"]("runTest").run(result)
    assert bool(result.errors or result.failures) == (scope["kind"] == "buggy")


def test_a_proof_of_all_plans_within_bounds(scope: dict[str, Any]) -> None:
    assert fails(scope, lambda: exec(example_of(improvise), scope)) == (scope["kind"] == "buggy")
    assert prove(improvise(HANDLERS["sound"], StreamPlan(events=2, capacity=1)), oracles=SAFE_STREAM).executions > 1
