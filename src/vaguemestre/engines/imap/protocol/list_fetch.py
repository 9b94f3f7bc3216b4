"""The FETCH lines of a list, read together. Pure and total, like `parse`.

Nearly all have one shape, of strings, numbers, NIL and lists without an atom: they are decoded at once, which
takes two thirds of the time that one by one does. Any other line is read by itself.
"""

import re
from collections.abc import Sequence

from vaguemestre.engines.imap.protocol import parse, response_tree
from vaguemestre.engines.imap.protocol.wire import Line
from vaguemestre.post.mailstore.values import Summary

type Marks = list[tuple[int, frozenset[str]]]
"""UIDs and flags."""

_LITERAL = b'"\0"'
# As Dovecot writes it, which orders what it is asked for in its own way.
_HEAD = re.compile(
    rb'\d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\) INTERNALDATE "([^"]*)" RFC822\.SIZE (\d{1,15})'
    rb' PREVIEW (NIL|"[^"\\]*") ENVELOPE (?=\()'
)
_STRUCTURE = b" BODYSTRUCTURE "
_TEXT_PART = (
    rb'\("text" "(?!calendar")[a-z-]+" (?:NIL|\([^()\\\0]*\)) NIL NIL "[a-z0-9-]+" [0-9]+ [0-9]+'
    rb' NIL (?:NIL|\("inline" NIL\)) NIL NIL\)'
)
# No more than text to read: no use in walking it, and that would be half of what reading the line costs.
_ONLY_TEXT = re.compile(
    rb'(?:%b|\((?:%b)+ "[a-z]+" (?:NIL|\([^()\\\0]*\)) NIL NIL NIL\))\)' % (_TEXT_PART, _TEXT_PART)
)


def read(lines: Sequence[Line]) -> tuple[Marks, dict[int, Summary]]:
    """Marks in the order of the lines, and summaries by UID: of FETCH (UID FLAGS … as `parse.summary`)."""
    heads, nested, others = [], [], []
    for line in lines:
        text = line.text
        head = _HEAD.match(text)
        said = _nested(text, head.end()) if head and _has_no_other_literal(line, head) else ""
        if head and said:
            preview = line.literals[0] if line.literals else head[5].strip(b'"')
            heads.append((head, preview))
            nested.append(said)
        else:
            others.append(line)
    nodes = response_tree.together(nested)
    if nodes is None or any(len(node) != 2 for node in nodes):
        return parse.flags_by_uid(lines), parse.summaries(lines)
    found = parse.summaries(others) if others else {}
    for (head, preview), (envelope, structure) in zip(heads, nodes, strict=True):
        uid = int(head[1])
        found[uid] = parse.summary_of(
            uid, head[3].decode("latin-1"), preview, int(head[4]), envelope, structure
        )
    marks = (
        parse.flags_by_uid(lines)
        if others
        else [(int(head[1]), parse.flag_set(head[2])) for head, _ in heads]
    )
    return marks, found


def _has_no_other_literal(line: Line, head: re.Match[bytes]) -> bool:
    return len(line.literals) == (head[5] == _LITERAL)


def _nested(text: bytes, start: int) -> str:
    """`(envelope structure)`, NIL for a structure of text alone; empty when something is escaped in it."""
    cut = text.rfind(_STRUCTURE)
    if cut < start or text.find(b"\\", start) >= 0:
        return ""
    # where those words stand in a string, an atom is left, and nothing is read together
    place = cut + len(_STRUCTURE)
    envelope = text[start:cut].decode("latin-1")
    return (
        f"({envelope} NIL)"
        if _ONLY_TEXT.fullmatch(text, place)
        else f"({envelope} {text[place:].decode('latin-1')}"
    )
