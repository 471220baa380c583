"""What the statements of a generated program are in Python and in Go, side by side.

A statement is a tuple: a verb, then the numbers of the objects and values it concerns; `{0}` and so on stand for them.
`g.At(...)` announces the operation as the harness describes it when a goroutine is pending there; both sides log the
same words. Objects are called by a letter and a number, `{n}` is a channel's name, which for the nil channel is "nil".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One sort of simple statement.

    Attributes:
        kinds: the letters of the objects that its first arguments number; the others are small numbers.
        python: lines of Python.
        go: lines of Go.
        values: how many small numbers it takes besides the objects.
    """

    kinds: str
    python: str
    go: str
    values: int = 0


VERBS: dict[str, Verb] = {
    # Channels (Go specification: Send statements, Receive operator, Close, Length and capacity)
    "send": Verb("c", 'await c{0}.send({1}); log("sent")', 'g.At("send on {n}"); c{0} <- {1}; g.Log("sent")', 1),
    "recv": Verb(
        "c",
        'v, ok = await c{0}.recv(); log("received", v or 0, ok)',
        'g.At("receive on {n}"); {{ v, ok := <-c{0}; g.Log("received", v, ok) }}',
    ),
    "close": Verb("c", 'await c{0}.close(); log("closed")', 'g.At("close on {n}"); close(c{0}); g.Log("closed")'),
    "length": Verb("c", 'log("length", await c{0}.length())', 'g.At("length on {n}"); g.Log("length", len(c{0}))'),
    "range": Verb(
        "c",
        'async for v in c{0}:\n    log("ranged", v)\nlog("end")',
        'for {{ g.At("receive on {n}"); v, ok := <-c{0}; if !ok {{ break }}; g.Log("ranged", v) }}; g.Log("end")',
    ),
    # Variables
    "load": Verb("x", 'log("load", await x{0}.load())', 'g.At("load on x{0}"); g.Log("load", x{0})'),
    "store": Verb("x", "await x{0}.store({1})", 'g.At("store on x{0}"); x{0} = {1}', 1),
    # sync/atomic
    "atomic_load": Verb(
        "a", 'log("atomic", await a{0}.load())', 'g.At("atomic_load on a{0}"); g.Log("atomic", int(a{0}.Load()))'
    ),
    "atomic_store": Verb("a", "await a{0}.store({1})", 'g.At("atomic_store on a{0}"); a{0}.Store({1})', 1),
    "add": Verb(
        "a", 'log("added", await a{0}.add({1}))', 'g.At("atomic_add on a{0}"); g.Log("added", int(a{0}.Add({1})))', 1
    ),
    "swap": Verb(
        "a", 'log("swapped", await a{0}.swap({1}))', 'g.At("swap on a{0}"); g.Log("swapped", int(a{0}.Swap({1})))', 1
    ),
    "cas": Verb(
        "a",
        'log("cas", await a{0}.compare_and_swap(0, {1}))',
        'g.At("compare_and_swap on a{0}"); g.Log("cas", a{0}.CompareAndSwap(0, {1}))',
        1,
    ),
    "value_load": Verb(
        "v", 'log("value", await v{0}.load())', 'g.At("atomic_load on v{0}"); g.Log("value", v{0}.Load())'
    ),
    "value_store": Verb(
        "v",
        'await v{0}.store((1, "one", None)[{1}]); log("stored")',
        'g.At("atomic_store on v{0}"); v{0}.Store([]any{{1, "one", nil}}[{1}]); g.Log("stored")',
        1,
    ),
    # sync.Mutex
    "lock": Verb("m", 'await m{0}.lock(); log("locked")', 'g.At("lock on m{0}"); m{0}.Lock(); g.Log("locked")'),
    "unlock": Verb(
        "m", 'await m{0}.unlock(); log("unlocked")', 'g.At("unlock on m{0}"); m{0}.Unlock(); g.Log("unlocked")'
    ),
    "try_lock": Verb(
        "m", 'log("try", await m{0}.try_lock())', 'g.At("try_lock on m{0}"); g.Log("try", m{0}.TryLock())'
    ),
    # sync.RWMutex: Lock announces the writer, then waits for the readers that are inside
    "rlock": Verb(
        "r", 'await r{0}.rlock(); log("rlocked")', 'g.At("read_lock on r{0}"); r{0}.RLock(); g.Log("rlocked")'
    ),
    "runlock": Verb(
        "r", 'await r{0}.runlock(); log("runlocked")', 'g.At("read_unlock on r{0}"); r{0}.RUnlock(); g.Log("runlocked")'
    ),
    "wlock": Verb(
        "r",
        'await r{0}.lock(); log("wlocked")',
        'g.At("announce on r{0}"); r{0}.Lock(); g.Then("write_lock on r{0}"); g.Log("wlocked")',
    ),
    "wunlock": Verb(
        "r", 'await r{0}.unlock(); log("wunlocked")', 'g.At("write_unlock on r{0}"); r{0}.Unlock(); g.Log("wunlocked")'
    ),
    "try_rlock": Verb(
        "r", 'log("try", await r{0}.try_rlock())', 'g.At("try_read_lock on r{0}"); g.Log("try", r{0}.TryRLock())'
    ),
    "try_wlock": Verb(
        "r", 'log("try", await r{0}.try_lock())', 'g.At("try_write_lock on r{0}"); g.Log("try", r{0}.TryLock())'
    ),
    # sync.WaitGroup
    "wg_add": Verb("w", "await w{0}.add(1)", 'g.At("add on w{0}"); w{0}.Add(1)'),
    "wg_done": Verb("w", "await w{0}.done()", 'g.At("add on w{0}"); w{0}.Done()'),
    "wg_wait": Verb("w", 'await w{0}.wait(); log("waited")', 'g.At("wait on w{0}"); w{0}.Wait(); g.Log("waited")'),
    # sync.Cond on mutex m0: a waiter that was woken locks the mutex by an operation of its own
    "cond_wait": Verb(
        "k",
        'await m0.lock(); await k{0}.wait(); log("woken"); await m0.unlock()',
        'g.At("lock on m0"); m0.Lock(); g.At("cond_enqueue on k{0}"); k{0}.Wait(); g.Log("woken"); '
        'g.At("unlock on m0"); m0.Unlock()',
    ),
    "signal": Verb("k", "await k{0}.signal()", 'g.At("signal on k{0}"); k{0}.Signal()'),
    "broadcast": Verb("k", "await k{0}.broadcast()", 'g.At("broadcast on k{0}"); k{0}.Broadcast()'),
    # context: d0 is derived from the background, d1 from d0 with a deadline
    "cancel": Verb("d", "await cancel{0}()", 'g.At("cancel on d{0}"); cancel{0}()'),
    "err": Verb("d", 'log("err", await d{0}.err())', 'g.At("context_err on d{0}"); g.Log("err", d{0}.Err())'),
    "watch": Verb(
        "d", 'await d{0}.done().recv(); log("done")', 'g.At("receive on d{0}.done"); <-d{0}.Done(); g.Log("done")'
    ),
    # time: {1} tenths of a second
    "sleep": Verb("", "await sleep(0.1 * {0})", 'g.Sleep({0}); g.At("sleep")', 1),
    "timer": Verb("t", 'await t{0}.c.recv(); log("fired")', 'g.At("receive on t{0}"); <-t{0}.C; g.Log("fired")'),
    "stop": Verb("t", 'log("stopped", await t{0}.stop())', 'g.At("stop on t{0}"); g.Log("stopped", t{0}.Stop())'),
    "reset": Verb(
        "t",
        'log("reset", await t{0}.reset(0.1 * {1}))',
        'g.At("reset on t{0}"); g.Log("reset", t{0}.Reset(g.Tenths("t{0}", {1})))',
        1,
    ),
    # runtime
    "gosched": Verb("", "await gosched()", 'g.At("gosched"); runtime.Gosched()'),
    "choose": Verb("", 'log("chose", await choose(2))', 'g.Log("chose", g.Choose(2))'),
    "panic": Verb("", 'raise Panic("boom")', 'panic("boom")'),
}

_ABOUT = {
    "goroutine": "go",
    "close": "close",
    "range": "range",
    "length": "length",
    "shared variable": "load store",
    "atomic": "atomic_load atomic_store add swap cas",
    "atomic.Value": "value_load value_store",
    "Mutex": "lock unlock try_lock",
    "RWMutex": "rlock runlock wlock wunlock try_rlock try_wlock",
    "WaitGroup": "wg_add wg_done wg_wait",
    "Once": "once",
    "Cond": "cond_wait signal broadcast",
    "context": "cancel err watch",
    "context.AfterFunc": "when_done",
    "time.AfterFunc": "after_func",
    "timer": "timer stop reset",
    "sleep": "sleep",
    "panic": "panic",
    "recover": "recover",
}
PRIMITIVES = {verb: primitive for primitive, verbs in _ABOUT.items() for verb in verbs.split()}
"""Which of Go's primitives a statement is about; channels and selects are told apart by what they are."""
