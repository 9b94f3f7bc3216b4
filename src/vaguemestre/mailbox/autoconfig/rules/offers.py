"""The one source of settings."""

from vaguemestre.mailbox.autoconfig.values import Offer, Server

_LOOPBACK = ("localhost", "127.0.0.1")
# What programs ask for, under these names or under the site's own.
DOCUMENTS = (
    "/.well-known/autoconfig/mail/config-v1.1.xml",
    "/mail/config-v1.1.xml",
    "/autodiscover/autodiscover.xml",
    "/Autodiscover/Autodiscover.xml",
    "/.well-known/mta-sts.txt",  # asked by other mail servers
)


def machine_names(domain: str) -> tuple[str, ...]:
    """Host names where mail programs look for the settings of an address of that domain."""
    return domain, f"autoconfig.{domain}", f"autodiscover.{domain}"


def policy_name(domain: str) -> str:
    """Host name where other servers read our MTA-STS policy (RFC 8461 §3.3)."""
    return f"mta-sts.{domain}"


def offer(
    *, public_url: str, domain: str, name: str, imaps: int, submissions: int, managesieve: int
) -> Offer:
    """What is offered to programs. A loopback instance names its machine, another `mail.<domain>`."""
    host = site_of(public_url)[0]
    where = host if host in _LOOPBACK else f"mail.{domain}"
    return Offer(
        domain=domain,
        name=name,
        imap=Server(where, imaps),
        smtp=Server(where, submissions),
        sieve=Server(where, managesieve),
        guide_url=f"{public_url.rstrip('/')}/appareils/",
    )


def site_of(public_url: str) -> tuple[str, int]:
    """The name and the port of the pages."""
    scheme, _, rest = public_url.partition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    return host, int(port) if port.isdecimal() else {"https": 443}.get(scheme, 80)
