"""The names on the certificate that the instance's own authority signs."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from vaguemestre.engines.instance import Instance

_FOR_PROGRAMS = ("mta-sts", "autoconfig", "autodiscover")


def own_names(instance: Instance) -> tuple[str, ...]:
    """Names of the mail services, and in production, where nginx terminates TLS, those of the pages."""
    names = [name for domain in instance.domains for name in server_names(domain)]
    return tuple(dict.fromkeys((*names, *(_names_of_pages(instance) if instance.has_usual_ports else ()))))


def server_names(domain: str) -> tuple[str, ...]:
    return ("localhost", domain, f"mail.{domain}")


def _names_of_pages(instance: Instance) -> Iterator[str]:
    origins = (instance.public_url, *(academy.public_url for academy in instance.academies))
    for origin in (*origins, instance.files_url):
        if host := urlsplit(origin).hostname:
            yield host
    for domain in instance.domains:
        yield from (f"{label}.{domain}" for label in _FOR_PROGRAMS)
