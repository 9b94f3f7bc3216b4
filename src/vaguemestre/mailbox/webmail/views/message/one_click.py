"""Replies and reports with one click."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.addresses import first_address_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.calendar.values import Answer
from vaguemestre.mailbox.webmail import ports
from vaguemestre.mailbox.webmail.http import mailbox_of, own_auth_server, reads_of
from vaguemestre.mailbox.webmail.ports import UnsubscribeRefused
from vaguemestre.mailbox.webmail.rules.cards.invitations import Invitation
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services.isolation.isolated_parsers import invitation_of
from vaguemestre.mailbox.webmail.services.message import one_click_replies
from vaguemestre.mailbox.webmail.services.message.one_click_replies import Sender
from vaguemestre.mailbox.webmail.services.message.organisers import Authorship, authorship
from vaguemestre.mailbox.webmail.services.message.verdicts import verdict_of
from vaguemestre.mailbox.webmail.views.message.files import header_of
from vaguemestre.mailbox.webmail.views.message.message_pane import RECEIPT_SETTLED, unsubscribe_of
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage
from vaguemestre.post.reports import services as reports
from vaguemestre.post.reports.values import ImagePolicy, ReportKind, VotedMessage

_MAX_BYTES = 2_000_000


class _InvitationLetter(NamedTuple):
    invitation: Invitation
    opened: OpenedMessage
    authorship: Authorship


def _sender(request: SignedInRequest, opened: OpenedMessage, guests: Iterable[str] = ()) -> Sender:
    """Sender of a one-click answer to a message, or to an invitation to `guests`: the address it came to."""
    sender = Sender(request.who.account_id, request.who.name, request.who.address)
    addressees = [person.address for person in (*opened.to, *opened.cc)]
    return one_click_replies.sender_of_answer(sender, [*addressees, *guests])


def _status(words: str) -> JsonResponse:
    return JsonResponse({"told": words})


@require_POST
@signed_in
def answer_invitation(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str, chain: str = ""
) -> HttpResponse:
    """Send the answer `reponse` to the organiser of an invitation."""
    reply = request.POST.get("answer", "")
    if reply not in set(Answer):
        raise Refusal("webmail.no-answer-awaited")
    invitation, opened, wrote = _invitation_in(request, MessageRef(folder, uid_validity, uid), number, chain)
    sender = _sender(request, opened, (guest.address for guest in invitation.guests))
    is_proved = wrote is Authorship.PROVED
    one_click_replies.answer_invitation(
        sender, invitation, Answer(reply), is_proved=is_proved, now=timezone.now()
    )
    return _status(f"Votre réponse part à {invitation.organiser.name or invitation.organiser.address}.")


@require_POST
@signed_in
def free_time(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str, chain: str = ""
) -> HttpResponse:
    """Forget the answer to an event that its organiser cancelled."""
    invitation, _, wrote = _invitation_in(request, MessageRef(folder, uid_validity, uid), number, chain)
    one_click_replies.free_time(request.who.account_id, invitation, wrote)
    return _status("Ce créneau est de nouveau libre.")


def _invitation_in(request: SignedInRequest, ref: MessageRef, number: str, chain: str) -> _InvitationLetter:
    """The event in that part of a message, and the message. Raises Refusal when there is none."""
    with reads_of(request.who, ref, chain) as reads:
        opened = reads.open(ref)
        invitation = invitation_of(ports.run_limited.get(), reads.part(ref, number, _MAX_BYTES))
        if invitation is None:
            raise Refusal("webmail.no-answer-awaited")
        organiser = invitation.organiser.address
        wrote = authorship(reads, request.who.mailbox, ref, organiser, own_auth_server())
    return _InvitationLetter(invitation, opened, wrote)


@require_POST
@signed_in
def answer_receipt(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """Send a read receipt or decline to, once for each message (RFC 3503)."""
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        opened = mailbox.open(ref)
        to = first_address_in(opened.field("disposition-notification-to"))
        mailbox.flag([ref], [RECEIPT_SETTLED], [])
    if request.POST.get("answer") != "yes" or not to or RECEIPT_SETTLED in opened.flags:
        return _status("Aucun accusé de lecture n’est envoyé.")
    one_click_replies.send_receipt(
        _sender(request, opened),
        to=to,
        subject=opened.subject,
        original_id=opened.message_id,
        now=timezone.now(),
    )
    return _status("Accusé de lecture envoyé.")


@require_POST
@signed_in
def unsubscribe(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """Unsubscribe from the list that sent this message, by one POST (RFC 8058) or by mail."""
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        opened = mailbox.open(ref)
    way = unsubscribe_of(opened)
    if way is None:
        raise UnsubscribeRefused("webmail.list-offers-no-leave")
    if way.one_click:
        ports.unsubscribe.get()(way.one_click)
        return _status(f"Désabonnement demandé à {way.host}.")
    if way.mail:
        one_click_replies.send_unsubscribe(_sender(request, opened), way, now=timezone.now())
        return _status(f"Un courriel de désabonnement part à {way.mail}.")
    raise UnsubscribeRefused("webmail.list-offers-no-leave")


@require_POST
@signed_in
def choose_showing(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """Save `choix` for the sender's remote pictures; « always » only for a verified sender."""
    chosen = request.POST.get("choice", "")
    if chosen not in set(ImagePolicy):
        raise Refusal("webmail.unreadable-selection")
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        opened = mailbox.open(ref)
        address = from_field(opened).sender.address
        verdict = verdict_of(mailbox, request.who.mailbox, opened, own_auth_server()).verdict
    if not address or (chosen == ImagePolicy.ALWAYS and verdict is not Verdict.VERIFIED):
        raise Refusal("webmail.sender-not-verified")
    reports.set_image_policy(request.who.account_id, address, ImagePolicy(chosen))
    return _status(_SHOWING_SAVED[ImagePolicy(chosen)])


_SHOWING_SAVED = {
    ImagePolicy.ALWAYS: "Les images de cet expéditeur seront affichées dès que son adresse est authentifiée.",
    ImagePolicy.NEVER: "Les images de cet expéditeur ne seront plus proposées.",
    ImagePolicy.ASK: "Les images de cet expéditeur vous seront de nouveau proposées.",
}


@require_POST
@signed_in
def report_message(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """Report junk or phishing to the administrators and the spam filter; « bon » only trains the filter.

    The page then moves the message by an ordinary action, which can be undone.
    """
    kind = request.POST.get("kind", "")
    if kind not in {*ReportKind, "bon"}:
        raise Refusal("webmail.unreadable-selection")
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        opened = mailbox.open(ref)
        raw = mailbox.raw(ref)
    if kind != "bon":
        reports.file_report(
            request.who.account_id,
            ReportKind(kind),
            message_id=opened.message_id or f"{folder}/{uid_validity}/{uid}",
            sender=opened.sender[0].address if opened.sender else "",
            subject=opened.subject,
            header=charsets.text(header_of(raw)),
            now=timezone.now(),
        )
    seen = VotedMessage(request.who.mailbox, folder, opened.message_id)
    reports.cast_vote(request.who.own_account_id, raw, seen, is_junk=kind != "bon", now=timezone.now())
    return _status("Signalement transmis ; le filtre en tiendra compte.")
