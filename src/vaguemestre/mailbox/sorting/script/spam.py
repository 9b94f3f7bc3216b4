"""Unwanted mail as Sieve commands."""

from vaguemestre.mailbox.sorting.script.syntax import Command, Tag, Test, encoded
from vaguemestre.mailbox.sorting.values import SpamChoice

_FRIEND = "ami"  # the variable that the rule of everybody reads (10-junk.sieve)


def denied_tests(spam: SpamChoice) -> tuple[Test, ...]:
    """The test for senders the person does not want to hear; empty when there are none."""
    return (_from(spam.denied),) if spam.denied else ()


def denied_commands(spam: SpamChoice) -> tuple[Command, ...]:
    """Whom the person does not want to hear goes to Junk."""
    if not spam.denied:
        return ()
    file = Command("fileinto", (Tag("create"), "Junk"), needs=("fileinto", "mailbox"))
    return (
        Command(
            "if", test=_from(spam.denied), block=(file, Command("stop")), note="Expéditeurs indésirables"
        ),
    )


def compose_friends(spam: SpamChoice) -> str:
    """What the rule of everybody includes before it puts spam aside; "" = nothing to say."""
    friend = Command("set", (_FRIEND, "oui"), needs=("variables",))
    shared = Command("global", (_FRIEND,), needs=("include",))
    if not spam.is_sorted:
        return encoded((shared, friend))
    if not spam.allowed:
        return ""
    return encoded((shared, Command("if", test=_from(spam.allowed), block=(friend,))))


def _from(senders: tuple[str, ...]) -> Test:
    """The address shown, whole or by its domain: forging it brings what would come without a filter."""
    whole = tuple(one for one in senders if not one.startswith("@"))
    domains = tuple(one[1:] for one in senders if one.startswith("@"))
    tests = []
    if whole:
        tests.append(Test("address", (Tag("is"), "from", whole)))
    if domains:
        tests.append(Test("address", (Tag("domain"), Tag("is"), "from", domains)))
    return tests[0] if len(tests) == 1 else Test("anyof", tests=tuple(tests))
