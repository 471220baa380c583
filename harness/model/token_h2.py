"""Tokens of the form `h2.`: a program, settings, and the order of an execution.

Base64url of a CRC-32 followed by what it is the checksum of: the program's name, the settings where they are not the
defaults, the checksum of the decisions, the turns, and the sums of the steps, which older tokens do not have; names are
written where they first occur, and then by number.
There is one way to write a recipe, and it does not depend on the version of anything, so equal recipes have equal
tokens everywhere.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from harness.model.answers import Recipe
from harness.model.bits import Malformed, Reader, Writer
from harness.model.execution import ADVERSARIAL, IDLE, Settings
from harness.model.order import CLOCK, END, MOST_TURNS, START, SUMS, Arrival, Move, Order, Steps, Turn

PREFIX = "h2."
LONGEST = 1_000_000
"""Characters: more than any order of `MOST_TURNS` turns takes."""
OPERATIONS = (
    *(START, END, "default", "fires", "tick", "send", "receive", "select", "close", "length", "load", "store", "lock"),
    *("unlock", "add", "wait", "cancel", "write", "panic", "finish", "handler_return", "disconnect", "choose", "sleep"),
    *("atomic_load", "atomic_store", "atomic_add", "swap", "compare_and_swap", "try_lock", "read_lock", "read_unlock"),
    *("write_lock", "write_unlock", "try_read_lock", "try_write_lock", "announce", "broadcast", "signal", "gosched"),
    *("cond_enqueue", "cond_wake", "context_err", "context_cause", "cancel_child", "remove_child", "once_enter"),
    *("once_leave", "reset", "stop", "stop_function"),
)
"""Known beforehand. The list is part of the form."""
GOROUTINES, OBJECTS = (CLOCK, "main"), ("",)
DEFAULTS = Settings()


def encode(reference: str, settings: Settings, order: Order) -> str:
    """The token; equal arguments have equal tokens."""
    writer = Writer()
    writer.text(reference)
    writer.choice(settings.clock == ADVERSARIAL, 2)
    for value, default in zip(_numbers(settings), _numbers(DEFAULTS), strict=True):
        writer.choice(value != default, 2)
        if value != default:
            writer.number(value)
    writer.choice(order.checksum, 1 << 32)
    writer.number(len(order.turns))
    names, before = _Names(), -1
    for turn in order.turns:
        for known, name in zip(names.of_turn(), _names(turn), strict=True):
            _write_name(writer, known, name)
        for number in (turn.at.number - 1, turn.move.rank, turn.decision - before - 1, turn.index):
            writer.number(number)
        before = turn.decision
    if order.steps is not None:
        writer.choice(order.steps.whole, SUMS)
        writer.choice(order.steps.decided, SUMS)
    content = writer.packed()
    packed = zlib.crc32(content).to_bytes(4, "big") + content
    return PREFIX + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(body: str) -> Recipe | None:
    """The recipe in what follows the prefix; None if it is damaged.

    Raises:
        ValueError: it is not, but the content makes no sense.
    """
    if len(body) > LONGEST:
        raise ValueError("longer than any token")
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content = packed[4:]
    if zlib.crc32(content).to_bytes(4, "big") != packed[:4] or not content:
        return None
    if base64.urlsafe_b64encode(packed).rstrip(b"=").decode() != body:
        return None
    return _recipe(Reader(content))


def _recipe(reader: Reader) -> Recipe:
    reference = reader.text()
    clock = ADVERSARIAL if reader.choice(2) else IDLE
    numbers = [reader.number() if reader.choice(2) else default for default in _numbers(DEFAULTS)]
    settings = Settings(clock, *numbers)
    if not settings.max_steps:
        raise Malformed("no steps")
    checksum = reader.choice(1 << 32)
    count = reader.number()
    if count > MOST_TURNS:
        raise Malformed("too many turns")
    names, before, turns = _Names(), -1, list[Turn]()
    for _ in range(count):
        turns.append(_turn(reader, names, before))
        before = turns[-1].decision
    steps = Steps(reader.choice(SUMS), reader.choice(SUMS)) if reader.goes_on() else None
    reader.end()
    return Recipe(reference, settings, Order(tuple(turns), checksum, steps))


def _turn(reader: Reader, names: _Names, before: int) -> Turn:
    goroutine, operation, subject, mover, moved, on, partner = (_read_name(reader, known) for known in names.of_turn())
    number, rank, further, index = (reader.number() for _ in range(4))
    at = Arrival(goroutine, operation, subject, number + 1)
    return Turn(at, Move(mover, moved, on, partner, rank), before + 1 + further, index)


class _Names:
    """The names that have occurred, by what they are of."""

    def __init__(self) -> None:
        self.goroutines, self.operations, self.objects = list(GOROUTINES), list(OPERATIONS), list(OBJECTS)

    def of_turn(self) -> tuple[list[str], ...]:
        """Among which the names in a turn are, in their order."""
        goroutines, operations, objects = self.goroutines, self.operations, self.objects
        return goroutines, operations, objects, goroutines, operations, objects, goroutines


def _names(turn: Turn) -> tuple[str, ...]:
    at, move = turn.at, turn.move
    return at.goroutine, at.operation, at.object, move.goroutine, move.operation, move.object, move.partner


def _write_name(writer: Writer, known: list[str], name: str) -> None:
    if name in known:
        writer.choice(known.index(name), len(known) + 1)
        return
    writer.choice(len(known), len(known) + 1)
    writer.text(name)
    known.append(name)


def _read_name(reader: Reader, known: list[str]) -> str:
    code = reader.choice(len(known) + 1)
    if code == len(known):
        name = reader.text()
        if name in known:
            raise Malformed("a name that is not new")
        known.append(name)
    return known[code]


def _numbers(settings: Settings) -> tuple[int, int, int]:
    return settings.max_steps, settings.early_firings, settings.fair_bound
