"""What the filter remembers (Valkey): kept over a restart, closed to others, done without while away."""

import signal
import subprocess
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines, letter, wait_until
from tests.engines.rspamd.asked import ask, learned

from vaguemestre.engines.home_alias import filter_memory_socket
from vaguemestre.engines.rspamd.controller import JunkTraining
from vaguemestre.foundation.kernel.errors import EngineDown

pytestmark = pytest.mark.engines
TEXT = (
    "Chère collègue, voici le compte rendu du conseil d’école de mardi, avec les dates des sorties prévues."
)


@pytest.fixture
def memory(filter_alone: LiveEngines) -> Iterator[LiveEngines]:
    yield filter_alone
    if "valkey" not in filter_alone.children:
        filter_alone.start_filter_memory()


def teach(engines: LiveEngines, subject: str) -> None:
    config = engines.config
    message = letter("lea@dehors.example", "marie@ac-amiens.test", subject, f"{subject}. {TEXT}")
    JunkTraining(config.ports.filter_controller, config.secrets_dir / "filter_key")(
        message.as_bytes(), is_junk=False
    )


def test_what_was_learned_is_known_after_a_restart_of_the_memory(memory: LiveEngines) -> None:
    before = learned(memory)["ham"]
    teach(memory, "Kermesse, gâteaux, boissons")
    wait_until(lambda: learned(memory)["ham"] == before + 1)
    memory.end("valkey")
    memory.start_filter_memory()
    wait_until(lambda: learned(memory)["ham"] == before + 1)


def test_without_its_memory_the_filter_judges_and_learns_again_once_it_is_back(memory: LiveEngines) -> None:
    memory.end("valkey", signal.SIGKILL)
    message = letter("jean@dehors.example", "marie@ac-amiens.test", "Bonjour", TEXT)
    assert ask(memory, message).action == "no action"
    with pytest.raises(EngineDown):
        teach(memory, "Orthographe, dictées, grammaire")
    memory.start_filter_memory()
    before = learned(memory)["ham"]

    def is_taught() -> bool:
        try:
            teach(memory, "Piscine, bonnets, serviettes")
        except EngineDown:
            return False
        return learned(memory)["ham"] == before + 1

    wait_until(is_taught)


def test_the_filter_starts_without_its_memory_and_finds_it_later(memory: LiveEngines) -> None:
    memory.end("valkey")
    memory.end("rspamd")
    memory.start_filter(f"127.0.0.1:{memory.config.ports.names}", with_memory=False)
    message = letter("jean@dehors.example", "marie@ac-amiens.test", "Bonjour", TEXT)
    assert ask(memory, message).action == "no action"
    memory.start_filter_memory()
    before = learned(memory)["ham"]

    def is_taught() -> bool:
        try:
            teach(memory, "Cantine, menus, allergies")
        except EngineDown:
            return False
        return learned(memory)["ham"] == before + 1

    wait_until(is_taught)


def test_the_memory_has_no_port_and_opens_to_the_filter_alone(memory: LiveEngines) -> None:
    path = filter_memory_socket(memory.config)
    connect = f"import socket; socket.socket(socket.AF_UNIX).connect({str(path)!r})"

    def connects(user: str) -> bool:
        argv = [
            "setpriv",
            "--reuid",
            user,
            "--regid",
            user,
            "--clear-groups",
            "/usr/bin/python3",
            "-c",
            connect,
        ]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    assert connects("_rspamd")
    assert not connects("nobody")
    assert not connects("vaguemestre-worker")
    pid = memory.children["valkey"].pid
    listening = subprocess.run(["ss", "-ltnp"], capture_output=True, text=True, check=True).stdout
    assert f"pid={pid}," not in listening
