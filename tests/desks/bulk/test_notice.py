"""A notice to many says its language; so does every other letter of the house."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import vaguemestre
from vaguemestre.desks.bulk.notice import notice, reminder

SOURCES = Path(vaguemestre.__file__).parent


def test_a_notice_says_that_it_is_in_french_and_that_nobody_answers_it() -> None:
    content = notice(
        to="nicolas.morel@ac-amiens.test",
        sender="ne-pas-repondre@ac-amiens.test",
        subject="Coupure",
        text="Bonjour,\n\nle réseau sera coupé.",
        message_id="<avis.1@ac-amiens.test>",
        at=datetime(2026, 11, 29, 8, tzinfo=UTC),
    )
    message = message_from_bytes(content)
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("fr", "auto-generated")


def test_no_letter_loses_its_language_to_its_text() -> None:
    """`set_content` drops the fields of content that were there before."""
    lost = []
    for path in SOURCES.rglob("*.py"):
        _, *after = path.read_text("utf-8").split('["Content-Language"]')
        if any("set_content(" in text.partition("    return ")[0] for text in after):
            lost.append(path.name)
    assert lost == []


def test_a_reminder_says_where_to_activate_and_nothing_that_is_secret() -> None:
    content = reminder(
        to="nico@exemple.fr",
        sender="messagerie@ac-amiens.test",
        site="https://courrier.ac-amiens.test",
        phone="03 22 00 00 00",
        message_id="<rappel.1@ac-amiens.test>",
        at=datetime(2026, 11, 29, 8, tzinfo=UTC),
    )
    message = message_from_bytes(content, policy=default)
    text = message.get_body().get_content()
    assert "https://courrier.ac-amiens.test/assistant/" in text
    assert "03 22 00 00 00" in text
    assert (message["To"], message["Message-ID"]) == ("nico@exemple.fr", "<rappel.1@ac-amiens.test>")
