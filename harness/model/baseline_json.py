"""A baseline as JSON and back: equal baselines have equal texts, one verdict or cell a line, in the order of names.

What is read comes from a file that people merge and edit, so nothing about it is taken for granted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness.model.baseline import SEVERITY, Baseline, Recorded
from harness.model.bounds import Scope
from harness.model.errors import BadInput
from harness.model.execution import ADVERSARIAL, IDLE, Settings
from harness.model.trace import shorten
from harness.model.verdict import VIOLATED

VERSION = 1


def baseline_text(baseline: Baseline) -> str:
    """The JSON."""
    scopes = [
        {
            "fault": fault,
            "clock": scope.settings.clock,
            "max_steps": scope.settings.max_steps,
            "early_firings": scope.settings.early_firings,
            "fair_bound": scope.settings.fair_bound,
            "plans": list(scope.plans),
        }
        for fault, scope in sorted(baseline.scopes.items())
    ]
    cells = [
        {"design": design, "fault": fault, "executions": number}
        for (design, fault), number in sorted(baseline.executions.items())
    ]
    verdicts = [
        {
            "design": design,
            "fault": fault,
            "property": name,
            "verdict": recorded.verdict,
            "exhaustive": recorded.exhaustive,
            **({"under": list(recorded.under)} if recorded.under else {}),
        }
        for (design, fault, name), recorded in sorted(baseline.verdicts.items())
    ]
    where = [f'"scenarios": {json.dumps(baseline.scenarios)}'] if baseline.scenarios else []
    parts = [*where, _array("scopes", map(_tall, scopes)), _array("cells", map(json.dumps, cells))]
    parts.append(_array("verdicts", map(json.dumps, verdicts)))
    return "\n".join(["{", f'"baseline": {VERSION},', ",\n".join(parts), "}", ""])


def _array(name: str, items: Iterable[str]) -> str:
    lines = ",\n".join(items)
    return f'"{name}": [\n{lines}\n]' if lines else f'"{name}": []'


def _tall(scope: dict[str, Any]) -> str:
    """A scope with each plan on a line of its own."""
    return json.dumps(scope, indent=1)


def line_of(text: str, design: str, faults: Sequence[str], name: str) -> int:
    """The line, from 1, at which a baseline's text first speaks of a design, of one of the `faults`, of a property.

    What is empty stands for any; 1 if it does not speak of it.
    """
    wanted = [f'"{key}": {json.dumps(value)}' for key, value in (("design", design), ("property", name)) if value]
    either = [f'"fault": {json.dumps(fault)}' for fault in faults]
    for number, line in enumerate(text.splitlines(), 1):
        if all(part in line for part in wanted) and (not either or any(part in line for part in either)):
            return number if wanted or either else 1
    return 1


def parse_baseline(text: str) -> Baseline:
    """The baseline in a text.

    Raises:
        BadInput: it is something else; what, is the sentence.
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise BadInput("it is not JSON (nested too deeply)") from None
    except ValueError as error:
        where = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        hint = ", and it has the marks of a merge conflict" if "<<<<<<<" in text else ""
        raise BadInput(f"it is not JSON ({where}){hint}") from None
    if not isinstance(found, dict) or "baseline" not in found:
        other = isinstance(found, dict) and "schema" in found
        raise BadInput("it is what `harness verify --json` writes" if other else "it has no entry 'baseline'")
    if found["baseline"] != VERSION:
        raise BadInput(f"it is of version {shorten(found['baseline'])}, and this harness reads version {VERSION}")
    scenarios = found.get("scenarios", "")
    if not isinstance(scenarios, str):
        raise BadInput(f"its entry 'scenarios' is to be the path of a folder; found {shorten(scenarios)}")
    baseline = Baseline(
        _read(found, "scopes", _scope), _read(found, "cells", _cell), _read(found, "verdicts", _recorded), scenarios
    )
    _check(baseline)
    return baseline


def _read(found: dict[str, Any], name: str, entry: Callable[[Any], tuple[Any, Any] | None]) -> dict[Any, Any]:
    items = found.get(name)
    if not isinstance(items, list):
        raise BadInput(f"its entry {name!r} is to be a list; found {shorten(items)}")
    read: dict[Any, Any] = {}
    for item in items:
        pair = entry(item)
        if pair is None:
            raise BadInput(f"in {name!r}, an entry is not as this version writes it: {shorten(item, 120)}")
        if pair[0] in read:
            raise BadInput(f"in {name!r}, an entry is there twice: {shorten(item, 120)}")
        read[pair[0]] = pair[1]
    return read


def _scope(item: Any) -> tuple[str, Scope] | None:
    match item:
        case {
            "fault": str(fault),
            "clock": str(clock),
            "max_steps": int(steps),
            "early_firings": int(early),
            "fair_bound": int(fair),
            "plans": list(plans),
            **others,
        } if not others and clock in (IDLE, ADVERSARIAL) and all(isinstance(plan, str) for plan in plans):
            if all(type(number) is int and number >= 0 for number in (steps, early, fair)):
                return fault, Scope(tuple(plans), Settings(clock, steps, early, fair))
    return None


def _cell(item: Any) -> tuple[tuple[str, str], int] | None:
    match item:
        case {"design": str(design), "fault": str(fault), "executions": int(number), **others} if not others:
            return ((design, fault), number) if type(number) is int and number >= 0 else None
    return None


def _recorded(item: Any) -> tuple[tuple[str, str, str], Recorded] | None:
    match item:
        case {
            "design": str(design),
            "fault": str(fault),
            "property": str(name),
            "verdict": str(verdict),
            "exhaustive": bool(exhaustive),
            **others,
        } if not others.keys() - {"under"} and verdict in SEVERITY:
            if "under" not in others:
                return (design, fault, name), Recorded(verdict, exhaustive)
            under = others["under"]
            if verdict == VIOLATED and isinstance(under, list) and under and all(isinstance(p, str) for p in under):
                return (design, fault, name), Recorded(verdict, exhaustive, tuple(under))
    return None


def _check(baseline: Baseline) -> None:
    """Raise `BadInput` unless every verdict has its scope and its cell, and the other way round."""
    cells = {key[:2] for key in baseline.verdicts}
    if not all(all(key) for key in baseline.verdicts):
        raise BadInput("in 'verdicts', a name is empty")
    if cells != set(baseline.executions):
        odd = min(cells ^ set(baseline.executions))
        raise BadInput(f"{odd[0]} under {odd[1]} is in only one of 'cells' and 'verdicts'")
    faults = {fault for _, fault in cells}
    if faults != set(baseline.scopes):
        odd_fault = min(faults ^ set(baseline.scopes))
        raise BadInput(f"fault class {odd_fault} is in only one of 'scopes' and 'verdicts'")
