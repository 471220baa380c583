"""`harness template`: files to copy, which put the gate where a change is merged."""

from __future__ import annotations

from argparse import Namespace
from importlib.resources import files

from harness import __version__
from harness.cli import exits
from harness.cli.output import write

TEMPLATES = {
    "github": "github-workflow.yml",
    "pre-commit": "pre-commit-config.yaml",
    "one-liner": "one-liner.sh",
}
"""Name to file; each is executed by a test."""


def run(arguments: Namespace) -> int:
    """Print one of them."""
    write(template(arguments.name))
    return exits.AS_EXPECTED


def template(name: str) -> str:
    """The text of a template, which installs this version."""
    text = (files("harness") / "templates" / TEMPLATES[name]).read_text(encoding="utf-8")
    return text.replace("@VERSION@", __version__)
