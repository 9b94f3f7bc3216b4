"""What a Sieve script may send: replies under its owner's name, others' mail to where it may go."""

from collections.abc import Collection

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import Origin, Posting


def check_automatic(posting: Posting, addresses: Collection[str], *, leaves_academy: bool) -> None:
    """A reply has no envelope sender and one From, an address of the script's mailbox (RFC 3834 §3).

    A redirect keeps its author; it goes out of the académie only where that is allowed, a bounce too.
    `addresses`: those of that mailbox, lower case; `leaves_academy`: a recipient is where no redirect may go.
    Raises Refusal `outbox.from-somebody-else`, `outbox.from-unreadable`, `outbox.redirect-outside`.
    """
    if posting.origin is Origin.REDIRECTED:
        if leaves_academy:
            raise Refusal("outbox.redirect-outside")
        return
    if posting.sender or len(posting.authors) != 1 or sole_address(posting.authors[0]) not in addresses:
        raise Refusal("outbox.from-somebody-else")
