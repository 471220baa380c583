"""Senseless arguments of the verbs and primitives: refused at once, in one sentence that names the argument."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from harness import Atomic, Channel, Mutex, Shared, Timer, after, check, go, outcomes, prove, replay, run, select
from harness.errors import BadInput, OutsideProgram
from harness.model.answers import Recipe
from harness.model.execution import Settings
from harness.model.token import encode
from harness.oracles import no_panic


async def program() -> str:
    return "ran"


async def with_argument(number: int) -> int:
    return number


def plain() -> None: ...


class Handler:
    async def __call__(self) -> str:
        return "ran"


VERBS: list[Callable[..., Any]] = [run, check, prove, outcomes]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("clock", ["fast", None, 5, "IDLE"]),
        ("max_steps", [0, -1, 1.5, "10", None, True]),
        ("early_firings", [-1, 0.5, "1", None, True]),
        ("patience", [0, -1, "1", None, float("nan"), float("inf")]),
    ],
)
def test_settings_are_validated(verb: Callable[..., Any], argument: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(BadInput, match=argument):
            verb(program, **{argument: value})


@pytest.mark.parametrize("executions", [0, -1, 1.5, "10", None, True])
def test_the_number_of_executions_is_at_least_one(executions: Any) -> None:
    with pytest.raises(BadInput, match="executions"):
        check(program, executions=executions)


@pytest.mark.parametrize("limit", [0, -1, 1.5, "10", True])
def test_the_limit_of_executions_is_at_least_one(limit: Any) -> None:
    with pytest.raises(BadInput, match="max_executions"):
        prove(program, max_executions=limit)


@pytest.mark.parametrize("verb", [check, prove])
@pytest.mark.parametrize("oracles", [no_panic, ["no_panic"], [None], 5])
def test_oracles_are_a_sequence_of_functions(verb: Callable[..., Any], oracles: Any) -> None:
    with pytest.raises(BadInput, match="oracles"):
        verb(program, oracles=oracles)


@pytest.mark.parametrize("verb", VERBS)
def test_a_program_is_an_async_function(verb: Callable[..., Any]) -> None:
    async def generator() -> Any:
        yield 1

    for wrong in (plain, generator, 5, None, "program", Mutex):
        with pytest.raises(BadInput, match="async function"):
            verb(wrong)


def test_a_coroutine_is_no_program() -> None:
    coroutine = program()
    with pytest.raises(BadInput, match="not an async function"):
        run(coroutine)
    coroutine.close()


@pytest.mark.parametrize("verb", VERBS)
def test_the_arguments_must_fit(verb: Callable[..., Any]) -> None:
    for call in (partial(verb, program, 1), partial(verb, with_argument), partial(verb, with_argument, 1, 2)):
        with pytest.raises(BadInput, match="cannot be called"):
            call()


def test_partials_methods_and_callable_objects_are_programs() -> None:
    assert outcomes(partial(with_argument, 5)) == {5}
    assert outcomes(with_argument, 5) == {5}
    assert outcomes(Handler()) == {"ran"}
    assert outcomes(Handler().__call__) == {"ran"}


def test_a_token_of_a_program_with_other_arguments_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be called"):
        replay(program, 1, token=encode(Recipe(f"{__name__}:program", Settings(), ())))


@pytest.mark.parametrize("capacity", [-1, 1.5, "1", None, True])
def test_a_capacity_is_a_whole_number(capacity: Any) -> None:
    async def main() -> None:
        Channel(capacity)

    with pytest.raises(BadInput, match="capacity"):
        run(main)


@pytest.mark.parametrize("case", [5, None, "recv"])
def test_select_takes_cases(case: Any) -> None:
    async def main() -> None:
        await select(case)

    with pytest.raises(BadInput, match="cases"):
        run(main)


def test_an_operation_is_no_select_case() -> None:
    """The likeliest mistake: `select(channel.recv())`."""

    async def main() -> None:
        await select(Channel().recv())  # type: ignore[arg-type]

    with pytest.raises(BadInput, match=r"Recv\(channel\)"):
        run(main)


@pytest.mark.parametrize(
    "action", [Channel, Mutex, Shared, Atomic, partial(go, program), partial(after, 1), partial(Timer, 1)]
)
def test_primitives_belong_to_a_running_program(action: Callable[[], Any]) -> None:
    with pytest.raises(OutsideProgram, match="outside a running program"):
        action()
