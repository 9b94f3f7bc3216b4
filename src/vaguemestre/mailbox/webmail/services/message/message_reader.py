"""Rendering of one message: its text sanitized, its attachments, its cards."""

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.webmail.ports import RunLimited, TooComplex
from vaguemestre.mailbox.webmail.rules.cards.card_places import card_places
from vaguemestre.mailbox.webmail.rules.rendering import enclosed, kinds, parts, plain, uuencode
from vaguemestre.mailbox.webmail.rules.rendering.html import highlight
from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import MAX_CHARACTERS, VERSION
from vaguemestre.mailbox.webmail.rules.rendering.html.styles import Remote
from vaguemestre.mailbox.webmail.services.isolation.isolated_parsers import clean_html
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.mailbox.webmail.services.message.enclosed import EnclosedMessage
from vaguemestre.mailbox.webmail.services.message.text_files import find_file, read_text
from vaguemestre.mailbox.webmail.values import Attachment, Body, RenderedMessage
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import TEXT, MessageRef, OpenedMessage, Part

_MAX_PICTURE_BYTES = 3_000_000
_MAX_PICTURES_CHARACTERS = 11_000_000  # of a message: base64 of 8 MB, each picture as often as it is shown
# Parts of a report (RFC 3464, RFC 8098, RFC 6522) that its card tells, or that are headers only.
_FOR_SERVERS = frozenset(
    ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
)
_MAX_REPARSED_BYTES = 5_000_000
_MAX_STOPGAP_CHARACTERS = 50_000  # of HTML read as text here, until the reader apart has a turn

type _Key = tuple[str, MessageRef, bool, int]
_bodies: WeightedLru[_Key, Body] = WeightedLru(512, 24_000_000, lambda body: len(body.html) + len(body.css))


def read_message(
    mailbox: Reads,
    owner: str,
    ref: MessageRef,
    run: RunLimited,
    *,
    as_plain: bool = False,
    proxied: Remote | None = None,
    words: Sequence[str] = (),
) -> RenderedMessage:
    """Render a message, without remote pictures unless `proxied` gives an address for them.

    `words` are highlighted. `owner`: the mailbox's name, key of the cache. The message stays unread. Raises
    MessageGone.
    """
    opened = mailbox.open(ref)  # even when the text is cached: the message may be gone
    chosen = parts.choose_parts(opened.root, plain=as_plain)
    key = (owner, ref, as_plain, VERSION)
    is_cacheable = not proxied and not words
    body = _bodies.get(key) if is_cacheable else None
    if body is None:
        body = _body(_Source(mailbox, ref, run, proxied, words), chosen)
        if not body.html and opened.size < _MAX_REPARSED_BYTES:
            body = _reparse(_Source(mailbox, ref, run, proxied, words), opened) or body
        if is_cacheable and not body.is_for_now:
            _bodies.put(key, body)
    html_shown = any(part.kind == "text/html" for part in chosen.bodies)
    return RenderedMessage(
        opened=opened,
        body=body,
        attachments=(*_attachments(chosen, body.used), *body.files),
        has_plain=html_shown and any(part.kind == "text/plain" for part in chosen.other),
        cards=card_places(opened.root),
        is_too_much=chosen.is_too_much or body.is_cut,
    )


def open_part(mailbox: Reads, ref: MessageRef, number: str) -> tuple[OpenedMessage, Part | None]:
    """Open a message and one of its parts. Raises MessageGone."""
    opened = mailbox.open(ref)
    return opened, find_file(mailbox, opened, number)


def _reparse(source: "_Source", opened: OpenedMessage) -> Body | None:
    """Text of a message the mail store cannot split into parts.

    Its lines end in CR alone, its boundary is wrong, or it is a fragment (message/partial, RFC 2046 §5.2.2).
    """
    raw = source.mailbox.raw(source.ref)
    plain_lines = raw.replace(b"\r\n", b"\n")
    is_empty = parts.is_empty(opened.root)
    if b"\r" in plain_lines or is_empty:
        plain_lines = plain_lines.replace(b"\r", b"\n")
        whole = EnclosedMessage(plain_lines, source.ref)
        body = _body(replace(source, mailbox=whole), parts.choose_parts(whole.open(source.ref).root))
        if body.html or not is_empty:
            return body
    if opened.root.kind == "message/partial" or is_empty:
        return _text_body(
            charsets.text(enclosed.after_header(plain_lines)[:MAX_CHARACTERS]), "", source.words
        )
    return None


class _InlinePictures:
    """Inline pictures as `data:` URLs, because the frame has no cookie to request them with."""

    def __init__(self, mailbox: Reads, ref: MessageRef, inside: tuple[Part, ...]) -> None:
        self._mailbox, self._ref = mailbox, ref
        self._parts = {parts.bare_id(part.content_id).lower(): part for part in inside if part.content_id}
        self._addresses: dict[str, str | None] = {}
        self._budget = _MAX_PICTURES_CHARACTERS

    @property
    def names(self) -> Collection[str]:
        return self._parts.keys()

    def __call__(self, content_id: str) -> str | None:
        name = parts.bare_id(content_id).lower()
        if name not in self._addresses:
            self._addresses[name] = self._data_address(name)
        address = self._addresses[name]
        if address is None or len(address) > self._budget:
            return None
        self._budget -= len(address)
        return address

    def _data_address(self, name: str) -> str | None:
        part = self._parts.get(name)
        if part is None or part.size > _MAX_PICTURE_BYTES * 1.4 or part.size > self._budget:
            return None
        content = self._mailbox.part(self._ref, part.number, _MAX_PICTURE_BYTES + 1)
        kind = kinds.picture_kind(content)
        if not kind or len(content) > _MAX_PICTURE_BYTES:
            return None
        return f"data:{kind};base64,{b64encode(content).decode('ascii')}"


@dataclass(frozen=True)
class _Source:
    """A message, and how to render its text."""

    mailbox: Reads
    ref: MessageRef
    run: RunLimited
    proxied: Remote | None
    words: Sequence[str]


def _body(source: _Source, chosen: parts.ChosenParts) -> Body:
    pictures = _InlinePictures(source.mailbox, source.ref, chosen.inside + chosen.beside)
    plain_part = next((part for part in chosen.other if part.kind == "text/plain"), None)
    bodies = [_part_body(source, part, pictures) for part in chosen.bodies]
    if plain_part is not None and len(bodies) == 1 and bodies[0].is_too_complex:
        fallback = _part_body(source, plain_part, pictures)
        if fallback.html:
            bodies = [replace(fallback, is_too_complex=True, is_for_now=bodies[0].is_for_now)]
    html = [body.html for body in bodies if body.html.strip()]
    return Body(
        css="\n".join(body.css for body in bodies if body.css),
        html=html[0] if len(html) == 1 else "".join(f'<div class="vm-part">{text}</div>' for text in html),
        remote=sum(body.remote for body in bodies),
        used=frozenset().union(*(body.used for body in bodies)),
        is_cut=any(body.is_cut for body in bodies),
        unknown_charset=next((body.unknown_charset for body in bodies if body.unknown_charset), ""),
        is_too_complex=any(body.is_too_complex for body in bodies),
        is_for_now=any(body.is_for_now for body in bodies),
        files=tuple(file for body in bodies for file in body.files),
    )


def _part_body(source: _Source, part: Part, pictures: _InlinePictures) -> Body:
    words = source.words
    if part.kind == "text/plain" and part.number != TEXT:
        return _plain_body(source, part)
    if part.number == TEXT:
        content = enclosed.after_header(source.mailbox.raw(source.ref))[: MAX_CHARACTERS + 1]
    else:
        content = source.mailbox.part(source.ref, part.number, MAX_CHARACTERS + 1)
    label = part.charset
    text = charsets.text(content, label)
    unknown = "" if charsets.is_known(label) else label
    if part.kind != "text/html":
        return replace(_text_body(text, part.flow, words), unknown_charset=unknown)
    try:
        clean = clean_html(source.run, text, pictures, pictures.names, source.proxied, words)
    except (TooComplex, EngineDown) as problem:
        is_for_now = isinstance(problem, EngineDown)
        readable = text[:_MAX_STOPGAP_CHARACTERS] if is_for_now else text
        body = _text_body(plain.text_of_html(readable), "", words)
        return replace(
            body,
            unknown_charset=unknown,
            is_too_complex=True,
            is_for_now=is_for_now,
            is_cut=body.is_cut or len(readable) < len(text),
        )
    body = Body(
        clean.css,
        clean.html,
        clean.remote,
        frozenset(parts.bare_id(i).lower() for i in clean.used),
        clean.is_cut,
    )
    return replace(body, unknown_charset=unknown)


def _plain_body(source: _Source, part: Part) -> Body:
    text, files = uuencode.split_text(read_text(source.mailbox, source.ref, part))
    return replace(
        _text_body(text, part.flow, source.words),
        unknown_charset="" if charsets.is_known(part.charset) else part.charset,
        files=tuple(_text_attachments(part.number, files)),
    )


def _text_attachments(part_number: str, files: Sequence[uuencode.TextFile]) -> Iterator[Attachment]:
    for place, file in enumerate(files, 1):
        viewer = kinds.viewer_of(uuencode.KIND, file.name)
        yield Attachment(
            number=uuencode.file_number(part_number, place),
            kind=uuencode.KIND,
            name=file.name,
            size=file.size,
            viewer=kinds.Viewer.NONE if viewer is kinds.Viewer.MESSAGE else viewer,
            is_in_text=True,
        )


def _text_body(text: str, flow: str, words: Sequence[str]) -> Body:
    html = plain.html_of(text, flow)
    return Body("", highlight.highlight_words(html, words) or html, is_cut=plain.is_cut(text))


def _attachments(chosen: parts.ChosenParts, used: frozenset[str]) -> Iterator[Attachment]:
    """Attached files, and inline pictures that the text does not show; not what only servers read."""
    for part in (*chosen.beside, *chosen.inside):
        if part.kind in _FOR_SERVERS and not part.name:
            continue
        if part.content_id and parts.bare_id(part.content_id).lower() in used:
            continue
        name = kinds.file_name(part.name, part.kind, part.number)
        yield Attachment(
            number=part.number,
            kind=part.kind,
            name=name,
            size=part.octets,
            viewer=kinds.viewer_of(part.kind, name),
        )
