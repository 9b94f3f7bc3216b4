"""Tests of other programs' rules as filter conditions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from vaguemestre.mailbox.sorting.rules.filters import RELATIONS
from vaguemestre.mailbox.sorting.rules.spellings import searched_words
from vaguemestre.mailbox.sorting.script.syntax import Argument, Tag, Test
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Relation

_MEGABYTE = 1024 * 1024
_HEADERS: dict[frozenset[str], Aspect] = {
    frozenset({"from"}): Aspect.SENDER,
    frozenset({"to", "cc"}): Aspect.RECIPIENT,
    frozenset({"subject"}): Aspect.SUBJECT,
    frozenset({"list-id"}): Aspect.LIST,
}
_ADDRESSES: dict[frozenset[str], tuple[Aspect, Aspect]] = {  # for `:is`, for `:contains`
    frozenset({"from"}): (Aspect.SENDER, Aspect.SENDER_ADDRESS),
    frozenset({"to", "cc"}): (Aspect.RECIPIENT, Aspect.RECIPIENT_ADDRESS),
}


class Untranslatable(Exception):
    """No filter does exactly the same."""


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """Conditions equivalent to one test, all of them or any of them."""

    conditions: tuple[Condition, ...]
    is_all: bool = True


class SplitArguments(NamedTuple):
    """Arguments of a command or test: names of its tags, then the others in order."""

    tags: set[str]
    values: list[Argument]


def translate_test(test: Test) -> ConditionGroup:
    """Conditions equivalent to the test. Raises Untranslatable."""
    if test.name not in ("allof", "anyof"):
        return _translate_single(test)
    groups = [_translate_single(inner) for inner in test.tests]
    if len(groups) == 1:
        return groups[0]
    is_all = test.name == "allof"
    if any(len(group.conditions) > 1 and group.is_all is not is_all for group in groups):
        raise Untranslatable
    return ConditionGroup(tuple(chain.from_iterable(group.conditions for group in groups)), is_all)


def strings_of(argument: Argument) -> tuple[str, ...]:
    """Strings of a string or string-list argument."""
    if isinstance(argument, str):
        return (argument,)
    return argument if isinstance(argument, tuple) else ()


def split_arguments(arguments: Iterable[Argument]) -> SplitArguments:
    """Separate the tags; the default comparator is dropped. Raises Untranslatable for another."""
    split = SplitArguments(set(), [])
    remaining = iter(arguments)
    for argument in remaining:
        if argument == Tag("comparator"):
            if next(remaining, "") != "i;ascii-casemap":
                raise Untranslatable
        elif isinstance(argument, Tag):
            split.tags.add(argument.name)
        else:
            split.values.append(argument)
    return split


def _translate_single(test: Test) -> ConditionGroup:
    if test.name == "not" and len(test.tests) == 1:
        return _negated(_translate_single(test.tests[0]))
    if test.tests:
        raise Untranslatable
    match test.name:
        case "header" | "address" | "body":
            return _words(test)
        case "size":
            return ConditionGroup((_size(test.arguments),))
        case "attachment" if not test.arguments:  # Zimbra's
            return ConditionGroup((Condition(Aspect.ATTACHMENT),))
        case _:
            raise Untranslatable


def _negated(group: ConditionGroup) -> ConditionGroup:
    if any(
        condition.relation is not Relation.CONTAINS or Relation.LACKS not in RELATIONS[condition.aspect]
        for condition in group.conditions
    ):
        raise Untranslatable
    conditions = tuple(replace(condition, relation=Relation.LACKS) for condition in group.conditions)
    return ConditionGroup(conditions, not group.is_all)


def _size(arguments: tuple[Argument, ...]) -> Condition:
    match arguments:
        case (Tag("over"), int(size)) if size and size % _MEGABYTE == 0:
            return Condition(Aspect.SIZE, Relation.CONTAINS, str(size // _MEGABYTE))
        case (Tag("over"), str(text)) if re.fullmatch(r"\d{1,3}[Mm]", text):  # Zimbra's
            return Condition(Aspect.SIZE, Relation.CONTAINS, text[:-1])
        case _:
            raise Untranslatable


def _words(test: Test) -> ConditionGroup:
    tags, values = split_arguments(test.arguments)
    match_types = tags & {"is", "contains"}
    other_tags = tags - {"is", "contains"} - ({"all"} if test.name == "address" else {"text"})
    if len(match_types) != 1 or other_tags:
        raise Untranslatable
    aspect, relation = _aspect(test.name, match_types.pop(), values[:-1])
    words = strings_of(values[-1]) if values else ()
    if words and words == searched_words(Condition(aspect, relation, words[0])):
        words = words[:1]
    if not words or (aspect is Aspect.SIZE):
        raise Untranslatable
    return ConditionGroup(tuple(Condition(aspect, relation, word) for word in words), is_all=len(words) == 1)


def _aspect(test_name: str, match_type: str, headers: Sequence[Argument]) -> tuple[Aspect, Relation]:
    relation = Relation.IS if match_type == "is" else Relation.CONTAINS
    if test_name == "body":
        if headers or match_type == "is":
            raise Untranslatable
        return Aspect.TEXT, relation
    names = frozenset(name.lower() for name in (strings_of(headers[0]) if len(headers) == 1 else ()))
    if test_name == "address" and names in _ADDRESSES:
        return _ADDRESSES[names][0 if match_type == "is" else 1], relation
    if test_name == "header" and names in _HEADERS:
        aspect = _HEADERS[names]
        if match_type == "contains" or aspect is Aspect.SUBJECT:
            return aspect, relation
    raise Untranslatable
