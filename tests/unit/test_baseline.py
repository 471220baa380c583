"""What a gate lets pass and what not, rule by rule in both directions; and that a baseline's text can be trusted."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.baseline import (
    CHANGED,
    FEWER,
    GREW,
    IMPROVED,
    KNOWN,
    LOST,
    NEW,
    SHRANK,
    VANISHED,
    WORSE,
    Baseline,
    Change,
    Recorded,
    baseline_of,
    compare,
    expecting,
    merged,
    standing,
)
from harness.model.baseline_json import baseline_text, parse_baseline
from harness.model.bounds import Scope
from harness.model.errors import BadInput
from harness.model.execution import ADVERSARIAL, IDLE, Settings
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix, Verdict
from harness.stream import FAULT_CLASSES

COMMITTED = Path(__file__).resolve().parents[2] / "reports" / "baseline.json"
SETTINGS = Settings(IDLE, 400, 2, 5)
EARLY = Settings(ADVERSARIAL, 400, 2, 5)
KEY = ("closing", "cancel", "no_panic")


def baseline(
    *verdicts: tuple[str, str, str, str], settings: Settings = SETTINGS, plans: str = "a b c", executions: int = 100
) -> Baseline:
    """Verdicts (design, fault, property, verdict), all exhaustive unless inconclusive, and one scope for all."""
    return Baseline(
        {fault: Scope(tuple(plans.split()), settings) for _, fault, _, _ in verdicts},
        {(design, fault): executions for design, fault, _, _ in verdicts},
        {(d, f, p): Recorded(verdict, verdict != INCONCLUSIVE) for d, f, p, verdict in verdicts},
    )


def one(verdict: str = HOLDS, **options: object) -> Baseline:
    return baseline((*KEY, verdict), **options)  # type: ignore[arg-type]


def kinds(old: Baseline, new: Baseline) -> list[str]:
    return [change.kind for change in compare(old, new)]


def fails(old: Baseline, new: Baseline) -> bool:
    return any(change.fails for change in compare(old, new))


# -- verdicts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "kind", "failing"),
    [
        (HOLDS, VIOLATED, WORSE, True),
        (HOLDS, INCONCLUSIVE, WORSE, True),
        (INCONCLUSIVE, VIOLATED, WORSE, True),
        (VIOLATED, HOLDS, LOST, True),
        (VIOLATED, INCONCLUSIVE, LOST, True),
        (INCONCLUSIVE, HOLDS, IMPROVED, False),
    ],
)
def test_a_verdict_that_changed(before: str, after: str, kind: str, failing: bool) -> None:
    (change,) = compare(one(before), one(after))
    assert (change.kind, change.design, change.fault, change.property) == (kind, *KEY)
    assert change.before.startswith(before) and change.after.startswith(after)
    assert change.fails == failing


@pytest.mark.parametrize("verdict", [HOLDS, VIOLATED, INCONCLUSIVE])
def test_a_verdict_that_is_the_same(verdict: str) -> None:
    assert compare(one(verdict), one(verdict)) == ()


def test_what_was_exhaustive_stays_so() -> None:
    partial = Baseline(one().scopes, one().executions, {KEY: Recorded(VIOLATED, False)})
    (change,) = compare(one(VIOLATED), partial)
    assert (change.kind, change.before, change.after) == (SHRANK, "violated", "violated, not exhaustive")
    assert kinds(partial, one(VIOLATED)) == [GREW] and not fails(partial, one(VIOLATED))


# -- the plans under which a property is violated ------------------------------------------------------------------


def under(where: str, exhaustive: bool = True, **options: object) -> Baseline:
    made = one(VIOLATED, **options)
    return dataclasses.replace(made, verdicts={KEY: Recorded(VIOLATED, exhaustive, tuple(where.split()))})


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a b", "a b", []),
        ("a b", "b a", []),
        ("a", "a c", [(WORSE, "holds under c", "violated under c")]),
        ("a", "a b c", [(WORSE, "holds under b; c", "violated under b; c")]),
        ("a b c", "c", [(LOST, "violated under a; b", "holds under a; b")]),
        ("a b", "b", [(LOST, "violated under a", "holds under a")]),
        ("a", "b", [(WORSE, "holds under b", "violated under b"), (LOST, "violated under a", "holds under a")]),
    ],
)
def test_what_is_violated_is_so_under_the_same_plans(before: str, after: str, told: list[tuple[str, ...]]) -> None:
    changes = compare(under(before), under(after))
    assert changes == tuple(Change(kind, *KEY, *words) for kind, *words in told)
    assert all(change.fails for change in changes)


def test_a_plan_that_is_new_or_no_more_is_told_as_such() -> None:
    assert kinds(under("a", plans="a b"), under("a c", plans="a b c")) == [GREW]
    assert kinds(under("a c", plans="a b c"), under("a", plans="a b")) == [SHRANK]


def test_where_plans_were_not_noted_or_not_all_explored_nothing_is_said_of_them() -> None:
    for other in (one(VIOLATED), under("a", exhaustive=False)):
        assert not {WORSE, LOST} & {*kinds(other, under("a b")), *kinds(under("a b"), other)}


@pytest.mark.parametrize(
    ("verdict", "exhaustive", "where", "expected"),
    [
        (VIOLATED, True, "a b", KNOWN),
        (VIOLATED, True, "b a", KNOWN),
        (VIOLATED, True, "", KNOWN),
        (VIOLATED, True, "a b c", CHANGED),
        (VIOLATED, False, "a b", CHANGED),
        (HOLDS, True, "", CHANGED),
    ],
)
def test_how_a_verdict_stands_to_a_baseline(verdict: str, exhaustive: bool, where: str, expected: str) -> None:
    found = Verdict(*KEY, verdict, 9, exhaustive, "", "", "", HOLDS, None, tuple(where.split()))
    assert standing(found, under("a b")) == expected
    assert standing(dataclasses.replace(found, design="waiting"), under("a b")) == NEW


def test_a_gate_expects_what_the_baseline_has_and_of_what_is_new_whatever_it_is() -> None:
    known = Verdict(*KEY, HOLDS, 9, True, "", "", "", HOLDS)
    new = dataclasses.replace(known, property="ends", verdict=VIOLATED)
    cell = expecting(Cell(*KEY[:2], 9, (known, new)), under("a b"))
    assert [(verdict.expected, verdict.as_expected) for verdict in cell.verdicts] == [
        (VIOLATED, False),
        (VIOLATED, True),
    ]


# -- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wide", "narrow", "words"),
    [
        (one(), one(plans="a c"), ("plan b", "")),
        (one(), one(settings=dataclasses.replace(SETTINGS, max_steps=399)), ("400 steps", "399 steps")),
        (
            one(settings=EARLY),
            one(settings=dataclasses.replace(EARLY, early_firings=1)),
            ("adversarial clock, 2 early timer firings", "adversarial clock, 1 early timer firings"),
        ),
        (one(settings=EARLY), one(), ("adversarial clock, 2 early timer firings", "idle clock")),
        (one(), one(settings=dataclasses.replace(SETTINGS, fair_bound=4)), ("fair bound 5", "fair bound 4")),
        (one(settings=dataclasses.replace(SETTINGS, fair_bound=0)), one(), ("no fair bound", "fair bound 5")),
    ],
)
def test_bounds_may_grow_but_not_shrink(wide: Baseline, narrow: Baseline, words: tuple[str, str]) -> None:
    assert compare(wide, narrow) == (Change(SHRANK, "", "cancel", "", *words),)
    assert compare(narrow, wide) == (Change(GREW, "", "cancel", "", *reversed(words)),)
    assert fails(wide, narrow) and not fails(narrow, wide)


def test_early_firings_mean_nothing_under_the_idle_clock() -> None:
    assert compare(one(), one(settings=dataclasses.replace(SETTINGS, early_firings=0))) == ()


def test_a_plan_that_is_replaced_fails_and_the_order_of_plans_does_not_matter() -> None:
    assert kinds(one(), one(plans="a b d")) == [SHRANK, GREW]
    assert compare(one(), one(plans="c b a")) == ()


# -- what is there and what is not ---------------------------------------------------------------------------------

FULL = baseline(*((d, f, p, HOLDS) for d in ("one", "two") for f in ("cancel", "delay") for p in ("no_panic", "ends")))


@pytest.mark.parametrize(
    ("gone", "where"),
    [
        (lambda d, f, p: d == "one", ("one", "", "")),
        (lambda d, f, p: f == "delay", ("", "delay", "")),
        (lambda d, f, p: (d, f) == ("one", "delay"), ("one", "delay", "")),
        (lambda d, f, p: (d, f, p) == ("one", "delay", "ends"), ("one", "delay", "ends")),
    ],
)
def test_whatever_vanishes_fails_and_is_told_once_and_whatever_is_new_passes(
    gone: Callable[[str, str, str], bool], where: tuple[str, str, str]
) -> None:
    less = baseline(*((*key, HOLDS) for key in FULL.verdicts if not gone(*key)))
    recorded = HOLDS if all(where) else ""
    assert compare(FULL, less) == (Change(VANISHED, *where, recorded, ""),)
    assert compare(less, FULL) == (Change(NEW, *where, "", recorded),)
    assert fails(FULL, less) and not fails(less, FULL)


def test_an_empty_matrix_does_not_pass() -> None:
    assert kinds(FULL, Baseline({}, {}, {})) == [VANISHED] * 2


def test_a_part_compares_only_that_part() -> None:
    def wanted(design: str, fault: str) -> bool:
        return (design, fault) == ("one", "delay")

    now = baseline(("one", "delay", "no_panic", HOLDS), ("one", "delay", "ends", HOLDS))
    assert compare(FULL.part(wanted), now) == ()
    assert fails(FULL, now)


def test_an_update_of_a_part_keeps_the_rest() -> None:
    now = baseline(("one", "delay", "no_panic", VIOLATED), executions=7)
    after = merged(FULL, now, lambda design, fault: (design, fault) == ("one", "delay"))
    assert len(after.verdicts) == len(FULL.verdicts) - 1
    assert after.verdicts["one", "delay", "no_panic"].verdict == VIOLATED
    assert after.executions == {**FULL.executions, ("one", "delay"): 7}
    assert compare(after, merged(after, now, lambda design, fault: (design, fault) == ("one", "delay"))) == ()


def test_the_worst_comes_first_and_the_rest_by_name() -> None:
    old = baseline(("b", "x", "p", HOLDS), ("a", "x", "p", HOLDS), ("a", "x", "q", VIOLATED), ("a", "x", "r", HOLDS))
    new = baseline(("b", "x", "p", VIOLATED), ("a", "x", "p", VIOLATED), ("a", "x", "q", HOLDS), ("c", "x", "p", HOLDS))
    told = [(change.kind, change.design, change.property) for change in compare(old, new)]
    assert told == [(WORSE, "a", "p"), (WORSE, "b", "p"), (LOST, "a", "q"), (VANISHED, "a", "r"), (NEW, "c", "")]


# -- executions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "told"), [(1, True), (99, True), (100, False), (900, False)])
def test_fewer_executions_are_told_however_few_are_missing_and_pass(after: int, told: bool) -> None:
    changes = compare(one(executions=100), one(executions=after))
    assert changes == ((Change(FEWER, "closing", "cancel", "", "100", str(after)),) if told else ())
    assert not any(change.fails for change in changes)


def test_fewer_executions_within_other_bounds_are_no_news() -> None:
    assert kinds(one(executions=100), one(plans="a c", executions=60)) == [SHRANK]
    assert kinds(one(executions=100), one(plans="a b c d", executions=60)) == [GREW]
    assert kinds(one(executions=100), one(plans="c b a", executions=60)) == [FEWER]


def test_fewer_executions_of_a_budget_are_told_unless_it_is_news_that_it_ran_out() -> None:
    def partial(number: int) -> Baseline:
        return Baseline(one().scopes, {KEY[:2]: number}, {KEY: Recorded(INCONCLUSIVE, False)})

    assert kinds(one(executions=100), partial(60)) == [WORSE]
    assert kinds(partial(100), partial(60)) == [FEWER]
    assert kinds(partial(100), one(executions=60)) == [IMPROVED, FEWER]


# -- from a matrix -------------------------------------------------------------------------------------------------


def test_a_baseline_has_verdicts_and_bounds_and_no_counterexamples() -> None:
    verdict = Verdict(*KEY, VIOLATED, 7, True, "events=1", "h1.A", "it broke", HOLDS, None, ("events=2",))
    scope = FAULT_CLASSES[0].scope
    matrix = Matrix((Cell("closing", "cancel", 7, (verdict,)),), scopes={"cancel": scope})
    assert baseline_of(matrix) == Baseline(
        {"cancel": scope}, {("closing", "cancel"): 7}, {KEY: Recorded(VIOLATED, True, ("events=2",))}
    )
    smaller = dataclasses.replace(verdict, plan="events=0", token="h1.B", message="it broke", expected=VIOLATED)
    shrunk = Matrix((Cell("closing", "cancel", 7, (smaller,)),), scopes={"cancel": scope})
    assert baseline_of(shrunk) == baseline_of(matrix)


# -- as text -------------------------------------------------------------------------------------------------------

names = st.text(min_size=1, max_size=8)
settings_of = st.builds(
    Settings, st.sampled_from([IDLE, ADVERSARIAL]), st.integers(1, 999), st.integers(0, 9), st.integers(0, 9)
)


@st.composite
def baselines(draw: st.DrawFn) -> Baseline:
    keys = draw(st.lists(st.tuples(names, names, names), unique=True, max_size=5))
    plans = st.none() | st.lists(st.text(max_size=9), min_size=1, max_size=3).map(tuple)
    recorded = st.builds(Recorded, st.sampled_from([HOLDS, INCONCLUSIVE]), st.booleans()) | st.builds(
        Recorded, st.just(VIOLATED), st.booleans(), plans
    )
    scopes = st.builds(Scope, st.lists(st.text(max_size=9), max_size=3).map(tuple), settings_of)
    return Baseline(
        {fault: draw(scopes) for _, fault, _ in keys},
        {(design, fault): draw(st.integers(0, 10**6)) for design, fault, _ in keys},
        {key: draw(recorded) for key in keys},
        draw(st.just("") | st.text(max_size=9)),
    )


@given(baselines())
def test_a_text_says_everything_in_ascii_and_in_one_way(made: Baseline) -> None:
    text = baseline_text(made)
    assert text.isascii() and text.endswith("}\n")
    assert parse_baseline(text) == made
    parts = (dict(reversed(part.items())) for part in (made.scopes, made.executions, made.verdicts))
    backwards = Baseline(*parts, made.scenarios)
    assert baseline_text(backwards) == text


@given(baselines(), st.data())
def test_nothing_differs_exactly_if_every_verdict_is_the_same(first: Baseline, data: st.DataObject) -> None:
    assert compare(first, first) == ()
    if first.verdicts:
        key = data.draw(st.sampled_from(sorted(first.verdicts)))
        assume(first.verdicts[key].under is None)
        other = Recorded(data.draw(st.sampled_from([HOLDS, VIOLATED, INCONCLUSIVE])), data.draw(st.booleans()))
        second = dataclasses.replace(first, verdicts={**first.verdicts, key: other})
        changes = compare(first, second)
        assert (changes == ()) == (other == first.verdicts[key])
        assert [(change.design, change.fault, change.property) for change in changes] == [key] * len(changes)


def test_a_verdict_is_a_line() -> None:
    before, after = (baseline_text(one(verdict)).splitlines() for verdict in (HOLDS, VIOLATED))
    assert len([pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]) == 1


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(baseline_text(one())), **changes})


VERDICT = json.loads(baseline_text(one()))["verdicts"][0]
SCOPE = json.loads(baseline_text(one()))["scopes"][0]
CELL = json.loads(baseline_text(one()))["cells"][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "it is not JSON (line 1: "),
        ("{", "it is not JSON (line 1: "),
        ("{\n<<<<<<< HEAD\n", "line 2: Expecting property name enclosed in double quotes), and it has the marks of a"),
        ("[" * 100_000, "it is not JSON"),
        ("9" * 5_000, "it is not JSON"),
        ("[]", "it has no entry 'baseline'"),
        ("3", "it has no entry 'baseline'"),
        ('{"schema": 1, "verdicts": []}', "it is what `harness verify --json` writes"),
        (changed(baseline=2), "it is of version 2, and this harness reads version 1"),
        (changed(verdicts=None), "its entry 'verdicts' is to be a list; found None"),
        (
            changed(verdicts=[{**VERDICT, "verdict": "fine"}]),
            "in 'verdicts', an entry is not as this version writes it",
        ),
        (changed(verdicts=[{**VERDICT, "exhaustive": 1}]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[{**VERDICT, "colour": "red"}]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[{**VERDICT, "under": ["a"]}]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[{**VERDICT, "verdict": VIOLATED, "under": []}]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[{**VERDICT, "verdict": VIOLATED, "under": [1]}]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[{**VERDICT, "design": ""}]), "in 'verdicts', a name is empty"),
        (changed(verdicts=[VERDICT, VERDICT]), "in 'verdicts', an entry is there twice"),
        (changed(verdicts=["holds"]), "in 'verdicts', an entry is not"),
        (changed(verdicts=[]), "closing under cancel is in only one of 'cells' and 'verdicts'"),
        (changed(scenarios=7), "its entry 'scenarios' is to be the path of a folder; found 7"),
        (changed(cells=[]), "closing under cancel is in only one of 'cells' and 'verdicts'"),
        (changed(cells=[{**CELL, "executions": -1}]), "in 'cells', an entry is not"),
        (changed(cells=[{**CELL, "executions": True}]), "in 'cells', an entry is not"),
        (changed(scopes=[]), "fault class cancel is in only one of 'scopes' and 'verdicts'"),
        (changed(scopes=[{**SCOPE, "clock": "sand"}]), "in 'scopes', an entry is not"),
        (changed(scopes=[{**SCOPE, "plans": [1]}]), "in 'scopes', an entry is not"),
        (changed(scopes=[{**SCOPE, "max_steps": True}]), "in 'scopes', an entry is not"),
        (changed(scopes=[{**SCOPE, "fair_bound": "5"}]), "in 'scopes', an entry is not"),
    ],
)
def test_a_text_that_is_no_baseline(text: str, expected: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_baseline(text)
    assert expected in str(caught.value) and "\n" not in str(caught.value)


def test_the_committed_baseline_is_one_as_it_would_be_written() -> None:
    text = COMMITTED.read_text("utf-8")
    assert baseline_text(parse_baseline(text)) == text
