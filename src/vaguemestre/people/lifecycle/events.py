"""Facts about lives, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NeutralReplyDue:
    """Somebody left, or is away for long: whoever writes reads a neutral reply between two days (ISO).

    `new_address`: what the reply may give, "" when the person did not agree.
    """

    account_id: int
    starts_on: str
    ends_on: str
    new_address: str = ""
    only_to: str = ""  # the domain they left, where their mailbox goes on elsewhere


@dataclass(frozen=True)
class NeutralReplyOver:
    """They are back."""

    account_id: int


@dataclass(frozen=True)
class MembershipsTouched:
    """Boxes, lists and delegations are theirs no more, or again: `queries.withdrawn_among` says."""

    account_id: int


@dataclass(frozen=True)
class ClosingNear:
    """An account will be closed that day (ISO): its owner reads of it wherever they can be reached."""

    account_id: int
    closes_on: str
    at: str


@dataclass(frozen=True)
class MailboxDoomed:
    """Nothing is to be left of that mailbox."""

    account_id: int
