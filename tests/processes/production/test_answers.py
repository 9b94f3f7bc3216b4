"""Answers make a file that the configuration accepts; a file is completed with what production needs."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.engines.tls import certificates
from vaguemestre.people.directory.rules.academies import ACADEMIES
from vaguemestre.processes.production import kept_answers, layout, questions
from vaguemestre.processes.production.answers import answers, file_from
from vaguemestre.site.config import Config, load
from vaguemestre.site.config.completion import complete_config


def typing(typed: Mapping[str, str | list[str]]) -> Callable[[str], str]:
    """Types these answers to the questions that begin so, in turn; Enter to all others."""
    waiting = {begin: [words] if isinstance(words, str) else [*words] for begin, words in typed.items()}

    def ask(question: str) -> str:
        words = next((words for begin, words in waiting.items() if question.startswith(begin)), [])
        return words.pop(0) if words else ""

    return ask


def asked(
    typed: Mapping[str, str | list[str]],
    tell: Callable[[str], None] = lambda _: None,
    former: Mapping[str, str] = {},
) -> dict[str, str]:
    return answers(typing(typed), tell, lambda _: None, former)


def loaded(home: Path, text: str) -> Config:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_every_default_is_right_and_the_file_they_make_is_accepted(tmp_path: Path) -> None:
    config = loaded(tmp_path, complete_config(file_from(asked({}))))
    assert config.public_url == "https://messagerie.ac-amiens.fr"
    assert config.academy.name == "Académie d’Amiens"
    assert config.academy.departments == ("002", "060", "080")
    assert (config.tls.acme, config.tls.acme_contact) == ("standalone", "assistance@ac-amiens.fr")
    assert config.mail.outgoing.mode == "direct"
    assert config.network.forwarders == ()
    assert config.academy.help_address == "assistance@ac-amiens.fr"
    assert config.has_usual_ports
    assert config.database.engine == "postgresql"


@pytest.mark.parametrize("code", sorted(ACADEMIES))
def test_the_defaults_of_every_academie_are_accepted(code: str, tmp_path: Path) -> None:
    config = loaded(tmp_path, complete_config(file_from(asked({"Code": code}))))
    assert config.academy.code == code
    assert config.academy.departments


def test_a_default_follows_the_answers_before_it() -> None:
    given = asked({"Code": "27", "Domaine": "ac-exemple.fr"})
    assert given["departments"] == "620 720"
    assert given["name"] == "Académie de Corse"
    assert given["host"] == "messagerie.ac-exemple.fr"


@pytest.mark.parametrize(
    ("question", "wrong", "right", "expected"),
    [
        ("Code", "vingt", "20", "le code d’une académie, sur deux chiffres"),
        ("Code", "99", "20", "le code d’une académie, sur deux chiffres"),
        ("Nom de l’académie", "Acad\\émie", "Académie", "sans guillemet"),
        ("Nom de l’académie", 'Académie "A"', "Académie", "sans guillemet"),
        ("Départements", "02", "002", "écrits comme dans un UAI"),
        ("Départements", "002 abc", "002", "écrits comme dans un UAI"),
        ("Départements", "002 059", "002", "de l’académie « Amiens » (02, 60, 80)"),
        ("Domaine", "ac_a", "ac-a.fr", "un nom de domaine seul"),
        ("Nom du site", "https://m.ac-a.fr/", "m.ac-a.fr", "sans « https:// »"),
        ("DNS", "10.0.0", "10.0.0.53", "des adresses IP"),
        ("Certificat", "/nowhere/site.pem", "authority", "le chemin absolu d’un fichier qui est là"),
        ("Certificat", "/etc/hostname", "authority", "le certificat au format PEM"),
        ("Adresse de contact", "assistance", "a@ac-a.fr", "une adresse de courriel"),
        ("Envoi", "relais", "relais.ac-a.fr", "le nom complet d’un serveur"),
    ],
)
def test_a_wrong_answer_is_asked_again_at_once_with_what_is_expected(
    question: str, wrong: str, right: str, expected: str, tmp_path: Path
) -> None:
    told: list[str] = []
    given = asked({question: [wrong, right]}, told.append)
    assert wrong not in given.values()
    assert right in given.values()
    assert [line for line in told if line.startswith("Réponse attendue") and expected in line]
    loaded(tmp_path, complete_config(file_from(given)))


@pytest.mark.parametrize(
    ("question", "typed", "name"),
    [("Envoi", "Direct", "outgoing"), ("Certificat", "ACME", "certificate"), ("DNS", "Racine", "resolvers")],
)
def test_a_word_is_understood_however_it_is_written(question: str, typed: str, name: str) -> None:
    assert asked({question: typed})[name] == typed.lower()


def test_each_question_has_its_reason() -> None:
    told: list[str] = []
    asked({}, told.append)
    without_file = [question.reason for question in questions.QUESTIONS if question.name != "key"]
    assert [line.strip() for line in told[1:-1]] == without_file


def test_the_file_is_shown_and_a_no_brings_the_questions_back_with_the_answers() -> None:
    told: list[str] = []
    given = asked({"Code": "09", "Domaine": ["ac-lile.fr", "ac-lille.fr"], "Installer": "non"}, told.append)
    assert (given["code"], given["domain"]) == ("09", "ac-lille.fr")
    assert [line for line in told if 'domain = "ac-lile.fr"' in line]
    assert [line for line in told if 'domain = "ac-lille.fr"' in line]


def test_answers_of_an_interrupted_run_are_offered_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "ANSWERS", tmp_path / "answers.json")

    def interrupted(question: str) -> str:
        if question.startswith("Nom du site"):
            raise KeyboardInterrupt
        return typing({"Code": "09", "Domaine": "ac-essai.fr"})(question)

    with pytest.raises(KeyboardInterrupt):
        answers(interrupted, lambda _: None, kept_answers.keep, kept_answers.kept_answers())
    assert asked({}, former=kept_answers.kept_answers())["domain"] == "ac-essai.fr"
    kept_answers.forget()
    assert kept_answers.kept_answers() == {}


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"code": 20}'])
def test_kept_answers_that_are_damaged_are_no_answers(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "ANSWERS", tmp_path / "answers.json")
    layout.ANSWERS.write_text(content, encoding="utf-8")
    assert kept_answers.kept_answers() == {}


def test_a_kept_answer_that_is_no_longer_right_is_not_offered() -> None:
    assert asked({}, former={"code": "20", "departments": "059"})["departments"] == "002 060 080"


def test_files_of_a_certificate_are_read_when_they_are_named(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    certificates.make_missing(config, now=datetime.now(UTC))
    own, other = certificates.paths(config), certificates.injector_paths(config)
    told: list[str] = []
    typed: dict[str, str | list[str]] = {
        "Certificat": str(own.certificate),
        "Clé": [str(other.key), str(own.key)],
    }
    made = loaded(tmp_path, complete_config(file_from(asked(typed, told.append))))
    assert (made.tls.certificate, made.tls.key) == (str(own.certificate), str(own.key))
    assert [line for line in told if "la clé privée de ce certificat" in line]


def test_the_servers_of_the_network_are_asked_where_they_are_named(tmp_path: Path) -> None:
    config = loaded(tmp_path, complete_config(file_from(asked({"DNS": "10.1.2.3 10.1.2.4"}))))
    assert config.network.forwarders == ("10.1.2.3", "10.1.2.4")
    assert config.has_usual_ports


def test_the_instance_own_certificate_is_one_word(tmp_path: Path) -> None:
    given = asked({"Certificat": "authority"})
    assert not loaded(tmp_path, complete_config(file_from(given))).tls.is_given


def test_a_relay_is_named_instead_of_direct(tmp_path: Path) -> None:
    given = asked({"Envoi": "relais.ac-exemple.fr"})
    outgoing = loaded(tmp_path, complete_config(file_from(given))).mail.outgoing
    assert (outgoing.mode, outgoing.relay_host) == ("relay", "relais.ac-exemple.fr")


def test_the_way_out_that_is_there_is_left_alone(tmp_path: Path) -> None:
    text = '[academy]\ndomain = "ac-a.fr"\n\n[mail.outgoing]\nmode = "relay"\nrelay_host = "mx.ac-a.fr"\n'
    assert loaded(tmp_path, complete_config(text)).mail.outgoing.mode == "relay"


@pytest.mark.parametrize("section", ["network", "database", "web"])
def test_a_section_that_is_there_is_left_alone(section: str) -> None:
    text = f"[{section}]\n"
    assert complete_config(text).count(f"[{section}]") == 1
    assert tomllib.loads(complete_config(text))[section] == {}


def test_completing_twice_changes_nothing() -> None:
    once = complete_config('[academy]\ndomain = "ac-exemple.fr"\n')
    assert complete_config(once) == once


@pytest.mark.parametrize(
    "text", ["mail = 3\n", "academy = 3\n", "[[academy]]\n[[academy]]\n", "academy = []\n"]
)
def test_a_file_of_another_shape_is_completed_as_well_and_its_faults_are_told_later(text: str) -> None:
    assert "[database]" in complete_config(text)


def test_of_several_academies_the_first_names_the_site() -> None:
    several = '[[academy]]\ndomain = "ac-exemple.fr"\n[[academy]]\ndomain = "ac-autre.fr"\n'
    assert tomllib.loads(complete_config(several))["web"]["public_url"] == "https://messagerie.ac-exemple.fr"
