"""State of the demonstration: its secrets (random, then stable) and its finished steps."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from vaguemestre.people.credentials.rules.app_passwords import drawn_app_password
from vaguemestre.people.credentials.values import DeviceKind

_WORDS = (
    "corail lampe verger galet moulin sapin rivage tambour cerise ardoise bougie clairon falaise grenier "
    "hamac jonquille kayak lanterne muscade nacelle orage pivoine quartz roseau sentier tilleul vanille "
    "wagon zephyr abricot boussole cascade drakkar fougere"
)


class AccountSecrets(TypedDict):
    """Secrets of an account of the demonstration; the last two with a second factor."""

    password: str
    app_password: str
    totp_secret: NotRequired[str]  # base32
    pin: NotRequired[str]  # of a key only


class Ledger:
    """`HOME/secrets/demo.json`, readable by its owner only; each change is on disk when the call returns."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "demo.json"
        self._kept: dict[str, Any] = {"accounts": {}, "done": []}
        if self._path.exists():
            self._kept = json.loads(self._path.read_text(encoding="utf-8"))

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def secrets_of(self, role: str, factor: DeviceKind | None = None) -> AccountSecrets:
        """The secrets of that part, drawn the first time."""
        accounts: dict[str, AccountSecrets] = self._kept["accounts"]
        if role not in accounts:
            accounts[role] = _drawn(factor)
            self._write()
        return accounts[role]

    def remember(self, name: str, value: str) -> str:
        """Stored value of that name; stores the given one if there was none."""
        if name not in self._kept:
            self._kept[name] = value
            self._write()
        return str(self._kept[name])

    def is_done(self, step: str) -> bool:
        return step in self._kept["done"]

    def mark_done(self, step: str) -> None:
        if not self.is_done(step):
            self._kept["done"].append(step)
            self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._kept, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _drawn(factor: DeviceKind | None) -> AccountSecrets:
    drawn = AccountSecrets(password=_password(), app_password=drawn_app_password())
    if factor:
        drawn["totp_secret"] = base64.b32encode(secrets.token_bytes(20)).decode()
    if factor is DeviceKind.KEY:
        drawn["pin"] = f"{secrets.randbelow(9000) + 1000}"
    return drawn


def _password() -> str:
    """Four words and a number: easy to type from a screen, about 25 bits more than a demonstration needs."""
    words = _WORDS.split()
    return "-".join([*(secrets.choice(words) for _ in range(4)), str(secrets.randbelow(900) + 100)])
