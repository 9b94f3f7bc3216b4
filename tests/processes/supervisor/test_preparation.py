"""An instance is usable before the whole of its demonstration is there, and only once what it promises is."""

import asyncio
import errno
import io
import os
import py_compile
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.processes.backup.restoration_marks import RESTORED
from vaguemestre.processes.supervisor import run_folder
from vaguemestre.processes.supervisor.preparation import ground
from vaguemestre.processes.supervisor.preparation.prepared_child import Preparation, PreparationFailed
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.site.config import Config
from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.database import migrated


def saying(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Preparation:
    """A preparation whose child is that Python script."""
    child = folder / "child"
    child.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    child.chmod(child.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(child))
    config = Config(home=folder)
    return Preparation(config, {}, Screen(io.StringIO()))


MAIL_IN_TWO_PARTS = """
import sys
say = lambda line: print(line, flush=True)
say('{"done": "tables"}')
say('{"accounts": [{"role": "teacher"}], "administrator": ""}')
assert sys.stdin.readline() == "engines\\n"
say('{"done": "usable"}')
sys.stdin.read()  # the rest of the demonstration, as long as nobody ends it
"""


def test_it_is_usable_once_the_first_mail_is_there_and_the_rest_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def follow() -> None:
        engines, made = asyncio.Event(), saying(tmp_path, MAIL_IN_TWO_PARTS, monkeypatch)
        running = asyncio.create_task(made.run(engines, with_demonstration=True))
        async with asyncio.timeout(30):
            await made.people.wait()
            assert made.tables.is_set()
            assert made.accounts == [{"role": "teacher"}]
            assert not made.usable.is_set()  # the mail is not there, and the engines do not answer
            engines.set()
            await made.usable.wait()
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(follow())


def test_a_start_that_follows_one_stopped_before_the_rest_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "is_current", lambda _config: True)
    (tmp_path / "run").mkdir()
    engines, made = asyncio.Event(), saying(tmp_path, MAIL_IN_TWO_PARTS, monkeypatch)

    async def stop_once_usable() -> None:
        running = asyncio.create_task(made.run(engines, with_demonstration=True))
        async with asyncio.timeout(30):
            await made.people.wait()
            assert not Preparation(Config(home=tmp_path), {}, Screen(io.StringIO())).recall(
                with_demonstration=True
            )
            engines.set()
            await made.usable.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(stop_once_usable())
    later = Preparation(Config(home=tmp_path), {}, Screen(io.StringIO()))
    assert later.recall(with_demonstration=True)
    assert later.accounts == [{"role": "teacher"}]


def test_one_that_ends_badly_says_its_last_words_and_is_not_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = saying(tmp_path, "import sys; sys.exit('vaguemestre : la base est pleine.')", monkeypatch)
    with pytest.raises(PreparationFailed, match=r"^la base est pleine\.$"):
        asyncio.run(made.run(asyncio.Event(), with_demonstration=True))
    assert not made.usable.is_set()


PREPARED = """
print('{"done": "tables"}')
print('{"accounts": [{"role": "teacher"}], "administrator": ""}')
"""


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preparation:
    """A home whose preparation ended, and whose database is current."""
    monkeypatch.setattr(migrated, "is_current", lambda _config: True)
    first = saying(tmp_path, PREPARED, monkeypatch)
    (tmp_path / "run").mkdir()
    asyncio.run(first.run(asyncio.Event(), with_demonstration=True))
    return Preparation(Config(home=tmp_path), {}, Screen(io.StringIO()))


def test_an_instance_prepared_before_is_usable_at_once(prepared: Preparation) -> None:
    assert prepared.recall(with_demonstration=True)
    assert prepared.usable.is_set()
    assert prepared.accounts == [{"role": "teacher"}]


def test_the_results_kept_are_as_secret_as_a_password(prepared: Preparation, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "run" / "prepared.json").stat().st_mode) == 0o600


def test_one_that_was_prepared_otherwise_waits_for_a_preparation(prepared: Preparation) -> None:
    assert not prepared.recall(with_demonstration=False)
    assert not prepared.usable.is_set()


@pytest.mark.parametrize(
    "changed",
    [{"database": DatabaseSection(name="another")}, {"academy": AcademySection(domain="ac-lille.test")}],
    ids=lambda changed: next(iter(changed)),
)
def test_the_accounts_of_another_database_or_domain_are_not_recalled(
    prepared: Preparation, tmp_path: Path, changed: dict[str, Any]
) -> None:
    other = Preparation(Config(home=tmp_path, **changed), {}, Screen(io.StringIO()))
    assert not other.recall(with_demonstration=True)
    assert prepared.recall(with_demonstration=True)


def test_one_that_was_restored_waits_for_a_preparation(prepared: Preparation, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / RESTORED).touch()
    assert not prepared.recall(with_demonstration=True)


def test_one_whose_tables_are_of_another_version_waits_for_a_preparation(
    prepared: Preparation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "is_current", lambda _config: False)
    later = Preparation(Config(home=tmp_path), {}, Screen(io.StringIO()))
    assert not later.recall(with_demonstration=True)


def test_a_preparation_that_did_not_end_is_not_recalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "is_current", lambda _config: True)
    (tmp_path / "run").mkdir()
    failed = saying(tmp_path, f"{PREPARED}\nimport sys; sys.exit('vaguemestre : fini.')", monkeypatch)
    with pytest.raises(PreparationFailed):
        asyncio.run(failed.run(asyncio.Event(), with_demonstration=True))
    assert not Preparation(Config(home=tmp_path), {}, Screen(io.StringIO())).recall(with_demonstration=True)


def test_a_full_disk_costs_the_results_of_a_preparation_not_what_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_folder, "write_whole", refuse)
    made = saying(tmp_path, PREPARED, monkeypatch)
    asyncio.run(made.run(asyncio.Event(), with_demonstration=True))
    assert made.usable.is_set()


def test_jobs_of_a_restored_database_wait_for_its_outbox_to_be_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "is_current", lambda _config: True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / RESTORED).touch()

    async def wait() -> None:
        made = Preparation(Config(home=tmp_path), {}, Screen(io.StringIO()))
        waiting = asyncio.create_task(made.until_jobs_may_run())
        await asyncio.sleep(0)
        assert made.tables.is_set()
        await asyncio.sleep(0)
        assert not waiting.done()
        made._hear('{"accounts": []}')
        async with asyncio.timeout(30):
            await waiting

    asyncio.run(wait())


def test_jobs_of_another_database_wait_for_its_tables_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "is_current", lambda _config: True)

    async def wait() -> None:
        async with asyncio.timeout(30):
            await Preparation(Config(home=tmp_path), {}, Screen(io.StringIO())).until_jobs_may_run()

    asyncio.run(wait())


def test_what_a_command_of_root_compiled_is_read_by_every_user(tmp_path: Path) -> None:
    source = tmp_path / "room" / "rule.py"
    source.parent.mkdir()
    source.write_text("RULE = 1\n", encoding="utf-8")
    before = os.umask(0o007)  # as a command of root has it
    try:
        py_compile.compile(str(source))
    finally:
        os.umask(before)
    ground.compile_sources(tmp_path)
    (compiled,) = source.parent.glob("__pycache__/*.pyc")
    assert compiled.stat().st_mode & 0o444 == 0o444
    assert compiled.parent.stat().st_mode & 0o555 == 0o555
