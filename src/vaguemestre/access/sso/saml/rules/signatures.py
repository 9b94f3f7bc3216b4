"""Signatures of messages: SHA-256 or better, one for a document, over its root and nothing else.

What was signed is read from what the verification gives back, never from what came: a signed part moved
beside a forged one (« signature wrapping ») is either refused or not looked at.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from vaguemestre.access.sso.saml.rules.documents import Element, parse
from vaguemestre.access.sso.saml.rules.names import DS, SAML, tag
from vaguemestre.access.sso.saml.values import SigningPair

_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
RSA_SHA256 = f"{_MORE}rsa-sha256"
_BY_QUERY: dict[str, HashAlgorithm] = {
    RSA_SHA256: SHA256(),
    f"{_MORE}rsa-sha384": SHA384(),
    f"{_MORE}rsa-sha512": SHA512(),
    f"{_MORE}ecdsa-sha256": SHA256(),
}
_METHODS = frozenset(
    (
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
    )
)
_DIGESTS = frozenset((DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512))


class NotSigned(Exception):
    """The signature is missing, wrong, elsewhere, or by somebody else."""


def sign(element: Element, pair: SigningPair) -> Element:
    """The same element with a signature after its Issuer (core §5.4), RSA with SHA-256."""
    place = etree.Element(tag(DS, "Signature"), Id="placeholder", nsmap={"ds": DS})
    issuer = element.find(tag(SAML, "Issuer"))
    element.insert(0 if issuer is None else element.index(issuer) + 1, place)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=_EXCLUSIVE,
    )
    certificate = pair.certificate.decode()
    return signer.sign(
        element, key=_private(pair.private_pem), cert=certificate, reference_uri=f"#{element.get('ID')}"
    )


def verified(root: Element, certificates: Iterable[bytes]) -> Element:
    """What one of those certificates (DER) signed: the whole of `root`. Raises NotSigned.

    Expired certificates are taken: in SAML the registry vouches for keys, not the dates in them.
    """
    found = root.findall(f".//{tag(DS, 'Signature')}")
    if len(found) != 1 or found[0].getparent() is not root:
        raise NotSigned("one signature, of the whole message, is expected")
    return _whole(root, certificates)


def signed_assertion(response: Element, certificates: Sequence[bytes]) -> Element:
    """The one assertion of a Response, as it was signed: with the whole of it, or by itself.

    Signed by itself, it is read apart from everything that stood around it. Raises NotSigned.
    """
    found = list(response.iter(tag(SAML, "Assertion")))
    if len(found) != 1 or found[0].getparent() is not response:
        raise NotSigned("one assertion, in the Response itself, is expected")
    assertion = found[0]
    places = [one.getparent() for one in response.iter(tag(DS, "Signature"))]
    if not places or any(one is not response and one is not assertion for one in places):
        raise NotSigned("a signature is missing, or stands elsewhere")
    if len(places) != len({id(one) for one in places}):
        raise NotSigned("something is signed twice")
    if any(one is response for one in places):
        whole = _whole(response, certificates).findall(tag(SAML, "Assertion"))
        if len(whole) != 1:
            raise NotSigned("what was signed holds no assertion")
        return whole[0]
    return verified(parse(etree.tostring(assertion, with_tail=False)), certificates)


def _whole(root: Element, certificates: Iterable[bytes]) -> Element:
    named = root.get("ID", "")
    if not named or len(root.xpath("//*[@ID=$named or @Id=$named or @id=$named]", named=named)) != 1:
        raise NotSigned("the message has no name of its own")
    for certificate in certificates:
        signed = _verified_by(root, certificate)
        if signed is not None and signed.tag == root.tag and signed.get("ID") == named:
            return signed
    raise NotSigned("not signed by the application of the registry")


def query_signed(name: str, message: str, relay: str, pair: SigningPair) -> str:
    """A query of the Redirect binding with its signature (bindings §3.4.4.1)."""
    pairs = [(name, message), *([("RelayState", relay)] if relay else []), ("SigAlg", RSA_SHA256)]
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in pairs)
    signature = _private(pair.private_pem).sign(query.encode(), PKCS1v15(), SHA256())
    return f"{query}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


def check_query(raw: str, name: str, algorithm: str, signature: str, certificates: Sequence[bytes]) -> None:
    """Check a signed query as it came, undecoded. Raises NotSigned."""
    given: dict[str, str] = {}
    for piece in raw.split("&"):
        key, _, value = piece.partition("=")
        if key in given:
            raise NotSigned("a parameter comes twice")
        given[key] = value
    hashed = _BY_QUERY.get(algorithm)
    if hashed is None:
        raise NotSigned("the signature is not by SHA-256 or better")
    signed = "&".join(f"{key}={given[key]}" for key in (name, "RelayState", "SigAlg") if key in given)
    try:
        told = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotSigned("the signature is not base64") from error
    if not any(_fits(certificate, algorithm, hashed, told, signed.encode()) for certificate in certificates):
        raise NotSigned("not signed by the application of the registry")


def _fits(certificate: bytes, algorithm: str, hashed: HashAlgorithm, signature: bytes, signed: bytes) -> bool:
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and "rsa-" in algorithm:
            key.verify(signature, signed, PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and "ecdsa-" in algorithm:
            key.verify(signature, signed, ec.ECDSA(hashed))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _verified_by(root: Element, certificate: bytes) -> Element | None:
    known = x509.load_der_x509_certificate(certificate)
    expected = SignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=known.not_valid_before_utc,
    )
    pem = known.public_bytes(Encoding.PEM).decode()
    try:
        result = XMLVerifier().verify(root, x509_cert=pem, expect_config=expected, id_attribute="ID")
    except (SignXMLException, InvalidInput, InvalidSignature, ValueError, etree.LxmlError):
        return None
    return None if isinstance(result, list) else result.signed_xml


@lru_cache(maxsize=8)
def _private(pem: bytes) -> rsa.RSAPrivateKey:
    """Reading a key checks its primes, slowly: once, and ours was checked when it was made."""
    key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(type(key))
    return key
