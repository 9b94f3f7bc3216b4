"""Answers make a file that the configuration accepts; a file is completed with what production needs."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from vaguemestre.processes.production.completion import completed
from vaguemestre.processes.production.questions import QUESTIONS, answers, file_from
from vaguemestre.site.config import Config, load


def typing(*words: str) -> Callable[[str], str]:
    waiting = [*words, *[""] * len(QUESTIONS)]
    return lambda _question: waiting.pop(0)


def loaded(home: Path, text: str) -> Config:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_every_default_is_right_and_the_file_they_make_is_accepted(tmp_path: Path) -> None:
    given = answers(typing(), lambda _: None)
    config = loaded(tmp_path, completed(file_from(given)))
    assert config.public_url == "https://messagerie.ac-amiens.fr"
    assert config.academy.departments == ("002", "060", "080")
    assert (config.tls.acme, config.tls.acme_contact) == ("standalone", "assistance@ac-amiens.fr")
    assert config.mail.outgoing.mode == "direct"
    assert config.academy.help_address == "assistance@ac-amiens.fr"
    assert config.has_usual_ports
    assert config.database.engine == "postgresql"


def test_a_default_follows_the_answers_before_it() -> None:
    given = answers(typing("", "", "", "ac-exemple.fr"), lambda _: None)
    assert given["host"] == "messagerie.ac-exemple.fr"


def test_a_wrong_answer_is_asked_again_with_what_is_expected() -> None:
    told: list[str] = []
    given = answers(typing("Académie", "vingt", "21"), told.append)
    assert given["code"] == "21"
    assert "Réponse attendue : deux chiffres." in told


def test_each_question_has_its_reason() -> None:
    told: list[str] = []
    answers(typing(), told.append)
    assert [reason.strip() for reason in told] == [question.reason for question in QUESTIONS]


def test_files_of_a_certificate(tmp_path: Path) -> None:
    given = answers(typing("", "", "", "", "", "/etc/ssl/site.pem", "/etc/ssl/site.key"), lambda _: None)
    config = loaded(tmp_path, completed(file_from(given)))
    assert (config.tls.certificate, config.tls.key) == ("/etc/ssl/site.pem", "/etc/ssl/site.key")


def test_the_instance_own_certificate_is_one_word(tmp_path: Path) -> None:
    given = answers(typing("", "", "", "", "", "authority"), lambda _: None)
    assert not loaded(tmp_path, completed(file_from(given))).tls.is_given


def test_a_relay_is_named_instead_of_direct(tmp_path: Path) -> None:
    given = answers(typing(*[""] * 8, "relais.ac-exemple.fr"), lambda _: None)
    outgoing = loaded(tmp_path, completed(file_from(given))).mail.outgoing
    assert (outgoing.mode, outgoing.relay_host) == ("relay", "relais.ac-exemple.fr")


def test_the_way_out_that_is_there_is_left_alone(tmp_path: Path) -> None:
    text = '[academy]\ndomain = "ac-a.fr"\n\n[mail.outgoing]\nmode = "relay"\nrelay_host = "mx.ac-a.fr"\n'
    assert loaded(tmp_path, completed(text)).mail.outgoing.mode == "relay"


@pytest.mark.parametrize("section", ["network", "database", "web"])
def test_a_section_that_is_there_is_left_alone(section: str) -> None:
    text = f"[{section}]\n"
    assert completed(text).count(f"[{section}]") == 1
    assert tomllib.loads(completed(text))[section] == {}


def test_completing_twice_changes_nothing() -> None:
    once = completed('[academy]\ndomain = "ac-exemple.fr"\n')
    assert completed(once) == once
