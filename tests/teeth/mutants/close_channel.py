"""Mutants of the seed's recommended solution, but for its loop."""

from tests.teeth.mutant import ENDLESS, Mutant, mutant

STORE_THEN_CLOSE = """
try:
    await exec_err.store(await execute(ctx, stream))
finally:
    await stream.close()
"""
START = "await client.write(START)\n"
REFUSAL = """
    client.refuse(500, "Streaming not supported")
    return
"""

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "close_channel",
        "closes the stream before the execution",
        STORE_THEN_CLOSE,
        """
        await stream.close()
        await exec_err.store(await execute(ctx, stream))
        """,
        nil_event="status_correct no_panic",
    ),
    mutant(
        "close_channel",
        "closes the stream before it stores the error",
        STORE_THEN_CLOSE,
        """
        error = await execute(ctx, stream)
        await stream.close()
        await exec_err.store(error)
        """,
        nil_event="no_data_race",
    ),
    mutant(
        "close_channel",
        "closes the stream twice",
        STORE_THEN_CLOSE,
        STORE_THEN_CLOSE + "await stream.close()\n",
        nil_event="no_panic",
    ),
    mutant(
        "close_channel",
        "never closes the stream",
        STORE_THEN_CLOSE,
        "await exec_err.store(await execute(ctx, stream))\n",
        nil_event=ENDLESS,
    ),
    mutant(
        "close_channel",
        "closes the stream without a defer",
        STORE_THEN_CLOSE,
        """
        await exec_err.store(await execute(ctx, stream))
        await stream.close()
        """,
        equivalent="only a panic of the executor can come between, and nobody recovers it: the process ends with or "
        "without the deferred close",
    ),
    mutant(
        "close_channel",
        "swallows the panic",
        STORE_THEN_CLOSE,
        """
        try:
            await exec_err.store(await execute(ctx, stream))
        except Exception:
            pass
        finally:
            await stream.close()
        """,
        executor_panic="status_correct -no_panic",
    ),
    mutant(
        "close_channel",
        "closes the stream in the handler as well",
        "await forward_until_closed(ctx, client, stream, exec_err.load)\n",
        "await forward_until_closed(ctx, client, stream, exec_err.load)\nawait stream.close()\n",
        nil_event="no_panic",
    ),
    mutant(
        "close_channel",
        "sends an event after the close",
        STORE_THEN_CLOSE,
        STORE_THEN_CLOSE + "await stream.send(START)\n",
        nil_event="no_panic",
    ),
    mutant(
        "close_channel",
        "closes only when the client has gone",
        "await stream.close()\n",
        "await ctx.done().recv()\nawait stream.close()\n",
        nil_event=ENDLESS,
    ),
    mutant(
        "close_channel",
        "executes before it forwards",
        "go(run_crew)",
        "await run_crew()",
        no_flusher="terminates no_deadlock -no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "greets in a goroutine of its own",
        START,
        "go(client.write, START)\n",
        nil_event="one_final_status no_write_after_return no_data_race",
    ),
    mutant("close_channel", "does not greet", START, "", write_failure="-no_goroutine_leak"),
    mutant(
        "close_channel",
        "has room for eight more events",
        "Channel(capacity,",
        "Channel(capacity + 8,",
        no_flusher="-no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "does not buffer",
        'Channel(capacity, name="streamChan")',
        'Channel(name="streamChan")',
        equivalent="how far the executor may run ahead is no promise; with any capacity an executor that ignores its "
        "context blocks in the end, and a late send panics",
    ),
    mutant(
        "close_channel",
        "goes on after refusing",
        REFUSAL,
        'client.refuse(500, "Streaming not supported")\n',
        no_flusher="-no_goroutine_leak no_panic",
    ),
    mutant(
        "close_channel",
        "refuses everybody",
        "if not client.can_flush:",
        "if True:",
        nil_event="no_event_lost one_final_status",
    ),
    mutant(
        "close_channel",
        "serves whom it cannot serve",
        "if not client.can_flush:",
        "if False:",
        no_flusher="-no_goroutine_leak no_panic",
    ),
    mutant(
        "close_channel",
        "refuses with success",
        "client.refuse(500,",
        "client.refuse(200,",
        no_flusher="one_final_status",
    ),
    mutant(
        "close_channel",
        "starts the executor only for a client that it can serve",
        "go(run_crew)\n",
        "",
        START,
        START + "go(run_crew)\n",
        no_flusher="-no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "passes on the error as it is before the execution",
        "exec_err.load)",
        "Shared(None).load)",
        executor_error="status_correct",
    ),
    mutant(
        "close_channel",
        "reads the error before the close",
        START,
        START + "await exec_err.load()\n",
        nil_event="no_data_race",
    ),
    mutant(
        "close_channel",
        "hides its context from the executor",
        "execute(ctx, stream)",
        "execute(background(), stream)",
        "import Channel,",
        "import background, Channel,",
        cancel="no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "cancels the executor at once",
        "execute(ctx, stream)",
        "execute(owned, stream)",
        "import Channel,",
        "import with_cancel, Channel,",
        "go(run_crew)\n",
        'owned, cancel = with_cancel(ctx, name="owned")\ngo(run_crew)\nawait cancel()\n',
        nil_event="status_correct",
    ),
)
