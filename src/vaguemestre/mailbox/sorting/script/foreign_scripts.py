"""Scripts of other programs (Roundcube, SOGo, Zimbra) as filters in plain sentences.

Only what our own script would do exactly the same is taken, but for letters with accents, which match here
whatever their case. From the first rule that cannot be said the rest stays a script: the order is kept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from vaguemestre.foundation.kernel.keywords import keyword, name_of
from vaguemestre.mailbox.sorting.rules.filters import LONGEST_NAME, MOST_FILTERS, RELATIONS, TRASH, spellings
from vaguemestre.mailbox.sorting.rules.texts import cleaned
from vaguemestre.mailbox.sorting.script.sieve_parser import NotSieve, Placed, read, read_test
from vaguemestre.mailbox.sorting.script.syntax import Argument, Command, Tag, Test
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation, Taken

_MEGABYTE = 1024 * 1024
_HEADERS: dict[frozenset[str], Aspect] = {
    frozenset({"from"}): Aspect.SENDER,
    frozenset({"to", "cc"}): Aspect.RECIPIENT,
    frozenset({"subject"}): Aspect.SUBJECT,
    frozenset({"list-id"}): Aspect.LIST,
}
_ADDRESSES: dict[frozenset[str], tuple[Aspect, Aspect]] = {  # compared whole, or looked into
    frozenset({"from"}): (Aspect.SENDER, Aspect.SENDER_ADDRESS),
    frozenset({"to", "cc"}): (Aspect.RECIPIENT, Aspect.RECIPIENT_ADDRESS),
}
_USUAL = {
    "trash": TRASH, "corbeille": TRASH, "deleted items": TRASH, "éléments supprimés": TRASH,
    "junk": "Junk", "spam": "Junk", "indésirables": "Junk", "pourriel": "Junk",
    "courrier indésirable": "Junk",
    "inbox": "INBOX",
}  # fmt: skip
_ZIMBRA_FLAGS = {"read": "\\Seen", "flagged": "\\Flagged"}
_ZIMBRA = re.compile(r"^zimbraMailSieveScript: (.*?)(?=^zimbra\w+: |\Z)", re.DOTALL | re.MULTILINE)
_RULE = re.compile(r"rule:\[(.*)\]")
_OFF = "disabled_if"  # Zimbra's


class _CannotSay(Exception):
    """No filter of ours would do the same."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Conditions that say one test, and how they go together when they are several."""

    conditions: tuple[Condition, ...]
    is_all: bool = True


_FLAG_COMMANDS = frozenset(("addflag", "setflag", "removeflag"))


def taken(script: str) -> Taken:
    """The filters a script begins with, and what of it stays a script; all of one that cannot be read."""
    dumped = _ZIMBRA.search(script)
    text = dumped[1] if dumped else script
    try:
        placed = read(text)
    except NotSieve:
        return Taken((), text)
    needs = [one for one in placed if one.command.name == "require"]
    names = set(
        chain.from_iterable(_strings(one.command.arguments[0]) for one in needs if one.command.arguments)
    )
    found: list[Filter] = []
    absences = left_out = 0
    has_kept = False
    for place, one in enumerate(placed):
        if one.command.name == "require":
            continue
        is_first_of_several = place + 1 < len(placed) and placed[place + 1].command.name in ("elsif", "else")
        names_inside = {inner.name for inner in one.command.block or ()}
        # What was kept has the flags of that moment; our filters keep at the end, with every flag.
        is_flagged_too_late = has_kept and not names_inside.isdisjoint(_FLAG_COMMANDS)
        try:
            if is_first_of_several or is_flagged_too_late or len(found) == MOST_FILTERS:
                raise _CannotSay
            if _only_answers(one.command):
                absences += 1
                continue
            found.append(_filter(one, len(found) + 1, names))
            has_kept = has_kept or "keep" in names_inside
        except _CannotSay:
            if _is_off(one.command):  # it does nothing where it is
                left_out += 1
                continue
            head = "".join(text[need.start : _end(text, placed, need)] for need in needs)
            return Taken(tuple(found), head + text[one.start :], absences, left_out)
    return Taken(tuple(found), "", absences, left_out)


def _end(text: str, placed: Sequence[Placed], one: Placed) -> int:
    after = [other.start for other in placed if other.start > one.start]
    return after[0] if after else len(text)


def _is_off(command: Command) -> bool:
    return command.name == _OFF or (command.name == "if" and command.test == Test("false"))


def _only_answers(command: Command) -> bool:
    """An absence reply: it has a page of its own."""
    block = command.block if command.name == "if" else (command,)
    names = {inner.name for inner in block or ()}
    return "vacation" in names and names <= {"vacation", "keep"}


def _filter(one: Placed, number: int, needs: set[str]) -> Filter:
    command, is_on = one.command, not _is_off(one.command)
    if command.name not in ("if", _OFF) or command.test is None or command.block is None:
        raise _CannotSay
    test = command.test
    if test == Test("false"):
        try:
            test = read_test(one.inside)
        except NotSieve as error:
            raise _CannotSay from error
    _check_plain(command, test, needs)
    found = _whole(test)
    return Filter(_name(one.notes, number), found.conditions, _outcome(command.block), found.is_all, is_on)


def _name(notes: tuple[str, ...], number: int) -> str:
    note = notes[-1] if notes else ""
    rule = _RULE.search(note)
    told = cleaned(rule[1] if rule else note.removeprefix("Filtre : ")).strip()
    return told[:LONGEST_NAME] or f"Règle reprise {number}"


def _check_plain(command: Command, test: Test, needs: set[str]) -> None:
    """No string that Sieve would change when it runs (RFC 5229 §3, RFC 5228 §2.4.2.4)."""
    if needs & {"variables", "encoded-character"} and any("${" in text for text in _said(command, test)):
        raise _CannotSay


def _said(command: Command, test: Test) -> Iterator[str]:
    for inner in (command, *(command.block or ())):
        yield from chain.from_iterable(map(_strings, inner.arguments))
    yield from _said_in(test)


def _said_in(test: Test) -> Iterator[str]:
    yield from chain.from_iterable(map(_strings, test.arguments))
    for inner in test.tests:
        yield from _said_in(inner)


def _strings(argument: Argument) -> tuple[str, ...]:
    if isinstance(argument, str):
        return (argument,)
    return argument if isinstance(argument, tuple) else ()


def _whole(test: Test) -> _Found:
    if test.name not in ("allof", "anyof"):
        return _one(test)
    parts = [_one(inner) for inner in test.tests]
    if len(parts) == 1:
        return parts[0]
    is_all = test.name == "allof"
    if any(len(part.conditions) > 1 and part.is_all is not is_all for part in parts):
        raise _CannotSay
    return _Found(tuple(chain.from_iterable(part.conditions for part in parts)), is_all)


def _one(test: Test) -> _Found:
    if test.name == "not" and len(test.tests) == 1:
        found = _one(test.tests[0])
        if any(
            one.relation is not Relation.CONTAINS or Relation.LACKS not in RELATIONS[one.aspect]
            for one in found.conditions
        ):
            raise _CannotSay
        return _Found(
            tuple(replace(one, relation=Relation.LACKS) for one in found.conditions), not found.is_all
        )
    if test.tests:
        raise _CannotSay
    match test.name:
        case "header" | "address" | "body":
            return _words(test)
        case "size":
            return _Found((_size(test.arguments),))
        case "attachment" if not test.arguments:  # Zimbra's
            return _Found((Condition(Aspect.ATTACHMENT),))
        case _:
            raise _CannotSay


def _size(arguments: tuple[Argument, ...]) -> Condition:
    match arguments:
        case (Tag("over"), int(size)) if size and size % _MEGABYTE == 0:
            return Condition(Aspect.SIZE, Relation.CONTAINS, str(size // _MEGABYTE))
        case (Tag("over"), str(written)) if re.fullmatch(r"\d{1,3}[Mm]", written):  # Zimbra's
            return Condition(Aspect.SIZE, Relation.CONTAINS, written[:-1])
        case _:
            raise _CannotSay


def _words(test: Test) -> _Found:
    tags, rest = _apart(test.arguments)
    how = tags & {"is", "contains"}
    if len(how) != 1 or tags - {"is", "contains"} - ({"all"} if test.name == "address" else {"text"}):
        raise _CannotSay
    aspect, relation = _looked_at(test.name, how.pop(), rest[:-1])
    words = _strings(rest[-1]) if rest else ()
    if words and words == spellings(words[0]):
        words = words[:1]
    if not words or (aspect is Aspect.SIZE):
        raise _CannotSay
    return _Found(tuple(Condition(aspect, relation, word) for word in words), is_all=len(words) == 1)


def _looked_at(name: str, how: str, where: Sequence[Argument]) -> tuple[Aspect, Relation]:
    relation = Relation.IS if how == "is" else Relation.CONTAINS
    if name == "body":
        if where or how == "is":
            raise _CannotSay
        return Aspect.TEXT, relation
    fields = frozenset(one.lower() for one in (_strings(where[0]) if len(where) == 1 else ()))
    if name == "address" and fields in _ADDRESSES:
        return _ADDRESSES[fields][0 if how == "is" else 1], relation
    if name == "header" and fields in _HEADERS:
        aspect = _HEADERS[fields]
        if how == "contains" or aspect is Aspect.SUBJECT:
            return aspect, relation
    raise _CannotSay


def _apart(arguments: Iterable[Argument]) -> tuple[set[str], list[Argument]]:
    """Tags, and what is none; the usual comparator goes without saying."""
    tags: set[str] = set()
    rest: list[Argument] = []
    left = iter(arguments)
    for one in left:
        if one == Tag("comparator"):
            if next(left, "") != "i;ascii-casemap":
                raise _CannotSay
        elif isinstance(one, Tag):
            tags.add(one.name)
        else:
            rest.append(one)
    return tags, rest


@dataclass
class _Deeds:
    """What a block does, command after command."""

    told: Outcome
    places: list[str] = field(default_factory=list)
    is_kept: bool = False  # said so
    is_gone: bool = False  # filed or sent elsewhere, hence not kept unless said

    def add(self, command: Command) -> None:
        """Raises _CannotSay for what no filter does."""
        tags, rest = _apart(command.arguments)
        text = rest[0] if len(rest) == 1 and isinstance(rest[0], str) else ""
        if command.name == "keep" and not command.arguments:
            self.is_kept = True
        elif not text or command.test or command.block:
            raise _CannotSay
        elif command.name == "fileinto" and tags <= {"copy", "create"}:
            self.places.append(_folder(text))
            self.is_gone = self.is_gone or "copy" not in tags
        elif command.name == "redirect" and tags <= {"copy"} and not self.told.forward_to:
            self.told = replace(self.told, forward_to=text)
            self.is_gone = self.is_gone or "copy" not in tags
        else:
            self._mark(command.name, tags, text)

    def _mark(self, name: str, tags: set[str], text: str) -> None:
        """Marks stand before what they mark, but for Zimbra's."""
        if tags or name not in ("addflag", "flag", "tag") or (name == "addflag" and self.places):
            raise _CannotSay
        self.told = _marked(self.told, name, text)

    def outcome(self) -> Outcome:
        stays = self.is_kept or not self.is_gone
        match self.places:
            case [] if stays:
                return self.told
            case [one] if stays:
                return replace(self.told, copy_to=one)
            case [one] if not stays:
                return self._moved(self.told, one)
            case [copied, moved] if not stays and copied != moved:
                return self._moved(replace(self.told, copy_to=copied), moved)
            case _:
                raise _CannotSay

    @staticmethod
    def _moved(told: Outcome, place: str) -> Outcome:
        return replace(told, discards=True) if place == TRASH else replace(told, move_to=place)


def _outcome(block: Sequence[Command]) -> Outcome:
    stops = bool(block) and block[-1] == Command("stop")
    deeds = _Deeds(Outcome(stops=stops))
    for inner in block[:-1] if stops else block:
        deeds.add(inner)
    found = deeds.outcome()
    if found in (Outcome(), Outcome(stops=False)):
        raise _CannotSay
    return found


def _marked(told: Outcome, command: str, text: str) -> Outcome:
    flag = _ZIMBRA_FLAGS.get(text.lower(), "") if command == "flag" else text
    if command != "tag" and flag == "\\Seen":
        return replace(told, is_read=True)
    if command != "tag" and flag == "\\Flagged":
        return replace(told, is_flagged=True)
    label = flag if command == "tag" else name_of(flag)
    if (
        told.label
        or not label
        or flag.startswith(("\\", "$"))
        or (command == "addflag" and keyword(label) != flag)
    ):
        raise _CannotSay
    return replace(told, label=label)


def _folder(name: str) -> str:
    """Its name here: levels apart by « / », none of the inbox above, usual folders by their use."""
    plain = name.strip("/")
    for above in ("INBOX.", "INBOX/"):
        if plain.upper().startswith(above):
            plain = plain[len(above) :]
            plain = plain.replace(".", "/") if above.endswith(".") else plain
    return _USUAL.get(plain.lower(), plain)
