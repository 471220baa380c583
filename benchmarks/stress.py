"""What stressing costs beside checking: executions per second of CPU over the same batches, all properties judged.

Run `python -m benchmarks.stress [BATCHES]`. `execute` runs the schedules and judges nothing; `check` asks one property
after the other until one objects, as the verb does; `batch` asks all and counts violations by their cause; `campaign`
also makes smaller what is new, and enters everything in a journal, whose own share stands behind it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.campaign import executions, objection
from harness.stream import SAFE_STREAM, load_designs, serve
from harness.stress import Asked, Batch, Campaign, Journal, begun, drawn, go_on, run_batch, workers
from harness.stress.draw import strategy_of

DESIGNS = {design.name: design for design in load_designs()}
ORACLES = SAFE_STREAM


def main(number: int) -> None:
    """Print the table, for the sound design and for all of them."""
    print(f"{'':12}  {'execute':>8}  {'check':>8}  {'batch':>8}  {'campaign':>8}  journal")
    for title, names in (("supervised", ("supervised",)), ("all designs", tuple(DESIGNS))):
        campaign = Campaign(0, names)
        batches = [drawn(campaign, each) for each in range(number)]
        plain = [rate(batches, execute), rate(batches, check)]
        counted = rate(batches, lambda batch: run_batch(DESIGNS[batch.design], batch).sightings)
        whole, entering = campaign_seconds(names, number)
        total = sum(batch.executions for batch in batches)
        figures = [*plain, counted, total / whole]
        print(f"{title:12}" + "".join(f"  {figure:8,.0f}" for figure in figures) + f"  {entering / whole:.2%}")


def rate(batches: list[Batch], work: Callable[[Batch], Iterable[object]]) -> float:
    """Executions per second of this process's CPU."""
    began = time.process_time()
    for batch in batches:
        deque(work(batch), 0)
    return sum(batch.executions for batch in batches) / (time.process_time() - began)


def execute(batch: Batch) -> Iterator[Execution]:
    """All executions of a batch."""
    subject = Subject(serve(DESIGNS[batch.design].handler, batch.plan), (), batch.settings)
    return islice(executions(subject, strategy_of(batch)), batch.executions)


def check(batch: Batch) -> list[object]:
    """All executions of a batch, judged one by one."""
    return [objection(execution, ORACLES) for execution in execute(batch)]


def campaign_seconds(names: tuple[str, ...], number: int) -> tuple[float, float]:
    """CPU of a campaign in this process, and what of it entering batches in the journal takes."""
    entering, enter = 0.0, Journal.enter

    def timed(journal: Journal, *arguments: Any) -> None:
        nonlocal entering
        began = time.process_time()
        enter(journal, *arguments)
        entering += time.process_time() - began

    Journal.enter = timed  # type: ignore[method-assign]
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder, workers(1) as executor:
        chosen = [DESIGNS[name] for name in names]
        journal, designs, _ = begun(os.path.join(folder, "stress.sqlite"), Asked(chosen), chosen)
        with journal:
            go_on(journal, designs, executor, executions=number * journal.campaign.per_batch)
    Journal.enter = enter  # type: ignore[method-assign]
    return time.process_time() - began, entering


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 120)
