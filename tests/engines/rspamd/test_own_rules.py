"""What our own rules of the filter see: programs, macros, listed links. Asked of rspamd itself."""

import io
import os
import signal
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, letter, wait_until
from tests.engines.rspamd.asked import ask

from vaguemestre.engines.outgoing.liveness import silent_programs
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.controller import JunkTraining

pytestmark = pytest.mark.engines


def attached(name: str, content: bytes) -> EmailMessage:
    message = letter("jean@dehors.example", "marie@ac-amiens.test", "Pièce", "Voir la pièce jointe.")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def archive(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "symbol"),
    [
        ("facture.exe", b"x", "PROGRAM_ATTACHED"),
        ("facture.pdf.js ", b"x", "PROGRAM_ATTACHED"),
        ("facture.pdf", b"MZ" + bytes(60) + b"PE\0\0" + bytes(300), "PROGRAM_ATTACHED"),
        ("facture.zip", archive(facture_dot_scr=b"x"), "PROGRAM_ATTACHED"),
        ("notes.docm", b"x", "MACRO_ATTACHED"),
        ("notes.docx", archive(word__vbaProject_dot_bin=b"x" * 99), "MACRO_ATTACHED"),
        (
            "notes.doc",
            b"\xd0\xcf\x11\xe0" + bytes(500) + "_VBA_PROJECT".encode("utf-16-le") + bytes(500),
            "MACRO_ATTACHED",
        ),
    ],
)
def test_a_program_or_a_macro_is_enough_to_be_junk(
    filter_alone: LiveEngines, name: str, content: bytes, symbol: str
) -> None:
    verdict = ask(filter_alone, attached(name, content))
    assert symbol in verdict.symbols
    assert verdict.action == "add header"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.docx", archive(word__document_dot_xml=b"<w:t>vbaProject.bin</w:t>")),
        ("notes.doc", b"\xd0\xcf\x11\xe0" + bytes(500) + "WordDocument".encode("utf-16-le") + bytes(500)),
        ("photos.zip", archive(classe_dot_jpg=b"x")),
        ("notes.pdf", b"%PDF-1.7 MZ PE\0\0"),
    ],
)
def test_an_ordinary_document_is_no_junk(filter_alone: LiveEngines, name: str, content: bytes) -> None:
    verdict = ask(filter_alone, attached(name, content))
    assert not {"PROGRAM_ATTACHED", "MACRO_ATTACHED"} & verdict.symbols.keys()
    assert verdict.action == "no action"


def test_an_archive_of_very_many_names_is_read_in_a_moment(filter_alone: LiveEngines) -> None:
    """60,000 names took two seconds of processor: several such letters held every process that reads."""
    names = {f"classe/photo{number}.jpg": b"" for number in range(60_000)}
    message = attached("photos.zip", archive(élève_dot_exe=b"x", **names))
    before = _processor_seconds(filter_alone)
    assert "PROGRAM_ATTACHED" in ask(filter_alone, message).symbols
    assert _processor_seconds(filter_alone) - before < 0.9


def _processor_seconds(engines: LiveEngines) -> float:
    """Of the filter's processes, without those that ended."""
    first = engines.children["rspamd"].pid
    stats = [Path(f"/proc/{pid}/stat") for pid in (first, *_children(first))]
    ticks = [sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13])) for stat in stats]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_first_process_that_stands_still_is_known_while_those_it_started_judge(
    filter_alone: LiveEngines,
) -> None:
    assert silent_programs(filter_alone.config, "rspamd") == []
    first = filter_alone.children["rspamd"].pid
    os.kill(first, signal.SIGSTOP)
    try:
        assert silent_programs(filter_alone.config, "rspamd") == ["rspamd"]
    finally:
        os.kill(first, signal.SIGCONT)
    wait_until(lambda: silent_programs(filter_alone.config, "rspamd") == [])


def test_a_link_that_the_security_desk_lists_is_junk_until_it_is_taken_off(filter_alone: LiveEngines) -> None:
    def is_caught(link: str) -> bool:
        message = letter("jean@dehors.example", "marie@ac-amiens.test", "Lien", f"Voir {link} demain.")
        verdict = ask(filter_alone, message)
        return "LINK_LISTED" in verdict.symbols and verdict.action == "add header"

    listed = rspamd.listed_links(filter_alone.config)
    assert not is_caught("https://www.piege.fr/compte")
    listed.write_text(
        "# du jour\npiege.fr\nhttps://site.fr/page\nhttps://Site.fr/suite?id=7\n", encoding="utf-8"
    )
    wait_until(lambda: is_caught("https://www.piege.fr/compte"), 120)
    assert is_caught("https://site.fr/page/#ici")
    for link in (
        "HTTPS://SITE.fr/page", "https://site.fr:443/page", "https://u@site.fr/page", "https://site.fr./page",
        "https://site.fr/./page", "https://site.fr/%70age", "https://site.fr//page", "https://site.fr/page?x=1",
        "http://site.fr/page", "https://site.fr/a/../page",
    ):  # fmt: skip
        assert is_caught(link), link
    assert is_caught("https://site.fr/suite?id=%37")
    assert not is_caught("https://site.fr/suite?id=8")
    assert not is_caught("https://site.fr/autre")
    assert not is_caught("https://site.fr:8443/page")
    assert not is_caught("https://bonpiege.fr/")
    listed.write_text("", encoding="utf-8")
    wait_until(lambda: not is_caught("https://www.piege.fr/compte"), 120)


def test_a_first_letter_from_a_free_address_is_told_apart_from_the_next(filter_alone: LiveEngines) -> None:
    message = letter("nouvelle.venue@gmail.com", "marie@ac-amiens.test", "Bonjour")
    first, second = (ask(filter_alone, message, From="nouvelle.venue@gmail.com").symbols for _ in range(2))
    assert "UNKNOWN_SENDER" in first
    wait_until(lambda: "KNOWN_SENDER" in ask(filter_alone, message, From="nouvelle.venue@gmail.com").symbols)
    assert second.get("KNOWN_SENDER", 0) == 0


def campaign(word: str) -> EmailMessage:
    text = (
        "Madame, Monsieur, votre compte de messagerie académique sera suspendu ce soir à minuit si vous "
        f"ne confirmez pas votre identité auprès du service {word}. Répondez à ce courriel avec identifiant, "
        "votre mot de passe, votre établissement et votre numéro de téléphone, afin que nos équipes "
        "rétablissent votre accès sans délai. Sans réponse de votre part, tous vos courriels, contacts et "
        "rendez-vous seront effacés pour toujours, et votre adresse sera donnée à une autre personne."
    )
    return letter("jean@dehors.example", "marie@ac-amiens.test", f"Compte {word}", text)


def test_what_is_nearly_what_a_reader_called_junk_is_known_until_a_reader_says_it_is_not(
    filter_alone: LiveEngines,
) -> None:
    config = filter_alone.config
    teach = JunkTraining(config.ports.filter_controller, config.secrets_dir / "filter_key")

    def symbols() -> set[str]:
        return set(ask(filter_alone, campaign("support")).symbols)

    assert not {"FUZZY_DENIED", "FUZZY_WHITE"} & symbols()
    first = campaign("technique").as_bytes(policy=SMTP)
    teach(first, is_junk=True)
    wait_until(lambda: "FUZZY_DENIED" in symbols(), 120)
    plain = letter(
        "jean@dehors.example", "marie@ac-amiens.test", "Autre", "Le conseil de classe est jeudi. " * 30
    )
    assert "FUZZY_DENIED" not in ask(filter_alone, plain).symbols
    teach(first, is_junk=False)
    wait_until(lambda: {"FUZZY_DENIED", "FUZZY_WHITE"} & symbols() == {"FUZZY_WHITE"}, 120)


def test_the_key_to_what_readers_called_junk_is_read_by_nobody(filter_alone: LiveEngines) -> None:
    keys = rspamd.folder(filter_alone.config) / "fuzzy.keys"
    assert keys.stat().st_mode & 0o777 == 0o600
