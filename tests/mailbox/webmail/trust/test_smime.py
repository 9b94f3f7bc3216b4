"""An S/MIME signature holds for the very octets its signer signed, and is trusted when it is for mail."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.webmail.rules.tasks.signature import perform
from vaguemestre.mailbox.webmail.rules.trust.signatures import (
    CHANGED,
    UNREADABLE,
    Signature,
    check_signature,
    inner_text,
    split_signed,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TEXT = b"Content-Type: text/plain\r\n\r\nBonjour\r\n"
type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
type Held = tuple[Key, x509.Certificate]


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def subject(**named: str) -> x509.Name:
    kinds = {"common": NameOID.COMMON_NAME, "organisation": NameOID.ORGANIZATION_NAME,
             "mail": NameOID.EMAIL_ADDRESS, "country": NameOID.COUNTRY_NAME}  # fmt: skip
    return x509.Name([x509.NameAttribute(kinds[kind], text) for kind, text in named.items()])


ROOT = subject(common="Autorité des essais")


def certificate(
    key: Key,
    whose: x509.Name,
    *extensions: tuple[x509.ExtensionType, bool],
    by: Key | None = None,
    until: timedelta = timedelta(days=30),
) -> x509.Certificate:
    issuer = by or ec_key("root")
    builder = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(ROOT)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + until)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(issuer, hashes.SHA256())


@cache
def authority() -> x509.Certificate:
    key = ec_key("root")
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return certificate(
        key,
        ROOT,
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.KeyUsage(**usage, key_cert_sign=True), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    )


def person(
    whose: x509.Name | None = None,
    *,
    key: Key | None = None,
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
    **how: Any,
) -> Held:
    held = key or ec_key("person")
    made = certificate(
        held,
        whose or subject(common="Hélène Dupont"),
        (x509.SubjectAlternativeName([x509.RFC822Name("Helene@dehors.example")]), False),
        (x509.ExtendedKeyUsage([use]), False),
        (x509.SubjectKeyIdentifier.from_public_key(held.public_key()), False),
        **how,
    )
    return held, made


def signature(by: Held, *, opaque: bool = False, pss: bool = False) -> bytes:
    key, held = by
    chosen: dict[str, Any] = {}
    if pss:
        chosen["rsa_padding"] = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(TEXT).add_signer(held, key, hashes.SHA256(), **chosen)
    how = [pkcs7.PKCS7Options.Binary, *([] if opaque else [pkcs7.PKCS7Options.DetachedSignature])]
    return builder.sign(Encoding.DER, how)


def checked(
    made: bytes, text: bytes | None = TEXT, known: Sequence[x509.Certificate] | None = None
) -> Signature:
    return check_signature(text, made, [authority()] if known is None else known, NOW)


def changed(made: bytes, change: Callable[[Any], None]) -> bytes:
    info = cms.ContentInfo.load(made)
    change(info["content"])
    return bytes(info.dump(force=True))


@pytest.mark.parametrize("opaque", [True, False])
def test_the_signer_the_issuer_and_the_addresses_are_those_of_the_certificate(opaque: bool) -> None:
    told = checked(signature(person(), opaque=opaque), None if opaque else TEXT)
    assert told == Signature(
        holds=True,
        is_trusted=True,
        name="Hélène Dupont",
        addresses=("helene@dehors.example",),
        issuer="Autorité des essais",
    )


@pytest.mark.parametrize("pss", [True, False])
def test_both_ways_to_sign_with_an_rsa_key_are_read(pss: bool) -> None:
    made = signature(person(key=rsa_key()), pss=pss)
    assert checked(made).is_trusted
    assert checked(made, TEXT + b" ") == CHANGED


def test_a_signer_named_by_their_key_is_found_and_one_whose_certificate_is_not_there_is_not() -> None:
    by = person()
    named = x509.SubjectKeyIdentifier.from_public_key(by[0].public_key()).digest

    def name_by(key_id: bytes) -> Callable[[Any], None]:
        def change(data: Any) -> None:
            data["signer_infos"][0]["sid"] = cms.SignerIdentifier("subject_key_identifier", key_id)

        return change

    assert checked(changed(signature(by), name_by(named))).is_trusted
    assert checked(changed(signature(by), name_by(b"x" * 20))) == UNREADABLE

    def rename(data: Any) -> None:
        data["signer_infos"][0]["sid"].chosen["serial_number"] = 8

    assert checked(changed(signature(by), rename)) == UNREADABLE


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_no_octet_of_the_text_may_change(place: int, by: int) -> None:
    other = TEXT[:place] + bytes([TEXT[place] ^ by]) + TEXT[place + 1 :]
    assert checked(_MADE, other) == CHANGED


@pytest.mark.parametrize(("name", "digest"), [("sha256", hashes.SHA256()), ("sha1", hashes.SHA1())])
def test_a_signature_of_the_text_itself_holds_but_by_a_broken_digest(
    name: str, digest: hashes.HashAlgorithm
) -> None:
    by = person()
    assert isinstance(by[0], ec.EllipticCurvePrivateKey)
    octets = by[0].sign(TEXT, ec.ECDSA(digest))

    def sign_anew(data: Any) -> None:
        info = data["signer_infos"][0]
        info["digest_algorithm"]["algorithm"] = name
        info["signed_attrs"] = None
        info["signature"] = octets

    told = checked(changed(signature(by), sign_anew))
    assert told.is_trusted if name == "sha256" else told == CHANGED


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ({"use": ExtendedKeyUsageOID.SERVER_AUTH}, "pas connue ici"),
        ({"by": ec_key("personne")}, "pas connue ici"),
        ({"until": timedelta(days=-1)}, "a expiré"),
    ],
)
def test_a_certificate_that_is_not_for_mail_of_an_unknown_authority_or_over_is_not_trusted(
    by: dict[str, Any], why: str
) -> None:
    told = checked(signature(person(**by)))
    assert (told.holds, told.is_trusted) == (True, False)
    assert why in told.problem


def test_without_an_authority_nobody_is_vouched_for() -> None:
    told = checked(signature(person()), known=())
    assert (told.holds, told.is_trusted) == (True, False)
    assert "Aucune autorité" in told.problem


@pytest.mark.parametrize(
    ("whose", "name"),
    [
        (subject(organisation="Mairie", mail="mairie@x.example"), "Mairie"),
        (subject(country="FR"), "C=FR"),
    ],
)
def test_a_certificate_without_a_name_is_named_by_what_it_has(whose: x509.Name, name: str) -> None:
    told = checked(signature(person(whose)))
    assert told.name == name
    assert ("mairie@x.example" in told.addresses) is (name == "Mairie")


def test_the_text_inside_is_that_of_an_opaque_signature_only() -> None:
    assert inner_text(signature(person(), opaque=True)) == TEXT
    assert inner_text(signature(person())) is None
    other = cms.ContentInfo({"content_type": "data", "content": cms.OctetString(b"x")}).dump()
    assert inner_text(other) is None
    assert checked(other) == UNREADABLE
    assert inner_text(b"bonjour") is None


@given(st.binary(max_size=60).filter(lambda text: b"--b" not in text), st.binary(max_size=20))
def test_the_first_part_is_cut_out_octet_by_octet(part: bytes, before: bytes) -> None:
    raw = before.replace(b"--b", b"") + b"\r\n--b\r\n" + part + b"\r\n--b\r\nsignature\r\n--b--\r\n"
    assert split_signed(raw, "b") == part


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"--b\r\nsans fin",
        b"\r\n--c\r\nx\r\n--c--",
        b"\n--b\nx\n--b\ny\n--b--\n",
        b"\n--b\nx\n--b\ny\n--b--\n\r\n--b\r\nx\r\n--b\r\ny\r\n--b--",
        b"\r\n--bx\r\nx\r\n--b\r\nx\r\n--b\r\ny\r\n--b--",
    ],
)
def test_a_part_whose_marks_are_not_plain_is_none(raw: bytes) -> None:
    assert split_signed(raw, "b") is None


def test_a_text_inside_a_detached_signature_is_not_the_one_shown() -> None:
    raw = b"Content-Type: multipart/signed; boundary=b\n\n--b\nPayez ici.\n--b\nsignature\n--b--\n"
    blobs = [signature(person(), opaque=True), authority().public_bytes(Encoding.PEM), raw]
    told = perform({"now": NOW.isoformat()}, blobs, lambda _kind, _subject: None)
    assert Signature(**told | {"addresses": ()}) == UNREADABLE


_MADE = signature(person())
