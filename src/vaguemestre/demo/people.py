"""The people of the demonstration: a sample feed and the cast, applied through intake itself."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from itertools import chain

from django.db import transaction

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.demo import cast
from vaguemestre.demo.cast import CAST, OUTSIDE, Part
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.demo.ledger import Ledger
from vaguemestre.desks.enrolment.services import appoint_officer
from vaguemestre.desks.removals.services import give_right
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials import services as credentials
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import account_of_mailbox, find_account, presented
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import find_academy_id, service_card
from vaguemestre.people.directory.services import found_academy, take_technical_names
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake import services as intake
from vaguemestre.people.intake.ports import closing_days
from vaguemestre.people.intake.sample import feed_text, sample, structures_text
from vaguemestre.people.intake.values import ImportTerms
from vaguemestre.schools.sharing.queries import access_to, box_id_of_account
from vaguemestre.schools.sharing.services import add_member, open_school_boxes, sync_owners
from vaguemestre.schools.sharing.values import MembershipTerms, Right
from vaguemestre.site.config import Config

type Progress = Callable[[str, float], None]

BY = "system"


def create_people(config: Config, ledger: Ledger, progress: Progress, now: datetime) -> None:
    """Everybody, from an empty or half-made database; safe to run again."""
    academy_id = _found_academy(config)
    _apply_feed(config, academy_id, progress, now)
    _open_outside(config, ledger, now)
    accounts = accounts_of_cast(academy_id, [part.dossier for part in CAST])
    open_school_boxes(None, quota_mb=config.mail.quota_mb, by=BY, now=now)
    for number, part in enumerate(CAST):
        progress("Comptes de démonstration", number / len(CAST))
        account_id, state = accounts[part.dossier]
        if state == AccountState.PENDING and not part.is_pending:
            _activate(academy_id, account_id, part, ledger, now)
    sync_owners(None, by=BY, now=now)
    _join_secretary(config.academy.domain, now)
    progress("Comptes de démonstration", 1.0)


def _join_secretary(domain: str, now: datetime) -> None:
    """Give the secretary access to the college's mailbox."""
    mailbox = account_of_mailbox(f"ce.{cast.COLLEGE.uai.lower()}@{domain}")
    secretary = next(part for part in CAST if part.role == "secretary")
    account_id, _ = accounts_of_cast(find_academy_id(domain), [secretary.dossier])[secretary.dossier]
    box_id = box_id_of_account(mailbox or 0)
    account = presented(account_id)
    if box_id is None or account is None or access_to(box_id, account_id, now):
        return
    add_member(box_id, account.address, MembershipTerms(Right.SEND, paris_day(now)), by=BY, now=now)


@transaction.atomic(durable=True)
def _found_academy(config: Config) -> int:
    academy = config.academy
    return found_academy(academy.code, academy.name, academy.domain, academy.departments)


def feed_files(today: date, academy: str, layout: NumenLayout) -> intake.FeedFiles:
    """The feed of the demonstration and its establishments: the cast first, so that they have plain names."""
    drawn = sample(cast.AGENTS, cast.SEED, today=today, academy=academy, layout=layout)
    people = chain(cast.people(today, academy, layout), drawn.people)
    places = chain(drawn.places, cast.PLACES)
    return intake.FeedFiles(
        feed="".join(feed_text(people)).encode(),
        structures="".join(structures_text(places)).encode(),
        name="demonstration.csv",
    )


def _apply_feed(config: Config, academy_id: int, progress: Progress, now: datetime) -> None:
    today = paris_day(now)
    intake.apply_feed(
        feed_files(today, config.academy.code, NumenLayout(config.academy.numen_layout)),
        intake.ImportContext(
            academy_id=academy_id,
            keys=numen_keys.get(),
            quota_mb=config.mail.quota_mb,
            by=BY,
            lock=config.data_dir / "feed.lock",
            closing_days=closing_days.get(),
        ),
        # Applied at each start, even if a later feed changed these people.
        ImportTerms(today, config.feed.grace_days, config.feed.closure_limit_percent, is_older_allowed=True),
        now=now,
        progress=lambda done, total: progress("Agents de l’académie", done / total if total else 1.0),
    )


def _activate(academy_id: int, account_id: int, part: Part, ledger: Ledger, now: datetime) -> None:
    """Password, application password, second factor and role, all or nothing."""
    drawn = ledger.secrets_of(part.role, part.factor)
    password_hash = credentials.hash_password(drawn["password"])
    with transaction.atomic(durable=True):
        credentials.activate_with_hash(account_id, password_hash, charter=CHARTER, by=BY, now=now)
        credentials.add_app_password(account_id, "Démonstration", by=BY, now=now, text=drawn["app_password"])
        credentials.give_role(account_id, part.account_role, by=BY, now=now)
        if part.office:
            service = service_card(academy_id, part.office)
            appoint_officer(account_id, service.service_id if service else 0, by=BY, now=now)
        if part.factor:
            credentials.add_one_time_device(
                account_id,
                part.factor,
                base64.b32decode(drawn["totp_secret"]),
                secret_keys.get(),
                by=BY,
                now=now,
                pin=drawn.get("pin", ""),
            )
    account = presented(account_id)
    if part.account_role is AccountRole.ADMINISTRATOR and account is not None:
        credentials.set_span(account_id, spans=True, by=BY, now=now)  # of several académies, all
        give_right(account.username, by=BY, now=now)


def _open_outside(config: Config, ledger: Ledger, now: datetime) -> None:
    """The outside world: a technical account, where everything for a foreign domain ends up."""
    if find_account(OUTSIDE):
        return
    drawn = ledger.secrets_of("outside")
    password_hash = credentials.hash_password(drawn["password"])
    with transaction.atomic(durable=True):
        take_technical_names("outside", OUTSIDE)
        account_id = credentials.open_account(
            None, "outside", OUTSIDE, AccountRole.AGENT, config.mail.quota_mb, by=BY, now=now
        )
        credentials.activate_with_hash(account_id, password_hash, charter=CHARTER, by=BY, now=now)
        credentials.add_app_password(account_id, "Démonstration", by=BY, now=now, text=drawn["app_password"])
