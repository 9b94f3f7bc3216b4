"""`webmail.ports.Authorities`: the ones this machine trusts (Debian's ca-certificates), read once."""

import ssl
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning


@lru_cache(maxsize=1)
def trusted_authorities() -> Sequence[x509.Certificate]:
    """The certificates; none when the file cannot be read."""
    file = ssl.get_default_verify_paths().cafile
    if not file or not Path(file).is_file():
        return ()
    try:
        with warnings.catch_warnings():  # Debian trusts one whose serial number is none (RFC 5280 §4.1.2.2)
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return tuple(x509.load_pem_x509_certificates(Path(file).read_bytes()))
    except ValueError:
        return ()
