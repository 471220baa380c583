"""What a goroutine does, which the trace says like "cond_wake ready", in Go's words and in the tenses of sentences."""

from __future__ import annotations

import re
from typing import NamedTuple

SAID: dict[str, tuple[str, str]] = {
    **{
        word: (word, "{}")
        for word in ("send", "receive", "close", "store", "swap", "cancel", "write", "choose", "signal")
    },
    **{word: (word, "{}") for word in ("stop", "reset", "lock", "unlock", "add", "load", "enter", "leave", "call")},
    "atomic_load": ("load", "{}"),
    "atomic_store": ("store", "{}"),
    "compare_and_swap": ("compare-and-swap", "{}"),
    "wait": ("wait", "for {}"),
    "broadcast": ("broadcast", "on {}"),
    "cond_enqueue": ("begin", "to wait on {}"),
    "cond_wake": ("wake", "from waiting on {}"),
    "announce": ("ask", "for {} to write"),
    "write_lock": ("lock", "{} for writing"),
    "write_unlock": ("unlock", "{} for writing"),
    "read_lock": ("lock", "{} for reading"),
    "read_unlock": ("unlock", "{} for reading"),
    "try_lock": ("try", "to lock {}"),
    "try_read_lock": ("try", "to lock {} for reading"),
    "try_write_lock": ("try", "to lock {} for writing"),
    "once_enter": ("come", "to {}"),
    "once_leave": ("end", "the function of {}"),
    "context_err": ("ask", "{} for its error"),
    "context_cause": ("ask", "{} for its cause"),
    "length": ("ask", "{} for its length"),
    "stop_function": ("stop", "{}"),
    "cancel_child": ("cancel", "{}"),
    "remove_child": ("leave", "{}"),
    "sleep": ("wake", "{}"),
    "gosched": ("yield", "{}"),
}
"""By the word with which the text of an action begins: the verb, and what comes after it."""

PERFECT = {
    "send": "sent",
    "find": "found",
    "write": "written",
    "choose": "chosen",
    "take": "taken",
    "wake": "woken",
    "come": "come",
    "begin": "begun",
    "leave": "left",
    "stop": "stopped",
    "reset": "reset",
    "cancel": "cancelled",
    "swap": "swapped",
    "compare-and-swap": "compared-and-swapped",
    "try": "tried",
    "signal": "signalled",
    "broadcast": "broadcast",
    "break": "broken",
}
"""The participles that are not made by the rule."""
PANICS = re.compile(r", which panics(?:, and nobody recovers)?: (.*)$")


class Deed(NamedTuple):
    """Who, what they do (empty if that is not known), and to what; the parts of one sentence."""

    subject: str
    verb: str
    rest: str


def third_person(verb: str) -> str:
    """He, she or it does it."""
    if verb.endswith(("ss", "ch", "sh")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("ry") else f"{verb}s"


def base(verb: str) -> str:
    """The other way round."""
    if verb.endswith(("sses", "ches", "shes")):
        return verb[:-2]
    return f"{verb[:-3]}y" if verb.endswith("ries") else verb.removesuffix("s")


def perfect(verb: str) -> str:
    """They have done it."""
    return PERFECT.get(verb) or (f"{verb}d" if verb.endswith("e") else f"{verb}ed")


def spoken(who: str, text: str) -> Deed:
    """What somebody does in a step."""
    text = PANICS.sub(r", which panics (\1)", text)
    first, _, rest = text.partition(" ")
    if text.startswith("the ") or not who:
        return _by_itself(who, text)
    if text == "nobody recovers":
        return Deed(who, "end", "the program by a panic that nobody recovers")
    if text.startswith("select takes its default"):
        return Deed(who, "take", "the default of its select" + text.removeprefix("select takes its default"))
    if first == "receive" and rest.endswith(", closed and empty"):
        return Deed(who, "find", rest.removeprefix("from ").removesuffix(", closed and empty") + " closed")
    if first in ("load", "atomic_load") and ", which is " in rest:
        name, _, value = rest.partition(", which is ")
        return Deed(who, "load", f"{value} from {name}")
    if first not in SAID:
        return Deed(who, "", text)
    verb, what = SAID[first]
    object_, comma, more = rest.partition(", ")
    return Deed(who, verb, (what.replace("{}", object_) if what != "{}" else object_) + comma + more)


def _by_itself(who: str, text: str) -> Deed:
    """What no goroutine does, or what is told as somebody else's doing: "t fires", "the executor finishes"."""
    words = text.split(" ")
    places = [2] if text.startswith("the ") and not text.startswith("the deadline of ") else []
    places += [place for place, word in enumerate(words) if word in ("fires", "comes")]
    place = next((place for place in places if 0 < place < len(words)), None)
    if place is None or not words[place].endswith("s"):
        return Deed(who, "", text)
    return Deed(" ".join(words[:place]), base(words[place]), " ".join(words[place + 1 :]))
