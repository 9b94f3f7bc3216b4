"""Signatures of messages: SHA-256 or better, one per document, over its root.

Only the element returned by the verification is read, never the message received: a signed part moved beside
a forged one (signature wrapping) is refused or ignored.
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

from vaguemestre.access.sso.saml.rules.documents import Element, parse_message
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


class InvalidSignatureError(Exception):
    """The signature is missing, wrong, misplaced, or by another key."""


def sign(element: Element, pair: SigningPair) -> Element:
    """Sign an element, the signature after its Issuer (core §5.4), with RSA-SHA256."""
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


def verify(root: Element, certificates: Iterable[bytes]) -> Element:
    """The signed root, verified with one of those certificates (DER). Raises InvalidSignatureError.

    Expired certificates are accepted: in SAML trust in keys comes from the registry, not from their dates.
    """
    signatures = root.findall(f".//{tag(DS, 'Signature')}")
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise InvalidSignatureError("one signature, of the whole message, is expected")
    return _verify_root(root, certificates)


def signed_assertion(response: Element, certificates: Sequence[bytes]) -> Element:
    """The one assertion of a Response, as signed: with the whole Response, or by itself.

    Signed by itself, it is parsed again apart from the Response. Raises InvalidSignatureError.
    """
    assertions = list(response.iter(tag(SAML, "Assertion")))
    if len(assertions) != 1 or assertions[0].getparent() is not response:
        raise InvalidSignatureError("one assertion, in the Response itself, is expected")
    assertion = assertions[0]
    places = [place.getparent() for place in response.iter(tag(DS, "Signature"))]
    if not places or any(place is not response and place is not assertion for place in places):
        raise InvalidSignatureError("a signature is missing, or stands elsewhere")
    if len(places) != len({id(place) for place in places}):
        raise InvalidSignatureError("something is signed twice")
    if any(place is response for place in places):
        whole = _verify_root(response, certificates).findall(tag(SAML, "Assertion"))
        if len(whole) != 1:
            raise InvalidSignatureError("what was signed holds no assertion")
        return whole[0]
    return verify(parse_message(etree.tostring(assertion, with_tail=False)), certificates)


def _verify_root(root: Element, certificates: Iterable[bytes]) -> Element:
    named = root.get("ID", "")
    if not named or len(root.xpath("//*[@ID=$named or @Id=$named or @id=$named]", named=named)) != 1:
        raise InvalidSignatureError("the message has no name of its own")
    for certificate in certificates:
        signed = _verify_with(root, certificate)
        if signed is not None and signed.tag == root.tag and signed.get("ID") == named:
            return signed
    raise InvalidSignatureError("not signed by the application of the registry")


def sign_query(name: str, message: str, relay: str, pair: SigningPair) -> str:
    """A signed query of the Redirect binding (bindings §3.4.4.1)."""
    pairs = [(name, message), *([("RelayState", relay)] if relay else []), ("SigAlg", RSA_SHA256)]
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in pairs)
    signature = _private(pair.private_pem).sign(query.encode(), PKCS1v15(), SHA256())
    return f"{query}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


def check_query(raw: str, name: str, algorithm: str, signature: str, certificates: Sequence[bytes]) -> None:
    """Verify a signed query as received, undecoded. Raises InvalidSignatureError."""
    parameters: dict[str, str] = {}
    for piece in raw.split("&"):
        key, _, value = piece.partition("=")
        if key in parameters or "%" in key or "+" in key:  # decoded, it would be read though not signed
            raise InvalidSignatureError("a parameter comes twice, or its name is encoded")
        parameters[key] = value
    hashed = _BY_QUERY.get(algorithm)
    if hashed is None:
        raise InvalidSignatureError("the signature is not by SHA-256 or better")
    signed = "&".join(
        f"{key}={parameters[key]}" for key in (name, "RelayState", "SigAlg") if key in parameters
    )
    try:
        signature_bytes = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSignatureError("the signature is not base64") from error
    if not any(
        _is_signed_by(certificate, algorithm, hashed, signature_bytes, signed.encode())
        for certificate in certificates
    ):
        raise InvalidSignatureError("not signed by the application of the registry")


def _is_signed_by(
    certificate: bytes, algorithm: str, hashed: HashAlgorithm, signature: bytes, signed: bytes
) -> bool:
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


def _verify_with(root: Element, certificate: bytes) -> Element | None:
    loaded = x509.load_der_x509_certificate(certificate)
    expected = SignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=loaded.not_valid_before_utc,
    )
    pem = loaded.public_bytes(Encoding.PEM).decode()
    try:
        result = XMLVerifier().verify(root, x509_cert=pem, expect_config=expected, id_attribute="ID")
    except (SignXMLException, InvalidInput, InvalidSignature, ValueError, etree.LxmlError):
        return None
    return None if isinstance(result, list) else result.signed_xml


@lru_cache(maxsize=8)
def _private(pem: bytes) -> rsa.RSAPrivateKey:
    """The private key, cached. Its slow validation is skipped: it was generated here."""
    key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(type(key))
    return key
