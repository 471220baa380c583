"""Go's primitives as pure state machines.

A primitive never schedules, looks at a clock or resumes anything: its methods announce an operation, and
the operation's kind holds the state machine that a runtime drives. Two runtimes do: `harness.runtime` (every
interleaving, virtual time) and `harness.realtime` (asyncio, real time).
"""
