"""What a goroutine does, which the trace says like "receive from c, closed and empty", in the tenses of sentences."""

from __future__ import annotations

import re
from typing import NamedTuple

VERBS = frozenset(
    {"send", "receive", "close", "store", "swap", "cancel", "write", "choose", "signal", "stop", "reset", "lock"}
    | {"unlock", "add", "load", "leave", "call", "ask", "try", "begin", "wake", "come", "end", "compare-and-swap"}
)
"""The words with which the text of an action begins, if it is said as it stands."""
OTHERWISE = {
    "wait": ("wait", "for "),
    "broadcast": ("broadcast", "on "),
    "sleep": ("wake", ""),
    "gosched": ("yield", ""),
}
"""The words of others, with the verb, and what comes between that and the rest."""

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
    if first == "load" and ", which is " in rest:
        name, _, value = rest.partition(", which is ")
        return Deed(who, "load", f"{value} from {name}")
    if first in OTHERWISE:
        verb, between = OTHERWISE[first]
        return Deed(who, verb, between + rest)
    return Deed(who, first, rest) if first in VERBS else Deed(who, "", text)


def _by_itself(who: str, text: str) -> Deed:
    """What no goroutine does, or what is told as somebody else's doing: "t fires", "the executor finishes"."""
    words = text.split(" ")
    places = [2] if text.startswith("the ") and not text.startswith("the deadline of ") else []
    places += [place for place, word in enumerate(words) if word in ("fires", "comes")]
    place = next((place for place in places if 0 < place < len(words)), None)
    if place is None or not words[place].endswith("s"):
        return Deed(who, "", text)
    return Deed(" ".join(words[:place]), base(words[place]), " ".join(words[place + 1 :]))
