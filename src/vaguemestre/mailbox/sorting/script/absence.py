"""An absence as Sieve commands (RFC 5230, with the manners of RFC 3834)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from vaguemestre.mailbox.sorting.rules.absences import bounds, periods, reply_texts, vacation_handle
from vaguemestre.mailbox.sorting.rules.rich import mime_entity
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.script.filters import colleague_test, delivery_time_test
from vaguemestre.mailbox.sorting.script.spam import denied_tests
from vaguemestre.mailbox.sorting.script.syntax import Command, Pieces, Tag, Test, Variable
from vaguemestre.mailbox.sorting.values import Absence, Owner, Replacement, SortingSettings

_AUTOMATIC_LOCAL_PARTS = (
    "noreply*", "no-reply*", "no_reply*", "*-noreply", "*-no-reply", "donotreply*", "do-not-reply*",
    "nepasrepondre*", "ne-pas-repondre*", "ne_pas_repondre*", "ne.pas.repondre*", "pasdereponse*",
    "mailer-daemon*", "bounce*", "*-bounces", "*-bounces+*", "owner-*", "*-owner", "*-request", "listserv",
)  # fmt: skip
_LIST_FIELDS = (
    "List-Id", "List-Unsubscribe", "List-Post", "List-Help", "List-Subscribe", "List-Owner", "List-Archive",
    "Feedback-ID", "X-Autoreply", "X-Autorespond", "X-Loop",
)  # fmt: skip
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')


def absence_commands(settings: SortingSettings, owner: Owner, now: datetime) -> tuple[Command, ...]:
    """Commands for the absences that are on and not over; their periods are tested in the script.

    One `if … elsif …`, so that two absences at once send one reply.
    """
    chain: list[Command] = []
    for absence in settings.absences:
        replies = _replies(absence, owner, settings.replacements)
        if not absence.is_on or bounds(absence)[1] <= now or not replies:
            continue
        note = (
            f"Notification d’absence, du {absence.starts_on:%d/%m/%Y} au {absence.ends_on:%d/%m/%Y} inclus"
            f"{_weekdays_note(absence)}"
        )
        block = (*_subject_commands(absence), *replies)
        name = "elsif" if chain else "if"
        chain.append(Command(name, test=_period_test(absence, now), block=block, note=note))
    if not chain:
        return ()
    person = Test("not", tests=(_automatic_sender(settings),))
    return (Command("if", test=person, block=tuple(chain), note="Ni listes, ni automates, ni indésirables"),)


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _weekdays_note(absence: Absence) -> str:
    return f", le {', '.join(_DAYS[day - 1] for day in absence.weekdays)}" if absence.weekdays else ""


def _period_test(absence: Absence, now: datetime) -> Test:
    """Test for the period of the absence; weekdays are those of Paris (RFC 5260 §4.2)."""
    begin, end = bounds(absence)
    if not absence.weekdays:
        to = (_sent_to(absence.only_to),) if absence.only_to else ()
        return Test("allof", tests=(delivery_time_test("ge", begin), delivery_time_test("lt", end), *to))
    days = tuple(str(day % 7) for day in absence.weekdays)
    cut = tuple(
        Test(
            "allof",
            tests=(
                delivery_time_test("ge", first),
                delivery_time_test("lt", last),
                _weekday_test(offset, days),
            ),
        )
        for first, last, offset in periods(absence)
        if last > now
    )
    return cut[0] if len(cut) == 1 else Test("anyof", tests=cut)


def _sent_to(domain: str) -> Test:
    """Test for an envelope recipient of that domain."""
    arguments = (Tag("domain"), Tag("is"), "to", domain)
    return Test("envelope", arguments, needs=("envelope",))


def _weekday_test(offset: timedelta, days: tuple[str, ...]) -> Test:
    hours = int(offset.total_seconds() // 3600)
    arguments = (Tag("zone"), f"+{hours:02}00", Tag("is"), "weekday", days)
    return Test("currentdate", arguments, needs=("date",))


def _automatic_sender(settings: SortingSettings) -> Test:
    """Test for automatic senders, lists, spam and denied senders.

    Dovecot's vacation refuses most of these itself; we do not rely on it.
    """
    return Test(
        "anyof",
        tests=(
            *(Test("exists", (name,)) for name in _LIST_FIELDS),
            Test("header", (Tag("is"), "Precedence", ("bulk", "list", "junk", "auto_reply"))),
            Test("header", (Tag("contains"), "X-Auto-Response-Suppress", ("OOF", "AutoReply", "All"))),
            Test(
                "allof",
                tests=(
                    Test("exists", ("Auto-Submitted",)),
                    Test("not", tests=(Test("header", (Tag("is"), "Auto-Submitted", "no")),)),
                ),
            ),
            Test("header", (Tag("is"), "X-Spam-Flag", "YES")),
            Test("header", (Tag("contains"), "X-Spam-Status", "Yes")),
            Test(
                "envelope",
                (Tag("localpart"), Tag("matches"), "from", _AUTOMATIC_LOCAL_PARTS),
                needs=("envelope",),
            ),
            Test("address", (Tag("localpart"), Tag("matches"), "from", _AUTOMATIC_LOCAL_PARTS)),
            *denied_tests(settings.spam),
        ),
    )


def _subject_commands(absence: Absence) -> tuple[Command, ...]:
    """Commands that store the subject of the message, for replies without one of their own."""
    if absence.subject:
        return ()
    keep = Command("set", ("subject", Pieces((Variable("1"),))), needs=("variables",))
    return (
        Command("set", ("subject", "")),
        Command("if", test=Test("header", (Tag("matches"), "Subject", "*")), block=(keep,)),
    )


def _replies(absence: Absence, owner: Owner, replacements: Mapping[int, Replacement]) -> tuple[Command, ...]:
    inside, outside = reply_texts(absence, replacements)
    internal = _reply("internal", absence, owner, inside)
    external = _reply("external", absence, owner, outside)
    if external and absence.only_known:
        if not owner.contacts:
            external = ()
        else:
            from_contact = Test("address", (Tag("is"), "from", owner.contacts))
            external = (Command("if", test=from_contact, block=external),)
    if internal and external:
        return (
            Command("if", test=colleague_test(owner), block=internal),
            Command("else", block=external),
        )
    if internal:
        return (Command("if", test=colleague_test(owner), block=internal),)
    if external:
        return (Command("if", test=Test("not", tests=(colleague_test(owner),)), block=external),)
    return ()


def _reply(kind: str, absence: Absence, owner: Owner, text: str) -> tuple[Command, ...]:
    """Reply from the address that was written to: a gateway hides the owner's, which a text may name."""
    if not text:
        return ()
    chain: list[Command] = []
    is_anonymous = not any(address.lower() in text.lower() for address in owner.addresses)
    for gateway in owner.gateway_addresses:
        hidden = replace(owner, address=gateway, addresses=(gateway,))
        block = (_vacation(kind, absence, hidden, text),) if is_anonymous else ()
        chain.append(Command("elsif" if chain else "if", test=_sent_to_gateway(gateway), block=block))
    usual = _vacation(kind, absence, owner, text)
    return (*chain, Command("else", block=(usual,))) if chain else (usual,)


def _sent_to_gateway(address: str) -> Test:
    """Test for that recipient, on the envelope or shown."""
    return Test(
        "anyof",
        tests=(
            Test("envelope", (Tag("is"), "to", address), needs=("envelope",)),
            Test("address", (Tag("is"), ("To", "Cc"), address)),
        ),
    )


def _vacation(kind: str, absence: Absence, owner: Owner, text: str) -> Command:
    subject = absence.subject or Pieces(("Absence : ", Variable("subject")))
    return Command(
        "vacation",
        (
            Tag("days"),
            absence.days,
            Tag("handle"),
            vacation_handle(kind, absence, text),
            Tag("addresses"),
            owner.addresses,
            Tag("from"),
            _sender_header(owner),
            Tag("subject"),
            subject,
            *((Tag("mime"), mime_entity(text)) if absence.is_rich else (text,)),
        ),
        needs=("vacation",),
    )


def _sender_header(owner: Owner) -> str:
    """`Name <address>` (RFC 5322 §3.4). Dovecot encodes a name of bare words and keeps the quotes of a quoted
    one, so the characters that would need quotes are removed."""
    bare = " ".join(_SPECIALS.sub(" ", clean_text(owner.name)).split())
    return f"{bare} <{owner.address}>" if bare else owner.address
