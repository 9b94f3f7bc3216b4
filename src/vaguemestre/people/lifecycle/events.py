"""Facts about lifecycle events, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NeutralReplyDue:
    """Somebody left, or is away for long: senders get a neutral reply between two days (ISO).

    `new_address`: what the reply may give, "" if the person did not agree.
    """

    account_id: int
    starts_on: str
    ends_on: str
    new_address: str = ""
    only_to: str = ""  # the domain they left, if their mailbox moved to another académie


@dataclass(frozen=True)
class NeutralReplyEnded:
    """The neutral reply stops: the person is back."""

    account_id: int


@dataclass(frozen=True)
class MembershipsChanged:
    """Shared mailboxes, lists and delegations were withdrawn or given back: see `queries.withdrawn_among`."""

    account_id: int


@dataclass(frozen=True)
class ClosingNear:
    """An account will be closed that day (ISO): its owner is notified at every known address."""

    account_id: int
    closes_on: str
    at: str


@dataclass(frozen=True)
class ClosingWithdrawn:
    """The closing that an owner was notified of will not take place: told to the same addresses."""

    account_id: int
    at: str


@dataclass(frozen=True)
class MailboxPurgeDue:
    """A mailbox is to be erased."""

    account_id: int
