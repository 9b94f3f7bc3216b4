"""Several académies in one file: each its own settings, and one académie is written as before."""

from pathlib import Path

import pytest

from vaguemestre.site.config import Config, ConfigWrong, load

TWO = """\
[[academy]]
code = "20"
name = "Académie d’Amiens"
domain = "ac-amiens.fr"
departments = ["002", "060", "080"]
school_zone = "B"

[[academy]]
code = "09"
name = "Académie de Lille"
domain = "ac-lille.fr"
departments = ["059", "062"]
numen_layout = "standard"
public_url = "https://messagerie.ac-lille.fr"
colleagues = "installation"

[web]
public_url = "https://messagerie.ac-amiens.fr"
behind_tls = true
"""


def loaded(home: Path, text: str) -> Config:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_one_academie_is_read_as_before(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[academy]\ndomain = "ac-lille.fr"\n')
    assert config.domains == ("ac-lille.fr",)
    assert config.academy_at("ac-inconnue.fr") is config.academy
    assert config.academy_on("n-importe.quel.hote") is config.academy
    assert config.further_sites == ()


def test_each_academie_has_its_settings_by_domain_and_by_host(tmp_path: Path) -> None:
    config = loaded(tmp_path, TWO)
    assert config.domains == ("ac-amiens.fr", "ac-lille.fr")
    assert config.academy.code == "20"
    assert config.academy_at("AC-Lille.fr").numen_layout == "standard"
    assert config.academy_at("ac-amiens.fr").numen_layout == "seed"
    assert config.academy_on("messagerie.ac-lille.fr").code == "09"
    assert config.academy_on("messagerie.ac-amiens.fr").code == "20"
    assert config.academy_on("").code == "20"
    assert config.site_of("ac-lille.fr") == "https://messagerie.ac-lille.fr"
    assert config.site_of("ac-amiens.fr") == "https://messagerie.ac-amiens.fr"


def test_colleagues_are_those_of_the_academie_unless_it_says_the_installation(tmp_path: Path) -> None:
    config = loaded(tmp_path, TWO)
    assert config.colleague_domains("ac-amiens.fr") == ("ac-amiens.fr",)
    assert config.colleague_domains("ac-lille.fr") == ("ac-lille.fr", "ac-amiens.fr")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "09"', 'code = "20"', "deux [[academy]] ont le code « 20 »"),
        ('domain = "ac-lille.fr"', 'domain = "ac-amiens.fr"', "deux [[academy]] ont le domaine"),
        ('departments = ["059", "062"]\n', "", "[[academy]] « departments » manque"),
        ('departments = ["059", "062"]', 'departments = ["080"]', "n’est pas dans l’académie"),
        ('numen_layout = "standard"', 'numen = "standard"', "ligne 13 : [[academy]] clé inconnue « numen »"),
        ('public_url = "https://messagerie.ac-lille.fr"', 'public_url = "lille"', "ligne 14 : [[academy]]"),
    ],
)
def test_a_faulty_academie_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    assert before in TWO
    with pytest.raises(ConfigWrong, match="(?s)") as refused:
        loaded(tmp_path, TWO.replace(before, after))
    assert words in str(refused.value)
