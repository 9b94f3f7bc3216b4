"""Parser of Sieve text into the tree of `syntax` (RFC 5228 §8; `text:` of §2.4.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vaguemestre.mailbox.sorting.script.syntax import Argument, Command, Tag, Test

MAX_SCRIPT_CHARACTERS = 512 * 1024
_MAX_DEPTH = 12
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|#(?P<line>[^\n]*)|/\*(?P<block>(?s:.*?))\*/"
    r'|"(?P<string>(?:[^"\\]|\\(?s:.))*)"'
    r"|text:[ \t]*(?:#[^\n]*)?\r?\n(?P<text>(?:(?!\.\r?\n)[^\n]*\n)*)\.\r?\n"
    r"|:(?P<tag>[A-Za-z_]\w*)|(?P<number>\d+)(?P<unit>[KMGkmg]?)\b|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>[][(){},;])"
)


class NotSieve(ValueError):
    """The text is not Sieve, or is beyond our limits. Its argument: the offset where reading stopped."""


@dataclass(frozen=True, slots=True)
class PlacedCommand:
    """Top-level command, its offset in the text and the comments just above it.

    `inner_comment`: first comment within it; Roundcube stores the test of a disabled rule there.
    """

    command: Command
    start: int
    notes: tuple[str, ...] = ()
    inner_comment: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    number: int = 0


@dataclass
class _Reader:
    tokens: list[_Token]
    place: int = 0
    comments: list[str] = field(default_factory=list)

    def peek(self) -> _Token:
        while self.tokens[self.place].kind == "comment":
            self.comments.append(self.tokens[self.place].text)
            self.place += 1
        return self.tokens[self.place]

    def take(self, *expected: str) -> _Token:
        """Next token. Raises NotSieve unless its kind or text is among `expected`, when given."""
        token = self.peek()
        if expected and token.kind not in expected and token.text not in expected:
            raise NotSieve(token.start)
        self.place += 1
        return token

    def has(self, sign: str) -> bool:
        token = self.peek()
        return token.kind == "sign" and token.text == sign


def parse_script(script: str) -> tuple[PlacedCommand, ...]:
    """Top-level commands of the script, in order. Raises NotSieve."""
    if len(script) > MAX_SCRIPT_CHARACTERS:
        raise NotSieve(0)
    reader = _Reader(list(_tokens(script)))
    commands: list[PlacedCommand] = []
    while True:
        reader.comments.clear()
        token = reader.peek()
        notes, before = tuple(reader.comments), reader.place
        if token.kind == "end":
            return tuple(commands)
        reader.comments.clear()
        command = _command(reader, 0)
        start = _offset_with_comments(reader.tokens, before)
        commands.append(PlacedCommand(command, start, notes, reader.comments[0] if reader.comments else ""))


def parse_test(text: str) -> Test:
    """Parse a single test. Raises NotSieve."""
    reader = _Reader(list(_tokens(text)))
    test = _test(reader, 0)
    reader.take("end")
    return test


def _offset_with_comments(tokens: list[_Token], place: int) -> int:
    """Offset of the command at `place`, comments above it included."""
    while place > 0 and tokens[place - 1].kind == "comment":
        place -= 1
    return tokens[place].start


def _command(reader: _Reader, depth: int) -> Command:
    if depth > _MAX_DEPTH:
        raise NotSieve(reader.peek().start)
    name = reader.take("word").text.lower()
    arguments = tuple(_arguments(reader))
    token = reader.peek()
    test = None
    if token.kind == "word":
        test = _test(reader, depth + 1)
    if reader.has(";"):
        reader.take()
        return Command(name, arguments, test)
    reader.take("{")
    block = []
    while not reader.has("}"):
        block.append(_command(reader, depth + 1))
    reader.take()
    return Command(name, arguments, test, tuple(block))


def _test(reader: _Reader, depth: int) -> Test:
    if depth > _MAX_DEPTH:
        raise NotSieve(reader.peek().start)
    name = reader.take("word").text.lower()
    arguments = tuple(_arguments(reader))
    if reader.has("("):
        reader.take()
        tests = [_test(reader, depth + 1)]
        while reader.has(","):
            reader.take()
            tests.append(_test(reader, depth + 1))
        reader.take(")")
        return Test(name, arguments, tuple(tests))
    if reader.peek().kind == "word":
        return Test(name, arguments, (_test(reader, depth + 1),))
    return Test(name, arguments)


def _arguments(reader: _Reader) -> Iterator[Argument]:
    while True:
        token = reader.peek()
        if token.kind == "tag":
            yield Tag(token.text.lower())
        elif token.kind == "string":
            yield token.text
        elif token.kind == "number":
            yield token.number
        elif reader.has("["):
            yield _strings(reader)
            continue
        else:
            return
        reader.take()


def _strings(reader: _Reader) -> tuple[str, ...]:
    reader.take("[")
    strings = [reader.take("string").text]
    while reader.has(","):
        reader.take()
        strings.append(reader.take("string").text)
    reader.take("]")
    return tuple(strings)


def _tokens(script: str) -> Iterator[_Token]:
    place = 0
    while place < len(script):
        match = _TOKEN.match(script, place)
        if match is None:
            raise NotSieve(place)
        yield from _token(match)
        place = match.end()
    yield _Token("end", "", place)


def _token(match: re.Match[str]) -> Iterator[_Token]:
    kind = str(match.lastgroup)
    start = match.start()
    match kind:
        case "space":
            return
        case "line" | "block":
            yield _Token("comment", match[kind].strip(), start)
        case "string":
            yield _Token("string", re.sub(r"\\(.)", r"\1", match[kind], flags=re.DOTALL), start)
        case "text":
            lines = (line.removeprefix(".") for line in match[kind].splitlines(keepends=True))
            yield _Token("string", "".join(lines), start)
        case "unit" | "number":
            yield _Token("number", "", start, int(match["number"][:12]) * _UNITS[match["unit"].upper()])
        case _:
            yield _Token(kind, match[kind], start)
