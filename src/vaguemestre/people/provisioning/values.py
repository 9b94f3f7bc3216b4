"""Values of provisioning: a mailbox as the engines must know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppKey:
    """An application password as engines know it. `expires_at` is a Unix time in seconds, 0 = never."""

    token_sha256: str
    expires_at: int


@dataclass(frozen=True)
class MailboxLimits:
    """What a class of service changes for the engines. Days: 0, as the installation is set.

    `imap`, `submission`, `sieve`: mail programs may sign in for it; pages always do.
    """

    imap: bool = True
    submission: bool = True
    sieve: bool = True
    trash_days: int = 0
    junk_days: int = 0


NO_LIMITS = MailboxLimits()


@dataclass(frozen=True)
class ExpectedMailbox:
    """One mailbox as Dovecot and Postfix must know it.

    `mailbox`: the stable login inside the engines (`username@domain`). `names`: every accepted login
    (addresses, username, mailbox itself), lower case. `receives`, `sends`: addresses. `active` False: it
    receives mail and nobody can open it.
    """

    mailbox: str
    active: bool
    quota_mb: int
    names: tuple[str, ...]
    receives: tuple[str, ...]
    sends: tuple[str, ...]
    app_keys: tuple[AppKey, ...] = ()
    limits: MailboxLimits = NO_LIMITS
    pod: str = ""  # where it is made, if not on the first one; moves keep it right afterwards
