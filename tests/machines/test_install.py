"""bin/install on a machine that has nothing: interrupted, gone on with, run twice, and what answers."""

import datetime as dt
import re
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.machines.machine import Machine

from vaguemestre.engines import certificates
from vaguemestre.site.config import PROJECT, AcademySection, Config

pytestmark = [pytest.mark.machines, pytest.mark.timeout(2400)]

DOMAIN = "ac-essai.test"
LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__")
FORWARDERS = re.findall(r"^nameserver (\S+)", Path("/etc/resolv.conf").read_text(encoding="utf-8"), re.M)
CONFIGURATION = f"""\
[academy]
code = "20"
name = "Académie d’essai"
domain = "{DOMAIN}"
departments = ["002"]

[web]
public_url = "https://mail.{DOMAIN}"
files_url = "https://localhost"
behind_tls = true

[network]
ports = "usual"
forwarders = {FORWARDERS}

[tls]
certificate = "/srv/tls/engines/tls/server.pem"
key = "/srv/tls/engines/tls/server.key"
""".replace("'", '"')
INSTALL = ("/srv/src/bin/install", "--config", "/srv/vaguemestre.toml")
LARGEST_EXPOSURE = 3.0
# Those that start bubblewrap keep user namespaces and mounts; Dovecot changes users besides.
MORE_EXPOSED = {"web": 3.1, "worker": 3.1, "worker-2": 3.1, "worker-long": 3.1, "dovecot": 4.5}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    """A certificate for the académie's names, signed by an authority that clients are told."""
    home = tmp_path_factory.mktemp("tls")
    config = Config(home=home, academy=AcademySection(domain=DOMAIN))
    return certificates.make_missing(config, now=dt.datetime.now(dt.UTC))


@pytest.fixture(scope="module")
def machine(authority: certificates.Certificates) -> Iterator[Machine]:
    machine = Machine("install", "10.78.0.10")
    machine.destroy()
    machine.boot()
    try:
        machine.bring(PROJECT, "/srv/src", LEFT_OUT)
        machine.bring(authority.ca.parents[2], "/srv/tls")
        machine.must("tee", "/srv/vaguemestre.toml", text=CONFIGURATION)
        yield machine
    finally:
        machine.destroy()


@pytest.fixture(scope="module")
def installed(machine: Machine) -> Machine:
    """Installed after two interruptions: while packages are unpacked, and in the steps that follow."""
    for words in ("Paquets Debian : étapes faites", "PostgreSQL"):
        under_way = machine.start(*INSTALL)
        for line in under_way.stdout or ():
            if words in line and "à faire" not in line:
                break
        machine.must("pkill", "-KILL", "-f", "bin/install|cli.main install|apt-get|dpkg")
        under_way.wait()
    machine.must("sh", "-c", "dpkg --configure -a")
    machine.must(*INSTALL)
    return machine


def secure(machine: Machine, authority: certificates.Certificates, port: int, name: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(authority.ca))
    context.set_alpn_protocols(["h2"] if port == 443 else [])
    plain = socket.create_connection((machine.address, port), timeout=20)
    return context.wrap_socket(plain, server_hostname=name)


def test_the_plan_of_a_bare_machine_changes_nothing(machine: Machine) -> None:
    plan = machine.must(*INSTALL, "--dry-run")
    assert "1. Paquets Debian : à faire" in plan
    assert machine.run("test", "-e", "/opt/vaguemestre").returncode


def test_interrupted_it_goes_on_and_everything_runs(installed: Machine) -> None:
    names = ("web", "door", "front", "dovecot", "postfix", "worker")
    states = installed.run("systemctl", "is-active", *(f"vaguemestre-{name}" for name in names))
    assert states.stdout.split() == ["active"] * 6


def test_a_second_run_changes_nothing(installed: Machine) -> None:
    units = ("sh", "-c", "stat -c '%n %Y' /etc/systemd/system/vaguemestre* /etc/vaguemestre/*")
    before = installed.must(*units)
    assert "Rien à changer." in installed.must(*INSTALL)
    assert installed.must(*units) == before


@pytest.mark.parametrize(("port", "words"), [(993, b"* OK"), (465, b"220 mail.")])
def test_mail_doors_show_a_chain_that_verifies(
    installed: Machine, authority: certificates.Certificates, port: int, words: bytes
) -> None:
    with secure(installed, authority, port, f"mail.{DOMAIN}") as peer:
        assert peer.recv(100).startswith(words)


def test_pages_are_served_by_http_2(installed: Machine, authority: certificates.Certificates) -> None:
    with secure(installed, authority, 443, f"mail.{DOMAIN}") as peer:
        assert peer.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize("port", [25, 80, 443, 465, 587, 993, 4190])
def test_the_usual_ports_are_open_on_ipv6(installed: Machine, port: int) -> None:
    with socket.create_connection(("fd78::10", port), timeout=20):
        pass


@pytest.mark.parametrize("port", [143, 8143, 8587, 8026, 8001, 8003, 8332, 5432])
def test_what_the_house_says_to_itself_is_closed_to_others(installed: Machine, port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((installed.address, port), timeout=20)


def test_units_are_little_exposed(installed: Machine) -> None:
    names = installed.must("sh", "-c", "ls /etc/systemd/system | grep '^vaguemestre-.*[.]service$'").split()
    exposures = {}
    for name in names:
        report = installed.run("systemd-analyze", "security", "--no-pager", name).stdout
        exposures[name] = float(re.search(r"exposure level .*: ([0-9.]+)", report)[1])  # type: ignore[index]
    limits = {f"vaguemestre-{name}.service": value for name, value in MORE_EXPOSED.items()}
    above = {name: value for name, value in exposures.items() if value > limits.get(name, LARGEST_EXPOSURE)}
    assert above == {}


def test_what_hangs_is_started_again(installed: Machine) -> None:
    def main_pid() -> str:
        return installed.must("systemctl", "show", "-p", "MainPID", "--value", "vaguemestre-push").strip()

    hung = main_pid()
    # the process and its workers, not the companion that asks them
    installed.must(
        "pkill", "-STOP", "-f", "^/opt/vaguemestre/current/.venv/bin/python -m vaguemestre.processes.push"
    )
    deadline = time.monotonic() + 240
    while main_pid() in (hung, "0") and time.monotonic() < deadline:
        time.sleep(1)
    assert main_pid() not in (hung, "0")


def test_it_comes_back_after_a_power_cut(installed: Machine, authority: certificates.Certificates) -> None:
    installed.cut()
    installed.boot()
    installed.must("systemctl", "start", "vaguemestre.target", "vaguemestre-dovecot.service")
    with secure(installed, authority, 993, f"mail.{DOMAIN}") as peer:
        assert peer.recv(100).startswith(b"* OK")
