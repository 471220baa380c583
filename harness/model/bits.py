"""Values packed into as few bits as they take: small numbers, one of so many, and text.

Text is written with 6 bits a character where it consists of what names are made of, with 12 bits for a word of the
list below, and shorter where it repeats itself. The lists are part of the form: another list is another form. (A
general compressor would save little on so short a text, and what it writes differs between its versions.)
"""

from __future__ import annotations

END, COPY, WORD, CAPITAL, LITERAL = range(5)
CHARACTERS: tuple[str, ...] = (
    *"abcdefghijklmnopqrstuvwxyz0123456789_.:= /#@-<>()[],",
    "in",
    "er",
    "an",
    "on",
    "es",
    "at",
    "st",
)
WORDS: tuple[str, ...] = (
    *("stream ", "scenarios.stream.", " events=", " capacity=", " workers=", " children=", " late=", " rogue=yes"),
    *(" nils=", " delay=", " ending=", "panic", "error", "stall", " watches_context=no", " disconnect=yes"),
    *(" slow=", " failing_write=", " flusher=no", " keep_alive=", "events=", "channel", "Channel@main.", "main"),
    *("/run_crew#1", "/child#", "/disconnect#", "/worker#", "/worker", "client", "request.done", "request"),
    *("executor", "streamChan", "execErr", "done", "context", "Context@main.", "Mutex@main.", "RWMutex@main."),
    *("WaitGroup@main.", "Shared@main.", "Atomic@main.", "handler", "handlers", "message", "producer", "consumer"),
    *("reader", "writer", "sender", "receiver", "server", "counter", "buffer", "program", "pytest ", "tests/"),
    *("/test_", "test_", ".py::", "tests.", "<locals>", "stream"),
)  # fmt: skip
SYMBOL = 64
SMALLEST, LONGEST, BACK = 3, 34, 64
"""How long a repetition is, and how far back it may begin."""
LONGEST_TEXT = 100_000
"""Characters; of longer ones nothing is read."""
CODES = {text: code for code, text in enumerate(CHARACTERS, start=LITERAL + 1)}
PAIRS = {text for text in CODES if len(text) == 2}
BY_LENGTH = sorted(WORDS, key=len, reverse=True)

assert len(CODES) == len(CHARACTERS) == SYMBOL - LITERAL - 1
assert len(set(WORDS)) == len(WORDS) == SYMBOL


class Malformed(ValueError):
    """These bits were not written by a `Writer`, or not for who reads them."""


class Writer:
    """Takes values, one after the other."""

    def __init__(self) -> None:
        self.bits: list[str] = []

    def choice(self, value: int, of: int) -> None:
        """A number in `range(of)`."""
        assert 0 <= value < of
        width = (of - 1).bit_length()
        if width:
            self.bits.append(f"{value:0{width}b}")

    def number(self, value: int) -> None:
        """A number from 0 upwards, the smaller the shorter (Elias: Universal codeword sets, 1975: gamma)."""
        digits = f"{value + 1:b}"
        self.bits.append("0" * (len(digits) - 1) + digits)

    def text(self, text: str) -> None:
        """Any text."""
        position = 0
        while position < len(text):
            position += self.piece(text, position)
        self.choice(END, SYMBOL)

    def piece(self, text: str, at: int) -> int:
        """Write what comes at a position; how much it was."""
        word = next((word for word in BY_LENGTH if text.startswith(word, at)), "")
        back, length = repetition(text, at)
        if length > len(word):
            self.choice(COPY, SYMBOL)
            self.choice(back - 1, BACK)
            self.choice(length - SMALLEST, LONGEST - SMALLEST + 1)
            return length
        if len(word) > 2:
            self.choice(WORD, SYMBOL)
            self.choice(WORDS.index(word), SYMBOL)
            return len(word)
        if text[at : at + 2] in PAIRS:
            self.choice(CODES[text[at : at + 2]], SYMBOL)
            return 2
        self.character(text[at])
        return 1

    def character(self, character: str) -> None:
        """Any single one."""
        if character in CODES:
            self.choice(CODES[character], SYMBOL)
        elif "A" <= character <= "Z":
            self.choice(CAPITAL, SYMBOL)
            self.choice(CODES[character.lower()], SYMBOL)
        else:
            self.choice(LITERAL, SYMBOL)
            self.choice(ord(character), 1 << 21)

    def packed(self) -> bytes:
        """All of it, filled up with zeros to whole bytes."""
        digits = "".join(self.bits)
        size = -(-len(digits) // 8)
        return int(digits.ljust(8 * size, "0") or "0", 2).to_bytes(size, "big")


def repetition(text: str, at: int) -> tuple[int, int]:
    """How far back begins the longest stretch that comes again at a position, the nearest of them; and its length."""
    best = (0, 0)
    for back in range(1, min(at, BACK) + 1):
        length = 0
        while length < LONGEST and text[at + length : at + length + 1] == text[at - back + length] != "":
            length += 1
        if length > best[1]:
            best = back, length
        if length == LONGEST:
            break
    return best if best[1] >= SMALLEST else (0, 0)


class Reader:
    """Gives back what a `Writer` took. Every method raises `Malformed` where that cannot be."""

    def __init__(self, packed: bytes) -> None:
        self.bits = f"{int.from_bytes(packed, 'big'):0{8 * len(packed)}b}" if packed else ""
        self.position = 0

    def digits(self, width: int) -> int:
        """The next bits as a number."""
        end = self.position + width
        if end > len(self.bits):
            raise Malformed("cut short")
        found = int(self.bits[self.position : end], 2) if width else 0
        self.position = end
        return found

    def choice(self, of: int) -> int:
        """See `Writer.choice`."""
        found = self.digits((of - 1).bit_length())
        if found >= of:
            raise Malformed(f"{found} is not one of {of}")
        return found

    def number(self) -> int:
        """See `Writer.number`; numbers of more than 256 bits are nobody's."""
        first = self.bits.find("1", self.position, self.position + 257)
        if first < 0:
            raise Malformed("no number")
        width, self.position = first - self.position + 1, first
        return self.digits(width) - 1

    def text(self) -> str:
        """See `Writer.text`."""
        before, pieces, length = "", list[str](), 0
        while (symbol := self.choice(SYMBOL)) != END:
            piece = self.piece(symbol, before)
            pieces.append(piece)
            before = (before + piece)[-BACK:]
            length += len(piece)
            if length > LONGEST_TEXT:
                raise Malformed("no name is so long")
        return "".join(pieces)

    def piece(self, symbol: int, before: str) -> str:
        """What a symbol stands for, after `before`."""
        if symbol == COPY:
            back = self.choice(BACK) + 1
            length = self.choice(LONGEST - SMALLEST + 1) + SMALLEST
            if back > len(before):
                raise Malformed("a repetition of nothing")
            return (before[-back:] * -(-length // back))[:length]
        if symbol == WORD:
            return WORDS[self.choice(SYMBOL)]
        if symbol == CAPITAL:
            return CHARACTERS[self.choice(SYMBOL) - LITERAL - 1].upper()
        if symbol == LITERAL:
            point = self.choice(1 << 21)
            if point > 0x10FFFF:
                raise Malformed("no character")
            return chr(point)
        return CHARACTERS[symbol - LITERAL - 1]

    def goes_on(self) -> bool:
        """Is there more than the zeros that fill up the last byte?"""
        return len(self.bits) - self.position >= 8

    def end(self) -> None:
        """Nothing but the zeros of the last byte is left."""
        rest = self.bits[self.position :]
        if len(rest) >= 8 or "1" in rest:
            raise Malformed("something is left over")
