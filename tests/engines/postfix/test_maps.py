"""What Postfix asks of the database, and when again."""

from types import SimpleNamespace

from vaguemestre.engines.config_templates import render
from vaguemestre.engines.postfix import configuration


def test_a_database_that_failed_is_asked_again_a_second_later() -> None:
    """By itself Postfix waits for a minute, and refuses each message while another database writes."""
    reader = SimpleNamespace(host="127.0.0.1", port=5432, user="u", password="p", name="n")
    text = render(configuration._HERE, "map.j2", query="SELECT 1", projection="", postgresql=reader)
    settings = dict(line.split(" = ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert settings["retry_interval"] == "1"
    assert settings["hosts"] == "inet:127.0.0.1:5432"


def test_a_server_that_ended_at_its_start_is_started_again_soon() -> None:
    """Connections that ended before Postfix looked at them end a server each; its own pause is a minute."""
    text = (configuration._HERE / "main.cf.j2").read_text(encoding="utf-8")
    assert "\nservice_throttle_time = 2s\n" in text
