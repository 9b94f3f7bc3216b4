"""restic repositories that open at once: the key of each is derived at the least price there is.

restic sets the price of a password (scrypt) at half a second of this machine, and pays it again with every
command. Here the key file of a repository that restic made is written again with that price at its least
(restic design, « Keys, Encryption and MAC »); everything else in it is restic's own.
"""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

_LEAST = 2  # scrypt's N
_MEMORY_BYTES = 2**30  # the most that deriving a key at restic's price may take
_TAG = 16


class _Keys(NamedTuple):
    """AES-256 in counter mode, then Poly1305-AES."""

    encryption: bytes
    k: bytes
    r: bytes

    def crypt(self, nonce: bytes, text: bytes) -> bytes:
        made = Cipher(algorithms.AES(self.encryption), modes.CTR(nonce)).encryptor()
        return made.update(text) + made.finalize()

    def tag(self, nonce: bytes, text: bytes) -> bytes:
        made = Cipher(algorithms.AES(self.k), modes.ECB()).encryptor()
        return Poly1305.generate_tag(self.r + made.update(nonce) + made.finalize(), text)


def make_repository(place: Path, password_file: Path) -> None:
    """Make an empty repository there, for the password of that file."""
    argv = ["restic", f"--repo={place}", f"--password-file={password_file}", "--no-cache", "init"]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    [file] = (place / "keys").iterdir()
    key, password = json.loads(file.read_bytes()), password_file.read_text().strip().encode()
    sealed = base64.b64decode(key["data"])
    nonce, text, tag = sealed[:16], sealed[16:-_TAG], sealed[-_TAG:]
    dear = _derived(password, key)
    assert dear.tag(nonce, text) == tag
    master = dear.crypt(nonce, text)
    key["N"] = _LEAST
    cheap = _derived(password, key)
    text = cheap.crypt(nonce, master)
    key["data"] = base64.b64encode(nonce + text + cheap.tag(nonce, text)).decode()
    content = json.dumps(key).encode()
    file.unlink()
    (file.parent / hashlib.sha256(content).hexdigest()).write_bytes(content)


def _derived(password: bytes, key: dict[str, Any]) -> _Keys:
    derived = hashlib.scrypt(
        password, salt=base64.b64decode(key["salt"]), n=key["N"], r=key["r"], p=key["p"],
        maxmem=_MEMORY_BYTES, dklen=64,
    )  # fmt: skip
    return _Keys(derived[:32], derived[32:48], derived[48:])
