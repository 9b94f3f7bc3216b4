"""What applying a feed would do: pure comparison of the file with what we know."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.directory.values import (
    CivilStatus,
    KnownElsewhere,
    KnownPerson,
    NewPerson,
    PersonChange,
    Post,
)
from vaguemestre.people.intake.rules.differences import differences
from vaguemestre.people.intake.rules.person_groups import Group, grouped, with_primary
from vaguemestre.people.intake.rules.person_match import Digest, matched
from vaguemestre.people.intake.rules.situations import LEAVING, situation_day, situation_in, unknown_statuses
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    Difference,
    Field,
    Known,
    KnownAccount,
    Plan,
    Reading,
    Terms,
    Transfer,
)


def plan(reading: Reading, known: Known, terms: Terms, digest: Digest) -> Plan:
    """Arrivals, changes, departures and refused lines; `refusal` says why nothing may be applied, if so.

    The same file and the same state give the same plan; once applied, the plan is empty.
    """
    groups, contradicted = grouped(reading.records)
    matches = matched(groups, known, digest)
    arrivals, ended = _arrivals(matches.unknown, terms)
    transfers, left = _transfers(matches.elsewhere, terms)
    found = [one for one in matches.known if not _stays_erased(*one, terms)]
    changes = [change for group, person in found if (change := _change(group, person, known, terms, digest))]
    unchanged = len(found) - len(changes)
    ended += len(matches.known) - len(found)
    if terms.full_source:
        refused_dossiers = {line.dossier for line in (*reading.refused, *contradicted, *matches.refused)}
        seen = {person.person_id for _, person in matches.known}
        changes += _absences(known, terms, seen, refused_dossiers)
    refused = sorted((*reading.refused, *contradicted, *matches.refused), key=lambda line: line.line)
    accounts = _accounts_of_source(known, terms)
    departures = tuple(change for change in changes if change.leaves)
    lines = len(reading.records) + len(reading.refused)
    doubtful = sum(len(doubt.lines) for doubt in matches.doubts)
    written = [(a.person.posts for a in arrivals), (t.person.posts for t in transfers)]
    written.append(c.change.posts for c in changes)
    return Plan(
        arrivals=tuple(arrivals),
        changes=tuple(changes),
        refused=tuple(refused),
        unchanged=unchanged,
        ended_already=ended + left,
        accounts_of_source=accounts,
        refusal=refusal(Held(len(departures), accounts, len(refused) - doubtful, lines), terms),
        doubts=tuple(sorted(matches.doubts, key=lambda doubt: doubt.lines[0].line)),
        transfers=tuple(transfers),
        departures=departures,
        uais=frozenset(post.uai for posts in chain.from_iterable(written) for post in posts),
        mentioned=frozenset(person.person_id for _, person in found if _is_closed(person, known)),
        unknown_statuses=unknown_statuses(reading.records),
        lines=lines,
        doubtful_lines=doubtful,
    )


class Held(NamedTuple):
    """What may hold a feed back: people who leave, of so many accounts; lines refused, of so many."""

    leaving: int
    accounts: int
    refused: int
    lines: int


def refusal(counts: Held, terms: Terms) -> str:
    """Why nothing may be applied without somebody's confirmation; "" if it may."""
    reasons = []
    if not terms.closures_confirmed and counts.leaving * 100 > counts.accounts * terms.closure_limit_percent:
        reasons.append(
            f"Ce fichier mettrait fin aux fonctions de {counted(counts.leaving, 'personne')} sur "
            f"{counted(counts.accounts, 'compte')} : "
            f"plus que la limite de {_percent(terms.closure_limit_percent)}."
        )
    # One wrong line is always a slip of one line, however short the file.
    if (
        not terms.refusals_confirmed
        and counts.refused > 1
        and counts.refused * 100 > counts.lines * terms.refusal_limit_percent
    ):
        reasons.append(
            f"{counts.refused} lignes sur {counts.lines} sont refusées : plus que la limite de "
            f"{_percent(terms.refusal_limit_percent)}."
        )
    return " ".join((*reasons, NOTHING_APPLIED)) if reasons else ""


NOTHING_APPLIED = "Rien n’est appliqué sans la confirmation d’un administrateur."


def _percent(limit: float) -> str:
    return f"{limit:g} %".replace(".", ",")


def _accounts_of_source(known: Known, terms: Terms) -> int:
    """Open accounts the limit is counted on: those of the declared source, or all for a partial file."""
    return sum(
        account.state != "closed"
        for person_id, account in known.accounts.items()
        if not terms.full_source or known.sources.get(person_id) == terms.full_source
    )


def _stays_erased(group: Group, person: KnownPerson, terms: Terms) -> bool:
    """Whoever's civil status was erased comes back with a post; without one nothing is known again."""
    return person.civil is None and not any(_is_open(post, terms.today) for post in group.posts)


def _is_closed(person: KnownPerson, known: Known) -> bool:
    account = known.accounts.get(person.person_id)
    return account is not None and account.state == "closed"


def _arrivals(groups: Iterable[Group], terms: Terms) -> tuple[list[Arrival], int]:
    arrivals, ended = [], 0
    for group in groups:
        situation = situation_in(group.posts, terms.today)
        if _is_over(group.posts, terms) or situation in LEAVING:
            ended += 1
            continue
        arrivals.append(Arrival(_new(group), tuple(group.records), situation))
    return arrivals, ended


def _transfers(groups: Iterable[tuple[Group, KnownElsewhere]], terms: Terms) -> tuple[list[Transfer], int]:
    """Those who take a post here after their last one there; the file of the académie they left says nothing
    new about them, and they are counted apart."""
    transfers, left = [], 0
    for group, there in groups:
        latest = max((p.starts_on for p in group.posts if _is_open(p, terms.today)), default=date.min)
        if latest > there.last_start:
            civil = _corrected(group.civil, there.civil)
            person = replace(_new(group), civil=civil)
            transfers.append(Transfer(there.person_id, person, tuple(group.records)))
        else:
            left += 1
    return transfers, left


def _new(group: Group) -> NewPerson:
    return NewPerson(
        dossier=group.dossier,
        civil=group.civil,
        category=group.category,
        posts=group.posts,
        numen=group.numen,
        recovery_address=group.recovery_address,
    )


def _change(group: Group, person: KnownPerson, known: Known, terms: Terms, digest: Digest) -> Change | None:
    civil = _corrected(group.civil, person.civil)
    is_brought = group.dossier != person.dossier
    posts = _posts_changed(_told_posts(group, person), person.posts, terms, is_brought=is_brought)
    held = next(iter(person.numen_digests), "")
    numen_is_new = group.numen is not None and (digest(group.numen) != held or person.civil is None)
    change = PersonChange(
        person_id=person.person_id,
        dossier=group.dossier if is_brought else None,
        civil=civil if civil != person.civil else None,
        category=group.category if group.category != person.category else None,
        numen=group.numen if numen_is_new else None,
        # A backup address the person chose is theirs: the feed only fills an empty one.
        recovery_address=group.recovery_address
        if group.recovery_address and not person.recovery_address
        else None,
        posts=posts,
    )
    made = _with_account(change, person, known, terms)
    return replace(made, lines=tuple(group.records)) if made else None


def _corrected(told: CivilStatus, held: CivilStatus | None) -> CivilStatus:
    """What HR says, save what a feed does not know: the chosen first name, an unsaid civility."""
    if held is None:
        return told
    civility = told.civility or held.civility
    if (civility, held.chosen_first_name) == (told.civility, told.chosen_first_name):
        return told
    return replace(told, civility=civility, chosen_first_name=held.chosen_first_name)


def _told_posts(group: Group, person: KnownPerson) -> Sequence[Post]:
    """The posts as told; which is primary stays as it was when the file does not say."""
    if group.says_primary:
        return group.posts
    primary = {post.key for post in person.posts if post.is_primary}
    return [with_primary(post, is_primary=post.key in primary) for post in group.posts]


def _posts_changed(
    told: Sequence[Post], held: Sequence[Post], terms: Terms, *, is_brought: bool
) -> tuple[Post, ...]:
    """Posts to write. A post the file does not mention stays, unless the file is complete for its source.

    `is_brought`: the person had another dossier, maybe a service's own while human resources were late; the
    post written then ends where theirs begins to be known, or it would outlive it.
    """
    known = {post.key: post for post in held}
    wanted = {post.key: post for post in told}
    changed = [post for key, post in wanted.items() if known.get(key) != post]
    yesterday = terms.today - timedelta(days=1)
    has_primary = any(post.is_primary and _is_open(post, terms.today) for post in told)
    is_served = is_brought and any(_is_open(post, terms.today) for post in told)
    for key, post in known.items():
        if key in wanted or not _is_open(post, terms.today):
            continue
        after = replace(post, ends_on=yesterday) if terms.full_source else post
        if is_served and _is_provisional(post):
            after = replace(post, ends_on=max(yesterday, post.starts_on))
        if has_primary:
            after = replace(after, is_primary=False)
        if after != post:
            changed.append(after)
    return tuple(changed)


def _absences(known: Known, terms: Terms, seen: set[int], refused_dossiers: set[str]) -> list[Change]:
    """People of a source that its complete file does not speak of any more: their open posts end."""
    yesterday = terms.today - timedelta(days=1)
    changes = []
    for person_id, source in known.sources.items():
        person = known.people[person_id]
        if source != terms.full_source or person_id in seen or person.dossier in refused_dossiers:
            continue
        ended = tuple(replace(p, ends_on=yesterday) for p in person.posts if _is_open(p, terms.today))
        made = _with_account(PersonChange(person_id, posts=ended), person, known, terms, spoken_of=False)
        if made:
            changes.append(made)
    return changes


def _with_account(
    change: PersonChange, person: KnownPerson, known: Known, terms: Terms, *, spoken_of: bool = True
) -> Change | None:
    """The change with its consequence for the account; None when nothing is different."""
    written = {post.key: post for post in change.posts}
    after = [*(p for p in person.posts if p.key not in written), *change.posts]
    account = known.accounts.get(person.person_id)
    before_open = any(_is_open(p, terms.today) for p in person.posts)
    after_open = any(_is_open(p, terms.today) for p in after)
    act = _account_act(after, account, terms, comes_back=after_open and not before_open)
    what = _what(change)
    former, situation = situation_in(person.posts, terms.today), situation_in(after, terms.today)
    if situation is not former:
        what = (*what, "situation")
        if situation in LEAVING:
            act = ""  # what follows has its own days, and its own state of the mailbox
    source = None
    if spoken_of and terms.full_source and known.sources.get(person.person_id) != terms.full_source:
        source = terms.full_source
        what = (*what, "source")
    if not what and not act:
        return None
    civil = change.civil or person.civil
    has_left = situation in LEAVING and former not in LEAVING
    is_departure = before_open and (not after_open or has_left)
    main = max(after, key=lambda post: (post.is_primary, post.starts_on), default=None)
    return Change(
        change=change,
        what=(*what, *([act] if act else [])),
        shown=f"{civil.shown_first_name} {civil.shown_last_name}" if civil else "",
        dossier=change.dossier or person.dossier,
        account_id=account.account_id if account else None,
        account_act=act,
        leaves=is_departure,
        source=source,
        differences=(
            *differences(change, person),
            *([Difference(Field.SITUATION, former, situation)] if situation is not former else []),
            *_of_account(act, source, known.sources.get(person.person_id)),
        ),
        uai=main.uai if main else "",
        function=main.function if main else "",
        leaves_on=max((p.ends_on for p in after if p.ends_on), default=None) if is_departure else None,
        situation=situation if situation is not former else None,
        situation_on=situation_day(situation, after, terms.today) if situation is not former else None,
    )


def _of_account(act: str, source: str | None, former: str | None) -> Iterable[Difference]:
    if source is not None:
        yield Difference(Field.SOURCE, former or "", source)
    if act:
        states = ("open", "closed") if act == "close" else ("closed", "open")
        yield Difference(Field.ACCOUNT, *states)


def _what(change: PersonChange) -> tuple[str, ...]:
    named = {
        "dossier": change.dossier,
        "état civil": change.civil,
        "catégorie": change.category,
        "NUMEN": change.numen,
        "adresse de secours": change.recovery_address,
        "affectations": change.posts or None,
    }
    return tuple(name for name, value in named.items() if value is not None)


def _account_act(
    posts: Sequence[Post], account: KnownAccount | None, terms: Terms, *, comes_back: bool
) -> str:
    if account is None or not posts:
        return ""
    # Only a return reopens: an account closed by hand is not opened by the next unchanged feed.
    if account.state == "closed" and comes_back:
        return "reopen"
    if account.state != "closed" and _is_over(posts, terms) and not _closes_later(account, terms):
        return "close"
    return ""


def _closes_later(account: KnownAccount, terms: Terms) -> bool:
    """A departure under way has its own day, which an officer may have put off (docs/domain.md §3.6)."""
    return account.closes_on is not None and account.closes_on > terms.today


def _is_provisional(post: Post) -> bool:
    """Written by a service that knew where somebody works, and since when: the rest is human resources'."""
    return not (post.function or post.status or post.corps or post.discipline)


def _is_open(post: Post, today: date) -> bool:
    """Served today or to come."""
    return post.ends_on is None or post.ends_on >= today


def _is_over(posts: Sequence[Post], terms: Terms) -> bool:
    """Every post ended, and the days of grace too."""
    limit = terms.today - timedelta(days=terms.grace_days)
    return all(post.ends_on is not None and post.ends_on < limit for post in posts)
