"""As whom somebody writes: addresses, names, signatures, texts kept ready. Never somebody else's."""

from datetime import date, datetime

from django.db.models import Q

from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.mailbox.compose.rules.identities import signature_html
from vaguemestre.mailbox.compose.values import IdentityShown, Sender, SignatureFacts, StockTextShown, Writer
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    person_of,
    placed_posts_of,
    structures_of,
)
from vaguemestre.people.directory.rules.nomenclature import function_said
from vaguemestre.schools.sharing.queries import boxes_of
from vaguemestre.schools.sharing.values import Access, Kind, Right


def own_addresses(writer: Writer) -> tuple[str, ...]:
    """The addresses an account may write from, the usual one first."""
    person_id = identified(writer.account_id).person_id
    rows = addresses_by_person([person_id]).get(person_id, []) if person_id else []
    return tuple(dict.fromkeys((writer.address, *(address for address, _, may_send in rows if may_send))))


def identities_of(writer: Writer) -> tuple[IdentityShown, ...]:
    """In the order they were made, the usual one first; those of an address lost since are left out."""
    own = own_addresses(writer)
    rows = Identity.objects.filter(account_id=writer.account_id).order_by("-is_default", "pk")
    return tuple(_identity(row) for row in rows if row.address in own)


def find_identity(account_id: int, identity_id: int) -> IdentityShown | None:
    row = Identity.objects.filter(account_id=account_id, pk=identity_id).first()
    return _identity(row) if row else None


def senders_of(writer: Writer, academy_signature: str) -> tuple[Sender, ...]:
    """What « De » offers: the identities, and the plain address when none has it."""
    identities, facts = identities_of(writer), signature_facts(writer.account_id)
    found = [
        Sender(one.id, one.name, one.address, signature_html(one, academy_signature, facts))
        for one in identities
    ]
    named = {one.address for one in identities}
    plain = [Sender(0, writer.name, writer.address, "")]
    return tuple(found + [one for one in plain if one.address not in named])


def other_boxes(account_id: int, box_id: int, now: datetime) -> tuple[Access, ...]:
    """The mailboxes of several people one may write from, besides the one that is open."""
    mine = boxes_of(account_id, now)
    return tuple(
        one for one in mine if one.box_id != box_id and one.kind is not Kind.PERSON and one.may(Right.SEND)
    )


def signature_facts(account_id: int) -> SignatureFacts:
    """What the variables of a signature stand for."""
    person_id = identified(account_id).person_id
    if person_id is None:
        return SignatureFacts()
    person = person_of(person_id)
    posts = sorted(placed_posts_of(person_id), key=lambda placed: (placed[0].is_primary, placed[0].starts_on))
    function, school = (function_said(posts[-1][0].function), posts[-1][1]) if posts else ("", "")
    return SignatureFacts(person.shown_name, function, school, person.academy.name, person.shown_last_name)


def schools_of(account_id: int, day: date) -> tuple[tuple[int, str], ...]:
    """(id, name) of the establishments where the person works that day."""
    person_id = identified(account_id).person_id
    return structures_of(person_id, day) if person_id else ()


def stock_texts_of(account_id: int, day: date) -> tuple[StockTextShown, ...]:
    """One's own, then those colleagues of the same establishment share."""
    schools = dict(schools_of(account_id, day))
    rows = StockText.objects.filter(Q(account_id=account_id) | Q(structure_id__in=schools))
    shown = [_stock_text(row, account_id, schools) for row in rows.order_by("title", "pk")]
    return tuple(sorted(shown, key=lambda one: not one.is_own))


def stock_text(account_id: int, text_id: int, day: date) -> StockTextShown | None:
    """One of those `stock_texts_of` lists."""
    return next((one for one in stock_texts_of(account_id, day) if one.id == text_id), None)


def _identity(row: Identity) -> IdentityShown:
    return IdentityShown(
        row.pk, row.address, row.name, row.reply_to, row.signed_with, row.signature, row.is_default
    )


def _stock_text(row: StockText, account_id: int, schools: dict[int, str]) -> StockTextShown:
    return StockTextShown(
        row.pk,
        row.title,
        row.subject,
        row.html,
        row.account_id == account_id,
        row.structure_id or 0,
        schools.get(row.structure_id or 0, ""),
    )
