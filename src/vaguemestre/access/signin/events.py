"""Facts about browser sessions and the safety of accounts, past tense."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionsEnded:
    """Signed out, or put out. The mail tokens minted for them must open nothing any more."""

    token_sha256s: list[str]
    session_keys: list[str] = field(default_factory=list)
    continued_by: str = ""  # the same person proved who they are again: the session that goes on


@dataclass(frozen=True)
class ProgramEntered:
    """A mail program opened a mailbox of several people with the password of one of them (`holder_id`).

    `network` as the throttle names it, `at` as ISO 8601.
    """

    account_id: int
    holder_id: int
    network: str
    protocol: str
    at: str


@dataclass(frozen=True)
class AccountTouched:
    """Something was done to what opens an account: its owner must read of it.

    `act` is one of `signin.rules.notices`; `at` is ISO 8601 with its offset; `reason` and `detail` are shown
    as they are; `number` is what it was done to, for the act to be undone.
    """

    account_id: int
    act: str
    at: str
    reason: str = ""
    detail: str = ""
    number: int = 0


@dataclass(frozen=True)
class ContactsToTell:
    """The same fact, for the recovery contacts: by the worker alone, as letters leave once."""

    account_id: int
    act: str
    at: str
    number: int = 0


@dataclass(frozen=True)
class ContactMailDue:
    """A letter to a recovery contact, sent by the worker: the time a page takes says nothing.

    `kind`: `confirm` or `recover` (with a code), `replaced` (without). `sealed`: address and code, as JSON
    sealed with the instance's key, in hexadecimal. Account 0 is nobody: nothing leaves.
    """

    account_id: int
    kind: str
    sealed: str
