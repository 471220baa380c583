"""The pages as documents, without a browser: well-formed, self-contained, and safe from what a program brings in."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from harness.model.explanation import Explanation
from harness.model.verdict import Cell, Confirmation, Matrix, Verdict
from harness.report.html import Entry, finding_page, index_page, pages
from harness.report.html.pages import file_name
from tests.findings import HOSTILE, explained, hostile, lost, many, panicking, stuck, unmoved, walked, whole
from tests.meta.random_programs import THEMES, program

CONTENT_SECURITY = "Content-Security-Policy"
VOID = {"meta", "input", "br", "link", "img"}
FOREIGN = {"path", "line", "rect", "circle"}  # SVG's, which close themselves
FINDINGS = [whole(), *map(walked, (lost, stuck, unmoved, panicking, hostile, many))]
PAGES = [finding_page(finding, home="index.html") for finding in FINDINGS]


class Document(HTMLParser):
    """Every element with its attributes and its text; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names), (tag, attributes)
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in FOREIGN, tag
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        for tag in self.open[-1:]:
            self.texts.setdefault(tag, []).append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


def made_up(design: str = "a_design", fault: str = "late_send", message: str = "an event is lost") -> Matrix:
    verdict = Verdict(design, fault, "no_event_lost", "violated", 7, True, "events=1", "h1.x", message, "violated")
    good = Verdict(design, "none", "no_event_lost", "holds", 9, True, "", "", "", "holds")
    cells = (Cell(design, "none", 9, (good,)), Cell(design, fault, 7, (verdict,)))
    return Matrix(cells, {"all": "every schedule"}, {design: "the story"})


def report(matrix: Matrix) -> dict[str, str]:
    violated = [verdict for cell in matrix.cells for verdict in cell.verdicts if verdict.token]
    return pages([Entry(walked(lost), verdict) for verdict in violated], matrix)


EVERY_PAGE = [*PAGES, *report(made_up()).values(), *pages([]).values(), *report(made_up(HOSTILE, HOSTILE)).values()]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=range(len(EVERY_PAGE)))
def test_a_page_is_well_formed_and_self_contained(page: str) -> None:
    document = Document(page)
    assert page.startswith("<!doctype html>") and page.isprintable() is False and "\x1b" not in page
    ids = document.ids()
    assert len(ids) == len(set(ids))
    for tag, attributes in document.elements:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form"), tag
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")]
        if tag == "a":
            assert re.fullmatch(r"[a-z0-9_-]+\.html", attributes["href"])
        for reference in ("aria-labelledby", "data-copy"):
            assert reference not in attributes or attributes[reference] in ids
    assert not re.search(r"(?:https?:)?//[a-z]", re.sub(r"(?s)<script>.*?</script>|<pre.*?</pre>", "", page))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=range(len(EVERY_PAGE)))
def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(page: str) -> None:
    document = Document(page)
    policy = next(meta["content"] for meta in document.all("meta") if meta.get("http-equiv") == CONTENT_SECURITY)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    styles, scripts = re.findall(r"<style>(.*?)</style>", page, re.S), re.findall(r"<script>(.*?)</script>", page, re.S)
    assert (len(styles), len(scripts)) == (1, 1)
    assert rules == {
        "default-src": "'none'",
        "style-src": digest(styles[0]),
        "script-src": digest(scripts[0]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    kinds = [script.get("type", "") for script in document.all("script")]
    assert kinds in ([""], ["application/json", ""])


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_the_data_is_json_in_which_nothing_can_end_the_element(page: str) -> None:
    text = embedded_in(page)
    assert text.isascii() and not set("<>&") & set(text)
    views = json.loads(text)["views"]
    assert views and all(len(view["rows"]) == len(view["held"]) for view in views)


def embedded_in(page: str) -> str:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return text  # type: ignore[no-any-return]


def test_hostile_values_are_shown_as_they_are_written_and_do_nothing() -> None:
    page = finding_page(walked(hostile))
    document = Document(page)
    shown = " ".join(text for texts in document.texts.values() for text in texts)
    assert "<img src=x onerror=alert(1)>" in shown and "{{ 7*7 }}" in shown
    assert "<img" not in page
    assert "\\x1b[31m\\u202e" in shown and "\\ud800" in shown
    assert len(page) < 200_000, "a payload of a megabyte is cut"
    page.encode("utf-8")


def test_every_text_of_an_explanation_is_escaped() -> None:
    page = finding_page(explained(lost, walked(lost).failing.execution, oracle=HOSTILE, message=HOSTILE))
    assert "<img" not in page and page.count("&lt;img src=x") > 2
    Document(page)


def test_the_diagram_has_a_step_for_each_step_and_an_arrow_for_each_message() -> None:
    document = Document(finding_page(walked(lost)))
    steps = [attributes for tag, attributes in document.elements if attributes.get("class", "").startswith("step")]
    assert [step["data-step"] for step in steps if "data-step" in step] == ["0", "1", "2", "3"]
    assert steps[1]["aria-label"] == "step 1, worker: send 'late' on events (1 of 2 buffered)"
    arrows = [(a["class"], a["data-from"], a["data-to"]) for a in document.all("path") if "data-from" in a]
    assert ("arrow message", "1", "3") in arrows and ("arrow closing", "0", "2") in arrows
    slots = [slot["class"] for slot in document.all("rect") if slot.get("class", "").startswith("slot")]
    assert slots == ["slot", "slot", "slot full", "slot", "slot full", "slot", "slot", "slot"]


def test_a_lifeline_is_broken_from_where_its_goroutine_is_blocked_for_ever() -> None:
    document = Document(finding_page(walked(stuck)))
    lines = [(line["class"], line["y1"], line["y2"]) for line in document.all("line")]
    assert [kind for kind, _, _ in lines] == ["life", "life blocked", "life"]
    assert lines[0][2] == lines[1][1] == lines[2][2]
    assert all(line["class"] == "life" for line in Document(finding_page(walked(lost))).all("line"))


def test_all_that_is_drawn_stands_in_the_table_too() -> None:
    found = walked(stuck)
    document = Document(finding_page(found))
    rows = " ".join(document.texts["td"])
    assert "main/worker#1" in rows and all(action.text in rows for action in found.failing.execution.trace)
    assert document.all("caption") == [{}] and all(cell["scope"] in ("col", "row") for cell in document.all("th"))
    assert "is blocked for ever: receive on results at " in " ".join(document.texts["li"])


def test_beside_a_passing_execution_both_are_shown_in_as_many_rows() -> None:
    page = finding_page(whole())
    views = json.loads(embedded_in(page))["views"]
    assert [view["name"] for view in views] == ["failing", "passing"]
    assert len(views[0]["rows"]) == len(views[1]["rows"]) == len(whole().aligned)
    assert len(Document(page).all("svg")) == 2 and len(Document(PAGES[1]).all("svg")) == 1


def test_steps_that_are_not_aligned_stand_one_after_the_other() -> None:
    views = json.loads(embedded_in(finding_page(replace(whole(), aligned=()))))["views"]
    assert [row["number"] for row in views[0]["rows"] if row] == list(range(len(whole().failing.execution.trace)))


def test_a_long_execution_is_drawn_from_both_ends_and_what_channels_hold_is_right() -> None:
    found = walked(many, 1)
    whole_view, cut_view = (json.loads(embedded_in(finding_page(found, limit=n)))["views"][0] for n in (400, 6))
    total = len(whole_view["rows"])
    numbers = [row["number"] for row in cut_view["rows"]]
    assert numbers == [0, 1, *range(total - 4, total)]
    assert [cut_view["held"][-k] for k in (1, 2, 3, 4)] == [whole_view["held"][-k] for k in (1, 2, 3, 4)]
    assert f"{total - 6} steps in between are not drawn" in finding_page(found, limit=6)


def test_random_programs_have_pages() -> None:
    for theme in (*THEMES, None):
        for seed in range(3):
            Document(finding_page(walked(program(seed, theme))))


def test_equal_findings_have_equal_pages() -> None:
    assert finding_page(walked(lost)) == finding_page(walked(lost))


def test_the_matrix_links_to_its_findings() -> None:
    made = report(made_up())
    assert sorted(made) == ["finding-a_design-late_send-no_event_lost.html", "index.html"]
    index = Document(made["index.html"])
    assert [link["href"] for link in index.all("a")] == ["finding-a_design-late_send-no_event_lost.html"] * 2
    assert "✗ violated" in " ".join(index.texts["td"]) and "✓ holds" in " ".join(index.texts["td"])
    assert "not expected" not in made["index.html"]
    assert [link["href"] for link in Document(made["finding-a_design-late_send-no_event_lost.html"]).all("a")] == [
        "index.html"
    ]


def test_a_finding_of_the_matrix_says_which_verdict_it_is_and_whether_that_was_expected() -> None:
    matrix = made_up()
    (verdict,) = matrix.cells[1].verdicts
    confirmed = replace(verdict, expected="holds", confirmed=Confirmation("go1.27.3", 100, 100))
    name = "finding-a_design-late_send-no_event_lost.html"
    made = [pages([Entry(walked(lost), each)])[name] for each in (verdict, confirmed)]
    expected, surprising = (" ".join(Document(page).texts["code"]) for page in made)
    assert "no_event_lost violated, 7 executions explored" in expected and "late_send" in expected
    assert "expected is" not in expected and "Go" not in expected
    assert "; expected is holds" in surprising and "reproduced 100 of 100 on go1.27.3" in surprising


def test_an_index_without_findings_says_so() -> None:
    assert "Nothing was found." in pages([])["index.html"]
    assert "Nothing was found." not in report(made_up())["index.html"]


def test_names_of_pages_are_harmless_and_different() -> None:
    entries = [Entry(walked(lost))] * 3 + [Entry(finding_of("../../etc/passwd", "CON.")), Entry(finding_of("", "é<"))]
    names = sorted(pages(entries))
    assert names == [
        "finding-etc-passwd-con.html",
        "finding-m-an_oracle-an_oracle-2.html",
        "finding-m-an_oracle-an_oracle-3.html",
        "finding-m-an_oracle-an_oracle.html",
        "finding.html",
        "index.html",
    ]
    assert len(file_name(Entry(finding_of("x" * 500, "y")))) < 120


def finding_of(name: str, oracle: str) -> Explanation:
    found: Any = walked(lost)
    return Explanation(oracle, "m", "h1.x", found.failing, program=name)


def test_the_index_alone_takes_verdicts_without_pages() -> None:
    assert "✗ violated" in index_page({}, made_up())
