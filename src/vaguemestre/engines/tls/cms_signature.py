"""CMS signatures of the instance (RFC 5652), with the certificate of its mail servers."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineRefused


class Signature:
    """Implements `autoconfig.ports.Sign`. The key is read for each signature, as it may have been renewed.

    `key`: where this process reads it; None: beside the certificate.
    """

    def __init__(self, instance: Instance, key: Path | None = None) -> None:
        paths = certificates.paths(instance)
        self._certificate, self._key = paths.certificate, key or paths.key

    def __call__(self, content: bytes, *, is_apart: bool = False) -> bytes:
        try:
            key = serialization.load_pem_private_key(self._key.read_bytes(), password=None)
            certificate, *others = x509.load_pem_x509_certificates(self._certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise EngineRefused(f"signature : {error}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise EngineRefused(
                "signature : ce n’est pas une clé sur courbe elliptique ; demandez un certificat ECDSA"
            )
        builder = (
            pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
        )
        for other in others:
            builder = builder.add_certificate(other)
        options = [pkcs7.PKCS7Options.Binary]
        if is_apart:
            options.append(pkcs7.PKCS7Options.DetachedSignature)
        return builder.sign(serialization.Encoding.DER, options)
