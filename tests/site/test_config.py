"""The configuration is read whole or refused with a sentence."""

from pathlib import Path

import pytest

from vaguemestre.site.config import ConfigWrong, load, loader
from vaguemestre.site.config.completion import complete_config


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def wrote(home: Path, text: str) -> Path:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return home


def test_an_empty_home_gives_the_demonstration_academie(home: Path) -> None:
    config = load(home)
    assert config.academy.domain == "ac-amiens.test"
    assert config.ports.web == 8000
    assert config.ports.imaps == 8993
    assert config.academy.help_phone
    assert config.academy.help_hours


def test_no_real_academie_is_given_the_demonstrations_telephone(home: Path) -> None:
    wrote(home, '[academy]\ndomain = "ac-lille.fr"\n')
    assert load(home).academy.help_phone == load(home).academy.help_hours == ""


def test_all_ports_follow_the_base(home: Path) -> None:
    ports = load(home, 18000).ports
    assert (ports.web, ports.push, ports.imap, ports.mx) == (18000, 18001, 18143, 18025)
    assert (ports.submission, ports.submissions, ports.managesieve) == (18587, 18465, 18190)


def test_the_argument_wins_over_the_file(home: Path) -> None:
    wrote(home, "port_base = 9000\n")
    assert load(home).port_base == 9000
    assert load(home, 9100).port_base == 9100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inconnue = 1\n", "clé inconnue « inconnue »"),
        ("[academy]\nville = 'x'\n", "clé inconnue « ville »"),
        ("[web]\nworkers = 'deux'\n", "« workers » n’a pas le bon type"),
        ("[web]\nworkers = true\n", "« workers » n’a pas le bon type"),
        ("[academy]\ndepartments = [1]\n", "« departments » n’a pas le bon type"),
        ("academy = 3\n", "doit être une section"),
        ("port_base = 70000\n", "« port_base »"),
        ("port_base = true\n", "« port_base »"),
        ("ceci n’est pas du toml", "ne peut pas être lu"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(home: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigWrong, match=said):
        load(wrote(home, text))


def test_the_installed_file_means_the_same_before_bin_install_has_completed_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laid anew without its `[database]`, it would start an instance on an empty SQLite base."""
    text = '[academy]\ndomain = "ac-exemple.fr"\n'
    file = wrote(home, text) / "vaguemestre.toml"
    monkeypatch.setenv("VAGUEMESTRE_CONFIG", str(file))
    assert load(home).database.engine == "sqlite"
    monkeypatch.setattr(loader, "INSTALLED", file)
    incomplete = load(home)
    wrote(home, complete_config(text))
    assert incomplete == load(home)
    assert incomplete.database.engine == "postgresql"
    assert incomplete.mail.outgoing.leaves


def test_a_fault_of_the_installed_file_is_said_by_its_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wrote(home, '[academy]\ndomain = "ac-exemple.fr"\nville = 1\n= 2\n') / "vaguemestre.toml"
    monkeypatch.setenv("VAGUEMESTRE_CONFIG", str(file))
    monkeypatch.setattr(loader, "INSTALLED", file)
    with pytest.raises(ConfigWrong, match=r"ligne 4 : le fichier ne peut pas être lu"):
        load(home)
