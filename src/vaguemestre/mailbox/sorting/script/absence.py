"""An absence as Sieve commands (RFC 5230, with the manners of RFC 3834)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from vaguemestre.mailbox.sorting.rules.absences import bounds, handle, stretches, texts
from vaguemestre.mailbox.sorting.rules.rich import entity
from vaguemestre.mailbox.sorting.rules.texts import cleaned
from vaguemestre.mailbox.sorting.script.filters import clock, colleague
from vaguemestre.mailbox.sorting.script.spam import denied_tests
from vaguemestre.mailbox.sorting.script.syntax import Command, Pieces, Tag, Test, Variable
from vaguemestre.mailbox.sorting.values import Absence, Card, Decided, Owner

_NOBODY = (
    "noreply*", "no-reply*", "no_reply*", "*-noreply", "*-no-reply", "donotreply*", "do-not-reply*",
    "nepasrepondre*", "ne-pas-repondre*", "ne_pas_repondre*", "ne.pas.repondre*", "pasdereponse*",
    "mailer-daemon*", "bounce*", "*-bounces", "*-bounces+*", "owner-*", "*-owner", "*-request", "listserv",
)  # fmt: skip
_LIST_FIELDS = (
    "List-Id", "List-Unsubscribe", "List-Post", "List-Help", "List-Subscribe", "List-Owner", "List-Archive",
    "Feedback-ID", "X-Autoreply", "X-Autorespond", "X-Loop",
)  # fmt: skip
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')


def absence_commands(decided: Decided, owner: Owner, now: datetime) -> tuple[Command, ...]:
    """One `if … elsif …`: two absences at once send one reply. Nothing for those that are off or over.

    Their ends are in the script: they begin and stop by themselves.
    """
    chain: list[Command] = []
    for absence in decided.absences:
        replies = _replies(absence, owner, decided.cards)
        if not absence.is_on or bounds(absence)[1] <= now or not replies:
            continue
        note = (
            f"Notification d’absence, du {absence.starts_on:%d/%m/%Y} au {absence.ends_on:%d/%m/%Y} inclus"
            f"{_days_note(absence)}"
        )
        block = (*_subject(absence), *replies)
        name = "elsif" if chain else "if"
        chain.append(Command(name, test=_when(absence, now), block=block, note=note))
    if not chain:
        return ()
    person = Test("not", tests=(_not_a_person(decided, owner),))
    return (Command("if", test=person, block=tuple(chain), note="Ni listes, ni automates, ni indésirables"),)


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _days_note(absence: Absence) -> str:
    return f", le {', '.join(_DAYS[day - 1] for day in absence.weekdays)}" if absence.weekdays else ""


def _when(absence: Absence, now: datetime) -> Test:
    """Within its bounds; on some days only, within those days as Paris counts them (RFC 5260 §4.2)."""
    begin, end = bounds(absence)
    if not absence.weekdays:
        to = (_sent_to(absence.only_to),) if absence.only_to else ()
        return Test("allof", tests=(clock("ge", begin), clock("lt", end), *to))
    days = tuple(str(day % 7) for day in absence.weekdays)
    cut = tuple(
        Test("allof", tests=(clock("ge", first), clock("lt", last), _weekday(offset, days)))
        for first, last, offset in stretches(absence)
        if last > now
    )
    return cut[0] if len(cut) == 1 else Test("anyof", tests=cut)


def _sent_to(domain: str) -> Test:
    """To an address of that domain, whatever the message itself says of its recipients."""
    arguments = (Tag("domain"), Tag("is"), "to", domain)
    return Test("envelope", arguments, needs=("envelope",))


def _weekday(offset: timedelta, days: tuple[str, ...]) -> Test:
    hours = int(offset.total_seconds() // 3600)
    arguments = (Tag("zone"), f"+{hours:02}00", Tag("is"), "weekday", days)
    return Test("currentdate", arguments, needs=("date",))


def _not_a_person(decided: Decided, owner: Owner) -> Test:
    """Machines, lists, spam, whom the person does not want to hear.

    Dovecot's vacation refuses most of these itself; we do not lean on it.
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
            Test("envelope", (Tag("localpart"), Tag("matches"), "from", _NOBODY), needs=("envelope",)),
            Test("address", (Tag("localpart"), Tag("matches"), "from", _NOBODY)),
            *_through_a_screen(owner),
            *denied_tests(decided.spam),
        ),
    )


def _through_a_screen(owner: Owner) -> tuple[Test, ...]:
    """A family wrote to an address that hides the owner's: a reply would say whose it is."""
    if not owner.screens:
        return ()
    return (
        Test("envelope", (Tag("is"), "to", owner.screens), needs=("envelope",)),
        Test("address", (Tag("is"), ("To", "Cc"), owner.screens)),
    )


def _subject(absence: Absence) -> tuple[Command, ...]:
    """Without a subject of their own, replies carry that of the message."""
    if absence.subject:
        return ()
    keep = Command("set", ("subject", Pieces((Variable("1"),))), needs=("variables",))
    return (
        Command("set", ("subject", "")),
        Command("if", test=Test("header", (Tag("matches"), "Subject", "*")), block=(keep,)),
    )


def _replies(absence: Absence, owner: Owner, cards: Mapping[int, Card]) -> tuple[Command, ...]:
    inside, outside = texts(absence, cards)
    internal = _reply("internal", absence, owner, inside)
    external = _reply("external", absence, owner, outside)
    if external and absence.only_known:
        if not owner.known:
            external = None
        else:
            known = Test("address", (Tag("is"), "from", owner.known))
            external = Command("if", test=known, block=(external,))
    if internal and external:
        return (Command("if", test=colleague(owner), block=(internal,)), Command("else", block=(external,)))
    if internal:
        return (Command("if", test=colleague(owner), block=(internal,)),)
    if external:
        return (Command("if", test=Test("not", tests=(colleague(owner),)), block=(external,)),)
    return ()


def _reply(kind: str, absence: Absence, owner: Owner, text: str) -> Command | None:
    if not text:
        return None
    subject = absence.subject or Pieces(("Absence : ", Variable("subject")))
    return Command(
        "vacation",
        (
            Tag("days"),
            absence.days,
            Tag("handle"),
            handle(kind, absence, text),
            Tag("addresses"),
            owner.addresses,
            Tag("from"),
            _mailbox(owner),
            Tag("subject"),
            subject,
            *((Tag("mime"), entity(text)) if absence.is_rich else (text,)),
        ),
        needs=("vacation",),
    )


def _mailbox(owner: Owner) -> str:
    """`Name <address>` (RFC 5322 §3.4). Dovecot encodes a name of bare words and keeps the quotes of a quoted
    one, so the signs that would need quotes go."""
    bare = " ".join(_SPECIALS.sub(" ", cleaned(owner.name)).split())
    return f"{bare} <{owner.address}>" if bare else owner.address
