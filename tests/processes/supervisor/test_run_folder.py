"""The home: usable or not, held by one, what is written there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor import process_table, run_folder
from vaguemestre.processes.supervisor.run_folder import AlreadyRunning, HomeUnusable
from vaguemestre.site.config import Config

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(home=tmp_path / "home", port_base=20_000)
    run_folder.open_home(made)
    return made


@pytest.mark.parametrize("home", ["/dev/null", "/dev/null/below", "/proc/nowhere"])
def test_a_home_that_cannot_be_is_told_in_one_sentence(home: str) -> None:
    with pytest.raises(HomeUnusable, match=r"^le dossier .* n’est pas utilisable : .*\.$"):
        run_folder.open_home(Config(home=Path(home)))


def test_the_database_is_nobody_elses_to_read(config: Config) -> None:
    assert config.data_dir.stat().st_mode & 0o777 == 0o700


def test_a_home_is_held_by_one(config: Config) -> None:
    lock = run_folder.take(config)
    with pytest.raises(AlreadyRunning, match=rf"\(processus {os.getpid()}\)"):
        run_folder.take(config)
    os.close(lock)
    os.close(run_folder.take(config))


TEACHER = run_folder.SampleAccount(role="teacher", username="cdelattre", address="c.d@ac-amiens.test")


def test_ready_json_says_what_the_contract_says(config: Config) -> None:
    words = run_folder.ready_words(config, Path("/ca.pem"), [TEACHER])
    assert words == {
        "web": "http://localhost:20000",
        "host": "127.0.0.1",
        "ports": {
            "imap": 20143, "imaps": 20993, "submission": 20587, "submissions": 20465,
            "mx": 20025, "managesieve": 20190, "carddav": 20003,
        },
        "domain": "ac-amiens.test",
        "ca": "/ca.pem",
        "accounts": [TEACHER],
    }  # fmt: skip


def test_a_file_is_replaced_whole_and_is_nobody_elses(config: Config) -> None:
    file = run_folder.ready_file(config)
    run_folder.write_whole(file, {"first": "é"})
    run_folder.write_whole(file, {"second": 2})
    assert json.loads(file.read_text(encoding="utf-8")) == {"second": 2}
    assert file.stat().st_mode & 0o777 == 0o600


def remember(config: Config, pid: int, born: int, boot: str | None = None) -> None:
    run_folder.write_whole(
        run_folder.children_file(config),
        {"boot": boot or process_table.boot(), "children": [{"name": "a", "pid": pid, "born": born}]},
    )


def test_processes_of_a_killed_supervisor_are_found_again(config: Config) -> None:
    process = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        seen = process_table.find_process(process.pid)
        assert seen is not None
        remember(config, process.pid, seen.born)
        assert run_folder.leftovers(config) == [seen]
        process_table.end(run_folder.leftovers(config), patience=2)
        assert process.wait(60) == -15
        assert run_folder.leftovers(config) == []
    finally:
        process.kill()
        process.wait()


def test_a_number_that_serves_somebody_else_today_is_left_alone(config: Config) -> None:
    process = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        seen = process_table.find_process(process.pid)
        assert seen is not None
        remember(config, process.pid, seen.born - 1)
        assert run_folder.leftovers(config) == []
        remember(config, process.pid, seen.born, boot="another boot")
        assert run_folder.leftovers(config) == []
    finally:
        process.kill()
        process.wait()


def test_an_orphan_is_known_by_the_folder_it_works_in(config: Config, tmp_path: Path) -> None:
    """The leader is dead; somebody of its session is left, at home or elsewhere."""
    program = f"import subprocess; print(subprocess.Popen({SLEEPER!r}, stdout=subprocess.DEVNULL).pid)"
    for folder, is_ours in ((config.home, True), (tmp_path, False)):
        with subprocess.Popen(
            [sys.executable, "-c", program], cwd=folder, start_new_session=True, stdout=subprocess.PIPE
        ) as leader:
            out, _ = leader.communicate()
        remember(config, leader.pid, 1)
        found = run_folder.leftovers(config)
        process_table.end(process_table.in_sessions({leader.pid}), patience=1)
        assert [p.pid for p in found] == ([int(out)] if is_ours else [])


def test_a_spoilt_record_is_as_good_as_none(config: Config) -> None:
    run_folder.children_file(config).write_text("{")
    assert run_folder.leftovers(config) == []
