"""The Go twin of a streaming design: the same handler in real Go, in a folder `go` beside the design's module.

The folder is one Go package for all designs of the scenario, and the file with the twin of `done_channel` is
`done_channel.go`. Its programs have the names of their designs and take the plan as their input.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from harness.model.errors import BadInput
from harness.stream.plan import StreamPlan
from harness.stream.serve import Handler


@dataclass(frozen=True, slots=True)
class Twin:
    """The program `name` of the Go package beside the Python package `package`."""

    package: str
    name: str


def twin_of(handler: Handler) -> Twin:
    """The twin of a design.

    Raises:
        BadInput: it has none.
    """
    package, _, _ = handler.__module__.rpartition(".")
    name = getattr(handler, "__name__", "")
    if not package or not (files(package) / "go" / f"{name}.go").is_file():
        raise BadInput(
            f"there is no {name} in Go, so it cannot be run there: a design's twin stands in "
            f"go/{name or 'NAME'}.go beside its module {handler.__module__}"
        )
    return Twin(package, name)


def sources(package: str) -> dict[str, str]:
    """The Go files beside a Python package, by name."""
    return {
        file.name: file.read_text("utf-8") for file in (files(package) / "go").iterdir() if file.name.endswith(".go")
    }


def input_of(plan: StreamPlan) -> dict[str, Any]:
    """A plan as the twin reads it (`plan.go`)."""
    return {**asdict(plan), "pace": plan.pace, "paces": plan.paces}
