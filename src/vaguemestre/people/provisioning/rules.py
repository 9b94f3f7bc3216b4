"""The mailbox each account entitles to, and what must change for the engines to hold it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vaguemestre.people.provisioning.values import AppKey, ExpectedMailbox


@dataclass(frozen=True)
class Difference:
    """`put` makes mailboxes so, `drop` makes them unknown; both empty when engines and database agree."""

    put: tuple[ExpectedMailbox, ...]
    drop: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.put or self.drop)


def expected_mailbox(
    *,
    username: str,
    mailbox: str,
    state: str,
    quota_mb: int,
    addresses: Sequence[tuple[str, bool]],
    app_keys: Sequence[tuple[str, int]],
    mailbox_state: str = "open",
    pod: str = "",
) -> ExpectedMailbox | None:
    """The mailbox of an account; None when it is closed, frozen or purged.

    `addresses` are (address, may send). Nothing opens an account that is not active, nor a mailbox
    that is held; their mail still comes. An account with no address of its own uses its mailbox name as
    one; one whose owner left that domain is only opened by it.
    """
    if mailbox_state not in ("open", "held"):
        return None
    sends = tuple(a.lower() for a, may_send in addresses if may_send) if addresses else (mailbox,)
    receives = tuple(dict.fromkeys(a.lower() for a, _ in addresses))
    domain = mailbox.partition("@")[2]
    if not addresses or any(one.endswith(f"@{domain}") for one in receives):
        receives = tuple(dict.fromkeys((*receives, mailbox)))
    return ExpectedMailbox(
        mailbox=mailbox,
        active=state == "active" and mailbox_state == "open",
        quota_mb=quota_mb,
        names=tuple(sorted({*receives, username, mailbox})),
        receives=receives,
        sends=sends,
        app_keys=tuple(sorted((AppKey(*key) for key in app_keys), key=lambda k: k.token_sha256)),
        pod=pod,
    )


def difference(expected: Mapping[str, ExpectedMailbox], held: Mapping[str, ExpectedMailbox]) -> Difference:
    """From what is held to what is expected, both by mailbox."""
    put = tuple(one for mailbox, one in expected.items() if not _same(one, held.get(mailbox)))
    return Difference(put, tuple(mailbox for mailbox in held if mailbox not in expected))


def _same(one: ExpectedMailbox, other: ExpectedMailbox | None) -> bool:
    return other is not None and _unordered(one) == _unordered(other)


def _unordered(one: ExpectedMailbox) -> tuple[object, ...]:
    # A store may give sets back in another order.
    return (
        one.mailbox,
        one.active,
        one.quota_mb,
        frozenset(one.names),
        frozenset(one.receives),
        frozenset(one.sends),
        frozenset(one.app_keys),
    )
