"""What our processes may have done to mailboxes beside IMAP, by an agent that runs as the mail's own user.

House scripts, erasure of a closed mailbox, two commands of Dovecot's doveadm server (kick, quota get).
"""

import socket
from collections.abc import Collection, Sequence
from pathlib import Path

from vaguemestre.engines import agent
from vaguemestre.engines.agent import Verb
from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.dovecot.mailbox_erasure import MailboxErasure
from vaguemestre.engines.dovecot.quota import QuotaUse
from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

DOVEADM_COMMANDS = ("kick", "quota get")  # what the doveadm server takes; see dovecot.conf.j2
_HELLO = b"VERSION\tdoveadm-server\t1\t0\n"  # minor 0: answers without channels
_NO_HOST = "NOHOST"  # doveadm's EX_NOHOST: nobody is connected
_TIMEOUT_SECONDS = 30.0
_MAX_ANSWER_BYTES = 1_000_000


def socket_path(instance: Place) -> Path:
    return sockets(instance) / "mail-agent" / "s"


def doveadm_socket(instance: Place) -> Path:
    return sockets(instance) / "doveadm-server"


def verbs(instance: Place, users: Collection[int], erasers: Collection[int]) -> dict[str, Verb]:
    """What the agent does for those user ids. What cannot be undone is for `erasers` only."""
    put_script, erase = HouseScripts(instance), MailboxErasure(instance)
    doveadm = DoveadmServer(doveadm_socket(instance))
    return {
        "cut": Verb(lambda mailbox: doveadm.cut(_checked(instance, mailbox)), users),
        "quota": Verb(lambda mailbox: doveadm.quota(_checked(instance, mailbox)), users),
        "put-script": Verb(put_script, users),
        "erase": Verb(erase, erasers),
    }


class DoveadmServer:
    """Dovecot's doveadm protocol on its Unix socket, whose mode (0600) is the sign-in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def cut(self, mailbox: str) -> None:
        """Close every connection of that mailbox."""
        status, _ = self._run("", "kick", mailbox)
        if status not in ("+", f"-{_NO_HOST}", "-68"):
            raise EngineRefused(f"doveadm kick {status}")

    def quota(self, mailbox: str) -> list[int]:
        """Bytes used, and bytes allowed (0 = no limit)."""
        status, cells = self._run(mailbox, "quota get")
        if status != "+":
            raise EngineRefused(f"doveadm quota {status}")
        rows = [cells[start : start + 5] for start in range(0, len(cells), 5)]  # name, type, value, limit, %
        storage = next((row for row in rows if row[1] == "STORAGE"), None)
        if storage is None:
            raise EngineDown("doveadm quota: no answer")
        return [int(storage[2]) * 1024, int(storage[3]) * 1024 if storage[3].isdigit() else 0]

    def _run(self, user: str, *command: str) -> tuple[str, Sequence[str]]:
        """The status line and the cells of the rows before it."""
        line = "\t".join(("", user, *map(_escaped, command))).encode() + b"\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
                peer.settimeout(_TIMEOUT_SECONDS)
                peer.connect(str(self._path))
                peer.sendall(_HELLO + line)
                with peer.makefile("rb") as stream:
                    if stream.readline(64).strip() != b"+":
                        raise EngineDown("doveadm: not let in")
                    rows = stream.readline(_MAX_ANSWER_BYTES).decode()
                    status = stream.readline(256).decode().strip()
        except OSError as error:
            raise EngineDown(f"doveadm {command[0]}: {error}") from error
        if not status:
            raise EngineDown(f"doveadm {command[0]}: no answer")
        return status, [cell for cell in rows.rstrip("\n").split("\t") if cell]


def _escaped(word: str) -> str:
    """A word of the protocol; none of ours holds a control character."""
    if any(ord(char) < 32 for char in word):
        raise EngineRefused("doveadm: control character")
    return word


def _checked(instance: Place, mailbox: str) -> str:
    """A name that `kick` cannot read as a mask or an option. Raises EngineRefused."""
    mail_home(instance, mailbox)
    if any(char in mailbox for char in "*?\t\n") or mailbox.startswith("-"):
        raise EngineRefused(f"nom de boîte inattendu : {mailbox!r}")
    return mailbox


class MailAgent:
    """Asks the agent: implements `provisioning.ports.Connections`, and what other rooms ask of mailboxes."""

    def __init__(self, instance: Place) -> None:
        self._socket = socket_path(instance)

    def cut(self, mailbox: str) -> None:
        agent.ask(self._socket, "cut", mailbox)

    def quota(self, mailbox: str) -> QuotaUse:
        used, limit = agent.ask(self._socket, "quota", mailbox)
        return QuotaUse(used_bytes=used, limit_bytes=limit)

    def put_house_script(self, mailbox: str, content: str) -> None:
        """Implements `sorting.ports.PutHouseScript`."""
        agent.ask(self._socket, "put-script", mailbox, content)

    def erase(self, mailbox: str) -> None:
        """Implements `lifecycle.ports.EraseMail`."""
        agent.ask(self._socket, "erase", mailbox)
