"""Syntax tree of Sieve scripts, and its only encoder to text (RFC 5228 §2, §8; RFC 5229 §3).

User text is always a `str` leaf, encoded as one literal string whatever it holds. A variable reference is a
leaf of its own (`Variable`), inside `Pieces`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Tag:
    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """String with variables, expanded by Sieve at run time."""

    parts: tuple["str | Variable", ...]


type Argument = Tag | int | str | Pieces | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """Test: name, arguments and inner tests. `needs`: extensions to require."""

    name: str
    arguments: tuple[Argument, ...] = ()
    tests: tuple["Test", ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """Command: name, arguments, test and block. `note`: comment above it. `needs`: extensions to require."""

    name: str
    arguments: tuple[Argument, ...] = ()
    test: Test | None = None
    block: tuple["Command", ...] | None = None
    needs: tuple[str, ...] = ()
    note: str = ""


def _one_line(note: str) -> str:
    """The comment on one line (RFC 5228 §2.3), without control characters."""
    return "".join(char for char in " ".join(note.split()) if char >= " " and char != "\x7f")


_DOLLAR = "dollar"  # the variable that holds `$`, so that a « ${name} » somebody typed is never expanded
_HEAD = "# Écrit par Vaguemestre d’après vos réglages : une modification faite ici serait perdue."


def encode_script(commands: Iterable[Command]) -> str:
    """Text of the script with CRLF lines (RFC 5228 §2.2), `require` first; "" for no command."""
    body = tuple(commands)
    if not body:
        return ""
    needs = dict.fromkeys(chain.from_iterable(_needs(command) for command in body))
    writer = _Writer(has_variables="variables" in needs)
    lines = [_HEAD]
    if needs:
        lines.append(f"require {writer.argument(tuple(sorted(needs)))};")
    if writer.has_variables:
        lines.append(f'set "{_DOLLAR}" "$";')
    for command in body:
        lines += ["", *writer.command(command, "")]
    return "\r\n".join(chain.from_iterable(line.split("\n") for line in lines)) + "\r\n"


def _needs(command: Command) -> Iterator[str]:
    yield from command.needs
    if command.test:
        yield from _test_needs(command.test)
    for inner in command.block or ():
        yield from _needs(inner)


def _test_needs(test: Test) -> Iterator[str]:
    yield from test.needs
    for inner in test.tests:
        yield from _test_needs(inner)


@dataclass(frozen=True, slots=True)
class _Writer:
    has_variables: bool

    def command(self, command: Command, indent: str) -> Iterator[str]:
        if command.note:
            yield f"{indent}# {_one_line(command.note)}"
        words = [command.name, *map(self.argument, command.arguments)]
        if command.test:
            words.append(self.test(command.test, indent))
        if command.block is None:
            yield f"{indent}{' '.join(words)};"
            return
        yield f"{indent}{' '.join(words)} {{"
        for inner in command.block:
            yield from self.command(inner, f"{indent}  ")
        yield f"{indent}}}"

    def test(self, test: Test, indent: str) -> str:
        words = " ".join([test.name, *map(self.argument, test.arguments)])
        if not test.tests:
            return words
        if test.name == "not":
            return f"not {self.test(test.tests[0], indent)}"
        deeper = f"{indent}  "
        inner = f",\n{deeper}".join(self.test(inner_test, deeper) for inner_test in test.tests)
        return f"{words} (\n{deeper}{inner}\n{indent})"

    def argument(self, argument: Argument) -> str:
        match argument:
            case Tag(name):
                return f":{name}"
            case int():
                return str(argument)
            case str():
                return self.string(argument)
            case Pieces(parts):
                return f'"{"".join(self._piece(part) for part in parts)}"'
            case _:
                return f"[{', '.join(map(self.string, argument))}]"

    def string(self, text: str) -> str:
        return f'"{self._inside(text)}"'

    def _piece(self, part: str | Variable) -> str:
        return f"${{{part.name}}}" if isinstance(part, Variable) else self._inside(part)

    def _inside(self, text: str) -> str:
        """The text escaped for a quoted string, without NUL (forbidden by RFC 5228)."""
        plain = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        # Keeps a literal « ${name} »: an expansion is not expanded again (RFC 5229 §3).
        return escaped.replace("${", f"${{{_DOLLAR}}}{{") if self.has_variables else escaped
