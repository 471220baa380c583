"""What goroutines do, in sentences: "worker sends 3 on results", "worker would have sent 3 on results"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.model.trace import Action, Trace
from harness.report.story.titles import titles
from harness.report.text import middle, printable
from harness.report.verbs import Deed, perfect, spoken, third_person

LONGEST = 240
"""Characters of a text that the program or an oracle has a say in."""
FILL = re.compile(r" \(\d+ of \d+ buffered\)$")
UNNAMED = re.compile(r"\b(?:Channel|TimerChannel|Alarm)@[^\s,;()]*\.\d+")
NAMED = ("Context", "Alarm")


def aliases_of(trace: Trace) -> dict[str, str]:
    """How to call the channels of contexts and timers, each of which is made right after its owner, and the timers."""
    found: dict[str, str] = {}
    for made in (made for action in trace for made in action.made if made.kind in NAMED):
        creator, _, number = made.identity.rpartition(".")
        name = made.name.replace("Alarm@", "Timer@")
        kind, end = ("Channel", "done") if made.kind == "Context" else ("TimerChannel", "c")
        found[made.name] = name
        found[f"{kind}@{creator}.{int(number) + 1}"] = f"{name}.{end}"
    return found


class Words:
    """Sentences about some goroutines, by their short names."""

    def __init__(self, names: Sequence[str], aliases: Mapping[str, str] | None = None) -> None:
        self.titles = titles(names)
        self.aliases = aliases or {}
        self.paths = sorted((name for name in names if "/" in name), key=len, reverse=True)

    def title(self, name: str) -> str:
        """A goroutine's short name."""
        return printable(self.titles.get(name, name))

    def short(self, text: str) -> str:
        """A text about goroutines, with their short names."""
        text = self.renamed(text)
        for name in self.paths:
            text = text.replace(name, self.titles[name])
        return short(text)

    def renamed(self, text: str) -> str:
        """A text with other names for what the user never named, and never made either: a context's channel."""
        return UNNAMED.sub(lambda found: self.aliases.get(found[0], found[0]), text) if self.aliases else text

    # -- one deed --------------------------------------------------------------------------------------------------

    def deed(self, action: Action, who: str = "") -> str:
        """Who does what in a step."""
        return _told(self.part(action, who))

    def had(self, action: Action, who: str = "") -> str:
        """Who would have done what."""
        return _had(self.part(action, who))

    def part(self, action: Action, who: str = "") -> Deed:
        """One goroutine's part in a step; of who does more than wait for it, where none is named."""
        goroutines = [part.goroutine for part in action.participants]
        who = who if who in goroutines else next(iter(goroutines), "")
        if action.kind == "default":
            cases = action.participants[0].operation.removeprefix("select {").removesuffix("}").split(", ")
            looked = " or to ".join(case for case in cases if case != "default")
            return Deed(self.title(who), "find", f"nothing to {short(looked)} and takes its default")
        if action.kind == "rendezvous" and who != goroutines[0]:
            return self.parted(f"{who}: receive {action.value} from {action.name}")
        return self.parted(f"{who}: {action.text}" if who else action.text)

    def done(self, deed: str) -> str:
        """ "Who: what" as a sentence."""
        return _told(self.parted(deed))

    def to_do(self, deed: str, to: str) -> str:
        """ "Who: what" as "who `to` what"; empty if it is nothing."""
        who, verb, rest = self.parted(deed)
        return f"{who} {to} {verb or 'do this:'} {rest}".strip() if deed else ""

    def parted(self, deed: str) -> Deed:
        """ "Who: what" as the parts of a sentence, in Go's words."""
        who, colon, what = deed.partition(": ")
        if not colon or not (who in self.titles or who == "main" or who.startswith("main/")):
            who, what = "", deed
        subject, verb, rest = spoken(self.title(who) if who else "", FILL.sub("", what))
        return Deed(self.short(subject), verb, self.short(rest))


def short(text: str) -> str:
    """At most so many characters that it does not burst a sentence."""
    return middle(printable(text), LONGEST)


def _told(deed: Deed) -> str:
    if not deed.verb:
        return f"{deed.subject}: {deed.rest}" if deed.subject else deed.rest
    return f"{deed.subject} {third_person(deed.verb)} {deed.rest}".rstrip()


def _had(deed: Deed) -> str:
    if not deed.verb:
        return f"this would have come instead: {_told(deed)}"
    rest = deed.rest.replace(" and takes its default", " and taken its default")
    return f"{deed.subject} would have {perfect(deed.verb)} {rest}".rstrip()
