"""The world on the loopback: a validating resolver with zones of its own, and a Postfix that is every MX.

Its names end in `.example`, or in `home.arpa` where rspamd asks for a public suffix. `sur.example` is signed
(DNSSEC) and publishes the key of its MX (DANE);
`faux.example` is signed and publishes another key. Four have an MTA-STS policy: `exigeant.example`, whose
server shows a certificate with its name, `mauvais.example`, whose server does not; `double.example` and
`contredit.example` are signed as well: the key of the first is right and its policy names another server,
with the second it is the other way round.
`ancien.example` takes no addresses with accents. Three ask for DMARC reports: `rapporte.home.arpa`;
`confie.home.arpa`, at the same place, which agrees; `vole.home.arpa`, at a place that does not.
"""

import contextlib
import hashlib
import ipaddress
import os
import pwd
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.zone
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.engines.live import wait_until
from tests.own_network import NETWORK

from vaguemestre.engines.tls.certificate_authority import authority, end_entity

RESOLVER, MX, PAGES, OLD_MX = (f"{NETWORK}.{number}" for number in range(1, 5))
NOBODY = f"{NETWORK}.9"  # where nothing listens
POLICIES = {  # domain → the server that its policy names
    "exigeant.example": "mx.exigeant.example",
    "mauvais.example": "mx.mauvais.example",
    "double.example": "autre.double.example",
    "contredit.example": "mx.contredit.example",
}
# whether the published key is right
SIGNED = {"sur.example": True, "faux.example": False, "double.example": True, "contredit.example": False}
REPORTING = {  # domain → where its DMARC reports shall go
    "rapporte.home.arpa": "rapporte.home.arpa",
    "confie.home.arpa": "rapporte.home.arpa",
    "vole.home.arpa": "loin.example",
}
TLS_REPORTING = ("rapporte.home.arpa", "faux.example")
PLAIN = ("loin.example", "ancien.example", "exigeant.example", "mauvais.example", *REPORTING)
BLOCK_LIST, BLOCKED = "liste.example", f"{NETWORK}.99"  # a list in DNS (DNSBL), and an address on it
_TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
_MAIN = """
compatibility_level = 3.10
queue_directory = {home}/spool
data_directory = {home}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
multi_instance_enable = no
maillog_file = {home}/mx.log
maillog_file_prefixes = {home}
myhostname = mx.loin.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtputf8_enable = yes
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = {home}/key.pem, {home}/certificate.pem
smtpd_recipient_restrictions = reject_unauth_destination, check_recipient_access
  regexp:{{ {{ /^inconnu@/ 550 5.1.1 no such user }}, {{ /^lent@/ 451 4.7.1 greylisted }} }}
"""
_MASTER = """
{mx}:25 inet n - n - - smtpd
{old}:25 inet n - n - - smtpd
  -o smtputf8_enable=no
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_UNBOUND = """
server:
  interface: {resolver}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{home}"
  pidfile: "{home}/unbound.pid"
  use-syslog: no
  logfile: "{home}/unbound.log"
  module-config: "validator iterator"
  local-zone: "test." nodefault
  local-zone: "home.arpa." nodefault
  trust-anchor-file: "{home}/anchors"
  num-threads: 1
  so-reuseport: no
"""


class World:
    """`start()`, then `resolv_conf` for those who shall live in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.resolv_conf = home / "resolv.conf"
        self._children: list[subprocess.Popen[bytes]] = []
        self._ours: list[str] = []
        self._pages: ThreadingHTTPServer | None = None

    def start(self, ours: dict[str, list[str]]) -> None:
        """`ours`: domain → lines of its zone (names relative to it)."""
        self.home.chmod(0o755)
        self.resolv_conf.write_text(f"nameserver {RESOLVER}\n")
        digest = self._certificate()
        for name in PLAIN:
            self._zone(name, _host(name))
        self._zone(BLOCK_LIST, ".".join(reversed(BLOCKED.split("."))) + " IN A 127.0.0.2\n")
        for name, is_right in SIGNED.items():
            key = digest if is_right else "00" * 32
            self._sign(name, f"{_host(name)}_25._tcp.mx IN TLSA 3 1 1 {key}\n")
        for name, lines in ours.items():
            self._zone(name, "\n".join(lines) + "\n")
        self._unbound()
        self._postfix()
        self._pages = _serve_policies(self.home)

    def stop(self) -> None:
        if self._pages:
            self._pages.shutdown()
            self._pages.server_close()
        for child in reversed(self._children):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            child.wait(60)

    def inside(self, argv: Sequence[str]) -> list[str]:
        """The command that runs another one with the world's resolver and authority."""
        script = f'mount --bind "$0" /etc/resolv.conf && mount --bind "$1" {_TRUSTED} && shift && exec "$@"'
        namespace = ["unshare", "--mount", "--propagation", "private"]
        return [
            *namespace,
            "sh",
            "-c",
            script,
            str(self.resolv_conf),
            str(self.home / "authority.pem"),
            *argv,
        ]

    def arrived(self, subject: str) -> list[EmailMessage]:
        """The messages of that subject that reached the world."""
        folder = self.home / "mail" / "box" / "new"
        files = [path.read_bytes() for path in folder.glob("*")] if folder.is_dir() else []
        messages = [message_from_bytes(content, policy=policy.default) for content in files]
        return [message for message in messages if subject in str(message["Subject"])]

    def raw(self, subject: str) -> bytes:
        """The bytes of the message of that subject, once it has arrived."""
        wait_until(lambda: self.arrived(subject))
        return self.contents(subject)[0]

    def contents(self, subject: str) -> list[bytes]:
        """The bytes of the messages of that subject, without what virtual(8) puts in front."""
        contents = []
        for path in (self.home / "mail" / "box" / "new").glob("*"):
            content = path.read_bytes()
            if subject in str(message_from_bytes(content, policy=policy.default)["Subject"]):
                while content.split(b":")[0].lower() in (b"return-path", b"delivered-to", b"x-original-to"):
                    content = content.partition(b"\n")[2]
                contents.append(content)
        return contents

    def _certificate(self) -> str:
        """A certificate of the world's authority; returns the digest of its key (RFC 6698: 3 1 1)."""
        root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        now = datetime.now(UTC)
        ca = authority(root, now=now)
        hosts = [f"mx.{name}" for name in (*PLAIN, *SIGNED) if name != "mauvais.example"]
        names = (*hosts, *(f"mta-sts.{name}" for name in POLICIES))
        certificate = end_entity(key, ca, root, names, ExtendedKeyUsageOID.SERVER_AUTH, now=now)
        pem = serialization.Encoding.PEM
        (self.home / "authority.pem").write_bytes(ca.public_bytes(pem))
        (self.home / "certificate.pem").write_bytes(certificate.public_bytes(pem))
        (self.home / "key.pem").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(public).hexdigest()

    def _zone(self, name: str, records: str) -> str:
        head = f"$ORIGIN {name}.\n$TTL 60\n@ IN SOA ns.{name}. root.{name}. 1 3600 600 86400 1\n@ IN NS ns\n"
        text = f"{head}ns IN A {RESOLVER}\n{records}"
        (self.home / f"{name}.zone").write_text(text)
        self._ours.append(name)
        return text

    def _sign(self, name: str, records: str) -> None:
        zone = dns.zone.from_text(self._zone(name, records), relativize=False)
        private = ed25519.Ed25519PrivateKey.generate()
        key = dns.dnssec.make_dnskey(private.public_key(), dns.dnssec.Algorithm.ED25519, flags=257)  # type: ignore[attr-defined]
        with zone.writer() as writer:
            dns.dnssec.sign_zone(zone, writer, keys=[(private, key)], lifetime=86400)
        zone.to_file(str(self.home / f"{name}.zone"), relativize=False)
        with (self.home / "anchors").open("a") as anchors:
            anchors.write(f"{name}. IN DNSKEY {key.to_text()}\n")

    def _unbound(self) -> None:
        text = _UNBOUND.format(resolver=RESOLVER, home=self.home)
        for name in self._ours:
            text += (
                f'auth-zone:\n  name: "{name}."\n  zonefile: "{self.home}/{name}.zone"\n'
                "  for-upstream: yes\n  for-downstream: no\n  fallback-enabled: no\n"
            )
        (self.home / "unbound.conf").write_text(text)
        self._launch(["unbound", "-d", "-c", str(self.home / "unbound.conf")], {})
        wait_until(lambda: _listens(RESOLVER, 53))

    def _postfix(self) -> None:
        nobody, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
        for name, owner in (("spool", 0), ("lib", postfix.pw_uid), ("mail", nobody.pw_uid)):
            (self.home / name).mkdir()
            os.chown(self.home / name, owner, 0 if owner != nobody.pw_uid else nobody.pw_gid)
        domains = ", ".join((*PLAIN, *SIGNED))
        values = {
            "home": self.home,
            "mx": MX,
            "old": OLD_MX,
            "domains": domains,
            "uid": nobody.pw_uid,
            "gid": nobody.pw_gid,
        }
        (self.home / "main.cf").write_text(_MAIN.format(**values))
        (self.home / "master.cf").write_text(_MASTER.format(**values))
        subprocess.run(["postfix", "-c", str(self.home), "check"], check=True)
        self._launch(
            ["/usr/lib/postfix/sbin/master", "-s", "-c", str(self.home)],
            {"MAIL_CONFIG": str(self.home), "MAIL_LOGTAG": "postfix"},
        )
        wait_until(lambda: _listens(MX, 25))

    def _launch(self, argv: list[str], environment: dict[str, str]) -> None:
        path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self._children.append(
            subprocess.Popen(
                argv, env={**path, **environment}, stdin=subprocess.DEVNULL, start_new_session=True
            )
        )


def _host(name: str) -> str:
    """The records of a domain with one server, and those of its policy if it has one."""
    address = OLD_MX if name == "ancien.example" else MX
    lines = f"@ IN MX 10 mx\nmx IN A {address}\n"
    if name in POLICIES:
        lines += f'_mta-sts IN TXT "v=STSv1; id=1"\nmta-sts IN A {PAGES}\n'
    if name in TLS_REPORTING:
        lines += '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@rapporte.home.arpa"\n'
    if name in REPORTING:
        lines += f'_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@{REPORTING[name]}"\n'
        others = (domain for domain, place in REPORTING.items() if place == name != domain)
        lines += "".join(f'{domain}._report._dmarc IN TXT "v=DMARC1"\n' for domain in others)
    return lines


def _serve_policies(home: Path) -> ThreadingHTTPServer:
    """The MTA-STS policies over HTTPS, in a thread."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "certificate.pem", home / "key.pem")
    server = ThreadingHTTPServer((PAGES, 443), _PolicyPage)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _PolicyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        mx = POLICIES[str(self.headers["Host"]).removeprefix("mta-sts.")]
        text = f"version: STSv1\r\nmode: enforce\r\nmx: {mx}\r\nmax_age: 86400\r\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        """Nothing: pytest prints what it needs."""


def _listens(address: str, port: int) -> bool:
    ipaddress.ip_address(address)
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False
