"""The changes a feed makes to one registered person, and to their account."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.values import CivilStatus, KnownPerson, PersonChange, Post
from vaguemestre.people.intake.rules.differences import field_differences
from vaguemestre.people.intake.rules.person_groups import PersonGroup, with_primary
from vaguemestre.people.intake.rules.person_match import Digest
from vaguemestre.people.intake.rules.posts import are_over, changed_posts, has_open_post, is_open
from vaguemestre.people.intake.rules.situations import LEAVING, situation_day, situation_of_posts
from vaguemestre.people.intake.values import (
    AcademySnapshot,
    Change,
    Difference,
    Field,
    ImportTerms,
    KnownAccount,
    Situation,
)


def person_change(
    group: PersonGroup, person: KnownPerson, snapshot: AcademySnapshot, terms: ImportTerms, digest: Digest
) -> Change | None:
    """What the lines of the feed change for this person; None if nothing."""
    civil = merged_civil_status(group.civil, person.civil)
    dossier_changes = group.dossier != person.dossier
    current_numen = next(iter(person.numen_digests), "")
    numen_changes = group.numen is not None and (digest(group.numen) != current_numen or person.civil is None)
    change = PersonChange(
        person_id=person.person_id,
        dossier=group.dossier if dossier_changes else None,
        civil=civil if civil != person.civil else None,
        category=group.category if group.category != person.category else None,
        numen=group.numen if numen_changes else None,
        # A recovery address chosen by the person is theirs: the feed only fills an empty one.
        recovery_address=group.recovery_address
        if group.recovery_address and not person.recovery_address
        else None,
        posts=changed_posts(_feed_posts(group, person), person.posts, terms, dossier_changes=dossier_changes),
    )
    planned = _with_account(change, person, snapshot, terms, is_mentioned=True)
    return replace(planned, lines=tuple(group.records)) if planned else None


def absence_change(person: KnownPerson, snapshot: AcademySnapshot, terms: ImportTerms) -> Change | None:
    """What changes for somebody absent from the complete file of their source: their open posts end."""
    yesterday = terms.today - timedelta(days=1)
    ended = tuple(replace(p, ends_on=yesterday) for p in person.posts if is_open(p, terms.today))
    change = PersonChange(person.person_id, posts=ended)
    return _with_account(change, person, snapshot, terms, is_mentioned=False)


def merged_civil_status(feed: CivilStatus, current: CivilStatus | None) -> CivilStatus:
    """The feed's civil status, keeping the chosen first name and a civility the feed leaves empty."""
    if current is None:
        return feed
    civility = feed.civility or current.civility
    if (civility, current.chosen_first_name) == (feed.civility, feed.chosen_first_name):
        return feed
    return replace(feed, civility=civility, chosen_first_name=current.chosen_first_name)


def _feed_posts(group: PersonGroup, person: KnownPerson) -> Sequence[Post]:
    """The posts of the feed; if it names no primary post, the current one stays primary."""
    if group.says_primary:
        return group.posts
    primary = {post.key for post in person.posts if post.is_primary}
    return [with_primary(post, is_primary=post.key in primary) for post in group.posts]


class _Outcome(NamedTuple):
    """Posts and situation after the change, and what follows for the account."""

    posts: Sequence[Post]
    former: Situation
    situation: Situation
    is_departure: bool
    act: str
    source: str | None

    @property
    def situation_changes(self) -> bool:
        return self.situation is not self.former


def _with_account(
    change: PersonChange,
    person: KnownPerson,
    snapshot: AcademySnapshot,
    terms: ImportTerms,
    *,
    is_mentioned: bool,
) -> Change | None:
    """The change with its effect on the account; None if nothing changes. `is_mentioned`: by the feed."""
    source = _new_source(person.person_id, snapshot, terms) if is_mentioned else None
    account = snapshot.accounts.get(person.person_id)
    after = _outcome(change, person, account, source, terms)
    what = (*_changed_fields(change), *_changed_extras(after))
    if not what:
        return None
    civil = change.civil or person.civil
    main = max(after.posts, key=lambda post: (post.is_primary, post.starts_on), default=None)
    last_day = max((p.ends_on for p in after.posts if p.ends_on), default=None)
    return Change(
        change=change,
        what=what,
        name=f"{civil.shown_first_name} {civil.shown_last_name}" if civil else "",
        dossier=change.dossier or person.dossier,
        account_id=account.account_id if account else None,
        account_act=after.act,
        leaves=after.is_departure,
        source=source,
        differences=(
            *field_differences(change, person),
            *_situation_differences(after.former, after.situation),
            *_account_differences(after.act, source, snapshot.sources.get(person.person_id)),
        ),
        uai=main.uai if main else "",
        function=main.function if main else "",
        leaves_on=last_day if after.is_departure else None,
        situation=after.situation if after.situation_changes else None,
        situation_on=situation_day(after.situation, after.posts, terms.today)
        if after.situation_changes
        else None,
    )


def _outcome(
    change: PersonChange,
    person: KnownPerson,
    account: KnownAccount | None,
    source: str | None,
    terms: ImportTerms,
) -> _Outcome:
    changed_keys = {post.key for post in change.posts}
    posts = [*(p for p in person.posts if p.key not in changed_keys), *change.posts]
    former = situation_of_posts(person.posts, terms.today)
    situation = situation_of_posts(posts, terms.today)
    was_serving = has_open_post(person.posts, terms.today)
    is_serving = has_open_post(posts, terms.today)
    act = _account_act(posts, account, terms, comes_back=is_serving and not was_serving)
    if situation is not former and situation in LEAVING:
        act = ""  # the lifecycle event has its own days, and its own state of the mailbox
    has_left = situation in LEAVING and former not in LEAVING
    is_departure = was_serving and (not is_serving or has_left)
    return _Outcome(posts, former, situation, is_departure, act, source)


def _changed_extras(after: _Outcome) -> Iterable[str]:
    """Names of what changes beside the person's fields: situation, source, and the act on the account."""
    if after.situation_changes:
        yield "situation"
    if after.source is not None:
        yield "source"
    if after.act:
        yield after.act


def _new_source(person_id: int, snapshot: AcademySnapshot, terms: ImportTerms) -> str | None:
    """The source of the feed, if the person was last seen in another one."""
    is_new = terms.full_source and snapshot.sources.get(person_id) != terms.full_source
    return terms.full_source if is_new else None


def _situation_differences(former: Situation, situation: Situation) -> Iterable[Difference]:
    if situation is not former:
        yield Difference(Field.SITUATION, former, situation)


def _account_differences(act: str, source: str | None, former: str | None) -> Iterable[Difference]:
    if source is not None:
        yield Difference(Field.SOURCE, former or "", source)
    if act:
        states = ("open", "closed") if act == "close" else ("closed", "open")
        yield Difference(Field.ACCOUNT, *states)


def _changed_fields(change: PersonChange) -> tuple[str, ...]:
    """The names of the fields that change, in French."""
    fields = {
        "dossier": change.dossier,
        "état civil": change.civil,
        "catégorie": change.category,
        "NUMEN": change.numen,
        "adresse de secours": change.recovery_address,
        "affectations": change.posts or None,
    }
    return tuple(name for name, value in fields.items() if value is not None)


def _account_act(
    posts: Sequence[Post], account: KnownAccount | None, terms: ImportTerms, *, comes_back: bool
) -> str:
    """`close`, `reopen`, or ""."""
    if account is None or not posts:
        return ""
    # Only a return reopens: an account closed by hand stays closed when the next feed changes nothing.
    if account.state == AccountState.CLOSED and comes_back:
        return "reopen"
    if account.state != AccountState.CLOSED and are_over(posts, terms) and not _closes_later(account, terms):
        return "close"
    return ""


def _closes_later(account: KnownAccount, terms: ImportTerms) -> bool:
    """Whether a departure under way closes it on a later day (docs/domain.md §3.6)."""
    return account.closes_on is not None and account.closes_on > terms.today
