"""The table of what depends on what: complete, symmetric, and by ticket where a channel has a buffer."""

import pytest

from harness.model import dependence
from harness.model.dependence import CONFLICTING, LABELS, TABLE, same_state_dependent, tickets_conflict

NUMBERS = {name: getattr(dependence, name.upper()) for name in LABELS}
CHANNEL, OTHER = object(), object()


def conflict(one: str, other: str) -> bool:
    return bool(CONFLICTING[NUMBERS[one]] >> NUMBERS[other] & 1)


def test_every_label_has_a_number_of_its_own_and_conflicts_with_something() -> None:
    assert sorted(NUMBERS.values()) == list(range(len(LABELS)))
    assert set(TABLE) <= set(NUMBERS.values())
    assert all(CONFLICTING)


@pytest.mark.parametrize("one", LABELS)
def test_conflicts_are_symmetric(one: str) -> None:
    assert [conflict(one, other) for other in LABELS] == [conflict(other, one) for other in LABELS]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("read", "read"),
        ("receive", "close"),
        ("drained", "drained"),
        ("default", "default"),
        ("meet", "meet"),
        ("default", "meet"),
        ("read_lock", "read_lock"),
        ("read_lock", "read_unlock"),
        ("lower", "lower"),
        ("raise", "raise"),
        ("wait", "wait"),
        ("refused", "send"),
    ],
)
def test_what_commutes(one: str, other: str) -> None:
    assert not conflict(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("read", "write"),
        ("send", "send"),
        ("receive", "receive"),
        ("send", "close"),
        ("close", "meet"),
        ("close", "drained"),
        ("lock", "lock"),
        ("lock", "unlock"),
        ("announce", "read_lock"),
        ("raise", "lower"),
        ("lower", "wait"),
        ("signal", "signal"),
    ],
)
def test_what_does_not(one: str, other: str) -> None:
    assert conflict(one, other)


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_a_send_is_ordered_with_its_receive_and_with_the_one_that_made_room(capacity: int) -> None:
    """The Go Memory Model, section "Channel communication"."""
    ordered = {(k, j) for k in range(12) for j in range(12) if tickets_conflict(k, j, capacity)}
    assert ordered == {(k, j) for k in range(12) for j in range(12) if j in (k, k - capacity)}


def test_two_steps_that_are_enabled_together_conflict_by_label_but_for_send_and_receive() -> None:
    send, receive = ((CHANNEL, dependence.SEND),), ((CHANNEL, dependence.RECEIVE),)
    assert same_state_dependent(send, send)
    assert same_state_dependent(receive, receive)
    assert not same_state_dependent(send, receive)
    assert not same_state_dependent(send, ((OTHER, dependence.SEND),))
    assert same_state_dependent(send, ((OTHER, dependence.READ), (CHANNEL, dependence.CLOSE)))
