"""Letters to private addresses: they name nobody, and tell what to do."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from vaguemestre.access.assistant.rules.letters import _WORDS, private_letter

AT = datetime(2026, 11, 28, 11, 30, tzinfo=UTC)
CODE = "482913"


def letter(kind: str) -> tuple[str, str]:
    """Header and text of a letter, as its reader gets them."""
    sent = private_letter(
        kind,
        to="zoe@dehors.example",
        code=CODE,
        sender="ne-pas-repondre@ac-amiens.test",
        site="https://mail.test",
        at=AT,
    )
    assert max(map(len, sent.splitlines())) <= 78
    message = message_from_bytes(sent, policy=default)
    assert message["To"] == "zoe@dehors.example"
    assert message["Auto-Submitted"] == "auto-generated", "no absence answers it (RFC 3834 §5)"
    return str(message["Subject"]), message.get_content()


@pytest.mark.parametrize("kind", _WORDS)
def test_every_letter_says_where_to_ask_and_leaves_no_blank(kind: str) -> None:
    subject, text = letter(kind)
    assert "https://mail.test/aide dit comment la joindre" in text
    assert not set("{}") & set(subject + text)


@pytest.mark.parametrize("kind", _WORDS)
def test_a_letter_speaks_of_a_code_that_it_carries_only(kind: str) -> None:
    _, text = letter(kind)
    carries = f"Code : {CODE}" in text.replace("\u00a0", " ")
    assert ("demandera jamais ce code, votre mot de passe" in text) == carries
    assert "votre mot de passe ni votre NUMEN par téléphone" in text


@pytest.mark.parametrize("kind", ["recover", "activate", "desk"])
def test_a_letter_that_carries_a_code_carries_it_once(kind: str) -> None:
    subject, text = letter(kind)
    assert text.count(CODE) == 1
    assert CODE not in subject, "telephones show subjects on their locked screens"


@pytest.mark.parametrize("kind", ["activated", "recovered", "handed"])
def test_what_happened_is_told_with_its_moment_in_paris(kind: str) -> None:
    assert "28 novembre 2026 à 12 h 30" in " ".join(letter(kind)[1].split())
