"""`vaguemestre homologation`: what is accredited is read from what runs."""

import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.access.signin.people import account
from typer import Typer
from typer.testing import CliRunner

from vaguemestre.cli.records.accreditation import components, flows
from vaguemestre.cli.records.homologation import command
from vaguemestre.desks.operations.models import Alarm
from vaguemestre.people.directory.services import found_academy
from vaguemestre.site.config import PROJECT, Config
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.ports import Ports

FRONTEND = PROJECT / "frontend"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_IMPORTED = re.compile(r"""(?:from|import|resolve\()\s*["']([a-z][\w.-]*)""")


def file_of(*arguments: str) -> str:
    app = Typer()
    app.command()(command)
    ended = CliRunner().invoke(app, list(arguments))
    assert ended.exit_code == 0, ended.exception
    return ended.stdout


@pytest.mark.django_db
def test_the_file_tells_who_has_power_what_is_open_and_what_is_wrong(tmp_path: Path) -> None:
    found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    account("ada", role="administrator")
    account("marie")
    Alarm.objects.create(name="backup-old", subject="", words="Sauvegarde trop ancienne", opened_at=NOW)
    text = file_of("--sbom", str(tmp_path / "sbom.json"))
    assert "| Administration | ada | non | jamais |" in text
    assert "marie" not in text
    assert "Sauvegarde trop ancienne" in text
    assert "| académie | Académie d’Amiens | ac-amiens.test |" in text
    assert "| Dernier exercice de restauration | jamais |  |" in text
    assert "lecture par un logiciel (IMAP)" in text
    assert re.search(r"\| web\S* \| vaguemestre-web \|", text)
    written = json.loads((tmp_path / "sbom.json").read_text())
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    urls = {part["purl"].partition("@")[0] for part in written["components"]}
    assert urls >= {"pkg:pypi/django", "pkg:npm/htmx.org"}
    assert len(urls) == len({part["bom-ref"].partition("@")[0] for part in written["components"]})


def test_every_port_of_an_instance_has_its_flow() -> None:
    assert {flow.port for flow in flows.FLOWS} == {field.name for field in fields(Ports)}
    assert len(flows.FLOWS) == len(fields(Ports))


def test_one_machine_in_production_opens_neither_demonstration_nor_pods(tmp_path: Path) -> None:
    config = Config(home=tmp_path, network=NetworkSection(ports="usual"))
    opened = {flow.port: number for number, flow in flows.flows_of(config)}
    assert (opened["web"], opened[""]) == (443, 80)
    assert not opened.keys() & {"names", "rooms", "intranet", "pod_lmtp", "entry_mx"}


def test_pages_of_an_instance_behind_a_proxy_are_not_said_to_be_encrypted(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    [pages] = [flow for number, flow in flows.flows_of(config) if number == config.ports.web]
    assert (pages.whence, pages.protection) == (flows.HERE, "en clair, boucle locale")


def test_what_browsers_run_of_others_is_listed() -> None:
    declared = set(json.loads((FRONTEND / "package.json").read_text())["devDependencies"])
    sources = [*FRONTEND.glob("src/**/*.js"), FRONTEND / "build.mjs"]
    imported = {name for file in sources for name in _IMPORTED.findall(file.read_text(encoding="utf-8"))}
    assert set(components.SHIPPED) <= declared
    assert imported & declared - {"esbuild", "acorn"} <= set(components.SHIPPED)


def test_a_package_is_named_by_its_url() -> None:
    assert components.Component("deb", "postfix", "3.10-1+b1").purl == "pkg:deb/debian/postfix@3.10-1%2Bb1"
    assert components.Component("npm", "@x/y", "1.0").purl == "pkg:npm/%40x/y@1.0"
