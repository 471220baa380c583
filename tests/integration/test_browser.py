"""The pages in a real browser: stepping, links, both colour schemes; no script but ours, no network, no complaint.

Needs Playwright (the extra `browser`) and a Chromium that the system has installed; nothing is downloaded.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.cli.folders import report_folder
from harness.model.verdict import Cell, Matrix, Verdict
from harness.report.html import Entry, pages
from tests.findings import (
    HOSTILE,
    crossing,
    explained,
    hostile,
    lost,
    many,
    meeting,
    panicking,
    stuck,
    unmoved,
    walked,
    whole,
)

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")

PAST = "document.querySelectorAll('.view .step.in-past').length"
CURRENT = "document.querySelector('.step[aria-current]')?.dataset.step ?? ''"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
WHITE, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests here."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses to run as root
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a page for each finding, under names that tell which it is."""
    path = tmp_path_factory.mktemp("report")
    found = {"lost": walked(lost), "whole": whole(), "stuck": walked(stuck), "panicking": walked(panicking)}
    found |= {"hostile": explained(hostile, walked(hostile).failing.execution, oracle=HOSTILE, message=HOSTILE)}
    found |= {
        "many": walked(many, 1),
        "crossing": walked(crossing),
        "meeting": walked(meeting),
        "unmoved": walked(unmoved),
    }
    verdicts = {
        name: Verdict("design", name, "property", "violated", 1, True, "", each.token, each.message, "violated")
        for name, each in found.items()
    }
    matrix = Matrix(tuple([Cell("design", name, 1, (verdict,)) for name, verdict in verdicts.items()]))
    with report_folder(str(path)) as write:
        write(pages([Entry(each, verdicts[name]) for name, each in found.items()], matrix))
    return path


@dataclass
class Visit:
    """An open page, and everything that went on behind it."""

    page: Any
    folder: Path
    complaints: list[str] = field(default_factory=list)

    def open(self, name: str) -> Any:
        """The page of a finding, or the index."""
        file = "index.html" if name == "index" else f"finding-design-{name}-property.html"
        self.page.goto((self.folder / file).as_uri())
        return self.page

    def position(self) -> tuple[str, str]:
        """Which step is the current one, and what the slider says."""
        return str(self.page.evaluate(CURRENT)), str(self.page.input_value("#slider"))


@pytest.fixture
def visit(browser: Any, folder: Path) -> Iterator[Visit]:
    """A fresh page; whatever it complains of, asks for or opens makes the test fail."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme="light")
    visit = Visit(context.new_page(), folder)
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
    )
    page, note = visit.page, visit.complaints.append
    page.on("console", lambda message: note(f"console {message.type}: {message.text}"))
    page.on("pageerror", lambda error: note(f"error: {error}"))
    page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: None if request.url.startswith("file:") else note(f"request: {request.url}"))
    yield visit
    assert visit.complaints == []
    context.close()


def test_the_keyboard_steps_through_an_execution(visit: Visit) -> None:
    page = visit.open("lost")
    assert visit.position() == ("3", "4")
    steps = []
    for key in ("ArrowLeft", "ArrowLeft", "Home", "ArrowRight", "End", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        steps.append(visit.position())
    assert steps == [("2", "3"), ("1", "2"), ("", "0"), ("0", "1"), ("3", "4"), ("3", "4"), ("2", "3")]
    assert page.inner_text("#live") == "step 2, main: receive from done, closed and empty"
    assert page.get_attribute("#live", "aria-live") == "polite"
    assert page.inner_text("#count") == "3 of 4"


def test_the_slider_and_the_buttons_step_too(visit: Visit) -> None:
    page = visit.open("lost")
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    assert visit.position() == ("2", "3")
    page.fill("#slider", "1")
    assert visit.position() == ("0", "1")
    page.click("[data-go=next]")
    assert visit.position() == ("1", "2")
    page.click("[data-go=first]")
    assert visit.position() == ("", "0") and page.inner_text("#live") == "before the first step"
    page.click("[data-go=last]")
    assert page.inner_text("#live").endswith("; end: main returned 'late'")


def test_clicking_a_step_goes_there_and_the_arrows_go_on_from_it_with_the_focus(visit: Visit) -> None:
    page = visit.open("lost")
    page.click(".step[data-step='1'] .node")
    assert visit.position() == ("1", "2")
    page.keyboard.press("ArrowDown")
    assert visit.position() == ("2", "3")
    assert page.evaluate("document.activeElement.dataset.step") == "2"
    assert page.evaluate("document.querySelectorAll('.step[tabindex=\"0\"]').length") == 1


def test_what_happens_before_a_step_is_shown_on_hover_and_on_focus(visit: Visit) -> None:
    page = visit.open("lost")
    page.hover(".step[data-step='2'] .node")
    assert page.evaluate("[...document.querySelectorAll('.step.in-past')].map(e => e.dataset.step)") == ["0"]
    assert page.evaluate("[...document.querySelectorAll('.step.unordered')].map(e => e.dataset.step)") == ["1"]
    page.hover("h1")
    assert page.evaluate(PAST) == 0
    page.focus(".step[data-step='3']")
    assert page.evaluate(PAST) == 3
    assert page.evaluate("[...document.querySelectorAll('.arrow.in-past')].length") >= 2


def test_at_every_step_each_goroutine_shows_its_line_and_each_channel_what_it_holds(visit: Visit) -> None:
    page = visit.open("lost")
    page.fill("#slider", "2")
    now = page.inner_text(".now")
    assert "events, 1 of 2" in now and "'late'" in now and "done, closed" in now
    assert "has not taken a step yet" in now
    lines = page.eval_on_selector_all(
        ".now .here", "all => all.map(e => e.textContent.trim().replace(/^\\d+\\s+/, ''))"
    )
    assert sorted(lines) == ["await done.close()", 'await events.send("late")']
    assert page.inner_text(".now .mover h3") == "worker"
    page.keyboard.press("End")
    assert "events, 0 of 2" in page.inner_text(".now")


def test_who_is_blocked_for_ever_is_shown_where(visit: Visit) -> None:
    page = visit.open("stuck")
    assert "blocked for ever: receive on results" in page.inner_text(".now")
    page.keyboard.press("Home")
    assert "blocked for ever" not in page.inner_text(".now")


def test_an_execution_without_steps_says_so(visit: Visit) -> None:
    page = visit.open("unmoved")
    assert page.inner_text("#live").startswith("no steps; end: deadlock")
    assert "blocked for ever: send on there" in page.inner_text(".now")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#count") == "0 of 0"


def test_a_failing_and_a_passing_execution_go_together(visit: Visit) -> None:
    page = visit.open("whole")
    page.fill("#slider", "2")
    current = page.eval_on_selector_all(".view", "all => all.map(v => v.querySelector('[aria-current]').dataset.row)")
    assert current == ["1", "1"]
    live = page.inner_text("#live")
    assert live.startswith("failing: step 1") and "passing: step 1" in live
    left, right = page.query_selector_all(".view")
    assert (
        left.bounding_box()["y"] == right.bounding_box()["y"] and left.bounding_box()["x"] < right.bounding_box()["x"]
    )


def test_the_index_leads_to_the_findings_and_back(visit: Visit) -> None:
    page = visit.open("index")
    links = page.eval_on_selector_all(".matrix a", "all => all.map(a => a.getAttribute('href'))")
    assert sorted(links) == sorted(path.name for path in visit.folder.glob("finding-*.html"))
    for link in links:
        page.click(f".matrix a[href='{link}']")
        assert page.url.endswith(link) and page.is_visible(".diagram")
        page.click("nav a")
        assert page.url.endswith("index.html")


@pytest.mark.parametrize("name", ["hostile", "index", "many", "panicking"])
def test_what_a_program_brings_in_is_text(visit: Visit, name: str) -> None:
    page = visit.open(name)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.querySelectorAll('img, iframe').length") == 0
    assert page.evaluate("document.scripts.length") == (1 if name == "index" else 2)
    if name == "hostile":
        assert "<img src=x onerror=alert(1)>" in page.inner_text("h1")
        assert "<img src=x onerror=alert(1)>" in page.inner_text(".now")


def test_an_injected_script_or_handler_would_be_refused_and_noticed(visit: Visit) -> None:
    page = visit.open("lost")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit = 1\">')")
    page.evaluate(
        "s => { const e = document.createElement('script'); e.text = s; document.body.append(e); }", "hit = 1"
    )
    page.wait_for_function("true")
    assert page.evaluate("typeof window.hit") == "undefined"
    assert [line for line in visit.complaints if "CSP" in line] != []
    visit.complaints.clear()


def test_light_and_dark_follow_the_system_and_the_button(visit: Visit) -> None:
    page = visit.open("lost")
    assert page.evaluate(BACKGROUND) == WHITE
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == DARK
    page.click("#theme")
    assert page.evaluate(BACKGROUND) == WHITE
    assert page.evaluate("localStorage.getItem('harness-theme')") == "light"
    # A browser stores it for good when it likes; here, before the page asks.
    page.add_init_script("localStorage.setItem('harness-theme', 'light')")
    page.reload()
    assert page.evaluate(BACKGROUND) == WHITE, "the choice is remembered"
    page.click("#theme")
    assert page.evaluate(BACKGROUND) == DARK


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast(visit: Visit, scheme: str) -> None:
    page = visit.open("whole")
    page.emulate_media(color_scheme=scheme)
    ratios = page.evaluate(
        CONTRAST, ["body", ".message", ".verdict", ".facts li", ".about dt", ".hint", "a", ".now .place"]
    )
    assert all(ratio >= 4.5 for ratio in ratios.values()), ratios


CONTRAST = """selectors => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const linear = (c) => (c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    const [r, g, b] = parts(colour).map(c => linear(c / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return parts(colour)[3] === 0 && element.parentElement ? behind(element.parentElement) : colour;
  };
  return Object.fromEntries(selectors.map(selector => {
    const element = document.querySelector(selector);
    const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a);
    return [selector, (one + .05) / (other + .05)];
  }));
}"""


def test_the_command_can_be_copied(visit: Visit) -> None:
    page = visit.open("lost")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy=command]")
    page.wait_for_function("document.querySelector('[data-copy=command]').textContent === 'copied'")
    assert page.evaluate("navigator.clipboard.readText()") == "harness replay h1.token"


def test_without_scripts_everything_can_be_read(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "finding-design-lost-property.html").as_uri())
    assert page.is_visible(".diagram") and page.is_visible("table") and not page.is_visible("#controls")
    assert "await done.close()" in page.inner_text("table")
    context.close()


def test_on_paper_everything_is_there_and_nothing_to_press(visit: Visit) -> None:
    page = visit.open("lost")
    page.keyboard.press("Home")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(BACKGROUND) == WHITE
    assert not page.is_visible("#controls") and not page.is_visible("#theme") and not page.is_visible(".now")
    assert page.is_visible(".diagram") and page.is_visible("table") and page.is_visible("#command")
    opacities = page.eval_on_selector_all(".step, .slot, .arrow", "all => all.map(e => getComputedStyle(e).opacity)")
    assert set(opacities) == {"1"}


def test_a_reader_hears_steps_as_buttons_with_what_happens(visit: Visit) -> None:
    page = visit.open("lost")
    diagram = page.get_by_role("group", name="the execution: 3 goroutines, 4 steps")
    assert diagram.get_by_role("button").count() == 4
    assert page.get_by_role("button", name="step 1, worker: send 'late' on events (1 of 2 buffered)").count() == 1
    assert page.get_by_role("slider", name="step").get_attribute("aria-valuetext") == "4 of 4"
    assert page.get_by_role("table").count() == 1
    assert page.get_by_role("row").count() == 5 and page.get_by_role("columnheader").count() == 5


def test_a_reader_hears_each_step_once(visit: Visit) -> None:
    page = visit.open("lost")
    page.keyboard.press("ArrowLeft")
    live = "[...document.querySelectorAll('[aria-live=polite], output, [role=status]')].map(e => e.id)"
    assert page.evaluate(live) == ["live"]
    page.focus(".step[aria-current]")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(live) == [] and page.evaluate("document.activeElement.dataset.step") == "1"


def test_before_the_first_step_the_tab_key_reaches_the_first(visit: Visit) -> None:
    page = visit.open("lost")
    page.focus("#slider")
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('step')"):
            break
    assert page.evaluate("document.activeElement.dataset.step") == "0"


@pytest.mark.parametrize("where", ["#slider", ".step[aria-current]"])
def test_up_is_back_everywhere(visit: Visit, where: str) -> None:
    page = visit.open("lost")
    page.focus(where)
    steps = []
    for key in ("ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        steps.append(visit.position()[1])
    assert steps == ["3", "2", "3"]


def test_stepping_brings_the_step_into_view(visit: Visit) -> None:
    page = visit.open("many")
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 800, "height": 500})
    steps = int(page.get_attribute("#slider", "max"))
    for position in (*range(1, steps + 1), 1):
        page.fill("#slider", str(position))
        assert page.evaluate(SEEN), f"position {position}"
    assert page.evaluate("document.querySelector('.picture').scrollWidth") > 1_000
    page.set_viewport_size({"width": 390, "height": 800})
    page.fill("#slider", str(steps))
    assert page.evaluate(SEEN)


SEEN = """() => {
  const node = document.querySelector('.step[aria-current] .node').getBoundingClientRect();
  const frame = document.querySelector('.picture').getBoundingClientRect();
  const controls = document.getElementById('controls').getBoundingClientRect();
  return frame.left <= node.left && node.right <= frame.right && controls.bottom <= node.top
    && node.bottom <= innerHeight;
}"""


def test_a_page_opens_at_its_beginning(visit: Visit) -> None:
    page = visit.open("many")
    assert page.evaluate("[scrollY, document.querySelector('.picture').scrollLeft]") == [0, 0]


def test_that_a_diagram_goes_on_sideways_is_said(visit: Visit) -> None:
    page = visit.open("many")
    assert page.is_visible(".sideways")
    page = visit.open("lost")
    assert not page.is_visible(".sideways")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_selector(".sideways", state="visible")


def test_two_executions_of_three_goroutines_fit_side_by_side_in_1280_pixels(visit: Visit) -> None:
    page = visit.open("whole")
    page.set_viewport_size({"width": 1280, "height": 800})
    one, other = (view.bounding_box() for view in page.query_selector_all(".view"))
    assert one["y"] == other["y"]
    fits = "all => all.map(e => e.scrollWidth <= e.clientWidth)"
    assert page.eval_on_selector_all(".picture", fits) == [True, True]


def test_each_execution_has_its_own_end(visit: Visit) -> None:
    page = visit.open("whole")
    failing, passing = page.inner_text("#live").split(" | ")
    assert failing.startswith("failing: ") and failing.endswith("; end: main returned 'nothing'")
    assert passing.startswith("passing: ") and passing.endswith("; end: main returned 'late'")


def test_who_receives_in_a_rendezvous_is_said_to_receive(visit: Visit) -> None:
    page = visit.open("meeting")
    assert "step 2: receive 'only' from results, sent by worker" in page.inner_text(".now")
    assert "step 2: send 'only' on results to main" in page.inner_text(".now")


def test_steps_to_come_can_be_read(visit: Visit) -> None:
    page = visit.open("lost")
    page.keyboard.press("Home")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("!document.getAnimations().length")
        fills = page.evaluate(
            "[...document.querySelectorAll('.step.later .label')].map(e => [getComputedStyle(e).opacity,"
            " getComputedStyle(e).fill, getComputedStyle(document.querySelector('.hint')).color])"
        )
        assert len(fills) == 4 and all(opacity == "1" and fill == hint for opacity, fill, hint in fills)


def test_no_arrow_runs_through_a_label(visit: Visit) -> None:
    for name in ("lost", "whole", "panicking", "many", "crossing"):
        assert visit.open(name).evaluate(CROSSED) == [], name


CROSSED = """() => {
  const found = [];
  for (const picture of document.querySelectorAll('.diagram')) {
    const labels = [...picture.querySelectorAll('.label')].map(e => [e.textContent, e.getBBox()]);
    for (const arrow of picture.querySelectorAll('.arrow')) {
      const length = arrow.getTotalLength();
      for (let at = 0; at <= length; at += 2) {
        const { x, y } = arrow.getPointAtLength(at);
        for (const [text, box] of labels) {
          if (x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height) found.push([text, x, y]);
        }
      }
    }
  }
  return found;
}"""


def test_the_clock_has_a_column_of_its_own(visit: Visit) -> None:
    page = visit.open("meeting")
    heads = page.eval_on_selector_all(".head", "all => all.map(e => e.firstChild.textContent)")
    assert heads[:2] == ["the clock", "main"]
    tick = page.get_attribute(".step[aria-label*='the clock:'] .node", "cx")
    assert int(tick) + 100 < int(page.get_attribute(".life", "x1"))
    assert "((" not in page.inner_text("table")


def test_on_a_small_screen_a_row_of_the_table_is_a_list(visit: Visit) -> None:
    page = visit.open("lost")
    page.set_viewport_size({"width": 390, "height": 800})
    cells = page.eval_on_selector_all(
        "tbody tr:nth-child(2) > *", "all => all.map(e => [e.getBoundingClientRect().x, e.clientWidth > 250])"
    )
    assert len({x for x, _ in cells}) == 1 and all(wide for _, wide in cells)
    assert page.get_by_role("row").count() == 5


def test_on_paper_a_diagram_that_is_too_wide_gives_way_to_the_table(visit: Visit) -> None:
    page = visit.open("many")
    page.emulate_media(media="print")
    assert not page.is_visible(".diagram") and page.is_visible(".on-paper") and page.is_visible("table")
    page = visit.open("lost")
    assert page.is_visible(".diagram") and page.locator(".on-paper").count() == 0


def test_on_a_small_screen_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    page = visit.open("many")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visit.open("index")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
