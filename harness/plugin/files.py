"""One text and one JSON file for each finding, in the folder that `--harness-report` names."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import pytest

from harness.cli.files import destination
from harness.model.errors import BadInput
from harness.plugin.finding import Finding, json_form, text_form

READABLE = 80


def prepare(folder: str) -> None:
    """Make the folder, so that a mistake in its name shows before the tests run.

    Raises:
        pytest.UsageError: it cannot be made.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise pytest.UsageError(f"--harness-report is a folder that can be written; found {folder!r}: {why}") from None


def write(folder: str, found: Finding) -> str:
    """Write both files, each aside and then renamed; what to tell about it."""
    stem = Path(folder) / file_name(found.nodeid)
    texts = {".txt": text_form(found), ".json": json.dumps(json_form(found), indent=2) + "\n"}
    try:
        for suffix, text in texts.items():
            with destination(f"{stem}{suffix}", "the report") as put:
                put(text)
    except BadInput as error:
        return str(error)
    return f"{stem}.txt and .json"


def file_name(nodeid: str) -> str:
    """A name that is safe everywhere, and another one for every test."""
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", nodeid).strip("-.")[-READABLE:]
    return f"{readable}-{zlib.crc32(nodeid.encode(errors='surrogatepass')):08x}"
