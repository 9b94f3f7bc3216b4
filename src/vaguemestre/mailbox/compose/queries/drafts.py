"""Reading what is being written."""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure
from vaguemestre.mailbox.compose.values import EnclosureShown, Link, Mode, Writing, Written
from vaguemestre.post.filelinks.queries import deposits_named, link_of
from vaguemestre.post.filelinks.values import Deposited

_PICTURE_PATH = re.compile(r"pieces/(\d{1,18})/")
_TEXT = (
    "to",
    "cc",
    "bcc",
    "subject",
    "html",
    "text",
    "is_plain",
    "importance",
    "wants_receipt",
    "wants_report",
)


def find_writing(account_id: int, key: str) -> Writing | None:
    """The message of that key, if it is the account's own."""
    row = Composition.objects.filter(account_id=account_id, key=key).first()
    return shown_writing(row) if row else None


def shown_writing(row: Composition) -> Writing:
    return Writing(
        key=row.key,
        mode=Mode(row.mode),
        written=Written(identity=row.identity_id or 0, **{name: getattr(row, name) for name in _TEXT}),
        quote=row.quote,
        revision=row.revision,
        attempt=row.attempt + (0 if row.is_sending else 1),
        is_sending=row.is_sending,
        author=row.author,
        list_name=row.list_name,
        enclosures=enclosures_of(row),
        deposits=deposits_of_row(row),
        updated_at=row.updated_at,
    )


def deposits_of_row(row: Composition) -> tuple[Deposited, ...]:
    """The files it carries a link to; those taken back since are no more."""
    return deposits_named(row.account_id, row.deposits.values_list("pk", flat=True))


def links_of(row: Composition) -> tuple[Link, ...]:
    return tuple(
        Link(link_of(one), one.name, one.size, one.until, one.has_password) for one in deposits_of_row(row)
    )


def enclosures_of(row: Composition) -> tuple[EnclosureShown, ...]:
    """Files and pictures, in the order they came."""
    found = []
    for enclosure in row.enclosures.order_by("pk"):
        received = sum(enclosure.slices.values_list("size", flat=True))
        found.append(
            EnclosureShown(
                enclosure.pk,
                enclosure.name,
                enclosure.kind,
                enclosure.size,
                received,
                bool(enclosure.content_id),
            )
        )
    return tuple(found)


def enclosure_content(account_id: int, key: str, enclosure_id: int) -> tuple[EnclosureShown, bytes]:
    """One attachment and its bytes. Raises Refusal `compose.enclosure-gone`."""
    enclosure = Enclosure.objects.filter(
        composition__account_id=account_id, composition__key=key, pk=enclosure_id
    ).first()
    if enclosure is None:
        raise Refusal("compose.enclosure-gone")
    content = content_of(enclosure)
    shown = EnclosureShown(
        enclosure.pk,
        enclosure.name,
        enclosure.kind,
        enclosure.size,
        len(content),
        bool(enclosure.content_id),
    )
    return shown, content


def content_of(enclosure: Enclosure) -> bytes:
    return b"".join(bytes(content) for content in enclosure.slices.values_list("content", flat=True))


def picture_ids(row: Composition) -> dict[str, str]:
    """Address of each picture inside the text, as the composer writes it → its Content-ID."""
    pictures = row.enclosures.exclude(content_id="").values_list("pk", "content_id")
    return {picture_path(pk): content_id for pk, content_id in pictures}


def picture_path(enclosure_id: int) -> str:
    """Relative to the composer's own address."""
    return f"pieces/{enclosure_id}/"


def is_picture_path(source: str) -> bool:
    return _PICTURE_PATH.fullmatch(source) is not None
