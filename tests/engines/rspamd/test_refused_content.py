"""The worker, under its own user, tells the filter what to refuse; nobody else writes it."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from vaguemestre.engines.instance import Home
from vaguemestre.engines.rspamd.refused_content import RefusedContent, folder, prepare_folder
from vaguemestre.engines.system_users import FILTER_USER, system_user

pytestmark = pytest.mark.engines
MARK = "id:" + "a" * 64


@pytest.fixture
def home(tmp_path: Path) -> Home:
    system_user("vaguemestre-worker")
    for step in (tmp_path, *list(tmp_path.parents)[:3]):
        step.chmod(step.stat().st_mode | 0o011)
    made = Home(tmp_path)
    prepare_folder(made)
    return made


def succeeds_as(user: str, act: Callable[[], object]) -> bool:
    """Whether that act goes well in a process of that user, with its own group and no other."""
    child = os.fork()
    if child == 0:
        try:
            entry = pwd.getpwnam(user)
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            act()
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def read(home: Home) -> str:
    return (folder(home) / "marks").read_text()


def test_the_worker_writes_what_the_filter_reads(home: Home) -> None:
    write = RefusedContent(home)
    assert succeeds_as("vaguemestre-worker", lambda: write({MARK}))
    assert read(home) == f"{MARK}\n"
    assert succeeds_as(FILTER_USER, lambda: read(home))
    assert succeeds_as("vaguemestre-worker", lambda: write(()))
    assert read(home) == ""


def test_nobody_else_reads_it_and_the_filter_does_not_write_it(home: Home) -> None:
    write = RefusedContent(home)
    assert not succeeds_as(FILTER_USER, lambda: write({MARK}))
    assert not succeeds_as("nobody", lambda: read(home))


def test_what_root_left_behind_does_not_stop_the_worker(home: Home) -> None:
    """Written before that user existed, or half written by a process that was killed."""
    for name in ("marks", "marks.new"):
        left = folder(home) / name
        left.write_text("x\n")
        os.chown(left, 0, 0)
        left.chmod(0o600)
    prepare_folder(home)
    assert succeeds_as("vaguemestre-worker", lambda: RefusedContent(home)({MARK}))
    assert read(home) == f"{MARK}\n"
    assert succeeds_as(FILTER_USER, lambda: read(home))


@pytest.mark.parametrize("is_there", [True, False])
def test_root_gives_the_worker_nothing_that_a_link_points_to(home: Home, *, is_there: bool) -> None:
    """Whoever took the worker's place gains no file of root's at the next start."""
    target = home.home / "root-only"
    if is_there:
        target.write_text("secret")
        target.chmod(0o600)
    marks = folder(home) / "marks"
    marks.unlink()
    marks.symlink_to(target)
    prepare_folder(home)
    assert target.exists() is is_there
    assert not is_there or (target.stat().st_uid, target.stat().st_mode & 0o777) == (0, 0o600)
    assert not marks.is_symlink()
