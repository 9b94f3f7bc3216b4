"""Import of contacts, filters and identities that come with a transfer archive."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, count

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.queries import identities_of, own_addresses, stock_texts_of
from vaguemestre.mailbox.compose.services import plain_title, save_imported_identity, save_stock_text
from vaguemestre.mailbox.compose.values import IdentityFields, StockTextFields, Writer
from vaguemestre.mailbox.contacts.ports import read_apart
from vaguemestre.mailbox.contacts.services import import_file
from vaguemestre.mailbox.contacts.values import AddressBook
from vaguemestre.mailbox.sorting import queries as sorting
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.http import may_forward_outside
from vaguemestre.mailbox.sorting.services import import_filters
from vaguemestre.mailbox.sorting.values import Filter
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site.adapters.sorting import create_label_if_possible

# as `belongings` names them
CONTACTS, FILTERS, IDENTITIES = "contacts.vcf", "filtres.json", "identites.json"
STOCK_TEXTS = "reponses-types.json"


def take_parts(account_id: int, parts: Mapping[str, bytes], folders: Iterable[str], *, now: datetime) -> None:
    """Add to the account what such files hold; what is there already is left as it is.

    Raises the refusals of the rooms they go to: a filter that cannot be, a file that is none of ours.
    """
    if parts.get(CONTACTS, b"").strip():
        import_file(AddressBook(account_id=account_id), parts[CONTACTS], read_apart.get())
    if FILTERS in parts:
        _take_filters(account_id, files.filters_from_json(parts[FILTERS]), frozenset(folders), now)
    writer = _writer(account_id)
    if IDENTITIES in parts and writer:
        _take_identities(writer, parts[IDENTITIES], now)
    if STOCK_TEXTS in parts:
        _take_stock_texts(account_id, parts[STOCK_TEXTS], now)


def _take_filters(account_id: int, filters: Iterable[Filter], folders: frozenset[str], now: datetime) -> None:
    present = {replace(rule, filter_id=0) for rule in sorting.filters_of(account_id)}
    missing = [rule for rule in filters if replace(rule, filter_id=0) not in present]
    by, free = account_subject(account_id), may_forward_outside(account_id)
    for rule in missing:
        try:
            import_filters(
                account_id, [rule], folders, by=by, now=now,
                forwards_outside=free, create_label=create_label_if_possible,
            )  # fmt: skip
        except Refusal:  # it sent mail on to where this académie does not, or filed it where nothing is
            continue


def _take_identities(writer: Writer, content: bytes, now: datetime) -> None:
    """Import identities. An identity whose address the account lacks gets the account's own address."""
    try:
        identities = [_identity(entry, own_addresses(writer), writer) for entry in json.loads(content)]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("portability.file-damaged", name=IDENTITIES) from error
    present = {(entry.signed_with, entry.signature) for entry in identities_of(writer)}
    for identity in identities:
        if (identity.signed_with, identity.signature) not in present:
            save_imported_identity(writer, identity, by=account_subject(writer.account_id), now=now)


def _take_stock_texts(account_id: int, content: bytes, now: datetime) -> None:
    """Import stock texts, shared with nobody."""
    try:
        texts = [
            StockTextFields(str(entry["title"]), str(entry["subject"]), str(entry["html"]))
            for entry in json.loads(content)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("portability.file-damaged", name=STOCK_TEXTS) from error
    own = [text for text in stock_texts_of(account_id, paris_day(now)) if text.is_own]
    present = {(_without_number(text.title), text.html) for text in own}
    titles = {plain_title(text.title) for text in own}
    for text in texts:
        if (_without_number(text.title), text.html) not in present:
            title = _free_title(text.title, titles)
            titles.add(plain_title(title))
            with suppress(Refusal):  # there are many already, or somebody wrote in the file
                save_stock_text(
                    account_id, 0, replace(text, title=title), by=account_subject(account_id), now=now
                )


def _without_number(title: str) -> str:
    return re.sub(r" \(\d+\)$", "", title)


def _free_title(title: str, taken: set[str]) -> str:
    """The title, numbered if another text has it already: both texts stay, and are told apart."""
    numbered = (f"{title[:90]} ({number})" for number in count(2))
    return next(choice for choice in chain((title,), numbered) if plain_title(choice) not in taken)


def _identity(entry: Mapping[str, object], own: tuple[str, ...], writer: Writer) -> IdentityFields:
    address = str(entry["address"])
    return IdentityFields(
        address=address if address in own else writer.address,
        name=str(entry["name"]),
        reply_to=str(entry["reply_to"]) if entry["reply_to"] in own else "",
        signed_with=str(entry["signed_with"]),
        signature=str(entry["signature"]),
        is_default=bool(entry["is_default"]),
    )


def _writer(account_id: int) -> Writer | None:
    account = presented(account_id)
    return Writer(account_id, account.name, account.address, MailLogin(account.mailbox)) if account else None
