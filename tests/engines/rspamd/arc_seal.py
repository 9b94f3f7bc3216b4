"""A first seal (ARC, RFC 8617) on a message, as a forwarder puts it: relaxed, RSA and SHA-256."""

import base64
import hashlib
import re
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_SIGNED = ("from", "to", "subject", "date", "message-id")


def sealed(message: bytes, results: str, *, domain: str, key_file: Path) -> bytes:
    """The message with the three fields of a chain of one. `results`: what the forwarder says it saw."""
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)

    def signature(lines: list[str]) -> str:
        text = "\r\n".join(lines).encode()
        return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()

    head, _, body = message.partition(b"\r\n\r\n")
    fields = {line.partition(":")[0].lower(): line for line in re.split(r"\r\n(?![ \t])", head.decode())}
    digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    aar = f"ARC-Authentication-Results: i=1; {results}"
    names = ":".join(name for name in _SIGNED if name in fields)
    ams = (
        f"ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=ici; t=1700000000; "
        f"h={names}; bh={digest}; b="
    )
    ams += signature([*(_relaxed(fields[name]) for name in _SIGNED if name in fields), _relaxed(ams)])
    seal = f"ARC-Seal: i=1; a=rsa-sha256; t=1700000000; cv=none; d={domain}; s=ici; b="
    seal += signature([_relaxed(aar), _relaxed(ams), _relaxed(seal)])
    return "\r\n".join((seal, ams, aar)).encode() + b"\r\n" + message


def _relaxed(field: str) -> str:
    name, _, value = field.partition(":")
    return f"{name.lower().strip()}:{re.sub(r'\s+', ' ', value).strip()}"


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    return b"\r\n".join(lines).rstrip(b"\r\n") + b"\r\n"
