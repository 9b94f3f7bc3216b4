"""`dkim.ports.SigningKeys`: private keys as files of a folder that the signer's group reads.

`<domain>.keys` lists the selectors in use; the signer reads it for each message, so that a change is
seen at once and nothing is reloaded.
"""

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.system_users import filter_group, set_owner, worker_id
from vaguemestre.foundation.kernel.errors import EngineDown

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "dkim"


def prepare_folder(instance: Instance) -> None:
    """Make the folder, whose files the signer's group alone reads (set-group-ID). Needs root."""
    path = folder(instance)
    path.mkdir(parents=True, exist_ok=True)
    set_owner(path, worker_id(), filter_group(), 0o2750)
    for key in path.glob("*.key"):  # root made the first ones: the worker seals them for other machines
        set_owner(key, worker_id(), filter_group(), 0o640)


class SigningKeyFiles:
    """`secret`: the file of what the machines of an installation seal keys with for one another."""

    def __init__(self, instance: Instance, secret: Path) -> None:
        self._folder, self._secret = folder(instance), secret

    def store(self, domain: str, selector: str, private: bytes) -> None:
        self._write(self._key_file(domain, selector), private)

    def sealed(self, domain: str, selector: str) -> str:
        file = self._key_file(domain, selector)
        try:
            return self._sealer().encrypt(file.read_bytes()).decode() if file.is_file() else ""
        except OSError as error:
            raise EngineDown(f"clés DKIM : {error}") from error

    def take(self, domain: str, selector: str, sealed: str) -> None:
        try:
            private = self._sealer().decrypt(sealed.encode())
        except InvalidToken as error:
            raise EngineDown(
                f"la clé privée {selector} de {domain} ne s’ouvre pas ici : le secret n’est pas le même ; "
                f"copiez {self._secret} de la machine qui l’a scellée"
            ) from error
        self.store(domain, selector, private)

    def _sealer(self) -> Fernet:
        try:
            secret = self._secret.read_bytes().strip()
        except OSError as error:
            raise EngineDown(f"les clés DKIM ne peuvent pas être scellées : {error}") from error
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"dkim:" + secret).digest()))

    def use(self, domain: str, selectors: Sequence[str]) -> None:
        for selector in selectors:
            if not self._key_file(domain, selector).is_file():
                raise EngineDown(f"la clé privée {selector} de {domain} manque")
        lines = "".join(f"{selector}\n" for selector in selectors)
        self._write(self._folder / f"{_checked(domain)}.keys", lines.encode())

    def erase(self, domain: str, selector: str) -> None:
        self._key_file(domain, selector).unlink(missing_ok=True)

    def _key_file(self, domain: str, selector: str) -> Path:
        return self._folder / f"{_checked(selector)}.{_checked(domain)}.key"

    def _write(self, path: Path, content: bytes) -> None:
        if path.is_file() and path.read_bytes() == content:
            return
        fresh = path.with_name(f"{path.name}.new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(0o640)
            if os.geteuid() == 0:  # by hand: the worker reads it too
                os.chown(fresh, self._folder.stat().st_uid, -1)
            fresh.rename(path)
        except OSError as error:
            raise EngineDown(f"clés DKIM : {error}") from error


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or ".." in name:
        raise EngineDown(f"ce n’est pas un nom de domaine ni de sélecteur : {name!r}")
    return name
