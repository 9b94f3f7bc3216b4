"""Upload and remove attachments."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure, Slice
from vaguemestre.mailbox.compose.queries import received_octets
from vaguemestre.mailbox.compose.services.rows import open_row, open_row_for
from vaguemestre.mailbox.compose.values import EnclosureInfo, Writer
from vaguemestre.post.outbox.rules.message import check_size, safe_kind, safe_name

MAX_ENCLOSURES = 100
TEXT_ROOM = 200_000  # octets reserved for the text
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@transaction.atomic(durable=True)
def add_enclosure(
    writer: Writer, key: str, name: str, kind: str, size: int, *, is_picture: bool, limit: int, now: datetime
) -> EnclosureInfo:
    """Create an attachment of `size` octets, to be uploaded in slices.

    `is_picture`: inline in the text (raster images only). Raises Refusal `outbox.too-large` when the encoded
    message would pass `limit`, `compose.too-many-enclosures`, `compose.already-sent`.
    """
    row = open_row_for(writer, key, now)
    sizes = list(row.enclosures.values_list("size", flat=True))
    if len(sizes) >= MAX_ENCLOSURES:
        raise Refusal("compose.too-many-enclosures", limit=MAX_ENCLOSURES)
    check_size((*sizes, size, TEXT_ROOM), limit)
    kind = safe_kind(kind)
    content_id = f"{secrets.token_hex(12)}@{writer.domain}" if is_picture and kind in _PICTURES else ""
    enclosure = Enclosure.objects.create(
        composition=row, name=safe_name(name), kind=kind, size=size, content_id=content_id
    )
    return EnclosureInfo(enclosure.pk, enclosure.name, kind, size, 0, bool(content_id))


def add_slice(account_id: int, key: str, enclosure_id: int, offset: int, content: bytes) -> int:
    """Store the octets from `offset` on; returns how many octets are stored in all.

    A slice sent again, or out of order, changes nothing: the returned count tells where to resume.
    Raises Refusal `compose.enclosure-gone`, or `compose.enclosure-overflow` past the announced size.
    """
    enclosure = _own_enclosure(account_id, key, enclosure_id)
    received = received_octets(enclosure)
    if offset != received or not content:
        return received
    if received + len(content) > enclosure.size:
        raise Refusal("compose.enclosure-overflow")
    # What was received is read before the transaction, which on SQLite keeps every other writer waiting.
    try:
        with transaction.atomic(durable=True):
            enclosure = _own_enclosure(account_id, key, enclosure_id)
            Slice.objects.create(enclosure=enclosure, offset=offset, content=content, size=len(content))
    except IntegrityError:  # the same slice meanwhile, or the attachment removed
        return received_octets(_own_enclosure(account_id, key, enclosure_id))
    return received + len(content)


@transaction.atomic(durable=True)
def remove_enclosure(account_id: int, key: str, enclosure_id: int) -> None:
    """Remove an attachment. Idempotent."""
    open_row(account_id, key).enclosures.filter(pk=enclosure_id).delete()


def attach_file(row: Composition, name: str, kind: str, content: bytes, *, content_id: str = "") -> Enclosure:
    """Store a complete attachment. Inside the caller's transaction."""
    enclosure = Enclosure.objects.create(
        composition=row, name=safe_name(name), kind=safe_kind(kind), size=len(content), content_id=content_id
    )
    if content:
        Slice.objects.create(enclosure=enclosure, offset=0, content=content, size=len(content))
    return enclosure


def check_complete(row: Composition) -> None:
    """Raise Refusal `compose.enclosure-incomplete` while an attachment is being uploaded."""
    for enclosure in row.enclosures.all():
        if received_octets(enclosure) != enclosure.size:
            raise Refusal("compose.enclosure-incomplete", field="enclosed", name=enclosure.name)


def _own_enclosure(account_id: int, key: str, enclosure_id: int) -> Enclosure:
    enclosures = Enclosure.objects.filter(composition__account_id=account_id, composition__key=key)
    enclosure = enclosures.filter(pk=enclosure_id, composition__is_sending=False).first()
    if enclosure is None:
        raise Refusal("compose.enclosure-gone")
    return enclosure
