"""What a Sieve script may send: vacation replies under its owner's name, redirects to allowed domains."""

from collections.abc import Collection

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import Origin, SubmissionRequest


def check_automatic(
    request: SubmissionRequest, addresses: Collection[str], *, leaves_academy: bool, reaches_list: bool
) -> None:
    """Check a reply's author, or a redirect's recipients.

    A reply has no envelope sender and one From, an address of the script's mailbox (RFC 3834 §3). A redirect
    keeps its author. `addresses`: those of that mailbox, lower case; `leaves_academy`: a recipient is in a
    domain that redirects, bounces included, may not reach; `reaches_list`: a recipient is a list, to which
    only an author writes.
    Raises Refusal `outbox.from-somebody-else`, `outbox.from-unreadable`, `outbox.redirect-outside`,
    `outbox.redirect-list`.
    """
    if request.origin is Origin.REDIRECTED:
        if leaves_academy:
            raise Refusal("outbox.redirect-outside")
        if reaches_list:
            raise Refusal("outbox.redirect-list")
        return
    if request.sender or len(request.authors) != 1 or sole_address(request.authors[0]) not in addresses:
        raise Refusal("outbox.from-somebody-else")
