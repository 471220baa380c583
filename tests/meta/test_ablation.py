"""For every ingredient of DPOR a minimal program that has classes which only this ingredient finds.

The programs are texts of `tests.meta.random_programs`. DPOR must explore exactly so many classes; each of these numbers
goes down (or DPOR repeats itself) when the ingredient that gives its name is taken out. Some ingredients are conflicts
of the relation: without them, steps of the program do not commute. A comment says how the number comes about where that
is easy to see; all are confirmed by the class oracle and by naive search.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.model.execution import Settings
from tests.meta.class_twin import MAX_STEPS, Watched, agreement, explore
from tests.meta.random_programs import Text, program_of
from tests.meta.random_verbs import TICKER, TIMER

IDLE = Settings(max_steps=MAX_STEPS)
ADVERSARIAL = Settings("adversarial", early_firings=1, max_steps=MAX_STEPS)


@dataclass(frozen=True)
class Guard:
    """How many classes a program has."""

    classes: int
    text: Text
    capacities: tuple[int, int] = (0, 0)
    settings: Settings = IDLE


def select(*cases: tuple[str, int], default: bool = False) -> tuple[str, list[tuple[str, int]], bool]:
    """A select statement: "s" and "r" with the numbers of channels."""
    return "select", list(cases), default


SEND, RECEIVE, CLOSE = ("send", 0, 1), ("recv", 0, 0), ("close", 0, 0)
ADD, DONE, WAIT, ROUND = ("wg_add", 0, 0), ("wg_done", 0, 0), ("wg_wait", 0, 0), ("wg_round", 0, 0)
READ, RLOCK, RUNLOCK = ("read", 0, 0), ("rlock", 0, 0), ("runlock", 0, 0)
LOAD, STORE, CANCEL = ("load", 0, 0), ("store", 0, 1), ("cancel", 0, 0)
LOCK, UNLOCK_IN_VAIN, CLOSE_NIL = ("lock", 0, 0), ("unlock", 0, 0), ("close", 2, 0)
STOP, TICK, TIME_OUT = ("stop", 0, 0), ("tick", 0, 0), ("timer", 0, 0)

GUARDS: dict[str, Guard] = {
    # either may send
    "other ways of a select meet": Guard(2, [[select(("r", 0), ("s", 0))]] * 2),
    "another case of a select": Guard(2, [[select(("r", 0), ("r", 1))], [SEND], [("send", 1, 1)]], (1, 1)),
    "a choice": Guard(4, [[("choose", 0, 0)], [("choose", 0, 0)]]),
    # one receiver stays behind
    "another partner": Guard(2, [[SEND], [RECEIVE], [RECEIVE]]),
    "who is blocked at the end could have been first": Guard(2, [[LOCK], [LOCK]]),
    "back past the unlock that enables a lock": Guard(2, [[("critical", 0, 0)], [("critical", 0, 1)]]),
    "back past the receive that makes room": Guard(2, [[SEND, RECEIVE], [SEND]], (1, 0)),
    "a default undoes two guards": Guard(
        3, [[SEND], [select(("r", 0), ("r", 1), default=True)], [("close", 1, 0)]], (1, 1)
    ),
    "old races with a new suffix": Guard(
        8, [[SEND, SEND], [CLOSE], [select(("r", 0), ("r", 0), default=True)]], (1, 0)
    ),
    # before both adds, or never
    "a wait undoes several adds": Guard(2, [[ADD], [ADD], [WAIT]]),
    "read locks given back by other goroutines": Guard(24, [[RLOCK], [RLOCK], [RUNLOCK], [RUNLOCK]]),
    # the first panic is the outcome
    "panics of different objects are ordered": Guard(2, [[UNLOCK_IN_VAIN], [CLOSE_NIL]]),
    "panics in what follows a close": Guard(5, [[CLOSE, ("close", 1, 0)], [SEND], [("send", 1, 0)]], (1, 1)),
    # created before the cancel, or born cancelled
    "deriving from what is being cancelled": Guard(2, [[CANCEL], [LOAD, ("deadline", 1, 1)]]),
    "timers that are due at once": Guard(2, [[("after", 0.1)], [("after", 0.1)]]),
    "a timer that is due, and one that is not yet": Guard(1, [[("gosched", 0, 0), ("after", 0)], [("reset", 0)]]),
    "sleeps that end at once": Guard(4, [[("sleep", 0.1), STORE], [("sleep", 0.1), LOAD]]),
    "a tick that finds the last one not taken": Guard(3, [[TICK, TICK], [TICK]]),
    "a tick that is polled": Guard(2, [[("sleep", 0.3), TICK], [select(("r", TICKER), default=True)]]),
    "stopping a timer that is due": Guard(5, [[("sleep", 0.2), STOP], [TIME_OUT]]),
    "stopping one that is due and polled": Guard(
        10, [[("sleep", 0.2), select(("r", TIMER), default=True)], [("sleep", 0.2), STOP]]
    ),
    # the parent's cancel, the child's, and the deadline between the two
    "cancelling when the deadline is due": Guard(4, [[("timeout", 0.2)], [("sleep", 0.2), CANCEL]]),
    "a wait group that is used again": Guard(20, [[ROUND], [ROUND]]),
    "coming to the wait of a group that is used again": Guard(10, [[LOAD, WAIT], [ADD, DONE, ADD]]),
    "a wait that may wake, panic or wait again": Guard(5, [[ADD, DONE, ADD, DONE], [WAIT]]),
    "a read lock given back by somebody else": Guard(3, [[READ], [RUNLOCK]]),
    "a counter below zero": Guard(2, [[DONE], [ADD]]),
    "a default has looked at every channel": Guard(
        2, [[select(("r", 0), ("r", 1), default=True)], [("send", 1, 0)]], (1, 1)
    ),
    "a closed channel is drained by the last receive": Guard(2, [[SEND, CLOSE], [RECEIVE], [RECEIVE]], (1, 0)),
    # the one that is parked at both channels keeps the default away until it leaves
    "leaving a channel at which one has parked": Guard(
        4,
        [
            [("sleep", 0.1), select(("s", 0), default=True)],
            [select(("r", 0), ("r", 1))],
            [("sleep", 0.1), ("send", 1, 0)],
        ],
    ),
    "time that comes early, and earlier still": Guard(6, [[("deadline", 0, 2)]], settings=ADVERSARIAL),
    "time that comes early": Guard(3, [[STOP], [TIME_OUT]], settings=ADVERSARIAL),
    "a move of time that stands in the way": Guard(
        2, [[LOAD, ("timeout", 0.1)], [("err", 0, 0)]], settings=ADVERSARIAL
    ),
    "time that comes early between two steps": Guard(
        6, [[("sleep", 0.1), STORE], [("store", 0, 2), LOAD]], settings=ADVERSARIAL
    ),
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_every_class_is_explored_once(guard: Guard) -> None:
    explored = explore(Watched(program_of(guard.text, guard.capacities), guard.settings).subject, most=1_000)
    assert (len(explored.digests), len(explored.executions), explored.blocked) == (guard.classes, guard.classes, 0)


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_the_number_is_that_of_the_slow_twins(guard: Guard) -> None:
    found = agreement(program_of(guard.text, guard.capacities), guard.settings, most=3_000)
    assert (found.classes, found.naive, found.differences) == (guard.classes, True, [])
