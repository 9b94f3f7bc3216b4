"""Generations go where the configuration says: by SFTP to Debian's sshd, on S3 to moto, a test server."""

import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.live import wait_until
from tests.own_network import free_port
from tests.processes.backup.conftest import MARIE, NOW, PAUL, Stand

from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.backup.generations import Repositories, back_up, generation_at, repositories
from vaguemestre.processes.backup.restoration import restore_data, restore_keys
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import BackupSection

pytestmark = [pytest.mark.engines, pytest.mark.no_database]
_SSHD = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/mine.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
Subsystem sftp internal-sftp
"""
_SSH = """#!/bin/sh
exec {ssh} -F none -i {folder}/mine -o UserKnownHostsFile={folder}/known -o BatchMode=yes "$@"
"""


@dataclass(frozen=True)
class Destination:
    """A server that holds repositories, and what restic needs in its environment to reach it."""

    backup: BackupSection
    environment: dict[str, str]
    end: Callable[[], None]

    def stores(self, config: Config) -> Repositories:
        given = repositories(replace(config, backup=self.backup))
        return Repositories(
            *(replace(store, environment={**store.environment, **self.environment}) for store in given)
        )


@contextmanager
def running(port: int, *argv: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server, once it listens."""

    def listens() -> bool:
        assert server.poll() is None, "it ended at once"
        with closing(socket.socket()) as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(listens)
            yield server
        finally:
            server.terminate()


@contextmanager
def by_sftp(folder: Path) -> Iterator[Destination]:
    """As this user, by a key made here."""
    port = free_port()
    for name in ("host", "mine"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    host = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    (folder / "sshd").write_text(_SSHD.format(port=port, folder=folder))
    programs = folder / "bin"
    programs.mkdir()
    (programs / "ssh").write_text(_SSH.format(ssh=shutil.which("ssh"), folder=folder))
    (programs / "ssh").chmod(0o755)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    place = f"sftp://root@127.0.0.1:{port}/{folder}/coffre"
    with running(port, shutil.which("sshd") or "", "-D", "-f", str(folder / "sshd")) as server:
        path = {"PATH": f"{programs}:{os.environ['PATH']}"}
        yield Destination(BackupSection(repository=place), path, server.terminate)


@contextmanager
def on_s3(folder: Path) -> Iterator[Destination]:
    port = free_port()
    credentials = folder / "s3"
    credentials.write_text("AWS_ACCESS_KEY_ID=clef\nAWS_SECRET_ACCESS_KEY=secret\n")
    credentials.chmod(0o600)
    server = f"http://127.0.0.1:{port}"
    with running(port, shutil.which("moto_server") or "", "-H", "127.0.0.1", "-p", str(port)) as moto:
        for bucket in ("coffre", "coffre-keys"):
            urllib.request.urlopen(urllib.request.Request(f"{server}/{bucket}", method="PUT"), timeout=60)
        backup = BackupSection(repository=f"s3:{server}/coffre", credentials_file=str(credentials))
        yield Destination(backup, {}, moto.terminate)


@pytest.fixture(
    params=[
        pytest.param(by_sftp, id="sftp"),
        pytest.param(
            on_s3,  # `moto_server`: moto[server] from PyPI, on the path
            marks=pytest.mark.skipif(not os.environ.get("VAGUEMESTRE_LONG"), reason="bin/test --long"),
            id="s3",
        ),
    ]
)
def destination(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Destination]:
    with ExitStack() as stack:
        yield stack.enter_context(request.param(tmp_path))


def test_what_went_to_another_machine_comes_back_to_a_bare_one(
    stand: Stand, destination: Destination
) -> None:
    before = {mailbox: stand.mail.messages(mailbox) for mailbox in (MARIE, PAUL)}
    stores = destination.stores(stand.config)
    back_up(stand.config, stores, now=NOW)
    for store in stores:
        store.check()
    bare = destination.stores(stand.bare())
    bare.keys.password_file.parent.mkdir(parents=True)
    shutil.copyfile(stores.keys.password_file, bare.keys.password_file)
    restore_keys(stand.bare(), bare.keys, None)
    restore_data(stand.bare(), bare, generation_at(bare, None), lambda step: None)
    copies = MailboxFiles(stand.bare().home / "mail", stand.scratch("copies"))
    assert {mailbox: copies.messages(mailbox) for mailbox in copies.mailboxes()} == before
    assert (stand.bare().home / "secrets/numen_key").read_text() == "la clef"


@pytest.mark.parametrize("destination", [by_sftp], indirect=True)
def test_a_machine_that_is_away_is_told_and_nothing_is_half_said(
    stand: Stand, destination: Destination
) -> None:
    stores = destination.stores(stand.config)
    back_up(stand.config, stores, now=NOW)
    destination.end()
    with pytest.raises(EngineDown):
        stores.data.snapshots()
