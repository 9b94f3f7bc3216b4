"""Files of held feeds, in rows and sealed: they quote civil status and NUMEN.

Pages and the worker of long jobs may be on different machines: the database is what they share.
"""

from itertools import batched

from django.db import transaction

from vaguemestre.people.directory.rules.numen_vault import (
    HeldKeys,
    is_sealed_with_current_key,
    open_envelope,
    seal_envelope,
    unseal_bytes,
)
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.models import HeldPiece
from vaguemestre.people.intake.values import HELD_FILE_PURPOSE

KINDS = ("feed", "structures")
_PIECE_BYTES = 1 << 20
_PIECES_PER_QUERY = 16
# An envelope begins with the length of its sealed key, below 256; what is sealed whole, with a digit.
_ENVELOPE = b"\0"


def write_held_files(feed_id: int, feed: bytes, places: bytes, keys: NumenKeys) -> None:
    """Keep both files sealed, in place of those of that feed."""
    for kind, content in zip(KINDS, (feed, places), strict=True):
        _write(feed_id, kind, seal_envelope(content, keys, HELD_FILE_PURPOSE))


def has_held_files(feed_id: int) -> bool:
    """Whether the feed of that id still has its file."""
    return HeldPiece.objects.filter(feed_id=feed_id, kind="feed").exists()


def read_held_files(feed_id: int, keys: NumenKeys) -> tuple[bytes, bytes]:
    """(feed, establishments). Raises Refusal `directory.numen-sealed-otherwise`."""
    feed, places = (_open(_read(feed_id, kind), keys) for kind in KINDS)
    return feed, places


def erase_held_files(feed_id: int) -> None:
    """Erase them, if they are still there."""
    HeldPiece.objects.filter(feed_id=feed_id).delete()


def reseal_held_files(keys: HeldKeys) -> int:
    """Seal again those that an earlier key sealed; returns the count."""
    firsts = HeldPiece.objects.filter(number=0).order_by("feed_id", "kind")
    count = 0
    for feed_id, kind, head in list(firsts.values_list("feed_id", "kind", "sealed")):
        if not _is_current(bytes(head), keys):
            count += _reseal(feed_id, kind, keys)
    return count


@transaction.atomic(durable=True)
def _reseal(feed_id: int, kind: str, keys: HeldKeys) -> int:
    """How many files were sealed again: none if it was erased meanwhile."""
    if not (sealed := _read(feed_id, kind, is_locked=True)):
        return 0
    _write(feed_id, kind, seal_envelope(_open(sealed, keys), keys, HELD_FILE_PURPOSE))
    return 1


@transaction.atomic
def _write(feed_id: int, kind: str, sealed: bytes) -> None:
    HeldPiece.objects.filter(feed_id=feed_id, kind=kind).delete()
    starts = range(0, len(sealed), _PIECE_BYTES)
    for some in batched(enumerate(starts), _PIECES_PER_QUERY):
        HeldPiece.objects.bulk_create(
            HeldPiece(feed_id=feed_id, kind=kind, number=number, sealed=sealed[start : start + _PIECE_BYTES])
            for number, start in some
        )


def _read(feed_id: int, kind: str, *, is_locked: bool = False) -> bytes:
    pieces = HeldPiece.objects.filter(feed_id=feed_id, kind=kind).order_by("number")
    if is_locked:
        pieces = pieces.select_for_update()
    return b"".join(bytes(sealed) for sealed in pieces.values_list("sealed", flat=True))


def _open(sealed: bytes, keys: NumenKeys) -> bytes:
    if sealed.startswith(_ENVELOPE):
        return open_envelope(sealed, keys, HELD_FILE_PURPOSE)
    return unseal_bytes(sealed, keys, HELD_FILE_PURPOSE)


def _is_current(sealed: bytes, keys: HeldKeys) -> bool:
    return is_sealed_with_current_key(sealed[2:] if sealed.startswith(_ENVELOPE) else sealed, keys)
