"""S/MIME signatures (RFC 8551): validity, signer, issuer."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

_DIGESTS: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_FOR_MAIL = frozenset((ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE))


def _is_for_mail(policy: Policy, certificate: x509.Certificate, uses: x509.ExtendedKeyUsage | None) -> None:
    """Check that a certificate limited to some uses allows mail (RFC 8550 §4.4.4)."""
    if uses is not None and _FOR_MAIL.isdisjoint(uses):
        raise ValueError("not for mail")


_AUTHORITIES = ExtensionPolicy.webpki_defaults_ca().may_be_present(
    x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _is_for_mail
)
_SIGNERS = (
    ExtensionPolicy.webpki_defaults_ee()
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _is_for_mail)
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
)


@dataclass(frozen=True)
class Signature:
    """Result of a check. `holds`: the text is unchanged; `is_trusted`: an authority certifies the signer.

    `is_partial`: the message has more than what was signed, which was not looked at.
    """

    holds: bool
    is_trusted: bool = False
    name: str = ""
    addresses: tuple[str, ...] = ()
    issuer: str = ""
    problem: str = ""
    is_partial: bool = False


PARTIAL = Signature(holds=False, is_partial=True)
UNREADABLE = Signature(holds=False, problem="La signature est illisible.")
CHANGED = Signature(holds=False, problem="Le courriel a été modifié après sa signature.")


def split_signed(raw: bytes, boundary: str) -> bytes | None:
    """Exact octets of the first of the two parts of a multipart/signed (RFC 1847 §2.1).

    None when they are not found, or when others may find them elsewhere: some take any line that begins as a
    delimiter does for one, and some end lines by LF alone.
    """
    mark = b"--" + boundary.encode("latin-1", "replace")
    lines = list(re.finditer(rb"^" + re.escape(mark) + rb"[^\n]*$", raw, re.MULTILINE))
    if [line[0].rstrip(b" \t\r") for line in lines] != [mark, mark, mark + b"--"]:
        return None
    start, end = lines[0].end() + 1, lines[1].start() - 2
    is_by_crlf = lines[0][0].endswith(b"\r") and raw[end : end + 2] == b"\r\n"
    return raw[start:end] if is_by_crlf and start <= end else None


def check_signature(
    signed: bytes | None, signature: bytes, authorities: Sequence[x509.Certificate], now: datetime
) -> Signature:
    """Check a CMS signature of `signed` (None: the text is inside the signature). `now` is aware."""
    try:
        info = cms.ContentInfo.load(signature)
        if info["content_type"].native != "signed_data":
            return UNREADABLE
        return _check_signed_data(info["content"], signed, authorities, now)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, UnsupportedAlgorithm):
        return UNREADABLE


def inner_text(signature: bytes) -> bytes | None:
    """The message inside an opaque signature (application/pkcs7-mime); None when it is not one."""
    try:
        info = cms.ContentInfo.load(signature)
        if info["content_type"].native != "signed_data":
            return None
        inner = info["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return inner if isinstance(inner, bytes) else None


def _check_signed_data(
    data: Any, signed: bytes | None, authorities: Sequence[x509.Certificate], now: datetime
) -> Signature:
    if signed is None:
        signed = data["encap_content_info"]["content"].native
    encoded = [c.chosen.dump() for c in data["certificates"] if c.name == "certificate"]
    certificates = [x509.load_der_x509_certificate(der) for der in encoded]
    infos = list(data["signer_infos"])
    if not infos or not certificates or signed is None:
        return UNREADABLE
    info = infos[0]
    signer = _signer(info["sid"], certificates)
    if signer is None:
        return UNREADABLE
    if not _holds(info, signed, signer):
        return CHANGED
    others = [certificate for certificate in certificates if certificate is not signer]
    is_trusted, problem = _trusted(signer, others, authorities, now)
    return Signature(
        holds=True,
        is_trusted=is_trusted,
        name=_name(signer.subject),
        addresses=_addresses(signer),
        issuer=_name(signer.issuer),
        problem=problem,
    )


def _signer(sid: Any, certificates: list[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that a SignerIdentifier names, by issuer and serial number or by key."""
    if sid.name == "issuer_and_serial_number":
        serial = sid.chosen["serial_number"].native
        issuer = sid.chosen["issuer"].dump()
        for certificate in certificates:
            if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
                return certificate
        return None
    key_id = sid.native
    for certificate in certificates:
        try:
            key = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        except x509.ExtensionNotFound:
            continue
        if key.digest == key_id:
            return certificate
    return None


def _holds(info: Any, signed: bytes, signer: x509.Certificate) -> bool:
    name = info["digest_algorithm"]["algorithm"].native
    if name not in _DIGESTS:
        return False
    attributes = info["signed_attrs"]
    covered = signed
    if attributes.native:
        digests = [a["values"][0].native for a in attributes if a["type"].native == "message_digest"]
        if digests != [hashlib.new(name, signed).digest()]:
            return False
        covered = attributes.untag().dump(force=True)
    return _verifies(signer.public_key(), info["signature"].native, covered, _DIGESTS[name](), info)


def _verifies(key: Any, signature: bytes, covered: bytes, digest: hashes.HashAlgorithm, info: Any) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if info["signature_algorithm"]["algorithm"].native == "rsassa_pss":
                scheme: Any = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
            else:
                scheme = padding.PKCS1v15()
            key.verify(signature, covered, scheme, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, covered, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, covered)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _trusted(
    signer: x509.Certificate,
    others: list[x509.Certificate],
    authorities: Sequence[x509.Certificate],
    now: datetime,
) -> tuple[bool, str]:
    if not signer.not_valid_before_utc <= now <= signer.not_valid_after_utc:
        return False, "Le certificat de l’expéditeur a expiré ou n’est pas encore valable."
    if not authorities:
        return False, "Aucune autorité de certification n’est connue ici."
    try:
        policy = PolicyBuilder().store(Store(list(authorities))).time(now)
        policy = policy.extension_policies(ca_policy=_AUTHORITIES, ee_policy=_SIGNERS)
        policy.build_client_verifier().verify(signer, others)
    except (VerificationError, ValueError):
        return False, "L’autorité qui a délivré le certificat n’est pas connue ici."
    return True, ""


def _name(name: x509.Name) -> str:
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        attributes = name.get_attributes_for_oid(kind)
        if attributes:
            return str(attributes[0].value)[:200]
    return name.rfc4514_string()[:200]


def _addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    addresses = [str(a.value) for a in certificate.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)]
    try:
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses += other.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        pass
    return tuple(dict.fromkeys(address.lower() for address in addresses))
