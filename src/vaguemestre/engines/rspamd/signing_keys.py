"""`dkim.ports.SigningKeys`: private keys as files of a folder that the signer's group reads.

`<domain>.keys` lists the selectors in use; the signer reads it for each message, so that a change is
seen at once and nothing is reloaded.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

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


class SigningKeyFiles:
    def __init__(self, instance: Instance) -> None:
        self._folder = folder(instance)

    def store(self, domain: str, selector: str, private: bytes) -> None:
        self._write(self._key_file(domain, selector), private)

    def use(self, domain: str, selectors: Sequence[str]) -> None:
        for selector in selectors:
            if not self._key_file(domain, selector).is_file():
                raise EngineDown(f"the private key {selector} of {domain} is missing")
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
            fresh.rename(path)
        except OSError as error:
            raise EngineDown(f"dkim keys: {error}") from error


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or ".." in name:
        raise EngineDown(f"no name of a domain or selector: {name!r}")
    return name
