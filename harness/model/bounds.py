"""Within what an answer holds: as a value, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.execution import IDLE, Settings


@dataclass(frozen=True, slots=True)
class Scope:
    """What the verdicts of one fault class cover: every schedule of these plans (in their text form), so far."""

    plans: tuple[str, ...]
    settings: Settings


def bounds(settings: Settings) -> str:
    """Within what a proof under these settings holds, in words."""
    if settings.clock == IDLE:
        clock = "time moves only when nothing else can (idle clock)"
    else:
        clock = f"at most {settings.early_firings} early timer firings (adversarial clock)"
    fair = f"; who polls in vain more than {settings.fair_bound} times in a row waits for a change (fair bound)"
    return f"every schedule of at most {settings.max_steps} steps; {clock}{fair if settings.fair_bound else ''}"


def cut_short(executions: int, max_steps: int) -> str:
    """Why nothing is proved where some executions did not come to an end."""
    counted = "1 execution was" if executions == 1 else f"{executions} executions were"
    return f"{counted} {cut_off_at(max_steps)}"


def cut_off_at(max_steps: int) -> str:
    """Where executions that did not come to an end were cut off."""
    steps = "1 step" if max_steps == 1 else f"{max_steps:,} steps"
    return f"cut off at {steps}, or where nothing but polling went on"


def limit_reached(most: int | None) -> str:
    """Why a search that was to look at no more than so many executions has not come to its end."""
    return f"the limit of {most} execution{'s' * (most != 1)} was reached, and there are more"
