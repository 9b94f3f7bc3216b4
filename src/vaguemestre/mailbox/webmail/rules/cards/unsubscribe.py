"""Unsubscribing from a mailing list (RFC 8058, RFC 2369)."""

import re
from dataclasses import dataclass

from vaguemestre.foundation.kernel.web_hosts import host_of
from vaguemestre.mailbox.webmail.rules.rendering.html.links import without_hidden

_BETWEEN = re.compile(r"<([^<>]{1,2000})>")
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class UnsubscribeOptions:
    """Ways to unsubscribe: `one_click`, address for a POST; `mail`, to write to; `page`, to visit."""

    one_click: str = ""
    mail: str = ""
    page: str = ""

    @property
    def host(self) -> str:
        """Domain that learns of it."""
        return host_of(self.one_click or self.page) or self.mail.rpartition("@")[2].partition("?")[0]


def unsubscribe_options(unsubscribe: str, post: str) -> UnsubscribeOptions | None:
    """Ways offered by the fields List-Unsubscribe and List-Unsubscribe-Post; None if there is none."""
    offered = [without_hidden(address) for address in _BETWEEN.findall(unsubscribe[:20_000])]
    web = next((a for a in offered if a.lower().startswith("https://") and host_of(a)), "")
    mail = next((a[7:] for a in offered if a.lower().startswith("mailto:") and "@" in a), "")
    if not web and not mail:
        return None
    if web and post.strip().lower() == ONE_CLICK.lower():
        return UnsubscribeOptions(one_click=web, mail=mail)
    return UnsubscribeOptions(mail=mail, page=web)
