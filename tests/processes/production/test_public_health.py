"""What /sante/ says of each part is a line of `check --live`: a unit that is active may stand still."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.processes.production.live_check import live
from vaguemestre.processes.production.live_check.public_health import trouble_of
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
        return [finding.line() for finding in live._parts(self.config, datetime.now(UTC))]


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


def test_each_other_part_has_a_line_that_names_its_unit(site: Site) -> None:
    site.says(
        dovecot={"status": "ok"}, gate={"status": "down", "detail": "no sign"}, valkey={"status": "warning"}
    )
    assert [line.partition(", puis")[0] for line in site.lines()] == [
        "ROUGE  partie gate : no sign → systemctl restart vaguemestre-gate",
        "ROUGE  partie valkey : warning → systemctl restart vaguemestre-valkey",
    ]
    assert trouble_of(site.config) == "gate", "a warning stops no upgrade"


def test_pages_that_do_not_answer_are_told(site: Site) -> None:
    (line,) = site.lines()
    assert line.startswith("ROUGE  parties : /sante/ ne répond pas (JSONDecodeError)")


def test_a_machine_without_pages_is_not_asked(site: Site) -> None:
    assert list(live._parts(replace(site.config, served_pod="p1"), datetime.now(UTC))) == []
