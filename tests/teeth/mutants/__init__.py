"""The list of mutants: at least one for each thing that a design does, and for each that it must not do."""

from tests.teeth.mutant import Mutant
from tests.teeth.mutants import close_channel, done_channel, loop, supervised, wait_groups

MUTANTS: tuple[Mutant, ...] = (
    *done_channel.MUTANTS,
    *wait_groups.MUTANTS,
    *close_channel.MUTANTS,
    *loop.MUTANTS,
    *supervised.MUTANTS,
)
