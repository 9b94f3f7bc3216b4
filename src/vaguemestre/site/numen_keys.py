"""NUMEN encryption keys from the instance's secrets; follows key rotation while running."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from vaguemestre.people.directory.rules.numen_vault import HeldKeys, keys_from
from vaguemestre.site import secrets

NAME = "numen_key"


def read(folder: Path) -> HeldKeys:
    """Read the current keys. Keys of a later rotation are loaded on first use."""
    keys = _now(folder)
    return replace(keys, sealing=_Followed(keys.sealing, folder))


def _now(folder: Path) -> HeldKeys:
    return keys_from(secrets.read(folder, NAME), *secrets.former(folder, NAME))


class _Followed(Mapping[str, bytes]):
    """Keys by their short name; an unknown name makes the secrets be read again."""

    def __init__(self, keys: Mapping[str, bytes], folder: Path) -> None:
        self._known = dict(keys)
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        if name not in self._known:
            self._known |= _now(self._folder).sealing
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"<{len(self._known)} keys>"
