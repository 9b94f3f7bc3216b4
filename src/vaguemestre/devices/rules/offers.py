"""The one source of settings."""

from vaguemestre.devices.values import Offer, Server

_LOOPBACK = ("localhost", "127.0.0.1")


def offer(*, public_url: str, domain: str, name: str, imaps: int, submissions: int) -> Offer:
    """What is offered to programs. A loopback instance names its machine, another `mail.<domain>`."""
    host = public_url.partition("//")[2].partition("/")[0].partition(":")[0]
    where = host if host in _LOOPBACK else f"mail.{domain}"
    return Offer(
        domain=domain,
        name=name,
        imap=Server(where, imaps),
        smtp=Server(where, submissions),
        guide_url=f"{public_url.rstrip('/')}/appareils/",
    )
