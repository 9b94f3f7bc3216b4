"""What stands above a text: delivery reports, receipts, contacts, signatures, what is shut in or sealed."""

import base64
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.corpus import files
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.webmail.ports import authorities
from vaguemestre.mailbox.webmail.rules.cards import deliveries
from vaguemestre.mailbox.webmail.rules.trust import signatures

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
SENDER = "ines.roy@dehors.example"
HEAD = f"From: Inès Roy <{SENDER}>\r\nSubject: Note\r\nMIME-Version: 1.0\r\n".encode()
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nNote de service.\r\n"


def several(kind: str, *parts: bytes) -> bytes:
    body = b"".join(b"--b0\r\n" + part + b"\r\n" for part in parts)
    return HEAD + f'Content-Type: {kind}; boundary="b0"\r\n\r\n'.encode() + body + b"--b0--\r\n"


def card(reader: Client, box: MemoryMailbox, content: bytes, kind: str, number: str) -> str:
    ref = put(box, content)
    place = f"carte/{kind}/{number}/"
    assert place in reader.get(address(ref), headers=PIECE).content.decode()
    return reader.get(address(ref, place), headers=PIECE).content.decode()


def report(said: str) -> bytes:
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n" + said.encode()
    return several("multipart/report; report-type=delivery-status", TEXT, status)


def test_what_only_servers_read_in_a_report_is_no_attachment(reader: Client, box: MemoryMailbox) -> None:
    """« piece-2 » hung under the card that had told it, with a button to download it all."""
    status = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\n"
    headers = b"Content-Type: text/rfc822-headers\r\n\r\nSubject: Sortie\r\n"
    named = b'Content-Type: text/rfc822-headers; name="tout.txt"\r\n\r\nSubject: Sortie\r\n'
    kind = "multipart/report; report-type=delivery-status"
    page = reader.get(address(put(box, several(kind, TEXT, status, headers))), headers=PIECE).content.decode()
    assert 'class="att"' not in page
    page = reader.get(address(put(box, several(kind, TEXT, status, named))), headers=PIECE).content.decode()
    assert "tout.txt" in page


@pytest.mark.parametrize(
    ("status", "action", "words"),
    [
        ("5.1.1", "failed", ("n’a pas été remis", "Cette adresse n’existe pas.", "Vérifiez son orthographe")),
        ("5.2.2", "failed", ("n’a pas été remis", "La boîte du destinataire est pleine.")),
        ("4.4.1", "delayed", ("est retardé", "Le serveur du destinataire ne répond pas.")),
        ("5.3.4", "failed", ("trop volumineux", "Allégez les pièces jointes")),
        ("5.7.999", "failed", ("raisons de sécurité",)),
        ("2.0.0", "delivered", ("a été remis",)),
    ],
)
def test_a_delivery_report_says_who_why_and_what_to_do(
    reader: Client, box: MemoryMailbox, status: str, action: str, words: tuple[str, ...]
) -> None:
    said = f"Final-Recipient: rfc822; x@y.example\r\nAction: {action}\r\nStatus: {status}\r\n"
    page = card(reader, box, report(said + "Diagnostic-Code: smtp; <b>no</b>\r\n"), "delivery", "2")
    assert "x@y.example" in page
    assert all(word in page for word in words)
    assert "<b>no</b>" not in page


@given(st.text(max_size=300))
def test_any_report_is_read(text: str) -> None:
    deliveries.parse_deliveries(text)
    deliveries.parse_receipt(text)


def test_a_receipt_says_whether_it_was_read(reader: Client, box: MemoryMailbox) -> None:
    for how, words in (("displayed", "a ouvert votre courriel"), ("deleted", "sans être lu")):
        notice = (
            "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\n"
            f"Disposition: manual-action/MDN-sent-manually; {how}\r\n"
        )
        content = several("multipart/report; report-type=disposition-notification", TEXT, notice.encode())
        assert words in card(reader, box, content, "receipt", "2")


def test_a_contact_is_shown_and_its_page_is_ready(reader: Client, box: MemoryMailbox) -> None:
    part = b"Content-Type: text/vcard; charset=utf-8\r\n\r\n" + files.VCARD
    page = card(reader, box, several("multipart/mixed", TEXT, part), "visiting", "2")
    assert "Inès Roy" in page
    assert "Collège Jean-Moulin" in page
    link = page.partition('btn line push" href="')[2].partition('"')[0].replace("&amp;", "&")
    ready = reader.get(link).content.decode()
    assert 'value="Inès Roy"' in ready
    assert f'value="{SENDER}"' in ready
    assert 'value="+33 3 22 00 00 00"' in ready


def test_what_outlook_shut_in_and_what_is_sealed_are_told(reader: Client, box: MemoryMailbox) -> None:
    shut = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"
    assert "winmail.dat" in card(reader, box, several("multipart/mixed", TEXT, shut), "tnef", "2")
    signed = b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n"
    kind = "multipart/signed; protocol=application/pgp-signature"
    assert "Signature non vérifiée" in card(reader, box, several(kind, TEXT, signed), "pgp", "2")
    sealed = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    content = several("multipart/encrypted", sealed, TEXT)
    assert "est chiffré (PGP)" in card(reader, box, content, "sealed", "1")


@dataclass(frozen=True)
class Identity:
    """A certificate and the key it names."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def authority(name: str) -> Identity:
    key = rsa.generate_private_key(65537, 2048)
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=900))
        .not_valid_after(NOW + dt.timedelta(days=900))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    return Identity(made, key)


def person(by: Identity, *, to: str = SENDER, until: int = 300, curve: bool = True) -> Identity:
    """As authorities for mail make them: the only use allowed is mail (RFC 8550 §4.4.4)."""
    key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    made = (
        x509.CertificateBuilder()
        .subject_name(_named("Inès Roy"))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=400))
        .not_valid_after(NOW + dt.timedelta(days=until))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(to)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True
        )
        .sign(by.key, hashes.SHA256())
    )
    return Identity(made, key)


def signed(by: Identity, text: bytes = TEXT, *, opaque: bool = False) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text)
    builder = builder.add_signer(by.certificate, by.key, hashes.SHA256())
    how = [pkcs7.PKCS7Options.Binary, *([] if opaque else [pkcs7.PKCS7Options.DetachedSignature])]
    made = builder.sign(serialization.Encoding.DER, how)
    if opaque:
        kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        return HEAD + kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + _base64(made)
    part = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
    part += b"Content-Transfer-Encoding: base64\r\n\r\n"
    whole = "multipart/signed; protocol=application/pkcs7-signature; micalg=sha-256"
    return several(whole, text, part + _base64(made))


def _base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


AUTHORITY, OTHER = authority("Autorité des essais"), authority("Autorité de personne")


@pytest.fixture
def known() -> Iterator[None]:
    before = authorities.get()
    authorities.replace(lambda: (AUTHORITY.certificate,))
    yield
    authorities.replace(before)


@pytest.mark.parametrize("curve", [False, True])
@pytest.mark.parametrize("opaque", [False, True])
@pytest.mark.usefixtures("known")
def test_a_signature_by_somebody_vouched_for_is_verified(
    reader: Client, box: MemoryMailbox, curve: bool, opaque: bool
) -> None:
    content = signed(person(AUTHORITY, curve=curve), opaque=opaque)
    page = card(reader, box, content, "smime", "1" if opaque else "2")
    assert "<b>Signature vérifiée.</b>" in page
    assert "Autorité des essais" in page


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (signed(person(AUTHORITY)).replace(b"service", b"sevices"), "a été modifié"),
        (signed(person(OTHER)), "pas connue ici"),
        (signed(person(AUTHORITY, to="autre@dehors.example")), "pas au nom de l’expéditeur"),
        (signed(person(AUTHORITY, until=-1)), "a expiré"),
        (signed(person(AUTHORITY)).replace(b"MII", b"AAA"), "illisible"),
    ],
    ids=["changed", "unknown authority", "another name", "expired", "unreadable"],
)
@pytest.mark.usefixtures("known")
def test_any_other_signature_is_plainly_not_verified(
    reader: Client, box: MemoryMailbox, content: bytes, why: str
) -> None:
    page = card(reader, box, content, "smime", "2")
    assert "<b>Signature non vérifiée.</b>" in page
    assert why in page


OTHERS = b"Content-Type: text/plain\r\n\r\nPayez ici.\r\n"


def beside(*parts: bytes) -> bytes:
    """The parts in a multipart around them, after a text of somebody else."""
    wrapped = b"".join(b"--b1\r\n" + part + b"\r\n" for part in (OTHERS, *parts))
    return HEAD + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + wrapped + b"--b1--\r\n"


def within(content: bytes) -> bytes:
    """A signed message without its own header."""
    return content.removeprefix(HEAD)


def sealed_part(content: bytes) -> bytes:
    return b"Content-Type: application/pkcs7-signature" + content.partition(b"pkcs7-signature; name")[2].join(
        (b"; name", b"")
    ).removesuffix(b"--b0--\r\n")


@pytest.mark.parametrize("how", ["beside", "enclosed", "third", "opaque"])
@pytest.mark.usefixtures("known")
def test_a_text_beside_a_signed_one_is_not_under_its_signature(
    reader: Client, box: MemoryMailbox, how: str
) -> None:
    whole = signed(person(AUTHORITY), opaque=how == "opaque")
    content, number = {
        "beside": (beside(within(whole)), "2.2"),
        "enclosed": (
            beside(b"Content-Type: message/rfc822\r\n\r\n" + whole, sealed_part(whole)),
            "3",
        ),
        "third": (whole.replace(b"--b0--", b"--b0\r\n" + OTHERS + b"\r\n--b0--"), "2"),
        "opaque": (beside(within(whole)), "2"),
    }[how]
    page = card(reader, box, content, "smime", number)
    assert "<b>Signature non vérifiée.</b>" in page
    assert "Une partie seulement" in page


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_signature_is_judged(signature: bytes, text: bytes) -> None:
    assert not signatures.check_signature(text, signature, (), NOW).holds
    signatures.split_signed(text, signature.decode("latin-1"))
