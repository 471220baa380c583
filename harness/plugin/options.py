"""The options and ini keys of the pytest plugin. Importing this imports nothing else of the harness.

What counts is, in this order: the command line, the mark, the ini file, the profile.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest

DEFAULT_STRATEGY = "mixed"


@dataclass(frozen=True, slots=True)
class Profile:
    """How thorough to be where nobody says.

    Attributes:
        executions: by a strategy that draws.
        max_executions: when a proof gives up.
    """

    executions: int
    max_executions: int
    strategy: str = DEFAULT_STRATEGY
    seed: int = 0


PROFILES = {
    "dev": Profile(1_000, 100_000),
    "ci": Profile(5_000, 100_000),
    "deep": Profile(100_000, 10_000_000),
}

HELP = {
    "profile": f"how thorough to be: {', '.join(PROFILES)} (default: ci where CI is set, else dev)",
    "strategy": "who chooses the schedules: a name of `harness list`",
    "executions": "how many schedules to try for each test; a proof is not limited by it",
    "seed": "of the strategies that draw; repeats and shares derive theirs from it",
    "shares": "divide the executions of each test into so many items, of whole blocks of 1,000 executions",
    "report": "write each finding as text, JSON and a web page into this folder, and an index of all that are there",
}
NUMBERS = {"executions": 1, "seed": 0, "shares": 1}
"""The options that are whole numbers, with the least that makes sense."""


def add_options(parser: pytest.Parser) -> None:
    """Declare them all."""
    group = parser.getgroup("harness", "exploring schedules (harness)")
    for name, text in HELP.items():
        choices = {"choices": tuple(PROFILES)} if name == "profile" else {}
        group.addoption(f"--harness-{name}", dest=f"harness_{name}", metavar=name.upper(), help=text, **choices)
        parser.addini(f"harness_{name}", text)
    parser.addini("harness_warnings", "show what may make a green test mean little (default: true)", "bool", True)
    group.addoption("--harness-replay", metavar="TOKEN", help="run the one execution that a failure's token stands for")
    group.addoption("--harness-stats", action="store_true", help="sum up what was explored, and what green means")


def given(config: pytest.Config, name: str) -> Any:
    """What the command line says; None if nothing."""
    return _checked(name, config.getoption(f"harness_{name}"), f"--harness-{name}")


def configured(config: pytest.Config, name: str) -> Any:
    """What the ini file says; None if nothing."""
    return _checked(name, config.getini(f"harness_{name}") or None, f"harness_{name} in the ini file")


def profile(config: pytest.Config) -> tuple[str, Profile]:
    """The profile in force, with its name."""
    name = given(config, "profile") or configured(config, "profile") or ("ci" if os.environ.get("CI") else "dev")
    return name, PROFILES[name]


def in_force(config: pytest.Config, name: str) -> Any:
    """What holds for a test whose mark says nothing."""
    for found in (given(config, name), configured(config, name)):
        if found is not None:
            return found
    return getattr(profile(config)[1], name, None)


def check(config: pytest.Config) -> None:
    """Complain now about what makes no sense.

    Raises:
        pytest.UsageError: something does not.
    """
    for name in HELP:
        given(config, name)
        configured(config, name)
    try:
        config.getini("harness_warnings")
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"harness_warnings in the ini file is true or false: {error}") from None
    if any(map(config.pluginmanager.hasplugin, ("repeat", "pytest_repeat"))) and config.getoption("count") < 1:
        raise pytest.UsageError(f"--count is a whole number of at least 1; found {config.getoption('count')}")


def _checked(name: str, value: Any, where: str) -> Any:
    """What an option or ini key says, if it makes sense."""
    if value is None:
        return None
    if name == "profile" and value not in PROFILES:
        raise pytest.UsageError(f"{where} is one of {', '.join(PROFILES)}; found {value!r}")
    if name not in NUMBERS:
        return value
    least = NUMBERS[name]
    try:
        number = int(value)
    except ValueError:
        number = None
    if number is None or number < least:
        raise pytest.UsageError(f"{where} is a whole number of at least {least}; found {value!r}")
    return number


def header(config: pytest.Config) -> str:
    """What is in force, so that a run can be repeated from its log."""
    name, _ = profile(config)
    values = {key: in_force(config, key) for key in ("strategy", "executions", "seed", "shares", "report")}
    told = ", ".join(f"{key}={value}" for key, value in values.items() if value is not None)
    replayed = config.getoption("harness_replay")
    return f"harness: profile={name}, {told}" + (f", replay={replayed}" if replayed else "")


def replaying(config: pytest.Config) -> bool:
    """Is there one execution to run again, and nothing to explore?"""
    return config.getoption("harness_replay") is not None


def need_checking(config: pytest.Config) -> bool:
    """Is there anything that only the rest of the harness can check?"""
    return replaying(config) or any(
        look(config, name) is not None for look in (given, configured) for name in ("strategy", "report")
    )
