"""Events about browser sessions and account security."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionsEnded:
    """Browser sessions ended. The engines must refuse the mail tokens issued for them."""

    token_sha256s: list[str]
    session_keys: list[str] = field(default_factory=list)
    continued_by: str = ""  # the session that replaces it after a fresh proof


@dataclass(frozen=True)
class ProgramEntered:
    """A mail client opened a shared mailbox with the app password of `holder_id`.

    `network` as the throttle names it, `at` as ISO 8601.
    """

    account_id: int
    holder_id: int
    network: str
    protocol: str
    at: str


@dataclass(frozen=True)
class AccountTouched:
    """A security-sensitive act on an account, of which its owner is notified.

    `act` is a key of `WORDS` of signin's acts; `at` is ISO 8601 with offset; `reason` and `detail` are
    shown verbatim; `number` identifies the object of the act, to undo it.
    """

    account_id: int
    act: str
    at: str
    reason: str = ""
    detail: str = ""
    number: int = 0


@dataclass(frozen=True)
class ContactsToTell:
    """The same act, for the recovery contacts. Only the worker sends it, so each message leaves once."""

    account_id: int
    act: str
    at: str
    number: int = 0


@dataclass(frozen=True)
class ContactMailDue:
    """A message to a recovery contact. Sent by the worker, so the page's response time reveals nothing.

    `kind`: `confirm` or `recover` (with a code), `replaced` (without). `sealed`: address and code, as JSON
    sealed with the instance's key, in hexadecimal. Account 0: nothing is sent.
    """

    account_id: int
    kind: str
    sealed: str
