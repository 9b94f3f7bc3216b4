"""Which machines bin/install makes where there are pods, and what runs on each."""

from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.engines.cluster.configuration import routes_text
from vaguemestre.processes.production.nodes.keys import cluster_of
from vaguemestre.processes.production.nodes.routes import routes_of
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.units import services_of
from vaguemestre.site.config import Config, FilesSection, MailSection
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.node_kinds import unmade_machines
from vaguemestre.site.config.topology import FRONT_DUTIES, MAIL_DUTIES, NodeSection, PodSection, Topology

NODES = (
    NodeSection("b1", "10.77.0.31", ("database", "pod")),
    NodeSection("w1", "10.77.0.11", FRONT_DUTIES),
    NodeSection("w2", "10.77.0.12", FRONT_DUTIES),
)
PODS = (PodSection("p1", "10.77.0.41", ("b1",)), PodSection("p2", "10.77.0.42", ("b2",)))
TOPOLOGY = Topology(NODES, PODS)
USUAL = NetworkSection(ports="usual")


def config_at(home: Path, machine: str) -> Config:
    """As that machine reads it."""
    (home / "node").write_text(machine, encoding="utf-8")
    pod = TOPOLOGY.pod_kept_by(machine)
    network = NetworkSection(ports="usual")
    return Config(home=home, topology=TOPOLOGY, network=network, served_pod=pod.name if pod else "")


def refusals(topology: Topology, network: NetworkSection = USUAL) -> list[str]:
    return [rule.sentence for rule in unmade_machines(topology, network)]


def test_fronts_and_a_machine_of_one_pod_are_made() -> None:
    assert refusals(TOPOLOGY) == []


@pytest.mark.parametrize("duties", [("web",), ("proxy", "mx"), MAIL_DUTIES])
def test_the_duties_of_a_front_go_together_and_without_mail(duties: tuple[str, ...]) -> None:
    topology = Topology((*NODES, NodeSection("x", "10.77.0.9", duties)), PODS)
    (refusal,) = refusals(topology)
    assert "« web, proxy, mx » vont ensemble" in refusal
    assert f"« x » a « {', '.join(duties)} »" in refusal
    assert refusals(topology, NetworkSection()) == []  # of bin/up


def test_a_machine_without_a_pod_of_its_own_is_not_made() -> None:
    (refusal,) = refusals(Topology(NODES, PODS[1:]))
    assert "« b1 » en a 0" in refusal


def test_a_pod_runs_no_page_and_no_door_of_the_world(tmp_path: Path) -> None:
    names = {child.name for child in children_of(config_at(tmp_path, "b1"), "python")}
    assert names == {"dovecot", "mail-agent", "words-agent", "push", "collector"}
    fronts = {child.name for child in children_of(config_at(tmp_path, "w1"), "python")}
    assert {"web", "front", "postfix", "dovecot", "worker", "gate", "arrivals"} <= fronts


def test_a_dovecot_before_pods_is_asked_where_it_takes_deliveries(tmp_path: Path) -> None:
    for machine in ("b1", "w1"):
        dovecot = children_of(config_at(tmp_path, machine), "python")[0]
        assert [question.expect for question in dovecot.ready if question.socket] == ["220"]


def test_a_front_goes_to_each_pod_by_tls_and_knows_it_by_its_certificate(tmp_path: Path) -> None:
    config = config_at(tmp_path, "w2")
    text = routes_text(cluster_of(config), tuple(routes_of(config)))
    servers = [line.split() for line in text.splitlines() if line.startswith("    server p")]
    assert [words[2] for words in servers] == [
        f"{pod.address}:{port}" for pod in PODS for port in (993, 8246, 8024)
    ]
    for words in servers:
        assert " ".join(words[3:7]) == "check ssl verify required"
        assert words[words.index("verifyhost") + 1] == f"{words[1]}.pods.internal"
    binds = [line.split()[1] for line in text.splitlines() if line.startswith("    bind 127.0.77.")]
    assert len(set(binds)) == len(servers)


def test_a_pod_hands_over_to_any_front(tmp_path: Path) -> None:
    config = config_at(tmp_path, "b1")
    text = routes_text(cluster_of(config), tuple(routes_of(config)))
    assert "bind 127.0.0.1:8026\n" in text
    assert [line.split()[2] for line in text.splitlines() if line.startswith("    server w")] == [
        "10.77.0.11:8026", "10.77.0.12:8026",
    ]  # fmt: skip
    assert text.count(" ssl ") == 0  # Sieve's own TLS goes through it


def test_what_is_asked_of_mailboxes_is_done_by_the_pod_and_passed_on_by_fronts(tmp_path: Path) -> None:
    def agent_on(machine: str) -> tuple[str, ...]:
        children = children_of(config_at(tmp_path, machine), "python")
        return next(child.argv for child in children if child.name == "mail-agent")

    assert agent_on("b1")[2:] == (
        "vaguemestre.processes.agents.mail_agent", str(tmp_path), "-", "-", "10.77.0.41", "8247",
    )  # fmt: skip
    assert agent_on("w1")[2:] == (
        "vaguemestre.processes.agents.mail_relay", str(tmp_path), "8247", "8334", "p1=10.77.0.41",
        "p2=10.77.0.42",
    )  # fmt: skip


@pytest.mark.parametrize("clamd", ["", "127.0.0.1:3310"])
@pytest.mark.parametrize("has_filter", [True, False])
def test_the_filter_of_a_front_is_asked_about_mail_that_it_did_not_see(
    tmp_path: Path, clamd: str, *, has_filter: bool
) -> None:
    config = replace(
        config_at(tmp_path, "w1"),
        files=FilesSection(clamd=clamd),
        mail=MailSection(content_filter=has_filter),
    )
    children = children_of(config, "python")
    (argv,) = [child.argv for child in children if child.name == "mail-agent"]
    assert argv[4:6] == ("8247", str(config.ports.filter_controller) if has_filter else "-")


@pytest.mark.parametrize(
    ("machine", "given"), [("b1", {"doveadm_key", "pod.key"}), ("w1", {"doveadm_key"}), ("", set())]
)
def test_the_agent_of_mailboxes_is_given_what_it_shows_other_machines(
    tmp_path: Path, machine: str, given: set[str]
) -> None:
    config = (
        config_at(tmp_path, machine) if machine else Config(tmp_path, network=NetworkSection(ports="usual"))
    )
    units = services_of(config, children_of(config, "python"), tmp_path)
    agent = next(unit for unit in units if unit.name == "vaguemestre-mail-agent")
    assert {name for name, _ in agent.credentials} - {"filter_key"} == given
    assert agent.leaves_machine == bool(given)
