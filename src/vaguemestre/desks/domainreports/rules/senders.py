"""Whom a message in our name came from, and what a tighter policy would do to their mail."""

from vaguemestre.desks.domainreports.values import KnownSenders, Origin, Record, Sender, SenderTotal

FORWARDED = frozenset(("forwarded", "trusted_forwarder", "mailing_list"))
_ENOUGH = 20  # messages from which a sender counts as regular


def sender_of(record: Record, domain: str, known: KnownSenders) -> Sender:
    """The sender of a record of a report about `domain`.

    Our signature makes a message ours wherever it went; a domain that signed, or whose SPF passed, names the
    sender; failing that the address does.
    """
    others = [
        name for name in (*record.signers, record.return_domain) if name and not _is_under(name, domain)
    ]
    name = others[0] if others else record.address
    if record.address in known.addresses:
        return Sender(Origin.OURS, "nos serveurs", is_named=True)
    if any(_is_under(signer, domain) for signer in record.signers):
        return Sender(Origin.OURS, name, is_named=True)
    if record.is_spf_aligned or record.address in known.relays or _is_relay(others, known):
        return Sender(Origin.RELAY, name, is_named=True)
    if any(_is_under(name, own) for own in known.domains for name in others):
        return Sender(Origin.OURS, name, is_named=True)
    return Sender(Origin.OTHER, name, is_named=bool(others))


def _is_relay(names: list[str], known: KnownSenders) -> bool:
    return any(_is_under(name, relay) for relay in known.relays for name in names)


def _is_under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def would_break(total: SenderTotal) -> bool:
    """Whether a policy that refuses would lose mail of a sender that does not hide who it is.

    Mail from a bare address that nobody answers for is what the policy is there to stop; what lists and
    forwarders send on is nobody's to mend.
    """
    return total.failed > total.forwarded and (
        total.sender.origin is not Origin.OTHER or total.sender.is_named
    )


def is_regular(total: SenderTotal) -> bool:
    return total.total >= _ENOUGH or total.reporters > 1
