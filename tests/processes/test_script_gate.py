"""The gate knows a redirect to one of our lists, however its address is written."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

import pytest

from vaguemestre.engines.postfix.script_owner import label_of
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict
from vaguemestre.processes.postfix.submission_policy import ScriptGate
from vaguemestre.site.config import Config

MAILBOX = "tlefebvre@ac-amiens.test"


class Directory:
    def is_ours(self, domain: str) -> bool:
        return domain == "lycee.ac-amiens.test"

    def held_names(self) -> Collection[str]:
        return {MAILBOX}

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        return frozenset({mailbox})


def reaches_list(*recipients: str) -> bool:
    judged: list[dict[str, Any]] = []

    def judge(*_: object, **facts: Any) -> Verdict:
        judged.append(facts)
        return Verdict(Decision.TAKE)

    gate = ScriptGate(Config(home=Path("/x")), judge, cast(MailDirectory, Directory()))
    request = SubmissionRequest(
        "4b", f"{label_of(MAILBOX)}.sieve", "k@ac-amiens.test", recipients, "", origin=Origin.REDIRECTED
    )
    gate(request)
    return bool(judged[0]["reaches_list"])


@pytest.mark.parametrize(
    "address",
    [
        "liste.0801234a.profs@ac-amiens.test",
        "Liste.profs+detail@ac-amiens.test",
        '"liste.profs"@ac-amiens.test',
        "liste\\.profs@ac-amiens.test",
        "liste.profs@lycee.ac-amiens.test",
    ],
)
def test_a_list_of_ours_is_known(address: str) -> None:
    assert reaches_list(address)
    assert reaches_list("ce.0801234a@ac-amiens.test", address)


def test_people_shared_mailboxes_and_lists_elsewhere_are_none() -> None:
    assert not reaches_list(
        "liste@ac-amiens.test", "ce.0801234a@ac-amiens.test", "marie.liste.x@ac-amiens.test"
    )
    assert not reaches_list("liste.amis@dehors.example")


def return_path(sender: str, recipient: str, *, rewrites: bool = True) -> str:
    """The envelope sender that the gate gives to a message that a script sends on; empty: its own."""
    gate = ScriptGate(
        Config(home=Path("/x")),
        lambda *_, **__: Verdict(Decision.TAKE),
        cast(MailDirectory, Directory()),
        "SRS0={}".format if rewrites else None,
    )
    helo = f"{label_of(MAILBOX)}.sieve"
    request = SubmissionRequest(
        "4b", helo, sender.lower(), (recipient,), "", origin=Origin.REDIRECTED, return_path=sender
    )
    return gate(request).return_path


def test_a_stranger_s_mail_leaves_under_a_return_path_of_ours_with_its_case_kept() -> None:
    assert return_path("Jean@Dehors.example", "paul@loin.example") == "SRS0=Jean@Dehors.example"


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        ("jean@dehors.example", MAILBOX),
        ("jean@dehors.example", "paul@lycee.ac-amiens.test"),
        (MAILBOX, "paul@loin.example"),
        ("paul@LYCEE.ac-amiens.test", "paul@loin.example"),
        ("", "paul@loin.example"),
    ],
    ids=["inside", "another domain of ours", "a colleague's", "of another domain of ours", "a bounce"],
)
def test_what_stays_ours_or_has_no_sender_keeps_its_return_path(sender: str, recipient: str) -> None:
    assert return_path(sender, recipient) == ""


def test_without_postsrsd_return_paths_stay_as_they_are() -> None:
    assert return_path("jean@dehors.example", "paul@loin.example", rewrites=False) == ""
