"""What was backed up is what is restored, message for message with its flags: real restic, real Dovecot."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.engines.live import wait_until
from tests.processes.backup.conftest import LATER, MARIE, NOW, PAUL, Stand

from vaguemestre.cli.backups import backup as cli
from vaguemestre.engines.backups.restic import RepositoryDamaged, Restic
from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.backup import generations, room
from vaguemestre.processes.backup.database import NotABackup, count_sqlite_rows
from vaguemestre.processes.backup.drill import run_drill
from vaguemestre.processes.backup.generations import Manifest, back_up, generation_at, prune, repositories
from vaguemestre.processes.backup.mailbox_restoration import Selection, restore_messages
from vaguemestre.processes.backup.restoration import give_to_mail_user, restore_data, restore_keys
from vaguemestre.processes.backup.restoration_marks import ENDED_ACCESS, RESTORED
from vaguemestre.processes.backup.room import NoRoom
from vaguemestre.processes.supervisor.run_folder import HomeUnusable
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP
from vaguemestre.site.config.database import DatabaseSection

pytestmark = [pytest.mark.engines, pytest.mark.no_database]


def tell(step: str) -> None:
    """Nobody looks."""


def restored(stand: Stand, at: object = None) -> tuple[Config, Manifest]:
    """A bare machine to which only the password of the keys was brought."""
    config = stand.bare()
    stores = repositories(config)
    stores.keys.password_file.parent.mkdir(parents=True)
    shutil.copyfile(stand.stores.keys.password_file, stores.keys.password_file)
    restore_keys(config, stores.keys, at)  # type: ignore[arg-type]
    manifest = restore_data(config, stores, generation_at(stores, at), tell)  # type: ignore[arg-type]
    return config, manifest


def listed(restic: Restic) -> str:
    command = ["restic", "-r", str(restic.repository), "-p", str(restic.password_file), "ls", "latest"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def one_pack(repository: str) -> Path:
    return max(Path(repository).glob("data/*/*"), key=lambda path: path.stat().st_size)


def alter(file: Path) -> None:
    """Change one octet in its middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


def test_a_bare_machine_gets_everything_back(new_stand: Stand) -> None:
    before = {mailbox: new_stand.mail.messages(mailbox) for mailbox in (MARIE, PAUL)}
    back_up(new_stand.config, new_stand.stores, now=NOW)
    config, manifest = restored(new_stand)
    copies = MailboxFiles(config.home / "mail", new_stand.scratch("copies"))
    assert {mailbox: copies.messages(mailbox) for mailbox in copies.mailboxes()} == before
    assert {message.flags for message in before[MARIE]} == {
        frozenset({"\\Seen", "label_3"}), frozenset({"\\Flagged"}), frozenset(),
    }  # fmt: skip
    assert count_sqlite_rows(config.data_dir / "vaguemestre.sqlite3") == {"people": 1}
    for name in ("secrets/numen_key", "data/deposits/file", "vaguemestre.toml"):
        assert (config.home / name).read_bytes() == (new_stand.config.home / name).read_bytes()
    assert manifest.made_at == NOW.isoformat()
    assert (config.data_dir / RESTORED).exists()


def test_keys_and_data_lie_apart(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    data, keys = listed(stand.stores.data), listed(stand.stores.keys)
    assert ("numen_key" in data, "secrets" in data) == (False, False)
    assert ("numen_key" in keys, "backup_password" in keys) == (True, True)
    assert "backup_keys_password" not in keys  # which would open nothing but itself
    wrong = Restic(stand.stores.data.repository, stand.stores.keys.password_file, stand.scratch("cache"))
    with pytest.raises(EngineRefused):
        wrong.snapshots()


def test_every_generation_can_be_restored(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    first = generation_at(stand.stores, None)
    stand.expunge(MARIE, "deux")
    stand.rows(8)
    back_up(stand.config, stand.stores, now=LATER)
    config, _ = restored(stand, first.made_at)
    copies = MailboxFiles(config.home / "mail", stand.scratch("copies"))
    assert len(copies.messages(MARIE)) == 3
    assert count_sqlite_rows(config.data_dir / "vaguemestre.sqlite3") == {"people": 1}


def test_one_altered_octet_is_noticed(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    stand.stores.data.check()
    alter(one_pack(stand.stores.data.repository))
    with pytest.raises(RepositoryDamaged):
        stand.stores.data.check()


def test_a_home_that_holds_something_is_left_alone(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    with pytest.raises(HomeUnusable):
        restore_keys(stand.config, stand.stores.keys, None)


def test_the_configuration_of_the_machine_restored_on_is_kept(new_stand: Stand) -> None:
    server = DatabaseSection(password_file="postgres_password")
    stand = replace(new_stand, config=replace(new_stand.config, database=server))
    own_files = ("vaguemestre.toml", "postgres_password")  # where its own database is, and what opens it

    def write(home: Path, text: str) -> None:
        for name in own_files:
            (home / name).write_text(text)

    def read(home: Path) -> list[str]:
        return [(home / name).read_text() for name in own_files]

    write(stand.config.home, "theirs")
    back_up(stand.config, stand.stores, now=NOW)
    assert read(restored(stand)[0].home) == ["theirs", "theirs"]
    bare = stand.bare().home
    shutil.rmtree(bare)
    bare.mkdir()
    write(bare, "own")
    restored(stand)
    assert read(bare) == ["own", "own"]


def test_a_place_without_a_generation_is_no_backup(stand: Stand) -> None:
    with pytest.raises(NotABackup):
        repositories(Config(home=stand.top / "other"))
    back_up(stand.config, stand.stores, now=NOW)
    before = generation_at(stand.stores, None).made_at.replace(year=2020)
    with pytest.raises(NotABackup):
        generation_at(stand.stores, before)


def test_two_backups_do_not_run_at_once(stand: Stand) -> None:
    with generations._exclusive_staging(stand.config), pytest.raises(NotABackup, match="en cours"):
        back_up(stand.config, stand.stores, now=NOW)


def test_a_lock_left_by_a_killed_process_holds_nothing_up(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    restic = stand.stores.data
    argv = ["restic", "-r", restic.repository, "-p", str(restic.password_file), "backup", "--stdin"]

    def is_locked() -> bool:  # a lock is written beside its name first, and counts once it has it
        return any("-" not in lock.name for lock in (Path(restic.repository) / "locks").iterdir())

    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as killed:
        wait_until(is_locked, 60)
        killed.kill()
    assert is_locked()
    restic.prune()  # wants the repository for itself
    assert not is_locked()


def test_a_message_that_came_after_its_index_was_copied_is_there(stand: Stand) -> None:
    """As when mail arrives during the copy: its file is in the generation, its index is not yet."""
    inbox = stand.mail.home(PAUL) / "sdbox/mailboxes/INBOX/dbox-Mails"
    before = {file.name: file.read_bytes() for file in inbox.glob("dovecot.index*")}
    stand.deliver(PAUL, "cinq")
    for name, content in before.items():
        (inbox / name).write_bytes(content)
    back_up(stand.config, stand.stores, now=NOW)
    config, _ = restored(stand)
    copies = MailboxFiles(config.home / "mail", stand.scratch("copies"))
    assert [message.message_id for message in copies.messages(PAUL)] == [
        "<quatre@dehors.example>", "<cinq@dehors.example>",
    ]  # fmt: skip


def test_a_folder_or_a_message_comes_back_alone(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    generation = generation_at(stand.stores, None)
    for subject in ("un", "deux", "trois"):
        stand.expunge(MARIE, subject)

    def put_back(name: str, folder: str = "", message_id: str = "") -> int:
        with generations.scratch_folder(stand.config) as scratch:
            selection = Selection(MARIE, folder, message_id)
            return restore_messages(stand.config, stand.stores, generation, selection, scratch)

    assert put_back("one", message_id="un@dehors.example") == 1
    [message] = stand.mail.messages(MARIE)
    assert (message.folder, message.flags) == ("INBOX", {"\\Seen", "label_3"})
    assert put_back("two", folder="Projets") == 1
    assert [each.folder for each in stand.mail.messages(MARIE)] == ["INBOX", "Projets"]
    assert put_back("three") == 1  # what is left of the mailbox
    assert put_back("four") == 0
    assert len(stand.mail.messages(MARIE)) == 3
    with pytest.raises(NotABackup):
        put_back("five", folder="Nulle part")


def test_a_link_in_place_of_a_mailbox_is_not_followed(stand: Stand) -> None:
    """The mail user writes these folders, and root restores them: it gave them what the link led to."""
    elsewhere = stand.top / "elsewhere"
    (elsewhere / "marie" / "sdbox").mkdir(parents=True)
    elsewhere.chmod(0o700)
    home = stand.mail.home(MARIE)
    for link, target in ((home, elsewhere / "marie"), (home.parent, elsewhere)):
        shutil.rmtree(link)
        link.symlink_to(target)
        back_up(stand.config, stand.stores, now=LATER)
        generation = generation_at(stand.stores, None)
        with generations.scratch_folder(stand.config) as scratch, pytest.raises(NotABackup):
            restore_messages(stand.config, stand.stores, generation, Selection(MARIE), scratch)
        link.unlink()
        link.mkdir()
    assert (elsewhere.stat().st_mode & 0o777, elsewhere.stat().st_uid) == (0o700, os.getuid())
    assert (elsewhere / "marie/sdbox").stat().st_uid == os.getuid()


def test_what_was_removed_as_dangerous_is_not_restored(stand: Stand) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    generation = generation_at(stand.stores, None)
    guids = frozenset(message.guid for message in stand.mail.messages(MARIE) if message.folder == "INBOX")
    stand.doveadm(MARIE, "expunge", "--no-userdb-lookup", "mailbox", "*", "all")
    with generations.scratch_folder(stand.config) as scratch:
        selection = Selection(MARIE, removed=guids)
        restore_messages(stand.config, stand.stores, generation, selection, scratch)
    messages = stand.mail.messages(MARIE)
    assert messages
    assert guids.isdisjoint(message.guid for message in messages)


def test_nothing_is_restored_on_a_disk_without_room(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(stand.config, stand.stores, now=NOW)
    generation = generation_at(stand.stores, None)
    held = stand.stores.data.restored_bytes(generation.data.id)
    mailbox = stand.mail.home(MARIE).relative_to(stand.config.home)
    in_mailbox = stand.stores.data.restored_bytes(generation.data.id, f"/{mailbox}")
    assert 0 < in_mailbox < held
    stand.expunge(MARIE, "un")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=room._LEFT_FREE_BYTES))
    with generations.scratch_folder(stand.config) as scratch:
        with pytest.raises(NoRoom, match="libres sur le disque"):
            restore_messages(stand.config, stand.stores, generation, Selection(MARIE), scratch)
        with pytest.raises(NoRoom):
            run_drill(stand.config, stand.stores, scratch, tell)
        assert not [path for path in scratch.iterdir() if path.is_dir()]
    with pytest.raises(NoRoom):
        restored(stand)
    assert not (stand.bare().home / "mail").exists()


def test_a_drill_finds_a_healthy_backup_the_same(stand: Stand) -> None:
    with generations.scratch_folder(stand.config) as scratch:
        report = run_drill(stand.config, stand.stores, scratch, tell)
    assert (report.mailboxes, report.messages, report.tables, report.differences) == (2, 4, 1, ())
    assert report.restored_bytes > 0
    assert not list((stand.config.home / generations.STAGING).glob("restored-*"))


@pytest.mark.parametrize("place", ["Projets", "INBOX/dbox-Mails/u.2"])
def test_a_drill_finds_what_a_backup_leaves_out(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(generations, "_EXCLUDED", (f"mail/*/marie/sdbox/mailboxes/{place}",))
    with generations.scratch_folder(stand.config) as scratch:
        report = run_drill(stand.config, stand.stores, scratch, tell)
    assert [each for each in report.differences if place in each and each.endswith("manque.")]


def test_a_drill_reads_each_message(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """One octet of a restored message that is not that of the mailbox, whatever the indexes say."""
    restore = Restic.restore

    def damaged(self: Restic, snapshot_id: str, target: Path, include: tuple[str, ...] = ()) -> None:
        restore(self, snapshot_id, target, include)
        alter(next(target.glob("mail/*/paul/sdbox/mailboxes/INBOX/dbox-Mails/u.1")))

    monkeypatch.setattr(Restic, "restore", damaged)
    with generations.scratch_folder(stand.config) as scratch:
        report = run_drill(stand.config, stand.stores, scratch, tell)
    assert [each for each in report.differences if "u.1 n’a plus le même contenu" in each]


def test_the_first_backup_says_which_password_to_keep_elsewhere(
    new_stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "load", lambda: new_stand.config)
    password = str(new_stand.stores.keys.password_file)
    said = []
    for _ in range(2):
        cli.command()
        said.append(password in capsys.readouterr().out)
    assert said == [True, False]


def test_copies_of_two_places_are_read_apart(stand: Stand) -> None:
    """A drill that read the live mailboxes twice would find every backup whole."""
    other = MailboxFiles(stand.top / "elsewhere", stand.scratch("mail"))
    assert len(stand.mail.messages(MARIE)) == 3
    shutil.copytree(stand.mail.home(PAUL), other.home(MARIE))
    give_to_mail_user(other.mail)
    assert [message.message_id for message in other.messages(MARIE)] == ["<quatre@dehors.example>"]


def test_a_generation_is_noted_whatever_becomes_of_the_removal_of_old_ones(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Restic, **_: int) -> None:
        raise EngineRefused("restic forget: disk full")

    monkeypatch.setattr(Restic, "forget", refused)
    back_up(stand.config, stand.stores, now=NOW)
    with pytest.raises(EngineRefused):
        prune(stand.config, stand.stores)
    assert (stand.config.home / LAST_BACKUP).is_file()
    assert len(generations.generations(stand.stores)) == 1


def test_old_generations_go_and_what_is_left_can_be_restored(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """restic lets the oldest stand for the days and months before it."""
    for moment in (NOW - timedelta(minutes=15), NOW, LATER):
        back_up(stand.config, stand.stores, now=moment)
    monkeypatch.setattr(generations, "_KEEP_ALL_FOR", timedelta(minutes=15))
    first, _, last = (generation.tag for generation in generations.generations(stand.stores))
    prune(stand.config, stand.stores)
    assert [generation.tag for generation in generations.generations(stand.stores)] == [first, last]
    stand.stores.data.check()
    _, manifest = restored(stand)
    assert manifest.made_at == LATER.isoformat()


def test_an_older_generation_comes_with_the_newest_list_of_ended_accesses(stand: Stand) -> None:
    """What ended between the two is known only to the newest."""
    acts = stand.config.data_dir / ENDED_ACCESS / "2026-11.jsonl"
    acts.parent.mkdir()
    acts.write_text("before\n")
    back_up(stand.config, stand.stores, now=NOW)
    first = generation_at(stand.stores, None)
    acts.write_text("before\nsince\n")
    back_up(stand.config, stand.stores, now=LATER)
    config, manifest = restored(stand, first.made_at)
    assert manifest.made_at == NOW.isoformat()
    assert (config.data_dir / ENDED_ACCESS / acts.name).read_text() == "before\nsince\n"
