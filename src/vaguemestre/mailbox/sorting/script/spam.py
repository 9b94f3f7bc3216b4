"""Junk mail settings as Sieve commands."""

from vaguemestre.mailbox.sorting.script.syntax import Command, Tag, Test, encode_script
from vaguemestre.mailbox.sorting.values import Severity, SpamSettings

# variables read by 10-junk.sieve, the script run for every mailbox
_ALLOWED_VARIABLE = "ami"
_SEVERITY_VARIABLE = "severity"


def denied_tests(spam: SpamSettings) -> tuple[Test, ...]:
    """Test for the denied senders; empty when there are none."""
    return (_from(spam.denied),) if spam.denied else ()


def denied_commands(spam: SpamSettings) -> tuple[Command, ...]:
    """Commands that file messages of denied senders into Junk."""
    if not spam.denied:
        return ()
    file = Command("fileinto", (Tag("create"), "Junk"), needs=("fileinto", "mailbox"))
    return (
        Command(
            "if", test=_from(spam.denied), block=(file, Command("stop")), note="Expéditeurs indésirables"
        ),
    )


def junk_choices_script(spam: SpamSettings) -> str:
    """Script that 10-junk.sieve includes, "" for none.

    It sets variables: for senders never filed as junk, and for a severity that is not everybody's.
    """
    allow = Command("set", (_ALLOWED_VARIABLE, "oui"), needs=("variables",))
    commands = [Command("global", ((_ALLOWED_VARIABLE, _SEVERITY_VARIABLE),), needs=("include", "variables"))]
    if not spam.is_sorted:
        return encode_script((*commands, allow))
    if spam.severity is not Severity.NORMAL:
        commands.append(Command("set", (_SEVERITY_VARIABLE, str(spam.severity)), needs=("variables",)))
    if spam.allowed:
        commands.append(Command("if", test=_from(spam.allowed), block=(allow,)))
    return encode_script(commands) if len(commands) > 1 else ""


def _from(senders: tuple[str, ...]) -> Test:
    """Test on the From address, whole or by domain; forging it gains nothing over having no filter."""
    whole = tuple(sender for sender in senders if not sender.startswith("@"))
    domains = tuple(sender[1:] for sender in senders if sender.startswith("@"))
    tests = []
    if whole:
        tests.append(Test("address", (Tag("is"), "from", whole)))
    if domains:
        tests.append(Test("address", (Tag("domain"), Tag("is"), "from", domains)))
    return tests[0] if len(tests) == 1 else Test("anyof", tests=tuple(tests))
