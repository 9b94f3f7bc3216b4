"""`check --live` asks of each machine what must be there, and of no machine what is elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.processes.production.test_node_kinds import NODES, PODS, TOPOLOGY, config_at

from vaguemestre.processes.production import database_advice as advice
from vaguemestre.processes.production.running_check import checks
from vaguemestre.processes.production.running_check.public_health import HealthUnknown
from vaguemestre.processes.production.running_check.this_machine import role_fr, wanted_ports, wanted_units
from vaguemestre.site.config import Config, DatabaseSection, NetworkSection
from vaguemestre.site.config.topology import NodeSection, Topology
from vaguemestre.site.monitoring.check import Check

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ENTRY = NodeSection("e1", "10.77.0.9", ("entry",))
DATABASE = NodeSection("d1", "10.77.0.21", ("database",))
HERE, ELSEWHERE = "127.0.0.3", "192.0.2.7"


def of(home: Path, machine: str) -> Config:
    return replace(config_at(home, machine), topology=TOPOLOGY._replace(nodes=(*NODES, ENTRY, DATABASE)))


def shared(home: Path, address: str) -> Config:
    """A machine that can serve a pod in its turn; the pod is where its address is."""
    (home / "node").write_text("b1", encoding="utf-8")
    nodes = (NodeSection("b1", "10.77.0.31", ("pod",)), NodeSection("b2", "10.77.0.32", ("pod",)))
    pod = replace(PODS[0], address=address, nodes=("b1", "b2"))
    return Config(
        home=home, network=NetworkSection(ports="usual"), topology=Topology(nodes, (pod,)), served_pod="p1"
    )


def names(units: tuple[str, ...]) -> set[str]:
    return {unit.removesuffix(".service").removeprefix("vaguemestre-") for unit in units}


def test_a_front_has_pages_and_the_doors_of_the_world(tmp_path: Path) -> None:
    config = of(tmp_path, "w1")
    assert {"web", "front", "postfix", "dovecot", "haproxy"} <= names(wanted_units(config))
    assert wanted_ports(config) == (25, 443, 465, 587, 993, 4190)


def test_a_machine_of_a_pod_has_its_mail_and_its_database(tmp_path: Path) -> None:
    config = of(tmp_path, "b1")
    assert names(wanted_units(config)) == {
        "dovecot", "mail-agent", "words-agent", "push", "collector", "haproxy", "etcd", "patroni",
    }  # fmt: skip
    assert wanted_ports(config) == (993, 8246, 8024, 8247)
    assert role_fr(config) == "« b1 » : database, pod, groupe de boîtes « p1 »"


def test_a_machine_that_waits_for_a_pod_has_what_starts_with_it(tmp_path: Path) -> None:
    waiting = shared(tmp_path, ELSEWHERE)
    assert names(wanted_units(waiting)) == {"prepare", "collector", "haproxy", "corosync", "pacemaker"}
    assert wanted_ports(waiting) == ()
    assert role_fr(waiting).endswith("celle-ci attend")
    assert "dovecot" in names(wanted_units(shared(tmp_path, HERE)))


@pytest.mark.parametrize(
    ("machine", "expected"), [("e1", {"haproxy", "keepalived"}), ("d1", {"etcd", "patroni"})]
)
def test_a_machine_of_debians_engines_alone_has_these(
    tmp_path: Path, machine: str, expected: set[str]
) -> None:
    config = of(tmp_path, machine)
    assert names(wanted_units(config)) == expected
    assert wanted_ports(config) == ()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every unit runs, every port answers, the clock is right."""

    def run(argv: list[str], **_: object) -> SimpleNamespace:
        return SimpleNamespace(stdout="yes\n" if "timedatectl" in argv[0] else "active\n" * (len(argv) - 2))

    monkeypatch.setattr(checks.subprocess, "run", run)  # type: ignore[attr-defined]
    monkeypatch.setattr(checks, "_refusal", lambda *_: "")
    monkeypatch.setattr(checks, "is_under_systemd", lambda _: True)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("machine", ["b1", "d1", "e1"])
def test_a_machine_without_pages_is_asked_for_none_of_what_the_world_sees(
    tmp_path: Path, machine: str
) -> None:
    found = {finding.name: finding for finding in checks.findings(of(tmp_path, machine), NOW)}
    assert found["machine"].is_well
    assert not {name for name in found if name.startswith(("parties", "DNS", "postmaster"))}
    assert not found.keys() & {"port 443 sur 10.77.0.41", "certificat, noms", "résolveur"}
    red = {name for name, finding in found.items() if not finding.is_well}
    # on the machine of mail, the certificate and the backup that this test does not make
    assert red - {"disque", "mémoire", "logiciels en attente"} == (
        {"certificat", "sauvegarde"} if machine == "b1" else set()
    )


@pytest.mark.usefixtures("quiet")
def test_a_front_that_says_nothing_is_named_where_no_page_can_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: Config) -> None:
        raise HealthUnknown("/sante/ ne répond pas (pas de réponse à temps)")

    monkeypatch.setattr(checks, "parts_of", silent)
    monkeypatch.setattr(checks, "front_check", lambda _: Check(ok=False, words="timed out"))
    first, second = checks._parts(of(tmp_path, "w1"), NOW)
    assert (first.name, first.sentence) == ("partie front", "timed out")
    assert first.remedy.startswith("systemctl restart vaguemestre-front")
    assert second.name == "parties"


@pytest.mark.parametrize(
    ("database", "topology", "is_installed", "words"),
    [
        (DatabaseSection(), Topology(), False, "lancez bin/up"),
        (DatabaseSection(), Topology(), True, "systemctl status vaguemestre-prepare"),
        (DatabaseSection("postgresql", "127.0.0.1"), Topology(), True, "systemctl status postgresql"),
        (DatabaseSection("postgresql", "bdd.ac.fr"), Topology(), True, "qui tient PostgreSQL à bdd.ac.fr"),
        (DatabaseSection("postgresql", "127.0.0.1"), TOPOLOGY, True, "haproxy » ; sur « b1 », « patronictl"),
    ],
)
def test_who_meets_no_database_is_told_what_to_do_where_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: DatabaseSection,
    topology: Topology,
    words: str,
    *,
    is_installed: bool,
) -> None:
    monkeypatch.setattr(advice, "is_under_systemd", lambda _: is_installed)
    told = advice.database_advice(Config(home=tmp_path, database=database, topology=topology))
    assert words in told
    assert ("bin/up" in told) is not is_installed
