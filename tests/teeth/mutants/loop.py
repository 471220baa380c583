"""Mutants of the loop that solutions 1 to 4 share, seen through one of them."""

from tests.teeth.mutant import ENDLESS, Mutant, mutant

FORWARD = """
if event is not None:
    await client.write(event)
"""
STATUS = "await client.write(execution_error(error) if error is not None else DONE)"

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "close_channel",
        "does not see that the stream is closed",
        "if not ok:",
        "if ok is None:",
        module="loop",
        nil_event=ENDLESS,
    ),
    mutant(
        "close_channel",
        "goes on after the status",
        f"""
            {STATUS}
            return
        """,
        f"""
            {STATUS}
        """,
        module="loop",
        nil_event=ENDLESS,
    ),
    mutant(
        "close_channel",
        "tells the status twice",
        STATUS,
        f"{STATUS}\n                {STATUS}",
        module="loop",
        nil_event="one_final_status",
    ),
    mutant(
        "close_channel",
        "tells no status",
        f"                {STATUS}\n",
        "",
        module="loop",
        nil_event="one_final_status",
    ),
    mutant(
        "close_channel",
        "reports success whatever happened",
        "execution_error(error) if error is not None else DONE",
        "DONE",
        module="loop",
        executor_error="status_correct",
    ),
    mutant(
        "combined",
        "takes success for an error",
        "if error is not None else",
        "if error is None else",
        module="loop",
        nil_event="status_correct",
    ),
    mutant(
        "close_channel",
        "forwards nil events",
        FORWARD,
        "await client.write(event)\n",
        module="loop",
        nil_event="no_panic",
    ),
    mutant(
        "close_channel",
        "takes a nil event for the end",
        "if not ok:",
        "if event is None:",
        module="loop",
        nil_event="no_event_lost status_correct no_data_race",
    ),
    mutant(
        "close_channel",
        "delivers every event twice",
        FORWARD,
        FORWARD + "    await client.write(event)\n",
        module="loop",
        nil_event="no_duplicate",
    ),
    mutant(
        "close_channel",
        "drops the second event",
        "if event is not None:",
        "if event is not None and event.number != 2:",
        module="loop",
        nil_event="no_event_lost",
    ),
    mutant(
        "close_channel",
        "takes the stream for the keep-alive",
        "select(Recv(stream), Recv(after(client.keep_alive)), ",
        "select(Recv(after(client.keep_alive)), Recv(stream), ",
        module="loop",
        nil_event=ENDLESS,
    ),
    mutant(
        "close_channel",
        "ignores the disconnect",
        ", Recv(ctx.done()))",
        ")",
        module="loop",
        write_failure="-no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "tells that it is alive by a status",
        "await client.write(PING)",
        "await client.write(DONE)",
        module="loop",
        keep_alive="no_event_lost one_final_status status_correct",
    ),
    mutant(
        "close_channel",
        "gives up when nothing has come for a while",
        """
            await client.write(PING)
        """,
        """
            return
        """,
        module="loop",
        keep_alive="no_event_lost one_final_status",
    ),
    mutant(
        "close_channel",
        "drops the pings",
        """
            await client.write(PING)
        """,
        """
            pass
        """,
        module="loop",
        delay="kept_alive",
    ),
    mutant(
        "close_channel",
        "reads to the end when the client has gone",
        """
        else:
            return
        """,
        """
        else:
            async for _ in stream:
                pass
            return
        """,
        module="loop",
        write_failure="-no_goroutine_leak",
    ),
    mutant(
        "close_channel",
        "closes the stream when the client has gone",
        """
        else:
            return
        """,
        """
        else:
            await stream.close()
            return
        """,
        module="loop",
        write_failure="-no_goroutine_leak no_panic no_data_race",
    ),
    mutant(
        "close_channel",
        "reports success on disconnect",
        """
        else:
            return
        """,
        """
        else:
            await client.write(DONE)
            return
        """,
        module="loop",
        equivalent="the context is cancelled only when the connection has broken: nothing that is written then arrives",
    ),
    mutant(
        "close_channel",
        "says farewell after it has returned",
        """
        else:
            return
        """,
        """
        else:
            go(client.write, DONE)
            return
        """,
        "import Channel, Context, Recv, after, select",
        "import Channel, Context, Recv, after, go, select",
        module="loop",
        write_failure="no_write_after_return",
    ),
    mutant(
        "close_channel",
        "delivers each event in a goroutine of its own",
        FORWARD,
        """
        if event is not None:
            go(client.write, event)
        """,
        "import Channel, Context, Recv, after, select",
        "import Channel, Context, Recv, after, go, select",
        module="loop",
        nil_event="no_event_lost order_kept one_final_status no_write_after_return no_data_race",
    ),
    mutant(
        "close_channel",
        "holds the last event back",
        "while True:\n",
        "held = None\nwhile True:\n",
        FORWARD,
        """
        held, event = event, held
        if event is not None:
            await client.write(event)
        """,
        module="loop",
        nil_event="no_event_lost",
    ),
    mutant(
        "close_channel",
        "delivers the newest first",
        "while True:\n",
        "held = []\nwhile True:\n",
        FORWARD,
        """
        if event is not None:
            held.append(event)
        """,
        "error = await load_error()\n",
        "                for event in reversed(held):\n                    await client.write(event)\n"
        "                error = await load_error()\n",
        module="loop",
        buffer_pressure="order_kept",
    ),
    mutant(
        "close_channel",
        "waits for the disconnect before the status",
        "error = await load_error()\n",
        "await ctx.done().recv()\nerror = await load_error()\n",
        module="loop",
        nil_event="terminates no_deadlock",
    ),
)
