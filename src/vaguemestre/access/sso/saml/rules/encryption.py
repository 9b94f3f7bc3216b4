"""Encryption of assertions (XML Encryption 1.1): AES-256-GCM, the key wrapped by RSA-OAEP."""

import base64
import os

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree

from vaguemestre.access.sso.saml.rules.documents import Element
from vaguemestre.access.sso.saml.rules.names import DS, SAML, XENC, tag

_CONTENT = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
_KEY = f"{XENC}rsa-oaep-mgf1p"
_ELEMENT = f"{XENC}Element"


def encrypt_assertion(assertion: Element, certificate: bytes) -> Element:
    """An EncryptedAssertion for the holder of that certificate (DER). Raises TypeError if its key is not RSA.

    OAEP uses SHA-1, the only hash every provider supports; its security does not rest on collisions.
    """
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("only RSA keys are encrypted for")
    secret, nonce = AESGCM.generate_key(256), os.urandom(12)
    content = nonce + AESGCM(secret).encrypt(nonce, etree.tostring(assertion), None)
    wrapped = key.encrypt(secret, OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None))  # noqa: S303
    root = etree.Element(tag(SAML, "EncryptedAssertion"), nsmap={"saml": SAML})
    data = etree.SubElement(root, tag(XENC, "EncryptedData"), Type=_ELEMENT, nsmap={"xenc": XENC})
    etree.SubElement(data, tag(XENC, "EncryptionMethod"), Algorithm=_CONTENT)
    info = etree.SubElement(data, tag(DS, "KeyInfo"), nsmap={"ds": DS})
    carried = etree.SubElement(info, tag(XENC, "EncryptedKey"))
    how = etree.SubElement(carried, tag(XENC, "EncryptionMethod"), Algorithm=_KEY)
    etree.SubElement(how, tag(DS, "DigestMethod"), Algorithm=f"{DS}sha1")
    _cipher(carried, wrapped)
    _cipher(data, content)
    return root


def _cipher(parent: Element, content: bytes) -> None:
    holder = etree.SubElement(parent, tag(XENC, "CipherData"))
    etree.SubElement(holder, tag(XENC, "CipherValue")).text = base64.b64encode(content).decode()
