"""The pytest plugin: hooks, each of which hands over to `harness.plugin` as soon as a marked test is concerned.

pytest loads this in every run, before coverage is measured: it imports the options and the name of the mark, no more.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from harness.exploration import Exploration, mark_of
from harness.plugin import options


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and ini keys."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Complain about options before anything is collected."""
    options.check(config)
    if options.need_checking(config):
        from harness.plugin import checking

        checking.check(config)


def pytest_report_header(config: pytest.Config) -> str:
    """What is in force."""
    return options.header(config)


@pytest.fixture
def harness_share(request: pytest.FixtureRequest) -> Any:
    """Which share of the executions an item is; parametrized for tests with several."""
    return getattr(request, "param", 0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with shares becomes several items."""
    mark = mark_of(metafunc.function)
    if mark is not None:
        from harness.plugin import items

        items.divide(metafunc, mark)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pycollect_makeitem(obj: object) -> Generator[None, Any, Any]:
    """Whatever anybody else has made of a marked function, it is explored."""
    made = yield
    if made is None or mark_of(obj) is None:
        return made
    from harness.plugin import items

    return [items.explored(node) for node in (made if isinstance(made, list) else [made])]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a token, one test remains."""
    if options.replaying(config):
        from harness.plugin import replaying

        replaying.only(config, items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A marked test that could not be made one that explores."""
    if mark_of(getattr(item, "function", None)) is not None and not hasattr(item, "exploration"):
        pytest.fail(f"{item.name}: explore does not work in a unittest.TestCase: use a plain class", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """What the answers are worth that an ordinary test gets from a verb; of an explored one it is known anyway."""
    from harness.model.listening import listening

    def heard(program: str, answer: Any) -> None:
        __tracebackhide__ = True
        from harness.plugin import called

        called.warn(item.config, program, answer)

    before = listening.heard
    listening.heard = None if hasattr(item, "exploration") or not item.config.getini("harness_warnings") else heard
    try:
        return (yield)
    finally:
        listening.heard = before


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Async fixtures of explored tests run in the main goroutine."""
    if not isinstance(getattr(request._pyfuncitem, "exploration", None), Exploration):
        return (yield)
    from harness.plugin import awaited

    with awaited.deferred(fixturedef, request):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """The report says what was explored; as plain data, so that it survives between processes."""
    report = yield
    record = getattr(item, "record", None)
    if call.when == "call" and record is not None:
        report.harness = record.plain()
    elif call.excinfo is not None and type(call.excinfo.value).__name__ == "Falsified":
        from harness.plugin import called

        called.tell(report, call.excinfo.value, item.config)
    return report


def pytest_report_teststatus(report: Any, config: pytest.Config) -> Any:
    """With `-v`, how much was explored."""
    told = getattr(report, "harness", None)
    if told is None or not report.passed or hasattr(report, "wasxfail") or config.get_verbosity() < 1:
        return None
    from harness.plugin import summary

    return "passed", ".", (f"PASSED ({summary.word(told)})", {"green": True})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The statistics, if asked for, what should not be overlooked, and the index of the findings."""
    reports = [report for several in terminalreporter.stats.values() for report in several]
    called = {report.harness_called for report in reports if hasattr(report, "harness_called")}
    if not called and not any(hasattr(report, "harness") for report in reports):
        return
    from harness.plugin import summary

    found = summary.records(terminalreporter.stats)
    lines = list(summary.statistics(found)) if config.getoption("harness_stats") else []
    lines += summary.notes(found, bool(config.getini("harness_warnings")))
    folder = options.in_force(config, "report")
    if folder:
        from harness.plugin import files

        fresh = {told["test"] for told, _ in found if told["verdict"] == "falsified"}
        lines.append(files.write_index(folder, called | fresh))
    if lines:
        terminalreporter.section("harness")
    for line in lines:
        terminalreporter.write_line(line)
