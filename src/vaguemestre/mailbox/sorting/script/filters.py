"""Filters as Sieve commands (RFC 5228; RFC 5232 flags, RFC 5490 mailbox, RFC 3894 copy, RFC 5173 body)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from vaguemestre.foundation.kernel.text.keywords import keyword
from vaguemestre.mailbox.sorting.rules.filters import TRASH, day_bounds
from vaguemestre.mailbox.sorting.rules.spellings import searched_words
from vaguemestre.mailbox.sorting.script.syntax import Command, Tag, Test
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Owner, Relation

_HEADERS: dict[Aspect, tuple[str, ...]] = {
    Aspect.SENDER: ("from",),
    Aspect.RECIPIENT: ("to", "cc"),
    Aspect.SENDER_ADDRESS: ("from",),
    Aspect.RECIPIENT_ADDRESS: ("to", "cc"),
    Aspect.SUBJECT: ("subject",),
    Aspect.LIST: ("list-id",),
}

_BY_ADDRESS = frozenset({Aspect.SENDER_ADDRESS, Aspect.RECIPIENT_ADDRESS})


def filter_commands(filters: Iterable[Filter], owner: Owner) -> tuple[Command, ...]:
    """One `if` command for each filter that is on, in order."""
    return tuple(_filter_command(mail_filter, owner) for mail_filter in filters if mail_filter.is_on)


def _filter_command(mail_filter: Filter, owner: Owner) -> Command:
    tests = tuple(_condition_test(condition, owner) for condition in mail_filter.conditions)
    whole = Test("allof" if mail_filter.matches_all else "anyof", tests=tests)
    return Command(
        "if",
        test=tests[0] if len(tests) == 1 else whole,
        block=tuple(_action_commands(mail_filter.outcome)),
        note=f"Filtre : {mail_filter.name}",
    )


def _condition_test(condition: Condition, owner: Owner) -> Test:
    test = _positive_test(condition, owner)
    return Test("not", tests=(test,)) if condition.relation is Relation.LACKS else test


def _positive_test(condition: Condition, owner: Owner) -> Test:
    match condition.aspect:
        case Aspect.SIZE:
            return Test("size", (Tag("over"), int(condition.text) * 1024 * 1024))
        case Aspect.ATTACHMENT:
            arguments = (Tag("mime"), Tag("anychild"), Tag("contains"), "Content-Disposition", "attachment")
            return Test("header", arguments, needs=("mime",))
        case Aspect.OUTSIDE:
            return Test("not", tests=(colleague_test(owner),))
        case Aspect.SINCE:
            return delivery_time_test("ge", day_bounds(condition.text)[0])
        case Aspect.UNTIL:
            return delivery_time_test("lt", day_bounds(condition.text)[1])
        case _:
            return _words_test(condition)


def delivery_time_test(relation: str, moment: datetime) -> Test:
    """Compare the time of delivery with a moment in UTC, since Sieve knows no time zone."""
    arguments = (
        Tag("zone"),
        "+0000",
        Tag("value"),
        relation,
        "iso8601",
        moment.isoformat(timespec="seconds"),
    )
    return Test("currentdate", arguments, needs=("date", "relational"))


def _words_test(condition: Condition) -> Test:
    match_type = Tag("is" if condition.relation is Relation.IS else "contains")
    words = searched_words(condition)
    if condition.aspect is Aspect.TEXT:
        return Test("body", (Tag("text"), Tag("contains"), words), needs=("body",))
    is_address = condition.aspect in _BY_ADDRESS or (
        condition.aspect in (Aspect.SENDER, Aspect.RECIPIENT) and condition.relation is Relation.IS
    )
    return Test("address" if is_address else "header", (match_type, _HEADERS[condition.aspect], words))


def colleague_test(owner: Owner) -> Test:
    """Test for a sender of the académie who signed in, or of an administration that passes DMARC.

    The MX refuses our domains as envelope sender without sign-in, so the envelope proves a colleague; the
    From field alone proves nothing. DMARC results are those of our own server (RFC 8601), which removes
    foreign ones.
    """
    signed_in = _sender_of(owner.internal_domains)
    if not owner.proved_domains:
        return signed_in
    proof = Test("header", (Tag("contains"), "Authentication-Results", "dmarc=pass"))
    return Test(
        "anyof", tests=(signed_in, Test("allof", tests=(*_sender_of(owner.proved_domains).tests, proof)))
    )


def _sender_of(domains: tuple[str, ...]) -> Test:
    return Test(
        "allof",
        tests=(
            Test("envelope", (Tag("domain"), Tag("is"), "from", domains), needs=("envelope",)),
            Test("address", (Tag("domain"), Tag("is"), "from", domains)),
        ),
    )


def _action_commands(outcome: Outcome) -> Iterator[Command]:
    """Flags first, since they apply to what is filed after them."""
    flags = [
        *(["\\Seen"] if outcome.is_read else []),
        *(["\\Flagged"] if outcome.is_flagged else []),
        *([keyword(outcome.label)] if outcome.label else []),
    ]
    for flag in flags:
        yield Command("addflag", (flag,), needs=("imap4flags",))
    if outcome.forward_to:
        yield Command("redirect", (Tag("copy"), outcome.forward_to), needs=("copy",))
    if outcome.copy_to:
        arguments = (Tag("copy"), Tag("create"), outcome.copy_to)
        yield Command("fileinto", arguments, needs=("fileinto", "mailbox", "copy"))
    if folder := TRASH if outcome.discards else outcome.move_to:
        yield Command("fileinto", (Tag("create"), folder), needs=("fileinto", "mailbox"))
    if outcome.stops:
        yield Command("stop")
