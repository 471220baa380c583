"""Cancelling a tree of contexts (package context; `cancelCtx.cancel`, `removeChild`, `propagateCancel` in context.go).

The canceller goes from one context to the next, and others can see how far it has come. With Go 1.27 and
fifty children, a goroutine that the parent's done channel woke has been seen to find live ones; one whose own call of
cancel had returned has not.
"""

from typing import Any

import pytest

from harness import (
    CANCELED,
    DEADLINE_EXCEEDED,
    Channel,
    Context,
    Recv,
    WaitGroup,
    background,
    cause,
    go,
    now,
    outcomes,
    prove,
    run,
    select,
    sleep,
    with_cancel,
    with_cancel_cause,
    with_timeout,
    without_cancel,
)
from tests.unit.racing import every

Children = list[Context]


async def errors(*contexts: Context) -> tuple[bool, ...]:
    """Which of them are cancelled."""
    return tuple([await context.err() is not None for context in contexts])


def test_who_is_woken_by_the_parent_can_see_a_child_that_is_not_cancelled_yet() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_cancel(parent)
        go(cancel)
        await parent.done().recv()
        return await errors(parent, child)

    assert outcomes(main) == {(True, False), (True, True)}


def test_who_is_woken_by_a_child_sees_its_ancestors_cancelled() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_cancel(parent)
        grandchild, _ = with_cancel(child)
        go(cancel)
        await grandchild.done().recv()
        return await errors(parent, child)

    assert outcomes(main) == {(True, True)}


def test_children_are_cancelled_in_any_order() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        one, _ = with_cancel(parent)
        other, _ = with_cancel(parent)
        go(cancel)
        await select(Recv(one.done()), Recv(other.done()))
        return await errors(one, other)

    assert outcomes(main) == {(True, False), (False, True), (True, True)}


def test_a_subtree_is_finished_before_the_next_child_is_begun() -> None:
    """`child.cancel` returns when the child's children are cancelled."""

    async def main() -> None:
        parent, cancel = with_cancel(background(), name="parent")
        one, _ = with_cancel(parent, name="one")
        with_cancel(one, name="below")
        with_cancel(parent, name="other")
        await cancel()

    orders = {tuple(action.text for action in execution.trace) for execution in every(main)}
    assert orders == {
        ("cancel parent", "cancel one", "cancel below", "cancel other"),
        ("cancel parent", "cancel other", "cancel one", "cancel below"),
    }


def test_cancel_returns_when_the_whole_tree_is_cancelled() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        children = [with_cancel(parent)[0] for _ in range(2)]
        await cancel()
        return await errors(*children)

    assert outcomes(main) == {(True, True)}


def test_who_cancels_second_waits_for_the_first() -> None:
    """It blocks on the mutex of the context, which the first holds until its children are cancelled."""

    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_cancel(parent)
        go(cancel)
        await parent.done().recv()
        await cancel()
        return await errors(child)

    assert outcomes(main) == {(True,)}


def test_a_child_that_cancels_itself_waits_for_its_parents_canceller() -> None:
    """`removeChild` locks the parent."""

    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, cancel_child = with_cancel_cause(parent)
        sibling, _ = with_cancel(parent)
        go(cancel)
        await parent.done().recv()
        await cancel_child("itself")
        return await cause(child), await errors(sibling)

    assert outcomes(main) == {("itself", (True,)), (CANCELED, (True,)), (CANCELED, (False,))}


def test_a_child_cancelled_already_is_none_of_its_parents_business() -> None:
    async def main() -> None:
        parent, cancel = with_cancel(background())
        _, cancel_child = with_cancel(parent)
        await cancel_child()
        await cancel()

    assert [action.text for action in run(main).trace] == ["cancel Context@main.4", "cancel Context@main.2"]


def test_a_context_without_children_is_cancelled_in_one_step() -> None:
    async def main() -> None:
        _, cancel = with_cancel(background())
        await cancel()

    assert run(main).steps == 1


def test_each_context_of_a_tree_takes_a_step() -> None:
    async def main() -> None:
        parent, cancel = with_cancel(background(), name="parent")
        child, _ = with_cancel(parent, name="child")
        with_cancel(child, name="grandchild")
        await cancel()

    assert [action.text for action in run(main).trace] == ["cancel parent", "cancel child", "cancel grandchild"]


def test_deriving_while_the_parent_is_being_cancelled_gives_a_cancelled_child_at_once() -> None:
    """`propagateCancel` looks at the parent's done channel first."""

    async def main() -> Any:
        parent, cancel = with_cancel(background())
        with_cancel(parent)
        go(cancel)
        await parent.done().recv()
        late, _ = with_cancel(parent)
        return await errors(late)

    assert outcomes(main) == {(True,)}


def test_the_error_of_a_context_is_set_exactly_when_its_done_channel_is_closed() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_cancel(parent)
        go(cancel)
        before = await errors(child)
        index, _, _ = await select(Recv(child.done()), default=True)
        return before, index, await errors(child)

    assert outcomes(main) == {
        ((False,), -1, (False,)),
        ((False,), -1, (True,)),
        ((False,), 0, (True,)),
        ((True,), 0, (True,)),
    }


def test_two_who_cancel_parent_and_child_at_once_both_return() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, cancel_child = with_cancel(parent)
        with_cancel(child)
        group = WaitGroup()

        async def call(function: Any) -> None:
            await function()
            await group.done()

        await group.add(2)
        go(call, cancel)
        go(call, cancel_child)
        await group.wait()
        return await errors(parent, child)

    assert outcomes(main) == {(True, True)}
    assert prove(main).executions > 1


# -- deadlines -------------------------------------------------------------------------------------------------


def test_an_expiring_parent_can_be_seen_before_its_child_is_cancelled() -> None:
    """`time.AfterFunc` runs the cancellation in a goroutine of its own."""

    async def main() -> Any:
        parent, _ = with_timeout(background(), 1)
        child, _ = with_cancel(parent)
        await parent.done().recv()
        return now(), await child.err()

    assert outcomes(main) == {(1, None), (1, DEADLINE_EXCEEDED)}


def test_a_child_can_expire_between_the_cancellation_of_its_parent_and_its_own() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_timeout(parent, 1)
        await sleep(1)
        go(cancel)
        await child.done().recv()
        return await child.err(), await parent.err()

    assert outcomes(main) == {(CANCELED, CANCELED), (DEADLINE_EXCEEDED, CANCELED), (DEADLINE_EXCEEDED, None)}


def test_nobody_is_left_behind_when_a_tree_expires() -> None:
    async def main() -> Any:
        parent, _ = with_timeout(background(), 1)
        children = [with_cancel(parent)[0] for _ in range(2)]
        for child in children:
            await child.done().recv()

    prove(main)


# -- what the window can break, and how it is repaired ---------------------------------------------------------


async def finishing(asked: str) -> bool:
    """A worker that watches its own context is told to stop by the parent's; has it stopped when main looks?"""
    parent, cancel = with_cancel(background())
    child, _ = with_cancel(parent)
    stopped = Channel(1)

    async def worker() -> None:
        await child.done().recv()
        await stopped.send(None)

    go(worker)
    go(cancel)
    await (parent if asked == "parent" else child).done().recv()
    return await child.err() is not None


@pytest.mark.parametrize(("asked", "found"), [("parent", {True, False}), ("child", {True})])
def test_to_know_that_a_context_is_cancelled_ask_that_one(asked: str, found: set[bool]) -> None:
    assert outcomes(finishing, asked) == found


# -- causes, and contexts that outlive their parents -----------------------------------------------------------


def test_a_cause_is_told_to_every_descendant_that_is_cancelled_with_it() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel_cause(background())
        child, _ = with_cancel(parent)
        before = await cause(child)
        await cancel("client gone")
        return before, await child.err(), await cause(child), await cause(parent)

    assert outcomes(main) == {(None, CANCELED, "client gone", "client gone")}


def test_the_first_cause_stays_and_without_one_it_is_the_error() -> None:
    async def main(first: Any) -> Any:
        context, cancel = with_cancel_cause(background())
        await cancel(first)
        await cancel("late")
        return await cause(context), await context.err()

    assert outcomes(main, "early") == {("early", CANCELED)}
    assert outcomes(main, None) == {(CANCELED, CANCELED)}


def test_the_cause_of_an_expired_context_is_its_error() -> None:
    async def main() -> Any:
        context, _ = with_timeout(background(), 1)
        await context.done().recv()
        return await cause(context)

    assert outcomes(main) == {DEADLINE_EXCEEDED}


def test_a_context_without_cancel_outlives_its_parent() -> None:
    """WithoutCancel: "a derived context that points to the parent context and is not canceled when parent is"."""

    async def main() -> Any:
        parent, cancel = with_timeout(background(), 5)
        context = without_cancel(parent)
        child, _ = with_cancel(context)
        await cancel()
        return await context.err(), context.deadline, await child.err()

    assert outcomes(main) == {(None, None, None)}
