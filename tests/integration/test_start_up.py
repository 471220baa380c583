"""A command imports what it needs, and not what others need."""

import subprocess
import sys

import pytest

from harness.cli.parser import COMMANDS
from tests.integration.cli_runs import Place, environment_with

SCRIPT = """
import sys
before = set(sys.modules)
from harness.__main__ import main
main(sys.argv[1:])
print(*set(sys.modules) - before)
"""
CELL = ("--design", "close_channel", "--fault", "no_flusher", "--jobs", "1")


def loaded(*arguments: str) -> set[str]:
    """The modules that a command loads, and the packages that these are from."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], env=environment_with(), capture_output=True, text=True, check=True
    )
    names = run.stdout.splitlines()[-1].split()
    return {name.rpartition(".")[0] for name in names} | set(names)


@pytest.mark.parametrize("arguments", [("--version",), ("list",), ("verify", *CELL)], ids=lambda words: words[0])
def test_neither_real_go_nor_the_database_nor_the_templates_of_pages_are_loaded(arguments: tuple[str, ...]) -> None:
    found = loaded(*arguments)
    assert "harness.cli.main" in found
    assert found & {"harness.golang", "harness.stress", "sqlite3", "jinja2"} == set()


@pytest.mark.parametrize(("command", "package"), [("confirm", "harness.golang"), ("stress", "harness.stress")])
def test_whoever_needs_them_loads_them(command: str, package: str) -> None:
    assert package in loaded(command, "--help")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_arguments_when_it_is_asked_for(place: Place, command: str) -> None:
    answer = place.harness(command, "--help")
    assert (answer.code, answer.err) == (0, "")
    usage, _, described = answer.out.partition("\n\n")
    assert usage.startswith(f"usage: harness {command} [-h] ") and COMMANDS[command][0][1:] in " ".join(
        described.split()
    )


def test_the_help_of_all_names_every_command(place: Place) -> None:
    answer = place.harness("--help")
    assert answer.code == 0
    assert all(f"    {command} " in answer.out for command in COMMANDS)
