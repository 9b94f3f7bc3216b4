"""Nothing leaves for other domains before our DKIM key is in use; what stays inside is not kept waiting."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.values import Decision, SubmissionRequest, Verdict
from vaguemestre.processes.postfix.key_watch import KeyWatch
from vaguemestre.site.config import Config, MailSection, OutgoingSection


class Directory:
    def is_ours(self, domain: str) -> bool:
        return domain == "lycee.ac-amiens.test"


def watch(mode: str, signed: frozenset[str] = frozenset()) -> KeyWatch:
    config = replace(Config(home=Path("/x")), mail=MailSection(outgoing=OutgoingSection(mode=mode)))
    return KeyWatch(config, cast(MailDirectory, Directory()), signed.__contains__)


def request(*recipients: str) -> SubmissionRequest:
    return SubmissionRequest("4b", "m@ac-amiens.test", "m@AC-amiens.test", recipients, "")


@pytest.mark.parametrize("recipients", [("p@loin.example",), ("a@ac-amiens.test", "p@loin.example")])
def test_mail_for_others_waits_for_the_key(recipients: tuple[str, ...]) -> None:
    assert watch("direct")(request(*recipients))
    assert watch("relay")(request(*recipients))
    assert not watch("direct", frozenset({"ac-amiens.test"}))(request(*recipients))


def test_mail_inside_never_waits_nor_does_a_demonstration() -> None:
    assert not watch("direct")(request("a@AC-amiens.test", "b@lycee.ac-amiens.test"))
    assert not watch("demonstration")(request("p@loin.example"))


def test_the_reply_is_temporary_and_says_why() -> None:
    reply = smtp_reply(Verdict(Decision.REFUSE, "outbox.unsigned"))
    assert reply.startswith("451 4.7.5 ")
    assert "DKIM" in reply
