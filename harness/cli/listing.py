"""`harness list`: what can be named on the command line."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Mapping

from rich.text import Text

from harness.cli import exits
from harness.cli.catalog import opening, strategy_classes
from harness.cli.designs import chosen
from harness.cli.output import console_on, say
from harness.report.text import padded, paragraph, width_of
from harness.stream.faults import FAULT_CLASSES
from harness.stream.lifetime import LIFETIME
from harness.stream.oracles import PROPERTIES


def run(arguments: Namespace) -> int:
    """Designs, fault classes, properties and strategies, a line for each."""
    sections = {
        "Designs": {design.name: design.story for design in chosen(None, arguments.scenarios)},
        "Fault classes": {fault.name: fault.summary for fault in FAULT_CLASSES},
        "Properties": {name: first_sentence(oracle) for name, oracle in PROPERTIES.items()},
        "Promises": {name: first_sentence(oracle) for name, oracle in LIFETIME.items()},
        "Strategies": {name: first_sentence(made) for name, made in strategy_classes().items()},
    }
    indent = 4 + width_of([name for entries in sections.values() for name in entries])
    width = console_on(sys.stdout).width
    say(*(_section(title, entries, indent, width) for title, entries in sections.items()))
    return exits.AS_EXPECTED


def _section(title: str, entries: Mapping[str, str], indent: int, width: int) -> Text:
    lines = [Text(title, "bold")]
    for name, words in entries.items():
        first, *rest = paragraph(words, width, indent)
        lines += [Text(padded(f"  {name}", indent) + first[indent:]), *map(Text, rest)]
    return Text("\n").join(lines)


def first_sentence(described: object) -> str:
    """The first sentence of a docstring, in one line."""
    return re.split(r"(?<=\.)\s", opening(described), maxsplit=1)[0]
