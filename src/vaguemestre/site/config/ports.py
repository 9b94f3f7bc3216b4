"""The ports of an instance."""

from dataclasses import dataclass


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
    injection: int  # what Sieve sends, on the loopback
    srs_forward: int  # postsrsd, on the loopback: senders of what is sent on
    srs_reverse: int  # and back
    acme: int  # certbot, on the loopback, while it asks for a certificate
    filter: int  # rspamd's milter, on the loopback
    filter_controller: int
    names: int  # the demonstration's own name server (UDP), on the loopback
