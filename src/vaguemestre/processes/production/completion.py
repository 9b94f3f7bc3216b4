"""The configuration an installation is made from, completed with what production takes for granted. Pure."""

import tomllib

from vaguemestre.processes.production.layout import DATABASE_SECRET

_NETWORK = """
# Production: the usual ports, on every address of the machine.
[network]
ports = "usual"
"""
_DATABASE = f"""
# PostgreSQL on this machine, made by bin/install.
[database]
engine = "postgresql"
host = "127.0.0.1"
password_file = "secrets/{DATABASE_SECRET}"
"""
_OUTGOING = """
# Mail for other domains leaves by their own servers (MX).
[mail.outgoing]
mode = "direct"
"""


def completed(text: str) -> str:
    """The same file, with the sections that production needs and that it does not have.

    Raises tomllib.TOMLDecodeError.
    """
    tables = tomllib.loads(text)
    additions = ""
    if "network" not in tables:
        additions += _NETWORK
    if "database" not in tables:
        additions += _DATABASE
    if "outgoing" not in tables.get("mail", {}):
        additions += _OUTGOING
    if "web" not in tables:
        domain = tables.get("academy", {}).get("domain", "")
        additions += f'\n[web]\npublic_url = "https://messagerie.{domain}"\nbehind_tls = true\n'
    return text.rstrip("\n") + "\n" + additions
