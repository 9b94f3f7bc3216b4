"""What the reader shows of other rooms: shared mailboxes, what they hide, the live stream."""

from django.utils import timezone

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.webmail.rules.listing.fences import Fence
from vaguemestre.mailbox.webmail.values import OtherBox
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.values import MailLogin, Use
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.schools.sharing.rules.box_rights import prefix_of, session_of
from vaguemestre.schools.sharing.values import Kind


def live_ticket(key: str, mailbox: str, session_key: str, now: float) -> str:
    return tickets.issue(key, tickets.Ticket(mailbox, session_key), now=now)


def fence_of(login: MailLogin) -> Fence | None:
    """What a colleague sees of a mailbox that its person lends them."""
    only_reception = sharing_queries.lent_through(login.session_key, timezone.now())
    return None if only_reception is None else Fence(only_reception)


def other_boxes(account_id: int) -> list[OtherBox]:
    return [
        OtherBox(one.box_id, one.title, one.address, f"{prefix_of(one.box_id)}messagerie/")
        for one in sharing_queries.boxes_of(account_id, timezone.now())
    ]


_MOST_COUNTED = 12  # shared mailboxes somebody may have and still see counts beside: each is a connection


def unread_elsewhere(account_id: int, session_key: str) -> dict[int, int]:
    """Of the inbox of each mailbox of several people, as its member of that session sees it."""
    found = {}
    boxes = sharing_queries.boxes_of(account_id, timezone.now())
    for box in [one for one in boxes if one.kind is not Kind.PERSON][:_MOST_COUNTED]:
        inside = session_of(session_key, box.box_id, account_id)
        try:
            with mailstore.open_mailbox.get()(MailLogin(box.mailbox, inside)) as opened:
                found[box.box_id] = sum(one.unread for one in opened.folders() if one.use is Use.INBOX)
        except (EngineDown, EngineRefused):
            continue  # that count is missing, and nothing else
    return found
