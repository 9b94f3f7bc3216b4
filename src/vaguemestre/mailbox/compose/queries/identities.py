"""Reads of sender identities, signatures and stock texts."""

from datetime import date, datetime

from django.db.models import Q

from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.mailbox.compose.rules.identities import academy_html, signature_html
from vaguemestre.mailbox.compose.values import (
    AcademySignature,
    SenderIdentity,
    SenderOption,
    SignatureVariables,
    StockTextInfo,
    Writer,
)
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    person_of,
    placed_posts_of,
    structures_of,
)
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.schools.sharing.queries import boxes_of
from vaguemestre.schools.sharing.values import Access, BoxKind, Right


def own_addresses(writer: Writer) -> tuple[str, ...]:
    """Addresses the account may send from, the primary one first."""
    person_id = identified(writer.account_id).person_id
    rows = addresses_by_person([person_id]).get(person_id, []) if person_id else []
    return tuple(dict.fromkeys((writer.address, *(address for address, _, may_send in rows if may_send))))


def has_identity(account_id: int) -> bool:
    """Whether the account has an identity of its own, hence a signature chosen or declined.

    That of the address for families may have been made for an answer: alone, it says nothing.
    """
    rows = Identity.objects.filter(account_id=account_id).values_list("address", "is_default")
    return any(is_default or not is_gateway(address) for address, is_default in rows)


def identities_of(writer: Writer) -> tuple[SenderIdentity, ...]:
    """Identities, the default one first, a gateway last; those of an address no longer owned are left out."""
    own = own_addresses(writer)
    rows = Identity.objects.filter(account_id=writer.account_id).order_by("-is_default", "pk")
    identities = [_identity(row) for row in rows if row.address in own]
    return tuple(sorted(identities, key=_is_for_answers))


def find_identity(account_id: int, identity_id: int) -> SenderIdentity | None:
    """Identity of the account, or None."""
    row = Identity.objects.filter(account_id=account_id, pk=identity_id).first()
    return _identity(row) if row else None


def senders_of(writer: Writer, academy: AcademySignature) -> tuple[SenderOption, ...]:
    """Options of « De »: the identities, and the primary address if no identity has it."""
    identities, variables = identities_of(writer), signature_variables(writer.account_id)
    options = [
        SenderOption(
            identity.id,
            identity.name,
            identity.address,
            signature_html(identity, academy, variables),
        )
        for identity in identities
    ]
    addresses = {identity.address for identity in identities}
    if writer.address not in addresses:
        signature = academy_html(academy, variables) if academy.is_imposed else ""
        primary = SenderOption(0, writer.name, writer.address, signature)
        options.insert(sum(not _is_for_answers(identity) for identity in identities), primary)
    return tuple(options)


def _is_for_answers(identity: SenderIdentity) -> bool:
    """Whether it hides the writer's address from families, and is not what every message leaves from."""
    return is_gateway(identity.address) and not identity.is_default


def imposed_signature(writer: Writer, academy: AcademySignature) -> str:
    """The signature that every message of the writer carries, as HTML; "" if each chooses."""
    return academy_html(academy, signature_variables(writer.account_id)) if academy.is_imposed else ""


def sendable_boxes(account_id: int, box_id: int, now: datetime) -> tuple[Access, ...]:
    """Shared mailboxes the account may send from, except the open one."""
    boxes = boxes_of(account_id, now)
    return tuple(
        box
        for box in boxes
        if box.box_id != box_id and box.kind is not BoxKind.PERSON and box.may(Right.SEND)
    )


def signature_variables(account_id: int) -> SignatureVariables:
    """Values of the signature variables of the account."""
    person_id = identified(account_id).person_id
    if person_id is None:
        return SignatureVariables()
    person = person_of(person_id)
    posts = sorted(placed_posts_of(person_id), key=lambda placed: (placed[0].is_primary, placed[0].starts_on))
    function, school = (function_label(posts[-1][0].function), posts[-1][1]) if posts else ("", "")
    return SignatureVariables(
        person.shown_name, function, school, person.academy.name, person.shown_last_name
    )


def schools_of(account_id: int, day: date) -> tuple[tuple[int, str], ...]:
    """(id, name) of the schools where the person works that day."""
    person_id = identified(account_id).person_id
    return structures_of(person_id, day) if person_id else ()


def stock_texts_of(account_id: int, day: date) -> tuple[StockTextInfo, ...]:
    """Own stock texts, then those shared by colleagues of the same schools."""
    schools = dict(schools_of(account_id, day))
    rows = StockText.objects.filter(Q(account_id=account_id) | Q(structure_id__in=schools))
    texts = [_stock_text(row, account_id, schools) for row in rows.order_by("title", "pk")]
    return tuple(sorted(texts, key=lambda text: not text.is_own))


def find_stock_text(account_id: int, text_id: int, day: date) -> StockTextInfo | None:
    """Stock text among `stock_texts_of`, or None."""
    return next((text for text in stock_texts_of(account_id, day) if text.id == text_id), None)


def _identity(row: Identity) -> SenderIdentity:
    return SenderIdentity(
        row.pk, row.address, row.name, row.reply_to, row.signed_with, row.signature, row.is_default
    )


def _stock_text(row: StockText, account_id: int, schools: dict[int, str]) -> StockTextInfo:
    return StockTextInfo(
        row.pk,
        row.title,
        row.subject,
        row.html,
        row.account_id == account_id,
        row.structure_id or 0,
        schools.get(row.structure_id or 0, ""),
    )
