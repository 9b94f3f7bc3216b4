"""Cards that explain parts of a message, requested after its pane."""

from contextlib import AbstractContextManager, nullcontext, suppress
from typing import cast

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.calendar.queries import answer_to, clashes
from vaguemestre.mailbox.webmail.http import (
    enclosed_path_prefix,
    message_path,
    own_addresses,
    own_auth_server,
    reads_of,
    render_fragment,
)
from vaguemestre.mailbox.webmail.ports import ReaderBusy, TooComplex, authorities, run_limited
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.cards import deliveries
from vaguemestre.mailbox.webmail.rules.cards.card_places import card_places
from vaguemestre.mailbox.webmail.rules.cards.invitations import Invitation, standing_of
from vaguemestre.mailbox.webmail.rules.rendering.parts import covers_all, find_part
from vaguemestre.mailbox.webmail.rules.trust.signatures import PARTIAL, Signature
from vaguemestre.mailbox.webmail.services.isolation.isolated_parsers import (
    MAX_BYTES_HERE,
    contact_cards_of,
    invitation_of,
    signature_of,
)
from vaguemestre.mailbox.webmail.services.isolation.reading_shares import reading_share
from vaguemestre.mailbox.webmail.services.message.enclosed import EnclosedMessage
from vaguemestre.mailbox.webmail.services.message.one_click_replies import note_invitation
from vaguemestre.mailbox.webmail.services.message.organisers import Authorship, authorship
from vaguemestre.mailbox.webmail.values import CardKind
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, Reads
from vaguemestre.post.mailstore.values import Clause, MessageRef, Part, View, Where

_MAX_BYTES = 2_000_000
_MAX_SIGNED_BYTES = 25_000_000
_INBOX, _MAX_LATER_LETTERS, _MAX_SOUGHT_CHARACTERS = "INBOX", 3, 100
_READ_APART = frozenset((CardKind.INVITATION, CardKind.CONTACT, CardKind.SMIME))
TOO_HEAVY = Signature(holds=False, problem="Ce courriel est trop lourd pour être vérifié ici.")


@require_GET
@signed_in
def show_card(
    request: SignedInRequest,
    folder: str,
    uid_validity: int,
    uid: int,
    kind: str,
    number: str,
    chain: str = "",
) -> HttpResponse:
    """One card; empty for an unreadable part, still offered as a file; 202: the same again in a moment."""
    if kind not in set(CardKind):
        raise Http404(kind)
    ref = MessageRef(folder, uid_validity, uid)
    with reads_of(request.who, ref, chain) as reads:
        part = find_part(reads.open(ref).root, number)
        if part is None:
            raise MessageGone("mailstore.message-gone")
        try:
            with _share(request, kind, part):
                context = _CONTEXTS[CardKind(kind)](request, reads, ref, part)
        except TooComplex:
            context = {"is_too_complex": True}
        except ReaderBusy:
            context = {"is_busy": True}
    return HttpResponse(
        render_fragment(
            "card",
            {
                "kind": CardKind(kind).value,
                "part": part,
                "path": message_path(ref, chain),
                "enclosed_path": enclosed_path_prefix(ref, chain),
                "words": french,
                **context,
            },
        ),
        status=202 if "is_busy" in context else 200,
    )


def _share(request: SignedInRequest, kind: str, part: Part) -> AbstractContextManager[None]:
    """The person's share, taken before anything is fetched, if the card may be read apart."""
    if kind in _READ_APART and (part.size > MAX_BYTES_HERE or kind == CardKind.SMIME):
        return reading_share(request.who.own_account_id)
    return nullcontext()


def _text(reads: Reads, ref: MessageRef, part: Part) -> str:
    return charsets.text(reads.part(ref, part.number, _MAX_BYTES), part.charset)


def _invitation(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    invitation = invitation_of(run_limited.get(), reads.part(ref, part.number, _MAX_BYTES))
    if invitation is None:
        return {"invitation": None}
    account, mine = request.who.account_id, own_addresses(request.who)
    wrote = authorship(reads, request.who.mailbox, ref, invitation.organiser.address, own_auth_server())
    if wrote is not Authorship.ANOTHERS and invitation.organiser.address not in mine:
        note_invitation(account, invitation, is_proved=wrote is Authorship.PROVED)
    times = account, invitation.event, invitation.starts, invitation.ends
    titles = {clash.title for clash in clashes(*times)} | {invitation.title}
    _note_later_letters(request, reads, ref, titles)
    given = answer_to(account, invitation.event)
    standing = standing_of(invitation, given)
    doubted = wrote if given is not None and invitation.method in {"REQUEST", "CANCEL"} else None
    needs_proof = given is not None and given.is_proved
    is_off = invitation.is_cancelled or standing.is_outdated
    return {
        "invitation": invitation,
        "standing": standing,
        "is_strangers": doubted is Authorship.ANOTHERS,
        "is_unproved": needs_proof and doubted is Authorship.CLAIMED,
        "clashes": () if is_off else clashes(*times),
        "is_over": invitation.ends < timezone.now(),
        "is_mine": invitation.organiser.address in mine,
    }


def _note_later_letters(request: SignedInRequest, reads: Reads, ref: MessageRef, titles: set[str]) -> None:
    """Remember what organisers wrote since of events already known, though their letters were not opened.

    Of each title, the newest letters of the inbox with it in their subject.
    """
    if isinstance(reads, EnclosedMessage):
        return
    account, mine = request.who.account_id, own_addresses(request.who)
    mailbox = cast(Mailbox, reads)  # what is not enclosed is read from there
    with suppress(EngineDown, MessageGone, TooComplex, ReaderBusy):
        for title in filter(None, titles):
            view = View(clauses=(Clause(Where.SUBJECT, title[:_MAX_SOUGHT_CHARACTERS]),))
            for row in mailbox.look(_INBOX, view, 0, _MAX_LATER_LETTERS).rows:
                later = _invitation_in(mailbox, row.ref) if row.ref != ref else None
                if later is None or answer_to(account, later.event) is None:
                    continue
                organiser, owner = later.organiser.address, request.who.mailbox
                wrote = authorship(mailbox, owner, row.ref, organiser, own_auth_server())
                if organiser not in mine and wrote is not Authorship.ANOTHERS:
                    note_invitation(account, later, is_proved=wrote is Authorship.PROVED)


def _invitation_in(mailbox: Mailbox, ref: MessageRef) -> Invitation | None:
    """The invitation that a letter shows in its card; None without one, or if it is long to read."""
    root = mailbox.open(ref).root
    number = next((card.number for card in card_places(root) if card.kind is CardKind.INVITATION), "")
    part = find_part(root, number) if number else None
    if part is None or part.size > MAX_BYTES_HERE:
        return None
    return invitation_of(run_limited.get(), mailbox.part(ref, number, _MAX_BYTES))


def _delivery(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {"deliveries": deliveries.parse_deliveries(_text(reads, ref, part))}


def _receipt(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {"receipt": deliveries.parse_receipt(_text(reads, ref, part))}


def _contact(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {
        "people": contact_cards_of(run_limited.get(), reads.part(ref, part.number, _MAX_BYTES), part.charset)
    }


def _smime(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    opened = reads.open(ref)
    content = reads.part(ref, part.number, _MAX_SIGNED_BYTES)
    is_opaque = part.kind.endswith("pkcs7-mime") or part.name.lower().endswith(".p7m")
    is_whole = covers_all(opened.root, part.number)
    if not is_opaque and not is_whole:
        return {"signature": PARTIAL}
    if not is_opaque and opened.size > _MAX_SIGNED_BYTES:
        signature: Signature | None = TOO_HEAVY
    else:
        raw = None if is_opaque else reads.raw(ref)
        signature = signature_of(run_limited.get(), content, raw, authorities.get()(), timezone.now())
    if signature is None:
        return {"signature": None}  # encrypted, not signed
    if not is_whole:
        return {"signature": PARTIAL}
    sender = opened.sender[0].address.lower() if opened.sender else ""
    return {"signature": signature, "is_theirs": sender in signature.addresses}


def _no_context(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {}


_CONTEXTS = {
    CardKind.INVITATION: _invitation,
    CardKind.DELIVERY: _delivery,
    CardKind.RECEIPT: _receipt,
    CardKind.CONTACT: _contact,
    CardKind.TNEF: _no_context,
    CardKind.SMIME: _smime,
    CardKind.PGP: _no_context,
    CardKind.ENCRYPTED: _no_context,
}
