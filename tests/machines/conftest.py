"""Machines are booted when they are asked for: `bin/test --machines`."""

import os
import re
from collections.abc import Iterator

import pytest
from tests.machines import academy, site_certificate, world
from tests.machines.academy import Agent, Client
from tests.machines.machine import Machine

from vaguemestre.engines.tls import certificates
from vaguemestre.site.config import PROJECT

_NAMES = (*site_certificate.NAMES, *world.NAMES)
_STEP = re.compile(r"^(?:\[[^\]]*\] )?( *\d+\. .*…|Liste des paquets|Paquets Debian : étapes faites)")
KEPT = bool(os.environ.get("VAGUEMESTRE_KEEP_MACHINES"))  # the disk of the last run, for trying again
_MAX_RUNS = 30  # of bin/install: one for each step, and some


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave those tests out of an ordinary run."""
    if os.environ.get("VAGUEMESTRE_MACHINES"):
        return
    ours = [item for item in items if item.get_closest_marker("machines")]
    config.hook.pytest_deselected(items=ours)
    items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    """A certificate for the académie's names, signed by an authority that clients are told."""
    return site_certificate.make(tmp_path_factory.mktemp("tls"), _NAMES)


@pytest.fixture(scope="session")
def machine(authority: certificates.Certificates) -> Iterator[Machine]:
    """A bare Debian with our sources and the académie's configuration."""
    machine = Machine("academy", "10.78.0.10")
    if not KEPT:
        machine.destroy()
    machine.boot()
    try:
        machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
        machine.bring(authority.ca.parent, "/srv/tls")
        machine.must("tee", academy.SETTINGS, text=academy.CONFIGURATION + academy.GIVEN_CERTIFICATE)
        yield machine
    finally:
        if KEPT:
            machine.cut()
        else:
            machine.destroy()


@pytest.fixture(scope="session")
def killed_at(machine: Machine) -> list[str]:
    """The steps at which bin/install was killed, once at each, until a run came to its end."""
    killed: list[str] = []
    for number in range(_MAX_RUNS):
        step = _run_until_a_new_step(machine, f"essai-{number}", killed)
        if step is None:
            return killed
        killed.append(step)
    raise AssertionError(f"never came to its end: {killed}")


def _run_until_a_new_step(machine: Machine, unit: str, known: list[str]) -> str | None:
    """Kill a run and all it started at the first step that is not known. None if it came to its end."""
    run = ("systemd-run", "--quiet", "--pipe", "--wait", f"--unit={unit}", "--setenv=HOME=/root")
    command = (*run, "--setenv=PIP_CERT=/etc/ssl/certs/ca-certificates.crt", *academy.INSTALL)
    lines: list[str] = []
    with machine.start(*command) as process:
        for line in process.stdout or ():
            lines.append(line)
            step = match[1].strip() if (match := _STEP.match(line)) else ""
            if step and step not in known:
                machine.must("systemctl", "kill", "--signal=KILL", f"{unit}.service")
                return step
    assert process.returncode == 0, "".join(lines)[-3000:]
    return None


@pytest.fixture(scope="session")
def installed(machine: Machine, killed_at: list[str]) -> Machine:
    """The académie, installed by a bin/install that was killed at each of its steps."""
    return machine


@pytest.fixture(scope="session")
def client(installed: Machine, authority: certificates.Certificates) -> Client:
    return Client(installed, authority)


@pytest.fixture(scope="session")
def agents(installed: Machine, client: Client) -> tuple[Agent, ...]:
    """Two agents of the académie, whose mailboxes are open."""
    agents = academy.open_agents(installed)
    for agent in agents:
        client.wait_until_signed_in(agent)
    return agents


@pytest.fixture(scope="session")
def internet(authority: certificates.Certificates) -> Iterator[world.World]:
    """The rest of the Internet, which does not know the académie yet."""
    machine = Machine("world", "10.78.0.30")
    machine.destroy()
    machine.boot()
    try:
        machine.bring(authority.ca.parent, "/srv/tls")
        internet = world.World(machine, authority)
        internet.make()
        yield internet
    finally:
        machine.destroy()


@pytest.fixture(scope="session")
def published(installed: Machine, internet: world.World) -> world.World:
    """The world knows the académie: its records are in the zone, and its keys sign."""
    internet.publish(installed.must("vaguemestre", "dns"), installed)
    internet.introduce(installed)
    installed.must("vaguemestre", "dkim", "publish-check")
    academy.trust(installed, internet.authority)
    return internet
