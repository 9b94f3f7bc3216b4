"""The reading pane: nothing is drawn over the text, at any size of window."""

from email import policy
from email.message import EmailMessage
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.corpus.files import calendar
from tests.engines.samples import letter
from tests.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.webmail.values import MessageRef

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECTANGLES = """() => [...document.querySelectorAll(`#lecture .who, #lecture .card-place, #lecture .att-box,
  #lecture iframe.body, #lecture .conv`)].map((part) => {
    const { top, bottom } = part.getBoundingClientRect();
    return { part: part.className, top, bottom };
  })"""


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def invitation_with_file() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Réunion d’équipe"
    message["Message-ID"], message["In-Reply-To"], message["References"] = "<0@x>", "<a@x>", "<a@x>"
    message.set_content("Bonjour,\n\nla réunion prépare le conseil.\n\nBien cordialement\n")
    message.add_alternative(calendar("REQUEST").decode(), subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(b"%PDF-1.7", "application", "pdf", filename="ordre du jour.pdf")
    return message.as_bytes(policy=policy.SMTP)


def put_conversation(box: MemoryMailbox, replies: int) -> MessageRef:
    put(box, letter("Réunion d’équipe", Message_ID="<a@x>"), minutes=-1)
    invited = put(box, invitation_with_file())
    for number in range(1, replies + 1):
        put(
            box,
            letter(
                "Re: Réunion d’équipe",
                Message_ID=f"<{number}@x>",
                In_Reply_To="<0@x>",
                References="<a@x> <0@x>",
            ),
            minutes=number,
        )
    return invited


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (820, 1180), (390, 844)])
def test_the_strip_of_a_conversation_never_covers_the_text(
    page: Page, box: MemoryMailbox, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address(put_conversation(box, 12)))
    page.get_by_role("list", name="Courriels suivants de la conversation").wait_for()
    page.locator(".card-place h3").wait_for()
    page.get_by_role("button", name="9 autres après").click()
    parts = page.evaluate(RECTANGLES)
    assert [part["part"] for part in parts][-2:] == ["body", "conv below"]
    for above, below in pairwise(parts):
        assert above["bottom"] <= below["top"] + 0.5, (above, below)
    text = parts[-2]
    assert text["bottom"] - text["top"] >= 260
    last = page.locator(".conv.below a").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
