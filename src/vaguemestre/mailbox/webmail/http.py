"""Helpers of the webmail's views: URL converters, the user's mailbox, list parameters, message references."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template import loader
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.ports import RunLimited, convert, run_limited
from vaguemestre.mailbox.webmail.rules.choices import Conversations, choices_of
from vaguemestre.mailbox.webmail.rules.listing import search_query
from vaguemestre.mailbox.webmail.rules.listing.folders import folder_of_slug, slug
from vaguemestre.mailbox.webmail.rules.listing.labels import keyword_of, known_labels
from vaguemestre.mailbox.webmail.rules.listing.search_query import SearchQuery
from vaguemestre.mailbox.webmail.rules.listing.view_params import EMPTY_QUERY, PLAIN, parse_view
from vaguemestre.mailbox.webmail.services.isolation.reading_shares import SharedRun
from vaguemestre.mailbox.webmail.services.message.authors import Institution
from vaguemestre.mailbox.webmail.services.message.enclosed import MAX_ENCLOSED_DEPTH, reads_within
from vaguemestre.mailbox.webmail.services.message.verdicts import AuthServer
from vaguemestre.people.directory.rules.places import department_name
from vaguemestre.post.mailstore.ports import Mailbox, Reads, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, View


class FolderConverter:
    """A folder name as one URL path segment."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        folder = folder_of_slug(value)
        if folder is None:
            raise ValueError(value)
        return folder

    def to_url(self, value: str) -> str:
        return slug(value)


class NumberConverter:
    """A UIDVALIDITY or UID: 32 bits, never zero (RFC 9051 §2.3.1.1)."""

    regex = "[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > 0xFFFFFFFF:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class ChainConverter:
    """Part numbers that lead to an enclosed message, outermost first (`2`, `2-1.3`)."""

    regex = r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,40}(?:-[0-9]{1,5}(?:\.[0-9]{1,5}){0,40}){0,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@contextmanager
def reads_of(who: Who, ref: MessageRef, chain: str = "") -> Iterator[Reads]:
    """Read access to a message, or to the one enclosed at `chain`, for one request. Raises MessageGone."""
    with mailbox_of(who) as mailbox:
        yield reads_within(mailbox, ref, chain, convert.get()) if chain else mailbox


def message_path(ref: MessageRef, chain: str = "") -> str:
    """URL path of a message. Same as `reverse`, which tries every pattern and is slower."""
    within = f"dedans/{chain}/" if chain else ""
    return f"{address('webmail:inbox')}{quote(slug(ref.folder))}/{ref.uid_validity}/{ref.uid}/{within}"


def enclosed_path_prefix(ref: MessageRef, chain: str = "") -> str:
    """URL path of an enclosed message up to its part number; empty beyond `MAX_ENCLOSED_DEPTH`."""
    if chain.count("-") + 1 >= MAX_ENCLOSED_DEPTH:
        return ""
    return f"{message_path(ref)}dedans/{chain}-" if chain else f"{message_path(ref)}dedans/"


def mailbox_of(who: Who) -> AbstractContextManager[Mailbox]:
    """The mailbox the user acts in, open for one request."""
    return open_mailbox.get()(MailLogin(who.mailbox, who.session_key))


def run_for(who: Who) -> RunLimited:
    """The sandboxed reader for that person: two readings at once."""
    return SharedRun(run_limited.get(), who.own_account_id)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether our own script makes the request, for a fragment of the page."""
    return "HTTP_HX_REQUEST" in request.META


def view_of(who: Who, params: QueryDict) -> View:
    """The list view asked for by the URL parameters and the user's preferences."""
    is_grouped = choices_of(who.preferences).conversations is Conversations.LIST
    if not params and not is_grouped:
        return PLAIN
    return parse_view(
        dict(params.lists()),
        mine=own_addresses(who),
        domains=own_domains(who),
        is_grouped=is_grouped,
        query=parse_search(who, params.get("q", "")),
    )


def offset_of(params: QueryDict) -> int:
    """Number of the first row asked for; 0 unless it can be one."""
    text = params.get("offset", "0")
    return min(int(text), 10_000_000) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def parse_search(who: Who, typed: str) -> SearchQuery:
    """Parse the text of the search box, with the user's own labels."""
    if not typed.strip():
        return EMPTY_QUERY
    labels = known_labels(who.preferences)
    today = paris_day(timezone.now())
    return search_query.parse_query(typed, today, lambda name: keyword_of(name, labels), own=who.address)


def own_domains(who: Who) -> frozenset[str]:
    """The domains of the user's colleagues, lower case."""
    return frozenset(settings.CONFIG.colleague_domains(who.address.rpartition("@")[2]))


def own_institution(who: Who) -> Institution:
    """The user's académie. Vaguemestre is a service name of ours whatever the settings say."""
    academy = settings.CONFIG.academy_at(who.address.rpartition("@")[2])
    return Institution(
        own_domains(who),
        academy.name,
        (*academy.house_names, "Vaguemestre"),
        tuple(department_name(department) for department in academy.departments),
        frozenset(domain.lower() for domain in academy.colleague_domains),
    )


def own_auth_server() -> AuthServer:
    """Our authserv-id (RFC 8601), every domain of ours and the seal key: they make a verdict trustworthy."""
    config = settings.CONFIG
    return AuthServer(f"mail.{config.academy.domain.lower()}", frozenset(config.domains), settings.SEAL_KEY)


def own_addresses(who: Who) -> frozenset[str]:
    """Addresses of the user and of the mailbox, lower case."""
    return frozenset((who.address.lower(), who.mailbox.lower()))


def base_context(request: SignedInRequest) -> dict[str, object]:
    """Template context that every fragment gets."""
    return {"who": request.who, "today": paris_day(timezone.now())}


def render_fragment(name: str, context: Mapping[str, object]) -> str:
    """Render a fragment with Jinja, which is faster than Django's templates."""
    return str(loader.get_template(f"webmail/{name}.jinja", using="jinja2").render(dict(context)))


def parse_refs(form: QueryDict) -> tuple[MessageRef, ...]:
    """Message references of a form: `ref` = folder slug / UIDVALIDITY / UID, as in URLs.

    Raises Refusal `webmail.unreadable-selection`.
    """
    return tuple(_parse_ref(text) for text in form.getlist("ref"))


def _parse_ref(text: str) -> MessageRef:
    folder_slug, _, rest = text.partition("/")
    validity, _, uid = rest.partition("/")
    folder = folder_of_slug(folder_slug)
    if folder is None or not (validity.isascii() and validity.isdigit() and uid.isascii() and uid.isdigit()):
        raise Refusal("webmail.unreadable-selection")
    return MessageRef(folder, int(validity), int(uid))


def ref_text(ref: MessageRef) -> str:
    """A message reference as `parse_refs` reads it."""
    return f"{slug(ref.folder)}/{ref.uid_validity}/{ref.uid}"
