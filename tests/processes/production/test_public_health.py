"""What /sante/ says of each part is a line of `check --live`: a unit that is active may stand still."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.processes.production.running_check import checks
from vaguemestre.processes.production.running_check.public_health import trouble_of
from vaguemestre.site.config import Config
from vaguemestre.site.config.ports import Ports


@dataclass
class Site:
    """Answers /sante/ of that configuration."""

    config: Config
    answer: bytes = b""
    asked: list[str] = field(default_factory=list)

    def says(self, **parts: dict[str, str]) -> None:
        self.answer = json.dumps({"status": "x", "checks": parts}).encode()

    def lines(self) -> list[str]:
        return [finding.line() for finding in checks._parts(self.config, datetime.now(UTC))]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            self.send_response(503)
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, *_words: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:

        class Elsewhere(Config):
            @property
            def ports(self) -> Ports:
                return replace(super().ports, web=server.server_address[1])

        made = Site(Elsewhere(home=tmp_path, port_base=61_000))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def test_parts_that_are_well_take_one_line(site: Site) -> None:
    site.says(dovecot={"status": "ok"}, gate={"status": "ok"})
    assert site.lines() == ["bien   parties : toutes répondent"]
    assert site.asked == ["/sante/"]


@pytest.mark.parametrize(
    ("has_units", "remedies"),
    [
        (True, ["systemctl restart vaguemestre-gate", "systemctl restart vaguemestre-valkey"]),
        (False, ["kill -9 du processus de gate", "kill -9 du processus de valkey"]),
    ],
)
def test_each_other_part_has_a_line_that_names_what_keeps_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, has_units: bool, remedies: list[str]
) -> None:
    monkeypatch.setattr(checks, "is_under_systemd", lambda _config: has_units)
    site.says(
        dovecot={"status": "ok"},
        gate={"status": "down", "detail": "aucun signe"},
        valkey={"status": "warning"},
    )
    gate, valkey = site.lines()
    assert gate.startswith(f"ROUGE  partie gate : aucun signe → {remedies[0]}")
    assert valkey.startswith(f"ROUGE  partie valkey : à voir de près → {remedies[1]}")
    assert trouble_of(site.config) == "gate", "a warning stops no upgrade"


def test_pages_that_do_not_answer_are_told(site: Site) -> None:
    front, line = site.lines()
    assert front.startswith("ROUGE  partie front")  # that nothing listens at its own port either
    assert line.startswith("ROUGE  parties : /sante/ ne répond pas ce qu’il doit (JSONDecodeError)")


def test_a_machine_without_pages_is_not_asked(site: Site) -> None:
    assert list(checks._parts(replace(site.config, served_pod="p1"), datetime.now(UTC))) == []
