"""A calendar or a card that cannot be read is no card: no page fails, and no log quotes it."""

import logging
import logging.config
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.utils.log import configure_logging
from vobject.icalendar import getTzid

from vaguemestre.mailbox.calendar.values import Answer
from vaguemestre.mailbox.webmail.rules.cards.invitations import parse_invitation, reply_calendar
from vaguemestre.mailbox.webmail.rules.cards.vcard import parse_vcards

NOBODY = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Léa\r\nTEL 06 12 34 56 78\r\nEND:VCARD\r\n"


@pytest.mark.parametrize("zone", ["A" * 300, "Europe", "../../etc/passwd", "\x00", ""])
def test_an_event_in_a_zone_that_cannot_be_one_fails_no_page(zone: str) -> None:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID={zone}:20261128T100000\r\nEND:VEVENT\r\n"
    invitation = parse_invitation(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR\r\n".encode())
    assert invitation is None or invitation.uid == "1"


@pytest.mark.parametrize("sequence", ["9" * 4000, str(2**40), "-7"])
def test_an_event_of_any_number_can_be_answered(sequence: str) -> None:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261128T100000Z\r\nSEQUENCE:{sequence}\r\nEND:VEVENT\r\n"
    invitation = parse_invitation(f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n".encode())
    assert invitation is not None
    answer = reply_calendar(invitation, "lea@ac-amiens.test", "Léa", Answer.ACCEPTED, datetime.now(UTC))
    assert f"SEQUENCE:{invitation.sequence}\r\n".encode() in answer
    assert 0 <= invitation.sequence < 2**31


def test_an_event_of_two_organisers_awaits_no_answer() -> None:
    organisers = "".join(f"ORGANIZER:mailto:{name}@dehors.example\r\n" for name in ("un", "deux"))
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261128T100000Z\r\n{organisers}END:VEVENT\r\n"
    invitation = parse_invitation(f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n{event}END:VCALENDAR\r\n".encode())
    assert invitation is not None
    assert (invitation.organiser.address, invitation.needs_answer) == ("", False)


def test_a_line_of_a_card_that_cannot_be_read_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """vobject quotes what it skips: telephones and birthdays. Processes set logs up after imports."""
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    try:
        with caplog.at_level(logging.DEBUG):
            assert [card.name for card in parse_vcards(NOBODY)] == ["Léa"]
        assert not caplog.records
    finally:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)  # its handlers have no name any more


def zone(name: str, hours: str) -> str:
    times = f"DTSTART:16010101T000000\r\nTZOFFSETFROM:{hours}00\r\nTZOFFSETTO:{hours}00\r\n"
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\n{times}END:STANDARD\r\nEND:VTIMEZONE\r\n"


def meeting(name: str, zones: str) -> bytes:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID={name}:20261207T140000\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{zones}{event}END:VCALENDAR\r\n".encode()


@pytest.mark.parametrize("name", ["Romance Standard Time", "Customized Time Zone"])
def test_a_calendar_changes_the_hours_of_no_other(name: str) -> None:
    """They name their zones alike, as Outlook does; each defines its own."""
    stranger = parse_invitation(meeting(name, zone(name, "-11")))
    ours = parse_invitation(meeting(name, zone(name, "+01")))
    assert stranger is not None
    assert ours is not None
    assert stranger.starts == datetime(2026, 12, 8, 1, tzinfo=UTC)
    assert ours.starts == datetime(2026, 12, 7, 13, tzinfo=UTC)


def test_calendars_read_at_once_keep_their_hours() -> None:
    contents = [
        meeting("Customized Time Zone", zone("Customized Time Zone", hours)) for hours in ("-11", "+01")
    ]
    with ThreadPoolExecutor(4) as readers:
        read = list(readers.map(parse_invitation, contents * 100))
    hours = [invitation.starts.astimezone(UTC).hour for invitation in read if invitation]
    assert hours == [1, 13] * 100


def test_a_calendar_in_the_place_of_a_card_has_no_time_zone_counted(caplog: pytest.LogCaptureFixture) -> None:
    """vobject would go through its changes, one a second since 1900; and log a name it cannot find."""
    calendar = meeting("Changing", zone("Changing", "+01")).decode()
    event = calendar[calendar.index("BEGIN:VEVENT") : calendar.index("END:VCALENDAR")]
    assert parse_vcards(calendar + event + NOBODY)[0].name == "Léa"
    assert getTzid("Changing", smart=False) is None
    assert not caplog.records


def ruled(*lines: str) -> bytes:
    """A meeting in a zone of two changes, each with those lines."""
    times = "DTSTART:19000101T000000\r\nTZOFFSETFROM:+0{}00\r\nTZOFFSETTO:+0{}00\r\n"
    rules = "".join(f"{line}\r\n" for line in lines)
    changes = "".join(
        f"BEGIN:{name}\r\n{times.format(before, after)}{rules}END:{name}\r\n"
        for name, before, after in (("STANDARD", 2, 1), ("DAYLIGHT", 1, 2))
    )
    return meeting("Z", f"BEGIN:VTIMEZONE\r\nTZID:Z\r\n{changes}END:VTIMEZONE\r\n")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "lines",
    [
        ("RRULE:FREQ=SECONDLY",),
        ("rrule:freq=secondly",),
        ("RRULE;X-A=1:FREQ=MINUTELY",),
        ("RRULE:FREQ=HOURLY",),
        ("RRULE:FREQ=DAILY",),
        ("RRULE:FREQ=YEARLY", "RRULE:FREQ=SECONDLY"),
        ("RRULE:FREQ=YEARLY", "EXRULE:FREQ=SECONDLY"),
        ("RRULE:FREQ=YEARLY;INTERVAL=0",),
        ("RRULE:FREQ=YEARLY;BYDAY=SU",),
        ("RRULE:FREQ=YEARLY;BYMONTH=3,10;BYDAY=SU",),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",),
        ("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=6SU",),
        ("RRULE:FREQ=YEARLY;BYSECOND=0,1,2",),
    ],
)
def test_a_zone_that_takes_hours_to_step_through_holds_no_page(lines: tuple[str, ...]) -> None:
    """dateutil answers at once for a zone of one change, and steps through the rules of two."""
    assert parse_invitation(ruled(*lines)) is None


def test_a_zone_of_many_rules_holds_no_page() -> None:
    one = (
        ruled("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU")
        .partition(b"BEGIN:STANDARD")[2]
        .partition(b"END:VTIM")[0]
    )
    whole = ruled("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU").replace(one, one + (b"BEGIN:STANDARD" + one) * 20)
    assert parse_invitation(whole) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",  # Google, Apple
        "FREQ=YEARLY;INTERVAL=1;BYMONTH=3;BYDAY=-1SU;WKST=MO",  # Outlook
        "FREQ=YEARLY;BYMINUTE=0;BYHOUR=2;BYDAY=2SU;BYMONTH=10;WKST=SU",  # Lotus Notes
        "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU;UNTIL=20371025T010000Z",  # libical
        "FREQ=YEARLY",
    ],
)
def test_a_zone_as_programs_write_it_is_read(rule: str) -> None:
    given = parse_invitation(ruled(f"RRULE:{rule}"))
    assert given is not None
    assert given.starts.astimezone(UTC).date() == date(2026, 12, 7)
