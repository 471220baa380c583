"""Race-condition testing with Go's semantics: explore every interleaving of goroutines, channels and timers.

    from harness import Channel, go, prove

    async def program() -> int:
        results = Channel(1)

        async def worker() -> None:
            await results.send(42)

        go(worker)
        value, ok = await results.recv()
        return value

    prove(program)

Programs are written in Go's words, verbs explore their schedules, answers say what is known afterwards.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.api import *  # noqa: F403

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for.

    pytest imports this package in every run where it is installed, and before coverage is measured: so this must cost
    next to nothing, and must not import what is to be measured.
    """
    api = importlib.import_module("harness.api")
    if name == "__all__" or name in api.__all__:
        globals()[name] = found = getattr(api, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """For those who look around."""
    return sorted({*globals(), *__getattr__("__all__")})
