"""Mutants of the designs with a WaitGroup: solutions 1, 2 and 4."""

from tests.teeth.mutant import ENDLESS, Mutant, mutant

ADD_AND_GO = """
await finished.add(1)
go(run_crew)
"""
ADD_TOO_LATE = """
go(run_crew)
await finished.add(1)
"""
STORE_THEN_DONE = """
try:
    await exec_err.store(await execute(ctx, stream))
finally:
    await finished.done()
"""
WAIT_AND_CLOSE = """
await finished.wait()
await stream.close()
"""

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "wait_group",
        "adds to the group after it has started the goroutine",
        ADD_AND_GO,
        ADD_TOO_LATE,
        nil_event="no_panic",
    ),
    mutant(
        "wait_group",
        "adds to the group in the goroutine",
        "await finished.add(1)\n",
        "",
        "async def run_crew() -> None:\n",
        "async def run_crew() -> None:\n    await finished.add(1)\n",
        nil_event="status_correct no_panic no_data_race",
    ),
    mutant(
        "wait_group",
        "adds two and starts one",
        "finished.add(1)",
        "finished.add(2)",
        nil_event="terminates no_deadlock",
    ),
    mutant(
        "wait_group",
        "never tells the group that it is done",
        STORE_THEN_DONE,
        "await exec_err.store(await execute(ctx, stream))\n",
        nil_event="terminates no_deadlock",
    ),
    mutant(
        "wait_group",
        "tells the group twice",
        STORE_THEN_DONE,
        STORE_THEN_DONE + "await finished.done()\n",
        nil_event="no_panic",
    ),
    mutant(
        "wait_group",
        "tells the group before it stores the error",
        STORE_THEN_DONE,
        """
        error = await execute(ctx, stream)
        await finished.done()
        await exec_err.store(error)
        """,
        nil_event="no_data_race",
    ),
    mutant(
        "wait_group",
        "tells the group without a defer",
        STORE_THEN_DONE,
        """
        await exec_err.store(await execute(ctx, stream))
        await finished.done()
        """,
        equivalent="only a panic of the executor can come between, and nobody recovers it: the process ends with or "
        "without the deferred done",
    ),
    mutant(
        "wait_group",
        "closes without waiting",
        "await finished.wait()\n",
        "",
        nil_event="status_correct no_panic no_data_race",
    ),
    mutant(
        "wait_group",
        "closes before it waits",
        WAIT_AND_CLOSE,
        "await stream.close()\nawait finished.wait()\n",
        nil_event="no_panic no_data_race",
    ),
    mutant("wait_group", "never closes the stream", "await stream.close()\n", "", nil_event=ENDLESS),
    mutant(
        "wait_group",
        "waits when it has forwarded everything",
        WAIT_AND_CLOSE + "await forward_until_closed(ctx, client, stream, exec_err.load)\n",
        "await forward_until_closed(ctx, client, stream, exec_err.load)\n" + WAIT_AND_CLOSE,
        nil_event=ENDLESS,
    ),
    mutant(
        "wait_group",
        "waits before it refuses",
        "return\n",
        "await finished.wait()\nreturn\n",
        no_flusher="terminates no_deadlock -no_goroutine_leak",
    ),
    mutant(
        "wait_group",
        "waits in a goroutine of its own",
        WAIT_AND_CLOSE,
        """

        async def close_in_the_end() -> None:
            await finished.wait()
            await stream.close()

        go(close_in_the_end)
        """,
        write_failure="-terminates -no_deadlock no_goroutine_leak",
    ),
    mutant(
        "wait_group",
        "has one more place in the buffer",
        "Channel(capacity,",
        "Channel(capacity + 1,",
        buffer_pressure="<terminates <no_deadlock",
    ),
    mutant(
        "wait_group",
        "swallows the error",
        "await exec_err.store(await execute(ctx, stream))",
        "await execute(ctx, stream)",
        executor_error="status_correct",
    ),
    mutant(
        "atomic_error",
        "stores errors only",
        "await exec_err.store(error)\n",
        "if error is not None:\n    await exec_err.store(error)\n",
        nil_event="-no_panic",
    ),
    mutant(
        "atomic_error",
        "stores a text for nil",
        "exec_err.store(error)",
        "exec_err.store(str(error))",
        nil_event="status_correct -no_panic",
    ),
    mutant("atomic_error", "swallows the error", "await exec_err.store(error)\n", "", nil_event="-no_panic"),
    mutant(
        "atomic_error",
        "uses a plain variable",
        'AtomicValue(name="execErr")',
        'Shared(None, name="execErr")',
        "import AtomicValue,",
        "import Shared,",
        nil_event="-no_panic",
    ),
    mutant(
        "atomic_error",
        "adds to the group after it has started the goroutine",
        ADD_AND_GO,
        ADD_TOO_LATE,
        executor_error="no_panic",
    ),
    mutant(
        "atomic_error",
        "hands over an error before the execution",
        "error = await execute(ctx, stream)\nawait exec_err.store(error)\n",
        'await exec_err.store("")\nawait execute(ctx, stream)\n',
        nil_event="status_correct -no_panic",
    ),
    mutant(
        "combined",
        "adds to the group after it has started the goroutine",
        ADD_AND_GO,
        ADD_TOO_LATE,
        nil_event="no_panic",
    ),
    mutant(
        "combined",
        "never tells the group that it is done",
        "await finished.done()\n",
        "pass\n",
        nil_event="terminates no_deadlock",
    ),
    mutant(
        "combined",
        "tells the group twice",
        "await finished.done()\n",
        "await finished.done()\nawait finished.done()\n",
        nil_event="no_panic",
    ),
    mutant(
        "combined",
        "tells the group before it closes the stream",
        """
            finally:
                await stream.close()
        finally:
            await finished.done()
        """,
        """
            finally:
                await finished.done()
        finally:
            await stream.close()
        """,
        equivalent="the handler waits for the group only when it has seen the close, and the close comes after done",
    ),
    mutant(
        "combined",
        "reads the error without waiting",
        "await finished.wait()\n",
        "",
        equivalent="the close, which the handler has seen, comes after the store: the wait orders nothing anew",
    ),
    mutant(
        "combined",
        "never closes the stream",
        "await stream.close()\n",
        "pass\n",
        nil_event=ENDLESS,
    ),
    mutant(
        "combined",
        "waits before it forwards",
        "    await forward_until_closed(",
        "    await finished.wait()\n    await forward_until_closed(",
        write_failure="terminates no_deadlock -no_goroutine_leak",
    ),
    mutant(
        "combined",
        "waits for the executor after a disconnect",
        "await forward_until_closed(ctx, client, stream, load_error)\n",
        "await forward_until_closed(ctx, client, stream, load_error)\nawait finished.wait()\n",
        write_failure="terminates no_deadlock -no_goroutine_leak",
    ),
    mutant(
        "combined",
        "locks without unlocking",
        'exec_err = Shared(None, name="execErr")\n',
        'exec_err = Shared(None, name="execErr")\nguard = Mutex(name="guard")\n',
        "import Channel, Context, Shared,",
        "import Channel, Context, Mutex, Shared,",
        "await exec_err.store(await execute(ctx, stream))\n",
        "error = await execute(ctx, stream)\nawait guard.lock()\nawait exec_err.store(error)\n",
        "error: str | None = await exec_err.load()\n",
        "await guard.lock()\nerror: str | None = await exec_err.load()\n",
        nil_event="terminates no_deadlock",
    ),
    mutant(
        "combined",
        "holds the lock while it executes",
        'exec_err = Shared(None, name="execErr")\n',
        'exec_err = Shared(None, name="execErr")\nguard = Mutex(name="guard")\n',
        "import Channel, Context, Shared,",
        "import Channel, Context, Mutex, Shared,",
        "await exec_err.store(await execute(ctx, stream))\n",
        "async with guard:\n    await exec_err.store(await execute(ctx, stream))\n",
        "await client.write(START)\n",
        "async with guard:\n    await client.write(START)\n",
        write_failure="terminates no_deadlock",
    ),
)
