"""Ports of the webmail for other rooms: shared and delegated mailboxes, the event stream."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.sorting import queries as sorting_queries
from vaguemestre.mailbox.sorting import services as sorting_services
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels
from vaguemestre.mailbox.webmail.rules.listing.private_mail import DelegatedScope, draft_mark, is_private
from vaguemestre.mailbox.webmail.values import OpenableBox, SharedMailbox
from vaguemestre.people.credentials.queries import account_of_mailbox, presented
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.values import MailLogin, Use
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.schools.sharing.rules.box_rights import box_prefix, box_session_key
from vaguemestre.schools.sharing.values import BoxKind

_INBOX = "INBOX"


def live_ticket(key: str, mailbox: str, session_key: str, now: float) -> str:
    """A ticket of the event stream; in a delegated mailbox it tells of the inbox, not of private folders."""
    only = _INBOX if delegated_scope_of(MailLogin(mailbox, session_key)) else ""
    return tickets.issue(key, tickets.Ticket(mailbox, session_key, only=only), now=now)


def delegated_scope_of(login: MailLogin) -> DelegatedScope | None:
    """Scope of a delegate's session in a delegated mailbox; None for other sessions."""
    terms = sharing_queries.delegation_terms(login.session_key, timezone.now())
    if terms is None:
        return None
    account_id = account_of_mailbox(login.mailbox)
    owner = presented(account_id) if account_id else None
    labels = known_labels(owner.preferences) if owner else ()
    return DelegatedScope(
        terms.inbox_only,
        draft_mark(terms.account_id) if terms.may_write else "",
        tuple(label.keyword for label in labels if is_private(label.name)),
    )


def shared_mailboxes(account_id: int) -> list[SharedMailbox]:
    """Shared and delegated mailboxes an account may open."""
    return [
        SharedMailbox(box.box_id, box.title, box.address, f"{box_prefix(box.box_id)}messagerie/")
        for box in sharing_queries.boxes_of(account_id, timezone.now())
    ]


_MAX_COUNTED = (
    12  # shared mailboxes somebody may have and still see counts beside, or in one list: each is a connection
)


def openable_boxes(account_id: int, session_key: str) -> list[OpenableBox]:
    """Shared mailboxes somebody may open, in the order shown. No lent one: its owner reads who came."""
    boxes = sharing_queries.boxes_of(account_id, timezone.now())
    return [
        OpenableBox(
            SharedMailbox(box.box_id, box.title, box.address, f"{box_prefix(box.box_id)}messagerie/"),
            MailLogin(box.mailbox, box_session_key(session_key, box.box_id, account_id)),
        )
        for box in boxes
        if box.kind is not BoxKind.PERSON
    ][:_MAX_COUNTED]


def shared_unread(account_id: int, session_key: str) -> dict[int, int]:
    """Unread messages in the inbox of each shared mailbox, as seen by the member of that session."""
    counts = {}
    for openable in openable_boxes(account_id, session_key):
        try:
            with mailstore.open_mailbox.get()(openable.login) as opened:
                inboxes = [folder for folder in opened.folders() if folder.use is Use.INBOX]
            counts[openable.box.box_id] = sum(inbox.unread for inbox in inboxes)
        except (EngineDown, EngineRefused):
            continue  # only that count is missing
    return counts


class FolderFilters:
    """Implements `webmail.ports.FolderFilters` with the filters of sorting."""

    def names(self, account_id: int, folder: str) -> Collection[str]:
        return sorting_queries.filters_into(account_id, folder)

    def follow(self, account_id: int, former: str, new: str, *, by: str, now: datetime) -> None:
        sorting_services.follow_folder(account_id, former, new, by=by, now=now)
