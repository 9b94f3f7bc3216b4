"""The gate knows a redirect to one of our lists, however its address is written."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

import pytest

from vaguemestre.engines.postfix.script_owner import label_of
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict
from vaguemestre.processes.submission_policy import ScriptGate
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
