"""Options that need the harness to be checked: done when pytest is configured, and only if they are given."""

from __future__ import annotations

import pytest

from harness.model.errors import BadInput
from harness.plugin import files, options, replaying
from harness.plugin.strategies import made


def check(config: pytest.Config) -> None:
    """Complain before anything is collected.

    Raises:
        pytest.UsageError: a strategy has no such name, a token is damaged, a folder cannot be made.
    """
    if options.replaying(config):
        replaying.test_of(config.getoption("harness_replay"))
        _stay_in_one_process(config)
    _check_strategy(options.given(config, "strategy"), "--harness-strategy")
    _check_strategy(options.configured(config, "strategy"), "harness_strategy in the ini file")
    folder = options.in_force(config, "report")
    if folder:
        files.prepare(folder)


def _check_strategy(name: str | None, where: str) -> None:
    try:
        made(name or options.DEFAULT_STRATEGY)
    except BadInput as error:
        raise pytest.UsageError(f"{where}: {error}") from None


def _stay_in_one_process(config: pytest.Config) -> None:
    """One execution is not worth dividing, and a worker of pytest-xdist could not say that it found no such test."""
    if hasattr(config.option, "dist"):
        config.option.dist, config.option.tx = "no", []
