"""The rest of the Internet on one machine: a signed zone, other domains' mail servers, an authority (ACME).

`monde.test` writes and receives, validating; `dane.test` publishes its certificate (DANE), `faux.test`
a false one; `sts.test` asks for a server whose certificate verifies (MTA-STS), so does `clair.test`, whose
server knows no TLS; `vieux.test` knows none either and asks for none; `refus.test` refuses everybody;
`lent.test` answers after 20 s; `six.test` has an IPv6 address only.
"""

import ipaddress
import json
import re
import time
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from tests.machines import academy
from tests.machines.machine import Machine

from vaguemestre.engines.tls.certificates import Certificates

NAME = "mx.monde.test"
_WITH_POLICY = ("sts", "clair")
# Whom the certificate of its servers is of.
NAMES = (NAME, "mx.sts.test", *(f"mta-sts.{domain}.test" for domain in _WITH_POLICY))
AUTHORITY_URL = f"https://{NAME}:14000/dir"
_PACKAGES = ("knot", "knot-dnsutils", "postfix", "rspamd", "pebble", "ca-certificates", "openssl", "isync")
_ARRIVAL_SECONDS = 180
# domain → which address
_OTHERS = {"monde": 0, "dane": 0, "faux": 0, "sts": 0, "clair": 1, "vieux": 1, "refus": 2, "lent": 3}
_SIX = "six"
_KNOT = """\
server:
    rundir: "/run/knot"
    user: knot:knot
    listen: [ 127.0.0.1@53, {address}@53 ]
database:
    storage: "/var/lib/knot"
acl:
  - id: updates
    address: {editors}
    action: update
template:
  - id: default
    storage: "/var/lib/knot"
    file: "%s.zone"
    semantic-checks: on
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
zone:
  - domain: test.
    dnssec-signing: on
    acl: updates
  - domain: 78.10.in-addr.arpa.
  - domain: 8.7.d.f.ip6.arpa.
"""
_HEAD = "@ 60 IN SOA ns.test. nobody.test. 1 600 600 86400 60\n@ 60 IN NS ns.test.\n"
_SMTPD = "smtpd -o smtpd_tls_security_level="
_RESOLVER = """\
server:
    local-zone: "test." nodefault
    local-zone: "10.in-addr.arpa." nodefault
    local-zone: "d.f.ip6.arpa." nodefault
    domain-insecure: "10.in-addr.arpa"
    domain-insecure: "d.f.ip6.arpa"
    trust-anchor: "{anchor}"
{stubs}
"""
# RFC 8461: openssl sends the file as it is, head included.
_POLICY = "version: STSv1\nmode: enforce\nmx: mx.sts.test\nmx: mx.clair.test\nmax_age: 86400\n"
_POLICY_UNIT = (
    "[Service]\nWorkingDirectory=/srv/policies\nExecStart=/usr/bin/openssl s_server -quiet -HTTP -accept 443 "
    "-cert /srv/tls/server.pem -key /srv/tls/server.key\n"
)
_PEBBLE_UNIT = (
    "[Service]\nEnvironment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0\n"  # no failures at random
    "ExecStart=/usr/bin/pebble -config /srv/pebble.json -dnsserver 127.0.0.1:53\n"
)


@dataclass(frozen=True)
class World:
    """`machine` runs it; `authority` signs what its servers show."""

    machine: Machine
    authority: Certificates

    def addresses(self) -> list[str]:
        first = ipaddress.ip_address(self.machine.address)
        return [str(first + number) for number in range(4)]

    @property
    def address_six(self) -> str:
        return f"fd78::{self.machine.address.rpartition('.')[2]}"

    def make(self) -> None:
        """Install and start everything but the zone of the académie. Raises MachineBroken."""
        machine = self.machine
        for address in self.addresses()[1:]:
            machine.must("ip", "address", "add", f"{address}/24", "dev", "eth0")
        machine.must("apt-get", "update", "-q")
        quietly = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qy")
        machine.must(*quietly, "--no-install-recommends", *_PACKAGES)
        machine.must("useradd", "--create-home", "prof")
        self._make_signatures()
        self._make_mail_servers()
        self._make_policies()
        self._make_authority()

    def _make_signatures(self) -> None:
        """rspamd signs what leaves from monde.test, and says what it thinks of what comes."""
        keys = "/var/lib/rspamd/dkim"
        self.machine.must("install", "-d", "-o", "_rspamd", keys)
        key = (
            "rspamadm",
            "dkim_keygen",
            "-s",
            "essai",
            "-d",
            "monde.test",
            "-k",
            f"{keys}/monde.test.essai.key",
        )
        public = self.machine.must(*key)
        self.machine.must("chown", "-R", "_rspamd", keys)
        self.machine.must("tee", "/srv/dkim.txt", text="".join(re.findall(r'"([^"]*)"', public)))
        self._configure_rspamd("dkim_signing.conf", 'selector = "essai";\nallow_username_mismatch = true;\n')
        self._configure_rspamd("worker-proxy.inc", 'bind_socket = "127.0.0.1:11332";\nmilter = yes;\n')
        self._configure_rspamd("actions.conf", "reject = null;\ngreylist = null;\nadd_header = null;\n")
        self._configure_rspamd(
            "milter_headers.conf",
            'use = ["authentication-results"];\nskip_local = false;\nskip_authenticated = false;\n',
        )
        options = 'local_addrs = ["127.0.0.0/8"];\ndns { nameserver = ["127.0.0.1"]; }\n'
        self.machine.must("tee", "/etc/rspamd/override.d/options.inc", text=options)

    def _configure_rspamd(self, name: str, text: str) -> None:
        self.machine.must("tee", f"/etc/rspamd/local.d/{name}", text=text)

    def _make_mail_servers(self) -> None:
        """One Postfix, another manner at each address."""
        machine = self.machine
        machine.must("install", "-m", "600", "/srv/tls/server.key", "/etc/postfix/server.key")
        settings = {
            "myhostname": NAME,
            "mydestination": ", ".join(f"{name}.test" for name in (*_OTHERS, _SIX)),
            "inet_interfaces": "all",
            "inet_protocols": "all",
            "smtp_address_preference": "ipv4",
            "smtpd_tls_chain_files": "/etc/postfix/server.key, /srv/tls/server.pem",
            "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
            "mynetworks": "127.0.0.0/8",
            "smtpd_milters": "inet:127.0.0.1:11332",
            "non_smtpd_milters": "inet:127.0.0.1:11332",
            "smtp_tls_security_level": "encrypt",
            "home_mailbox": "Maildir/",
            "mailbox_command": "",
            "alias_maps": "",
            "slow": "sleep 20, permit",
        }
        machine.must("postconf", *(f"{key} = {value}" for key, value in settings.items()))
        ways = (
            "may",
            "none",
            "may -o smtpd_client_restrictions=reject",
            "may -o smtpd_data_restrictions=$slow",
        )
        for address, way in zip(self.addresses(), ways, strict=True):
            machine.must("postconf", "-M", f"{address}:25/inet={address}:25 inet n - n - - {_SMTPD}{way}")
        six = f"[{self.address_six}]:25"
        machine.must("postconf", "-M", f"{six}/inet={six} inet n - n - - {_SMTPD}may")
        machine.must("postconf", "-MX", "smtp/inet")
        machine.must("tee", "/etc/resolv.conf", text="nameserver 127.0.0.1\n")
        machine.must("systemctl", "restart", "rspamd", "postfix")

    def _make_policies(self) -> None:
        """What `sts.test` and `clair.test` ask of those who write to them."""
        folder = "/srv/policies/.well-known"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(_POLICY)}\r\n\r\n"
        self.machine.must("mkdir", "-p", folder)
        self.machine.must("tee", f"{folder}/mta-sts.txt", text=head + _POLICY)
        self.machine.must("tee", "/etc/systemd/system/policies.service", text=_POLICY_UNIT)
        self.machine.must("systemctl", "start", "policies")

    def _make_authority(self) -> None:
        """Pebble: what it shows is signed by the tests' authority, what it gives by its own."""
        settings = {
            "listenAddress": "0.0.0.0:14000",
            "managementListenAddress": "0.0.0.0:15000",
            "certificate": "/srv/tls/server.pem",
            "privateKey": "/srv/tls/server.key",
            "httpPort": 80,
            "tlsPort": 443,
            "certificateValidityPeriod": 7_776_000,
        }
        self.machine.must("tee", "/srv/pebble.json", text=json.dumps({"pebble": settings}))
        self.machine.must("tee", "/etc/systemd/system/pebble.service", text=_PEBBLE_UNIT)
        self.machine.must("systemctl", "start", "pebble")

    def publish(self, records: str, peer: Machine) -> None:
        """Serve a signed zone with the académie's records beside those of the other domains.

        The académie may change it (DNS UPDATE, RFC 2136).
        """
        machine, number = self.machine, peer.address.rpartition(".")[2]
        self._write_zone(records, peer)
        names = {number: academy.HOST, machine.address.rpartition(".")[2]: NAME}
        reverse = "".join(f"{place}.0 60 IN PTR {name}.\n" for place, name in names.items())
        machine.must("tee", "/var/lib/knot/78.10.in-addr.arpa.zone", text=_HEAD + reverse)
        pointer = ipaddress.ip_address(f"fd78::{number}").reverse_pointer
        six = f"{_HEAD}{pointer}. 60 IN PTR {academy.HOST}.\n"
        machine.must("tee", "/var/lib/knot/8.7.d.f.ip6.arpa.zone", text=six)
        machine.must(
            "tee", "/etc/knot/knot.conf", text=_KNOT.format(address=machine.address, editors=peer.address)
        )
        machine.must("systemctl", "restart", "knot")

    def publish_anew(self, records: str, peer: Machine) -> None:
        """Serve others of the académie's records, without a moment in which nothing is answered."""
        self._write_zone(records, peer)
        self.machine.must("knotc", "zone-reload", "test.")

    def _write_zone(self, records: str, peer: Machine) -> None:
        hosts = (academy.HOST, academy.SITE, f"fichiers.{academy.SITE}")
        six = f"fd78::{peer.address.rpartition('.')[2]}"
        lines = [f"{host}. 60 IN A {peer.address}\n{host}. 60 IN AAAA {six}" for host in hosts]
        text = "\n".join((_HEAD, self._others(), *lines, records))
        self.machine.must("tee", "/var/lib/knot/test.zone", text=text)

    def _others(self) -> str:
        """The records of the other domains."""
        addresses, digest = self.addresses(), _key_digest(self.authority)
        lines = [f"ns.test. 60 IN A {addresses[0]}"]
        for name, place in _OTHERS.items():
            lines.append(f"{name}.test. 60 IN MX 10 mx.{name}.test.")
            lines.append(f"mx.{name}.test. 60 IN A {addresses[place]}")
        lines += [
            f"{_SIX}.test. 60 IN MX 10 mx.{_SIX}.test.",
            f"mx.{_SIX}.test. 60 IN AAAA {self.address_six}",
        ]
        for name in _WITH_POLICY:
            lines.append(f'_mta-sts.{name}.test. 60 IN TXT "v=STSv1; id=1"')
            lines.append(f"mta-sts.{name}.test. 60 IN A {addresses[0]}")
        lines.append(f"_25._tcp.mx.dane.test. 60 IN TLSA 3 1 1 {digest}")
        lines.append(f"_25._tcp.mx.faux.test. 60 IN TLSA 3 1 1 {'00' * 32}")
        lines.append('monde.test. 60 IN TXT "v=spf1 mx -all"')
        lines.append('_dmarc.monde.test. 60 IN TXT "v=DMARC1; p=reject"')
        lines.append('_smtp._tls.monde.test. 60 IN TXT "v=TLSRPTv1; rua=mailto:prof@monde.test"')
        key = self.machine.must("cat", "/srv/dkim.txt")
        texts = " ".join(f'"{key[start : start + 200]}"' for start in range(0, len(key), 200))
        lines.append(f"essai._domainkey.monde.test. 60 IN TXT {texts}")
        return "\n".join(lines)

    def introduce(self, peer: Machine) -> None:
        """Let the académie's resolver find the zone and its key, as it finds any other from the root."""
        key = self.machine.must("keymgr", "test.", "dnskey").splitlines()[0]
        zones = ("test.", "78.10.in-addr.arpa.", "8.7.d.f.ip6.arpa.")
        stubs = "".join(
            f'stub-zone:\n    name: "{zone}"\n    stub-addr: {self.machine.address}\n' for zone in zones
        )
        file = "/etc/unbound/unbound.conf.d/essai.conf"
        peer.must("tee", file, text=_RESOLVER.format(anchor=key, stubs=stubs))
        peer.must("systemctl", "restart", "unbound")

    def received(self, subject: str, seconds: int = _ARRIVAL_SECONDS) -> str:
        """The text of the message of that subject that came to prof. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        search = ("grep", "-rlF", f"Subject: {subject}", "/home/prof/Maildir/new")
        while time.monotonic() < deadline:
            if files := self.machine.run(*search).stdout.split():
                return re.sub(r"\r?\n[ \t]+", " ", self.machine.must("cat", files[0]))
            time.sleep(2)
        raise TimeoutError(f"« {subject} » does not come: {self.machine.run('mailq').stdout}")

    def send(self, recipient: str, subject: str, sender: str = "prof@monde.test") -> None:
        text = f"From: Prof <{sender}>\nTo: {recipient}\nSubject: {subject}\n\nBonjour.\n"
        self.machine.must("sendmail", "-f", sender, recipient, text=text)


def _key_digest(certificates: Certificates) -> str:
    """SHA-256 of the public key that the servers show (RFC 6698)."""
    certificate = x509.load_pem_x509_certificate(certificates.certificate.read_bytes())
    digest = hashes.Hash(hashes.SHA256())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    digest.update(certificate.public_key().public_bytes(serialization.Encoding.DER, form))
    return digest.finalize().hex()
