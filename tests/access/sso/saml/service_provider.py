"""A service provider for the tests: its key, its metadata, what it sends, and how it reads what it gets."""

import base64
import re
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client
from django.utils import timezone
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.services import change_application
from vaguemestre.access.sso.registry.values import Application, Registration
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.services import register_provider

ENTITY = "https://sp.example/saml/metadata"
CONSUMER = "https://sp.example/saml/acs"
SLO = "https://sp.example/saml/slo"
SSO_HERE = "http://localhost:8000/saml/sso"
NS = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "x": "http://www.w3.org/2001/04/xmlenc#",
}


@lru_cache
def key(name: str = "sp") -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key by name, the same within a run; its certificate expired long ago, as many do."""
    private = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2015, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2018, 1, 1, tzinfo=UTC))
        .sign(private, SHA256())
    )
    return private, certificate


def bare(name: str = "sp") -> str:
    return base64.b64encode(key(name)[1].public_bytes(Encoding.DER)).decode()


def metadata(
    *,
    encryption: bool = False,
    signs: bool = False,
    slo: str = "HTTP-Redirect",
    entity: str = ENTITY,
    acs: str = CONSUMER,
) -> bytes:
    use = "" if encryption else ' use="signing"'
    return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
      xmlns:ds="{NS["ds"]}" entityID="{entity}">
    <!-- a comment -->
    <md:SPSSODescriptor AuthnRequestsSigned="{str(signs).lower()}" protocolSupportEnumeration="{NS["p"]}">
      <md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
        {bare()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
      <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{slo}" Location="{SLO}"/>
      <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
      <md:AssertionConsumerService index="0" isDefault="true" Location="{acs}"
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
      <md:AssertionConsumerService index="1" Location="{acs}/deux"
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
      <md:AttributeConsumingService index="1"><md:ServiceName xml:lang="fr">Fédérée</md:ServiceName>
        <md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3"/></md:AttributeConsumingService>
    </md:SPSSODescriptor></md:EntityDescriptor>""".encode()


def registered(content: bytes | None = None, **more: object) -> str:
    """Its client id."""
    now = timezone.now()
    provider = read_metadata(content or metadata(), now)[0]
    client_id = register_provider(provider, by="test", now=now)
    if more:
        from vaguemestre.access.sso.registry.queries import find_application  # the tests' own

        known = find_application(client_id)
        assert known is not None
        change_application(changed(known, **more), by="test", now=now)
    return client_id


def changed(application: Application, **more: object) -> Registration:
    from dataclasses import fields

    told = {one.name: getattr(application, one.name) for one in fields(Registration)}
    return Registration(**{**told, **more})


def request(
    *,
    here: str,
    issuer: str = ENTITY,
    acs: str | None = CONSUMER,
    inside: str = "",
    at: datetime | None = None,
    **more: str,
) -> bytes:
    """An AuthnRequest, written by hand as strangers do."""
    given = {
        "ID": "_r1",
        "Version": "2.0",
        "IssueInstant": (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Destination": here,
        **({"AssertionConsumerServiceURL": acs} if acs is not None else {}),
        **more,
    }
    written = " ".join(f'{name}="{_quoted(value)}"' for name, value in given.items() if value)
    return (
        f'<p:AuthnRequest xmlns:p="{NS["p"]}" xmlns:a="{NS["a"]}" {written}>'
        f"<a:Issuer>{issuer}</a:Issuer>{inside}</p:AuthnRequest>"
    ).encode()


def leaving(*, here: str, name: str, index: str = "", issuer: str = ENTITY, **more: str) -> bytes:
    now = datetime.now(UTC)
    given = {
        "ID": "_l1",
        "Version": "2.0",
        "IssueInstant": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Destination": here,
    }
    written = " ".join(f'{name}="{value}"' for name, value in {**given, **more}.items())
    indexes = f"<p:SessionIndex>{index}</p:SessionIndex>" if index else ""
    return (
        f'<p:LogoutRequest xmlns:p="{NS["p"]}" xmlns:a="{NS["a"]}" {written}>'
        f"<a:Issuer>{issuer}</a:Issuer><a:NameID>{name}</a:NameID>{indexes}</p:LogoutRequest>"
    ).encode()


def signed(content: bytes, by: str = "sp", *, algorithm: str = "rsa-sha256", digest: str = "sha256") -> bytes:
    root = etree.fromstring(content)
    place = etree.Element(f"{{{NS['ds']}}}Signature", Id="placeholder")
    root.insert(1, place)
    private, certificate = key(by)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=algorithm,
        digest_algorithm=digest,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return etree.tostring(signer.sign(root, key=private, cert=pem, reference_uri=f"#{root.get('ID')}"))


def packed(content: bytes) -> str:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(machine.compress(content) + machine.flush()).decode()


def query(
    content: bytes,
    name: str = "SAMLRequest",
    *,
    by: str = "",
    relay: str = "",
    algorithm: str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
) -> str:
    """Of the Redirect binding; signed when `by` somebody."""
    text = f"{name}={quote(packed(content), safe='')}"
    if relay:
        text += f"&RelayState={quote(relay, safe='')}"
    if by:
        text += f"&SigAlg={quote(algorithm, safe='')}"
        hashed = SHA1() if algorithm.endswith("rsa-sha1") else SHA256()
        signature = key(by)[0].sign(text.encode(), PKCS1v15(), hashed)
        text += f"&Signature={quote(base64.b64encode(signature).decode(), safe='')}"
    return text


def asks(client: Client, content: bytes, **how: str) -> PageAnswer:
    return client.get(f"/saml/sso?{query(content, **how)}")


def form_in(answer: PageAnswer) -> tuple[str, dict[str, str]]:
    """(where, fields) of the form that goes by itself."""
    assert answer.status_code == 200, answer.status_code
    page = answer.content.decode()
    where = re.search(r'id="onwards" method="post" action="([^"]*)"', page)
    assert where, page
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return unescape(where.group(1)), {
        name: unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"
    }


def response_in(answer: PageAnswer) -> etree._Element:
    return etree.fromstring(base64.b64decode(form_in(answer)[1]["SAMLResponse"]))


def opened(response: etree._Element) -> etree._Element:
    """Its assertion, decrypted with the service provider's key."""
    data = response.find(".//x:EncryptedData", NS)
    values = [base64.b64decode(one.text) for one in response.iter(f"{{{NS['x']}}}CipherValue")]
    secret = key("sp")[0].decrypt(values[0], OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None))
    assert data is not None
    return etree.fromstring(AESGCM(secret).decrypt(values[1][:12], values[1][12:], None))


def xmlsec_believes(content: bytes, certificate: bytes, folder: Path, kind: str) -> bool:
    """Another implementation's opinion. `kind`: qualified name of the signed element."""
    (folder / "doc.xml").write_bytes(content)
    (folder / "cert.pem").write_bytes(certificate)
    told = subprocess.run(
        ["/usr/bin/xmlsec1", "--verify", "--pubkey-cert-pem", str(folder / "cert.pem"),
         "--id-attr:ID", kind, str(folder / "doc.xml")],
        capture_output=True, check=False,
    )  # fmt: skip
    return told.returncode == 0


def _quoted(value: str) -> str:
    return (
        value.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
        .replace("\n", "&#10;")
        .replace("\r", "&#13;")
        .replace("\t", "&#9;")
    )


LATER = timedelta(minutes=10)
