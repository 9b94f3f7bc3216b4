"""An instance on the disk, with mailboxes made by Dovecot's own doveadm; nothing runs."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.engines.live import letter
from tests.processes.backup.light_repository import make_repository

from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles
from vaguemestre.engines.system_users import system_user
from vaguemestre.processes.backup.generations import Repositories, repositories
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import BackupSection

MARIE, PAUL = "marie@ac-amiens.test", "paul@ac-amiens.test"
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)


@dataclass(frozen=True)
class Stand:
    """An instance, its repositories, and what a person or a delivery does there."""

    top: Path
    config: Config

    @property
    def stores(self) -> Repositories:
        return repositories(self.config)

    @property
    def mail(self) -> MailboxFiles:
        return MailboxFiles(self.config.home / "mail", self.scratch("mail"))

    def scratch(self, name: str) -> Path:
        folder = self.top / "scratch" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def doveadm(self, mailbox: str, *arguments: str) -> None:
        self.mail._run(mailbox, *arguments)

    def deliver(self, mailbox: str, subject: str, folder: str = "INBOX", flags: str = "") -> None:
        home = self.mail.home(mailbox)
        home.mkdir(parents=True, exist_ok=True)
        user = system_user()
        for step in (home, home.parent, home.parent.parent):
            os.chown(step, user.pw_uid, user.pw_gid)
        file = self.top / "letter"
        content = letter("jean@dehors.example", mailbox, subject)
        content.replace_header("Message-ID", f"<{subject}@dehors.example>")
        file.write_bytes(content.as_bytes())
        file.chmod(0o644)
        if not self.has(mailbox, folder):
            self.doveadm(mailbox, "mailbox", "create", "--no-userdb-lookup", folder)
        self.doveadm(mailbox, "save", "--no-userdb-lookup", "-m", folder, str(file))
        if flags:
            self.flag(mailbox, subject, flags)

    def flag(self, mailbox: str, subject: str, flags: str) -> None:
        self.doveadm(mailbox, "flags", "add", "--no-userdb-lookup", flags, "mailbox", "*", "subject", subject)

    def expunge(self, mailbox: str, subject: str) -> None:
        self.doveadm(mailbox, "expunge", "--no-userdb-lookup", "mailbox", "*", "subject", subject)

    def has(self, mailbox: str, folder: str) -> bool:
        return folder == "INBOX" or (self.mail.home(mailbox) / "sdbox/mailboxes" / folder).is_dir()

    def rows(self, *values: int) -> None:
        with closing(sqlite3.connect(self.config.data_dir / "vaguemestre.sqlite3")) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS people (n)")
            database.executemany("INSERT INTO people VALUES (?)", [(value,) for value in values])

    def bare(self) -> Config:
        """The configuration of a machine that holds nothing, which knows where the repositories are."""
        return replace(self.config, home=self.top / "bare")


@pytest.fixture
def new_stand() -> Iterator[Stand]:
    """An instance that never backed up."""
    top = Path(tempfile.mkdtemp(prefix="vm-backup-"))
    top.chmod(0o711)
    config = Config(home=top / "home", backup=BackupSection(repository=str(top / "repository")))
    for folder in ("secrets", "data/deposits", "engines/tls", "mail"):
        (config.home / folder).mkdir(parents=True)
    (config.home / "secrets/numen_key").write_text("la clef")
    (config.home / "data/deposits/file").write_text("prêté")
    (config.home / "vaguemestre.toml").write_text('[academy]\nname = "Rouen"\n')
    made = Stand(top, config)
    made.rows(7)
    made.deliver(MARIE, "un", flags="\\Seen label_3")
    made.deliver(MARIE, "deux")
    made.deliver(MARIE, "trois", "Projets", "\\Flagged")
    made.deliver(PAUL, "quatre")
    yield made
    shutil.rmtree(top)


@pytest.fixture(scope="session")
def light_repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two empty repositories, `data` and `keys`, beside the password of each."""
    folder = tmp_path_factory.mktemp("light")
    for name in ("data", "keys"):
        password = folder / f"{name}.password"
        password.write_text(f"{name}\n")
        make_repository(folder / name, password)
    return folder


@pytest.fixture
def stand(new_stand: Stand, light_repositories: Path) -> Stand:
    """An instance whose repositories are there, empty, and open quickly."""
    for name, store in new_stand.stores._asdict().items():
        shutil.copytree(light_repositories / name, store.repository)
        store.password_file.parent.mkdir(exist_ok=True)
        shutil.copyfile(light_repositories / f"{name}.password", store.password_file)
        store.password_file.chmod(0o600)
    return new_stand
