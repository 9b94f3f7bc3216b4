"""Marks that the filter gives a message: logged by Postfix, never delivered, those that a search computes."""

import hashlib
import re
from email import message_from_bytes

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.post.redirects.rules.listed_names import name_of_line
from vaguemestre.post.trace.rules.marks import file_mark, link_mark, subject_mark
from vaguemestre.post.trace.values import Step, StepKind

pytestmark = pytest.mark.engines
SENDER = "jean@dehors.example"
FORGED = "junk 000000000000001"


@pytest.fixture
def marie(filter_alone: LiveEngines) -> Someone:
    return filter_alone.someone()


def judged(engines: LiveEngines, message_id: str) -> list[Step]:
    """What the filter told of a message, once it did."""

    def told() -> list[Step]:
        steps = engines.logged_steps()
        queue_ids = {step.queue_id for step in steps if step.message_id == message_id} - {""}
        return [step for step in steps if step.kind is StepKind.JUDGED and step.queue_id in queue_ids]

    found: list[Step] = wait_until(told)
    return found


def test_a_message_is_known_by_its_subject_links_and_files_and_arrives_without_its_marks(
    filter_alone: LiveEngines, marie: Someone
) -> None:
    subject = "Élections  professionnelles"
    message = letter(
        SENDER,
        marie.address,
        subject,
        "Votez : https://Piege.fr:443/compte/./x?id=7#haut puis http://autre.fr/",
        Vaguemestre_Marks=FORGED,
    )
    message.add_attachment(b"MZ programme", maintype="application", subtype="pdf", filename="facture.pdf")
    filter_alone.arrive(marie.address, message, SENDER)
    (raw,) = filter_alone.found(marie, "professionnelles")
    assert "Vaguemestre-Marks" not in message_from_bytes(raw)

    steps, key = judged(filter_alone, message["Message-ID"]), filter_alone.marks_key()
    marks = {mark for step in steps for mark in step.marks}
    names = ("https://piege.fr/compte/x?id=7", "https://piege.fr/compte/x", "piege.fr",
             "https://autre.fr/", "autre.fr")  # fmt: skip
    assert marks == {
        subject_mark(key, subject),
        file_mark(key, hashlib.sha256(b"MZ programme").hexdigest()),
        *(link_mark(key, name_of_line(name)) for name in names),
    }
    assert {step.status for step in steps} == {""}
    log = (filter_alone.config.logs_dir / "postfix.log").read_text(errors="replace")
    told = [line.partition(" from ")[0] for line in log.splitlines() if "Vaguemestre-Marks" in line]
    assert told
    assert not any(re.search("piege|lections|facture", line) for line in told)


def test_many_links_are_told_in_lines_that_the_log_does_not_cut(
    filter_alone: LiveEngines, marie: Someone
) -> None:
    text = "\n".join(f"https://site{number}.fr/page" for number in range(80))
    message = letter(SENDER, marie.address, "beaucoup de liens", text)
    filter_alone.arrive(marie.address, message, SENDER)
    filter_alone.found(marie, "beaucoup de liens")
    steps = judged(filter_alone, message["Message-ID"])
    assert len(steps) == 5
    assert len({mark for step in steps for mark in step.marks}) == 55


def test_junk_is_told_once(filter_alone: LiveEngines, marie: Someone) -> None:
    message = letter(SENDER, marie.address, "programme joint")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="facture.exe")
    filter_alone.arrive(marie.address, message, SENDER)
    filter_alone.found(marie, "programme joint", "Junk")
    assert [step.status for step in judged(filter_alone, message["Message-ID"])] == ["junk"]


def test_what_people_here_write_is_known_by_its_subject_and_leaves_without_its_mark(
    filter_alone: LiveEngines, marie: Someone
) -> None:
    other = filter_alone.someone()
    subject = "Réunion de rentrée"
    message = letter(marie.address, other.address, subject, Vaguemestre_Marks=FORGED)
    filter_alone.submit(marie, marie.address, other.address, message)
    (raw,) = filter_alone.found(other, "rentr")
    assert "Vaguemestre-Marks" not in message_from_bytes(raw)
    (step,) = judged(filter_alone, message["Message-ID"])
    assert step.marks == (subject_mark(filter_alone.marks_key(), subject),)
    assert step.status == ""
