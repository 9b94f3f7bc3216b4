"""Cards above a text: what a part means, asked for once the message is on the screen."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel import charsets
from vaguemestre.mailbox.calendar.queries import answer_to, clashes
from vaguemestre.mailbox.webmail.http import base_of, inner_base_of, own_addresses, reads_of, written
from vaguemestre.mailbox.webmail.ports import TooComplex, authorities, run_limited
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.cards import deliveries
from vaguemestre.mailbox.webmail.rules.rendering.parts import find_part
from vaguemestre.mailbox.webmail.rules.trust.signatures import Signature
from vaguemestre.mailbox.webmail.services.limited import invitation_of, signature_of, visiting_cards_of
from vaguemestre.mailbox.webmail.values import CardKind
from vaguemestre.post.mailstore.ports import MessageGone, Reads
from vaguemestre.post.mailstore.values import MessageRef, Part

_HEAVIEST = 2_000_000
_HEAVIEST_SIGNED = 25_000_000
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
    """One card; an unreadable part gives an empty one: the file itself is still offered below."""
    if kind not in set(CardKind):
        raise Http404(kind)
    ref = MessageRef(folder, uid_validity, uid)
    with reads_of(request.who, ref, chain) as reads:
        part = find_part(reads.open(ref).root, number)
        if part is None:
            raise MessageGone("mailstore.message-gone")
        try:
            context = _CONTEXTS[CardKind(kind)](request, reads, ref, part)
        except TooComplex:
            context = {"is_too_complex": True}
    return HttpResponse(
        written(
            "card",
            {
                "kind": CardKind(kind).value,
                "part": part,
                "base": base_of(ref, chain),
                "inner_base": inner_base_of(ref, chain),
                "words": french,
                **context,
            },
        )
    )


def _text(reads: Reads, ref: MessageRef, part: Part) -> str:
    return charsets.text(reads.part(ref, part.number, _HEAVIEST), part.charset)


def _invitation(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    given = invitation_of(run_limited.get(), reads.part(ref, part.number, _HEAVIEST))
    if given is None:
        return {"invitation": None}
    account = request.who.account_id
    mine = own_addresses(request.who)
    return {
        "invitation": given,
        "answer": answer_to(account, given.uid),
        "clashes": () if given.is_cancelled else clashes(account, given.uid, given.starts, given.ends),
        "is_over": given.ends < timezone.now(),
        "is_mine": given.organiser.address in mine,
    }


def _delivery(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {"deliveries": deliveries.deliveries(_text(reads, ref, part))}


def _receipt(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {"receipt": deliveries.receipt(_text(reads, ref, part))}


def _visiting(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {
        "people": visiting_cards_of(run_limited.get(), reads.part(ref, part.number, _HEAVIEST), part.charset)
    }


def _smime(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    opened = reads.open(ref)
    content = reads.part(ref, part.number, _HEAVIEST_SIGNED)
    is_opaque = part.kind.endswith("pkcs7-mime") or part.name.lower().endswith(".p7m")
    if not is_opaque and opened.size > _HEAVIEST_SIGNED:
        signature: Signature | None = TOO_HEAVY
    else:
        raw = None if is_opaque else reads.raw(ref)
        signature = signature_of(run_limited.get(), content, raw, authorities.get()(), timezone.now())
    if signature is None:
        return {"signature": None}  # encrypted, not signed
    sender = opened.sender[0].address.lower() if opened.sender else ""
    return {"signature": signature, "is_theirs": sender in signature.addresses}


def _plain(request: SignedInRequest, reads: Reads, ref: MessageRef, part: Part) -> dict[str, object]:
    return {}


_CONTEXTS = {
    CardKind.INVITATION: _invitation,
    CardKind.DELIVERY: _delivery,
    CardKind.RECEIPT: _receipt,
    CardKind.VISITING: _visiting,
    CardKind.TNEF: _plain,
    CardKind.SMIME: _smime,
    CardKind.PGP: _plain,
    CardKind.SEALED: _plain,
}
