"""`vaguemestre upgrade` under load: forth, into a release that breaks, killed in the middle, back."""

import re
import time

import pytest
from tests.machines import academy
from tests.machines.academy import SOURCES, Agent, Client
from tests.machines.load import Load
from tests.machines.machine import Machine

from vaguemestre.site.config import PROJECT

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

MAJOR, MINOR, LAST = map(
    int,
    re.search(r'^version = "(\d+)\.(\d+)\.(\d+)"', (PROJECT / "pyproject.toml").read_text(), re.M).groups(),
)
NEXT, BROKEN, LATER = (f"{MAJOR}.{MINOR}.{LAST + step}" for step in (1, 2, 3))

PATIENCE_SECONDS = 300


def tree_of(machine: Machine, version: str, *edits: tuple[str, str]) -> str:
    """A copy of the sources under another version, with lines added to files of it."""
    tree = f"/srv/{version}"
    machine.must("cp", "-a", SOURCES, tree)
    machine.must("sed", "-i", f's/^version = .*/version = "{version}"/', f"{tree}/pyproject.toml")
    for file, line in edits:
        machine.must("tee", "-a", f"{tree}/{file}", text=f"{line}\n")
    return tree


def versions_running(machine: Machine) -> set[str]:
    """The versions whose modules our processes have loaded, by their environments."""
    script = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep '^PYTHONPATH=/opt' | sort -u"
    return set(re.findall(r"releases/([0-9.]+)-", machine.must("sh", "-c", script)))


def of_units(machine: Machine) -> set[str]:
    """The versions that the unit files name."""
    return set(
        re.findall(
            r"releases/([0-9.]+)-",
            machine.must("sh", "-c", "cat /etc/systemd/system/vaguemestre*.service"),
        )
    )


@pytest.fixture(scope="module")
def recipients(installed: Machine, agents: tuple[Agent, ...]) -> list[str]:
    """Whom the load writes to: everybody."""
    return academy.addresses(installed)


def assert_nobody_noticed(load: Load) -> None:
    print(  # noqa: T201 (figures for whoever runs it)
        f"pages {len(load.pages.ends)}, longest pause {load.pages.longest_pause:.2f} s; "
        f"deliveries {len(load.deliveries.ends)}, longest pause {load.deliveries.longest_pause:.2f} s"
    )
    assert load.pages.failures == []
    assert load.deliveries.failures == []
    assert load.pages.ends
    assert load.deliveries.ends
    assert_each_was_delivered_once(load)


def assert_each_was_delivered_once(load: Load) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while load.taken - (stored := academy.message_ids(load.client.machine, load.recipients)).keys():
        assert time.monotonic() < deadline, load.taken - stored.keys()
        time.sleep(2)
    assert {message_id for message_id in load.taken if stored[message_id] > 1} == set()


def test_an_upgrade_is_noticed_by_nobody(
    client: Client, agents: tuple[Agent, ...], recipients: list[str]
) -> None:
    machine = client.machine
    tree = tree_of(machine, NEXT)
    masters = ("systemctl", "show", "-p", "MainPID", "vaguemestre-dovecot", "vaguemestre-postfix")
    before = machine.must(*masters)
    with Load(client, recipients).running() as load:
        machine.must("vaguemestre", "upgrade", tree)
    assert_nobody_noticed(load)
    assert machine.must(*masters) == before
    assert of_units(machine) == {NEXT}
    client.send(agents[0], agents[1].address, "Version nouvelle")
    assert client.received(agents[1], "Version nouvelle")


def test_a_release_that_does_not_start_leaves_the_other_one(client: Client, recipients: list[str]) -> None:
    machine = client.machine
    tree = tree_of(machine, BROKEN, ("src/vaguemestre/processes/web.py", "raise SystemExit(3)"))
    with Load(client, recipients).running() as load:
        ended = machine.run("vaguemestre", "upgrade", tree)
    assert ended.returncode == 69, ended.stdout + ended.stderr
    assert "tourne de nouveau" in ended.stderr
    assert_nobody_noticed(load)
    assert of_units(machine) == {NEXT}
    assert BROKEN not in versions_running(machine)


def test_killed_in_the_middle_it_goes_on(client: Client, recipients: list[str]) -> None:
    machine = client.machine
    tree = tree_of(machine, LATER)
    with Load(client, recipients).running() as load:
        run = (
            "systemd-run",
            "--quiet",
            "--pipe",
            "--wait",
            "--unit=essai-upgrade",
            "vaguemestre",
            "upgrade",
            tree,
        )
        with machine.start(*run) as process:
            for line in process.stdout or ():
                if "vaguemestre-door.service" in line:
                    machine.must("systemctl", "kill", "--signal=KILL", "essai-upgrade.service")
                    break
        assert {NEXT, LATER} <= of_units(machine)
        machine.must("vaguemestre", "upgrade", tree)
    assert_nobody_noticed(load)
    assert of_units(machine) == {LATER}


def test_the_way_back_is_noticed_by_nobody(
    client: Client, agents: tuple[Agent, ...], recipients: list[str]
) -> None:
    machine = client.machine
    with Load(client, recipients).running() as load:
        machine.must("vaguemestre", "upgrade", "--back")
    assert_nobody_noticed(load)
    assert of_units(machine) == {NEXT}
    client.send(agents[0], agents[1].address, "Version de retour")
    assert client.received(agents[1], "Version de retour")
