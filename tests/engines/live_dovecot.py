"""A Dovecot of the tests' own: rendered, started and stopped as the product does it."""

import hashlib
import os
import secrets as random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from joserfc import jwt
from joserfc.jwk import ECKey

from vaguemestre.engines import certificates
from vaguemestre.engines.dovecot import configuration
from vaguemestre.engines.imap.gateway import ImapMailboxes, connector
from vaguemestre.engines.imap.pages import Pages, Summaries
from vaguemestre.engines.imap.pool import Pool
from vaguemestre.engines.instance import forget_alias, open_home
from vaguemestre.engines.projection import sqlite
from vaguemestre.provisioning.values import AppKey, Owed
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.webmail.values import MailLogin

APP_PASSWORD = "abcd-efgh-ijkl-mnop-qrst"


class LiveDovecot:
    """A running Dovecot; mailboxes are made by naming them."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.directory = sqlite.SqliteMailDirectory(config.projection_path)
        pem = (config.secrets_dir / "token_key.pem").read_bytes()
        self._key, self._kid = ECKey.import_key(pem), configuration.key_id(pem)
        self.tokens: list[tuple[MailLogin, str]] = []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return self.config.mail.host, self.config.ports.imap

    def start(self) -> None:
        self._process = subprocess.Popen(configuration.command(self.config), start_new_session=True)
        end = time.monotonic() + 20
        while not configuration.is_ready(self.config):
            assert self._process.poll() is None, "Dovecot does not start"
            assert time.monotonic() < end, "Dovecot does not answer"
            time.sleep(0.02)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def pause(self) -> None:
        """Freeze every process of it: connections are taken by the kernel, nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def new_mailbox(self, quota_mb: int = 2048) -> str:
        mailbox = f"{random.token_hex(5)}@{self.config.academy.domain}"
        self.put(mailbox, quota_mb=quota_mb)
        return mailbox

    def put(self, mailbox: str, *, active: bool = True, quota_mb: int = 2048) -> None:
        key = AppKey(hashlib.sha256(APP_PASSWORD.encode()).hexdigest(), 0)
        self.directory.put([
            Owed(
                mailbox=mailbox, active=active, quota_mb=quota_mb, names=(mailbox,), receives=(mailbox,),
                sends=(mailbox,), app_keys=(key,),
            )
        ])  # fmt: skip

    def token_for(self, login: MailLogin) -> str:
        now = int(time.time())
        claims = {
            "sub": login.mailbox, "iss": self.config.public_url, "azp": "webmail", "iat": now, "exp": now + 300,
            "jti": random.token_hex(8),
        }  # fmt: skip
        token = str(jwt.encode({"alg": "ES256", "kid": self._kid}, claims, self._key))
        self.directory.allow_token(login.mailbox, hashlib.sha256(token.encode()).hexdigest(), now + 300)
        self.tokens.append((login, token))
        return token

    def pool(self, **options: object) -> Pool:
        return Pool(connector(self.address, self.token_for), **options)  # type: ignore[arg-type]

    def mailboxes(self, **options: object) -> ImapMailboxes:
        return ImapMailboxes(self.pool(**options), Pages(), Summaries())

    def _signal_all(self, how: int) -> None:
        assert self._process is not None
        session = self._process.pid
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _session_of(entry) == session:
                os.kill(int(entry.name), how)


@contextmanager
def live_dovecot() -> Iterator[LiveDovecot]:
    home = Path(tempfile.mkdtemp(prefix="vm-imap-"))
    config = Config(home=home, port_base=_free_base())
    secrets.make_missing(config.secrets_dir)
    open_home(config)
    certificates.make_missing(config, now=datetime.now(UTC))
    sqlite.prepare(config)
    configuration.prepare(config)
    dovecot = LiveDovecot(config)
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()
        dovecot.directory.close()
        forget_alias(config)
        rmtree(home, ignore_errors=True)


def _session_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return 0


def _free_base() -> int:
    for base in range(20_000, 30_000, 1_100):
        if all(_is_free(base + offset) for offset in (1, 143, 993, 190)):
            return base
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
