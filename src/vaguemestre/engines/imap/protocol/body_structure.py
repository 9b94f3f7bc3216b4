"""BODYSTRUCTURE (RFC 9051 §7.5.2) → tree of parts, first attachment, invitation. Pure and total."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.engines.imap.protocol.headers import ParameterPiece
from vaguemestre.engines.imap.protocol.response_tree import Node, list_of, number_of, text_of
from vaguemestre.mailbox.webmail.rules.rendering.plain import flow_of
from vaguemestre.post.mailstore.values import Part

_MAX_DEPTH = 100
_ESCAPED_NAME = re.compile(
    r"(?:[A-Za-z0-9-]{1,40}'[A-Za-z-]{0,20}')?(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._-])+", re.ASCII
)


class _Disposition(NamedTuple):
    kind: str
    parameters: dict[str, str]


def structure(node: Node) -> Part:
    """The tree of parts, numbered as IMAP does."""
    nodes = list_of(node)
    if nodes and isinstance(nodes[0], list):
        return _part(nodes, "", "", 0)
    return _part(nodes, "1", "1", 0)


def first_attachment(node: Node, depth: int = 0, *, is_related: bool = False) -> tuple[str, str] | None:
    """Kind and name of the first part that a person would call an attachment."""
    if not isinstance(node, list) or not node or depth > _MAX_DEPTH:
        return None
    if isinstance(node[0], list):
        subtype = next((n for n in node if isinstance(n, str)), "")
        related = is_related or subtype.lower() == "related"
        parts = (n for n in node if isinstance(n, list) and n and n[0])
        attachments = (first_attachment(n, depth + 1, is_related=related) for n in parts)
        return next(filter(None, attachments), None)
    if len(node) < 7:
        return None
    main, sub = text_of(node[0]).lower(), text_of(node[1]).lower()
    after = 8 + (1 if main == "text" else 3 if main == "message" and len(node) > 11 else 0)
    disposition = node[after] if len(node) > after else None
    how = text_of(disposition[0]).lower() if isinstance(disposition, list) and disposition else ""
    if how != "attachment" and (
        main == "text"
        or is_related
        or sub.endswith("signature")
        or (how == "inline" and main == "image" and node[3])
    ):
        return None
    name = _disposition(disposition).parameters.get("filename") or _parameters(node[2]).get("name", "")
    return headers.clean(f"{main}/{sub}")[:100], name[-100:]


def is_invitation(node: Node, depth: int = 0) -> bool:
    """Whether a calendar that asks for an answer stands among the texts: no file, yet a row shows it."""
    if not isinstance(node, list) or not node or depth > _MAX_DEPTH:
        return False
    if isinstance(node[0], list):
        return any(is_invitation(part, depth + 1) for part in _leading_lists(node))
    if len(node) < 7 or text_of(node[0]).lower() != "text" or text_of(node[1]).lower() != "calendar":
        return False
    return _parameters(node[2]).get("method", "").strip().upper() == "REQUEST"


def _leading_lists(nodes: list[Node]) -> Iterator[list[Node]]:
    for node in takewhile(lambda node: isinstance(node, list), nodes):
        if isinstance(node, list):
            yield node


def _part(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    if nodes and isinstance(nodes[0], list):
        return _multipart(nodes, at, prefix, depth)
    nodes = nodes + [None] * (12 - len(nodes))
    kind = f"{text_of(nodes[0]).lower() or 'text'}/{text_of(nodes[1]).lower() or 'plain'}"
    parameters = _parameters(nodes[2])
    after = 7 + (1 if kind.startswith("text/") else 3 if kind == "message/rfc822" else 0)
    disposition = _disposition(nodes[after + 1] if after + 1 < len(nodes) else None)
    children: tuple[Part, ...] = ()
    if kind == "message/rfc822" and isinstance(nodes[8], list) and depth < _MAX_DEPTH:
        inner = nodes[8]
        if inner and isinstance(inner[0], list):
            children = _multipart(inner, at, at, depth + 1).children
        else:
            children = (_part(inner, f"{at}.1", f"{at}.1", depth + 1),)
    return Part(
        number=at,
        kind=headers.clean(kind),
        charset=headers.clean(parameters.get("charset", "")).lower(),
        encoding=headers.clean(text_of(nodes[5])).lower(),
        size=number_of(nodes[6]),
        name=_file_name(disposition.parameters.get("filename") or parameters.get("name", "")),
        content_id=headers.clean(text_of(nodes[3])).strip(),
        disposition=disposition.kind,
        children=children,
        flow=flow_of(parameters.get("format", ""), parameters.get("delsp", "")),
    )


def _multipart(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    bodies = list(_leading_lists(nodes))
    subtype = text_of(nodes[len(bodies)] if len(bodies) < len(nodes) else None).lower() or "mixed"
    stem = f"{prefix}." if prefix else ""
    children = (
        tuple(_part(node, f"{stem}{n}", f"{stem}{n}", depth + 1) for n, node in enumerate(bodies, 1))
        if depth < _MAX_DEPTH
        else ()
    )
    return Part(number=at, kind=headers.clean(f"multipart/{subtype}"), children=children)


def _disposition(node: Node) -> _Disposition:
    if not isinstance(node, list) or not node:
        return _Disposition("", {})
    kind = headers.clean(text_of(node[0])).lower()
    return _Disposition(kind, _parameters(node[1] if len(node) > 1 else None))


def _file_name(name: str) -> str:
    """Undo RFC 2231 escapes that the server handed on as a plain name."""
    if name.count("%") < 2 or not _ESCAPED_NAME.fullmatch(name):
        return name
    return headers.unfolded_parameter([ParameterPiece(0, is_extended=True, value=name)])


def _parameters(node: Node) -> dict[str, str]:
    """Parameters by lower-case name, RFC 2231 continuations joined and charsets undone."""
    if not isinstance(node, list):
        return {}
    raw = {text_of(k).lower(): text_of(v) for k, v in zip(node[0::2], node[1::2], strict=False)}
    plain = {name: headers.decoded(value) for name, value in raw.items() if "*" not in name}
    if len(plain) == len(raw):
        return plain
    pieces: dict[str, list[ParameterPiece]] = {}
    for name, value in raw.items():
        if "*" in name:
            stem, _, rest = name.partition("*")
            order, is_extended = rest.rstrip("*"), rest.endswith("*") or not rest
            place = int(order) if order.isdigit() and len(order) < 5 else 0
            pieces.setdefault(stem, []).append(ParameterPiece(place, is_extended, value))
    for stem, continuations in pieces.items():
        plain[stem] = headers.unfolded_parameter(sorted(continuations))
    return plain
