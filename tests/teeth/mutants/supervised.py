"""Mutants of the design that holds under every fault class. Some of what it does, it does twice; that is argued."""

from tests.teeth.mutant import ENDLESS, Mutant, mutant

RECOVERED = """
try:
    error = await execute(ctx, outlet)
except Exception as panic:
    error = f"panic: {panic}"
"""
ENDING = """
await outlet.children.wait()
await exec_err.store(error)
await stream.close()
"""
CHECK = """
if not client.can_flush:
    client.refuse(500, "Streaming not supported")
    return
"""
STATUS = "await client.write(execution_error(error) if error is not None else DONE)\n"
TOLD = "if await client.write(START) and await forward(ctx, client, stream):"
CANCEL = "await cancel()  # now: the server would notice a broken connection in its own time\n"
DRAIN = """
async for _ in stream:
    pass
"""
COUNTED = """
await self.children.add(1)
go(child)
"""
TWO_CASES = """
case, _, _ = await select(Send(self.stream, event), Recv(self.ctx.done()))
return case == 0
"""
UNCONDITIONAL = """
await self.stream.send(event)
return True
"""
LEAVE = """
if case == 2 or (case == 0 and not ok):
    return case == 0
"""

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "supervised",
        "does not wait for the children",
        "await outlet.children.wait()\n",
        "",
        late_send="no_panic no_data_race no_work_after_return",
    ),
    mutant(
        "supervised",
        "waits for the children after the close",
        ENDING,
        "await exec_err.store(error)\nawait stream.close()\nawait outlet.children.wait()\n",
        late_send="no_panic no_data_race no_work_after_return",
    ),
    mutant(
        "supervised",
        "announces its end to nobody",
        "await stream.close()\n",
        'await stream.close()\nawait Channel(name="ended").send(None)\n',
        nil_event="no_goroutine_leak",
    ),
    mutant(
        "supervised",
        "stores the error after the close",
        ENDING,
        "await outlet.children.wait()\nawait stream.close()\nawait exec_err.store(error)\n",
        nil_event="no_data_race no_work_after_return",
    ),
    mutant("supervised", "never closes the stream", "await stream.close()\n", "", nil_event=ENDLESS),
    mutant(
        "supervised",
        "closes the stream twice",
        "await stream.close()\n",
        "await stream.close()\nawait stream.close()\n",
        nil_event="no_panic",
    ),
    mutant(
        "supervised", "does not recover", RECOVERED, "error = await execute(ctx, outlet)\n", executor_panic="no_panic"
    ),
    mutant(
        "supervised", "swallows the panic", 'error = f"panic: {panic}"', "error = None", executor_panic="status_correct"
    ),
    mutant(
        "supervised",
        "leaves the stream open after a panic",
        'error = f"panic: {panic}"',
        'await exec_err.store(f"panic: {panic}")\n            return',
        executor_panic=ENDLESS,
    ),
    mutant("supervised", "swallows the error", "await exec_err.store(error)\n", "", executor_panic="status_correct"),
    mutant(
        "supervised",
        "takes success for an error",
        "if error is not None else",
        "if error is None else",
        nil_event="status_correct",
    ),
    mutant(
        "supervised",
        "hands out the bare stream",
        "execute(ctx, outlet)",
        "execute(ctx, stream)",
        late_send="no_panic no_data_race no_work_after_return",
    ),
    mutant(
        "supervised",
        "reads the error too early",
        TOLD,
        "error = await exec_err.load()\n    " + TOLD,
        nil_event="no_data_race",
    ),
    mutant(
        "supervised",
        "cancels too early",
        "go(run_crew)\n",
        "go(run_crew)\nawait cancel()\n",
        nil_event="no_event_lost one_final_status status_correct",
    ),
    mutant(
        "supervised",
        "tells the status twice",
        STATUS,
        STATUS + STATUS,
        nil_event="one_final_status",
    ),
    mutant(
        "supervised",
        "tells no status",
        STATUS,
        "",
        nil_event="one_final_status",
    ),
    mutant("supervised", "serves whom it cannot serve", CHECK, "\n", no_flusher="no_panic"),
    mutant(
        "supervised",
        "checks the flusher when it has started everything",
        CHECK,
        "\n",
        "go(run_crew)\n",
        'go(run_crew)\nif not client.can_flush:\n    client.refuse(500, "Streaming not supported")\n    return\n',
        no_flusher="no_work_after_return no_lost_cancel",
    ),
    mutant(
        "supervised",
        "does not count the children",
        COUNTED,
        "go(function, *arguments)\n",
        late_send="no_panic no_data_race no_work_after_return",
    ),
    mutant(
        "supervised",
        "counts a child when it runs",
        COUNTED,
        "go(child)\n",
        "try:\n    await function(*arguments)\n",
        "await self.children.add(1)\ntry:\n    await function(*arguments)\n",
        late_send="no_panic no_data_race no_work_after_return",
    ),
    mutant(
        "supervised",
        "counts a child after it has started it",
        COUNTED,
        "go(child)\nawait self.children.add(1)\n",
        late_send="no_panic",
    ),
    mutant(
        "supervised",
        "takes a child off the count without a defer",
        """
        try:
            await function(*arguments)
        finally:
            await self.children.done()
        """,
        """
        await function(*arguments)
        await self.children.done()
        """,
        equivalent="a child that panics ends the process; no handler can recover a panic in another goroutine",
    ),
    mutant(
        "supervised",
        "tells the executor the opposite",
        TWO_CASES,
        TWO_CASES.replace("== 0", "== 1"),
        late_send="no_event_lost no_duplicate",
    ),
    mutant(
        "supervised",
        "sends in a goroutine of its own",
        TWO_CASES,
        "go(self.stream.send, event)\nreturn True\n",
        nil_event="order_kept no_panic no_data_race",
    ),
    mutant(
        "supervised",
        "drops an event when the buffer is full",
        "Recv(self.ctx.done()))",
        "default=True)",
        buffer_pressure="no_event_lost",
    ),
    mutant(
        "supervised",
        "drops an event silently when the buffer is full",
        TWO_CASES,
        "await select(Send(self.stream, event), default=True)\nreturn True\n",
        buffer_pressure="no_event_lost",
    ),
    mutant(
        "supervised",
        "sends without giving up",
        TWO_CASES,
        UNCONDITIONAL,
        equivalent="the handler drains until the stream is closed, so no send waits for ever; giving up only saves "
        "time, and the executor is told of the end by its context as well",
    ),
    mutant(
        "supervised",
        "does not cancel",
        CANCEL,
        "",
        nil_event="no_lost_cancel",
    ),
    mutant(
        "supervised",
        "does not drain",
        DRAIN,
        "\n",
        write_failure="no_work_after_return",
    ),
    mutant(
        "supervised",
        "neither cancels nor drains",
        CANCEL,
        "",
        DRAIN,
        "\n",
        write_failure="no_work_after_return no_lost_cancel",
    ),
    mutant(
        "supervised",
        "neither drains nor gives up a send",
        TWO_CASES,
        UNCONDITIONAL,
        DRAIN,
        "\n",
        write_failure="no_goroutine_leak no_work_after_return",
    ),
    mutant(
        "supervised",
        "derives its context from nowhere",
        'with_cancel(ctx, name="stream")',
        'with_cancel(background(), name="stream")',
        "import Channel, Context,",
        "import background, Channel, Context,",
        cancel=ENDLESS,
    ),
    mutant(
        "supervised",
        "ignores that a write failed",
        "if event is not None and not await client.write(event):\n    return False\n",
        "if event is not None:\n    await client.write(event)\n",
        equivalent="with the connection the request's context ends, which the loop sees; until then nobody reads",
    ),
    mutant(
        "supervised",
        "ignores the disconnect",
        "Recv(after(client.keep_alive)), Recv(ctx.done()))",
        "Recv(after(client.keep_alive)))",
        equivalent="leaving early saves nothing: the executor is told by its context, the handler waits in either case "
        "until the stream is closed, and what it writes meanwhile arrives nowhere",
    ),
    mutant(
        "supervised",
        "takes the disconnect for the end",
        LEAVE,
        LEAVE.replace("return case == 0", "return True"),
        cancel="no_data_race",
    ),
    mutant(
        "supervised",
        "takes the end for a disconnect",
        LEAVE,
        LEAVE.replace("return case == 0", "return False"),
        nil_event="one_final_status",
    ),
    mutant(
        "supervised",
        "does not see that the stream is closed",
        "if case == 2 or (case == 0 and not ok):",
        "if case == 2:",
        nil_event=ENDLESS,
    ),
    mutant(
        "supervised",
        "takes the keep-alive for the disconnect",
        "if case == 2 or",
        "if case == 1 or",
        slow_client="no_event_lost one_final_status",
    ),
    mutant(
        "supervised", "forwards nil events", "if event is not None and not await", "if not await", nil_event="no_panic"
    ),
)
