"""What its author or this service marked private bears the keyword that hides it from delegates."""

from datetime import UTC, datetime
from email.policy import SMTP

import pytest
from tests.engines.live import LiveEngines, letter
from tests.engines.mail import Post

from vaguemestre.access.signin.rules.notices import notice
from vaguemestre.mailbox.webmail.rules.listing.delegation import DelegatedScope
from vaguemestre.mailbox.webmail.services.delegation import DelegatedMailbox
from vaguemestre.post.mailstore.values import MailLogin

pytestmark = pytest.mark.engines


def test_a_private_message_is_marked_at_delivery(engines: LiveEngines) -> None:
    marie = engines.someone()
    sender = "jean@dehors.example"
    wanted = {
        "Rentrée": False, "Personnels : rentrée": False,
        "PERSONNEL : analyses": True, "Re: Privé\u00a0: suite": True, "Bilan [personnel]": True,
    }  # fmt: skip
    for subject in wanted:
        engines.deliver(marie.address, letter(sender, marie.address, subject))
    engines.deliver(marie.address, letter(sender, marie.address, "Sans mot", Sensitivity="Private"))
    code = notice(
        act="activated", reason="", detail="", name="Marie", address=marie.address,
        sender="ne-pas-repondre@ac-amiens.test", message_id="<n@x>", site="https://x", link="",
        at=datetime.now(UTC),
    )  # fmt: skip
    assert b"Sensitivity: Private" in code
    with engines.signed_in(marie) as client:
        client.select("INBOX")
        every, marked = (set(client.search(None, key)[1][0].split()) for key in ("ALL", "KEYWORD $Private"))
        assert (len(every), len(marked)) == (6, 4)


def test_a_private_message_that_a_program_filed_is_hidden_from_a_delegate(engines: LiveEngines) -> None:
    marie = engines.someone()
    with engines.signed_in(marie) as client:
        for subject, sensitivity in {
            "Bilan": "Personal",
            "Suite": "company-confidential",
            "Note": "",
        }.items():
            more = {"Sensitivity": sensitivity} if sensitivity else {}
            filed = letter("jean@dehors.example", marie.address, subject, **more)
            client.append("INBOX", None, None, filed.as_bytes(policy=SMTP))
    post = Post(engines)
    with post.mailboxes(MailLogin(marie.mailbox, "a session")) as mailbox:
        delegated = DelegatedMailbox(mailbox, DelegatedScope())
        assert [row.summary.subject for row in delegated.page("INBOX", 0, 50).rows] == ["Note"]
    with engines.signed_in(marie) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "KEYWORD $Private")[1][0] == b"1 2"
