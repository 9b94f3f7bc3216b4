"""Filters: which are possible, which messages fit, how one is said."""

from collections.abc import Collection, Sequence

from vaguemestre.kernel.errors import Refusal
from vaguemestre.sorting.rules.texts import is_clean
from vaguemestre.sorting.values import Aspect, Condition, Filter, Glance, Relation

MOST_FILTERS = 60
MOST_CONDITIONS = 8
LONGEST_WORDS = 200
LONGEST_NAME = 80
MOST_MEGABYTES = 100
UNWORDED = frozenset({Aspect.ATTACHMENT, Aspect.OUTSIDE})
UNSEEN = frozenset({Aspect.TEXT, Aspect.LIST})  # a list of messages does not tell these


def check_filter(wanted: Filter, folders: Collection[str]) -> None:
    """Raise Refusal `sorting.filter-…`. `folders`: names the mailbox has."""
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not is_clean(wanted.name):
        raise Refusal("sorting.filter-name", most=LONGEST_NAME)
    if not 1 <= len(wanted.conditions) <= MOST_CONDITIONS:
        raise Refusal("sorting.filter-conditions", most=MOST_CONDITIONS)
    for condition in wanted.conditions:
        _check_condition(condition)
    outcome = wanted.outcome
    if not (outcome.move_to or outcome.copy_to or outcome.is_read or outcome.is_flagged):
        raise Refusal("sorting.filter-idle")
    for name in (outcome.move_to, outcome.copy_to):
        if name and name not in folders:
            raise Refusal("sorting.filter-folder", name=name)


def _check_condition(condition: Condition) -> None:
    if condition.aspect in UNWORDED:
        return
    if condition.aspect is Aspect.SIZE:
        if not condition.text.isascii() or not condition.text.isdigit():
            raise Refusal("sorting.filter-size", most=MOST_MEGABYTES)
        if not 1 <= int(condition.text[:9]) <= MOST_MEGABYTES:
            raise Refusal("sorting.filter-size", most=MOST_MEGABYTES)
        return
    if not condition.text.strip() or len(condition.text) > LONGEST_WORDS or not is_clean(condition.text):
        raise Refusal("sorting.filter-words", most=LONGEST_WORDS)


def fits(wanted: Filter, glance: Glance, internal_domains: Collection[str]) -> bool:
    """Whether the filter would take that message, as far as a list of messages tells.

    What a list does not tell (text, mailing list) counts as not fitting.
    """
    answers = (_holds(condition, glance, internal_domains) for condition in wanted.conditions)
    return all(answers) if wanted.matches_all else any(answers)


def _holds(condition: Condition, glance: Glance, internal_domains: Collection[str]) -> bool:
    match condition.aspect:
        case Aspect.ATTACHMENT:
            return glance.has_attachment
        case Aspect.OUTSIDE:
            return glance.sender_address.rpartition("@")[2].lower() not in internal_domains
        case Aspect.SIZE:
            return glance.size > int(condition.text) * 1024 * 1024
        case Aspect.SENDER | Aspect.RECIPIENT | Aspect.SUBJECT:
            return _compares(condition, glance)
        case _:
            return False


def _compares(condition: Condition, glance: Glance) -> bool:
    whole, exactly = {
        Aspect.SENDER: (glance.sender, (glance.sender_address,)),
        Aspect.RECIPIENT: (glance.recipients, glance.recipient_addresses),
        Aspect.SUBJECT: (glance.subject, (glance.subject,)),
    }[condition.aspect]
    words = condition.text.lower()
    if condition.relation is Relation.IS:
        return any(words == one.lower() for one in exactly)
    return (words in whole.lower()) is (condition.relation is Relation.CONTAINS)


def is_fully_seen(wanted: Filter) -> bool:
    """Whether `fits` looks at everything the filter looks at."""
    return not any(condition.aspect in UNSEEN for condition in wanted.conditions)


def moved(order: Sequence[int], filter_id: int, by: int) -> tuple[int, ...]:
    """The order with that filter one place up (-1) or down (+1); at the ends, as it was."""
    places = list(order)
    if filter_id in places:
        place = places.index(filter_id)
        other = max(0, min(len(places) - 1, place + by))
        places[place], places[other] = places[other], places[place]
    return tuple(places)
