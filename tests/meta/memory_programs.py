"""The shared-memory programs of tests/data/classes.json (GenMC's and POPL'14's), by the names they have there.

As in `tests.meta.programs`: main starts the goroutines and returns. Variables are Atomics, so that they can be
compared and swapped; the interleavings do not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness import Atomic
from tests.meta.lock_programs import dekker, filesystem, lockinc, peterson, szymanski
from tests.meta.programs import Program
from tests.meta.threads import Body, threads

LITMUS: dict[str, tuple[str, ...]] = {
    "SB": ("Wx Ry", "Wy Rx"),
    "LB": ("Rx Wy", "Ry Wx"),
    "MP": ("Wx Wy", "Ry Rx"),
    "2+2W": ("Wx Wy", "Wy Wx"),
    "S": ("Wx Wy", "Ry Wx"),
    "CoRR": ("Wx Wx", "Rx Rx"),
    "CoRR0": ("Wx", "Rx Rx"),
    "CoRR1": ("Wx", "Wx", "Rx Rx", "Rx"),
    "CoRR2": ("Wx", "Wx", "Rx Rx", "Rx Rx"),
    "CoRW": ("Rx Wx", "Wx"),
    "default": ("Rx Rx", "Wx", "Wx"),
    "IRIW": ("Wx", "Rx Ry", "Ry Rx", "Wy"),
    "IRIWish": ("Wx", "Rx Wy", "Rx Ry", "Ry Rx"),
    "WWmerge1": ("Rx Ry", "Wx Wx", "Wy Rx"),
    "WWmerge2": ("Rx Ry", "Wx", "Wy Rx"),
    "RWC": ("Wx", "Rx Ry", "Wy Rx"),
    "2CoWR": ("Ry", "Rx", "Wx", "Wy"),
    "LB3": ("Ra Wb", "Rb Wc", "Rc Wa"),
    "MP2": ("Wa Wc Wb Wd", "Rb Ra", "Rd Rc"),
    "Z6.U": ("Wx Wy", "Uy Ry", "Wy Rx"),
    "small0": ("Rx", "Rx Wx", "Wx"),
    "small1": ("Ry Rz Rx", "Wx", "Wy Wz"),
    "detour": ("Wx", "Rz Wx Rx Wy", "Ry Wz"),
    "peterZ": ("Wx Ry", "Wy Wz", "Rz Rx"),
    "isa2": ("Wa Wb", "Rb Wc", "Rc Ra"),
    "rel-B-cumul": ("Wx Wy", "Ry Wz", "Rz Rx", "Ry"),
    "JLT": ("Wx Ry Rx", "Wx Rx", "Wy"),
    "LB+incMPs": ("Rx Uz", "Uz Wy", "Ry Uw", "Uw Wx"),
    "W+RRR+W": ("Wx", "Rx Rx Rx", "Wx"),
    "fr+w+w+w+reads": ("Wx", "Wx", "Wx", "Rx Rx Rx Rx"),
    "inc+inc+RR+W+RR": ("Ux", "Ux", "Rx Rx", "Wx", "Rx Rx"),
    "viktor-relseq": ("Ux Ux", "Ux Ux", "Ux", "Ux"),
    "relseq": ("Wx Wy Wy", "Uy", "Ry Rx"),
    "cii-like": ("Ux", "Ux", "Ux"),
}


def litmus(*lines: str) -> Program:
    """Threads written as "Wx Ry Uz": write, read, update."""
    names = sorted({word[1] for line in lines for word in line.split()})

    def body(number: int, line: str) -> Body:
        async def thread(x: list[Atomic]) -> None:
            for position, word in enumerate(line.split()):
                variable = x[names.index(word[1])]
                match word[0]:
                    case "W":
                        await variable.store((number, position))
                    case "R":
                        await variable.load()
                    case "U":
                        await variable.swap((number, position))

        return thread

    return threads(len(names), *(body(number, line) for number, line in enumerate(lines)))


def lastzero(n: int) -> Program:
    async def read(x: list[Atomic]) -> None:
        i = n
        while await x[i].load() != 0:
            i -= 1

    def write(j: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            await x[j].store(await x[j - 1].load() + 1)

        return thread

    return threads(n + 1, read, *(write(j) for j in range(1, n + 1)))


def indexer(n: int) -> Program:
    """Threads insert four values each into one hash table of 128 places; from 12 threads on they collide."""

    def insert(number: int) -> Body:
        async def thread(table: list[Atomic]) -> None:
            for item in range(1, 5):
                value = 11 * item + number
                place = 7 * value % len(table)
                while not await table[place].compare_and_swap(0, value):
                    place = (place + 1) % len(table)

        return thread

    return threads(128, *(insert(number) for number in range(n)))


def coa(n: int) -> Program:
    async def first(x: list[Atomic]) -> None:
        await x[0].store(1)
        await x[1].load()
        await x[0].load()

    async def second(x: list[Atomic]) -> None:
        await x[0].store(2)
        await x[2].load()
        await x[0].load()

    async def other(x: list[Atomic]) -> None:
        await x[1].store(5)
        await x[2].store(5)

    return threads(3, first, second, *[other] * (n - 1))


def swaps(n: int, old: Callable[[int], int], new: Callable[[int], int], then_write: bool = False) -> Program:
    """Compare-and-swaps on one variable, by thread number; perhaps a write after each."""

    def body(number: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            await x[0].compare_and_swap(old(number), new(number))
            if then_write:
                await x[0].store(number + 3)

        return thread

    return threads(1, *(body(number) for number in range(n)))


def wcas(n: int) -> Program:
    async def write(x: list[Atomic]) -> None:
        await x[0].store(2)

    async def swap(x: list[Atomic]) -> None:
        await x[0].compare_and_swap(2, 3)

    return threads(1, write, *[swap] * n)


def fib_bench(n: int) -> Program:
    def adder(target: int) -> Body:
        async def thread(x: list[Atomic]) -> None:
            for _ in range(n):
                await x[target].store(await x[0].load() + await x[1].load())

        return thread

    async def reader(x: list[Atomic]) -> None:
        await x[0].load()
        await x[1].load()

    return threads(2, adder(0), adder(1), reader, initial=1)


FAMILIES: dict[str, Callable[[int], Program]] = {
    "N-writers+reader": lambda n: litmus("Rx", *["Wx"] * n),
    "readers(N)": lambda n: litmus("Wx", *["Rx"] * n),
    "lastzero(N)": lastzero,
    "indexer(N)": indexer,
    "filesystem(N)": filesystem,
    "rw(N): r=x;x=i": lambda n: litmus(*["Rx Wx"] * n),
    "wrw(N)": lambda n: litmus("Wx", *["Rx Wx"] * n),
    "CoA(N)": coa,
    "cas(N): CAS(x,0,i)": lambda n: swaps(n, lambda i: 0, lambda i: i + 1),
    "casrot(N): CAS(x,i-1,i)": lambda n: swaps(n, lambda i: i, lambda i: i + 1),
    "casw(N)": lambda n: swaps(n, lambda i: 0, lambda i: 1, then_write=True),
    "wcas(N)": wcas,
    "lockinc(N)": lockinc,
    "ainc(N): fetch_add": lambda n: litmus(*["Ux"] * n),
    "binc(N)": lambda n: litmus(*["Ux Uy"] * n),
    "cinc(N)": lambda n: litmus(*["Ux Uy Uz"] * n),
    "wainc(N)": lambda n: litmus("Wx", *["Ux"] * n),
    "peterson (complete)": lambda n: peterson(),
    "dekker_f": lambda n: dekker(),
    "szymanski (complete)": lambda n: szymanski(),
    "fib_bench(N)+reader": fib_bench,
    "big0": lambda n: litmus("Rx Ry Rz Rw Rx Ry Rz", "Rx Ry Rz", "Wx Wy " * 3, "Wz Ww " * 3),
}


def program_of(name: str, parameter: str = "") -> Program | None:
    """The program of a row of the table, if it is written here. The parameter may be part of the name: "CoA(5)"."""
    if name.startswith("litmus "):
        return litmus(*LITMUS[name.removeprefix("litmus ")])
    if name in FAMILIES:
        return FAMILIES[name](int(parameter or 0))
    written_out = re.fullmatch(r"(\w+)\((\d+)\)(.*)", name)
    if written_out is None:
        return None
    family, parameter, rest = written_out.groups()
    return next((make(int(parameter)) for key, make in FAMILIES.items() if key.startswith(f"{family}(N){rest}")), None)
