"""One message."""

from urllib.parse import quote

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.kernel.times import paris_day
from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.webmail.http import (
    about,
    mailbox_of,
    own_addresses,
    own_domains,
    wants_fragment,
    written,
)
from vaguemestre.webmail.ports import Mailbox
from vaguemestre.webmail.rules import folders as naming
from vaguemestre.webmail.rules import frames, kinds, rows, words
from vaguemestre.webmail.rules.header import header
from vaguemestre.webmail.services import listing
from vaguemestre.webmail.services.pictures import Signer
from vaguemestre.webmail.services.reading import read_message
from vaguemestre.webmail.values import Flag, MessageRef, OpenedMessage, Reading, Use
from vaguemestre.webmail.views.shell import whole_page


@require_GET
@signed_in
def open_message(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The message in its pane, or the whole page around it when its address is opened."""
    ref = MessageRef(folder, uid_validity, uid)
    owner = request.who.mailbox
    as_plain, with_images = "texte" in request.GET, "images" in request.GET
    with mailbox_of(request.who) as mailbox:
        if wants_fragment(request):
            reading = read_message(mailbox, owner, ref, as_plain=as_plain)
            return HttpResponse(_fragment(request, mailbox, reading, with_images=with_images))
        folders = listing.folders_of(mailbox, owner)
        page = listing.page_of(mailbox, folder, 0)
        reading = read_message(mailbox, owner, ref, as_plain=as_plain)
        shown = _fragment(request, mailbox, reading, with_images=with_images)
    subject = rows.one_line(reading.opened.subject) or "(sans objet)"
    return whole_page(request, folders, page, reading=shown, title=subject)


def _fragment(request: SignedInRequest, mailbox: Mailbox, reading: Reading, *, with_images: bool) -> str:
    ref = reading.opened.ref
    uses = listing.uses_of(mailbox, request.who.mailbox, ref.folder)
    today = paris_day(timezone.now())
    # what `reverse` would say of open-message, without trying every pattern
    base = f"{reverse('webmail:inbox')}{quote(naming.slug(ref.folder))}/{ref.uid_validity}/{ref.uid}/"
    query = [word for word, said in (("images=1", with_images), ("texte=1", "texte" in request.GET)) if said]
    return written(
        "message",
        {
            **about(request),
            "reading": reading,
            "ref": ref,
            "step": naming.slug(ref.folder),
            "header": header(
                reading.opened, today=today, own=own_addresses(request.who), own_domains=own_domains()
            ),
            "use": uses.get(ref.folder, Use.OTHER).value,
            "base": base,
            "body": f"{base}corps/" + (f"?{'&'.join(query)}" if query else ""),
            "blocked": 0 if with_images else reading.body.remote,
            "as_plain": "texte" in request.GET,
            "is_in_thread": _is_in_thread(reading.opened),
            "is_unread": Flag.SEEN not in reading.opened.flags,
            "is_flagged": Flag.FLAGGED in reading.opened.flags,
            "words": words,
            "kinds": kinds,
        },
    )


def _is_in_thread(opened: OpenedMessage) -> bool:
    """Whether other messages of its conversation are likely: it answers one, or was answered."""
    return bool(
        opened.references or opened.in_reply_to or opened.flags & {Flag.ANSWERED.value, Flag.FORWARDED.value}
    )


@require_GET
@signed_in
def show_body(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The text alone, for its frame: opaque, script-less, under a policy of its own."""
    ref = MessageRef(folder, uid_validity, uid)
    place = request.build_absolute_uri(reverse("webmail:show-picture", args=("-",)))[:-1]
    signer = Signer(request.who.account_id, ref, place) if "images" in request.GET else None
    with mailbox_of(request.who) as mailbox:
        reading = read_message(
            mailbox, request.who.mailbox, ref, as_plain="texte" in request.GET, proxied=signer
        )
    body = reading.body
    html = body.html or '<p class="vm-note">Ce courriel ne contient pas de texte.</p>'
    answer = HttpResponse(frames.document(body.css, html, theme=request.who.theme))
    answer["Content-Security-Policy"] = frames.policy(place)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_GET
@signed_in
def show_conversation(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The other messages of the thread, one line each."""
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        found = mailbox.conversation(ref)
        uses = listing.uses_of(mailbox, request.who.mailbox, folder)
    today = paris_day(timezone.now())
    lines = rows.lines(found, today=today, uses=uses, own_domains=own_domains())
    return HttpResponse(written("conversation", {"lines": list(lines), "ref": ref}))
