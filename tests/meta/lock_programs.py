"""The programs of tests/data/classes.json that lock, or that are algorithms for locking.

An assumption that does not hold stops its thread for ever; the tables count the executions in which all hold.
"""

from __future__ import annotations

from harness import Atomic, Mutex, go, select
from tests.meta.programs import Observe, Program, ignore
from tests.meta.threads import Body, threads


def lockinc(n: int) -> Program:
    async def main(observe: Observe = ignore) -> None:
        mutex, x = Mutex(), Atomic(0)
        observe(lambda: x.value)

        async def increment() -> None:
            async with mutex:
                await x.store(await x.load() + 1)

        for _ in range(n):
            go(increment)

    return main


def filesystem(n: int) -> Program:
    """Threads that give their inode a free block, under a lock for each inode and each block (Flanagan, Godefroid)."""

    async def main(observe: Observe = ignore) -> None:
        inode_locks, inodes = [Mutex() for _ in range(32)], [Atomic(0) for _ in range(32)]
        block_locks, busy = [Mutex() for _ in range(26)], [Atomic(0) for _ in range(26)]
        observe(lambda: [inode.value for inode in inodes])

        async def allocate(number: int) -> None:
            block = 2 * number % 26
            while True:
                async with block_locks[block]:
                    if not await busy[block].load():
                        await busy[block].store(1)
                        await inodes[number].store(block + 1)
                        return
                block = (block + 1) % 26

        async def thread(number: int) -> None:
            async with inode_locks[number]:
                if await inodes[number].load() == 0:
                    await allocate(number)

        for number in range(n):
            go(thread, number % 32)

    return main


async def blocked() -> None:
    """An assumption that does not hold: the thread stops here for ever."""
    await select()


def peterson() -> Program:
    def contender(me: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            mine, other, turn, inside = x[me], x[1 - me], x[2], x[3]
            await mine.store(1)
            await turn.store(1 - me)
            if await other.load() == 1 and await turn.load() == 1 - me:
                await blocked()
            await inside.store(me)
            await inside.load()
            await mine.store(0)

        return thread

    return threads(4, contender(0), contender(1))


def dekker() -> Program:
    def contender(me: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            await x[me].store(1)
            if not await x[1 - me].load():
                await x[2].store(me)
                await x[2].load()

        return thread

    return threads(3, contender(0), contender(1))


def szymanski() -> Program:
    def contender(me: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            mine, other, inside = x[me], x[1 - me], x[2]
            await mine.store(1)
            if not await other.load() < 3:
                await blocked()
            await mine.store(3)
            if await other.load() == 1:
                await mine.store(2)
                if await other.load() != 4:
                    await blocked()
            await mine.store(4)
            if not await other.load() < 2:
                await blocked()
            await inside.store(me)
            await inside.load()
            await inside.load()
            if not await other.load() < 2 and not await other.load() > 3:
                await blocked()
            await mine.store(0)

        return thread

    return threads(3, contender(0), contender(1))
