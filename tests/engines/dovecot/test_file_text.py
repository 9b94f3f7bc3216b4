"""What is written in enclosed files is found; a file made to harm stops nobody's mail, and nobody's index."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.engines.dovecot import office
from tests.engines.live import LiveEngines, Someone, letter, wait_until

import vaguemestre
from vaguemestre.demo.letters import attachments
from vaguemestre.engines.dovecot import files as file_text

pytestmark = pytest.mark.engines

PLAIN = "application/octet-stream"
FILES = {
    "zinzolin": ("note.pdf", "application/pdf", attachments.pdf("zinzolin", 1)),
    "vermillon": ("note.docx", office.WORD, office.docx("vermi", "llon")),
    "turquoise": ("bilan.xlsx", office.SHEET, office.xlsx("turquoise", "12")),
    "mordore": ("expose.pptx", office.SLIDES, office.pptx("mordoré")),
    "ecarlate": ("note.odt", f"{office.OPEN}text", office.opened("écarlate")),
    "amarante": ("bilan.ods", f"{office.OPEN}spreadsheet", office.opened("amarante")),
    "cramoisi": ("expose.odp", f"{office.OPEN}presentation", office.opened("cramoisi")),
    "garance": ("note.txt", "text/plain", b"garance"),
    "safran": ("page.html", "text/html", b"<p>un <b>safran</b></p>"),
    "sinople": ("liste.csv", "text/csv", b"nom;sinople"),
    "outremer": ("liste.csv", PLAIN, "é;outremer".encode("cp1252")),
    "celadon": ("note.docx", PLAIN, office.docx("céladon")),
    "pourpre": ("note.PDF", PLAIN, attachments.pdf("pourpre", 2)),
}
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bombe.docx": (office.WORD, lambda: office.bomb("zibeline")),
    "rires.docx": (office.WORD, lambda: office.laughs("zibeline")),
    "casse.pdf": (
        "application/pdf", lambda: b"%PDF-1.7\n1 0 obj\n<< /Kids [1 0 R] /Type /Pages >>\nxref",
    ),
    "casse.docx": (office.WORD, lambda: office.docx("x" * 9_000)[:200]),
    "vide.pdf": ("application/pdf", bytes),
}  # fmt: skip


def enclosing(to: str, text: str, *files: tuple[str, str, bytes]) -> EmailMessage:
    message = letter("a@b.example", to, "Documents", text)
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def found(engines: LiveEngines, person: Someone, word: str) -> list[bytes]:
    with engines.signed_in(person) as client:
        client.select("INBOX", readonly=True)
        return client.search(None, "TEXT", word)[1][0].split()


def test_a_word_that_is_only_in_a_file_is_found(engines: LiveEngines) -> None:
    marie = engines.someone()
    with engines.signed_in(marie) as client:
        for one in FILES.values():
            client.append("INBOX", "", "", enclosing(marie.address, "Voici.", one).as_bytes())
    engines.doveadm.index(marie.mailbox)
    assert {word: found(engines, marie, word) for word in FILES} == {
        word: [b"%d" % place] for place, word in enumerate(FILES, 1)
    }
    assert found(engines, marie, "absinthe") == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_or_swelling_file_leaves_the_rest_of_its_letter_to_be_found(
    engines: LiveEngines, name: str
) -> None:
    marie, (kind, make) = engines.someone(), HOSTILE[name]
    engines.arrive(
        marie.address, enclosing(marie.address, "heliotrope", (name, kind, make()), FILES["zinzolin"])
    )
    wait_until(lambda: found(engines, marie, "heliotrope"))
    assert found(engines, marie, "zinzolin") == [b"1"]


@pytest.fixture
def hanging(engines: LiveEngines) -> Iterator[Path]:
    """Every file hangs its reader; one second each is allowed instead of eight, two in all."""
    files = engines.config.engines_dir / "dovecot" / "files"
    door, words = (files / "door.py").read_text(), (files / "words.py").read_text()
    (files / "words.py").write_text("import time\nwhile True: time.sleep(60)\n")
    shorter = door.replace("_CLOCK_SECONDS = 8 ", "_CLOCK_SECONDS = 1 ").replace(
        "_BUDGET_SECONDS = 20.0", "_BUDGET_SECONDS = 2.0"
    )
    assert shorter.count(" = 1 ") + shorter.count(" = 2.0 ") == 2
    (files / "door.py").write_text(shorter)
    clear(files)
    yield files
    (files / "door.py").write_text(door)
    (files / "words.py").write_text(words)
    clear(files)


def clear(files: Path) -> None:
    for one in (*(files / "spent").iterdir(), *(files / "kept").iterdir()):
        one.unlink()


def test_a_letter_of_hanging_files_arrives_is_indexed_and_delays_nobody(
    engines: LiveEngines, hanging: Path
) -> None:
    marie, jean = engines.someone(), engines.someone()
    many = [("note.pdf", "application/pdf", attachments.pdf(f"zinzolin {n}", 1)) for n in range(40)]
    engines.arrive(marie.address, enclosing(marie.address, "heliotrope", *many))
    engines.arrive(jean.address, enclosing(jean.address, "tournesol"))
    wait_until(lambda: found(engines, jean, "tournesol"))
    with engines.signed_in(marie) as client:
        assert client.select("INBOX", readonly=True)[1] == [b"1"]
    wait_until(lambda: found(engines, marie, "heliotrope"), 60)
    # two were waited for, the others not opened: forty would have cost forty seconds
    assert sum(float(one.read_text()) for one in (hanging / "spent").iterdir()) == 2
    assert found(engines, marie, "zinzolin") == []


TRIAL = """
import os, sys
from pathlib import Path
from vaguemestre.engines.dovecot.files import prepare
from vaguemestre.processes.supervisor.process_table import adopt_orphans, everybody

adopt_orphans()
assert prepare(Path(sys.argv[1]), by_agent=False)
print([one.name for one in everybody() if one.parent == os.getpid()])
"""


def test_the_trial_of_the_start_leaves_no_dead_behind() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        tried = subprocess.run(
            [sys.executable, "-c", TRIAL, folder],
            capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "PYTHONPATH": str(Path(vaguemestre.__file__).parents[1])},
        )  # fmt: skip
    assert tried.stdout.strip() == "[]", tried.stderr


@pytest.fixture
def agent(engines: LiveEngines) -> Iterator[Path]:
    """What a unit of its own runs in production; the path of its socket."""
    place = file_text.socket_path(engines.config)
    place.parent.mkdir()
    nobody = pwd.getpwnam(file_text.USER)
    os.chown(place.parent, nobody.pw_uid, nobody.pw_gid)
    argv = ["-m", "vaguemestre.processes.agents.words_agent", str(engines.config.home)]
    process = subprocess.Popen(
        [sys.executable, *argv], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=()
    )
    try:
        wait_until(place.exists)
        yield place
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(place.parent)


def read_by(engines: LiveEngines, place: Path, user: str, content: bytes) -> bytes:
    """What Dovecot is answered about a PDF by the script that it runs as that user."""
    account, folder = pwd.getpwnam(user), engines.config.engines_dir / "dovecot" / "files"
    argv = ["/usr/bin/python3", "-I", "-S", "-B", str(folder / "door.py"), str(folder), str(place)]
    return subprocess.run(
        [*argv, "application/pdf"], input=content, capture_output=True, check=True, timeout=60,
        user=account.pw_uid, group=account.pw_gid, extra_groups=(),
    ).stdout  # fmt: skip


def test_in_production_another_process_reads_files_for_dovecot_and_for_nobody_else(
    engines: LiveEngines, agent: Path
) -> None:
    assert b"zinzolin" in read_by(engines, agent, file_text.USER, attachments.pdf("zinzolin", 1))
    assert read_by(engines, agent, "nobody", attachments.pdf("vermillon", 1)) == b""


def test_without_that_process_a_file_has_no_words_and_the_answer_ends_well(engines: LiveEngines) -> None:
    assert read_by(engines, Path("/nowhere/s"), file_text.USER, attachments.pdf("garance", 1)) == b""
