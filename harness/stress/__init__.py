"""Stress: random plans under random schedules, as many as there is time for, with a journal.

    with workers(jobs) as executor:
        journal, designs, _ = begun("stress.sqlite", Asked(seed=7), load_designs())
        with journal:
            go_on(journal, designs, executor, jobs=jobs, executions=100_000)
            print(journal.stressed(designs))

A campaign is a numbered sequence of batches (`draw`), each a pure function of the campaign and its number. Workers run
them (`batch`), and the process that started them enters them in the journal (`journal`, `file`), in their order. What
is found is made minimal, counted by the cause of that, and told apart from what is known (`known`).
"""

from harness.search.parallel.pool import workers
from harness.stress.batch import minimised, run_batch
from harness.stress.begin import Asked, begun
from harness.stress.campaign import go_on
from harness.stress.draw import Batch, Campaign, drawn
from harness.stress.journal import Journal
from harness.stress.known import known_because

__all__ = [
    "Asked",
    "Batch",
    "Campaign",
    "Journal",
    "begun",
    "drawn",
    "go_on",
    "known_because",
    "minimised",
    "run_batch",
    "workers",
]
