"""Rows of a message list as HTML, without a template, which would take seven times as long (bench/README.md).

Fifty rows are nearly all the cost of a list. Whatever comes from a message goes through `escape`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import escape

from vaguemestre.foundation.ui.files import pictures
from vaguemestre.mailbox.webmail.rules.listing.labels import Label
from vaguemestre.mailbox.webmail.rules.listing.merged import OWN_BOX, BoxRow, box_ref
from vaguemestre.mailbox.webmail.rules.listing.rows import Line, LineContext, line_of
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.post.mailstore.values import MessageRef, Order, Page, Row, Use

type _RowHtml = tuple[str, bytes]
"""Heading, and HTML of the row in UTF-8."""


class _RenderedPage(NamedTuple):
    """Rows of a page as last rendered."""

    rows: tuple[Row, ...] = ()
    html: tuple[_RowHtml, ...] = ()


_rendered_pages: WeightedLru[tuple[str, str, int, str], _RenderedPage] = WeightedLru(400)


def rows_html(
    page: Page,
    owner: str,
    *,
    here: str,
    today: date,
    uses: Mapping[str, Use],
    own_domains: frozenset[str],
    order: Order = Order.DATE,
    labels: tuple[Label, ...] = (),
    names_of: Callable[[Collection[str]], Mapping[str, str]] = lambda addresses: {},
) -> bytes:
    """Rows of a page under their headings, in UTF-8. `here`: URL of the webmail, ending in `/`.

    `names_of`: looks up directory names, once for all rows that are not in the cache.
    """
    variant = "\0".join((owner, here, today.isoformat(), order.value, str(hash(labels))))
    use = uses.get(page.folder)
    key = variant, page.folder, page.offset, use.value if use else ""
    previous = _rendered_pages.get(key) or _NO_PAGE
    # a row with the same flags is usually the same object, else an equal one
    by_object = dict(zip(map(id, previous.rows), previous.html, strict=True))
    is_known = all(id(row) in by_object for row in page.rows)
    by_content = {} if is_known else dict(zip(map(_content, previous.rows), previous.html, strict=True))
    missing = [row for row in page.rows if id(row) not in by_object and _content(row) not in by_content]
    names = names_of([row.summary.sender.address for row in missing]) if missing else {}
    context = LineContext(today, uses, own_domains, order, labels, names, use)

    def render(row: Row) -> _RowHtml:
        line = line_of(row, context)
        return line.heading, row_html(line, here).encode()

    rendered = tuple(
        by_object.get(id(row)) or (by_content and by_content.get(_content(row))) or render(row)
        for row in page.rows
    )
    _rendered_pages.put(key, _RenderedPage(page.rows, rendered))
    return b"".join(_under_headings(rendered))


_NO_PAGE = _RenderedPage()


def _content(row: Row) -> tuple[MessageRef, frozenset[str], tuple[MessageRef, ...]]:
    """What may change in a row; the messages themselves never do."""
    return row.ref, row.flags, row.others


def _under_headings(rows: Iterable[_RowHtml]) -> Iterator[bytes]:
    previous = ""
    for heading, html in rows:
        if heading != previous:
            previous = heading
            escaped = escape(heading)
            yield f'<li class="day" data-heading="{escaped}"><h3>{escaped}</h3></li>\n'.encode()
        yield html


class MergedRows(NamedTuple):
    """Rows of the list over all mailboxes, as HTML, and the mailboxes that did not answer."""

    html: bytes
    silent: tuple[str, ...]


class BoxTag(NamedTuple):
    """A mailbox of a merged list. `url`: its webmail, ending in `/`."""

    box_id: int
    title: str
    url: str


def merged_rows_html(
    rows: Iterable[BoxRow], contexts: Mapping[int, LineContext], tags: Mapping[int, BoxTag]
) -> bytes:
    """Rows of several mailboxes under their headings, in UTF-8. `contexts`, `tags`: by box."""

    def render(box_row: BoxRow) -> _RowHtml:
        line, tag = line_of(box_row.row, contexts[box_row.box_id]), tags[box_row.box_id]
        return line.heading, row_html(line, tag.url, tag).encode()

    return b"".join(_under_headings(map(render, rows)))


def row_html(line: Line, here: str, tag: BoxTag | None = None) -> str:
    """HTML of one row. `tag`: of its mailbox, in a list over several."""
    subject = escape(line.subject)
    box_id = tag.box_id if tag else OWN_BOX
    in_data, in_folder, in_address = _row_prefixes(here, line.folder, line.step, line.uid_validity, box_id)
    classes = (
        f"row{' unread' if line.is_unread else ''}{' flagged' if line.is_flagged else ''}"
        f"{' muted' if line.is_muted else ''}"
    )
    others = f' data-others="{escape(" ".join(line.others))}"' if line.others else ""
    keywords = " ".join(label.keyword for label in line.labels)
    labels = f' data-labels="{escape(keywords)}"' if keywords else ""
    return (
        f'<li class="{classes}" {in_data}{line.uid}" {in_folder} data-uid="{line.uid}"{others}'
        f'{" data-draft" if line.is_draft else ""}{labels} draggable="true">\n'
        f'<label class="pick"><input type="checkbox" aria-label="Sélectionner : {subject}">'
        f"{pictures.avatar(line.face)}</label>\n"
        f'<a class="open" {in_address}{line.uid}/">\n'
        f'<span class="names"><span class="clip">{_UNREAD if line.is_unread else ""}'
        f"{_DRAFT if line.tells_draft else ''}{escape(line.people)}</span>"
        f"{_count(line)}{_external() if line.is_external else ''}{_box(tag)}</span>\n"
        f'<span class="when">{_marks(line)}<time class="moment" datetime="{line.moment}">'
        f"{line.time}</time></span>\n"
        f'<span class="topic"><span class="subject-line"><span class="clip">{subject}</span></span>\n'
        f'<span class="snippet"><span class="clip">{escape(line.preview)}</span>'
        f"{_labels(line)}</span></span>\n"
        f"</a>\n{_star(line.is_flagged)}</li>\n"
    )


class _RowPrefixes(NamedTuple):
    """HTML attributes: start of the reference, the folder, start of the link."""

    ref: str
    folder: str
    link: str


@lru_cache(maxsize=2048)
def _row_prefixes(here: str, folder: str, step: str, uid_validity: int, box_id: int) -> _RowPrefixes:
    """Parts that the rows of a folder have in common."""
    return _RowPrefixes(
        f'data-ref="{escape(box_ref(box_id, step))}/{uid_validity}/',
        f'data-folder="{escape(folder)}" data-uid-validity="{uid_validity}"'
        + (f' data-of-box="{box_id}"' if box_id != OWN_BOX else ""),
        f'href="{here}{quote(step)}/{uid_validity}/',
    )


def _box(tag: BoxTag | None) -> str:
    """The name of a mailbox of several people; that of one's own would stand on most rows."""
    if tag is None:
        return ""
    title = escape(tag.title)
    if tag.box_id == OWN_BOX:
        return f'<span class="vh">, boîte {title}</span>'
    return f'<span class="of-box"><span class="vh">, boîte </span>{title}</span>'


def _count(line: Line) -> str:
    if not line.others:
        return ""
    count = len(line.others) + 1
    return f' <span class="of" aria-hidden="true">{count}</span><span class="vh">, {count} courriels</span>'


_UNREAD = '<span class="vh">Non lu. </span>'
_DRAFT = '<span class="chip danger">Brouillon</span> '
_LABEL = '<span class="label lab-{}"><span class="vh">, étiquette </span>{}</span>'
_UNANSWERED = '<span class="chip warn">Sans réponse</span>'
_SCHEDULED = '<span class="chip">Programmé</span>'
_OUTSIDE = "Hors de l’académie"


@cache
def _external() -> str:
    return (
        f'<span class="outside" title="{_OUTSIDE}">{pictures.icon("world", "s")}'
        f'<span class="vh">, {_OUTSIDE}</span></span>'
    )


@cache
def _star(is_flagged: bool) -> str:
    return (
        '<button class="star" type="button" data-star tabindex="-1" aria-label="Étoile" '
        f'aria-pressed="{"true" if is_flagged else "false"}">{pictures.icon("star", "s")}</button>'
    )


def _marks(line: Line) -> str:
    return "".join((
        _mark(line.attached_icon, "invitation" if line.is_invitation else "pièce jointe")
        if line.attached_icon
        else "",
        _mark("arrow-back-up", "répondu") if line.is_answered else "",
        _mark("arrow-forward-up", "transféré") if line.is_forwarded else "",
        '<span class="vh">, étoile</span>' if line.is_flagged else "",
        _mark("alarm", "rappel") if line.is_reminded else "",
        _UNANSWERED if line.is_unanswered else "",
        _SCHEDULED if line.is_scheduled else "",
        _mark("bell-off", "conversation en sourdine") if line.is_muted else "",
        f'<span class="weight">{line.weight}</span>' if line.weight else "",
    ))  # fmt: skip


def _labels(line: Line) -> str:
    return "".join(_LABEL.format(label.colour, escape(label.name)) for label in line.labels)


@lru_cache(maxsize=32)
def _mark(name: str, words: str) -> str:
    return f'{pictures.icon(name, "s")}<span class="vh">, {words}</span>'
