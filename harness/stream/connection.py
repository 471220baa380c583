"""What can happen to the connection between handler and client: writing, going away, and the handler's return.

Each is one step, because the order of any two of them matters. They synchronise nothing, and two unordered writes are a
data race: an `http.ResponseWriter` is not safe for concurrent use.
"""

from __future__ import annotations

from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.operation import Kind, Operation
from harness.model.trace import shorten


def _write(operation: Operation) -> tuple[bool, bool]:
    """Whether the write succeeded, and whether the connection broke by it."""
    _, client, event = operation
    fails = _will_fail(client)
    client.writes += 1
    if client.returned:
        client.written_late.append(event)
        return False, False
    if fails:
        broke, client.alive = client.alive, False
        return False, broke
    if event.is_status and not client.executor.finished:
        client.hasty = True
    if client.alive:
        client.arrived.append(event)
    return True, False


def _will_fail(client: Any) -> bool:
    """Is the next write one of those that fail?"""
    return bool(0 < client.plan.failing_write <= client.writes + 1)


def _disconnect(operation: Operation) -> None:
    operation[1].alive = False


def _handler_return(operation: Operation) -> None:
    client = operation[1]
    client.returned = True
    client.connected = client.alive


def _telling(operation: Operation, way: int) -> Footprint:
    """A final status is judged by whether the executor had finished."""
    return (operation[1], touch.WRITE), (operation[1].executor, touch.READ)


def _write_words(operation: Operation) -> str:
    _, client, event = operation
    return f"write {shorten(event)} to the client{_fate(client)}"


def _fate(client: Any) -> str:
    """What becomes of the next write, if it does not arrive."""
    if client.returned:
        return ", whose handler has returned"
    if _will_fail(client):
        return ", which fails"
    return "" if client.alive else ", which has gone"


WRITE = Kind("write", perform=_write, footprint=touch.WRITE, words=_write_words)
WRITE_STATUS = Kind("write", perform=_write, footprint=_telling, words=_write_words)
DISCONNECT = Kind("disconnect", perform=_disconnect, footprint=touch.WRITE, words=lambda _: "the client disconnects")
HANDLER_RETURN = Kind(
    "handler_return", perform=_handler_return, footprint=touch.WRITE, words=lambda _: "the handler returns"
)
