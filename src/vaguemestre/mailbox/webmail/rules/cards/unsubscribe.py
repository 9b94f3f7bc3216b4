"""Unsubscribing from a mailing list (RFC 8058, RFC 2369)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.web_hosts import host_of
from vaguemestre.mailbox.webmail.rules.rendering.html.links import without_hidden

_BETWEEN = re.compile(r"<([^<>]{1,2000})>")
ONE_CLICK = "List-Unsubscribe=One-Click"
_REQUEST = "unsubscribe"
# « unsubscribe » and the list: a sentence would be one that a stranger puts in our mouth
_SUBJECT = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})?")


@dataclass(frozen=True)
class UnsubscribeOptions:
    """Ways to unsubscribe: `one_click`, address for a POST; `mail`, address to write to; `page`, to visit.

    `subject`: of that message.
    """

    one_click: str = ""
    mail: str = ""
    page: str = ""
    subject: str = _REQUEST

    @property
    def host(self) -> str:
        """Domain that learns of it."""
        return host_of(self.one_click or self.page) or self.mail.rpartition("@")[2]


def unsubscribe_options(
    unsubscribe: str, post: str, own_domains: Collection[str] = ()
) -> UnsubscribeOptions | None:
    """Ways offered by the fields List-Unsubscribe and List-Unsubscribe-Post; None if there is none.

    `own_domains`, lower case: nothing is written there, however they are spelled. Our lists are left on a
    page, and whoever writes such a field would have their reader write to a colleague.
    """
    offered = [without_hidden(address) for address in _BETWEEN.findall(unsubscribe[:20_000])]
    web = next((a for a in offered if a.lower().startswith("https://") and host_of(a)), "")
    mailtos = (a[7:].partition("?") for a in offered if a.lower().startswith("mailto:") and "@" in a)
    readable = ((_address(to), _subject(query)) for to, _, query in mailtos)
    outside = ((to, words) for to, words in readable if to and to.rpartition("@")[2] not in own_domains)
    mail, subject = next(outside, ("", _REQUEST))
    if not web and not mail:
        return None
    if web and post.strip().lower() == ONE_CLICK.lower():
        return UnsubscribeOptions(one_click=web, mail=mail, subject=subject)
    return UnsubscribeOptions(mail=mail, page=web, subject=subject)


def _address(written: str) -> str:
    """The address as it will be written to, its domain folded; "" if it is none."""
    bare = unquote(written).strip().rstrip(".")
    try:
        return f"{bare.rpartition('@')[0]}@{parse_address(bare).domain}"
    except Refusal:
        return ""


def _subject(query: str) -> str:
    """The subject that the list asks for, if it is a word for a program and not a sentence."""
    asked = next(iter(parse_qs(query).get("subject", [])), "")
    return asked if _SUBJECT.fullmatch(asked) else _REQUEST
