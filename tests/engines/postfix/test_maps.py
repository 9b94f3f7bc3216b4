"""What Postfix asks of the database, and when again."""

from dataclasses import replace
from pathlib import Path

from vaguemestre.engines.postfix import configuration, maps
from vaguemestre.site.config import Config, DatabaseSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

_DATABASE = DatabaseSection(engine="postgresql", host="127.0.0.1", password_file="password")


def _settings(config: Config, name: str) -> dict[str, str]:
    """What the file of that map says, by key."""
    (config.home / "password").write_text("p")
    maps.write_maps(config, config.home)
    lines = (config.home / f"{name}.cf").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if not line.startswith("#"))


def test_a_database_that_failed_is_asked_again_a_second_later(tmp_path: Path) -> None:
    """By itself Postfix waits for a minute, and refuses each message while another database writes."""
    settings = _settings(Config(home=tmp_path, database=_DATABASE), "mailboxes")
    assert settings["retry_interval"] == "1"
    assert settings["hosts"] == "inet:127.0.0.1:5432"


def test_where_databases_follow_one_another_recipients_are_asked_of_those_too(tmp_path: Path) -> None:
    """Who may send is not: access that was withdrawn may still be seen there."""
    nodes = (NodeSection("d1", "10.0.0.1", ("database",)), NodeSection("m1", "10.0.0.2", MAIL_DUTIES))
    config = Config(home=tmp_path, port_base=8000, database=_DATABASE, topology=Topology(nodes))
    for name in ("domains", "mailboxes", "ours"):
        settings = _settings(config, name)
        first, again = settings["hosts"].split()
        assert first == "inet:127.0.0.1:8054"
        password = settings["password"]
        assert again == f"postgresql://vaguemestre_engines:{password}@127.0.0.1:8055/vaguemestre"
        assert settings["idle_interval"] == "10"
    assert _settings(config, "senders")["hosts"] == "inet:127.0.0.1:5432"


def test_a_name_of_the_database_does_not_change_what_a_uri_says(tmp_path: Path) -> None:
    nodes = (NodeSection("d1", "10.0.0.1", ("database",)),)
    database = replace(_DATABASE, name="a@b/c", user="d:e")
    config = Config(home=tmp_path, database=database, topology=Topology(nodes))
    again = _settings(config, "mailboxes")["hosts"].split()[1]
    assert again.startswith("postgresql://d%3Ae_engines:")
    assert again.endswith("/a%40b%2Fc")


def test_a_server_that_ended_at_its_start_is_started_again_soon() -> None:
    """Connections that ended before Postfix looked at them end a server each; its own pause is a minute."""
    text = (configuration._HERE / "main.cf.j2").read_text(encoding="utf-8")
    assert "\nservice_throttle_time = 2s\n" in text
