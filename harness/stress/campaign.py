"""Going on with a campaign: workers run batches, and this process alone enters them in the journal, in their order.

The order makes everything a function of how many batches were entered: which example is the first, which is the
smallest, what counts for what. Neither the number of workers nor being broken off in between makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from itertools import count

from harness.stream.design import Design
from harness.stream.plan import StreamPlan
from harness.stress.batch import Minimal, Ran, minimised, run_batch
from harness.stress.draw import drawn
from harness.stress.journal import Finding, Journal, Signature
from harness.stress.known import known_because
from harness.stress.ordered import in_order


def go_on(
    journal: Journal,
    designs: Sequence[Design],
    executor: Executor,
    *,
    jobs: int = 1,
    executions: int | None = None,
    on_batch: Callable[[Ran], bool] = lambda ran: True,
) -> None:
    """Run the batches that the journal lacks, until it has `executions`; without that, until `on_batch` says False.

    `on_batch` hears of each batch when it has been entered, and says whether to go on. As only whole batches are run,
    there may be a few executions more.

    Raises:
        BadInput: the journal cannot be written, or a batch cannot be run. What is in it stays.
    """
    campaign = journal.campaign
    by_name = {design.name: design for design in designs}

    def start(number: int) -> Future[Ran]:
        batch = drawn(campaign, number)
        return executor.submit(run_batch, by_name[batch.design], batch)

    numbers: Iterable[int] = count(journal.batches)
    if executions is not None:
        numbers = range(journal.batches, -(-executions // campaign.per_batch))
    for ran in in_order(window(jobs), start, numbers):
        journal.enter(ran, _findings(journal, by_name[ran.batch.design], ran, executor))
        if not on_batch(ran):
            return


def window(jobs: int) -> int:
    """How many batches are begun and not entered: enough for everybody to have one while the oldest is waited for."""
    return 1 if jobs == 1 else 2 * jobs


def _findings(journal: Journal, design: Design, ran: Ran, executor: Executor) -> list[Finding]:
    """The sightings of a batch; those that no minimal example accounts for are made smaller, by the workers."""
    signatures: list[Signature] = [(design.name, each.property, each.cause) for each in ran.sightings]
    shrinking: list[Future[Minimal] | None] = [
        executor.submit(minimised, design, each) if journal.accounted_for(signature, ran.batch.plan) is None else None
        for signature, each in zip(signatures, ran.sightings, strict=True)
    ]
    findings = []
    for signature, sighting, future in zip(signatures, ran.sightings, shrinking, strict=True):
        minimal = future.result() if future is not None else None
        plan = StreamPlan.parse(minimal.example.plan) if minimal is not None else None
        known = plan is not None and bool(known_because(design, plan, sighting.property))
        findings.append(Finding(signature, sighting, minimal, known))
    return findings
