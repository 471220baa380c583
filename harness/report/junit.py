"""Verdicts as JUnit XML: a test suite for each design, a test case for each verdict.

The form is the one that Jenkins' xUnit plugin states (junit-10.xsd), which others read too. There are no times in it:
how long a cell took is no property of the design, and equal findings give equal text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as Xml

from harness.model.problem import Problem
from harness.model.verdict import HOLDS, Matrix, Verdict
from harness.report.text import printable, replay_command

OTHERS = "baseline"  # the suite of what is about no verdict that there is
Key = tuple[str, str, str]


def junit_text(matrix: Matrix, problems: Sequence[Problem]) -> str:
    """The document. A case fails if its verdict is among the problems that fail the run."""
    failing: dict[Key, Problem] = {}
    for problem in problems:
        if problem.fails:
            failing.update(dict.fromkeys(keys(problem), problem))
    designs = matrix.designs
    suites = [_suite(design, _verdicts(matrix, design), failing) for design in designs]
    there = {(v.design, v.fault, v.property) for v in matrix.verdicts}
    others = [problem for problem in problems if problem.fails and not there & set(keys(problem))]
    if others:
        suites.append(_others(others))
    root = Xml.Element("testsuites", _sums(suites))
    root.extend(suites)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def keys(problem: Problem) -> list[Key]:
    """The verdicts that a problem is about."""
    return [(problem.design, fault, problem.property) for fault in problem.faults]


def _verdicts(matrix: Matrix, design: str) -> Iterable[Verdict]:
    return (verdict for cell in matrix.cells if cell.design == design for verdict in cell.verdicts)


def _suite(design: str, verdicts: Iterable[Verdict], failing: dict[Key, Problem]) -> Xml.Element:
    suite = Xml.Element("testsuite", {"name": printable(design)})
    for verdict in verdicts:
        case = _case(suite, f"{verdict.design}.{verdict.fault}", verdict.property)
        problem = failing.get((verdict.design, verdict.fault, verdict.property))
        if problem is not None:
            _failure(case, verdict.verdict, _headline(problem, verdict), _details(verdict))
        elif verdict.verdict != HOLDS:
            _text(case, "system-out", [f"{verdict.verdict}, as expected", verdict.message, *_details(verdict)])
    return _counted(suite)


def _headline(problem: Problem, verdict: Verdict) -> str:
    """The problem's message, which is that of its example; of other fault classes, the verdict's own."""
    if problem.token == verdict.token or not verdict.message:
        return problem.message
    return f"{verdict.verdict}: {verdict.message}"


def _others(problems: Sequence[Problem]) -> Xml.Element:
    suite = Xml.Element("testsuite", {"name": OTHERS})
    for problem in problems:
        about = [*filter(None, (problem.design, *problem.faults, problem.property))]
        case = _case(suite, OTHERS, f"{problem.rule}: {', '.join(about)}" if about else problem.rule)
        _failure(case, problem.rule, problem.message, [])
    return _counted(suite)


def _case(suite: Xml.Element, classname: str, name: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", {"classname": printable(classname), "name": printable(name)})


def _failure(case: Xml.Element, kind: str, message: str, lines: Sequence[str]) -> None:
    failure = Xml.SubElement(case, "failure", {"type": printable(kind), "message": printable(message)})
    failure.text = "\n".join(map(printable, [message, *lines]))


def _text(case: Xml.Element, tag: str, lines: Sequence[str]) -> None:
    Xml.SubElement(case, tag).text = "\n".join(map(printable, filter(None, lines)))


def _details(verdict: Verdict) -> list[str]:
    if not verdict.token:
        return []
    return [f"plan: {verdict.plan}", f"replay: {replay_command(verdict.token, verdict.oracle)}"]


def _counted(suite: Xml.Element) -> Xml.Element:
    failures = sum(case.find("failure") is not None for case in suite)
    suite.attrib.update({"tests": str(len(suite)), "failures": str(failures), "errors": "0", "skipped": "0"})
    return suite


def _sums(suites: Sequence[Xml.Element]) -> dict[str, str]:
    names = ("tests", "failures", "errors")
    sums = {name: str(sum(int(suite.attrib[name]) for suite in suites)) for name in names}
    return {"name": "harness", **sums}
