"""A story, or any other value, in the characters that lanes are drawn with: what is left out is a sign of theirs."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from harness.report.lanes.marks import Marks
from harness.report.text import ELLIPSIS

Value = TypeVar("Value")


def spelled(value: Value, marks: Marks) -> Value:
    """The value with all its texts so written, before anything is laid out."""
    return value if marks.ellipsis == ELLIPSIS else _spelled(value, marks.ellipsis)


def _spelled(value: Any, ellipsis: str) -> Any:
    match value:
        case str():
            return value.replace(ELLIPSIS, ellipsis)
        case tuple():
            return tuple([_spelled(each, ellipsis) for each in value])
        case dict():
            return {_spelled(key, ellipsis): _spelled(each, ellipsis) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _spelled(getattr(value, field.name), ellipsis) for field in fields(value)})
    return value
