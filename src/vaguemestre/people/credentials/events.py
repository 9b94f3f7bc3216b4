"""Facts about accounts, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountsOpened:
    """Created by an arrival: owed mailboxes, opened by nothing yet. `AccountsChanged` tells the others."""

    account_ids: list[int]


@dataclass(frozen=True)
class AccountChanged:
    """State, addresses, quota or application passwords changed: the engines must follow."""

    account_id: int


@dataclass(frozen=True)
class AccountActivated:
    account_id: int


@dataclass(frozen=True)
class AccountsChanged:
    """Many at once, as an import makes them: opened, closed, renamed."""

    account_ids: list[int]


@dataclass(frozen=True)
class PersonErased:
    """Somebody's civil status was erased: every room forgets what it kept of the account's person.

    Unless, when this is heard, the account is open again.
    """

    account_id: int
    person_id: int


@dataclass(frozen=True)
class TokensWithdrawn:
    """The key of a mail program was revoked: its tokens open nothing, what they opened is closed."""

    mailbox: str
    token_sha256s: list[str]
