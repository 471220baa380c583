"""Tokens of the old form, which are still read, and written of orders that nobody reads: every one decodes to its
recipe, and a damaged one to nothing else.
"""

import json
import string
import tracemalloc
import zlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import Channel, Falsified, ReplayDiverged, Shared, go, replay
from harness.errors import BadInput
from harness.model.answers import Recipe
from harness.model.execution import Settings
from harness.model.token import decode, encode
from harness.model.token_h1 import PREFIX
from harness.oracles import returns
from tests.unit.damaged_tokens import altered, decoded, misspelt

LOST = "h1.x7KmrlsidGVzdHMudW5pdC50ZXN0X3Rva2VuX2gxOmNvdW50ZXIiLCJpZGxlIiwxMDAwMCwyLFswLDIsMSwyLDEsMiwxLDIsMSwyLDEsMl1d"
"""As it was written when there was no other form."""

numbers = st.integers(0, 10**6)
decisions = st.lists(st.tuples(numbers, numbers), max_size=30).map(tuple)
recipes = st.builds(
    Recipe,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.builds(Settings, st.sampled_from(["idle", "adversarial"]), st.integers(1, 10**6), numbers),
    decisions,
)

EXAMPLES = (
    Recipe("module:program", Settings(), ()),
    Recipe("module:program", Settings("adversarial", 50, 3), ((1, 2), (0, 3), (2, 3))),
    Recipe("module:program", Settings(fair_bound=0), ((1, 2),)),
    Recipe("stream close_channel events=3 capacity=1", Settings(max_steps=500), ((0, 2), (1, 2)) * 20),
)


def token_of(content: Any) -> str:
    """A token with a correct checksum for any content."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    packed = zlib.crc32(text).to_bytes(4, "big") + zlib.compress(text)
    return PREFIX + urlsafe_b64encode(packed).rstrip(b"=").decode()


@given(recipes)
def test_decoding_gives_back_the_recipe(recipe: Recipe) -> None:
    token = encode(recipe)
    assert decode(token) == recipe
    assert encode(decode(token)) == token


@given(recipes)
def test_a_token_is_one_printable_word(recipe: Recipe) -> None:
    assert set(encode(recipe)) <= set(string.ascii_letters + string.digits + "-_.")


def test_a_token_may_come_with_white_space_around_it() -> None:
    assert decode(f"  {encode(EXAMPLES[1])}\n") == EXAMPLES[1]


def test_a_long_schedule_has_a_token_that_decodes() -> None:
    recipe = Recipe("module:program", Settings(max_steps=10**6), ((3, 7),) * 400_000)
    assert decode(encode(recipe)) == recipe


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_every_truncated_token_is_refused(recipe: Recipe) -> None:
    token = encode(recipe)
    assert [cut for cut in range(len(token)) if decoded(token[:cut]) is not None] == []


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_no_altered_character_makes_it_another_recipe(recipe: Recipe) -> None:
    token = encode(recipe)
    found = [decoded(other) for other in altered(token)]
    assert set(found) <= {None, recipe}
    assert found.count(None) > 0.95 * len(found)


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_no_lost_doubled_or_swapped_character_makes_it_another_recipe(recipe: Recipe) -> None:
    assert {decoded(other) for other in misspelt(encode(recipe))} <= {None, recipe}


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    for token in (text, PREFIX + text):
        with pytest.raises(BadInput):
            decode(token)


@pytest.mark.parametrize("token", ["", PREFIX, "S2QeoXjai1Yq", PREFIX + "AAAA", PREFIX + "AAAAA"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadInput, match="token"):
        decode(token)


@pytest.mark.parametrize("token", [None, 5, b"h1.S2QeoXjai1Yq"])
def test_a_token_is_text(token: Any) -> None:
    with pytest.raises(BadInput):
        decode(token)


GOOD = ["module:program", "idle", 100, 2, [0, 2]]


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        GOOD[:-1],
        [*GOOD, 1],
        [*GOOD, {"fair_bound": -1}],
        [*GOOD, {"fair_bound": True}],
        [*GOOD, {"fair_bound": 1, "other": 2}],
        [5, *GOOD[1:]],
        ["module:program", "racy", 100, 2, []],
        ["module:program", "idle", 0, 2, []],
        ["module:program", "idle", "100", 2, []],
        ["module:program", "idle", 100, -1, []],
        ["module:program", "idle", 100, 2, [1]],
        ["module:program", "idle", 100, 2, [-1, 2]],
        ["module:program", "idle", 100, 2, [True, 2]],
        ["module:program", "idle", 100, 2, [0.5, 2]],
        ["module:program", "idle", True, 2, []],
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_a_sound_token_with_senseless_content_is_refused(content: Any) -> None:
    with pytest.raises(BadInput):
        decode(token_of(content))


def test_the_content_of_the_senseless_tokens_is_the_only_thing_wrong_with_them() -> None:
    assert decode(token_of(GOOD)) == Recipe("module:program", Settings("idle", 100, 2), ((0, 2),))


async def counter(step: int = 1) -> int:
    value, done = Shared(0, name="value"), Channel(2, name="done")

    async def worker() -> None:
        await value.store(await value.load() + step)
        await done.send(None)

    go(worker)
    go(worker)
    await done.recv()
    await done.recv()
    return await value.load()


async def one_worker() -> int:
    return 1


def test_a_token_that_would_become_huge_takes_little() -> None:
    token = token_of(b"[" + b"9" * 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="damaged"):
            decode(token)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def test_an_old_token_is_read_as_it_was_meant() -> None:
    decisions = ((0, 2), (1, 2), (1, 2), (1, 2), (1, 2), (1, 2))
    assert decode(LOST) == Recipe(f"{__name__}:counter", Settings(), decisions)
    assert encode(decode(LOST)) == LOST


def test_an_old_token_is_replayed_exactly_and_its_finding_has_a_new_one() -> None:
    with pytest.raises(
        Falsified, match=r"main returned 1, not 2\nreplayed exactly, 9 steps; replay with token h2\."
    ) as found:
        replay(counter, token=LOST, oracles=[returns(2)])
    execution = found.value.counterexample.execution
    assert execution.replayed == "exactly"
    with pytest.raises(Falsified) as again:
        replay(counter, token=found.value.counterexample.token, oracles=[returns(2)])
    assert again.value.counterexample.execution.schedule == execution.schedule


def test_an_old_token_guides_nobody() -> None:
    program: Any = one_worker
    program.reference = f"{__name__}:counter"
    with pytest.raises(ReplayDiverged, match="ended after 0 of 6 recorded decisions"):
        replay(program, token=LOST)
