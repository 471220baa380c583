"""What people call the operations that Go's functions consist of: those who wait at them have called the function."""

from __future__ import annotations

FUNCTIONS = {
    "announce": "lock",
    "write_lock": "lock",
    "read_lock": "rlock",
    "cond_wake": "wait",
    "once_enter": "do",
    "cancel_child": "cancel",
    "remove_child": "cancel",
}


def pending(operation: str) -> str:
    """What somebody is pending at, such as "cond_wake on ready": "wait on ready"."""
    kind, space, rest = operation.partition(" ")
    return FUNCTIONS.get(kind, kind) + space + rest
