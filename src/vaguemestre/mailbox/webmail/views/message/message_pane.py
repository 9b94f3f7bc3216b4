"""The reading pane: one message with its header, notices and attachments, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Acting
from vaguemestre.foundation.kernel.addresses import first_address_in
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.http import (
    enclosed_path_prefix,
    message_path,
    own_addresses,
    own_auth_server,
    own_domains,
    own_institution,
    parse_search,
    render_fragment,
    run_for,
)
from vaguemestre.mailbox.webmail.ports import convert
from vaguemestre.mailbox.webmail.rules.cards.unsubscribe import UnsubscribeOptions, unsubscribe_options
from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.labels import Label, known_labels, labels_in
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line
from vaguemestre.mailbox.webmail.rules.listing.search_query import significant_words
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.rules.rendering.header import Header, build_header
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.mailbox.webmail.services.message.authors import Authorship, author_seen_by, authorship
from vaguemestre.mailbox.webmail.services.message.enclosed import reads_within
from vaguemestre.mailbox.webmail.services.message.message_reader import read_message
from vaguemestre.mailbox.webmail.services.message.verdicts import verdict_of
from vaguemestre.mailbox.webmail.values import RenderedMessage
from vaguemestre.post.mailstore.ports import Mailbox, Reads
from vaguemestre.post.mailstore.values import EXAMINED, Flag, MessageRef, OpenedMessage, Use
from vaguemestre.post.reports.queries import image_policy
from vaguemestre.post.reports.values import ImagePolicy

RECEIPT_SETTLED = "$MDNSent"  # RFC 3503: the receipt was sent or declined, by whatever mail client
_UNEXAMINED = "vaguemestre-unexamined"  # written by the MX; the filter, or its virus check, did not answer
_OUTGOING = frozenset((Use.SENT, Use.DRAFTS))


class RemotePictures(NamedTuple):
    """Remote pictures of a message. `blocked`: number not loaded; `choice`: for this sender."""

    blocked: int
    are_shown: bool
    choice: ImagePolicy


@dataclass(frozen=True)
class MessagePane:
    """What the template of the pane shows.

    `chain`: as in `http.ChainConverter`, empty for the outer message; `authorship`: None for sent messages;
    `path`: of the message, `outer_path`: of the one around it, `body_path`: of its text;
    `is_unexamined`: it arrived while the filter or the virus check was away, and was not examined since;
    `is_container`: a winmail.dat, which has files but no header.
    """

    message: RenderedMessage
    ref: MessageRef
    chain: str
    slug: str
    use: str
    header: Header
    authorship: Authorship | None
    sender_domain: str
    pictures: RemotePictures
    unsubscribe: UnsubscribeOptions | None
    receipt_to: str
    path: str
    outer_path: str
    enclosed_path: str
    body_path: str
    labels: tuple[Label, ...]
    acting: Acting | None
    as_plain: bool
    is_in_thread: bool
    is_container: bool
    is_unexamined: bool
    is_unread: bool
    is_flagged: bool


class RenderedPane(NamedTuple):
    """HTML of a pane, and the subject of its message."""

    html: str
    subject: str


# Panes by all they depend on: the message itself never changes.
_panes: WeightedLru[tuple[object, ...], str] = WeightedLru(400, 6_000_000, len)


def render_pane(request: SignedInRequest, mailbox: Mailbox, ref: MessageRef, chain: str) -> RenderedPane:
    """Render the pane of a message, from the cache if nothing has changed."""
    reads = reads_within(mailbox, ref, chain, convert.get()) if chain else mailbox
    as_plain = "texte" in request.GET
    message = read_message(reads, cache_owner(request, chain), ref, run_for(request.who), as_plain=as_plain)
    opened = message.opened
    use = message_lists.uses_of(mailbox, request.who.mailbox, ref.folder).get(ref.folder, Use.OTHER)
    author = None if use in _OUTGOING else authorship_of(request, reads, opened, chain)
    pictures = _remote_pictures(request, message, author)
    key = (
        request.who,
        message_path(ref, chain),
        request.META.get("QUERY_STRING", ""),
        known_labels(request.who.preferences),
        opened.flags,
        use,
        author,
        pictures,
        paris_day(timezone.now()),
    )
    html = _panes.get(key)
    if html is None:
        pane = _message_pane(request, message, ref, chain, use, author, pictures)
        html = render_fragment("message", {"pane": pane, "kinds": kinds})
        if not message.body.is_for_now:
            _panes.put(key, html)
    return RenderedPane(html, one_line(opened.subject) or "(sans objet)")


def _message_pane(
    request: SignedInRequest,
    message: RenderedMessage,
    ref: MessageRef,
    chain: str,
    use: Use,
    author: Authorship | None,
    pictures: RemotePictures,
) -> MessagePane:
    opened = message.opened
    path = message_path(ref, chain)
    as_plain = "texte" in request.GET
    words = significant_words(parse_search(request.who, request.GET.get("q", "")).terms)
    may_answer = not chain and use not in _OUTGOING
    return MessagePane(
        message=message,
        ref=ref,
        chain=chain,
        slug=slug(ref.folder),
        use=use.value,
        header=header_of_message(request, opened, author),
        authorship=author,
        sender_domain=from_field(opened).sender.address.rpartition("@")[2],
        pictures=pictures,
        unsubscribe=unsubscribe_of(opened) if may_answer else None,
        receipt_to=_receipt_address(opened, use) if may_answer else "",
        path=path,
        outer_path=message_path(ref),
        enclosed_path=enclosed_path_prefix(ref, chain),
        body_path=_body_path(path, as_plain=as_plain, images=pictures.are_shown, words=words),
        labels=labels_in(opened.flags, known_labels(request.who.preferences)),
        acting=request.who.acting,
        as_plain=as_plain,
        is_in_thread=not chain and _is_in_thread(opened),
        is_container=bool(chain) and not opened.sender and opened.date is None,
        is_unexamined=bool(opened.field(_UNEXAMINED)) and EXAMINED not in opened.flags and not chain,
        is_unread=Flag.SEEN not in opened.flags,
        is_flagged=Flag.FLAGGED in opened.flags,
    )


def cache_owner(request: SignedInRequest, chain: str) -> str:
    """Key of the text cache: an enclosed message differs from the one around it."""
    return f"{request.who.mailbox}\0{chain}" if chain else request.who.mailbox


def header_of_message(request: SignedInRequest, opened: OpenedMessage, author: Authorship | None) -> Header:
    """Header of a message, with its author as the directory knows them."""
    return build_header(
        opened,
        today=paris_day(timezone.now()),
        own=own_addresses(request.who),
        own_domains=own_domains(request.who),
        me=request.who.name if request.who.acting else "moi",  # a shared mailbox is not oneself
        author=author.displayed if author else None,
    )


def authorship_of(request: SignedInRequest, reads: Reads, opened: OpenedMessage, chain: str) -> Authorship:
    """The author to display for a message."""
    institution = own_institution(request.who)
    return authorship(
        opened,
        author_seen_by(request.who.person_id, from_field(opened).sender, institution),
        verdict_of(reads, cache_owner(request, chain), opened, own_auth_server()),
        institution,
        own=own_addresses(request.who),
    )


def _body_path(path: str, *, as_plain: bool, images: bool, words: Sequence[str]) -> str:
    query = [(name, "1") for name, is_set in (("images", images), ("texte", as_plain)) if is_set]
    query += [("mot", word) for word in words]
    return f"{path}corps/" + (f"?{urlencode(query)}" if query else "")


def _remote_pictures(
    request: SignedInRequest, message: RenderedMessage, author: Authorship | None
) -> RemotePictures:
    """Remote pictures are shown on request, or if the reader chose so for a sender who is verified."""
    remote = message.body.remote
    if not remote or "images" in request.GET:
        return RemotePictures(0, "images" in request.GET, ImagePolicy.ASK)
    address = from_field(message.opened).sender.address
    choice = image_policy(request.who.account_id, address) if address else ImagePolicy.ASK
    are_shown = choice is ImagePolicy.ALWAYS and author is not None and author.is_verified
    return RemotePictures(0 if are_shown else remote, are_shown, choice)


def unsubscribe_of(opened: OpenedMessage) -> UnsubscribeOptions | None:
    """The ways to leave the list that sent the message; by no address of any académie here."""
    fields = opened.field("list-unsubscribe"), opened.field("list-unsubscribe-post")
    return unsubscribe_options(*fields, settings.CONFIG.domains)


def _receipt_address(opened: OpenedMessage, use: Use) -> str:
    """Address that asks for a read receipt; empty when it is settled, and for junk."""
    if RECEIPT_SETTLED in opened.flags or use is Use.JUNK:
        return ""
    return first_address_in(opened.field("disposition-notification-to"))[:254]


def _is_in_thread(opened: OpenedMessage) -> bool:
    """Whether the conversation probably has other messages."""
    return bool(
        opened.references or opened.in_reply_to or opened.flags & {Flag.ANSWERED.value, Flag.FORWARDED.value}
    )
