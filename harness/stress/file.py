"""The file of a journal: made whole, opened by one process at a time, refused with a sentence if it is something else.

It is an SQLite database in WAL mode. `synchronous` is NORMAL: then a commit is safe from the death of the process, by
SIGKILL too, because what it wrote is with the operating system. It need not be on the disk yet, so a power failure may
undo the last commits, though none by half. That is enough here, and costs no wait for the disk: what is undone is so
from the end, and batches are functions of their numbers, so the same ones are run again and find the same.

The lock is SQLite's own (`locking_mode` EXCLUSIVE, kept as long as the connection), so it ends with the process.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

from harness.model.errors import BadInput

APPLICATION = 0x68726E73  # "hrns", which tells our databases from other people's
SCHEMA = 2
TABLES = """
CREATE TABLE campaign (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batches (
    number INTEGER PRIMARY KEY, design TEXT NOT NULL, plan TEXT NOT NULL, strategy TEXT NOT NULL,
    executions INTEGER NOT NULL
);
CREATE TABLE causes (
    number INTEGER PRIMARY KEY, design TEXT NOT NULL, property TEXT NOT NULL, known INTEGER NOT NULL,
    cause TEXT NOT NULL, first TEXT NOT NULL, smallest TEXT NOT NULL, UNIQUE (design, property, cause)
);
CREATE TABLE minimised (
    number INTEGER PRIMARY KEY, design TEXT NOT NULL, property TEXT NOT NULL, seen TEXT NOT NULL, plan TEXT NOT NULL,
    cause INTEGER NOT NULL REFERENCES causes
);
CREATE TABLE sightings (
    batch INTEGER NOT NULL REFERENCES batches, cause INTEGER NOT NULL REFERENCES causes, times INTEGER NOT NULL,
    PRIMARY KEY (batch, cause)
) WITHOUT ROWID;
"""
SIDE_FILES = ("", "-wal", "-shm", "-journal")
OUTSIDE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOLFS,
)
"""What is wrong with the place, rather than with the file."""
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
ELSEWHERE = "give another --journal, a file in a folder that exists and can be written"
ANOTHER = "give another --journal, or --fresh, which moves it aside"


def make(path: str, settings: dict[str, str]) -> None:
    """A journal without batches, if there is no file yet. It appears when it is complete.

    Raises:
        BadInput: it cannot be made there.
    """
    if not os.path.isdir(os.path.dirname(path) or os.curdir):
        folder = os.path.dirname(path)
        raise BadInput(f"cannot write the journal {path!r}: there is no folder {folder!r}; {ELSEWHERE}")
    if any(os.path.exists(path + suffix) for suffix in SIDE_FILES[1:]):
        move_aside(path)  # left by a file that somebody has deleted: SQLite would take it for this one's
    aside = f"{path}.{os.getpid()}.part"
    try:
        with explained(path), closing(sqlite3.connect(aside, isolation_level=None)) as database:
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {SCHEMA}")
            database.executescript(f"BEGIN;{TABLES}")
            database.executemany("INSERT INTO campaign VALUES (?, ?)", sorted(settings.items()))
            database.execute("COMMIT")
            database.execute("PRAGMA journal_mode = WAL")
        _appear(aside, path)
    except OSError as error:
        raise unwritable(path, error.strerror or str(error), error.errno == errno.ENOSPC) from error
    finally:
        for suffix in SIDE_FILES:
            if os.path.exists(aside + suffix):
                os.unlink(aside + suffix)


def _appear(aside: str, path: str) -> None:
    """Under its own name, unless somebody else's is there by now: theirs is as good."""
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.rename(aside, path)


def connect(path: str) -> sqlite3.Connection:
    """The journal in this file, for this process alone.

    Raises:
        BadInput: it is none, or damaged, or of a newer version; or another process has it.
    """
    _look_at(path)
    with explained(path):
        database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            _check(path, database)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            database.execute("COMMIT")
        except BaseException:
            database.close()
            raise
    return database


def _look_at(path: str) -> None:
    """What can be told without SQLite."""
    if os.path.isdir(path):
        raise BadInput(f"the journal is a file, and {path!r} is a directory: give the path of a file in it")
    if not os.path.isfile(path):
        raise BadInput(f"the journal is a file, and {path!r} is none: give another --journal")
    if not os.path.getsize(path):
        raise BadInput(f"{path!r} is empty, which no journal ever is: {ANOTHER}")


def _check(path: str, database: sqlite3.Connection) -> None:
    """Is it ours, of this version, and whole?"""
    (application,), (version,) = (_one(database, f"PRAGMA {name}") for name in ("application_id", "user_version"))
    if application != APPLICATION:
        raise BadInput(f"{path!r} is another program's SQLite database, not a journal of harness stress: {ANOTHER}")
    if version != SCHEMA:
        raise BadInput(
            f"the journal {path!r} has the form of another version (schema {version}; this one reads {SCHEMA}): "
            f"go on with the version that wrote it, or {ANOTHER}"
        )
    (verdict,) = _one(database, "PRAGMA quick_check(1)")
    if verdict != "ok":
        raise damaged(path, str(verdict))


def _one(database: sqlite3.Connection, query: str) -> tuple[object, ...]:
    row: tuple[object, ...] = database.execute(query).fetchone()
    return row


def move_aside(path: str) -> str | None:
    """Rename what is at `path`, so that nothing is there; the new name, None if nothing was.

    Raises:
        BadInput: another process is at work on it, or it cannot be renamed.
    """
    there = [suffix for suffix in SIDE_FILES if os.path.lexists(path + suffix)]
    if not there:
        return None
    if "" in there:
        _check_unused(path)
    name = next(name for number in count(1) if not os.path.lexists(name := f"{path}.{number}"))
    try:
        for suffix in SIDE_FILES:
            if os.path.lexists(path + suffix):
                os.rename(path + suffix, name + suffix)
    except OSError as error:
        raise unwritable(path, error.strerror or str(error), error.errno == errno.ENOSPC) from error
    return name


def _check_unused(path: str) -> None:
    """Complain if another process has it; if it is no journal, nobody has."""
    if os.path.isdir(path):
        _look_at(path)
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except sqlite3.Error as error:
        if _is_locked(error):
            raise in_use(path) from error


# -- what is wrong -------------------------------------------------------------------------------------------


@contextmanager
def explained(path: str) -> Iterator[None]:
    """SQLite's complaints as sentences."""
    try:
        yield
    except sqlite3.Error as error:
        if _is_locked(error):
            raise in_use(path) from error
        if _code(error) in OUTSIDE:
            raise unwritable(path, str(error), _code(error) in NO_ROOM) from error
        raise damaged(path, str(error)) from error


def _is_locked(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 if SQLite gave none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def in_use(path: str) -> BadInput:
    """Two processes at one journal."""
    return BadInput(f"another process is at work on the journal {path!r}: wait for its end, or give another --journal")


def damaged(path: str, how: str) -> BadInput:
    """Not what was written."""
    return BadInput(f"{path!r} is no journal of harness stress, or a damaged one ({how}): {ANOTHER}")


def unwritable(path: str, why: str, no_room: bool = False) -> BadInput:
    """It cannot be written here and now."""
    advice = "make room, or give another --journal" if no_room else ELSEWHERE
    return BadInput(f"cannot write the journal {path!r}: {why}; what it holds stays: {advice}")
