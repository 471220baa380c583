"""Tokens of the form `h1.`: a program, settings, and all decisions of an execution by their indices.

Base64url of a CRC-32 followed by JSON, which is deflated if it is long. The checksum is over the JSON, so a token that
was cut short or altered is refused rather than replayed as something else. New ones are written only of executions
with so many turns that nobody reads them; see `harness.model.order`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from harness.model.answers import Recipe
from harness.model.execution import ADVERSARIAL, FAIR_BOUND, IDLE, Settings
from harness.model.order import Decisions

PREFIX = "h1."
SHORT = 400
LARGEST = 8 * 1024 * 1024


def encode(reference: str, settings: Settings, decisions: Decisions) -> str:
    """The token; equal arguments have equal tokens, if they are not long or the version of zlib is the same."""
    flat = [number for pair in decisions for number in pair]
    content = [reference, settings.clock, settings.max_steps, settings.early_firings, flat]
    if settings.fair_bound != FAIR_BOUND:  # which was not always there
        content.append({"fair_bound": settings.fair_bound})
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode()
    packed = zlib.crc32(text).to_bytes(4, "big") + (text if len(text) <= SHORT else zlib.compress(text, 9))
    return PREFIX + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(body: str) -> Recipe | None:
    """The recipe in what follows the prefix; None if it is damaged.

    Raises:
        ValueError: it is not, but the content makes no sense.
    """
    text = _checked_text(body)
    if text is None:
        return None
    try:
        return _recipe(json.loads(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _checked_text(body: str) -> bytes | None:
    """What was packed into a token's body, or None if anything about it is not as `encode` writes it."""
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        text = packed[4:] if packed[4:5] == b"[" else _inflated(packed[4:])
    except (binascii.Error, ValueError, zlib.error):
        return None
    return text if zlib.crc32(text).to_bytes(4, "big") == packed[:4] else None


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    text = inflater.decompress(packed, LARGEST)
    if not inflater.eof or inflater.unused_data:
        raise ValueError("cut short, or something is left over")
    return text


def _recipe(content: object) -> Recipe:
    match content:
        case [str(reference), str(clock), int(max_steps), int(early), list(flat), *others] if (
            clock in (IDLE, ADVERSARIAL)
            and not isinstance(max_steps, bool)
            and max_steps > 0
            and early >= 0
            and len(flat) % 2 == 0
            and all(type(number) is int and number >= 0 for number in flat)
            and _fair_bound(others) >= 0
        ):
            decisions = tuple(zip(flat[::2], flat[1::2], strict=True))
            return Recipe(reference, Settings(clock, max_steps, early, _fair_bound(others)), decisions)
    raise ValueError("not what `encode` writes")


def _fair_bound(others: list[object]) -> int:
    """What a token says of it; below 0 if that makes no sense."""
    match others:
        case []:
            return FAIR_BOUND
        case [{"fair_bound": int(bound), **rest}] if not rest and not isinstance(bound, bool):
            return bound
    return -1
