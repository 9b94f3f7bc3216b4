"""The configuration of an installation, completed with what production takes for granted. Pure."""

import tomllib
from collections.abc import Mapping
from typing import Any

_NETWORK = """
# Production: the usual ports, on every address of the machine.
[network]
ports = "usual"
"""
_DATABASE = """
# PostgreSQL on this machine, made by bin/install.
[database]
engine = "postgresql"
host = "127.0.0.1"
password_file = "secrets/postgres_password"
"""
_OUTGOING = """
# Mail for other domains leaves by their own servers (MX).
[mail.outgoing]
mode = "direct"
"""


def complete_config(text: str) -> str:
    """The same file, with the sections that production needs and that it does not have.

    Raises tomllib.TOMLDecodeError.
    """
    tables = tomllib.loads(text)
    additions = ""
    if "network" not in tables:
        additions += _NETWORK
    if "database" not in tables:
        additions += _DATABASE
    if "outgoing" not in _table("mail", tables):
        additions += _OUTGOING
    if "web" not in tables:
        domain = _table("academy", tables).get("domain", "")
        additions += f'\n[web]\npublic_url = "https://messagerie.{domain}"\nbehind_tls = true\n'
    return text.rstrip("\n") + "\n" + additions


def _table(name: str, tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """That table, the first one of several; empty if what has this name is none."""
    value = tables.get(name, {})
    first = next(iter(value), {}) if isinstance(value, list) else value
    return first if isinstance(first, dict) else {}
