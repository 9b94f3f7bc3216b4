"""The command line from outside: one clear line, the contract's exit codes."""

import fcntl
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.commands import Commands, commands

pytestmark = pytest.mark.heavy  # most start the command anew

PROJECT = Path(__file__).resolve().parents[2]
type Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one command on a home of its own; `home` and `base` come back as attributes."""

    def run_it(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        known = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
        return subprocess.run(
            [sys.executable, "-m", "vaguemestre.cli.main", *arguments],
            env={
                **known,
                "PYTHONPATH": str(PROJECT / "src"),
                "VAGUEMESTRE_HOME": str(tmp_path / "home"),
                **environment,
            },
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run_it


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The program loaded once, for words that no home changes."""
    with commands(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("printed")) as made:
        yield made


def one_clear_line(ended: "subprocess.CompletedProcess[str]") -> str:
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("vaguemestre : ")
    return lines[0]


@pytest.mark.parametrize(
    "command", ["", "up", "check", "status", "reconcile", "trace", "journal", "feed apply"]
)
def test_help_is_everywhere(loaded: Commands, command: str) -> None:
    ended = loaded.run(*command.split(), "--help")
    assert ended.returncode == 0, ended.stderr
    assert "--help" in ended.stdout
    assert not re.search(r"Show this|required|<bool>|<str>|%Y|default:", ended.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["unknown"],
        ["check", "--nonsense"],
        ["trace"],
        ["up", "--home"],
        ["up", "--port-base", "many"],
        ["up", "--feed", "/nonexistent.csv"],
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    one_clear_line(ended)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["feed", "check"], "il manque « FICHIER »."),
        (["feed", "chek", "x"], "la commande « chek » n’existe pas. Est-ce « check » ?"),
        (["feed", "check", "x", "--nonsense"], "l’option « --nonsense » n’existe pas."),
        (["feed", "check", "x", "--full"], "l’option « --full » attend une valeur."),
        (["feed", "confirm", "x"], "la valeur donnée pour « NUMÉRO » ne convient pas."),
        (
            ["life", "declare", "x", "retraite"],
            "la valeur donnée pour « ÉVÈNEMENT » ne convient pas ; au choix : arrival, move-within, leave, "
            "long-leave, transfer, academy-move, retirement, contract-end, death, suspension, compromise.",
        ),
        (["feed", "check", "x", "y"], "« y » est de trop."),
        (["unknown"], "la commande « unknown » n’existe pas."),
    ],
)
def test_wrong_usage_is_said_in_french(loaded: Commands, arguments: list[str], words: str) -> None:
    assert loaded.run(*arguments).stderr == f"vaguemestre : {words} (voir --help)\n"


def test_no_command_shows_the_help(run: Run) -> None:
    ended = run()
    assert ended.returncode == 2
    assert "reconcile" in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("couleur = 1\n", "couleur"),
        ("[web]\nworkers = 'two'\n", "workers"),
        ("[mail]\nquota = 1\n", "quota"),
        ("[web\n", "vaguemestre.toml"),
        ('[database]\nengine = "oracle"\n', "engine"),
    ],
)
@pytest.mark.parametrize("command", ["check", "up", "status"])
def test_a_wrong_configuration_is_78_and_names_the_fault(
    run: Run, tmp_path: Path, command: str, text: str, named: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "vaguemestre.toml").write_text(text)
    ended = run(command)
    assert ended.returncode == 78
    assert named in one_clear_line(ended)


def test_check_tells_every_fault_and_what_is_missing_around(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "vaguemestre.toml").write_text(
        '[mail]\nquota_mb = -5\n\n[files]\nclamd = "/nope"\n\n[database]\npassword_file = "absent"\n'
    )
    ended = run("check")
    assert ended.returncode == 78
    lines = ended.stderr.strip().splitlines()
    assert lines[0] == "vaguemestre : configuration à corriger, 3 fautes :"
    assert [line.split(" : ")[0].rpartition(", ")[2] for line in lines[1:]] == [
        "ligne 2",
        "ligne 5",
        "ligne 8",
    ]
    assert "quota_mb" in lines[1]
    assert "/nope" in lines[2]
    assert "absent" in lines[3]


def test_check_tells_the_ports(run: Run) -> None:
    ended = run("check", "--port-base", "21000")
    assert ended.returncode == 0
    assert "21143" in ended.stdout


def test_home_and_port_base_may_stand_before_or_after_the_command(run: Run, tmp_path: Path) -> None:
    before = run("--home", str(tmp_path / "a"), "--port-base=21000", "check")
    after = run("check", f"--home={tmp_path / 'a'}", "--port-base", "21000")
    assert before.stdout == after.stdout
    assert str(tmp_path / "a") in after.stdout


def test_nothing_running_is_69(run: Run) -> None:
    ended = run("status")
    assert ended.returncode == 69
    assert "rien ne tourne" in one_clear_line(ended)


@pytest.mark.parametrize("home", ["/dev/null", "/dev/null/below", "/proc/nowhere"])
def test_an_unusable_home_is_73(run: Run, home: str) -> None:
    ended = run("up", "--home", home)
    assert ended.returncode == 73
    assert home in one_clear_line(ended)


def test_a_home_without_space_is_73(run: Run, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        (small / "filler").write_bytes(b"\0" * 57_344)
        ended = run("up", "--home", str(small))
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert ended.returncode == 73
    assert "place" in one_clear_line(ended)


def test_a_home_read_only_is_73(run: Run, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    sealed.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(sealed)], check=True)
    try:
        ended = run("up", "--home", str(sealed / "home"))
    finally:
        subprocess.run(["umount", str(sealed)], check=True)
    assert ended.returncode == 73
    assert "lecture seule" in one_clear_line(ended)


def test_a_home_that_somebody_runs_is_75_and_names_the_process(run: Run, tmp_path: Path) -> None:
    lock = tmp_path / "home" / "run" / "lock"
    lock.parent.mkdir(parents=True)
    ready = lock.with_name("ready.json")
    ready.write_text("{}")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4242\n")
        held.flush()
        ended = run("up")
    assert ended.returncode == 75
    assert "processus 4242" in one_clear_line(ended)
    assert ready.exists(), "the running one is not disturbed"


def test_a_port_taken_is_75_and_names_port_and_process(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("up", "--port-base", str(port))
    assert ended.returncode == 75
    line = one_clear_line(ended)
    assert str(port) in line
    assert f"processus {os.getpid()}" in line


def test_without_root_and_sudo_it_is_77(tmp_path: Path) -> None:
    ended = subprocess.run(
        ["setpriv", "--reuid", "nobody", "--clear-groups", "--", str(PROJECT / "bin" / "up"), "--no-install"],
        env={"PATH": "/usr/bin:/bin", "VAGUEMESTRE_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 77
    assert "root" in one_clear_line(ended)
