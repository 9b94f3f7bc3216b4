"""What HAProxy and keepalived of an entry are given, judged by themselves."""

import http.client
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.entry.receivers import Receivers
from tests.own_network import free_port

from vaguemestre.engines.cluster import configuration
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.entry.configuration import (
    Door,
    Entrance,
    addresses_text,
    check_text,
    routes_text,
)

SERVERS = (Member("w1", "10.77.0.31"), Member("w2", "fd00::32"))
ENTRANCE = Entrance(
    addresses=("192.0.2.10", "2001:db8::10"),
    entries=(Member("e1", "10.77.0.11"), Member("e2", "10.77.0.12"), Member("e3", "10.77.0.13")),
    doors=(
        Door("pages", 443, 8040, SERVERS, is_pages=True),
        Door("plain", 80, 80, SERVERS),
        Door("imaps", 993, 8041, SERVERS, greeting="OK", has_tls=True),
        Door("mx", 25, 8044, SERVERS, greeting="220", takes_mail=True),
    ),
    site="messagerie.ac-exemple.fr",
    let_go=Path(configuration.__file__).with_name("let_go.lua"),
)


def keepalived(name: str) -> str:
    return addresses_text(ENTRANCE, name, "eth0", Path("/etc/keepalived/haproxy-answers"))


@pytest.mark.engines
@pytest.mark.no_database
def test_haproxy_takes_its_file(tmp_path: Path) -> None:
    file = tmp_path / "haproxy.cfg"
    file.write_text(routes_text(ENTRANCE), encoding="utf-8")
    ended = subprocess.run(["haproxy", "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "WARNING" not in ended.stderr


@pytest.mark.engines
@pytest.mark.no_database
def test_keepalived_takes_its_file(tmp_path: Path) -> None:
    check = tmp_path / "haproxy-answers"
    check.write_text(check_text(ENTRANCE), encoding="utf-8")
    check.chmod(0o755)
    file = tmp_path / "keepalived.conf"
    file.write_text(addresses_text(ENTRANCE, "e2", _interface(), check), encoding="utf-8")
    ended = subprocess.run(["keepalived", "-t", "-f", str(file)], capture_output=True, text=True, check=False)
    # nobody but root may enter the folder of a test: its program is then left out
    assert [line for line in ended.stderr.splitlines() if "haproxy_answers" not in line] == []


def _interface() -> str:
    """One of this machine's that is not the loopback: keepalived looks for it."""
    return next(path.name for path in sorted(Path("/sys/class/net").iterdir()) if path.name != "lo")


@dataclass
class Behind:
    """A machine that takes mail, behind HAProxy of an entry. `alive`: where that one says whom it reaches."""

    machine: Receivers
    door: int
    alive: int


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    with Receivers() as machine:
        door, alive, inner = free_port(), free_port(), machine.server_address[1]
        doors = (Door("mx", door, inner, (Member("w1", "127.0.0.1"),), greeting="220", takes_mail=True),)
        file = tmp_path / "haproxy.cfg"
        file.write_text(routes_text(Entrance((), (), doors, "", alive, ENTRANCE.let_go)), encoding="utf-8")
        with subprocess.Popen(["haproxy", "-db", "-f", str(file)], stderr=subprocess.DEVNULL) as haproxy:
            try:
                yield Behind(machine, door, alive)
            finally:
                haproxy.terminate()
                machine.shutdown()


@pytest.mark.engines
@pytest.mark.no_database
def test_an_entry_that_reaches_nobody_is_not_alive(behind: Behind) -> None:
    """One that hears nothing would take the addresses from one that serves: it hears of no other."""
    assert _comes(lambda: _status(behind.alive) == 503)  # nobody greets yet
    threading.Thread(target=behind.machine.serve_forever, daemon=True).start()
    assert _comes(lambda: _status(behind.alive) == 200)


@pytest.mark.engines
@pytest.mark.no_database
def test_a_machine_is_told_who_brings_mail(behind: Behind) -> None:
    threading.Thread(target=behind.machine.serve_forever, daemon=True).start()
    assert _comes(lambda: _status(behind.alive) == 200)
    with socket.create_connection(("127.0.0.1", behind.door), timeout=20) as client:
        assert client.recv(100) == b"220 127.0.0.1\r\n"


@pytest.mark.engines
@pytest.mark.no_database
def test_a_machine_whose_disk_is_full_is_brought_no_mail(behind: Behind) -> None:
    """It greets as ever: the sender would come back later, when another machine has room now."""
    threading.Thread(target=behind.machine.serve_forever, daemon=True).start()
    behind.machine.said[b"MAIL"] = b"452 4.3.1 Insufficient system storage"
    assert _comes(lambda: _status(behind.alive) == 503)
    del behind.machine.said[b"MAIL"]
    assert _comes(lambda: _status(behind.alive) == 200)


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/alive")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _comes(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)  # HAProxy tells no event of its checks
    return True


def test_each_server_is_told_who_comes_and_is_left_out_when_it_does_not_greet() -> None:
    text = routes_text(ENTRANCE)
    imaps = text.partition("listen imaps")[2].partition("listen")[0]
    assert "tcp-check connect send-proxy ssl" in imaps
    assert "tcp-check expect string OK" in imaps
    for server in ("server w1 10.77.0.31:8041", "server w2 [fd00::32]:8041"):
        assert f"{server} send-proxy-v2 check" in imaps
    plain = text.partition("listen plain")[2].partition("listen")[0]
    assert "send-proxy" not in plain  # it only sends on to HTTPS


def test_an_engine_that_is_away_for_everybody_takes_no_page_away() -> None:
    pages = routes_text(ENTRANCE).partition("listen pages")[2].partition("listen")[0]
    assert "expect ! rstatus ^50[024]" in pages  # not 503, which pages answer while the database switches


def test_late_machines_get_people_and_mail_when_all_are_late() -> None:
    """Busy ones answer no check in time: each would hand its people to the other, then nobody is served."""
    for name in ("pages", "mx"):
        door, _, anyway = (
            routes_text(ENTRANCE).partition(f"listen {name}\n")[2].partition(f"backend {name}-anyway\n")
        )
        assert f"use_backend {name}-anyway if {{ nbsrv({name}) eq 0 }}" in door
        servers = [
            line.split()[1:] for line in anyway.partition("listen")[0].splitlines() if "server" in line
        ]
        assert [(name, words) for name, _, *words in servers] == [
            (one.name, ["send-proxy-v2"]) for one in SERVERS
        ]


class _Answers(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(self.server.status_line)  # type: ignore[attr-defined]


def _judged(folder: Path, alive: int) -> tuple[int, bool]:
    """What keepalived's program ends with, and whether it killed HAProxy."""
    killed = folder / "killed"
    check = folder / "haproxy-answers"
    entrance = replace(ENTRANCE, alive_port=alive, kill=("touch", str(killed)))
    check.write_text(check_text(entrance), encoding="utf-8")
    ended = subprocess.run(["bash", str(check)], capture_output=True, timeout=60, check=False)
    return ended.returncode, killed.exists()


def test_an_haproxy_that_stands_still_is_killed(tmp_path: Path) -> None:
    """Who waits for its answer would wait on when the address has passed: nobody tells them."""
    with socket.create_server(("127.0.0.1", 0)) as still:  # the kernel takes connections for it
        assert _judged(tmp_path, still.getsockname()[1]) == (1, True)


@pytest.mark.parametrize(
    ("line", "code"), [(b"HTTP/1.0 200 OK", 0), (b"HTTP/1.0 503 Service Unavailable", 1)]
)
def test_an_haproxy_that_answers_is_not_killed(tmp_path: Path, line: bytes, code: int) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Answers) as server:
        server.status_line = line + b"\r\n\r\n"  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert _judged(tmp_path, server.server_address[1]) == (code, False)
        server.shutdown()


def test_an_haproxy_that_is_stopped_is_not_killed(tmp_path: Path) -> None:
    assert _judged(tmp_path, free_port()) == (1, False)


def test_one_entry_carries_each_address_and_keeps_it_when_another_comes_back() -> None:
    texts = [keepalived(entry.name) for entry in ENTRANCE.entries]
    priorities = [int(text.partition("priority ")[2].split()[0]) for text in texts]
    assert priorities == sorted(set(priorities), reverse=True)
    for text, own in zip(texts, ENTRANCE.entries, strict=True):
        assert "state BACKUP" in text
        assert "nopreempt" in text
        peers = text.partition("unicast_peer {")[2].partition("}")[0].split()
        assert peers == [other.address for other in ENTRANCE.entries if other != own]
        assert text.partition("virtual_ipaddress {")[2].partition("}")[0].split() == ["192.0.2.10"]
        further = text.partition("virtual_ipaddress_excluded {")[2].partition("}")[0].split()
        assert further == ["2001:db8::10"]  # of the other family: carried along (keepalived.conf(5))


def test_a_machine_that_is_no_entry_carries_nothing() -> None:
    with pytest.raises(LookupError):
        keepalived("w1")
