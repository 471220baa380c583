"""The item that explores: a test function like any other to pytest, but run under many schedules."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest._code.code import (
    ExceptionChainRepr,
    ExceptionInfo,
    ExceptionRepr,
    ReprEntry,
    ReprFileLocation,
    ReprTraceback,
    TerminalRepr,
    Traceback,
)

from harness.exploration import Exploration, mark_of
from harness.model.errors import BadInput, HarnessError
from harness.model.place import OWN_FOLDER
from harness.plugin.examining import Record, examine
from harness.plugin.finding import REPEAT, Finding, sections
from harness.plugin.fixtures import Fixtures
from harness.plugin.frames import goroutine_at
from harness.plugin.program import TestProgram
from harness.plugin.question import shares_of

SHARE = "harness_share"
SHARE_NAME = re.compile(r"share \d+ of \d+")


class Explored(pytest.Function):
    """See the module. `record` is what the reports and the summary tell, and `finding` the failure;
    `written` says where it has been written to, or why it has not, and `captured_alone` that what pytest has captured
    is of this failure only."""

    fixtures: Fixtures
    record: Record | None = None
    finding: Finding | None = None
    written: tuple[str, str] | None = None
    captured_alone: bool = False

    @property
    def exploration(self) -> Exploration:
        """What the mark says."""
        found = mark_of(self.function)
        assert found is not None
        return found

    def parameter(self, name: str) -> int | None:
        """Which repeat or share it is, from 0 on; None if there is one only."""
        spec = getattr(self, "callspec", None)
        return int(spec.params[name]) if spec is not None and name in spec.params else None

    @property
    def undivided(self) -> str:
        """The id that it has where there are no shares, as when an execution is replayed."""
        spec = getattr(self, "callspec", None)
        name = SHARE_NAME.search(self.nodeid) if spec is not None and SHARE in spec.params else None
        if name is None:
            return self.nodeid
        rest = f"{self.nodeid[: name.start()]}{self.nodeid[name.end() :].removeprefix('-')}"
        return rest.removesuffix("[]") if rest.endswith("[]") else re.sub(r"-\]$", "]", rest)

    @property
    def whole(self) -> str:
        """What names the test with its parameters, but not which share or repeat of it this is."""
        spec = getattr(self, "callspec", None)
        indices = spec.indices.items() if spec is not None else ()
        own = sorted((name, index) for name, index in indices if name not in (SHARE, REPEAT))
        return f"{self.parent.nodeid if self.parent else ''}::{self.originalname}{own}"

    def setup(self) -> None:
        """Its fixtures; none for a test that cannot be explored."""
        self.fixtures = Fixtures(self)
        if refusal(self) is None:
            self.fixtures.set_up()

    def runtest(self) -> None:
        """Explore.

        Raises:
            BaseException: the test's own, at the failing schedule; a `Violation`; or a `HarnessError`.
        """
        why = refusal(self)
        if why is not None:
            raise BadInput(why)
        program = TestProgram(self, self.fixtures, self.undivided)
        with program.explored():
            examine(self, program, self.parameter(REPEAT), self.parameter(SHARE) or 0)

    def teardown(self) -> None:
        """Let go of the frames that `--pdb` may have looked at."""
        if self.finding is not None:
            self.finding.standstill.close()
            self.finding = None
        super().teardown()

    def _traceback_filter(self, excinfo: ExceptionInfo[BaseException]) -> Traceback:
        """The user's frames, and no others."""
        if self.finding is not None and excinfo.value is self.finding.error:
            return excinfo.traceback  # see `repr_failure`
        shown = super()._traceback_filter(excinfo)
        kept = [entry for entry in shown if not str(entry.path).startswith(OWN_FOLDER)]
        return Traceback([*kept[:-1], kept[-1].with_repr_style(None)]) if kept else shown

    def repr_failure(self, excinfo: ExceptionInfo[BaseException]) -> str | TerminalRepr:  # type: ignore[override]
        """The oracle's sentence, the traceback, the interleaving, and how to replay."""
        found = self.finding
        if found is not None and excinfo.value is found.error:
            excinfo.traceback = Traceback(excinfo.traceback[-found.depth or None :])  # --tb=native does not filter
            if found.depth:  # nor does pytest what is in a group
                found.error.__traceback__ = excinfo.traceback[0]._rawentry
            shown = (
                super().repr_failure(excinfo)
                if found.depth
                else self.only(found.sentence, excinfo.exconly(tryshort=True))
            )
            below = [*sections(found, self.config.get_verbosity(), self.written)]
            if self.captured_alone and any(when == "call" for when, _, _ in self._report_sections):
                below.append(("captured", "of the minimal execution alone; what others have written is left out"))
            return told(found, shown, below)
        return super().repr_failure(excinfo)

    def _repr_failure_py(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> TerminalRepr:
        """pytest asks for this where the test's fixtures are set up and torn down, too."""
        if isinstance(excinfo.value, HarnessError):
            place = goroutine_at(excinfo.value)
            where = f" (at {place})" if place and place not in str(excinfo.value) else ""
            return self.only(f"{excinfo.value}{where}", excinfo.exconly(tryshort=True))
        return super()._repr_failure_py(excinfo, style)

    def only(self, sentence: str, summary: str) -> ExceptionChainRepr:
        """One sentence for a failure, and what stands in pytest's summary, at the line of the test."""
        path, line, _ = self.reportinfo()
        crash = ReprFileLocation(str(path), (line or 0) + 1, summary)
        return ExceptionChainRepr([(_line(sentence), crash, None)])


def _line(text: str) -> ReprTraceback:
    return ReprTraceback([ReprEntry([text], None, None, None, "value")], None, "value")


def told(found: Finding, shown: str | TerminalRepr, below: list[tuple[str, str]]) -> str | TerminalRepr:
    """A failure as pytest prints it and sends it between processes."""
    if not isinstance(shown, ExceptionRepr):
        return "\n".join([found.sentence, str(shown), *(f"{title}\n{text}" for title, text in below)])
    frames = getattr(shown, "chain", [(shown.reprtraceback, shown.reprcrash, None)])
    if not found.depth:  # then it says no more than the sentence
        frames = []
    whole = ExceptionChainRepr([(_line(found.sentence), shown.reprcrash, None), *frames])
    for title, text in below:
        whole.addsection(title, text)
    return whole


def refusal(item: pytest.Function) -> str | None:
    """Why a marked test cannot be explored, in one sentence."""
    function: Any = item.function
    name = item.originalname
    if hasattr(function, "hypothesis") or getattr(function, "is_hypothesis_test", False):
        return (
            f"{name} is marked with explore and with Hypothesis's given, which each want to run it many times: "
            f"draw with harness.choose, or call harness.check in a plain test"
        )
    if inspect.isasyncgenfunction(function):
        return f"explore marks an async function, and {name} is an async generator: leave out its yield"
    if not inspect.iscoroutinefunction(function):
        return f"explore marks an async function, and {name} is not one: write async def {name}"
    other = next((mark.name for mark in _marks(function) if mark.name in ("asyncio", "anyio", "trio")), None)
    if other is not None:
        return (
            f"{name} is marked with explore and with {other}, and can be run by one of them only: "
            f"leave out @pytest.mark.{other}, or @harness.explore"
        )
    return None


def _marks(function: Any) -> Iterator[Any]:
    marks = getattr(function, "pytestmark", [])
    yield from marks if isinstance(marks, list) else [marks]


def divide(metafunc: pytest.Metafunc, mark: Exploration) -> None:
    """Make a test several items, each with a share of the executions."""
    try:
        shares = shares_of(metafunc.config, mark)
    except HarnessError:
        return  # the item will say so
    if shares > 1:
        metafunc.fixturenames.append(SHARE)
        names = [f"share {number} of {shares}" for number in range(1, shares + 1)]
        metafunc.parametrize(SHARE, range(shares), indirect=True, ids=names)


def explored(node: Any) -> Any:
    """The item in place of one that pytest, or a plugin for asyncio, has made of a marked function."""
    if not isinstance(node, pytest.Function) or isinstance(node, Explored):
        return node
    spec = getattr(node, "callspec", None)
    return Explored.from_parent(
        node.parent,
        name=node.name,
        callspec=spec,
        fixtureinfo=node._fixtureinfo,
        keywords={spec.id: True} if spec is not None else None,
        originalname=node.originalname,
    )
