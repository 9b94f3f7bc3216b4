"""A signed package of files (JAR File Specification): what Thunderbird's modules are.

The manifest holds the digest of each file, the signature file the digest of the manifest, and the signature
(CMS) is of the signature file.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping

_MADE = (2026, 1, 1, 0, 0, 0)
_NAME = "META-INF/MESSAGERIE"


def signed_package(files: Mapping[str, bytes], sign: Callable[[bytes], bytes]) -> bytes:
    """The zip of those files (ASCII names), signed; `sign` gives a signature apart from its content."""
    entries = {name: _section("Name", name, content) for name, content in files.items()}
    manifest = b"Manifest-Version: 1.0\r\n\r\n" + b"".join(entries.values())
    signature_file = _section("Signature-Version", "1.0", manifest, of="-Manifest")
    signature_file += b"".join(_section("Name", name, entry) for name, entry in entries.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        packed = {
            "META-INF/MANIFEST.MF": manifest,
            f"{_NAME}.SF": signature_file,
            f"{_NAME}.EC": sign(signature_file),
            **files,
        }
        for name, content in packed.items():
            info = zipfile.ZipInfo(name, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def _section(field: str, value: str, content: bytes, *, of: str = "") -> bytes:
    """Names stay under the 72 bytes of a line."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return f"{field}: {value}\r\nSHA-256-Digest{of}: {digest}\r\n\r\n".encode("ascii")
