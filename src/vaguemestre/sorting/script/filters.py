"""Filters as Sieve commands (RFC 5228; RFC 5232 flags, RFC 5490 mailbox, RFC 3894 copy, RFC 5173 body)."""

from collections.abc import Iterable, Iterator

from vaguemestre.sorting.script.syntax import Command, Tag, Test
from vaguemestre.sorting.values import Aspect, Condition, Filter, Outcome, Owner, Relation

_HEADERS: dict[Aspect, tuple[str, ...]] = {
    Aspect.SENDER: ("from", "sender"),
    Aspect.RECIPIENT: ("to", "cc"),
    Aspect.SUBJECT: ("subject",),
    Aspect.LIST: ("list-id",),
}


def filter_commands(filters: Iterable[Filter], owner: Owner) -> tuple[Command, ...]:
    """One `if` a filter that is on, in order."""
    return tuple(_one(wanted, owner) for wanted in filters if wanted.is_on)


def _one(wanted: Filter, owner: Owner) -> Command:
    tests = tuple(_test(condition, owner) for condition in wanted.conditions)
    whole = Test("allof" if wanted.matches_all else "anyof", tests=tests)
    return Command(
        "if",
        test=tests[0] if len(tests) == 1 else whole,
        block=tuple(_deeds(wanted.outcome)),
        note=f"Filtre : {wanted.name}",
    )


def _test(condition: Condition, owner: Owner) -> Test:
    match condition.aspect:
        case Aspect.SIZE:
            return Test("size", (Tag("over"), int(condition.text) * 1024 * 1024))
        case Aspect.ATTACHMENT:
            arguments = (Tag("mime"), Tag("anychild"), Tag("contains"), "Content-Disposition", "attachment")
            return Test("header", arguments, needs=("mime",))
        case Aspect.OUTSIDE:
            return Test("not", tests=(colleague(owner),))
        case _:
            found = _words(condition)
            return Test("not", tests=(found,)) if condition.relation is Relation.LACKS else found


def _words(condition: Condition) -> Test:
    how = Tag("is" if condition.relation is Relation.IS else "contains")
    if condition.aspect is Aspect.TEXT:
        return Test("body", (Tag("text"), Tag("contains"), condition.text), needs=("body",))
    is_address = condition.aspect in (Aspect.SENDER, Aspect.RECIPIENT) and condition.relation is Relation.IS
    return Test("address" if is_address else "header", (how, _HEADERS[condition.aspect], condition.text))


def colleague(owner: Owner) -> Test:
    """Written by somebody of the académie who signed in.

    The MX refuses an envelope sender of ours that did not sign in, so the envelope tells colleagues;
    From alone is anybody's claim.
    """
    return Test(
        "allof",
        tests=(
            Test("envelope", (Tag("domain"), Tag("is"), "from", owner.internal_domains), needs=("envelope",)),
            Test("address", (Tag("domain"), Tag("is"), "from", owner.internal_domains)),
        ),
    )


def _deeds(outcome: Outcome) -> Iterator[Command]:
    """Marks first: they are given to whatever is filed after them."""
    if outcome.is_read:
        yield Command("addflag", ("\\Seen",), needs=("imap4flags",))
    if outcome.is_flagged:
        yield Command("addflag", ("\\Flagged",), needs=("imap4flags",))
    if outcome.copy_to:
        arguments = (Tag("copy"), Tag("create"), outcome.copy_to)
        yield Command("fileinto", arguments, needs=("fileinto", "mailbox", "copy"))
    if outcome.move_to:
        yield Command("fileinto", (Tag("create"), outcome.move_to), needs=("fileinto", "mailbox"))
    if outcome.stops:
        yield Command("stop")
