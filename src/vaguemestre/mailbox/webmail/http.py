"""What the reader's doors share: the steps of its addresses, the mailbox of who asks, what its forms say."""

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
from vaguemestre.mailbox.webmail.ports import convert
from vaguemestre.mailbox.webmail.rules.choices import Conversations, choices
from vaguemestre.mailbox.webmail.rules.listing import search_query
from vaguemestre.mailbox.webmail.rules.listing.folders import named, slug
from vaguemestre.mailbox.webmail.rules.listing.labels import keyword_of, known_labels
from vaguemestre.mailbox.webmail.rules.listing.search_query import Asked
from vaguemestre.mailbox.webmail.rules.listing.view_params import NOTHING, PLAIN, view
from vaguemestre.mailbox.webmail.services.authors import House
from vaguemestre.mailbox.webmail.services.enclosed import MOST_ENCLOSED, reads_within
from vaguemestre.mailbox.webmail.services.verdicts import Voucher
from vaguemestre.post.mailstore.ports import Mailbox, Reads, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, View


class FolderConverter:
    """One step of an address for any folder."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        folder = named(value)
        if folder is None:
            raise ValueError(value)
        return folder

    def to_url(self, value: str) -> str:
        return slug(value)


class NumberConverter:
    """UIDVALIDITY, UID: 32 bits, never zero (RFC 9051 §2.3.1.1)."""

    regex = "[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > 0xFFFFFFFF:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class ChainConverter:
    """Parts inside parts: the way to an enclosed message (`2`, `2-1.3`)."""

    regex = r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,40}(?:-[0-9]{1,5}(?:\.[0-9]{1,5}){0,40}){0,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@contextmanager
def reads_of(who: Who, ref: MessageRef, chain: str = "") -> Iterator[Reads]:
    """What answers for a message, or for one enclosed in it, for one request. Raises MessageGone."""
    with mailbox_of(who) as mailbox:
        yield reads_within(mailbox, ref, chain, convert.get()) if chain else mailbox


def base_of(ref: MessageRef, chain: str = "") -> str:
    """The address of a message: what `reverse` would say, without trying every pattern."""
    within = f"dedans/{chain}/" if chain else ""
    return f"{address('webmail:inbox')}{quote(slug(ref.folder))}/{ref.uid_validity}/{ref.uid}/{within}"


def inner_base_of(ref: MessageRef, chain: str = "") -> str:
    """What the address of a message enclosed there begins with, before its part number; empty: too deep."""
    if chain.count("-") + 1 >= MOST_ENCLOSED:
        return ""
    return f"{base_of(ref)}dedans/{chain}-" if chain else f"{base_of(ref)}dedans/"


def mailbox_of(who: Who) -> AbstractContextManager[Mailbox]:
    """The mailbox of who asks, for one request."""
    return open_mailbox.get()(MailLogin(who.mailbox, who.session_key))


def wants_fragment(request: HttpRequest) -> bool:
    """Whether our own script asks, for a piece of the page."""
    return "HTTP_HX_REQUEST" in request.META


def view_of(who: Who, asked: QueryDict) -> View:
    """How the person wants a list, by its address and by what they chose once for all."""
    is_grouped = choices(who.preferences).conversations is Conversations.LIST
    if not asked and not is_grouped:
        return PLAIN
    return view(
        dict(asked.lists()),
        mine=own_addresses(who),
        domains=own_domains(),
        is_grouped=is_grouped,
        found=asked_of(who, asked.get("q", "")),
    )


def asked_of(who: Who, typed: str) -> Asked:
    """What the words of a search look for."""
    if not typed.strip():
        return NOTHING
    known = known_labels(who.preferences)
    return search_query.asked(typed, paris_day(timezone.now()), lambda name: keyword_of(name, known))


def own_domains() -> frozenset[str]:
    return frozenset((settings.CONFIG.academy.domain.lower(),))


def own_house() -> House:
    """What names and addresses are ours; this very service's name too, whatever the settings say."""
    academy = settings.CONFIG.academy
    return House(
        own_domains(),
        academy.name,
        (*academy.house_names, "Vaguemestre"),
        frozenset(domain.lower() for domain in academy.colleague_domains),
    )


def own_voucher() -> Voucher:
    """What our filter and our submission service sign their findings with (RFC 8601)."""
    return Voucher(f"mail.{settings.CONFIG.academy.domain.lower()}", own_domains(), settings.SEAL_KEY)


def own_addresses(who: Who) -> frozenset[str]:
    return frozenset((who.address.lower(), who.mailbox.lower()))


def about(request: SignedInRequest) -> dict[str, object]:
    """What every fragment may need."""
    return {"who": request.who, "today": paris_day(timezone.now())}


def written(name: str, context: Mapping[str, object]) -> str:
    """A fragment of the hot path, by Jinja."""
    return str(loader.get_template(f"webmail/{name}.jinja", using="jinja2").render(dict(context)))


def refs_in(sent: QueryDict) -> tuple[MessageRef, ...]:
    """Messages named by a form: `ref` = folder step / UIDVALIDITY / UID, as in addresses.

    Raises Refusal `webmail.unreadable-selection`.
    """
    return tuple(_ref(text) for text in sent.getlist("ref"))


def _ref(text: str) -> MessageRef:
    step, _, rest = text.partition("/")
    validity, _, uid = rest.partition("/")
    folder = named(step)
    if folder is None or not (validity.isascii() and validity.isdigit() and uid.isascii() and uid.isdigit()):
        raise Refusal("webmail.unreadable-selection")
    return MessageRef(folder, int(validity), int(uid))


def ref_text(ref: MessageRef) -> str:
    """The same, written."""
    return f"{slug(ref.folder)}/{ref.uid_validity}/{ref.uid}"
