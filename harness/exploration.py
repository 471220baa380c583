"""`explore` marks an async test as a program whose schedules the pytest plugin explores.

It attaches one frozen value to the function and does nothing else: the function can still be given to `check`, `prove`
or `run`. What the options mean, and which of them contradict each other, is known to `harness.plugin`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from harness.model.errors import BadInput

if TYPE_CHECKING:
    from harness.model.execution import Execution

ATTRIBUTE = "harness_exploration"
"""Where the value is attached. pytest imports this module when it starts: it must cost nothing."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Exploration:
    """How a test is to be explored. None leaves it to the ini file and the profile.

    Attributes:
        strategy: a name ("dpor", "mixed", "pct", ...), a class or an instance. DPOR, Exhaustive and PreemptionBounded
            prove; the others try some schedules.
        executions: how many, for a strategy that draws.
        max_executions: when a proof gives up, as inconclusive.
        seed: for a strategy given by name or class.
        clock, max_steps, early_firings, fair_bound, patience, oracles: as for `check` and `prove`.
        prove: the same as `strategy="dpor"`.
        shares: into how many items the executions of a strategy that draws are divided.
    """

    strategy: Any = None
    executions: int | None = None
    max_executions: int | None = None
    seed: int | None = None
    clock: str | None = None
    oracles: Sequence[Callable[[Execution], str | None]] | None = None
    max_steps: int | None = None
    early_firings: int | None = None
    fair_bound: int | None = None
    patience: float | None = None
    prove: bool = False
    shares: int | None = None


def mark_of(function: object) -> Exploration | None:
    """What `explore` has attached; None if it has not."""
    found = getattr(getattr(function, "__func__", function), ATTRIBUTE, None)  # of a static or class method, too
    return found if isinstance(found, Exploration) else None


@overload
def explore(function: F, /) -> F: ...
@overload
def explore(
    *,
    strategy: Any = None,
    executions: int | None = None,
    max_executions: int | None = None,
    seed: int | None = None,
    clock: str | None = None,
    oracles: Sequence[Callable[[Execution], str | None]] | None = None,
    max_steps: int | None = None,
    early_firings: int | None = None,
    fair_bound: int | None = None,
    patience: float | None = None,
    prove: bool = False,
    shares: int | None = None,
) -> Callable[[F], F]: ...
def explore(function: Any = None, /, **options: Any) -> Any:
    """Mark an async test: its body is the main goroutine, run under every schedule that the strategy chooses.

    `@explore` alone will do. The options are the attributes of `Exploration`.

    Raises:
        BadInput: what is marked is not a function, or is marked already.
        TypeError: there is no such option.
    """
    unknown = [name for name in options if name not in Exploration.__dataclass_fields__]
    if unknown:
        raise TypeError(f"explore has no option {unknown[0]!r}: it has {', '.join(Exploration.__dataclass_fields__)}")
    exploration = Exploration(**options)
    if function is not None:
        return _marked(function, exploration)
    return lambda function: _marked(function, exploration)


def _marked(function: Any, exploration: Exploration) -> Any:
    if not inspect.isfunction(function):
        kind = "a class:" if isinstance(function, type) else f"a {type(function).__name__}:"
        raise BadInput(f"explore marks an async function (async def test_...), one by one; found {kind} {function!r}")
    if ATTRIBUTE in vars(function):
        raise BadInput(f"{function.__qualname__} is marked with explore twice: keep one mark, with all the options")
    setattr(function, ATTRIBUTE, exploration)
    return function
