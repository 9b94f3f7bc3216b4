"""What credentials is lent: keys of the instance, and the engines' list of honoured tokens."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple, Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.credentials.values import SecretKeys, TokenKeys


class Tokens(Protocol):
    """The mail tokens engines honour (part of `provisioning.ports.MailDirectory`). Raises EngineDown."""

    def allow_token(self, mailbox: str, token_sha256: str, expires_at: int) -> None: ...

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None: ...


# account, typed password → what of its person's NUMEN is in it. Raises EngineDown.
type NumenWords = Callable[[int, str], tuple[str, ...]]


class ProgramToken(NamedTuple):
    """A mail token of a program, its account, and for how long it is valid."""

    account_id: int
    token: str
    lifetime: timedelta


class MailTokens(Protocol):
    """Who signs mail tokens: ourselves if we hold the key, else the token service (ADR 0032).

    Each raises EngineDown, and Refusal `credentials.session-over` when the account may not, or no more.
    """

    def for_session(self, mailbox: str, secret: str) -> str:
        """A token for the person of a session, in their mailbox or one they are a member of.

        `secret`: what the browser's cookie holds; the database knows its digest only.
        """
        ...

    def for_list(self, mailbox: str) -> str:
        """A token for a mailbox of a list: the page has checked who may read, strangers with a link too."""
        ...

    def for_job(self, mailbox: str) -> str:
        """A token for a job. EngineRefused to processes that do none."""
        ...

    def for_program(self, key: str) -> ProgramToken:
        """A token for the mail program that holds that key."""
        ...


secret_keys: Slot[SecretKeys] = Slot("credentials.secret_keys")
token_keys: Slot[TokenKeys] = Slot("credentials.token_keys")
numen_words: Slot[NumenWords] = Slot("credentials.numen_words")
mail_tokens: Slot[MailTokens] = Slot("credentials.mail_tokens")
