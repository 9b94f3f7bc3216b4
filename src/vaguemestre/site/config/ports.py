"""The ports of an instance."""

from dataclasses import dataclass
from typing import NamedTuple


class ClientPorts(NamedTuple):
    """Ports announced to mail clients."""

    imaps: int
    submissions: int
    managesieve: int


@dataclass(frozen=True)
class Ports:
    web: int
    push: int
    intranet: int  # Accolad, beside a demonstration
    carddav: int
    rooms: int  # Salles, the other demonstration application
    metrics: int  # Prometheus text
    imap: int  # without TLS: the webmail's, on the loopback
    imaps: int
    submission: int
    submissions: int
    mx: int
    managesieve: int
    submission_inside: int  # the webmail's, on the loopback
    pod_lmtp: int  # of a pod, between our machines: deliveries
    pod_doveadm: int  # and its moves
    pod_agent: int  # what is asked of the agent of its mailboxes
    pod_managesieve: int  # by TLS from its first byte
    injection: int  # what Sieve sends, on the loopback
    srs_forward: int  # postsrsd, on the loopback: senders of what is sent on
    srs_reverse: int  # and back
    reports: int  # our DMARC reports to others, on the loopback
    acme: int  # certbot, on the loopback, while it asks for a certificate
    filter: int  # rspamd's milter, on the loopback
    filter_controller: int
    filter_fuzzy: int  # what readers called junk, or nearly the same (UDP), on the loopback
    entry_pages: int  # behind the entries: the PROXY protocol says who comes
    entry_imaps: int
    entry_submission: int
    entry_submissions: int
    entry_mx: int
    entry_managesieve: int
    names: int  # the demonstration's own name server (UDP), on the loopback
    recipients: int  # HAProxy, on the loopback: whichever database writes, else one that follows it
    recipients_again: int  # one that has all that was confirmed, else the others

    @classmethod
    def counted_from(cls, base: int, *, usual: bool) -> "Ports":
        """Ports at their distances from `base`; those open to the world are everybody's if `usual`."""
        return cls(
            web=443 if usual else base,
            push=base + 1,
            intranet=base + 2,
            carddav=base + 3,
            rooms=base + 4,
            metrics=base + 5,
            imap=base + 143,
            imaps=993 if usual else base + 993,
            submission=587 if usual else base + 587,
            submissions=465 if usual else base + 465,
            mx=25 if usual else base + 25,
            managesieve=4190 if usual else base + 190,
            submission_inside=base + 587,
            pod_lmtp=base + 24,
            pod_doveadm=base + 245,
            pod_managesieve=base + 246,
            pod_agent=base + 247,
            injection=base + 26,
            srs_forward=base + 27,
            srs_reverse=base + 28,
            reports=base + 29,
            acme=base + 80,
            filter=base + 332,
            filter_controller=base + 334,
            filter_fuzzy=base + 335,
            entry_pages=base + 40,
            entry_imaps=base + 41,
            entry_submission=base + 42,
            entry_submissions=base + 43,
            entry_mx=base + 44,
            entry_managesieve=base + 45,
            names=base + 53,
            recipients=base + 54,
            recipients_again=base + 55,
        )
