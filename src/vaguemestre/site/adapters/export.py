"""Files of a personal data export besides mail: contacts, filters, absences, signatures, texts, activity."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils import timezone

from vaguemestre.access.signin.queries import activity_of
from vaguemestre.foundation.kernel.text.cells import inert_cell
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.queries import identities_of, stock_texts_of
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.mailbox.contacts.ports import read_apart
from vaguemestre.mailbox.contacts.queries import books_of
from vaguemestre.mailbox.contacts.services import export_book
from vaguemestre.mailbox.contacts.values import AddressBook
from vaguemestre.mailbox.sorting import queries as sorting
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.script import absence_script, personal_script
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.mailstore.values import MailLogin

_VCARD = "3.0"  # the version every program reads
_MAX_LINES = 5000


def belongings(account_id: int) -> Iterator[tuple[str, bytes]]:
    """Files of an account's export as (name in the archive, content)."""
    for number, book in enumerate(books_of(account_id)):
        if number == 0 or book.book_id:
            yield _book(book, number), export_book(book, _VCARD, read_apart.get()).encode()
    yield "filtres.json", files.filters_to_json(sorting.filters_of(account_id)).encode()
    owner = sorting.owner_of(account_id, timezone.now())
    if owner:
        decided = sorting.settings_of(account_id)
        yield "filtres.sieve", personal_script(decided, owner, foreign_script="").encode()
        yield "absence.sieve", absence_script(decided, owner, now=timezone.now()).encode()
    yield "absences.json", _json([dataclasses.asdict(absence) for absence in sorting.absences_of(account_id)])
    yield from _signatures(account_id)
    yield "reponses-types.json", _stock_texts(account_id)
    yield "activite.csv", _activity(account_id)


def _book(book: AddressBook, number: int) -> str:
    return f"contacts-{book.uai}.vcf" if number else "contacts.vcf"


def _signatures(account_id: int) -> Iterator[tuple[str, bytes]]:
    account = presented(account_id)
    if account is None:
        return
    writer = Writer(account_id, account.name, account.address, MailLogin(account.mailbox))
    identities = identities_of(writer)
    yield "identites.json", _json([dataclasses.asdict(identity) for identity in identities])
    for number, identity in enumerate(identities, 1):
        if identity.signature:
            yield f"signatures/{number}.html", identity.signature.encode()


def _stock_texts(account_id: int) -> bytes:
    """Own stock texts; those of colleagues are theirs."""
    texts = stock_texts_of(account_id, paris_day(timezone.now()))
    return _json(
        [{"title": one.title, "subject": one.subject, "html": one.html} for one in texts if one.is_own]
    )


def _activity(account_id: int) -> bytes:
    """« Mon activité » as CSV."""
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";")
    rows.writerow(["Quand", "Quoi", "Par qui", "Précisions"])
    for line in activity_of(account_id, limit=_MAX_LINES):
        cells = (f"{timezone.localtime(line.at):%d/%m/%Y %H:%M:%S}", line.words, line.who, line.more)
        rows.writerow([inert_cell(cell) for cell in cells])
    return table.getvalue().encode("utf-8-sig")


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, default=_said).encode()


def _said(value: object) -> str:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return str(value)
