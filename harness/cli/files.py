"""Writing a report to a file: checked before the long work starts, written aside, renamed when complete."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from harness.cli.output import write
from harness.model.errors import BadInput

STDOUT = "-"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def destination(path: str | None, what: str) -> Iterator[Callable[[str], None]]:
    """A function that puts text in the file `path` ("-" is stdout, None is nowhere).

    A file that is there already stays as it is until the new one is complete.

    Raises:
        BadInput: `path` cannot be written; on entering rather than at the end, if that can be known.
    """
    if path == "":
        raise BadInput(f"cannot write {what} to '': give the path of a file, or leave the option out")
    if path is None or path == STDOUT:
        yield write if path else _nowhere
        return
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        yield lambda text: _put(path, path, text, what)
        return
    target = os.path.realpath(path)
    aside = f"{target}.{os.getpid()}.part"
    with explained(path, what):
        _check(target)
        open(aside, "x").close()
    try:
        yield lambda text: _put(aside, target, text, what)
    finally:
        if os.path.exists(aside):
            os.unlink(aside)


def together(texts: Mapping[str, str], what: str, advice: str) -> None:
    """Put texts in files, by path: all of them are written aside before the first is renamed, so it is all or none.

    Raises:
        BadInput: one cannot be written.
    """
    asides = {path: f"{os.path.realpath(path)}.{os.getpid()}.part" for path in texts}
    try:
        for path, text in texts.items():
            with explained(path, what, advice):
                _check(os.path.realpath(path))
                with open(asides[path], "x", encoding="utf-8", newline="\n") as file:
                    file.write(text)
        for path, aside in asides.items():
            with explained(path, what, advice):
                replace(aside, os.path.realpath(path))
    finally:
        for aside in asides.values():
            if os.path.exists(aside):
                os.unlink(aside)


def replace(aside: str, target: str) -> None:
    """Rename; a file that was there before lends its mode."""
    try:
        mode = stat.S_IMODE(os.stat(target).st_mode)
    except FileNotFoundError:
        pass
    else:
        os.chmod(aside, mode)
    os.replace(aside, target)


def _nowhere(_text: str) -> None:
    """Forget it."""


def _check(target: str) -> None:
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _put(aside: str, target: str, text: str, what: str) -> None:
    with explained(target, what):
        with open(aside, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if aside != target:
            replace(aside, target)


@contextmanager
def explained(path: str, what: str, advice: str = "give the path of a file in a folder that exists") -> Iterator[None]:
    """What the system refuses in this block, in one sentence.

    Raises:
        BadInput: something is refused.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            advice = "make room there, or write to another disk"
        raise BadInput(f"cannot write {what} to {path!r}: {error.strerror or error}; {advice}") from error


def distinct(paths: Mapping[str, str | None]) -> None:
    """Nothing, if what the options ask for goes to different places.

    Raises:
        BadInput: two of them name one file, or stdout.
    """
    taken: dict[str, str] = {}
    for option, path in paths.items():
        if not path:
            continue
        place = path if path == STDOUT else os.path.realpath(path)
        if place not in taken:
            taken[place] = option
        elif place == STDOUT:
            raise BadInput(f"only one of {taken[place]} and {option} can go to stdout: give the other a file")
        elif os.path.isfile(place) or not os.path.exists(place):  # others, such as /dev/null, take anything
            raise BadInput(f"{taken[place]} and {option} name the same file, {path!r}: give each a file of its own")
