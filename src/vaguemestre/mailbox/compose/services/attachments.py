"""Attachments: announced, received slice by slice, taken away."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure, Slice
from vaguemestre.mailbox.compose.services.rows import open_row, open_row_for
from vaguemestre.mailbox.compose.values import EnclosureShown, Writer
from vaguemestre.post.outbox.rules.message import check_size, safe_kind, safe_name

MOST_ENCLOSURES = 100
TEXT_ROOM = 200_000  # octets left for the text itself
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@transaction.atomic(durable=True)
def add_enclosure(
    writer: Writer, key: str, name: str, kind: str, size: int, *, is_picture: bool, limit: int, now: datetime
) -> EnclosureShown:
    """Announce an attachment of `size` octets; its slices follow.

    A picture stands inside the text (raster images only). Raises Refusal `outbox.too-large` when the encoded
    message would pass `limit`, `compose.too-many-enclosures`, `compose.already-sent`.
    """
    row = open_row_for(writer, key, now)
    present = list(row.enclosures.values_list("size", flat=True))
    if len(present) >= MOST_ENCLOSURES:
        raise Refusal("compose.too-many-enclosures", limit=MOST_ENCLOSURES)
    check_size((*present, size, TEXT_ROOM), limit)
    kind = safe_kind(kind)
    content_id = f"{secrets.token_hex(12)}@{writer.domain}" if is_picture and kind in _PICTURES else ""
    enclosure = Enclosure.objects.create(
        composition=row, name=safe_name(name), kind=kind, size=size, content_id=content_id
    )
    return EnclosureShown(enclosure.pk, enclosure.name, kind, size, 0, bool(content_id))


@transaction.atomic(durable=True)
def add_slice(account_id: int, key: str, enclosure_id: int, offset: int, content: bytes) -> int:
    """Keep the octets that begin at `offset`; returns how many of the attachment are there.

    A slice sent again, or out of order, changes nothing: the answer tells where to go on. Raises Refusal
    `compose.enclosure-gone`, or `compose.enclosure-overflow` past the announced size.
    """
    enclosure = _own_enclosure(account_id, key, enclosure_id)
    received = _received(enclosure)
    if offset != received or not content:
        return received
    if received + len(content) > enclosure.size:
        raise Refusal("compose.enclosure-overflow")
    Slice.objects.create(enclosure=enclosure, offset=offset, content=content, size=len(content))
    return received + len(content)


@transaction.atomic(durable=True)
def remove_enclosure(account_id: int, key: str, enclosure_id: int) -> None:
    """Take an attachment away. One that is gone already is fine."""
    open_row(account_id, key).enclosures.filter(pk=enclosure_id).delete()


def keep_whole(row: Composition, name: str, kind: str, content: bytes, *, content_id: str = "") -> Enclosure:
    """An attachment we hold already. Inside the caller's transaction."""
    enclosure = Enclosure.objects.create(
        composition=row, name=safe_name(name), kind=safe_kind(kind), size=len(content), content_id=content_id
    )
    if content:
        Slice.objects.create(enclosure=enclosure, offset=0, content=content, size=len(content))
    return enclosure


def check_complete(row: Composition) -> None:
    """Raises Refusal `compose.enclosure-incomplete` while one is still coming."""
    for enclosure in row.enclosures.annotate(received=Sum("slices__size")):
        if (enclosure.received or 0) != enclosure.size:
            raise Refusal("compose.enclosure-incomplete", field="enclosed", name=enclosure.name)


def _own_enclosure(account_id: int, key: str, enclosure_id: int) -> Enclosure:
    mine = Enclosure.objects.filter(composition__account_id=account_id, composition__key=key)
    enclosure = mine.filter(pk=enclosure_id, composition__is_sending=False).first()
    if enclosure is None:
        raise Refusal("compose.enclosure-gone")
    return enclosure


def _received(enclosure: Enclosure) -> int:
    end = enclosure.slices.aggregate(last=Max("offset"), total=Sum("size"))
    return int(end["total"] or 0)
