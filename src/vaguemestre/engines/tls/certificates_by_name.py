"""The certificate for each host name (SNI): an académie's own, or that of the installation."""

from pathlib import Path
from typing import NamedTuple

from cryptography import x509

from vaguemestre.engines.home_alias import engine_path
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.certificate_authority import public_key_digest


class NamedPair(NamedTuple):
    """A certificate and the host names it is served for (SNI, RFC 6066 §3)."""

    names: tuple[str, ...]  # `*.` stands for one label
    pair: certificates.Pair


def named_pairs(instance: Instance) -> list[NamedPair]:
    """The installed certificates of the académies that have their own."""
    own = [academy for academy in instance.academies if academy.certificate]
    pairs = [certificates.academy_pair(instance, academy) for academy in own]
    return [NamedPair(_names_in(pair.certificate), pair) for pair in pairs if pair.certificate.exists()]


def named_sites(instance: Instance) -> list[NamedPair]:
    """`named_pairs`, with paths that the engines can read."""
    return [
        NamedPair(names, certificates.Pair(*(engine_path(instance, file) for file in files)))
        for names, pair in named_pairs(instance)
        for files in [(pair.certificate, pair.key)]
    ]


def _names_in(file: Path) -> tuple[str, ...]:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return tuple(sorted(certificates.names_of(certificate)))


def pair_of(instance: Instance, domain: str) -> certificates.Pair:
    """The certificate served for the names of a mail domain."""
    own = (academy for academy in instance.academies if academy.certificate)
    academy = next((academy for academy in own if academy.domain.lower() == domain.lower()), None)
    return certificates.academy_pair(instance, academy) if academy else certificates.public_paths(instance)


def key_digest(instance: Instance, domain: str) -> str:
    """SHA-256 of the public key of the certificate of that domain (RFC 6698: 1 1); empty without one."""
    try:
        return public_key_digest(pair_of(instance, domain).certificate)
    except (OSError, ValueError):
        return ""
