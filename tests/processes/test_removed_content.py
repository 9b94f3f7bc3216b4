"""What was removed from mailboxes is refused when somebody inside sends it again, in any of three ways."""

import asyncio
from collections.abc import Collection
from pathlib import Path

import pytest

from vaguemestre.post.outbox.rules.reasons import refusal_reason
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict
from vaguemestre.processes.postfix.removed_content import RemovedContent
from vaguemestre.processes.postfix.submission_policy import Gate
from vaguemestre.site.config import Config

CHIEF, SUBJECT = "chef@ac-amiens.test", "Votre compte sera fermé"
LIST = "liste.profs+l1.2d@ac-amiens.test"


def is_refused(senders: Collection[str], subject: str, message_id: str) -> bool:
    return (CHIEF in senders and subject == SUBJECT) or message_id == "<m@x>"


async def reply(submission: SubmissionRequest) -> tuple[Verdict, str]:
    gate = Gate(
        Config(home=Path("/x")),
        lambda *_, **__: Verdict(Decision.TAKE),
        lambda _: Verdict(Decision.TAKE),
        lambda _: (),
        was_removed=RemovedContent(is_refused),
    )
    return await gate(submission)


def judged(origin: Origin, sender: str, subject: str, author: str, message_id: str) -> tuple[Verdict, str]:
    request = SubmissionRequest(
        "4b", "boite@ac-amiens.test", sender, ("paul@ac-amiens.test",), "", message_id=message_id,
        subject=subject, authors=(author,), origin=origin,
    )  # fmt: skip
    return asyncio.run(reply(request))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "sender", "subject", "author", "message_id"),
    [
        (Origin.SUBMITTED, CHIEF.upper(), SUBJECT, f"Le chef <{CHIEF}>", "<n@x>"),
        (Origin.SUBMITTED, CHIEF, "Autre", CHIEF, "<m@x>"),
        (Origin.SUBMITTED, LIST, SUBJECT, f"Le chef <{CHIEF}>", "<n@x>"),
        (Origin.REDIRECTED, CHIEF, SUBJECT, CHIEF, "<n@x>"),
    ],
    ids=["sender and subject", "message-id", "a list", "a filter"],
)
def test_what_was_removed_is_refused_with_a_sentence(
    origin: Origin, sender: str, subject: str, author: str, message_id: str
) -> None:
    verdict, words = judged(origin, sender, subject, author, message_id)
    assert verdict == Verdict(Decision.REFUSE, "outbox.removed-content")
    assert words.startswith("554 5.7.0 Ce message ressemble")
    assert words.isascii()
    assert refusal_reason(words) == "outbox.removed-content"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "sender", "subject", "author"),
    [
        (Origin.SUBMITTED, CHIEF, "Réunion", CHIEF),
        (Origin.SUBMITTED, "paul@ac-amiens.test", SUBJECT, "paul@ac-amiens.test"),
        (Origin.SUBMITTED, "paul@ac-amiens.test", SUBJECT, "illisible"),
        (Origin.REPLIED, "", SUBJECT, CHIEF),
    ],
    ids=["another subject", "another sender", "no author to read", "an absence"],
)
def test_everything_else_is_judged_as_before(origin: Origin, sender: str, subject: str, author: str) -> None:
    verdict, _ = judged(origin, sender, subject, author, "<n@x>")
    assert verdict.decision is Decision.TAKE
