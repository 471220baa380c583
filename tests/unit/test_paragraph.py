"""The paragraph is made of what an explanation says, and of nothing else; whatever it says, it stays readable."""

from dataclasses import replace

import pytest

from harness.model.explanation import Explanation, Grounds, Looked, OrderedPair, OtherWay, PointOfNoReturn, Racing, Wait
from harness.model.listing import joined
from harness.report.explain import MOST, paragraph_of, sentences
from harness.report.text import printable
from harness.report.words import Words
from tests.findings import HOSTILE, hostile, lost, many, panicking, stuck, walked, whole

FINDINGS = [whole(), *map(walked, (lost, stuck, panicking, hostile, many))]
LAST = {
    Looked(7, False, False): "Where it was decided is not known: the search was stopped after 7 executions.",
    Looked(1, False, False): "Where it was decided is not known: the search was stopped after 1 execution.",
    Looked(3, True, False): (
        "It is no matter of timing: every schedule of this program fails (3 executions, one of each class)."
    ),
    Looked(3, True, True): "Nothing was final when it was cut off: an execution that goes on from there passes.",
}


def bare() -> Explanation:
    """The lost value, of which nothing is known but that it is lost."""
    return replace(whole(), pairs=(), point_of_no_return=None, plan="")


def test_of_what_nobody_has_searched_only_the_violation_is_told() -> None:
    assert paragraph_of(bare()) == "`is_nothing` is violated: nothing came."


def test_of_what_nobody_objects_to_nothing_is_told() -> None:
    assert paragraph_of(replace(bare(), oracle="", message="")) == ""


@pytest.mark.parametrize(("looked", "sentence"), LAST.items())
def test_how_far_the_search_went_is_told(looked: Looked, sentence: str) -> None:
    assert sentences(replace(bare(), looked=looked))[1:] == (sentence,)


def test_no_answer_reads_like_another() -> None:
    found = {paragraph_of(replace(bare(), looked=looked)) for looked in LAST}
    assert len(found) == len(LAST)


def test_that_something_nearer_may_exist_is_told() -> None:
    pair = OrderedPair(0, 1, "one before the other")
    sure = replace(bare(), pairs=(pair,), looked=Looked(3, complete=True, passing=True))
    unsure = replace(sure, looked=Looked(3, complete=True, passing=True, nearest=False))
    assert "(not all that is nearer was tried)" in paragraph_of(unsure)
    assert "not all" not in paragraph_of(sure)


def test_several_changes_are_told_together() -> None:
    found = replace(bare(), pairs=(OrderedPair(0, 1, "x"),), otherwise=(OtherWay(2, "y"),))
    _, what, passes = sentences(found)
    assert what.startswith("What matters is that ") and ", and that " in what
    assert passes.startswith("An execution with all of this the other way round")


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.oracle)
def test_whatever_there_is_to_tell_it_is_at_most_six_printable_sentences(finding: Explanation) -> None:
    trace = finding.failing.execution.trace
    waits = tuple(
        Wait(f"w{HOSTILE}{number}", HOSTILE, HOSTILE, "x" * 10_000, f"main: {HOSTILE}") for number in range(9)
    )
    everything = replace(
        finding,
        oracle=f"o{HOSTILE}",
        message="m" * 100_000,
        plan=HOSTILE,
        grounds=Grounds(None, waits),
        pairs=tuple(OrderedPair(0, None, HOSTILE, f"main: send {HOSTILE}") for _ in range(9)),
        otherwise=tuple(OtherWay(len(trace) - 1, HOSTILE) for _ in range(9)),
        looked=Looked(1, complete=True, passing=True),
        point_of_no_return=PointOfNoReturn(0, HOSTILE),
    )
    circle = replace(everything, grounds=Grounds(None, (), (("main", HOSTILE), (HOSTILE, "x"))))
    racing = replace(everything, grounds=Grounds(Racing(HOSTILE, 0, None, HOSTILE)))
    for each in (everything, circle, racing):
        assert 2 <= len(sentences(each)) <= MOST
        assert paragraph_of(each) == printable(paragraph_of(each)) and len(paragraph_of(each)) < 10_000


@pytest.mark.parametrize(
    ("deed", "told", "wished"),
    [
        ("main/w#1: sleep", "w wakes", "w were to wake"),
        ("t fires", "t fires", "t were to fire"),
        ("main/w#1: the executor finishes", "the executor finishes", "the executor were to finish"),
        (
            "main/other#1: send 1 on c to main",
            "main/other#1 sends 1 on c to main",
            "main/other#1 were to send 1 on c to main",
        ),
        ("main/w#1: ask for m to write", "w asks for m to write", "w were to ask for m to write"),
        ("main: receive from c, closed and empty", "main finds c closed", "main were to find c closed"),
        ("main: load x, which is 3", "main loads 3 from x", "main were to load 3 from x"),
        ("main: call done on g, making 0", "main calls done on g, making 0", "main were to call done on g, making 0"),
        (
            "main: unlock m, which panics: bad",
            "main unlocks m, which panics (bad)",
            "main were to unlock m, which panics (bad)",
        ),
        ("time comes to 3 s", "time comes to 3 s", "time were to come to 3 s"),
    ],
)
def test_every_deed_becomes_a_sentence(deed: str, told: str, wished: str) -> None:
    words = Words(("main", "main/w#1"))
    assert (words.done(deed), words.to_do(deed, "were to")) == (told, wished)


def test_a_message_with_an_end_of_its_own_gets_no_second_one() -> None:
    assert paragraph_of(replace(bare(), message="Really? Yes. ")) == "`is_nothing` is violated: Really? Yes."
    assert paragraph_of(replace(bare(), message="AssertionError: ")) == "`is_nothing` is violated: AssertionError."


def test_a_list_ends_in_and() -> None:
    assert [joined("abcde"[:count]) for count in range(6)] == [
        "", "a", "a and b", "a, b and c", "a, b, c and 1 other", "a, b, c and 2 others"
    ]  # fmt: skip


def test_what_goroutines_do_is_put_into_sentences() -> None:
    words = Words(("main", "main/w#1", "main/w#2"))
    assert words.done("main/w#1: lock m for reading") == "w#1 locks m for reading"
    assert words.to_do("main/w#2: send 3 on c to main/w#1", "to") == "w#2 to send 3 on c to w#1"
    assert words.done("main: the handler returns") == "the handler returns"
    assert words.to_do("main: the handler returns", "were to") == "the handler were to return"
    assert words.done("time comes to 3 s") == "time comes to 3 s"
    assert words.to_do("", "to") == ""
