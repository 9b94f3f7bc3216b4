"""One message, read."""

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from vaguemestre.foundation.kernel import charsets
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.ports import RunLimited, TooComplex
from vaguemestre.mailbox.webmail.rules.cards.card_places import cards
from vaguemestre.mailbox.webmail.rules.rendering import enclosed, highlight, kinds, parts, plain, uuencode
from vaguemestre.mailbox.webmail.rules.rendering.sanitize import LONGEST, VERSION
from vaguemestre.mailbox.webmail.rules.rendering.styles import Remote
from vaguemestre.mailbox.webmail.services.enclosed import Enclosed
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.mailbox.webmail.services.limited import clean_html
from vaguemestre.mailbox.webmail.services.text_files import find_file, read_text
from vaguemestre.mailbox.webmail.values import Body, Enclosure, Reading
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import TEXT, MessageRef, OpenedMessage, Part

_HEAVIEST_PICTURE = 3_000_000
_HEAVIEST_PICTURES = 8_000_000
_HEAVIEST_READ_AGAIN = 5_000_000
_SNIFFED = 1024

type _Key = tuple[str, MessageRef, bool, int]
_bodies: Kept[_Key, Body] = Kept(512, 24_000_000, lambda body: len(body.html) + len(body.css))


def read_message(
    mailbox: Reads,
    owner: str,
    ref: MessageRef,
    run: RunLimited,
    *,
    as_plain: bool = False,
    proxied: Remote | None = None,
    words: Sequence[str] = (),
) -> Reading:
    """The message, its text clean, nothing remote in it unless `proxied` says from where it is shown.

    Its unread mark is left alone; `words` are marked in it. `owner` is the mailbox's name.
    Raises MessageGone.
    """
    opened = mailbox.open(ref)  # asked even when the text is kept: it proves that the message is still there
    chosen = parts.chosen(opened.root, plain=as_plain)
    key = (owner, ref, as_plain, VERSION)
    is_kept = not proxied and not words
    body = _bodies.get(key) if is_kept else None
    if body is None:
        body = _body(_Source(mailbox, ref, run, proxied, words), chosen)
        if not body.html and opened.size < _HEAVIEST_READ_AGAIN:
            body = _read_again(_Source(mailbox, ref, run, proxied, words), opened) or body
        if is_kept and not body.is_for_now:
            _bodies.put(key, body)
    html_shown = any(part.kind == "text/html" for part in chosen.bodies)
    return Reading(
        opened=opened,
        body=body,
        enclosures=(*_enclosures(chosen, body.used), *body.files),
        has_plain=html_shown and any(part.kind == "text/plain" for part in chosen.other),
        cards=cards(opened.root),
        is_too_much=chosen.is_too_much or body.is_cut,
    )


def opened_part(mailbox: Reads, ref: MessageRef, number: str) -> tuple[OpenedMessage, Part | None]:
    """The message, and what is known of one of its files. Raises MessageGone."""
    opened = mailbox.open(ref)
    return opened, find_file(mailbox, opened, number)


def _read_again(source: "_Source", opened: OpenedMessage) -> Body | None:
    """The text of a message that no mail server can cut: of lines that end in CR alone, of a boundary written
    wrong, or a piece of another message (message/partial, RFC 2046 §5.2.2)."""
    raw = source.mailbox.raw(source.ref)
    plain_lines = raw.replace(b"\r\n", b"\n")
    is_empty = parts.is_empty(opened.root)
    if b"\r" in plain_lines or is_empty:
        plain_lines = plain_lines.replace(b"\r", b"\n")
        whole = Enclosed(plain_lines, source.ref)
        body = _body(replace(source, mailbox=whole), parts.chosen(whole.open(source.ref).root))
        if body.html or not is_empty:
            return body
    if opened.root.kind == "message/partial" or is_empty:
        return _of_text(charsets.text(enclosed.after_header(plain_lines)[:LONGEST]), "", source.words)
    return None


class _Pictures:
    """Pictures of the message itself, as `data:` addresses: the frame has no cookie to ask for them with."""

    def __init__(self, mailbox: Reads, ref: MessageRef, inside: tuple[Part, ...]) -> None:
        self._mailbox, self._ref = mailbox, ref
        self._parts = {parts.bare_id(part.content_id).lower(): part for part in inside if part.content_id}
        self._made: dict[str, str | None] = {}
        self._left = _HEAVIEST_PICTURES

    @property
    def names(self) -> Collection[str]:
        return self._parts.keys()

    def __call__(self, content_id: str) -> str | None:
        name = parts.bare_id(content_id).lower()
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> str | None:
        part = self._parts.get(name)
        limit = min(_HEAVIEST_PICTURE, self._left)
        if part is None or part.size > limit * 1.4:
            return None
        content = self._mailbox.part(self._ref, part.number, limit + 1)
        kind = kinds.picture_kind(content)
        if not kind or len(content) > limit:
            return None
        self._left -= len(content)
        return f"data:{kind};base64,{b64encode(content).decode('ascii')}"


@dataclass(frozen=True)
class _Source:
    """A message, and how its text is to be drawn."""

    mailbox: Reads
    ref: MessageRef
    run: RunLimited
    proxied: Remote | None
    words: Sequence[str]


def _body(source: _Source, chosen: parts.Chosen) -> Body:
    pictures = _Pictures(source.mailbox, source.ref, chosen.inside + chosen.beside)
    plain_one = next((part for part in chosen.other if part.kind == "text/plain"), None)
    shown = [_part(source, part, pictures) for part in chosen.bodies]
    if plain_one is not None and len(shown) == 1 and shown[0].is_too_complex:
        instead = _part(source, plain_one, pictures)
        if instead.html:
            shown = [replace(instead, is_too_complex=True, is_for_now=shown[0].is_for_now)]
    html = [body.html for body in shown if body.html.strip()]
    return Body(
        css="\n".join(body.css for body in shown if body.css),
        html=html[0] if len(html) == 1 else "".join(f'<div class="vm-part">{text}</div>' for text in html),
        remote=sum(body.remote for body in shown),
        used=frozenset().union(*(body.used for body in shown)),
        is_cut=any(body.is_cut for body in shown),
        unknown_charset=next((body.unknown_charset for body in shown if body.unknown_charset), ""),
        is_too_complex=any(body.is_too_complex for body in shown),
        is_for_now=any(body.is_for_now for body in shown),
        files=tuple(file for body in shown for file in body.files),
    )


def _part(source: _Source, part: Part, pictures: _Pictures) -> Body:
    words = source.words
    if part.kind == "text/plain" and part.number != TEXT:
        return _plain_part(source, part)
    if part.number == TEXT:
        content = enclosed.after_header(source.mailbox.raw(source.ref))[: LONGEST + 1]
    else:
        content = source.mailbox.part(source.ref, part.number, LONGEST + 1)
    label = part.charset
    text = charsets.text(content, label)
    unknown = "" if charsets.is_known(label) else label
    if part.kind != "text/html":
        return replace(_of_text(text, part.flow, words), unknown_charset=unknown)
    try:
        read = clean_html(source.run, text, pictures, pictures.names, source.proxied, words)
    except (TooComplex, EngineDown) as problem:
        body = _of_text(plain.text_of_html(text), "", words)
        is_for_now = isinstance(problem, EngineDown)
        return replace(body, unknown_charset=unknown, is_too_complex=True, is_for_now=is_for_now)
    body = Body(
        read.css, read.html, read.remote, frozenset(parts.bare_id(i).lower() for i in read.used), read.is_cut
    )
    return replace(body, unknown_charset=unknown)


def _plain_part(source: _Source, part: Part) -> Body:
    text, files = uuencode.split_text(read_text(source.mailbox, source.ref, part))
    return replace(
        _of_text(text, part.flow, source.words),
        unknown_charset="" if charsets.is_known(part.charset) else part.charset,
        files=tuple(_text_enclosures(part.number, files)),
    )


def _text_enclosures(part_number: str, files: Sequence[uuencode.TextFile]) -> Iterator[Enclosure]:
    for place, file in enumerate(files, 1):
        viewer = kinds.viewer_of(uuencode.KIND, file.name)
        yield Enclosure(
            number=uuencode.file_number(part_number, place),
            kind=uuencode.KIND,
            name=file.name,
            size=file.size,
            viewer=kinds.Viewer.NONE if viewer is kinds.Viewer.MESSAGE else viewer,
            is_in_text=True,
        )


def _of_text(text: str, flow: str, words: Sequence[str]) -> Body:
    said = plain.html_of(text, flow)
    return Body("", highlight.marked(said, words) or said, is_cut=plain.is_cut(text))


def _enclosures(chosen: parts.Chosen, used: frozenset[str]) -> Iterator[Enclosure]:
    """Files beside the text, and pictures meant for the text that it does not show."""
    for part in (*chosen.beside, *chosen.inside):
        if part.content_id and parts.bare_id(part.content_id).lower() in used:
            continue
        name = kinds.file_name(part.name, part.kind, part.number)
        yield Enclosure(
            number=part.number,
            kind=part.kind,
            name=name,
            size=part.size * 3 // 4 if part.encoding == "base64" else part.size,
            viewer=kinds.viewer_of(part.kind, name),
        )
