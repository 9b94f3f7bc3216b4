"""Facts about accounts, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountsOpened:
    """Accounts were created: pending, without a password. `AccountsChanged` is announced with it."""

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
    """`AccountChanged` for many at once: opened, closed, renamed by an import."""

    account_ids: list[int]


@dataclass(frozen=True)
class OfficeChanged:
    """The role of an account, or how far it reaches, changed: whoever remembers it reads it again."""

    account_id: int


@dataclass(frozen=True)
class ClassesChanged:
    """What gives classes of service changed in an académie: its accounts follow."""

    academy_id: int


@dataclass(frozen=True)
class PersonErased:
    """The civil status of a person was erased: every room erases its data about them (GDPR art. 17).

    A handler does nothing if the account is open again by then.
    """

    account_id: int
    person_id: int


@dataclass(frozen=True)
class TokensWithdrawn:
    """The key of a mail program was revoked: engines refuse its tokens and close their connections."""

    mailbox: str
    token_sha256s: list[str]
