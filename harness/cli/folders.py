"""Writing a report of several pages to a folder: checked before the long work starts, complete or not at all.

All pages are written into a folder aside, within the target, so that the disk is known to have room for them; then each
is renamed into place, the index last. Files that are no pages of ours are left alone, and are never overwritten.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from harness.cli.files import explained, replace
from harness.model.explanation import Explanation
from harness.report.html import Entry, pages
from harness.report.html.pages import INDEX
from harness.report.html.rendering import GENERATOR

MARK = f'<meta name="generator" content="{GENERATOR}">'
HEAD = 2_000  # characters within which a page of ours says so

Write = Callable[[Mapping[str, str]], None]


def write_report(directory: str | os.PathLike[str], findings: Sequence[Explanation]) -> None:
    """One page for each finding, and an index.

    Raises:
        BadInput: `directory` cannot be written.
    """
    with report_folder(os.fspath(directory)) as write:
        write(pages([Entry(finding) for finding in findings]))


@contextmanager
def report_folder(path: str | None) -> Iterator[Write]:
    """A function that puts pages, by file name, in the folder `path`; None is nowhere.

    The folder is made if it is not there, and is gone again if nothing is written. Pages of an earlier report that are
    not among the new ones are removed.

    Raises:
        BadInput: the folder cannot be written; on entering rather than at the end, if that can be known.
    """
    if path is None:
        yield lambda found: None
        return
    with _explained(path):
        made = _made(path)
        aside = os.path.join(path, f".{os.getpid()}.part")
        try:
            _check(path)
            os.mkdir(aside)
        except OSError:
            _remove(made)
            raise
    try:
        yield lambda found: _put(path, aside, found)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        _remove(made)


def _made(path: str) -> list[str]:
    """Make the folder and those above it; the new ones, innermost first."""
    new: list[str] = []
    above = os.path.abspath(path)
    while not os.path.lexists(above):
        new.append(above)
        above = os.path.dirname(above)
    os.makedirs(path, exist_ok=True)
    return new


def _remove(made: list[str]) -> None:
    """Of the folders just made, those that are still empty."""
    for folder in made:
        try:
            os.rmdir(folder)
        except OSError:
            return


def _check(path: str) -> None:
    index = os.path.join(path, INDEX)
    if os.path.lexists(index) and not _is_ours(index):
        raise FileExistsError(0, f"its {INDEX} is not one that the harness has written")


def _put(path: str, aside: str, found: Mapping[str, str]) -> None:
    with _explained(path):
        for name, text in found.items():
            with open(os.path.join(aside, name), "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        earlier = [name for name in os.listdir(path) if name not in found and _is_ours(os.path.join(path, name))]
        for name in sorted(found, key=lambda name: name == INDEX):
            replace(os.path.join(aside, name), os.path.join(path, name))
        for name in earlier:
            os.unlink(os.path.join(path, name))


def _is_ours(path: str) -> bool:
    """Is it a page that this or an earlier run has written?"""
    if not os.path.isfile(path) or not path.endswith(".html"):
        return False
    with open(path, encoding="utf-8", errors="replace") as file:
        return MARK in file.read(HEAD)


def _explained(path: str) -> AbstractContextManager[None]:
    return explained(path, "the report", "give a folder of its own, which may be a new one")
