"""What credentials is lent: keys of the instance, and the engines' list of honoured tokens."""

from collections.abc import Iterable
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.credentials.values import SecretKeys, TokenKeys


class Tokens(Protocol):
    """The mail tokens engines honour (part of `provisioning.ports.MailDirectory`). Raises EngineDown."""

    def allow_token(self, mailbox: str, token_sha256: str, expires_at: int) -> None: ...

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None: ...


secret_keys: Slot[SecretKeys] = Slot("credentials.secret_keys")
token_keys: Slot[TokenKeys] = Slot("credentials.token_keys")
