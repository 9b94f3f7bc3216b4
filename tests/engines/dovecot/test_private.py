"""What its author or this service marked private bears the keyword that hides it from delegates."""

from datetime import UTC, date, datetime
from email.policy import SMTP

import pytest
from tests.engines.live import LiveEngines, letter
from tests.engines.mail import Post

from vaguemestre.access.signin.rules.notices import notice
from vaguemestre.mailbox.webmail.rules.listing.private_mail import DelegatedScope
from vaguemestre.mailbox.webmail.services.private_mail import DelegatedMailbox
from vaguemestre.post.mailstore.values import MailLogin, Use, View

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


def test_a_delegate_searches_all_the_folders_they_see(engines: LiveEngines) -> None:
    marie = engines.someone()
    with engines.signed_in(marie) as client:
        client.create('"Priv&AOk-"')
        for folder, subject, sensitivity in (
            ("INBOX", "Sortie au musée", ""),
            ("Archive", "Sortie en forêt", ""),
            ("Sent", "Sortie au lac", ""),
            ("Archive", "Sortie de clinique", "Personal"),
            ('"Priv&AOk-"', "Sortie secrète", ""),
            ("Trash", "Sortie jetée", ""),
        ):
            more = {"Sensitivity": sensitivity} if sensitivity else {}
            filed = letter("jean@dehors.example", marie.address, subject, **more)
            client.append(folder, None, None, filed.as_bytes(policy=SMTP))
    with Post(engines).mailboxes(MailLogin(marie.mailbox, "a session")) as mailbox:
        delegated = DelegatedMailbox(mailbox, DelegatedScope())
        everywhere = next(folder for folder in delegated.folders() if folder.use is Use.ALL)
        page = delegated.search(everywhere.name, ("sortie",), 0, 50)
        assert {row.ref.folder for row in page.rows} == {"INBOX", "Archive", "Sent"}
        assert (len(page.rows), page.total) == (3, 3)
        assert set(delegated.refs(everywhere.name, View(terms=("sortie",)))) == {row.ref for row in page.rows}
        assert delegated.place(everywhere.name, View(), date(2020, 1, 1)) == 3
