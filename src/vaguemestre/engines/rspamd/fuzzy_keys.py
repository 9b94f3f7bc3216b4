"""Key pair between the filter and its own store of nearly equal messages."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

_PROGRAM = "/usr/bin/rspamadm"
_LINES = {
    name: re.compile(rf'^\s*{name} = "([a-z0-9]{{52}})";', re.MULTILINE) for name in ("pubkey", "privkey")
}


class FuzzyKeys(NamedTuple):
    public: str
    private: str


def keys_of(folder: Path) -> FuzzyKeys:
    """The pair kept in that folder, made the first time. Needs root. Raises ValueError."""
    file = folder / "fuzzy.keys"
    if not file.is_file():
        _make(file)
    text = file.read_text(encoding="utf-8")
    public, private = (line.search(text) for line in _LINES.values())
    if public is None or private is None:
        raise ValueError(f"{file}: not a key pair of rspamadm")
    return FuzzyKeys(public[1], private[1])


def _make(file: Path) -> None:
    made = subprocess.run([_PROGRAM, "keypair", "-u"], capture_output=True, check=True)
    temporary = file.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(made.stdout)
    temporary.rename(file)
