"""The certificates of an instance (RFC 5280, RFC 6125).

An authority of its own signs what the instance shows itself, and everybody while no certificate is given:
created once, renewed 30 days before they expire, or when the domain changes. A given certificate is copied
beside (`given_certificate`).
"""

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from vaguemestre.engines.instance import AcademyShape, Instance, Place
from vaguemestre.engines.tls.certificate_authority import end_entity, make_authority
from vaguemestre.engines.tls.own_names import own_names
from vaguemestre.foundation.kernel.errors import EngineRefused

_INJECTOR = "sieve.localhost"
_RENEW_BEFORE = dt.timedelta(days=30)
LINEAGE = "vaguemestre"  # what certbot calls the certificate of the installation
_ACME_FOLDER = Path("/etc/letsencrypt/live") / LINEAGE


@dataclass(frozen=True)
class Certificates:
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class Pair:
    """A certificate with its chain, and its key (PEM files)."""

    certificate: Path
    key: Path


def paths(instance: Place) -> Certificates:
    """What the instance shows itself, on the loopback."""
    folder = instance.engines_dir / "tls"
    return Certificates(ca=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key")


def public_paths(instance: Instance) -> Pair:
    """What the world is shown: the given certificate, or the authority's own."""
    if not instance.tls.is_given:
        own = paths(instance)
        return Pair(own.certificate, own.key)
    folder = instance.engines_dir / "tls"
    return Pair(folder / "public.pem", folder / "public.key")


def academy_pair(instance: Instance, academy: AcademyShape) -> Pair:
    """Paths of the certificate and key of an académie's own names."""
    folder = instance.engines_dir / "tls"
    return Pair(folder / f"{academy.domain.lower()}.pem", folder / f"{academy.domain.lower()}.key")


def given_paths(instance: Instance) -> Pair:
    """Paths of the given certificate: the configured files, or certbot's folder."""
    if instance.tls.acme:
        return Pair(_ACME_FOLDER / "fullchain.pem", _ACME_FOLDER / "privkey.pem")
    return Pair(Path(instance.tls.certificate), Path(instance.tls.key))


def check_pair(chain: bytes, key: bytes, *, now: dt.datetime) -> x509.Certificate:
    """Return the first certificate of a chain. Raises EngineRefused if it and its key cannot serve now."""
    try:
        certificate = x509.load_pem_x509_certificate(chain)
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise EngineRefused(
            "le certificat ou sa clé n’est pas au format PEM sans mot de passe ([tls])."
        ) from error
    if certificate.public_key() != private.public_key():
        raise EngineRefused("la clé n’est pas celle du certificat ([tls] « certificate » et « key »).")
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        until = f"{certificate.not_valid_after_utc:%d/%m/%Y}"
        raise EngineRefused(
            f"le certificat n’est pas valable aujourd’hui (fin : {until}) : "
            "renouvelez celui de [tls] « certificate »."
        )
    return certificate


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """DNS names a certificate is for, in lower case; `*.` stands for one label (RFC 6125 §6.4.3)."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(name.lower() for name in alternatives.get_values_for_type(x509.DNSName))


def covers(names: frozenset[str], host: str) -> bool:
    """Whether a certificate for these names is good for that host."""
    return host in names or f"*.{host.partition('.')[2]}" in names


def injector_paths(instance: Instance) -> Certificates:
    """The client certificate of Dovecot's Sieve towards Postfix, in place of a password."""
    folder = instance.engines_dir / "tls"
    return Certificates(ca=folder / "ca.pem", certificate=folder / "sieve.pem", key=folder / "sieve.key")


def pod_name(pod: str) -> str:
    """The host name in the certificate of a pod, which no name server knows."""
    return f"{pod}.pods.internal"


def pod_pair(instance: Place) -> Pair:
    """What the engines of a pod show our other machines, for its address."""
    folder = instance.engines_dir / "tls"
    return Pair(folder / "pod.pem", folder / "pod.key")


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the first certificate of a file, as Postfix writes it: hexadecimal pairs and colons."""
    first = x509.load_pem_x509_certificate(certificate.read_bytes())
    return first.fingerprint(hashes.SHA256()).hex(":").upper()


def expiries(instance: Instance) -> dict[str, dt.datetime]:
    """When each certificate ends: what the world is shown (public), the loopback, and Sieve's own."""
    files = {
        "public": public_paths(instance).certificate,
        "internal": paths(instance).certificate,
        "sieve": injector_paths(instance).certificate,
    }
    return {
        name: x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
        for name, file in files.items()
    }


def authority_files(instance: Instance) -> tuple[Path, Path]:
    """The certificate and the key of the installation's own authority, which its machines have in common."""
    return (ca := paths(instance).ca), ca.with_suffix(".key")


def make_missing(instance: Instance, *, now: dt.datetime) -> Certificates:
    """Create or renew what is due. Keys belong to root: both engines read theirs before they drop root."""
    server, injector = paths(instance), injector_paths(instance)
    folder = server.ca.parent
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    ca_key_file = folder / "ca.key"
    names = own_names(instance)
    if make_authority(*authority_files(instance), now=now):
        server.certificate.unlink(missing_ok=True)
        injector.certificate.unlink(missing_ok=True)
        pod_pair(instance).certificate.unlink(missing_ok=True)
    for needed in (
        _Needed(Pair(server.certificate, server.key), names, ExtendedKeyUsageOID.SERVER_AUTH),
        _Needed(Pair(injector.certificate, injector.key), (_INJECTOR,), ExtendedKeyUsageOID.CLIENT_AUTH),
        *_needed_by_pod(instance),
    ):
        if not _is_current(needed, now):
            ca = x509.load_pem_x509_certificate(server.ca.read_bytes())
            key = _kept_or_new_key(needed.files.key)
            certificate = end_entity(
                key, ca, _read_key(ca_key_file), needed.names, needed.use, now=now, addresses=needed.addresses
            )
            write_file(needed.files.key, _private(key), 0o600)
            write_file(needed.files.certificate, _public(certificate) + server.ca.read_bytes(), 0o644)
    return server


class _Needed(NamedTuple):
    """A certificate that the authority is to sign."""

    files: Pair
    names: Sequence[str]
    use: x509.ObjectIdentifier
    addresses: tuple[str, ...] = ("127.0.0.1",)


def _needed_by_pod(instance: Instance) -> Iterator[_Needed]:
    if pod := instance.topology.pod_named(instance.served_pod) if instance.served_pod else None:
        names, addresses = (pod_name(pod.name),), ("127.0.0.1", pod.address)
        yield _Needed(pod_pair(instance), names, ExtendedKeyUsageOID.SERVER_AUTH, addresses)


def _is_current(needed: _Needed, now: dt.datetime) -> bool:
    files = needed.files
    if not (files.certificate.exists() and files.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(address) for address in alternatives.get_values_for_type(x509.IPAddress)}
    same_names = set(alternatives.get_values_for_type(x509.DNSName)) == set(needed.names)
    same_key = certificate.public_key() == _read_key(files.key).public_key()
    return (
        same_names
        and addresses == set(needed.addresses)
        and same_key
        and certificate.not_valid_after_utc > now + _RENEW_BEFORE
    )


def _kept_or_new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key before: its digest is published (DANE), another would need another record first."""
    return _read_key(path) if path.exists() else ec.generate_private_key(ec.SECP256R1())


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} n’est pas une clé sur courbe elliptique")
    return key


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Replace a file at once, on the disk before it has its name."""
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(mode)
    temporary.rename(path)
