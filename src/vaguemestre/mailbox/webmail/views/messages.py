"""One message."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.http import (
    about,
    asked_of,
    base_of,
    inner_base_of,
    mailbox_of,
    own_addresses,
    own_domains,
    own_house,
    own_voucher,
    reads_of,
    view_of,
    wants_fragment,
    written,
)
from vaguemestre.mailbox.webmail.ports import convert, run_limited
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.cards.unsubscribe import leaving
from vaguemestre.mailbox.webmail.rules.choices import Face, choices
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.listing import rows
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels, labels
from vaguemestre.mailbox.webmail.rules.listing.search_query import MOST_TERMS, telling
from vaguemestre.mailbox.webmail.rules.rendering import frames, kinds
from vaguemestre.mailbox.webmail.rules.rendering.header import header
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.authors import Authorship, author_of, authorship, listed_names
from vaguemestre.mailbox.webmail.services.enclosed import reads_within
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.mailbox.webmail.services.message_reader import read_message
from vaguemestre.mailbox.webmail.services.pictures import Signer
from vaguemestre.mailbox.webmail.services.verdicts import verdict_of
from vaguemestre.mailbox.webmail.values import Reading
from vaguemestre.mailbox.webmail.views.shell import whole_page
from vaguemestre.post.mailstore.ports import Mailbox, Reads
from vaguemestre.post.mailstore.values import Flag, MessageRef, OpenedMessage, Use
from vaguemestre.post.reports.queries import image_policy
from vaguemestre.post.reports.values import ImagePolicy

_OUTGOING = frozenset((Use.SENT, Use.DRAFTS))
_LONGEST_WORD = 100
# Panes as they were drawn, under all that one may change with.
_panes: Kept[tuple[object, ...], str] = Kept(400, 6_000_000, len)
RECEIPT_SETTLED = "$MDNSent"  # RFC 3503: answered or declined, whatever the program


@require_GET
@signed_in
def open_message(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The message in its pane, or the whole page around it when its address is opened."""
    return _open(request, MessageRef(folder, uid_validity, uid), "")


@require_GET
@signed_in
def open_enclosed(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str
) -> HttpResponse:
    """A message that another one encloses, opened like any."""
    return _open(request, MessageRef(folder, uid_validity, uid), chain)


def _open(request: SignedInRequest, ref: MessageRef, chain: str) -> HttpResponse:
    with mailbox_of(request.who) as mailbox:
        if wants_fragment(request):
            return HttpResponse(_fragment(request, mailbox, ref, chain)[0])
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        view = view_of(request.who, request.GET)
        page = message_lists.page_of(mailbox, ref.folder, 0, view)
        room = mailbox.quota()
        shown, subject = _fragment(request, mailbox, ref, chain)
    return whole_page(request, folders, page, view=view, room=room, reading=shown, title=subject)


def _fragment(request: SignedInRequest, mailbox: Mailbox, ref: MessageRef, chain: str) -> tuple[str, str]:
    """(the pane, the subject)"""
    reads = reads_within(mailbox, ref, chain, convert.get()) if chain else mailbox
    reading = read_message(
        reads, owner(request, chain), ref, run_limited.get(), as_plain="texte" in request.GET
    )
    opened = reading.opened
    use = message_lists.uses_of(mailbox, request.who.mailbox, ref.folder).get(ref.folder, Use.OTHER)
    authorship = None if use in _OUTGOING else _authorship(request, reads, opened, chain)
    pictures = _pictures(request, opened, reading, authorship)
    under = (
        request.who,
        base_of(ref, chain),
        request.META.get("QUERY_STRING", ""),
        known_labels(request.who.preferences),
        opened.flags,
        use,
        authorship,
        *pictures.values(),
        paris_day(timezone.now()),
    )
    pane = _panes.get(under)
    if pane is None:
        pane = _pane(request, reading, ref, chain, use=use, authorship=authorship, pictures=pictures)
        _panes.put(under, pane)
    return pane, rows.one_line(opened.subject) or "(sans objet)"


def _pane(
    request: SignedInRequest,
    reading: Reading,
    ref: MessageRef,
    chain: str,
    *,
    use: Use,
    authorship: Authorship | None,
    pictures: dict[str, object],
) -> str:
    """What is drawn depends on what `_fragment` keeps it under, and on the message, which never changes."""
    opened = reading.opened
    base = base_of(ref, chain)
    body = _body_address(
        base,
        as_plain="texte" in request.GET,
        images=bool(pictures["images"]),
        words=telling(asked_of(request.who, request.GET.get("q", "")).terms),
    )
    context = {
        **about(request),
        "authorship": authorship,  # None: of one's own letters nothing is said
        "sender_domain": from_field(opened).sender.address.rpartition("@")[2],
        **pictures,
        **_offers(opened, use, chain),
        "reading": reading,
        "ref": ref,
        "chain": chain,
        "step": naming.slug(ref.folder),
        "header": header(
            opened,
            today=paris_day(timezone.now()),
            own=own_addresses(request.who),
            own_domains=own_domains(),
            me=_me(request),
            shown=authorship.shown if authorship else None,
        ),
        "use": use.value,
        "base": base,
        "outer": base_of(ref),
        "inner_base": inner_base_of(ref, chain),
        "body": body,
        "as_plain": "texte" in request.GET,
        "is_in_thread": not chain and _is_in_thread(opened),
        "is_container": bool(chain) and not opened.sender and opened.date is None,  # a winmail.dat
        "is_unread": Flag.SEEN not in opened.flags,
        "is_flagged": Flag.FLAGGED in opened.flags,
        "labels": labels(opened.flags, known_labels(request.who.preferences)),
        "words": french,
        "kinds": kinds,
    }
    return written("message", context)


def owner(request: SignedInRequest, chain: str) -> str:
    """Under what a cleaned text is kept: an enclosed message is not the one that holds it."""
    return f"{request.who.mailbox}\0{chain}" if chain else request.who.mailbox


def _body_address(base: str, *, as_plain: bool, images: bool, words: Sequence[str]) -> str:
    query = [(word, "1") for word, said in (("images", images), ("texte", as_plain)) if said]
    query += [("mot", word) for word in words]
    return f"{base}corps/" + (f"?{urlencode(query)}" if query else "")


def _authorship(request: SignedInRequest, reads: Reads, opened: OpenedMessage, chain: str) -> Authorship:
    return authorship(
        opened,
        author_of(from_field(opened).sender, own_house()),
        verdict_of(reads, owner(request, chain), opened, own_voucher()),
        own_house(),
    )


def _pictures(
    request: SignedInRequest, opened: OpenedMessage, reading: Reading, authorship: Authorship | None
) -> dict[str, object]:
    """How many remote pictures are held back, and what the reader chose for that sender."""
    remote = reading.body.remote
    if not remote or "images" in request.GET:
        return {"blocked": 0, "images": "images" in request.GET, "showing": ImagePolicy.ASK}
    address = from_field(opened).sender.address
    showing = image_policy(request.who.account_id, address) if address else ImagePolicy.ASK
    shown = showing is ImagePolicy.ALWAYS and authorship is not None and authorship.is_verified
    return {"blocked": 0 if shown else remote, "images": shown, "showing": showing.value}


def _offers(opened: OpenedMessage, use: Use, chain: str) -> dict[str, object]:
    """What the message offers: to leave its list, to tell its author that it was read."""
    if chain or use in _OUTGOING:
        return {"leaving": None, "receipt_to": ""}
    asked = opened.field("disposition-notification-to")
    settled = RECEIPT_SETTLED in opened.flags or use is Use.JUNK
    return {
        "leaving": leaving(opened.field("list-unsubscribe"), opened.field("list-unsubscribe-post")),
        "receipt_to": "" if settled else asked[:254],
    }


def _is_in_thread(opened: OpenedMessage) -> bool:
    """Whether other messages of its conversation are likely: it answers one, or was answered."""
    return bool(
        opened.references or opened.in_reply_to or opened.flags & {Flag.ANSWERED.value, Flag.FORWARDED.value}
    )


@require_GET
@signed_in
def show_body(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """The text alone, for its frame: opaque, script-less, under a policy of its own."""
    ref = MessageRef(folder, uid_validity, uid)
    place = request.build_absolute_uri(reverse("webmail:show-picture", args=("-",)))[:-1]
    signer = Signer(request.who.account_id, ref, place) if "images" in request.GET else None
    with reads_of(request.who, ref, chain) as reads:
        reading = read_message(
            reads,
            owner(request, chain),
            ref,
            run_limited.get(),
            as_plain="texte" in request.GET,
            proxied=signer,
            words=[word[:_LONGEST_WORD] for word in request.GET.getlist("mot")[:MOST_TERMS]],
        )
    body = reading.body
    html = body.html or '<p class="vm-note">Ce courriel ne contient pas de texte.</p>'
    answer = HttpResponse(
        frames.document(body.css, html, theme=request.who.theme, is_fixed=_is_fixed(request))
    )
    answer["Content-Security-Policy"] = frames.policy(place)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_GET
@signed_in
def print_message(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """Header and text on one clean page, behind the wall of the text alone; it opens the print dialog."""
    ref = MessageRef(folder, uid_validity, uid)
    with reads_of(request.who, ref, chain) as reads:
        reading = read_message(
            reads, owner(request, chain), ref, run_limited.get(), as_plain="texte" in request.GET
        )
        signed = _authorship(request, reads, reading.opened, chain)
    shown = header(
        reading.opened,
        today=paris_day(timezone.now()),
        own=own_addresses(request.who),
        own_domains=own_domains(),
        me=_me(request),
        shown=signed.shown,
    )
    files = [f"{file.name} ({sizes.in_words(file.size)})" for file in reading.enclosures]
    top = written("paper", {"header": shown, "files": files})
    answer = HttpResponse(
        frames.document(
            reading.body.css,
            f"{top}{reading.body.html}<script>{frames.PRINTING}</script>",
            theme="light",
            is_fixed=_is_fixed(request),
        )
    )
    answer["Content-Security-Policy"] = frames.paper_policy()
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _me(request: SignedInRequest) -> str:
    """What the addresses of the mailbox are called: oneself, or the mailbox when it is of several people."""
    return request.who.name if request.who.acting else "moi"


def _is_fixed(request: SignedInRequest) -> bool:
    return choices(request.who.preferences).plain_face is Face.FIXED


@require_GET
@signed_in
def show_conversation(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The other messages of the thread, one line each."""
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        found = mailbox.conversation(ref)
        uses = message_lists.uses_of(mailbox, request.who.mailbox, folder)
    today = paris_day(timezone.now())
    names = listed_names([row.summary.sender.address for row in found], own_domains())
    lines = list(rows.lines(found, today=today, uses=uses, own_domains=own_domains(), names=names))
    times = [french.day_and_hour(datetime.fromisoformat(line.moment), today) for line in lines]
    return HttpResponse(written("conversation", {"lines": list(zip(lines, times, strict=True)), "ref": ref}))
