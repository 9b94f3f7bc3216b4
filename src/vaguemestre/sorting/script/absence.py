"""An absence as Sieve commands (RFC 5230, with the manners of RFC 3834)."""

import re
from datetime import datetime

from vaguemestre.sorting.rules.absences import bounds, handle
from vaguemestre.sorting.rules.texts import cleaned
from vaguemestre.sorting.script.filters import colleague
from vaguemestre.sorting.script.syntax import Command, Pieces, Tag, Test, Variable
from vaguemestre.sorting.values import Absence, Owner

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


def absence_commands(absence: Absence, owner: Owner, now: datetime) -> tuple[Command, ...]:
    """Nothing when it is off or over. Its ends are in the script: it begins and stops by itself."""
    begin, end = bounds(absence)
    replies = _replies(absence, owner)
    if not absence.is_on or end <= now or not replies:
        return ()
    condition = Test(
        "allof",
        tests=(_clock("ge", begin), _clock("lt", end), Test("not", tests=(_not_a_person(),))),
    )
    note = f"Notification d’absence, du {absence.starts_on:%d/%m/%Y} au {absence.ends_on:%d/%m/%Y} inclus"
    return (Command("if", test=condition, block=(*_subject(absence), *replies), note=note),)


def _clock(relation: str, moment: datetime) -> Test:
    arguments = (
        Tag("zone"),
        "+0000",
        Tag("value"),
        relation,
        "iso8601",
        moment.isoformat(timespec="seconds"),
    )
    return Test("currentdate", arguments, needs=("date", "relational"))


def _not_a_person() -> Test:
    """Machines, lists and spam. Dovecot's vacation refuses most of these itself; we do not lean on it."""
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
        ),
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


def _replies(absence: Absence, owner: Owner) -> tuple[Command, ...]:
    internal = _reply("internal", absence, owner, absence.internal_text)
    external = _reply("external", absence, owner, absence.external_text)
    if internal and external:
        return (Command("if", test=colleague(owner), block=(internal,)), Command("else", block=(external,)))
    if internal:
        return (Command("if", test=colleague(owner), block=(internal,)),)
    if external:
        return (Command("if", test=Test("not", tests=(colleague(owner),)), block=(external,)),)
    return ()


def _reply(kind: str, absence: Absence, owner: Owner, text: str) -> Command | None:
    if not text.strip():
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
            text,
        ),
        needs=("vacation",),
    )


def _mailbox(owner: Owner) -> str:
    """`Name <address>` (RFC 5322 §3.4). Dovecot encodes a name of bare words and keeps the quotes of a quoted
    one, so the signs that would need quotes go."""
    bare = " ".join(_SPECIALS.sub(" ", cleaned(owner.name)).split())
    return f"{bare} <{owner.address}>" if bare else owner.address
