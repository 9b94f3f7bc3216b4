"""Reading what is being written."""

import re
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.contacts.queries import contacts_like
from vaguemestre.directory.queries import listed_by_address, people_like, with_homonyms
from vaguemestre.kernel.errors import Refusal
from vaguemestre.writing.models import Composition, Enclosure
from vaguemestre.writing.ports import AbsentUntil
from vaguemestre.writing.rules.recipients import is_inside
from vaguemestre.writing.values import EnclosureShown, Met, Mode, Suggestion, Writing, Written

_PICTURE_PATH = re.compile(r"pieces/(\d{1,18})/")
_TEXT = ("to", "cc", "bcc", "subject", "html", "text", "is_plain")


def find_writing(account_id: int, key: str) -> Writing | None:
    """The message of that key, if it is the account's own."""
    row = Composition.objects.filter(account_id=account_id, key=key).first()
    return shown_writing(row) if row else None


def shown_writing(row: Composition) -> Writing:
    return Writing(
        key=row.key,
        mode=Mode(row.mode),
        written=Written(**{name: getattr(row, name) for name in _TEXT}),
        quote=row.quote,
        revision=row.revision,
        attempt=row.attempt + (0 if row.is_sending else 1),
        is_sending=row.is_sending,
        author=row.author,
        list_name=row.list_name,
        enclosures=enclosures_of(row),
        updated_at=row.updated_at,
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
    """One attachment and its bytes. Raises Refusal `writing.enclosure-gone`."""
    enclosure = Enclosure.objects.filter(
        composition__account_id=account_id, composition__key=key, pk=enclosure_id
    ).first()
    if enclosure is None:
        raise Refusal("writing.enclosure-gone")
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


def suggestions(account_id: int, typed: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
    """Whom the words typed may mean: the person's own book first, then the directory; each address once."""
    if len(typed.strip()) < 2:
        return ()
    contacts = contacts_like(account_id, typed, limit=limit)
    schools = listed_by_address([contact.address for contact in contacts])
    found: dict[str, Suggestion] = {}
    for contact in contacts:
        listed = schools.get(contact.address)
        origin = _("Déjà écrit") if contact.is_collected else _("Contact")
        name = contact.name or (listed.name if listed else "")
        detail = (listed.detail if listed else "") or origin
        found.setdefault(contact.address, Suggestion(name, contact.address, detail))
    for person in people_like(typed, limit=limit):
        found.setdefault(person.address, Suggestion(person.name, person.address, person.detail))
    return tuple(found.values())[:limit]


def people_met(addresses: Collection[str], domain: str, now: datetime, away: AbsentUntil) -> tuple[Met, ...]:
    """Who they are to somebody of `domain`: colleagues with their school, people outside."""
    asked = dict.fromkeys(address.strip().lower() for address in addresses)
    inside = [address for address in asked if is_inside(address, domain)]
    known, doubled, absent = listed_by_address(inside), with_homonyms(inside), away(inside, now)
    found = []
    for address in asked:
        listed = known.get(address)
        found.append(
            Met(
                address,
                "inside" if is_inside(address, domain) else "outside",
                listed.name if listed else "",
                listed.detail if listed else "",
                has_homonyms=address in doubled,
                absent_until=absent.get(address),
            )
        )
    return tuple(found)


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
