"""Whether Postfix has a mailbox for an address: its own table is asked, as for a message that arrives."""

import subprocess

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import configuration_folder

_SECONDS = 20


def has_mailbox(instance: Instance, address: str) -> bool:
    """Not whether an alias leads on from it. True when the table cannot be asked: another check says why."""
    folder = configuration_folder(instance)
    kind = "pgsql" if instance.database.engine == "postgresql" else "sqlite"
    question = ["postmap", "-c", str(folder), "-q", address.lower(), f"{kind}:{folder}/mailboxes.cf"]
    try:
        ended = subprocess.run(question, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return True
    return not (ended.returncode == 1 and not ended.stderr.strip())
