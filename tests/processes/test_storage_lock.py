"""The folder of a pod's mail is one machine's at a time, and belongs to a user of the same number on each."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.processes.agents.storage_lock import LOCK, StorageRefused, hold, own


def user(number: int) -> pwd.struct_passwd:
    return pwd.struct_passwd(("courrier", "x", number, number, "", "/", "/bin/sh"))


def test_a_second_machine_is_refused_and_told_which_one_has_it(tmp_path: Path) -> None:
    hold(tmp_path, "b1", patience=0)
    with pytest.raises(StorageRefused, match="another machine holds .*: b1 ") as refused:
        hold(tmp_path, "b2", patience=0)
    assert refused.value.code == 75


def test_the_lock_of_a_machine_that_died_is_free(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; "
        "from vaguemestre.processes.agents.storage_lock import hold; "
        "hold(Path(sys.argv[1]), 'b1', 0); os.abort()"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True)
    assert ended.returncode < 0
    hold(tmp_path, "b2", patience=0)
    names = [line.split()[0] for line in (tmp_path / LOCK).read_text(encoding="utf-8").splitlines()]
    assert names == ["b1", "b2"]


def test_a_new_folder_is_given_to_the_owner_of_the_mail_once(tmp_path: Path) -> None:
    folder = tmp_path / "p1"
    folder.mkdir()
    hold(folder, "b1", patience=0)
    own(folder, user(4242))
    state = folder.stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (4242, 4242, 0o700)
    own(folder, user(4242))


def test_a_folder_of_another_number_is_refused_with_both_numbers(tmp_path: Path) -> None:
    os.chown(tmp_path, 4242, 4242)
    with pytest.raises(StorageRefused, match=r"4242:4242, and courrier is 4243:4243") as refused:
        own(tmp_path, user(4243))
    assert refused.value.code == 77


def test_a_folder_of_root_that_holds_something_is_nobody_s_new_folder(tmp_path: Path) -> None:
    (tmp_path / "autre").touch()
    os.chown(tmp_path, 0, 0)
    with pytest.raises(StorageRefused):
        own(tmp_path, user(4242))
