"""Filters: which are possible, which messages fit, how one is said."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.keywords import LONGEST as LONGEST_KEYWORD
from vaguemestre.foundation.kernel.keywords import keyword
from vaguemestre.foundation.kernel.times import PARIS, day_refusal
from vaguemestre.mailbox.sorting.rules.texts import cleaned, is_clean
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Glance, Outcome, Owner, Relation

TRASH = "Trash"
MOST_FILTERS = 60
MOST_CONDITIONS = 8
LONGEST_WORDS = 200
LONGEST_NAME = 80
LONGEST_LABEL = 30
MOST_MEGABYTES = 100
UNWORDED = frozenset({Aspect.ATTACHMENT, Aspect.OUTSIDE})
DAYS = frozenset({Aspect.SINCE, Aspect.UNTIL})
# a list of messages does not tell these, or not all of them
UNLISTED = frozenset({Aspect.TEXT, Aspect.LIST, Aspect.RECIPIENT, Aspect.RECIPIENT_ADDRESS, Aspect.OUTSIDE})
_ANSWERED = re.compile(r"^(?:\s*(?:re|fwd?|tr)\s*:)+", re.IGNORECASE)
_CONTAINS, _LACKS = frozenset({Relation.CONTAINS}), frozenset({Relation.CONTAINS, Relation.LACKS})
# how each may be compared: what pages can say
RELATIONS: Mapping[Aspect, frozenset[Relation]] = {
    Aspect.SENDER: frozenset(Relation),
    Aspect.RECIPIENT: frozenset(Relation),
    Aspect.SENDER_ADDRESS: _LACKS,
    Aspect.RECIPIENT_ADDRESS: _LACKS,
    Aspect.SUBJECT: frozenset(Relation),
    Aspect.TEXT: _CONTAINS,
    Aspect.LIST: _CONTAINS,
    Aspect.SIZE: _LACKS,
    Aspect.ATTACHMENT: _LACKS,
    Aspect.OUTSIDE: _LACKS,
    Aspect.SINCE: _CONTAINS,
    Aspect.UNTIL: _CONTAINS,
}


def check_filter(
    wanted: Filter, folders: Collection[str], *, owner: Owner | None = None, forwards_outside: bool = False
) -> None:
    """Raise Refusal `sorting.filter-…`. `folders`: names the mailbox has.

    `forwards_outside`: whether the académie lets mail go on to other domains than its own.
    """
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not is_clean(wanted.name):
        raise Refusal("sorting.filter-name", most=LONGEST_NAME)
    if not 1 <= len(wanted.conditions) <= MOST_CONDITIONS:
        raise Refusal("sorting.filter-conditions", most=MOST_CONDITIONS)
    if any(one.relation not in RELATIONS[one.aspect] for one in wanted.conditions):
        raise Refusal("sorting.filter-relation")
    for condition in wanted.conditions:
        _check_condition(condition)
    _check_outcome(wanted.outcome, folders)
    if wanted.outcome.forward_to:
        _check_forward(wanted.outcome.forward_to, owner, forwards_outside=forwards_outside)


def act_of(outcome: Outcome) -> str:
    """What the owner is told of it, on another channel too: mail that goes on or goes away; "" of others."""
    if outcome.forward_to:
        return "forward-set"
    return "filter-deletes" if outcome.discards or outcome.move_to == TRASH else ""


def _check_outcome(outcome: Outcome, folders: Collection[str]) -> None:
    if outcome in (Outcome(), Outcome(stops=False)):
        raise Refusal("sorting.filter-idle")
    if outcome.discards and outcome.move_to:
        raise Refusal("sorting.filter-two-places")
    for name in (outcome.move_to, outcome.copy_to):
        if name and name not in folders:
            raise Refusal("sorting.filter-folder", name=name)
    if outcome.label:
        check_label(outcome.label)


def _check_condition(condition: Condition) -> None:
    if condition.aspect in UNWORDED:
        return
    if condition.aspect in DAYS:
        try:
            date.fromisoformat(condition.text)
        except ValueError as error:
            raise Refusal(day_refusal(condition.text, "sorting.filter-day")) from error
        return
    if condition.aspect is Aspect.SIZE:
        if not condition.text.isascii() or not condition.text.isdigit():
            raise Refusal("sorting.filter-size", most=MOST_MEGABYTES)
        if not 1 <= int(condition.text[:9]) <= MOST_MEGABYTES:
            raise Refusal("sorting.filter-size", most=MOST_MEGABYTES)
        return
    if not condition.text.strip() or len(condition.text) > LONGEST_WORDS or not is_clean(condition.text):
        raise Refusal("sorting.filter-words", most=LONGEST_WORDS)


def check_label(label: str) -> None:
    if not label.strip() or len(label) > LONGEST_LABEL or not is_clean(label):
        raise Refusal("sorting.filter-label", most=LONGEST_LABEL)
    if not keyword(label) or len(keyword(label)) > LONGEST_KEYWORD:
        raise Refusal("sorting.filter-label", most=LONGEST_LABEL)


def _check_forward(address: str, owner: Owner | None, *, forwards_outside: bool) -> None:
    to = parse_address(address)  # kernel.address-malformed
    if owner is None or str(to) in owner.addresses:
        raise Refusal("sorting.filter-forward-self")
    if not forwards_outside and to.domain not in owner.internal_domains:
        raise Refusal("sorting.filter-forward-outside", domain=owner.internal_domains[0])


def day_bounds(text: str) -> tuple[datetime, datetime]:
    """The first instant of an ISO day of Paris and the first one after it, in UTC."""
    day = date.fromisoformat(text)
    first, after = (
        datetime.combine(one, time(), tzinfo=PARIS).astimezone(UTC) for one in (day, day + timedelta(days=1))
    )
    return first, after


def spellings(words: str) -> tuple[str, ...]:
    """The words as they may stand: Sieve's comparator (RFC 4790 i;ascii-casemap) folds ASCII letters only."""
    if words.isascii():
        return (words,)
    return tuple(dict.fromkeys((words, words.lower(), words.upper(), words.capitalize(), words.title())))


def folded(text: str) -> str:
    """The text with its ASCII letters in lower case, the others as they are."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def fits(wanted: Filter, glance: Glance, internal_domains: Collection[str]) -> bool:
    """Whether the filter takes that message: what the script of `sorting.script` decides at its delivery.

    What the glance does not hold (text, list) counts as empty.
    """
    answers = (
        _holds(condition, glance, internal_domains) is not (condition.relation is Relation.LACKS)
        for condition in wanted.conditions
    )
    return all(answers) if wanted.matches_all else any(answers)


def _holds(condition: Condition, glance: Glance, internal_domains: Collection[str]) -> bool:
    match condition.aspect:
        case Aspect.ATTACHMENT:
            return glance.has_attachment
        case Aspect.OUTSIDE:
            shown, told = (
                one.rpartition("@")[2].lower() for one in (glance.sender_address, glance.return_path)
            )
            return shown not in internal_domains or bool(told and told not in internal_domains)
        case Aspect.SIZE:
            return glance.size > int(condition.text) * 1024 * 1024
        case Aspect.SINCE:
            return glance.received is not None and glance.received >= day_bounds(condition.text)[0]
        case Aspect.UNTIL:
            return glance.received is not None and glance.received < day_bounds(condition.text)[1]
        case _:
            return _compares(condition, glance)


def _compares(condition: Condition, glance: Glance) -> bool:
    whole, exactly = {
        Aspect.SENDER: (glance.sender, (glance.sender_address,)),
        Aspect.RECIPIENT: (glance.recipients, glance.recipient_addresses),
        Aspect.SENDER_ADDRESS: (glance.sender_address, ()),
        Aspect.RECIPIENT_ADDRESS: ("\n".join(glance.recipient_addresses), ()),
        Aspect.SUBJECT: (glance.subject, (glance.subject,)),
        Aspect.LIST: (glance.list_id, (glance.list_id,)),
        Aspect.TEXT: (glance.text, ()),
    }[condition.aspect]
    wanted = [folded(one) for one in spellings(condition.text)]
    if condition.relation is Relation.IS:
        return any(one == folded(here) for one in wanted for here in exactly)
    return any(one in folded(whole) for one in wanted)


def needs_whole(wanted: Filter) -> bool:
    """Whether messages must be read, not only listed, to decide."""
    return any(condition.aspect in UNLISTED for condition in wanted.conditions)


def moved(order: Sequence[int], filter_id: int, by: int) -> tuple[int, ...]:
    """The order with that filter one place up (-1) or down (+1); at the ends, as it was."""
    places = list(order)
    if filter_id in places:
        place = places.index(filter_id)
        other = max(0, min(len(places) - 1, place + by))
        places[place], places[other] = places[other], places[place]
    return tuple(places)


def arranged(order: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """The order as asked: what was not named, or is unknown, changes nothing of the rest."""
    known = [one for one in dict.fromkeys(wanted) if one in order]
    return (*known, *(one for one in order if one not in known))


def suggested(glance: Glance, *, with_subject: bool = False) -> Filter:
    """A filter begun from a message: its list if it has one, else its sender; its subject too when asked."""
    if glance.list_id:
        told = glance.list_id.rpartition("<")[2].rstrip("> ") or glance.list_id
        condition = Condition(Aspect.LIST, Relation.CONTAINS, told[:LONGEST_WORDS])
    else:
        told = glance.sender_address
        condition = Condition(Aspect.SENDER, Relation.IS, told[:LONGEST_WORDS])
    name, conditions = f"Courriels de {told}", [condition]
    subject = " ".join(_ANSWERED.sub("", cleaned(glance.subject)).split())[:LONGEST_WORDS]
    if with_subject and subject:
        name = subject
        conditions.append(Condition(Aspect.SUBJECT, Relation.CONTAINS, subject))
    return Filter(name[:LONGEST_NAME], tuple(conditions), Outcome())
