"""Ports of credentials: keys of the instance, token service, the engines' list of valid tokens."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple, Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.credentials.values import SecretKeys, TokenKeys


class Tokens(Protocol):
    """The mail tokens that engines accept (part of `provisioning.ports.MailDirectory`). Raises EngineDown."""

    def allow_token(
        self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
    ) -> None: ...

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None: ...


# (account id, typed password) → the parts of the person's NUMEN that it contains. Raises EngineDown.
type NumenWords = Callable[[int, str], tuple[str, ...]]


class ProgramToken(NamedTuple):
    """A mail token of a program, its account, and its lifetime."""

    account_id: int
    token: str
    lifetime: timedelta


class MailTokens(Protocol):
    """Issuer of mail tokens: this process if it holds the key, else the token service (ADR 0032).

    Every method raises EngineDown, and Refusal `credentials.session-over` if the account has no right to one.
    """

    def for_session(self, mailbox: str, secret: str) -> str:
        """A token for the person of a session, for their mailbox or one they are a member of.

        `secret`: the session key in the browser's cookie; the database only has its digest.
        """
        ...

    def for_list(self, mailbox: str) -> str:
        """A token for the mailbox of a list. The page has checked the reader, even a stranger with a link."""
        ...

    def for_job(self, mailbox: str) -> str:
        """A token for a job. Raises EngineRefused in a process that runs no jobs."""
        ...

    def for_program(self, key: str) -> ProgramToken:
        """A token for the mail program that holds that key."""
        ...


secret_keys: Slot[SecretKeys] = Slot("credentials.secret_keys")
token_keys: Slot[TokenKeys] = Slot("credentials.token_keys")
numen_words: Slot[NumenWords] = Slot("credentials.numen_words")
mail_tokens: Slot[MailTokens] = Slot("credentials.mail_tokens")
