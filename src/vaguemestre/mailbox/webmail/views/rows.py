"""The rows of a list as HTML: the one fragment that no template writes.

Fifty of them are nearly all that a list costs, and a template takes seven times as long (bench/README.md).
What comes from a message passes through `escape`, here as there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from urllib.parse import quote

from markupsafe import escape

from vaguemestre.foundation.ui import pictures
from vaguemestre.mailbox.webmail.rules.listing.labels import Label
from vaguemestre.mailbox.webmail.rules.listing.rows import Line, line_of
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.post.mailstore.values import MessageRef, Order, Page, Row, Use

type _Piece = tuple[str, bytes]
"""Heading and row, as it travels."""

# How each page was written last.
_last: Kept[tuple[str, str, int, str], tuple[tuple[Row, ...], tuple[_Piece, ...]]] = Kept(400)


def rows_html(
    page: Page,
    owner: str,
    *,
    here: str,
    today: date,
    uses: Mapping[str, Use],
    own_domains: frozenset[str],
    order: Order = Order.DATE,
    known: tuple[Label, ...] = (),
    names_of: Callable[[Collection[str]], Mapping[str, str]] = lambda addresses: {},
) -> bytes:
    """The rows of a page under their headings, in UTF-8. `here`: the mail reader's address, ending in `/`.

    `names_of`: what the directory calls addresses of ours, asked once for the rows not written yet.
    """

    reading = "\0".join((owner, here, today.isoformat(), order.value, str(hash(known))))
    use = uses.get(page.folder)
    place = reading, page.folder, page.offset, use.value if use else ""
    before = _last.get(place) or ((), ())
    # a row whose marks are the same is mostly the same object, else it tells the same of the same message
    by_object = dict(zip(map(id, before[0]), before[1], strict=True))
    by_content = (
        {}
        if all(id(row) in by_object for row in page.rows)
        else dict(zip(map(_content, before[0]), before[1], strict=True))
    )

    fresh = [row for row in page.rows if id(row) not in by_object and _content(row) not in by_content]
    names = names_of([row.summary.sender.address for row in fresh]) if fresh else {}

    def piece_of(row: Row) -> _Piece:
        line = line_of(row, today, uses, own_domains, order, known, names)
        return line.heading, row_html(line, here).encode()

    pieces = tuple(
        by_object.get(id(row)) or (by_content and by_content.get(_content(row))) or piece_of(row)
        for row in page.rows
    )
    _last.put(place, (page.rows, pieces))
    return b"".join(_under_headings(pieces))


def _content(row: Row) -> tuple[MessageRef, frozenset[str], tuple[MessageRef, ...]]:
    """All of a row that may change, the messages being what they are."""
    return row.ref, row.flags, row.others


def _under_headings(pieces: Iterable[_Piece]) -> Iterator[bytes]:
    before = ""
    for heading, html in pieces:
        if heading != before:
            before = heading
            said = escape(heading)
            yield f'<li class="day" data-heading="{said}"><h3>{said}</h3></li>\n'.encode()
        yield html


def row_html(line: Line, here: str) -> str:
    """One row."""
    subject = escape(line.subject)
    in_data, in_folder, in_address = _place(here, line.folder, line.step, line.uid_validity)
    classes = (
        f"row{' unread' if line.is_unread else ''}{' flagged' if line.is_flagged else ''}"
        f"{' muted' if line.is_muted else ''}"
    )
    others = f' data-others="{escape(" ".join(line.others))}"' if line.others else ""
    marks = " ".join(one.keyword for one in line.labels)
    labelled = f' data-labels="{escape(marks)}"' if marks else ""
    return (
        f'<li class="{classes}" {in_data}{line.uid}" {in_folder} data-uid="{line.uid}"{others}'
        f'{" data-draft" if line.is_draft else ""}{labelled} draggable="true">\n'
        f'<label class="pick"><input type="checkbox" aria-label="Sélectionner : {subject}">'
        f"{pictures.avatar(line.face)}</label>\n"
        f'<a class="open" {in_address}{line.uid}/">\n'
        f'<span class="names clip">{_UNREAD if line.is_unread else ""}{escape(line.people)}'
        f"{_count(line)}</span>\n"
        f'<time class="moment" datetime="{line.moment}">{line.time}</time>\n'
        f'<span class="subject-line"><span class="clip">{subject}</span>{_marks(line)}</span>\n'
        f'<span class="snippet clip">{escape(line.preview)}</span>\n'
        "</a>\n</li>\n"
    )


@lru_cache(maxsize=2048)
def _place(here: str, folder: str, step: str, uid_validity: int) -> tuple[str, str, str]:
    """What the rows of a folder have in common: beginning of the reference, folder, beginning of the link."""
    return (
        f'data-ref="{escape(step)}/{uid_validity}/',
        f'data-folder="{escape(folder)}" data-uid-validity="{uid_validity}"',
        f'href="{here}{quote(step)}/{uid_validity}/',
    )


def _count(line: Line) -> str:
    if not line.others:
        return ""
    count = len(line.others) + 1
    return f' <span class="of" aria-hidden="true">{count}</span><span class="vh">, {count} courriels</span>'


_UNREAD = '<span class="vh">Non lu. </span>'
_LABEL = '<span class="chip lab-{}"><span class="vh">, étiquette </span>{}</span>'
_UNANSWERED = '<span class="chip warn">Sans réponse</span>'
_EXTERNAL = '<span class="chip ext">Externe</span>'


def _marks(line: Line) -> str:
    return "".join((
        _mark(line.attached_icon, "invitation" if line.is_invitation else "pièce jointe")
        if line.attached_icon
        else "",
        _mark("arrow-back-up", "répondu") if line.is_answered else "",
        _mark("arrow-forward-up", "transféré") if line.is_forwarded else "",
        _mark("star", "suivi") if line.is_flagged else "",
        _mark("alarm", "rappel") if line.is_reminded else "",
        _UNANSWERED if line.is_unanswered else "",
        _mark("bell-off", "conversation en sourdine") if line.is_muted else "",
        *(_LABEL.format(one.colour, escape(one.name)) for one in line.labels),
        f'<span class="weight">{line.weight}</span>' if line.weight else "",
        _EXTERNAL if line.is_external else "",
    ))  # fmt: skip


@lru_cache(maxsize=32)
def _mark(name: str, said: str) -> str:
    shown = pictures.icon(name, "s")
    if name == "star":
        shown = f'<span class="star">{shown}</span>'  # type: ignore[assignment]
    return f'{shown}<span class="vh">, {said}</span>'
