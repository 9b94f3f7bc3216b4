"""The mailbox that an account entitles to, and the difference with the engines' mailboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.provisioning.values import NO_LIMITS, AppKey, ExpectedMailbox, MailboxLimits


@dataclass(frozen=True)
class Difference:
    """Mailboxes to create or update (`put`) and to remove (`drop`) in the engines."""

    put: tuple[ExpectedMailbox, ...]
    drop: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.put or self.drop)


def expected_mailbox(
    *,
    username: str,
    mailbox: str,
    state: AccountState,
    quota_mb: int,
    addresses: Sequence[tuple[str, bool]],
    app_keys: Sequence[tuple[str, int]],
    mailbox_state: MailboxState = MailboxState.OPEN,
    limits: MailboxLimits = NO_LIMITS,
    pod: str = "",
) -> ExpectedMailbox | None:
    """The mailbox of an account; None if it is closed, frozen or purged.

    `addresses`: (address, may send). Nobody can open a mailbox that is held, or whose account is not active;
    it still receives. The mailbox name is an address too, unless the person has addresses in other domains
    only (they left that académie): it is then only a login.
    """
    if mailbox_state not in (MailboxState.OPEN, MailboxState.HELD):
        return None
    sends = tuple(a.lower() for a, may_send in addresses if may_send) if addresses else (mailbox,)
    receives = tuple(dict.fromkeys(a.lower() for a, _ in addresses))
    domain = mailbox.partition("@")[2]
    if not addresses or any(address.endswith(f"@{domain}") for address in receives):
        receives = tuple(dict.fromkeys((*receives, mailbox)))
    return ExpectedMailbox(
        mailbox=mailbox,
        active=state == AccountState.ACTIVE and mailbox_state == MailboxState.OPEN,
        quota_mb=quota_mb,
        names=tuple(sorted({*receives, username, mailbox})),
        receives=receives,
        sends=sends,
        app_keys=tuple(sorted((AppKey(*key) for key in app_keys), key=lambda k: k.token_sha256)),
        limits=limits,
        pod=pod,
    )


def difference(expected: Mapping[str, ExpectedMailbox], held: Mapping[str, ExpectedMailbox]) -> Difference:
    """What to change to get from the mailboxes `held` by the engines to those expected; both by name."""
    put = tuple(target for mailbox, target in expected.items() if not _is_same(target, held.get(mailbox)))
    return Difference(put, tuple(mailbox for mailbox in held if mailbox not in expected))


def _is_same(one: ExpectedMailbox, other: ExpectedMailbox | None) -> bool:
    return other is not None and _unordered(one) == _unordered(other)


def _unordered(mailbox: ExpectedMailbox) -> tuple[object, ...]:
    # A store may return sets in another order. The pod does not count: moves change it.
    return (
        mailbox.mailbox,
        mailbox.active,
        mailbox.quota_mb,
        frozenset(mailbox.names),
        frozenset(mailbox.receives),
        frozenset(mailbox.sends),
        frozenset(mailbox.app_keys),
        mailbox.limits,
    )
