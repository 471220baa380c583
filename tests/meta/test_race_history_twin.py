"""The sets of steps in the detector's `History`, beside a slow twin that looks at every remembered access by itself."""

import random
from collections.abc import Iterator

import pytest

from harness import Channel, Mutex, RWMutex, Shared, go
from harness.detect import races as detector
from harness.detect.access import Access
from harness.runtime.execute import Subject
from tests.meta.test_race_twin import looping

SEEDS = range(150)


class SlowHistory:
    """All accesses, one for each goroutine, line and sort."""

    def __init__(self) -> None:
        self.accesses: dict[tuple[str, str, bool], Access] = {}

    def racing(self, write: bool, past: int) -> Iterator[Access]:
        accesses = sorted(self.accesses.items(), key=lambda item: item[1].step)
        for (_, _, written), access in accesses:
            if (write or written) and not past >> access.step & 1:
                yield access

    def add(self, access: Access, write: bool) -> None:
        self.accesses[access.goroutine, access.location, write] = access


async def busy(seed: int) -> None:
    """Four goroutines that use two variables, two locks and a channel in a loop, on few lines."""
    draw = random.Random(seed)
    variables, mutex, lock = [Shared(0, name="x"), Shared(0, name="y")], Mutex(), RWMutex()
    channel = Channel(2, name="c")

    async def worker(plan: list[int]) -> None:
        for step in plan:
            variable = variables[step % 2]
            match step // 2:
                case 0:
                    await variable.load()
                case 1:
                    async with mutex:
                        await variable.store(await variable.load())
                case 2:
                    async with lock:
                        await variable.store(step)
                case 3:
                    await lock.rlock()
                    await variable.load()
                    await lock.runlock()
                case _:
                    await channel.send(step)
                    await channel.recv()

    for _ in range(4):
        go(worker, [draw.randrange(10) for _ in range(draw.randint(5, 60))])
    await channel.close()


@pytest.mark.parametrize("program", [looping, busy])
def test_sets_of_steps_find_what_looking_at_each_access_finds(program: object, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = [Subject(program, (seed,)).walk(random.Random(seed).random).trace for seed in SEEDS]  # type: ignore[arg-type]
    fast = [detector.races(trace) for trace in traces]
    monkeypatch.setattr(detector, "History", SlowHistory)
    assert fast == [detector.races(trace) for trace in traces]
    assert len([found for found in fast if found]) >= 20
    assert len({len(found) for found in fast}) > 3
