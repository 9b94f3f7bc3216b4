"""What pools count is added up over their processes, and names nobody."""

import json
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.registry import CollectorRegistry

from vaguemestre.foundation.kernel.counters import REGISTRY, counts
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.processes.duties import COUNTING, DUTIES
from vaguemestre.processes.metrics import counters
from vaguemestre.processes.metrics.cache import CachedSources
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring import counter_files


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"vaguemestre_{name}", labels) or 0


def test_a_request_is_counted_and_timed_by_the_name_of_its_address(client: Client) -> None:
    route = client.get("/sante/ping").resolver_match.view_name
    before = value("requests_total", pool="", route=route, status="2xx")
    timed = value("request_duration_seconds_count", pool="", route=route)
    client.get("/sante/ping")
    assert value("requests_total", pool="", route=route, status="2xx") == before + 1
    assert value("request_duration_seconds_count", pool="", route=route) == timed + 1


@pytest.mark.django_db
def test_an_address_that_is_nowhere_is_counted_without_its_words(client: Client) -> None:
    before = value("requests_total", pool="", route="none", status="4xx")
    client.get("/secret-de-nmorel")
    assert value("requests_total", pool="", route="none", status="4xx") == before + 1
    assert not any("nmorel" in word for count in counts() for word in count.labels.values())


def test_a_refusal_is_counted_by_its_code() -> None:
    before = value("refusals_total", code="sharing.right-missing")
    sentence(Refusal("sharing.right-missing", needed="nmorel"))
    assert value("refusals_total", code="sharing.right-missing") == before + 1
    assert not any("nmorel" in word for count in counts() for word in count.labels.values())


@pytest.mark.django_db
def test_a_refused_sign_in_is_counted(client: Client) -> None:
    before = value("journal_entries_total", action="signin.refused")
    client.post("/alogin", {"username": "personne", "secret": "rien"})
    assert value("journal_entries_total", action="signin.refused") == before + 1


def test_processes_are_added_up_the_ended_ones_too(tmp_path: Path) -> None:
    labels = {"pool": "web", "route": "portal:home", "status": "2xx"}
    for pool, process, number in (("web", "1", 3.0), ("web", "2", 4.0), ("door", "3", 5.0)):
        folder = tmp_path / "run" / counter_files.FOLDER / pool
        folder.mkdir(parents=True, exist_ok=True)
        sample = ["vaguemestre_requests_total", {**labels, "pool": pool}, number]
        (folder / f"{process}.json").write_text(json.dumps([sample]))
    registry = CollectorRegistry()
    config = Config(home=tmp_path)
    registry.register(CachedSources({"pools": lambda: counters.pools(config)}, seconds=0))
    assert registry.get_sample_value("vaguemestre_requests_total", labels) == 7
    assert registry.get_sample_value("vaguemestre_requests_total", {**labels, "pool": "door"}) == 5


def test_a_process_writes_what_is_read_again(tmp_path: Path, client: Client) -> None:
    client.get("/sante/ping")
    folder = tmp_path / counter_files.FOLDER / "web"
    folder.mkdir(parents=True)
    counter_files.write(folder)
    assert sorted(map(str, counter_files.read_sums(tmp_path))) == sorted(map(str, counts()))
    counter_files.forget(folder)
    assert counter_files.read_sums(tmp_path) == []


def test_pools_that_count_are_processes_of_ours() -> None:
    assert set(COUNTING) <= DUTIES.keys()
