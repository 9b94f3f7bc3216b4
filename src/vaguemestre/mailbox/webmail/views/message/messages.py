"""One message: its pane, its text, its printed page, its conversation."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.http import (
    mailbox_of,
    own_domains,
    reads_of,
    render_fragment,
    run_for,
    view_of,
    wants_fragment,
)
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.choices import Typeface, choices_of
from vaguemestre.mailbox.webmail.rules.listing.rows import Line, display_name, lines_of
from vaguemestre.mailbox.webmail.rules.listing.search_query import MAX_TERMS
from vaguemestre.mailbox.webmail.rules.rendering.html import frames
from vaguemestre.mailbox.webmail.rules.rendering.html.links import redirect_outside
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.message.authors import Authorship, listed_names
from vaguemestre.mailbox.webmail.services.message.message_reader import read_message
from vaguemestre.mailbox.webmail.services.message.pictures import Signer
from vaguemestre.mailbox.webmail.views.message.message_pane import (
    authorship_of,
    cache_owner,
    header_of_message,
    render_pane,
)
from vaguemestre.mailbox.webmail.views.shell import Listing, whole_page
from vaguemestre.post.mailstore.ports import Mailbox, Reads
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage, Row, Use
from vaguemestre.post.redirects.services import LinkSigner

_MAX_WORD_CHARACTERS = 100
_MAX_PRINTED = 50  # messages of a conversation, the newest


@require_GET
@signed_in
def open_message(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The message in its pane, for our script, or the whole page around it."""
    return _open(request, MessageRef(folder, uid_validity, uid), "")


@require_GET
@signed_in
def open_enclosed(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str
) -> HttpResponse:
    """A message enclosed in another, opened like any."""
    return _open(request, MessageRef(folder, uid_validity, uid), chain)


def _open(request: SignedInRequest, ref: MessageRef, chain: str) -> HttpResponse:
    with mailbox_of(request.who) as mailbox:
        if wants_fragment(request):
            return HttpResponse(render_pane(request, mailbox, ref, chain).html)
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        view = view_of(request.who, request.GET)
        page = message_lists.page_of(mailbox, ref.folder, 0, view)
        quota = mailbox.quota()
        pane = render_pane(request, mailbox, ref, chain)
    return whole_page(request, Listing(folders, page, view, quota=quota), pane=pane.html, title=pane.subject)


@require_GET
@signed_in
def show_body(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """The text alone, for its frame: opaque origin, own policy, no script but what tells its height."""
    is_measured = "hauteur" in request.GET
    ref = MessageRef(folder, uid_validity, uid)
    pictures_at = request.build_absolute_uri(reverse("webmail:show-picture", args=("-",)))[:-1]
    signer = Signer(request.who.account_id, ref, pictures_at) if "images" in request.GET else None
    with reads_of(request.who, ref, chain) as reads:
        message = read_message(
            reads,
            cache_owner(request, chain),
            ref,
            run_for(request.who),
            as_plain="texte" in request.GET,
            proxied=signer,
            words=[word[:_MAX_WORD_CHARACTERS] for word in request.GET.getlist("mot")[:MAX_TERMS]],
        )
        checks_links = settings.CONFIG.mail.checked_links
        author = authorship_of(request, reads, message.opened, chain) if checks_links else None
    body = message.body
    text = _with_checked_links(request, message.opened, author, body.html) if author else body.html
    html = text or '<p class="vm-note">Ce courriel ne contient pas de texte.</p>'
    document = frames.document(
        body.css, html, theme=request.who.theme, is_fixed=_is_fixed(request), is_measured=is_measured
    )
    return _framed(document, frames.policy(pictures_at, is_measured=is_measured))


@require_GET
@signed_in
def print_message(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """Header and text on one page, as isolated as the text alone; it opens the print dialog.

    With `conversation` in the query, those of every message of its conversation, the oldest first.
    """
    ref = MessageRef(folder, uid_validity, uid)
    if "conversation" in request.GET and not chain:
        with mailbox_of(request.who) as mailbox:
            letters = _printed_conversation(request, mailbox, ref)
    else:
        with reads_of(request.who, ref, chain) as reads:
            letters = [_printed(request, reads, ref, chain)]
    return _framed(frames.paper(letters, is_fixed=_is_fixed(request)), frames.paper_policy())


def _printed_conversation(
    request: SignedInRequest, mailbox: Mailbox, ref: MessageRef
) -> list[frames.PrintedLetter]:
    """The messages of a conversation, the newest where they are many; drafts only where one was opened."""
    uses = message_lists.uses_of(mailbox, request.who.mailbox, ref.folder)
    refs = [row.ref for row in mailbox.conversation(ref)]
    written = [one for one in refs if one == ref or uses.get(one.folder) is not Use.DRAFTS]
    kept = written[-_MAX_PRINTED:]
    cut = _MAX_PRINTED if len(kept) < len(written) else 0
    return [
        _printed(request, mailbox, one, "", is_first=not place, cut=cut) for place, one in enumerate(kept)
    ]


def _printed(
    request: SignedInRequest,
    reads: Reads,
    ref: MessageRef,
    chain: str,
    *,
    is_first: bool = True,
    cut: int = 0,
) -> frames.PrintedLetter:
    run = run_for(request.who)
    message = read_message(reads, cache_owner(request, chain), ref, run, as_plain="texte" in request.GET)
    author = authorship_of(request, reads, message.opened, chain)
    body = message.body
    checks_links = settings.CONFIG.mail.checked_links
    text = _with_checked_links(request, message.opened, author, body.html) if checks_links else body.html
    files = [f"{file.name} ({sizes.in_words(file.size)})" for file in message.attachments]
    header = header_of_message(request, message.opened, author)
    top = render_fragment("paper", {"header": header, "files": files, "is_first": is_first, "cut": cut})
    return frames.PrintedLetter(top, body.css, text)


def _with_checked_links(
    request: SignedInRequest, opened: OpenedMessage, author: Authorship, html: str
) -> str:
    """The text with the outside links of an outside sender checked at the click."""
    if author.is_colleague:
        return html
    prefix = request.build_absolute_uri(reverse("redirects:follow", args=("-",)))[:-1]
    signer = LinkSigner(request.who.own_account_id, opened.message_id, prefix)
    return redirect_outside(html, signer, {*own_domains(request.who), request.get_host().partition(":")[0]})


def _framed(document: bytes, policy: str) -> HttpResponse:
    answer = HttpResponse(document)
    answer["Content-Security-Policy"] = policy
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _is_fixed(request: SignedInRequest) -> bool:
    return choices_of(request.who.preferences).plain_face is Typeface.FIXED


def _by_its_author(line: Line, row: Row) -> Line:
    """A sent message under who wrote it, as the others: its first recipient seemed to be the author."""
    author = display_name(row.summary.sender)
    return line._replace(people=author, face=author)


@require_GET
@signed_in
def show_conversation(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The messages of a conversation, one line each."""
    ref = MessageRef(folder, uid_validity, uid)
    with mailbox_of(request.who) as mailbox:
        thread = mailbox.conversation(ref)
        uses = message_lists.uses_of(mailbox, request.who.mailbox, folder)
    today = paris_day(timezone.now())
    names = listed_names([row.summary.sender.address for row in thread], own_domains(request.who))
    thread_lines = lines_of(thread, today=today, uses=uses, own_domains=own_domains(request.who), names=names)
    lines = [
        _by_its_author(line, row) if uses.get(row.ref.folder) is Use.SENT else line
        for line, row in zip(thread_lines, thread, strict=True)
    ]
    times = [french.day_and_hour(datetime.fromisoformat(line.moment), today) for line in lines]
    context = {"lines": list(zip(lines, times, strict=True)), "ref": ref}
    return HttpResponse(render_fragment("conversation", context))
