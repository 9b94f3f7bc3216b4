"""Translate scripts of other programs (Roundcube, SOGo, Zimbra) into filters.

A rule is translated only if our own script would do exactly the same, except that accented letters match
here whatever their case. From the first rule that cannot be translated, the rest stays a script: the order
is preserved.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from vaguemestre.mailbox.sorting.rules.filters import MAX_FILTERS, MAX_NAME_CHARACTERS
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.script.foreign_actions import translate_block
from vaguemestre.mailbox.sorting.script.foreign_tests import Untranslatable, strings_of, translate_test
from vaguemestre.mailbox.sorting.script.sieve_parser import NotSieve, PlacedCommand, parse_script, parse_test
from vaguemestre.mailbox.sorting.script.syntax import Command, Test
from vaguemestre.mailbox.sorting.values import Filter, ImportedScript

_ZIMBRA = re.compile(r"^zimbraMailSieveScript: (.*?)(?=^zimbra\w+: |\Z)", re.DOTALL | re.MULTILINE)
_RULE = "rule:["  # of Roundcube and SOGo, up to the last bracket of its line
_OFF = "disabled_if"  # Zimbra's
_FLAG_COMMANDS = frozenset(("addflag", "setflag", "removeflag"))


def translate_script(script: str) -> ImportedScript:
    """Filters at the beginning of a script, and the rest of it; all of a script that cannot be parsed."""
    dump = _ZIMBRA.search(script)
    text = dump[1] if dump else script
    try:
        placed = parse_script(text)
    except NotSieve:
        return ImportedScript((), text)
    extensions = _required_extensions(placed)
    filters: list[Filter] = []
    absence_replies = skipped_rules = 0
    has_kept = False
    for place, rule in enumerate(placed):
        if rule.command.name == "require":
            continue
        has_alternative = place + 1 < len(placed) and placed[place + 1].command.name in ("elsif", "else")
        block_names = {inner.name for inner in rule.command.block or ()}
        # A message kept by an earlier rule has the flags of that moment; our filters keep it at the end.
        flags_too_late = has_kept and not block_names.isdisjoint(_FLAG_COMMANDS)
        try:
            if has_alternative or flags_too_late or len(filters) == MAX_FILTERS:
                raise Untranslatable
            if _is_absence_reply(rule.command):
                absence_replies += 1
                continue
            filters.append(_translate_rule(rule, len(filters) + 1, extensions, has_kept=has_kept))
            has_kept = has_kept or "keep" in block_names
        except Untranslatable:
            if _is_off(rule.command):  # skipping a disabled rule changes nothing
                skipped_rules += 1
                continue
            rest = _requires(text, placed) + text[rule.start :]
            return ImportedScript(tuple(filters), rest, absence_replies, skipped_rules)
    return ImportedScript(tuple(filters), "", absence_replies, skipped_rules)


def _required_extensions(placed: Sequence[PlacedCommand]) -> set[str]:
    commands = (rule.command for rule in placed if rule.command.name == "require" and rule.command.arguments)
    return set(chain.from_iterable(strings_of(command.arguments[0]) for command in commands))


def _requires(text: str, placed: Sequence[PlacedCommand]) -> str:
    """Text of all the `require` commands."""
    ends = [*(rule.start for rule in placed[1:]), len(text)]
    return "".join(
        text[rule.start : end]
        for rule, end in zip(placed, ends, strict=True)
        if rule.command.name == "require"
    )


def _is_off(command: Command) -> bool:
    return command.name == _OFF or (command.name == "if" and command.test == Test("false"))


def _is_absence_reply(command: Command) -> bool:
    block = command.block if command.name == "if" else (command,)
    names = {inner.name for inner in block or ()}
    return "vacation" in names and names <= {"vacation", "keep"}


def _translate_rule(rule: PlacedCommand, number: int, extensions: set[str], *, has_kept: bool) -> Filter:
    """Filter equivalent to the rule; `number` names one without a name. Raises Untranslatable.

    `has_kept`: an earlier rule keeps messages, which stay in the inbox whatever this one does with them.
    """
    command = rule.command
    if command.name not in ("if", _OFF) or command.test is None or command.block is None:
        raise Untranslatable
    test = command.test
    if test == Test("false"):
        try:
            test = parse_test(rule.inner_comment)
        except NotSieve as error:
            raise Untranslatable from error
    _check_literal_strings(command, test, extensions)
    group, outcome = translate_test(test), translate_block(command.block)
    if has_kept and (outcome.move_to or outcome.discards) and not _is_off(command):
        raise Untranslatable
    return Filter(
        name=_name(rule.notes, number),
        conditions=group.conditions,
        outcome=outcome,
        matches_all=group.is_all,
        is_on=not _is_off(command),
    )


def _name(notes: tuple[str, ...], number: int) -> str:
    note = notes[-1] if notes else ""
    _, start, rest = note.partition(_RULE)
    rule, end, _ = rest.partition("\n")[0].rpartition("]")
    name = clean_text(rule if start and end else note.removeprefix("Filtre : ")).strip()
    return name[:MAX_NAME_CHARACTERS] or f"Règle reprise {number}"


def _check_literal_strings(command: Command, test: Test, extensions: set[str]) -> None:
    """Raise Untranslatable for a string Sieve expands at run time (RFC 5229 §3, RFC 5228 §2.4.2.4)."""
    if not extensions & {"variables", "encoded-character"}:
        return
    if any("${" in text for text in _strings_in(command, test)):
        raise Untranslatable


def _strings_in(command: Command, test: Test) -> Iterator[str]:
    for inner in (command, *(command.block or ())):
        yield from chain.from_iterable(map(strings_of, inner.arguments))
    yield from _strings_in_test(test)


def _strings_in_test(test: Test) -> Iterator[str]:
    yield from chain.from_iterable(map(strings_of, test.arguments))
    for inner in test.tests:
        yield from _strings_in_test(inner)
