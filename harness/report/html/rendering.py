"""Templates to text, with style and script inline and their hashes in the content security policy."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

GENERATOR = "stream-race-harness"
ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}  # all others that matter are not ASCII


@dataclass(frozen=True, slots=True)
class Inline:
    """A file of ours that stands in the page as it is; `digest` is what the policy allows."""

    text: str
    digest: str


@cache
def inline(name: str) -> Inline:
    """A style sheet or script among the templates."""
    text = files("harness.report.html").joinpath("templates", name).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inline(text, f"'sha256-{digest}'")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (every command would wait for it)

    return Environment(
        loader=PackageLoader("harness.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, **values: Any) -> str:
    """A whole page."""
    style, script = inline("style.css"), inline("script.js")
    page = _environment().get_template(template)
    return page.render(style=style, script=script, generator=GENERATOR, **values)


def embedded(value: Any) -> str:
    """JSON for a script element of type application/json: plain ASCII, and nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return "".join(ESCAPED.get(character, character) for character in text)
