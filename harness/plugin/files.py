"""The folder that `--harness-report` names: each finding as text, JSON and a web page, and an index of all of them.

The index is made at the end, by the process that reports, from the JSON files that are there: so it is complete when
several workers of pytest-xdist, or several runs, have written to one folder.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness import __version__
from harness.cli.files import destination
from harness.cli.folders import report_folder
from harness.explain.account import explanation_of
from harness.model.errors import BadInput
from harness.plugin.finding import Finding, text_form
from harness.plugin.references import nodeid_in
from harness.report.counterexample_json import counterexample_text
from harness.report.html import Link, finding_page, list_page
from harness.report.html.pages import INDEX
from harness.report.text import printable

READABLE = 80
SHOWN = ("program", "oracle", "message")
"""What the index shows of a finding."""


def prepare(folder: str) -> None:
    """Make the folder, so that a mistake in its name shows before the tests run.

    Raises:
        pytest.UsageError: it cannot be made, or has an index that is not ours.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with report_folder(folder):
            pass
    except (OSError, BadInput) as error:
        why = getattr(error, "strerror", None) or error
        raise pytest.UsageError(f"--harness-report is a folder that can be written; found {folder!r}: {why}") from None


def write(folder: str, found: Finding) -> str:
    """Write all files, each aside and then renamed, the JSON last; what to tell about it."""
    stem = Path(folder) / file_name(found.nodeid)
    explanation = replace(explanation_of(found.counterexample, program=found.program), command=found.command)
    texts = {
        ".txt": text_form(found),
        ".html": finding_page(explanation, home=INDEX, about=[("test", found.nodeid)]),
        ".json": counterexample_text(explanation, __version__),
    }
    try:
        for suffix, text in texts.items():
            with destination(f"{stem}{suffix}", "the report") as put:
                put(text)
    except BadInput as error:
        return str(error)
    return f"{stem}.txt, .html and .json"


def write_index(folder: str) -> str:
    """The page that leads to every finding in the folder; what to tell about it."""
    index = os.path.join(folder, INDEX)
    try:
        with destination(index, "the report") as put:
            put(list_page(list(filter(None, map(_link, sorted(Path(folder).glob("*.json")))))))
    except BadInput as error:
        return str(error)
    return f"all findings: {index}"


def _link(path: Path) -> Link | None:
    """A finding in the index; None for a file that is none of ours."""
    page = path.with_suffix(".html")
    try:
        value: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not page.exists() or not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in SHOWN):
        return None
    program, oracle, message = (printable(value[name]) for name in SHOWN)
    return Link(page.name, oracle, nodeid_in(program) or program, message)


def file_name(nodeid: str) -> str:
    """A name that is safe everywhere, and another one for every test."""
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", nodeid).strip("-.")[-READABLE:]
    return f"{readable}-{zlib.crc32(nodeid.encode(errors='surrogatepass')):08x}"
