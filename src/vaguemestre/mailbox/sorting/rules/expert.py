"""A script written by hand: where it would do what its writer may not.

Dovecot compiles it; this looks for the commands that send mail (RFC 5228 §4.2 `redirect`, RFC 5435 `notify`),
whose addresses must be written out, so that a reader knows where mail goes.
"""

import re
from collections.abc import Iterator

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.values import Owner, ScriptError

LONGEST_SCRIPT = 64 * 1024
_TOKEN = re.compile(
    r"(?P<skip>\s+|#[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"(?:[^"\\]|\\.)*"|text:[ \t]*(?:#[^\n]*)?\n(?:.*?\n)?\.\n)'
    r"|(?P<word>:?[A-Za-z_]\w*)|(?P<other>.)",
    re.DOTALL,
)
_SENDS_ON = frozenset({"redirect", "include"})
_SENDS = frozenset({"redirect", "notify", "vacation", "reject", "ereject"})


def check_expert(content: str, owner: Owner, *, forwards_outside: bool) -> tuple[ScriptError, ...]:
    """What is forbidden in it, by line. Raises Refusal `sorting.expert-long`."""
    if len(content) > LONGEST_SCRIPT:
        raise Refusal("sorting.expert-long", most=LONGEST_SCRIPT // 1024)
    found = []
    tokens = list(_tokens(content))
    for place, (line, kind, text) in enumerate(tokens):
        if kind != "word" or text.lower() not in _SENDS:
            continue
        name = text.lower()
        if name != "redirect":
            found.append(ScriptError(line, f"« {name} » n’est pas permis ici"))
        elif not _may_go(tokens[place + 1 :], owner, forwards_outside=forwards_outside):
            found.append(ScriptError(line, "« redirect » attend une adresse permise, écrite en entier"))
    return tuple(found)


def does_something(content: str) -> bool:
    """Whether anything but comments stands in it."""
    return next(_tokens(content), None) is not None


def sends_on(content: str) -> bool:
    """Whether it may send mail to somebody else, by itself or by a script it includes (RFC 6609)."""
    return any(kind == "word" and text.lower() in _SENDS_ON for _, kind, text in _tokens(content))


def commented(content: str) -> str:
    """The same, doing nothing: its writer finds it again, and whoever did not write it reads it."""
    return "".join(f"# {line}\n" for line in content.splitlines())


def _may_go(rest: list[tuple[int, str, str]], owner: Owner, *, forwards_outside: bool) -> bool:
    """The address of a redirection: the string after its tags, alone."""
    for _, kind, text in rest:
        if kind == "word" and text.startswith(":"):
            continue
        if kind != "string" or not text.startswith('"') or "\\" in text or "$" in text:
            return False
        try:
            to = parse_address(text[1:-1])
        except Refusal:
            return False
        return forwards_outside or to.domain in owner.internal_domains
    return False


def _tokens(content: str) -> Iterator[tuple[int, str, str]]:
    for match in _TOKEN.finditer(content):
        if match.lastgroup != "skip":
            line = content.count("\n", 0, match.start()) + 1
            yield line, str(match.lastgroup), match.group()
