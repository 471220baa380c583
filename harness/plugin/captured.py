"""What a failing test has printed and logged: in its minimal execution alone, not in all that were tried."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model.errors import HarnessError
from harness.model.execution import Execution
from harness.runtime.execute import Subject, following
from harness.runtime.watchdog import PATIENCE, guarded


def alone(item: Any, program: Any, execution: Execution) -> bool:
    """Replace what was captured by what this execution writes, by running it once more; False if that is not done.

    Where nothing was captured there is nothing to replace; and a debugger is to find things as they are.
    """
    if item.config.getoption("usepdb", False) or not dropped(item.config):
        return False
    subject = Subject(program, (), execution.settings)
    try:
        with guarded(PATIENCE):
            subject.execute(following(execution.schedule), always_ask=True)
    except HarnessError:  # it must not hide the finding
        return False
    return True


def dropped(config: pytest.Config) -> bool:
    """Forget what was captured so far; was there anything?"""
    captured = False
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    if capture is not None and capture.is_globally_capturing():
        captured = any(capture.read_global_capture())
    logging: Any = config.pluginmanager.getplugin("logging-plugin")
    for handler in (logging.report_handler, logging.caplog_handler) if logging is not None else ():
        captured = captured or bool(handler.records)
        handler.clear()
    return captured
