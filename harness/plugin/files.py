"""The folder that `--harness-report` names: each finding as text, JSON and a web page, and an index of all of them.

The index is made at the end, by the process that reports, from the JSON files that are there: so it is complete when
several workers of pytest-xdist, or several runs, have written to one folder.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness import __version__
from harness.cli.files import together
from harness.cli.folders import report_folder
from harness.model.errors import BadInput
from harness.model.explanation import Explanation
from harness.plugin.references import nodeid_in
from harness.report.counterexample_json import counterexample_text
from harness.report.html import Link, finding_page, list_page
from harness.report.html.pages import INDEX, SUFFIX
from harness.report.text import printable

READABLE = 80
WRITTEN, NOT_WRITTEN = "also written", "could not be written"
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


def write(folder: str, nodeid: str, explanation: Explanation, text: str) -> tuple[str, str]:
    """Write all files of a finding or none; a title, and what to tell about it below."""
    stem = os.path.join(folder, file_name(nodeid))
    sentence, _, rest = text.partition("\n\n")
    parts = [sentence, *([explanation.paragraph] if explanation.paragraph else []), rest]
    texts = {
        f"{stem}.txt": "\n\n".join(parts),
        f"{stem}.html": finding_page(explanation, home=INDEX, about=[("test", nodeid)]),
        f"{stem}.json": counterexample_text(explanation, __version__),  # the index is made of these: it comes last
    }
    try:
        together(texts, "the report", "see that there is room, and that the folder can be written")
    except BadInput as error:
        return NOT_WRITTEN, str(error)
    return WRITTEN, f"{stem}.txt, .html and .json"


def write_index(folder: str, fresh: Iterable[str]) -> str:
    """The page that leads to every finding in the folder; what to tell about it. `fresh` are this run's tests."""
    index = os.path.join(folder, INDEX)
    try:
        links = list(filter(None, map(_link, sorted(Path(folder).glob("*.json")))))
        together({index: list_page(links)}, "the report", "see that there is room, and that the folder can be written")
    except BadInput as error:
        return str(error)
    names = {f"{file_name(nodeid)}{SUFFIX}" for nodeid in fresh}
    earlier = sum(1 for link in links if link.address not in names)
    return f"all findings: {index}{f' ({earlier} of them of earlier runs)' if earlier else ''}"


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
