"""Which conflicting operations were seen in which order."""

import pytest

from harness import Channel, Mutex, Recv, Shared, check, go, prove, select
from harness.errors import BadInput
from harness.model.coverage import Coverage, Pair, Site
from harness.report.coverage import coverage, coverage_value
from harness.strategies import DPOR, PCT, RandomWalk


async def two_writers() -> None:
    """Two goroutines write one variable, and main has written it before."""
    x = Shared(0, name="x")
    await x.store(1)
    go(x.store, 2)
    go(x.store, 3)


async def either_or() -> None:
    """Whichever of two channels is served, the other one's reader has nothing to read."""
    a, b, x = Channel(1, name="a"), Channel(1, name="b"), Shared(0, name="x")

    async def reader() -> None:
        await x.load()

    async def chooser() -> None:
        index, _, _ = await select(Recv(a), Recv(b))
        go(reader if index else x.store, *([] if index else [1]))
        if index:
            await b.close()

    await a.send(1)
    await b.send(1)
    go(chooser)


def told(pairs: tuple[Pair, ...]) -> list[tuple[str, str]]:
    """Goroutine and operation of both sides."""
    return [(f"{p.first.goroutine} {p.first.operation}", f"{p.second.goroutine} {p.second.operation}") for p in pairs]


def test_a_proof_sees_both_orders_of_what_nothing_orders_and_one_of_what_the_program_orders() -> None:
    found = prove(two_writers, oracles=[], coverage=True).coverage
    assert found is not None
    assert told(found.both) == [("main/store#1 store on x", "main/store#2 store on x")]
    assert told(found.one) == [
        ("main store on x", "main/store#1 store on x"),
        ("main store on x", "main/store#2 store on x"),
    ]
    assert found.never == ()
    assert all(pair.first.place.startswith("test_coverage.py:") or "/" in pair.first.place for pair in found.one)


def test_one_execution_sees_one_order() -> None:
    found = check(two_writers, oracles=[], executions=1, coverage=True).coverage
    assert found is not None and (len(found.both), len(found.one), len(found.never)) == (0, 3, 0)


def test_operations_that_exclude_each_other_never_meet() -> None:
    found = prove(either_or, oracles=[], coverage=True).coverage
    assert found is not None and found.both == ()
    assert told(found.never) == [("main/chooser#1/reader#1 load on x", "main/chooser#1/store#1 store on x")]


def test_a_kth_receive_after_the_kth_send_is_no_pair() -> None:
    async def program() -> None:
        ch = Channel(1)
        go(ch.send, 1)
        await ch.recv()

    assert prove(program, coverage=True).coverage == Coverage()


def test_check_with_reduction_covers_what_the_proof_does() -> None:
    async def program() -> None:
        lock, x = Mutex(), Shared(0)

        async def worker() -> None:
            async with lock:
                await x.store(1)

        go(worker)
        go(worker)

    proved = prove(program, coverage=True).coverage
    assert proved is not None and len(proved.both) >= 2
    assert check(program, strategy=DPOR(), coverage=True).coverage == proved
    assert check(program, strategy=RandomWalk(seed=1), coverage=True).coverage == proved
    assert prove(program, max_preemptions=2, coverage=True).coverage == proved


@pytest.mark.parametrize("strategy", [None, PCT(depth=1, seed=1)])
def test_the_coverage_is_the_same_for_any_number_of_jobs(strategy: PCT | None) -> None:
    alone = check(two_writers, strategy=strategy, oracles=[], executions=2_100, coverage=True)
    again = None if strategy is None else PCT(depth=1, seed=1)
    assert check(two_writers, strategy=again, oracles=[], executions=2_100, coverage=True, jobs=2) == alone
    assert alone.counted == 2_100 and alone.coverage is not None


def test_nobody_pays_for_coverage_that_was_not_asked_for() -> None:
    assert prove(two_writers, oracles=[]).coverage is None
    assert check(two_writers, oracles=[]).coverage is None


def test_a_shared_out_proof_has_no_coverage() -> None:
    with pytest.raises(BadInput, match="with coverage the search cannot be shared out: use jobs=1; found jobs=2"):
        prove(two_writers, coverage=True, jobs=2)


def test_coverage_in_words_and_as_a_value() -> None:
    one, other = Site("main", "store on \x1b", "a.py:1"), Site("the clock", "fire t", "")
    found = Coverage((Pair(one, one),), (Pair(one, other),), ())
    assert coverage(found, proved=False).splitlines() == [
        "interleavings: 2 pairs of conflicting operations; 1 seen in both orders, 1 in one only, "
        "0 never in one execution",
        "in one order only: the program orders them, or no other was tried",
        "  store on \\x1b by main (a.py:1) before fire t by the clock",
        "in both orders:",
        "  store on \\x1b by main (a.py:1) and store on \\x1b by main (a.py:1)",
    ]
    assert "in one order only: the program orders them\n" in coverage(found, proved=True)
    value = coverage_value(found)
    assert value["one"][0][1] == {"goroutine": "the clock", "operation": "fire t", "place": ""}
    assert coverage(Coverage(), proved=True) == (
        "interleavings: 0 pairs of conflicting operations; 0 seen in both orders, 0 in one only, "
        "0 never in one execution"
    )
