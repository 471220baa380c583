"""Tokens: equal recipes have equal tokens, every token decodes to its recipe, and a damaged one to nothing else."""

import random
import string
import tracemalloc
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.model.answers import Recipe
from harness.model.bits import CAPITAL, CHARACTERS, COPY, SYMBOL, WORDS, Malformed, Reader, Writer
from harness.model.execution import Settings
from harness.model.order import MOST_TURNS, SUMS, Arrival, Move, Order, Steps, Turn
from harness.model.token import PREFIX, bare, decode, encode
from harness.model.token_h2 import LONGEST, OPERATIONS
from tests.unit.damaged_tokens import altered, decoded, misspelt

LISTS = [1928638898, 368316254, 1464389813]
PINNED = "h2.EH9GYwvWUjWKgu2EzyUqwtQADn_WB3BLhNwAF2hUGSQMJcJuEApGkwRFo2g"

numbers = st.integers(0, 10**6)
names = st.text(st.characters(), max_size=12) | st.sampled_from(["main", "main/worker#1", "streamChan", "CamelCase"])
operations = st.sampled_from(["send", "end", "select", "select", "an operation of tomorrow"])
turns = st.builds(
    Turn,
    st.builds(Arrival, names, operations, names, st.integers(1, 10**6)),
    st.builds(Move, names, operations, names, names, numbers),
    st.just(0),
    numbers,
)
orders = st.builds(
    lambda turns, gaps, checksum, steps: Order(
        tuple(replace(turn, decision=sum(gaps[: at + 1]) + at) for at, turn in enumerate(turns)), checksum, steps
    ),
    st.lists(turns, max_size=8),
    st.lists(st.integers(0, 1000), min_size=8, max_size=8),
    st.integers(0, 2**32 - 1),
    st.none() | st.builds(Steps, st.integers(0, SUMS - 1), st.integers(0, SUMS - 1)),
)
settings = st.builds(Settings, st.sampled_from(["idle", "adversarial"]), st.integers(1, 10**20), numbers, numbers)
recipes = st.builds(Recipe, st.text(st.characters(), max_size=40), settings, orders)

HANDLER = Arrival("main", "receive", "streamChan", 2)
LATE = Move("main/worker#1/late#1", "send", "streamChan", "main", 1)
EXAMPLES = (
    Recipe("module:program", Settings(), Order()),
    Recipe("module:program", Settings("adversarial", 50, 3, 0), Order((Turn(HANDLER, LATE, 3, 1),), 7)),
    Recipe("stream my.handlers:handler events=3 capacity=1", Settings(max_steps=400), Order((), 2**32 - 1)),
    Recipe("module:program", Settings(), Order((Turn(HANDLER, LATE, 3, 1),), 7, Steps(SUMS - 1, 0))),
)


def token_of(content: bytes) -> str:
    """A token with a correct checksum for any content."""
    packed = zlib.crc32(content).to_bytes(4, "big") + content
    return PREFIX + urlsafe_b64encode(packed).rstrip(b"=").decode()


def packed_in(token: str) -> bytes:
    body = token.removeprefix(PREFIX)
    return urlsafe_b64decode(body + "=" * (-len(body) % 4))


@given(recipes)
def test_decoding_gives_back_the_recipe(recipe: Recipe) -> None:
    token = encode(recipe)
    assert decode(token) == recipe
    assert encode(decode(token)) == token


@given(recipes)
def test_a_token_is_one_word_that_neither_a_shell_nor_a_url_changes(recipe: Recipe) -> None:
    assert set(encode(recipe)) <= set(string.ascii_letters + string.digits + "-_.")


def test_a_token_is_the_same_everywhere() -> None:
    at = Arrival("main/worker#1", "store", "value", 1)
    end = Arrival("main/worker#2", "end", "", 1)
    moves = (Move("main/worker#2", "load", "value"), Move("main/worker#1", "store", "value"))
    order = Order((Turn(at, moves[0], 1, 1), Turn(end, moves[1], 4, 1)), 243258887)
    assert decode(PINNED) == Recipe("tests.unit.test_token:counter", Settings(), order)
    assert encode(decode(PINNED)) == PINNED


def test_the_lists_of_known_words_are_what_they_were() -> None:
    assert [zlib.crc32("\n".join(words).encode()) for words in (CHARACTERS, WORDS, OPERATIONS)] == LISTS


def test_a_token_may_come_with_white_space_around_it() -> None:
    assert decode(f"  {encode(EXAMPLES[1])}\n") == EXAMPLES[1]


@pytest.mark.parametrize(
    "pasted",
    [
        *(
            "{}.",
            "{},",
            "`{}`",
            "'{}'",
            '"{}"',
            "\N{LEFT DOUBLE QUOTATION MARK}{}\N{RIGHT DOUBLE QUOTATION MARK}",
            "({})",
        ),
        *("harness replay {}", "`harness explain {}`.", "$ harness confirm {}", "harness replay '{}'"),
    ],
)
def test_a_token_may_be_pasted_with_what_stood_around_it(pasted: str) -> None:
    token = encode(EXAMPLES[1])
    assert bare(pasted.format(token)) == token
    assert decode(pasted.format(token)) == EXAMPLES[1]


@pytest.mark.parametrize("pasted", ["harness replay {} --oracle terminates", "{0} {0}", "see {}", "harness prove {}"])
def test_of_more_than_a_token_nothing_is_guessed(pasted: str) -> None:
    with pytest.raises(BadInput, match="copy the whole token"):
        decode(pasted.format(encode(EXAMPLES[1])))


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_no_flipped_bit_goes_unnoticed(recipe: Recipe) -> None:
    packed = packed_in(encode(recipe))
    for bit in range(8 * len(packed)):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert decoded(PREFIX + urlsafe_b64encode(flipped).rstrip(b"=").decode()) is None


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_every_truncated_token_is_refused(recipe: Recipe) -> None:
    token = encode(recipe)
    assert [cut for cut in range(len(token)) if decoded(token[:cut]) is not None] == []


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_every_altered_character_is_noticed(recipe: Recipe) -> None:
    token = encode(recipe)
    assert decoded(token) is not None
    assert {other for other in altered(token) if decoded(other) is not None} == set()


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_every_lost_doubled_or_swapped_character_is_noticed(recipe: Recipe) -> None:
    assert {other for other in misspelt(encode(recipe)) if decoded(other) is not None} == set()


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    for token in (text, PREFIX + text):
        with pytest.raises(BadInput):
            decode(token)


@pytest.mark.parametrize("token", ["h3.AAAA", "h3.", "h17.EH9GYwvWUjWK"])
def test_a_token_of_a_newer_version_is_refused_with_a_sentence(token: str) -> None:
    with pytest.raises(BadInput, match="and this version of the harness reads h1 and h2"):
        decode(token)


@given(st.binary(max_size=60))
def test_sound_tokens_with_any_content_are_refused_or_one_way_to_write_a_recipe(content: bytes) -> None:
    token = token_of(content)
    recipe = decoded(token)
    assert recipe is None or decode(encode(recipe)) == recipe


def written(turns: int) -> Writer:
    """The beginning of a token that says how many turns it has, and no more."""
    writer = Writer()
    writer.text("m:p")
    for value, of in ((0, 2), (0, 2), (0, 2), (0, 2), (0, 1 << 32)):
        writer.choice(value, of)
    writer.number(turns)
    return writer


def test_the_beginning_is_the_beginning_of_a_token() -> None:
    assert decode(token_of(written(0).packed())) == Recipe("m:p", Settings(), Order())


def huge_count() -> bytes:
    return written(2**200).packed()


def too_many_turns() -> bytes:
    return written(MOST_TURNS + 1).packed() + bytes(range(256)) * 1000


def endless_zeros() -> bytes:
    return written(MOST_TURNS).packed() + bytes(750_000)


def endless_text() -> bytes:
    return (b"\x69\xa6\x9a" * 250_000)[:750_000]


def nested_capitals() -> bytes:
    return int(f"{CAPITAL:06b}" * 1_000_000, 2).to_bytes(750_000, "big")


def copies() -> bytes:
    """Text that is 34 times as long as its code."""
    writer = Writer()
    writer.character("a")
    for _ in range(330_000):
        writer.choice(COPY, SYMBOL)
        writer.choice(0, 64)
        writer.choice(31, 32)
    return writer.packed()


def noise() -> bytes:
    return random.Random(5).randbytes(750_000)


@pytest.mark.parametrize(
    "content", [huge_count, too_many_turns, endless_zeros, endless_text, nested_capitals, copies, noise]
)
def test_a_hostile_token_takes_little(content: object) -> None:
    assert callable(content)
    token = token_of(content())
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="content is not what this version writes"):
            decode(token)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def test_a_token_that_is_longer_than_any_is_not_looked_at() -> None:
    with pytest.raises(BadInput, match="content is not what this version writes"):
        decode(PREFIX + "A" * (LONGEST + 1))


def test_the_longest_order_has_a_token_that_decodes() -> None:
    def name(kind: str, number: int) -> str:
        return f"{kind}{number}".ljust(100, "\U0001f600")

    turns = tuple(
        Turn(Arrival(name("g", at), name("o", at), name("c", at), 1), Move("a", "b", "c"), at, at)
        for at in range(MOST_TURNS)
    )
    recipe = Recipe("m:p", Settings(), Order(turns, 1))
    assert decode(encode(recipe)) == recipe


@pytest.mark.parametrize("text", ["", "a" * 1000, "abc" * 40, "main/run_crew#1", "\udc80\U0010ffff\0", "Aa<locals>Ba"])
def test_text_comes_back(text: str) -> None:
    writer = Writer()
    writer.text(text)
    reader = Reader(writer.packed())
    assert reader.text() == text
    reader.end()


@given(st.lists(st.one_of(st.text(), st.integers(0, 2**200), st.tuples(st.integers(0, 99), st.integers(100, 300)))))
def test_what_is_written_is_read(values: list[str | int | tuple[int, int]]) -> None:
    writer = Writer()
    for value in values:
        match value:
            case str():
                writer.text(value)
            case int():
                writer.number(value)
            case (chosen, of):
                writer.choice(chosen, of)
    reader = Reader(writer.packed())
    for value in values:
        match value:
            case str():
                assert reader.text() == value
            case int():
                assert reader.number() == value
            case (chosen, of):
                assert reader.choice(of) == chosen
    reader.end()


def test_nothing_is_read_behind_the_end() -> None:
    for read in (Reader.number, Reader.text, lambda reader: reader.choice(3)):
        with pytest.raises(Malformed):
            read(Reader(b""))
