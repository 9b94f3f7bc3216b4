"""Rules of filters: validity, matching, order, suggestions."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from vaguemestre.foundation.kernel.addresses import has_list_form, parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.keywords import MAX_KEYWORD_CHARACTERS, keyword
from vaguemestre.foundation.kernel.times import PARIS, day_refusal, parse_near_day
from vaguemestre.mailbox.sorting.rules.spellings import fold_ascii, searched_words
from vaguemestre.mailbox.sorting.rules.texts import clean_text, is_clean
from vaguemestre.mailbox.sorting.values import (
    Aspect,
    Condition,
    Filter,
    MessageSummary,
    Outcome,
    Owner,
    Relation,
)

TRASH = "Trash"
_OUT_OF_SIGHT = frozenset({TRASH, "Junk"})  # emptied after their days
MAX_FILTERS = 60
MAX_CONDITIONS = 8
MAX_TERM_CHARACTERS = 200
MAX_NAME_CHARACTERS = 80
MAX_LABEL_CHARACTERS = 30
MAX_MEGABYTES = 100
WITHOUT_VALUE = frozenset({Aspect.ATTACHMENT, Aspect.OUTSIDE})
DAYS = frozenset({Aspect.SINCE, Aspect.UNTIL})
# message lists lack these properties, or hold only part of them
NEED_FULL_MESSAGE = frozenset(
    {Aspect.TEXT, Aspect.LIST, Aspect.RECIPIENT, Aspect.RECIPIENT_ADDRESS, Aspect.OUTSIDE}
)
_REPLY_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|tr)\s*:)+", re.IGNORECASE)
_CONTAINS, _LACKS = frozenset({Relation.CONTAINS}), frozenset({Relation.CONTAINS, Relation.LACKS})
# comparisons that the filter page offers for each aspect
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
    mail_filter: Filter,
    folders: Collection[str],
    *,
    owner: Owner | None = None,
    forwards_outside: bool = False,
) -> None:
    """Raise Refusal `sorting.filter-…` for an invalid filter. `folders`: names in the mailbox.

    `forwards_outside`: whether the académie allows redirects to other domains.
    """
    name = mail_filter.name
    if not name.strip() or len(name) > MAX_NAME_CHARACTERS or not is_clean(name):
        raise Refusal("sorting.filter-name", most=MAX_NAME_CHARACTERS)
    check_conditions(mail_filter.conditions)
    _check_outcome(mail_filter.outcome, folders)
    if mail_filter.outcome.forward_to:
        _check_forward(mail_filter.outcome.forward_to, owner, forwards_outside=forwards_outside)


def check_conditions(conditions: Sequence[Condition]) -> None:
    """Raise Refusal `sorting.filter-…` for invalid conditions, whatever the filter is to do."""
    if not 1 <= len(conditions) <= MAX_CONDITIONS:
        raise Refusal("sorting.filter-conditions", most=MAX_CONDITIONS)
    if any(condition.relation not in RELATIONS[condition.aspect] for condition in conditions):
        raise Refusal("sorting.filter-relation")
    for condition in conditions:
        _check_condition(condition)


def is_idle(outcome: Outcome) -> bool:
    """Whether nothing would be done to a message."""
    return outcome in (Outcome(), Outcome(stops=False))


def goes_outside(outcome: Outcome, internal_domains: Collection[str]) -> bool:
    """Whether it sends mail on to another domain than these."""
    domain = outcome.forward_to.rpartition("@")[2].lower()
    return bool(domain) and domain not in internal_domains


def security_notice_of(outcome: Outcome) -> str:
    """Kind of security notice the owner gets for these actions: redirect, deletion or hiding; "" for none.

    Whoever took a session hides the answers it brings: among junk, or read already in another folder, where
    a later filter may put what this one marks as read.
    """
    if outcome.forward_to:
        return "forward-set"
    is_out_of_sight = outcome.move_to.partition("/")[0] in _OUT_OF_SIGHT
    hides = is_out_of_sight or (outcome.is_read and (outcome.move_to or not outcome.stops))
    return "filter-deletes" if outcome.discards or hides else ""


def _check_outcome(outcome: Outcome, folders: Collection[str]) -> None:
    if is_idle(outcome):
        raise Refusal("sorting.filter-idle")
    if outcome.discards and outcome.move_to:
        raise Refusal("sorting.filter-two-places")
    for name in (outcome.move_to, outcome.copy_to):
        if name and name not in folders:
            raise Refusal("sorting.filter-folder", name=name)
    if outcome.label:
        check_label(outcome.label)


def _check_condition(condition: Condition) -> None:
    if condition.aspect in WITHOUT_VALUE:
        return
    if condition.aspect in DAYS:
        try:
            date.fromisoformat(condition.text)
            parse_near_day(condition.text)
        except ValueError as error:
            raise Refusal(day_refusal(condition.text, "sorting.filter-day")) from error
        return
    if condition.aspect is Aspect.SIZE:
        if not condition.text.isascii() or not condition.text.isdigit():
            raise Refusal("sorting.filter-size", most=MAX_MEGABYTES)
        if not 1 <= int(condition.text[:9]) <= MAX_MEGABYTES:
            raise Refusal("sorting.filter-size", most=MAX_MEGABYTES)
        return
    text = condition.text
    if not text.strip() or len(text) > MAX_TERM_CHARACTERS or not is_clean(text):
        raise Refusal("sorting.filter-words", most=MAX_TERM_CHARACTERS)


def check_label(label: str) -> None:
    """Raise Refusal `sorting.filter-label` unless the label makes an IMAP keyword."""
    if not label.strip() or len(label) > MAX_LABEL_CHARACTERS or not is_clean(label):
        raise Refusal("sorting.filter-label", most=MAX_LABEL_CHARACTERS)
    if not keyword(label) or len(keyword(label)) > MAX_KEYWORD_CHARACTERS:
        raise Refusal("sorting.filter-label", most=MAX_LABEL_CHARACTERS)


def _check_forward(address: str, owner: Owner | None, *, forwards_outside: bool) -> None:
    to = parse_address(address)  # kernel.address-malformed
    local, _, _ = str(to).partition("@")
    without_detail = f"{local.partition('+')[0]}@{to.domain}"  # which comes to the same mailbox
    if owner is None or without_detail in owner.addresses:
        raise Refusal("sorting.filter-forward-self")
    if not forwards_outside and to.domain not in owner.internal_domains:
        raise Refusal("sorting.filter-forward-outside", domain=owner.internal_domains[0])
    if has_list_form(address) and to.domain in owner.internal_domains:
        raise Refusal("sorting.filter-forward-list")


def day_bounds(text: str) -> tuple[datetime, datetime]:
    """Begin and end of an ISO day of Paris in UTC, end excluded."""
    day = date.fromisoformat(text)
    first, after = (
        datetime.combine(start, time(), tzinfo=PARIS).astimezone(UTC)
        for start in (day, day + timedelta(days=1))
    )
    return first, after


def matches(mail_filter: Filter, message: MessageSummary, internal_domains: Collection[str]) -> bool:
    """Whether the message matches the filter, as the Sieve script decides at delivery.

    Properties missing from the summary (text, list) count as empty.
    """
    answers = (
        _holds(condition, message, internal_domains) is not (condition.relation is Relation.LACKS)
        for condition in mail_filter.conditions
    )
    return all(answers) if mail_filter.matches_all else any(answers)


def _holds(condition: Condition, message: MessageSummary, internal_domains: Collection[str]) -> bool:
    match condition.aspect:
        case Aspect.ATTACHMENT:
            return message.has_attachment
        case Aspect.OUTSIDE:
            header_domain, envelope_domain = (
                address.rpartition("@")[2].lower()
                for address in (message.sender_address, message.return_path)
            )
            return header_domain not in internal_domains or bool(
                envelope_domain and envelope_domain not in internal_domains
            )
        case Aspect.SIZE:
            return message.size > int(condition.text) * 1024 * 1024
        case Aspect.SINCE:
            return message.received is not None and message.received >= day_bounds(condition.text)[0]
        case Aspect.UNTIL:
            return message.received is not None and message.received < day_bounds(condition.text)[1]
        case _:
            return _words_match(condition, message)


def _words_match(condition: Condition, message: MessageSummary) -> bool:
    text, exact_values = {
        Aspect.SENDER: (message.sender, (message.sender_address,)),
        Aspect.RECIPIENT: (message.recipients, message.recipient_addresses),
        Aspect.SENDER_ADDRESS: (message.sender_address, ()),
        Aspect.RECIPIENT_ADDRESS: ("\n".join(message.recipient_addresses), ()),
        Aspect.SUBJECT: (message.subject, (message.subject,)),
        Aspect.LIST: (message.list_id, (message.list_id,)),
        Aspect.TEXT: (message.text, ()),
    }[condition.aspect]
    searched = [fold_ascii(words) for words in searched_words(condition)]
    if condition.relation is Relation.IS:
        return any(words == fold_ascii(value) for words in searched for value in exact_values)
    return any(words in fold_ascii(text) for words in searched)


def needs_full_message(mail_filter: Filter) -> bool:
    """Whether the filter tests properties that message lists lack."""
    return any(condition.aspect in NEED_FULL_MESSAGE for condition in mail_filter.conditions)


def shift_position(order: Sequence[int], filter_id: int, by: int) -> tuple[int, ...]:
    """The order with that filter one place up (-1) or down (+1); unchanged at the ends."""
    places = list(order)
    if filter_id in places:
        place = places.index(filter_id)
        other = max(0, min(len(places) - 1, place + by))
        places[place], places[other] = places[other], places[place]
    return tuple(places)


def reorder(order: Sequence[int], requested: Sequence[int]) -> tuple[int, ...]:
    """The requested order; unknown ids are ignored, ids that are missing come last."""
    moved_ids = [filter_id for filter_id in dict.fromkeys(requested) if filter_id in order]
    return (*moved_ids, *(filter_id for filter_id in order if filter_id not in moved_ids))


def suggest_filter(message: MessageSummary, *, with_subject: bool = False) -> Filter:
    """Filter suggested from a message: on its list or else its sender, and on its subject if asked."""
    if message.list_id:
        origin = message.list_id.rpartition("<")[2].rstrip("> ") or message.list_id
        condition = Condition(Aspect.LIST, Relation.CONTAINS, origin[:MAX_TERM_CHARACTERS])
    else:
        origin = message.sender_address
        condition = Condition(Aspect.SENDER, Relation.IS, origin[:MAX_TERM_CHARACTERS])
    name, conditions = f"Courriels de {origin}", [condition]
    subject = " ".join(_REPLY_PREFIX.sub("", clean_text(message.subject)).split())[:MAX_TERM_CHARACTERS]
    if with_subject and subject:
        name = subject
        conditions.append(Condition(Aspect.SUBJECT, Relation.CONTAINS, subject))
    return Filter(name[:MAX_NAME_CHARACTERS], tuple(conditions), Outcome())
