"""Events of shared mailboxes."""

from dataclasses import dataclass

from vaguemestre.schools.sharing.values import MembershipChange


@dataclass(frozen=True)
class AccessEnded:
    """An account may no longer open a mailbox. Its open pages and connections are cut."""

    box_id: int
    account_id: int  # the member's


@dataclass(frozen=True)
class SendingEnded:
    """A member may no longer send from a mailbox. `by`: the actor."""

    box_account_id: int
    account_id: int  # the member's
    by: str


@dataclass(frozen=True)
class AccessDue:
    """A membership ends at that moment. Announced when the end date is set, due on that date."""

    box_id: int


@dataclass(frozen=True)
class WorkChanged:
    """Presence, assignee, notes or answers changed in a mailbox. Its open pages are refreshed."""

    box_id: int


@dataclass(frozen=True)
class ClientMessageSent:
    """A mail client submitted a message from a mailbox; its author is still to be determined.

    The client signed in from `network` between `since` and `until` (ISO 8601).
    """

    box_id: int
    message_id: str
    in_reply_to: str
    network: str
    since: str
    until: str
    at: str


@dataclass(frozen=True)
class MembersChanged:
    """A membership began, ended, or made somebody the owner. `at`: ISO 8601.

    `by`: the actor, who is not notified.
    """

    box_id: int
    account_id: int
    change: MembershipChange
    by: str
    at: str


@dataclass(frozen=True)
class MembersAdded:
    """`MembersChanged` for several whom one act let in. `account_ids`: two at least."""

    box_id: int
    account_ids: list[int]
    change: MembershipChange
    by: str
    at: str
