"""`vaguemestre node list`: each machine of the file, what it does, and what it says of itself."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from vaguemestre.cli.production import node
from vaguemestre.foundation.cluster.models import Machine
from vaguemestre.site.config.topology import NodeSection, Topology

pytestmark = pytest.mark.django_db


def listed(monkeypatch: pytest.MonkeyPatch, *nodes: NodeSection) -> list[str]:
    monkeypatch.setattr(node, "load", lambda: SimpleNamespace(topology=Topology(nodes)))
    return CliRunner().invoke(node.app, ["list"]).stdout.splitlines()


def spoke(name: str, seconds: int = 2, **checks: str) -> None:
    told = {part: {"status": status} for part, status in checks.items()}
    Machine.objects.create(name=name, beat_at=timezone.now() - timedelta(seconds=seconds), checks=told)


def test_each_machine_of_the_file_is_told_with_its_duties_and_its_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoke("w1", push="ok")
    spoke("w2", push="down", gate="down")
    spoke("p1", seconds=3_600, pod="waiting")
    spoke("p3", pod="waiting", disk="ok")
    spoke("p4", pod="waiting", disk="down")
    lines = listed(
        monkeypatch,
        NodeSection("d1", "10.0.0.1", ("database",)),
        NodeSection("w1", "10.0.0.2", ("web", "proxy")),
        NodeSection("w2", "10.0.0.3", ("web",)),
        NodeSection("p1", "10.0.0.4", ("pod",)),
        NodeSection("p2", "10.0.0.5", ("pod",)),
        NodeSection("p3", "10.0.0.6", ("pod",)),
        NodeSection("p4", "10.0.0.7", ("pod",)),
    )
    assert lines == [
        "d1  10.0.0.1  database  n’a que des services de Debian : systemctl y dit leur état",
        "w1  10.0.0.2  web, proxy  va bien",
        "w2  10.0.0.3  web  en panne : gate, push",
        "p1  10.0.0.4  pod  ne parle plus depuis 3600 s",
        "p2  10.0.0.5  pod  n’a jamais parlé",
        "p3  10.0.0.6  pod  attend : une autre machine sert son groupe de boîtes",
        "p4  10.0.0.7  pod  en panne : disk",
    ]


def test_the_only_machine_of_an_installation_is_listed_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    spoke("seule", database="ok")
    assert listed(monkeypatch) == ["seule  va bien"]


def test_an_instance_that_never_started_has_no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(monkeypatch) == ["Aucune machine n’a encore parlé : l’instance n’a pas démarré."]
