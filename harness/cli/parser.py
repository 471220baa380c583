"""The command line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence

from harness import __version__
from harness.cli import exits
from harness.cli.arguments import matrix, others, programs


def parser(asked: Sequence[str]) -> ArgumentParser:
    """The command line; of the commands only the one that `asked` begins with has its arguments, and `run`."""
    top = ArgumentParser(
        "harness",
        description="A race-condition test harness with Go semantics: explores the schedules of concurrent programs.",
        epilog=exits.MEANINGS,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"harness {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    wanted = next((word for word in asked if not word.startswith("-")), "")
    for name, (does, add) in COMMANDS.items():
        described = f"{does[0].upper()}{does[1:]}."
        command = commands.add_parser(name, help=does, description=described, allow_abbrev=False)
        if name == wanted:
            add(command)
    return top


COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], None]]] = {
    "verify": ("the verdict matrix: every design under every fault class", matrix.add_verify),
    "gate": (
        "fail if a verdict or a proof is worse than in the baseline, or the harness has lost its teeth",
        matrix.add_gate,
    ),
    "prove": ("explore every schedule of a program", programs.add_prove),
    "check": ("try some schedules of a program", programs.add_check),
    "replay": ("show the execution that a token stands for", programs.add_replay),
    "stress": ("random plans under random schedules, resumable", matrix.add_stress),
    "explain": ("show an execution as lanes, a web page, a diagram or JSON", programs.add_explain),
    "confirm": (
        "force a counterexample on real Go, or run a design there freely and look for more",
        programs.add_confirm,
    ),
    "conform": ("compare generated programs with real Go", others.add_conform),
    "list": ("designs, fault classes, properties and strategies", others.add_list),
    "template": ("print a file to copy, which puts the gate into CI", others.add_template),
}
"""What each does, and a function that adds its arguments."""
