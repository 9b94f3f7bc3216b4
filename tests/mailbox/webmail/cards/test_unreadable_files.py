"""A calendar or a card that cannot be read is no card: no page fails, and no log quotes it."""

import logging
import logging.config

import pytest

from vaguemestre.mailbox.webmail.rules.cards.invitations import parse_invitation
from vaguemestre.mailbox.webmail.rules.cards.vcard import parse_vcards

NOBODY = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Léa\r\nTEL 06 12 34 56 78\r\nEND:VCARD\r\n"


@pytest.mark.parametrize("zone", ["A" * 300, "Europe", "../../etc/passwd", "\x00", ""])
def test_an_event_in_a_zone_that_cannot_be_one_fails_no_page(zone: str) -> None:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID={zone}:20261128T100000\r\nEND:VEVENT\r\n"
    invitation = parse_invitation(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR\r\n".encode())
    assert invitation is None or invitation.uid == "1"


def test_a_line_of_a_card_that_cannot_be_read_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """vobject quotes what it skips: telephones and birthdays. Processes set logs up after imports."""
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    with caplog.at_level(logging.DEBUG):
        assert [card.name for card in parse_vcards(NOBODY)] == ["Léa"]
    assert not caplog.records
