"""Tokens: a recipe as one printable word. Decoding never executes or unpickles anything.

Form: `h1.` and base64url of a CRC-32 followed by JSON, which is deflated if it is long. (Deflating differs between
versions of zlib; short tokens, which people compare and commit, are the same everywhere.) The checksum is over the
JSON, so a token that was cut short or altered is refused rather than replayed as something else.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from harness.model.answers import Recipe
from harness.model.errors import BadInput
from harness.model.execution import ADVERSARIAL, FAIR_BOUND, IDLE, Settings
from harness.model.trace import shorten

PREFIX = "h1."
SHORT = 400
LARGEST = 64 * 1024 * 1024


def encode(recipe: Recipe) -> str:
    """The token of a recipe; equal recipes have equal tokens."""
    settings = recipe.settings
    flat = [number for pair in recipe.decisions for number in pair]
    content = [recipe.reference, settings.clock, settings.max_steps, settings.early_firings, flat]
    if settings.fair_bound != FAIR_BOUND:  # which was not always there
        content.append({"fair_bound": settings.fair_bound})
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode()
    packed = zlib.crc32(text).to_bytes(4, "big") + (text if len(text) <= SHORT else zlib.compress(text, 9))
    return PREFIX + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(token: str) -> Recipe:
    """The recipe in a token.

    Raises:
        BadInput: it is not a token, is truncated or altered, or is of another version.
    """
    if not isinstance(token, str) or not token.strip().startswith(PREFIX):
        raise BadInput(
            f"a token starts with {PREFIX!r}; found {shorten(token, 20)}: copy the whole token from the report"
        )
    text = _checked_text(token.strip()[len(PREFIX) :])
    if text is None:
        raise BadInput("the token is damaged (its checksum does not match): copy the whole token from the report")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    return _recipe(content)


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
    raise BadInput("the token's content is not what this version writes: replay it with the version that made it")


def _fair_bound(others: list[object]) -> int:
    """What a token says of it; below 0 if that makes no sense."""
    match others:
        case []:
            return FAIR_BOUND
        case [{"fair_bound": int(bound), **rest}] if not rest and not isinstance(bound, bool):
            return bound
    return -1
