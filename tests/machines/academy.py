"""An académie installed on a machine of its own: its configuration, its agents, what a client sees of it."""

import imaplib
import re
import smtplib
import socket
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from tests.machines.machine import Machine

from vaguemestre.engines.tls.certificates import Certificates

DOMAIN = "ac-essai.test"
HOST = f"mail.{DOMAIN}"
SITE = f"messagerie.{DOMAIN}"
SOURCES, SETTINGS = "/srv/src", "/srv/vaguemestre.toml"
INSTALL = (f"{SOURCES}/bin/install", "--config", SETTINGS)
LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__")
FORWARDERS = re.findall(r"^nameserver (\S+)", Path("/etc/resolv.conf").read_text(encoding="utf-8"), re.M)
CONFIGURATION = f"""\
[academy]
code = "20"
name = "Académie d’essai"
domain = "{DOMAIN}"
departments = ["002"]

[web]
public_url = "https://{SITE}"
files_url = "https://fichiers.{SITE}"
behind_tls = true

[mail]
forward_outside = true

[mail.outgoing]
mode = "direct"

[network]
ports = "usual"
forwarders = {FORWARDERS}
""".replace("'", '"')
GIVEN_CERTIFICATE = """
[tls]
certificate = "/srv/tls/server.pem"
key = "/srv/tls/server.key"
"""
PSQL = ("runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-d", "vaguemestre", "-c")
PEOPLE = "60"  # enough for the filter to see no flood in twenty messages a second
_ARRIVAL_SECONDS = 120
_DOVEADM = "doveadm -c /var/lib/vaguemestre/engines/dovecot/dovecot.conf"


@dataclass(frozen=True)
class Agent:
    """An agent’s address and the password of a mail program; the name and the password of the pages."""

    address: str
    password: str = field(repr=False)
    username: str = ""
    secret: str = field(repr=False, default="")


def open_agents(machine: Machine) -> tuple[Agent, ...]:
    """Apply an HR feed, then open the accounts of two agents."""
    feed = ("/srv/flux.csv", "/srv/etablissements.csv")
    machine.must(
        "vaguemestre", "feed", "sample", "--agents", PEOPLE, "--out", feed[0], "--structures-out", feed[1]
    )
    machine.must("vaguemestre", "feed", "apply", feed[0], "--structures", feed[1])
    return tuple(Agent(*line.split()) for line in _run_script(machine, "open_agents.py").splitlines())


def addresses(machine: Machine) -> list[str]:
    """Of every agent, whether their account is open or not: each has a mailbox."""
    return _run_script(machine, "list_addresses.py").split()


def open_list(machine: Machine) -> str:
    """The address of a list to which anybody may write, and which somebody elsewhere reads."""
    return _run_script(machine, "open_list.py").strip()


def run_under_unit(machine: Machine, process: str, script: str, *arguments: str) -> None:
    """Run a script in place of a process, with the rights of its unit. Fails with the script's words."""
    unit = machine.must("cat", f"/etc/systemd/system/vaguemestre-{process}.service")
    words = ("/opt/vaguemestre/current/.venv/bin/python", "/srv/essai.py", *arguments)
    trial = re.sub(r"^ExecStart=.*$", f"ExecStart={' '.join(words)}", unit, flags=re.M)
    trial = re.sub(r"^(Restart|Watchdog|Type|Notify)\w*=.*\n", "", trial, flags=re.M)
    machine.must("tee", "/srv/essai.py", text=script)
    machine.must("tee", "/run/systemd/system/essai.service", text=f"{trial}\n[Service]\nType=oneshot\n")
    machine.must("systemctl", "daemon-reload")
    started = machine.run("systemctl", "start", "essai.service")
    assert started.returncode == 0, machine.run("journalctl", "-n", "20", "-u", "essai").stdout


def message_ids(machine: Machine, mailboxes: Sequence[str]) -> Counter[str]:
    """How many copies of each message these mailboxes hold, by its Message-ID, in any folder."""
    command = f'for box; do {_DOVEADM} fetch -u "$box" hdr.message-id all; done'
    return Counter(
        re.findall(r"^hdr\.message-id: (\S+)", machine.must("sh", "-c", command, "sh", *mailboxes), re.M)
    )


def forward(machine: Machine, reader: Agent, address: str) -> None:
    """Have what comes to an agent sent on, by a script of theirs."""
    command = (*_DOVEADM.split(), "sieve", "put", "-a")
    machine.must(*command, "-u", reader.address, "transfert", text=f'redirect "{address}";\n')


def forward_no_more(machine: Machine, reader: Agent) -> None:
    machine.must(*_DOVEADM.split(), "sieve", "deactivate", "-u", reader.address)


def trust(machine: Machine, authority: Certificates) -> None:
    """Let programs of the machine verify what the tests' authority signed."""
    machine.must("tee", "/usr/local/share/ca-certificates/essai.crt", text=authority.ca.read_text())
    machine.must("update-ca-certificates")
    # those that read the authorities as they start
    machine.must("systemctl", "restart", "vaguemestre-mta-sts")
    machine.must("systemctl", "reload", "vaguemestre-postfix")


def _run_script(machine: Machine, name: str) -> str:
    """What a script beside this file prints on the machine."""
    return run_script(machine, Path(__file__).with_name(name))


def run_script(machine: Machine, path: Path) -> str:
    """What it prints on the machine, with the installed code."""
    script = path.read_text(encoding="utf-8")
    command = (
        "set -a; . /etc/vaguemestre/environment; cd -P /opt/vaguemestre/current; "
        "PYTHONPATH=$PWD/src; exec .venv/bin/python -"
    )
    return machine.must("sh", "-c", command, text=script)


@dataclass(frozen=True)
class Client:
    """A mail program on this host. `authority`: whom it trusts."""

    machine: Machine
    authority: Certificates

    def secure(self, port: int, name: str, protocol: str = "h2") -> ssl.SSLSocket:
        """A TLS connection whose chain and name are verified. `protocol`: spoken with the site (ALPN)."""
        context = ssl.create_default_context(cafile=str(self.authority.ca))
        context.set_alpn_protocols([protocol] if port == 443 else [])
        plain = socket.create_connection((self.machine.address, port), timeout=30)
        return context.wrap_socket(plain, server_hostname=name)

    def send(self, author: Agent, recipient: str, subject: str, *, sender: str = "") -> None:
        """Submit a message on port 465, in somebody else's name if `sender` is given.

        Raises smtplib.SMTPException if it is refused.
        """
        message = EmailMessage(policy=default.clone(utf8=False))
        message["From"], message["To"], message["Subject"] = sender or author.address, recipient, subject
        message.set_content("Bonjour,\n\nà demain.\n")
        with _Submission(self) as server:
            server.login(author.address, author.password)
            server.send_message(message)

    def received(self, reader: Agent, subject: str, seconds: int = _ARRIVAL_SECONDS) -> Message:
        """The message of that subject in the inbox, by IMAPS. Raises TimeoutError if it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with _Imaps(self) as server:
                server.login(reader.address, reader.password)
                server.select(readonly=True)
                numbers = server.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
                if numbers:
                    return BytesParser(policy=default).parsebytes(
                        server.fetch(numbers[0], "(RFC822)")[1][0][1]  # type: ignore[arg-type]
                    )
            time.sleep(2)
        raise TimeoutError(f"« {subject} » does not come")

    def wait_until_signed_in(self, reader: Agent) -> None:
        """Wait for the services, and for the job that tells them of a new account."""
        deadline = time.monotonic() + _ARRIVAL_SECONDS
        while True:
            try:
                with _Imaps(self) as server:
                    server.login(reader.address, reader.password)
                    return
            except (imaplib.IMAP4.error, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(2)


def open_imaps(client: Client) -> imaplib.IMAP4:
    """A connection of a mail program, before it signs in."""
    return _Imaps(client)


def open_submission(client: Client) -> smtplib.SMTP:
    """The same, of a program that sends."""
    return _Submission(client)


class _Submission(smtplib.SMTP_SSL):
    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__(HOST, 465, local_hostname="poste.test", timeout=60)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        return self._client.secure(port, host)


class _Imaps(imaplib.IMAP4):
    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__(HOST, 993)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        return self._client.secure(993, HOST)
