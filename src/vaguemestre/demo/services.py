"""Creation of the demonstration académie, resumed after an interruption, and its accounts."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.utils import timezone

from vaguemestre.demo.cast import CAST, OUTSIDE, Part, numen_of
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.demo.classes import import_classes
from vaguemestre.demo.intranet import register
from vaguemestre.demo.ledger import Ledger
from vaguemestre.demo.lists import create_lists
from vaguemestre.demo.mail import load_mail
from vaguemestre.demo.news import announce
from vaguemestre.demo.office import fill_office, write_to_heads
from vaguemestre.demo.people import Progress, create_people
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.queries import has_accounts, presented
from vaguemestre.people.credentials.values import DeviceKind
from vaguemestre.people.directory.queries import academy_of_domain
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.processes.supervisor.run_folder import SampleAccount
from vaguemestre.site.config import Config

_PEOPLE = "people"
_MAIL = "mail"
_CLASSES = "classes"
_READ_FIRST = ("teacher", "colleague")
_TRIES, _REST_SECONDS = 40, 3.0
_PERIODS = {DeviceKind.APP: 30, DeviceKind.KEY: 60}


def is_wanted(config: Config) -> bool:
    """True when this home holds an unfinished demonstration, or nobody at all."""
    ledger = Ledger(config.secrets_dir)
    if ledger.exists:
        return not is_complete(config)
    return not has_accounts()


def is_complete(config: Config) -> bool:
    ledger = Ledger(config.secrets_dir)
    return ledger.is_done(_PEOPLE) and ledger.is_done(_MAIL)


def people(config: Config, progress: Progress) -> None:
    """Create the people in the database only; the caller reconciles the engines. Idempotent."""
    ledger = Ledger(config.secrets_dir)
    if ledger.is_done(_PEOPLE):
        return
    create_people(config, ledger, progress, timezone.now())
    create_lists(config, timezone.now())
    announce(timezone.now())
    ledger.mark_done(_PEOPLE)


def first_mail(config: Config, progress: Progress) -> None:
    """Load what is read first, the teacher's mail and the colleague's, by IMAP. Idempotent.

    The engines know these accounts. Raises EngineDown, EngineRefused.
    """
    load_mail(config, Ledger(config.secrets_dir), progress, timezone.now(), _READ_FIRST)


def mail(config: Config, progress: Progress) -> None:
    """Load the rest of the cast's mail by IMAP, once the engines know these accounts. Idempotent.

    Raises EngineDown, EngineRefused.
    """
    ledger = Ledger(config.secrets_dir)
    if ledger.is_done(_MAIL):
        return
    load_mail(config, ledger, progress, timezone.now())
    until_answered(partial(fill_office, config, timezone.now()))
    write_to_heads(config, timezone.now())
    ledger.mark_done(_MAIL)


def until_answered(act: Callable[[], None], rest: float = _REST_SECONDS) -> None:
    """Retry while the mail store is too busy, for about two minutes.

    Raises EngineDown after that.
    """
    for _ in range(_TRIES):
        with suppress(EngineDown):
            return act()
        time.sleep(rest)
    return act()


def intranet(config: Config) -> None:
    """Register Accolad and Salles as applications if this home holds a demonstration. Idempotent."""
    if Ledger(config.secrets_dir).is_done(_PEOPLE):
        register(config)


def classes(config: Config) -> None:
    """Import the college's classes from a generated ENT export. Idempotent."""
    ledger = Ledger(config.secrets_dir)
    if ledger.is_done(_PEOPLE) and not ledger.is_done(_CLASSES):
        import_classes(config, timezone.now())
        ledger.mark_done(_CLASSES)


def accounts(config: Config) -> list[SampleAccount]:
    """Accounts listed in `ready.json`, one per role; empty without a demonstration."""
    ledger = Ledger(config.secrets_dir)
    if not ledger.is_done(_PEOPLE):
        return []
    academy = academy_of_domain(config.academy.domain)
    by_dossier = accounts_of_cast(academy.pk, [part.dossier for part in CAST])
    entries = [_account_entry(part, by_dossier[part.dossier][0], ledger, config) for part in CAST]
    outside = SampleAccount(role="outside", username="outside", address=OUTSIDE)
    return [*entries, {**outside, **ledger.secrets_of("outside")}]


def _account_entry(part: Part, account_id: int, ledger: Ledger, config: Config) -> SampleAccount:
    account = presented(account_id)
    if account is None:
        raise LookupError(part.role)
    entry = SampleAccount(role=part.role, username=account.username, address=account.address)
    if part.is_pending:
        numen = numen_of(part, config.academy.code, NumenLayout(config.academy.numen_layout))
        return {**entry, "numen": numen.text, "birth_date": f"{part.civil.birth_date:%d/%m/%Y}"}
    entry = {**entry, **ledger.secrets_of(part.role, part.factor)}
    if part.factor:
        entry["totp_period"] = _PERIODS[part.factor]
    return entry
