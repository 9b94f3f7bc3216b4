"""What its author or this service marked private bears the keyword that hides it from delegates."""

from datetime import UTC, datetime

import pytest
from tests.engines.live import LiveEngines, letter

from vaguemestre.access.signin.rules.notices import notice

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
