"""Check a hand-written script for forbidden commands.

Dovecot compiles it; this looks for the commands that send mail (RFC 5228 §4.2 `redirect`, RFC 5435 `notify`).
The address of a redirect must be a literal, so that a reader knows where mail goes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vaguemestre.foundation.kernel.addresses import has_list_form, parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.values import Owner, ScriptError

MAX_SCRIPT_CHARACTERS = 64 * 1024
# What has no end goes to the end of the script, so that each character is read once. Dovecot refuses it.
_TOKEN = re.compile(
    r"(?P<skip>\s+|#[^\n]*|/\*.*?(?:\*/|\Z))"
    r'|(?P<string>"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|text:[ \t]*+(?:#[^\n]*+)?\n(?:(?:.*?\n)?\.\n|.*))'
    r"|(?P<word>:?[A-Za-z_]\w*)|(?P<other>.)",
    re.DOTALL,
)
_REDIRECTING = frozenset({"redirect", "include"})
_SENDING = frozenset({"redirect", "notify", "vacation", "reject", "ereject"})


class _Token(NamedTuple):
    line: int
    kind: str
    text: str


def check_expert(content: str, owner: Owner, *, forwards_outside: bool) -> tuple[ScriptError, ...]:
    """Forbidden commands of the script, by line. Raises Refusal `sorting.expert-long`."""
    if len(content) > MAX_SCRIPT_CHARACTERS:
        raise Refusal("sorting.expert-long", most=MAX_SCRIPT_CHARACTERS // 1024)
    errors = []
    tokens = list(_tokens(content))
    for place, (line, kind, text) in enumerate(tokens):
        if kind != "word" or text.lower() not in _SENDING:
            continue
        name = text.lower()
        if name != "redirect":
            errors.append(ScriptError(line, f"« {name} » n’est pas permis ici"))
        elif not _may_redirect_to(tokens[place + 1 :], owner, forwards_outside=forwards_outside):
            errors.append(ScriptError(line, "« redirect » attend une adresse permise, écrite en entier"))
    return tuple(errors)


def has_commands(content: str) -> bool:
    """Whether the script holds anything but comments."""
    return next(_tokens(content), None) is not None


def may_redirect(content: str) -> bool:
    """Whether the script may redirect mail, itself or through a script it includes (RFC 6609)."""
    return any(kind == "word" and text.lower() in _REDIRECTING for _, kind, text in _tokens(content))


def redirect_addresses(content: str) -> tuple[str, ...]:
    """Addresses of the `redirect` commands of a script; "" for an address that the script computes."""
    return _arguments_of("redirect", content)


def included_scripts(content: str) -> tuple[str, ...]:
    """The names of the scripts that it includes (RFC 6609)."""
    return tuple(name for name in _arguments_of("include", content) if name)


def _arguments_of(command: str, content: str) -> tuple[str, ...]:
    """The first string after each such command and its tags; "" for one that is not a plain literal."""
    arguments, is_awaited = [], False
    for _, kind, text in _tokens(content):
        if is_awaited and not text.startswith(":"):
            is_plain = kind == "string" and text[0] == '"' and not set("\\$") & set(text)
            arguments.append(text[1:-1] if is_plain else "")
            is_awaited = False
        if kind == "word" and text.lower() == command:
            is_awaited = True
    return tuple(arguments)


def comment_out(content: str) -> str:
    """The script with every line as a comment, so that its owner can still read it."""
    return "".join(f"# {line}\n" for line in content.splitlines())


def _may_redirect_to(rest: list[_Token], owner: Owner, *, forwards_outside: bool) -> bool:
    """Whether the first string after the tags is a permitted literal address, not that of a list."""
    for _, kind, text in rest:
        if kind == "word" and text.startswith(":"):
            continue
        if kind != "string" or not text.startswith('"') or "\\" in text or "$" in text:
            return False
        try:
            to = parse_address(text[1:-1])
        except Refusal:
            return False
        is_inside = to.domain in owner.internal_domains
        return not has_list_form(str(to)) if is_inside else forwards_outside
    return False


def _tokens(content: str) -> Iterator[_Token]:
    line, counted = 1, 0
    for match in _TOKEN.finditer(content):
        line += content.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup != "skip":
            yield _Token(line, str(match.lastgroup), match.group())
