"""Under bin/up, of names that exist nowhere, nobody is asked for records that nobody can write."""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from vaguemestre.engines.tls import certificates
from vaguemestre.processes.production.running_check import checks, this_machine
from vaguemestre.processes.production.running_check.verdicts import Finding
from vaguemestre.site.config import Config
from vaguemestre.site.config.academy import AcademySection

NOW = datetime.now(UTC)
LINE = "bien   {} : pas en démonstration"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    def zone(_: Config) -> Iterator[Finding]:
        yield Finding("DNS MX", is_well=False, sentence="manque", remedy="ajoutez")

    module = SimpleNamespace(setup=lambda: None, findings=zone)
    monkeypatch.setattr(importlib, "import_module", lambda _: module)
    return Config(home=tmp_path)


def test_the_zone_of_a_demonstration_is_one_line(config: Config) -> None:
    assert [finding.line() for finding in checks._zone(config, NOW)] == [LINE.format("DNS")]


def test_an_installed_machine_is_asked_for_its_zone_whatever_its_name(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(this_machine, "is_under_systemd", lambda _: True)
    assert [finding.name for finding in checks._zone(config, NOW)] == ["DNS MX"]


def test_a_real_name_is_asked_for_its_zone_under_bin_up_too(config: Config) -> None:
    real = replace(config, academy=AcademySection(domain="ac-exemple.fr"))
    assert [finding.name for finding in checks._zone(real, NOW)] == ["DNS MX"]


def test_nobody_signs_a_certificate_for_the_names_of_a_demonstration(config: Config) -> None:
    certificates.make_missing(config, now=NOW)
    lines = [finding.line() for finding in checks._certificate(config, NOW)]
    assert LINE.format("certificat, noms") in lines
