"""Beginning a campaign, or going on with the one in a journal.

What nobody asks for is as the journal says, or as usual if there is none yet. What belongs together stays together: a
journal is not gone on with for other designs, another seed, or sources that have been edited since, because a batch
would no longer be what its number says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness import __version__
from harness.model.errors import BadInput
from harness.stream.design import Design
from harness.stream.loading import design_named
from harness.stress import file
from harness.stress.digest import digest_of_designs, digest_of_harness
from harness.stress.draw import PER_BATCH, Campaign
from harness.stress.journal import Journal

NEW_ONE = "give --fresh to start a new one and keep the old aside"
WORDS = {"seed": "seed", "designs": "designs", "per_batch": "executions per batch"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for; None is whatever the journal says."""

    designs: Sequence[Design] | None = None
    seed: int | None = None
    per_batch: int | None = None
    fresh: bool = False


def begun(path: str, asked: Asked, known: Sequence[Design]) -> tuple[Journal, tuple[Design, ...], str]:
    """The open journal at `path`, the designs of its campaign, and where an old one was moved ("" if none was).

    `known` are all designs that are registered; a handler of the user's is found again by its name, MODULE:HANDLER.

    Raises:
        BadInput: the journal cannot be used, and why.
    """
    moved = file.move_aside(path) if asked.fresh else None
    if not os.path.lexists(path):
        wanted = asked.designs if asked.designs is not None else known
        campaign = Campaign(asked.seed or 0, tuple(design.name for design in wanted), asked.per_batch or PER_BATCH)
        file.make(path, {**settings_of(campaign), **versions(wanted)})
    journal = Journal(path)
    try:
        _check_asked(journal, asked)
        designs = _designs_of(journal, [*known, *(asked.designs or ())])
        _check_versions(journal, versions(designs))
    except BaseException:
        journal.close()
        raise
    return journal, designs, moved or ""


def settings_of(campaign: Campaign) -> dict[str, str]:
    """A campaign as a journal states it."""
    return {
        "seed": str(campaign.seed),
        "designs": json.dumps(campaign.designs),
        "per_batch": str(campaign.per_batch),
    }


def versions(designs: Sequence[Design]) -> dict[str, str]:
    """What a journal must have been written with."""
    return {"version": __version__, "designs' sources": digest_of_designs(designs), "harness": digest_of_harness()}


def _check_asked(journal: Journal, asked: Asked) -> None:
    campaign = journal.campaign
    designs = campaign.designs if asked.designs is None else tuple(design.name for design in asked.designs)
    wanted = settings_of(
        Campaign(
            campaign.seed if asked.seed is None else asked.seed,
            designs,
            campaign.per_batch if asked.per_batch is None else asked.per_batch,
        )
    )
    for name, value in settings_of(campaign).items():
        if wanted[name] != value:
            raise BadInput(
                f"the journal {journal.path!r} is of a campaign with {WORDS[name]} {value}, and {wanted[name]} was "
                f"asked for: leave the option out to go on with it, or {NEW_ONE}"
            )


def _designs_of(journal: Journal, known: Sequence[Design]) -> tuple[Design, ...]:
    by_name = {design.name: design for design in known}
    return tuple(by_name.get(name) or _found(journal, name) for name in journal.campaign.designs)


def _found(journal: Journal, name: str) -> Design:
    """A design of the campaign that is not registered."""
    of = f"the journal {journal.path!r} is of a campaign with the design {name!r}"
    if ":" not in name:
        raise BadInput(f"{of}, which there is not: give --scenarios or --design as when it was begun, or {NEW_ONE}")
    try:
        return design_named(name)
    except BadInput as error:
        raise BadInput(f"{of}, which cannot be loaded ({error}): mend it, or {NEW_ONE}") from error


def _check_versions(journal: Journal, now: Mapping[str, str]) -> None:
    changed = [name for name, value in now.items() if journal.settings.get(name) != value]
    if not changed:
        return
    then = journal.settings.get("version", "?")
    what = {
        "version": f"was written by harness {then}, and this is {now['version']}",
        "designs' sources": "is of a campaign whose designs have been edited since",
        "harness": "is of a campaign that began with other sources of the harness",
    }
    raise BadInput(f"the journal {journal.path!r} {what[changed[0]]}, so its batches cannot be gone on with: {NEW_ONE}")
