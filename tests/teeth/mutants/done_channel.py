"""Mutants of the seed's buggy handler. Its known bugs are to be found as before, and nothing else."""

from tests.teeth.mutant import ENDLESS, Mutant, mutant

DRAIN = """
while True:
    case, event, _ = await select(Recv(stream), default=True)
    if case == 0:
        if event is not None:
            await client.write(event)
        continue
    error = await exec_err.load()
"""

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "done_channel",
        "ends without a drain",
        DRAIN,
        """
        while True:
            error = await exec_err.load()
        """,
        nil_event="no_event_lost",
    ),
    mutant("done_channel", "drains one event only", "continue\n", "", nil_event="no_event_lost"),
    mutant(
        "done_channel",
        "waits for more in the drain",
        "select(Recv(stream), default=True)",
        "select(Recv(stream))",
        nil_event="terminates no_deadlock",
    ),
    mutant(
        "done_channel",
        "tells the status before the drain",
        """
        if case == 0:
            while True:
        """,
        """
        if case == 0:
            await client.write(DONE)
            while True:
        """,
        "await client.write(execution_error(error) if error is not None else DONE)\n",
        "\n",
        nil_event="no_event_lost one_final_status",
    ),
    mutant(
        "done_channel",
        "closes done before the execution",
        """
        await exec_err.store(await execute(ctx, stream))
        await done.close()
        """,
        """
        await done.close()
        await exec_err.store(await execute(ctx, stream))
        """,
        nil_event="no_event_lost status_correct no_data_race",
    ),
    mutant(
        "done_channel",
        "stores the error after done",
        """
        await exec_err.store(await execute(ctx, stream))
        await done.close()
        """,
        """
        error = await execute(ctx, stream)
        await done.close()
        await exec_err.store(error)
        """,
        executor_error="status_correct no_data_race",
    ),
    mutant("done_channel", "never closes done", "await done.close()\n", "", nil_event=ENDLESS),
    mutant(
        "done_channel",
        "closes done twice",
        "await done.close()\n",
        "await done.close()\nawait done.close()\n",
        nil_event="no_panic",
    ),
    mutant(
        "done_channel",
        "announces completion by a send",
        "await done.close()",
        "await done.send(True)",
        cancel="no_goroutine_leak",
    ),
    mutant(
        "done_channel",
        "announces completion by a send into a buffer",
        'Channel(name="done")',
        'Channel(1, name="done")',
        "await done.close()",
        "await done.send(True)",
        equivalent="done is received once at most, and the buffer has room for the one value: the send completes at "
        "once, as the close does, and is received where the close would be seen",
    ),
    mutant("done_channel", "ignores the disconnect", ", Recv(ctx.done()))", ")", write_failure="-no_goroutine_leak"),
    mutant(
        "done_channel",
        "takes the stream for done",
        "select(Recv(done), Recv(stream),",
        "select(Recv(stream), Recv(done),",
        buffer_pressure="no_event_lost status_correct no_data_race",
    ),
    mutant(
        "done_channel",
        "forwards nil events",
        """
        elif case == 1:
            if event is not None:
                await client.write(event)
        """,
        """
        elif case == 1:
            await client.write(event)
        """,
        nil_event="no_panic",
    ),
    mutant(
        "done_channel",
        "reports success whatever happened",
        "execution_error(error) if error is not None else DONE",
        "DONE",
        executor_error="status_correct",
    ),
    mutant(
        "done_channel",
        "takes success for an error",
        "if error is not None else",
        "if error is None else",
        nil_event="status_correct",
    ),
    mutant(
        "done_channel",
        "swallows the error",
        "await exec_err.store(await execute(ctx, stream))",
        "await execute(ctx, stream)",
        executor_error="status_correct",
    ),
    mutant(
        "done_channel",
        "does not buffer",
        'Channel(capacity, name="streamChan")',
        'Channel(name="streamChan")',
        late_send="-no_event_lost",
    ),
    mutant(
        "done_channel",
        "serves whom it cannot serve",
        """
        if not client.can_flush:
            client.refuse(500, "Streaming not supported")
            return

        """,
        "",
        no_flusher="-no_goroutine_leak no_panic",
    ),
    mutant(
        "done_channel",
        "goes on after refusing",
        """
            client.refuse(500, "Streaming not supported")
            return
        """,
        """
            client.refuse(500, "Streaming not supported")
        """,
        no_flusher="-no_goroutine_leak no_panic",
    ),
    mutant(
        "done_channel",
        "reads the error while the executor runs",
        """
        elif case == 1:
            if event is not None:
        """,
        """
        elif case == 1:
            await exec_err.load()
            if event is not None:
        """,
        nil_event="no_data_race",
    ),
    mutant(
        "done_channel",
        "closes the stream when it leaves",
        """
            error = await exec_err.load()
        """,
        """
            await stream.close()
            error = await exec_err.load()
        """,
        late_send="no_panic no_data_race",
    ),
)
