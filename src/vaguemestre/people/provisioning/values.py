"""A mailbox as the engines must hold it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppKey:
    """An application password as engines know it. `expires_at` is a Unix time in seconds, 0 = never."""

    token_sha256: str
    expires_at: int


@dataclass(frozen=True)
class ExpectedMailbox:
    """One mailbox as Dovecot and Postfix must know it.

    `mailbox` is the stable login inside the engines (`username@domain`); `names` are every way to say it
    (addresses, username, mailbox itself), lower case; `receives` ⊇ `sends` are addresses.
    `active` False: mail is still received, nothing opens it. `closed` True: unknown to the engines.
    """

    mailbox: str
    active: bool
    quota_mb: int
    names: tuple[str, ...]
    receives: tuple[str, ...]
    sends: tuple[str, ...]
    app_keys: tuple[AppKey, ...] = ()
    pod: str = ""  # where it is made, if not on the first one; moves keep it right afterwards
