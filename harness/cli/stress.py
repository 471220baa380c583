"""`harness stress`: random plans under random schedules, with a journal of what was done."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

from rich.text import Text

from harness import __version__
from harness.cli import exits, progress
from harness.cli.designs import chosen, registered, where_to_replay
from harness.cli.explain import explanation
from harness.cli.files import STDOUT, destination
from harness.cli.folders import report_folder
from harness.cli.output import complain, console_on, say, write
from harness.cli.signals import ending_in_order
from harness.model.errors import BadInput
from harness.model.stress import Cause, Stressed
from harness.report.html import Entry, pages
from harness.report.stressed import status, stressed_json, stressed_text, summary
from harness.report.text import count, printable
from harness.search.parallel.pool import workers
from harness.stream.loading import put_current_folder_on_path
from harness.stream.verdicts import default_jobs
from harness.stress.batch import Ran
from harness.stress.begin import Asked, begun
from harness.stress.campaign import go_on
from harness.stress.journal import Journal

JOURNAL = os.path.join("reports", "stress.sqlite")
MINUTES = 1.0


def run(arguments: Namespace) -> int:
    """As much of the campaign as was asked for, and what is known of it then."""
    if arguments.count is not None and arguments.minutes is not None:
        raise BadInput("--count says how many executions, --minutes for how long: give one of the two")
    known = registered(arguments.scenarios)
    asked = _asked(arguments)
    jobs = arguments.jobs or default_jobs()
    silent = arguments.json == STDOUT
    with (
        ending_in_order(),
        destination(arguments.json, "the JSON") as write_json,
        report_folder(arguments.html) as write_pages,
        workers(jobs) as executor,
    ):
        journal, designs, moved = begun(_path(arguments.journal), asked, known)
        with journal:
            meter = Meter(arguments, journal.batches, journal.campaign.per_batch)
            _tell_beginning(journal, moved, arguments.count)
            why, code = "", exits.AS_EXPECTED
            try:
                with progress.batches(arguments.count, meter.before) as show:
                    go_on(
                        journal,
                        designs,
                        executor,
                        jobs=jobs,
                        executions=arguments.count,
                        on_batch=meter.hearing(lambda ran: show(ran, len(journal.smallest))),
                    )
            except KeyboardInterrupt:
                why, code = "interrupted", exits.INTERRUPTED
            except BrokenProcessPool:
                why, code = "a worker process died (out of memory?)", exits.INCONCLUSIVE
            found = journal.stressed(designs)
        if not code:
            code = exits.DIFFERS if found.new else exits.AS_EXPECTED
        write_json(stressed_json(found, __version__))
        if arguments.html:
            write_pages(_pages(found))
        _tell_end(found, meter, why, journal.path, silent, where_to_replay(arguments.scenarios))
    return code


def _asked(arguments: Namespace) -> Asked:
    """What of the campaign is not as the journal says.

    The current folder is importable from here on, for the workers: they are begun before the journal is opened, and so
    before it is known which handlers it names.
    """
    put_current_folder_on_path()
    designs = chosen(arguments.design, arguments.scenarios) if arguments.design else None
    return Asked(designs, arguments.seed, arguments.executions_per_batch, arguments.fresh)


def _pages(found: Stressed) -> dict[str, str]:
    """One for each cause, the new ones first, and an index."""
    return pages([_entry(cause) for cause in sorted(found.causes, key=lambda cause: bool(cause.known))])


def _entry(cause: Cause) -> Entry:
    """A cause on a page of its own: its smallest example."""
    example = cause.smallest
    return Entry(explanation(example.token, cause.property, example.message), note=status(cause))


class Meter:
    """How much this run has done, and whether it is to go on."""

    def __init__(self, arguments: Namespace, batches: int, per_batch: int) -> None:
        minutes = arguments.minutes or (None if arguments.count else MINUTES)
        self.before = batches * per_batch
        self.executions = 0
        self.began = time.monotonic()
        self.end = None if minutes is None else self.began + 60 * minutes

    def hearing(self, show: Callable[[Ran], None]) -> Callable[[Ran], bool]:
        """A function that is told of each batch, shows it, and says whether there is time for another."""

        def heard(ran: Ran) -> bool:
            self.executions += ran.executions
            show(ran)
            return self.end is None or time.monotonic() < self.end

        return heard

    def rate(self) -> str:
        """What this run has done, in words."""
        seconds = time.monotonic() - self.began
        rate = f", {self.executions / seconds:,.0f}/s" if self.executions else ""
        return f"this run: {count(self.executions, 'execution')} in {seconds:.1f} s{rate}"


def _path(given: str | None) -> str:
    """Where the journal is; the folder of the usual place is made."""
    if given is not None:
        return given
    try:
        os.makedirs(os.path.dirname(JOURNAL), exist_ok=True)
    except OSError as error:
        raise BadInput(f"cannot make the folder of {JOURNAL!r}: {error.strerror}; give --journal FILE") from error
    return JOURNAL


def _tell_beginning(journal: Journal, moved: str, asked: int | None) -> None:
    """What becomes of an old journal, and of a number that is reached already or is not one of whole batches."""
    path, per_batch = printable(journal.path), journal.campaign.per_batch
    before = journal.batches * per_batch
    if moved:
        write(f"the old journal is kept as {printable(moved)}\n", sys.stderr)
    if asked and before >= asked:
        write(
            f"{path} has {count(before, 'execution')} already, and --count {asked} is of the campaign as a whole, so "
            "there is nothing to do: give a higher --count, or --minutes\n",
            sys.stderr,
        )
        return
    if before:
        write(f"going on with {path} after {count(before, 'execution')}\n", sys.stderr)
    if asked and asked % per_batch:
        whole = -(-asked // per_batch) * per_batch
        write(f"--count {asked} is rounded up to {whole}: a batch has {count(per_batch, 'execution')}\n", sys.stderr)


def _tell_end(found: Stressed, meter: Meter, why: str, path: str, silent: bool, where: str) -> None:
    """Tables, causes and the sum; on stderr only why it ended early, where stdout is JSON."""
    kept = f"{why}; what is finished is in {printable(path)}: the same command without --fresh goes on from there"
    if silent:
        if why:
            complain(kept)
        return
    end = Text.assemble(summary(found), f" ({meter.rate()}; journal: {printable(path)})")
    text = stressed_text(found, width=console_on(sys.stdout).width)
    say(text, where if found.causes else "", kept if why else "", end)
