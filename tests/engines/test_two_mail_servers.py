"""A member's mailbox on one server, the school's on another, one Dovecot in front: each opens where it is."""

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.live import LiveEngines, Someone, free_port_base, is_free, letter, wait_until

from vaguemestre.engines.dovecot.configuration import folder
from vaguemestre.engines.imap.cache.page_cache import PageCache, SummaryCache
from vaguemestre.engines.imap.store.gateway import ImapMailboxes, connector
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site import secrets as site_secrets
from vaguemestre.site.config import Config, WebSection

pytestmark = pytest.mark.engines

# Where each mailbox lives, and nothing else: the servers behind judge tokens themselves.
FRONT = """\
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
base_dir = {run}/d
state_dir = {run}/d
instance_name = vaguemestre-front-{port}
log_path = {run}/front.log
listen = 127.0.0.1
protocols {{
  imap = yes
}}
ssl = no
auth_allow_cleartext = yes
auth_mechanisms {{
  oauthbearer = yes
}}
auth_username_format = %{{user | lower}}
sql_driver = sqlite
sqlite_path = {places}
passdb sql {{
  mechanisms_filter = oauthbearer
  sql_query = SELECT NULL AS password, 'Y' AS nopassword, 'Y' AS proxy, '127.0.0.1' AS host, \
port AS port, 'oauthbearer' AS proxy_mech, '%{{passdb:token}}' AS pass FROM place WHERE mailbox = '%{{user}}'
}}
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  active_attribute =
  issuers = {issuer}
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {keys}/
      }}
    }}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
}}
service auth-worker {{
  user = root
}}
"""


@dataclass
class Servers:
    member: Someone
    box: Someone
    behind: dict[str, LiveEngines]  # by mailbox
    mailboxes: ImapMailboxes


@pytest.fixture
def servers(engines: LiveEngines) -> Iterator[Servers]:
    base = free_port_base()
    home = Path(tempfile.mkdtemp(prefix="vm-second-"))
    web = WebSection(public_url=engines.config.public_url)  # one académie: one issuer, one key
    other = LiveEngines(Config(home=home, port_base=base, web=web, academy=engines.config.academy))
    site_secrets.make_missing(other.config.secrets_dir)
    key = (engines.config.secrets_dir / "token_key.pem").read_bytes()
    (other.config.secrets_dir / "token_key.pem").write_bytes(key)
    run = Path(tempfile.mkdtemp(prefix="vm-front-"))
    front = None
    try:
        other.prepare()
        other.start_dovecot()
        member = engines.someone()
        box = other.someone(f"ce.{base:07d}a@{engines.config.academy.domain}")
        behind = {member.mailbox: engines, box.mailbox: other}
        front = _front(run, base + 900, engines, behind)
        pool = Pool(
            connector(("127.0.0.1", base + 900), lambda login: _token(behind, login)),
            generation=lambda: 0,
            ended=lambda keys: set(),
        )
        yield Servers(member, box, behind, ImapMailboxes(pool, PageCache(), SummaryCache()))
        pool.close_all()
    finally:
        if front is not None:
            front.send_signal(signal.SIGTERM)
            front.wait(60)
        other.stop()
        live.remove(other)
        shutil.rmtree(run, ignore_errors=True)


def _token(behind: dict[str, LiveEngines], login: MailLogin) -> str:
    return behind[login.mailbox].token(login.mailbox)


def _front(
    run: Path, port: int, engines: LiveEngines, behind: dict[str, LiveEngines]
) -> "subprocess.Popen[bytes]":
    places = run / "places.sqlite"
    with contextlib.closing(sqlite3.connect(places)) as kept, kept:
        kept.execute("CREATE TABLE place (mailbox TEXT, port INTEGER)")
        rows = [(mailbox, one.config.ports.imap) for mailbox, one in behind.items()]
        kept.executemany("INSERT INTO place VALUES (?, ?)", rows)
    run.chmod(0o755)
    told = run / "dovecot.conf"
    told.write_text(
        FRONT.format(
            run=run,
            port=port,
            places=places,
            issuer=engines.config.public_url,
            keys=folder(engines.config) / "keys",
        )
    )
    process = subprocess.Popen(["dovecot", "-F", "-c", str(told)], stdin=subprocess.DEVNULL)
    wait_until(lambda: not is_free(port))
    return process


def test_box_and_member_live_on_different_servers(servers: Servers) -> None:
    now, box, member = datetime.now(UTC), servers.box, servers.member
    for who in (box, member):
        subject = f"Pour {who.mailbox}"
        with servers.behind[who.mailbox].signed_in(who) as client:
            client.append("INBOX", "", "", bytes(letter("a@b.example", who.mailbox, subject)))
        with servers.mailboxes(MailLogin(who.mailbox, "session")) as opened:
            (row,) = opened.page("INBOX", 0, 10).rows
            assert row.summary.subject == subject
            opened.append("Sent", bytes(letter(who.mailbox, "a@b.example", "Réponse")), ["\\Seen"], now)
        with servers.behind[who.mailbox].signed_in(who) as client:
            assert client.select("Sent", readonly=True)[1] == [b"1"]
    (elsewhere,) = (one for mailbox, one in servers.behind.items() if mailbox != box.mailbox)
    assert box.mailbox not in elsewhere.directory.held()
    servers.mailboxes.pool.close_all()
    servers.behind[box.mailbox].change(box, active=False)
    with pytest.raises((EngineDown, EngineRefused)), servers.mailboxes(MailLogin(box.mailbox, "s")) as opened:
        opened.page("INBOX", 0, 10)
