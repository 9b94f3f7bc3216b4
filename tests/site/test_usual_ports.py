"""With usual ports the world's doors are everybody's, and the house's own stay on the loopback."""

from pathlib import Path

import pytest

from vaguemestre.site.config import Config, ConfigWrong, load

PRODUCTION = """
[academy]
domain = "ac-exemple.fr"

[web]
public_url = "https://messagerie.ac-exemple.fr"
behind_tls = true

[network]
ports = "usual"
"""


def loaded(home: Path, text: str) -> Config:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_doors_of_the_world_and_of_the_house(tmp_path: Path) -> None:
    config = loaded(tmp_path, PRODUCTION)
    ports = config.ports
    world = (ports.mx, ports.web, ports.submissions, ports.submission, ports.imaps, ports.managesieve)
    assert world == (25, 443, 465, 587, 993, 4190)
    house = (ports.imap, ports.submission_inside, ports.injection, ports.push, ports.carddav, ports.filter)
    assert house == (8143, 8587, 8026, 8001, 8003, 8332)
    assert config.listen_addresses == ("0.0.0.0", "::")
    assert config.client_ports == (993, 465, 4190)


def test_the_demonstration_s_ports_are_as_before(tmp_path: Path) -> None:
    config = loaded(tmp_path, "")
    ports = config.ports
    assert (ports.web, ports.imaps, ports.mx, ports.injection) == (8000, 8993, 8025, 8026)
    assert ports.submission_inside == ports.submission == 8587
    assert config.listen_addresses == ("127.0.0.1",)


def test_addresses_can_be_chosen(tmp_path: Path) -> None:
    text = PRODUCTION + 'addresses = ["192.0.2.1", "2001:db8::1"]\n'
    assert loaded(tmp_path, text).listen_addresses == ("192.0.2.1", "2001:db8::1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PRODUCTION.replace("behind_tls = true", "behind_tls = false"), "« ports » = usual demande"),
        (PRODUCTION + 'addresses = ["partout"]\n', "« addresses » : chacun est une adresse IP"),
        ('[tls]\ncertificate = "/c.pem"\n', "« certificate » et « key » vont ensemble"),
        ('[tls]\ncertificate = "c.pem"\nkey = "/k.pem"\n', "« certificate » est un chemin absolu"),
        ('[tls]\nacme = "standalone"\ncertificate = "/c"\nkey = "/k"\n', "choisissez l’un ou l’autre"),
        ('[tls]\nacme = "dns"\n', "demande « acme_hook »"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigWrong, match=words):
        loaded(tmp_path, text)
