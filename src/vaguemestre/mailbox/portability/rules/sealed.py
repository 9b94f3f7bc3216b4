"""Transfer archive of a mailbox: encrypted for the receiving installation, signed by the sending one.

    magic · header · records · signature

Header, records and signature are each preceded by their length (4 bytes). The header is JSON: sender,
receiver, an ephemeral X25519 key. A record is a nonce and its AES-256-GCM ciphertext, with header and record
number as associated data: none can be changed, moved or left out. The nonce is random, because a killed run
may have written another record of the same number. The last record has the number of messages. The signature
(Ed25519) is over the SHA-256 of everything before it.

The checkpoint of an unfinished archive (its « notes ») is encrypted for, and signed by, its writer.
"""

import hashlib
import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any, TypedDict, cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vaguemestre.foundation.kernel.errors import Refusal

MAGIC = b"VAGUEMESTRE DEMENAGEMENT 2\n"
_NOTES = b"VAGUEMESTRE DEMENAGEMENT EN COURS 1\n"
MAX_HEADER_BYTES = 4096
MAX_RECORD_BYTES = 120_000_000
_LENGTH = 4
_NONCE = 12


class RecordMeta(TypedDict, total=False):
    """What a record holds: a message, the file of a room (`part` alone), or nothing (`end` alone)."""

    folder: str
    use: str  # special use of the folder, or empty
    flags: list[str]
    date: str  # ISO 8601
    sha256: str  # of the message
    part: str  # name of the file
    end: int  # how many messages the archive has


class Checkpoint(TypedDict):
    """The notes of an unfinished archive."""

    subject: list[str]  # whose mailbox, and for whom
    ephemeral: str  # secret of the archive's key, in base64
    tally: dict[str, Any]  # `values.Tally`


@dataclass(frozen=True, slots=True)
class Card:
    """The public card of an installation: its domain and its two public keys."""

    domain: str
    signing: bytes
    sealing: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint of both keys, for two people to compare by telephone."""
        digest = hashlib.sha256(self.signing + self.sealing).hexdigest()[:32]
        return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


@dataclass(frozen=True, slots=True)
class Identity:
    """The card of this installation, with its private keys."""

    card: Card
    signing: bytes = field(repr=False)
    sealing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an archive: sender and receiver (domains), ephemeral public key, raw bytes."""

    sender: str
    receiver: str
    ephemeral: bytes
    raw: bytes


def identity(domain: str, secret: str) -> Identity:
    """The identity derived from an installation's secret; always the same."""
    signing, sealing = (
        HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())
        for purpose in (b"moving signing", b"moving sealing")
    )
    card = Card(
        domain,
        Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw(),
        X25519PrivateKey.from_private_bytes(sealing).public_key().public_bytes_raw(),
    )
    return Identity(card, signing, sealing)


def written_card(card: Card) -> str:
    """A card as text (JSON)."""
    data = {
        "format": "vaguemestre-carte",
        "domain": card.domain,
        "signing": b64encode(card.signing).decode(),
        "sealing": b64encode(card.sealing).decode(),
    }
    return json.dumps(data, indent=2) + "\n"


def read_card(text: str) -> Card:
    """Parse a card. Raises Refusal `portability.card-malformed`."""
    try:
        data = json.loads(text)
        signing = b64decode(data["signing"], validate=True)
        sealing = b64decode(data["sealing"], validate=True)
        if data["format"] != "vaguemestre-carte" or (len(signing), len(sealing)) != (32, 32):
            raise Refusal("portability.card-malformed")
        return Card(str(data["domain"])[:253].lower(), signing, sealing)
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("portability.card-malformed") from error


def begun(mine: Identity, to: Card, ephemeral: bytes) -> tuple[bytes, bytes]:
    """(first bytes of an archive, key of its records); `ephemeral`: 32 random bytes, for one archive only."""
    private = X25519PrivateKey.from_private_bytes(ephemeral)
    data = {
        "from": mine.card.domain,
        "to": to.domain,
        "ephemeral": b64encode(private.public_key().public_bytes_raw()).decode(),
    }
    raw = json.dumps(data, sort_keys=True).encode()
    key = _key(private.exchange(X25519PublicKey.from_public_bytes(to.sealing)), raw)
    return MAGIC + frame_content(raw), key


def read_header(raw: bytes) -> Header:
    """Parse a header. Raises Refusal `portability.file-damaged`."""
    try:
        data = json.loads(raw)
        ephemeral = b64decode(data["ephemeral"], validate=True)
        if len(ephemeral) != 32:
            raise Refusal("portability.file-damaged")
        return Header(str(data["from"]), str(data["to"]), ephemeral, raw)
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("portability.file-damaged") from error


def opening_key(mine: Identity, header: Header) -> bytes:
    """The key of the records of an archive meant for us."""
    private = X25519PrivateKey.from_private_bytes(mine.sealing)
    return _key(private.exchange(X25519PublicKey.from_public_bytes(header.ephemeral)), header.raw)


def sealed_record(key: bytes, number: int, header: bytes, meta: RecordMeta, content: bytes) -> bytes:
    """Encrypt a record; returned with its length. `number`: from 0."""
    encoded_meta, nonce = json.dumps(meta, ensure_ascii=False).encode(), os.urandom(_NONCE)
    return frame_content(
        nonce
        + AESGCM(key).encrypt(nonce, frame_content(encoded_meta) + content, _associated_data(header, number))
    )


def opened_record(key: bytes, number: int, header: bytes, record: bytes) -> tuple[RecordMeta, bytes]:
    """Decrypt a record (without length) into (meta, content). Raises Refusal `portability.file-damaged`."""
    try:
        plain = AESGCM(key).decrypt(record[:_NONCE], record[_NONCE:], _associated_data(header, number))
        length = int.from_bytes(plain[:_LENGTH])
        meta = json.loads(plain[_LENGTH : _LENGTH + length])
    except (InvalidTag, ValueError) as error:
        raise Refusal("portability.file-damaged") from error
    return meta, plain[_LENGTH + length :]


def signature(mine: Identity, digest: bytes) -> bytes:
    """Sign the SHA-256 of everything before; returned with its length."""
    return frame_content(Ed25519PrivateKey.from_private_bytes(mine.signing).sign(digest))


def check_signature(card: Card, digest: bytes, signed: bytes) -> None:
    """Verify a signature (without its length). Raises Refusal `portability.signature-wrong`."""
    try:
        Ed25519PublicKey.from_public_bytes(card.signing).verify(signed, digest)
    except InvalidSignature as error:
        raise Refusal("portability.signature-wrong") from error


def written_notes(mine: Identity, data: Checkpoint) -> bytes:
    """A checkpoint that only this installation can read, and knows to be its own."""
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(_notes_key(mine)).encrypt(nonce, json.dumps(data).encode(), _NOTES)
    content = _NOTES + frame_content(sealed)
    return content + signature(mine, hashlib.sha256(content).digest())


def read_notes(mine: Identity, content: bytes) -> Checkpoint | None:
    """Read a checkpoint of `written_notes`; None for anything else."""
    length = int.from_bytes(content[len(_NOTES) : len(_NOTES) + _LENGTH])
    end = len(_NOTES) + _LENGTH + length
    sealed, signed = content[len(_NOTES) + _LENGTH : end], content[end + _LENGTH :]
    try:
        check_signature(mine.card, hashlib.sha256(content[:end]).digest(), signed)
        plain = AESGCM(_notes_key(mine)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _NOTES)
        data = json.loads(plain)
    except (Refusal, InvalidTag, ValueError):
        return None
    return cast(Checkpoint, data) if isinstance(data, dict) else None


def _notes_key(mine: Identity) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"moving notes").derive(mine.sealing)


def frame_content(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH) + content


def _associated_data(header: bytes, number: int) -> bytes:
    return header + number.to_bytes(8)


def _key(shared: bytes, raw: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=hashlib.sha256(raw).digest(), info=b"moving records").derive(shared)
