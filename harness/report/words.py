"""What goroutines do, in sentences: "worker sends 3 on results", "for worker to send 3 on results"."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.trace import Action
from harness.report.story.titles import titles
from harness.report.text import middle, printable

LONGEST = 240
"""Characters of a text that the program or an oracle has a say in."""
VERBS = frozenset(
    {"send", "receive", "close", "store", "load", "swap", "add", "wait", "cancel", "write", "choose", "signal"}
    | {"broadcast", "sleep", "stop", "reset", "lock", "unlock", "read_lock", "read_unlock", "write_lock"}
    | {"write_unlock", "try_lock", "try_read_lock", "try_write_lock", "atomic_load", "atomic_store"}
)
"""The words with which the text of an action begins, if it begins with what the goroutine does."""


class Words:
    """Sentences about some goroutines, by their short names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.titles = titles(names)
        self.paths = sorted((name for name in names if "/" in name), key=len, reverse=True)

    def title(self, name: str) -> str:
        """A goroutine's short name."""
        return printable(self.titles.get(name, name))

    def short(self, text: str) -> str:
        """A text about goroutines, with their short names."""
        for name in self.paths:
            text = text.replace(name, self.titles[name])
        return short(text)

    def deed(self, action: Action) -> str:
        """Who does what in a step."""
        if not action.participants:
            return short(action.text)
        who, text = action.participants[0].goroutine, action.text
        if action.kind == "default":
            cases = action.participants[0].operation.removeprefix("select {").removesuffix("}").split(", ")
            looked = " or to ".join(case for case in cases if case != "default")
            return f"{self.title(who)} finds nothing to {short(looked)} and takes its default"
        if action.kind == "send":
            text = text.partition(f" on {action.name} (")[0] + f" on {action.name}"  # without how full the buffer is
        return self.done(f"{who}: {text}")

    def done(self, deed: str) -> str:
        """ "Who: what" as a sentence."""
        who, verb, rest = self.parted(deed)
        if verb:
            return f"{who} {_third_person(verb)} {rest}".rstrip()
        return rest if not who or rest.startswith("the ") else f"{who}: {rest}"

    def to_do(self, deed: str, to: str) -> str:
        """ "Who: what" as "who `to` what", if what is something to do; else in quotes."""
        who, verb, rest = self.parted(deed)
        if verb:
            return f"{who} {to} {verb} {rest}".rstrip()
        return f'"{self.short(deed)}"' if deed else ""

    def parted(self, deed: str) -> tuple[str, str, str]:
        """ "Who: what" as who, the verb (empty if it begins with none), and the rest."""
        who, colon, what = deed.partition(": ")
        if not colon or who not in self.titles:
            return "", "", self.short(deed)
        verb, _, rest = what.partition(" ")
        if verb in VERBS:
            return self.title(who), verb.replace("_", "-"), self.short(rest)
        return self.title(who), "", self.short(what)


def short(text: str) -> str:
    """At most so many characters that it does not burst a sentence."""
    return middle(printable(text), LONGEST)


def _third_person(verb: str) -> str:
    return f"{verb}es" if verb.endswith(("ss", "ch")) else f"{verb}s"
