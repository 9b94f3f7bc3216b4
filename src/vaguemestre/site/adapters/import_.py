"""What came with somebody's mail from another installation: contacts, filters, signatures."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.queries import identities_of, own_addresses
from vaguemestre.mailbox.compose.services import save_identity
from vaguemestre.mailbox.compose.values import IdentityFields, Writer
from vaguemestre.mailbox.contacts.services import import_file
from vaguemestre.mailbox.contacts.values import AddressBook
from vaguemestre.mailbox.sorting import queries as sorting
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.services import import_filters
from vaguemestre.mailbox.sorting.values import Filter
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.mailstore.values import MailLogin

CONTACTS, FILTERS, IDENTITIES = "contacts.vcf", "filtres.json", "identites.json"  # as `belongings` names them


def take_parts(account_id: int, parts: Mapping[str, bytes], folders: Iterable[str], *, now: datetime) -> None:
    """Add to the account what such files hold; what is there already is left as it is.

    Raises the refusals of the rooms they go to: a filter that cannot be, a file that is none of ours.
    """
    if parts.get(CONTACTS, b"").strip():
        import_file(AddressBook(account_id=account_id), parts[CONTACTS])
    if FILTERS in parts:
        _take_filters(account_id, files.filters_from_json(parts[FILTERS]), frozenset(folders), now)
    writer = _writer(account_id)
    if IDENTITIES in parts and writer:
        _take_identities(writer, parts[IDENTITIES], now)


def _take_filters(account_id: int, told: Iterable[Filter], folders: frozenset[str], now: datetime) -> None:
    known = {replace(one, filter_id=0) for one in sorting.filters_of(account_id)}
    wanted = [one for one in told if replace(one, filter_id=0) not in known]
    by, free = f"account:{account_id}", settings.CONFIG.mail.forward_outside
    for one in wanted:
        try:
            import_filters(account_id, [one], folders, by=by, now=now, forwards_outside=free)
        except Refusal:  # it sent mail on to where this académie does not, or filed it where nothing is
            continue


def _take_identities(writer: Writer, content: bytes, now: datetime) -> None:
    """One under an address that is no longer theirs goes to the one they have."""
    try:
        told = [_identity(one, own_addresses(writer), writer) for one in json.loads(content)]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("portability.file-damaged", name=IDENTITIES) from error
    held = {(one.signed_with, one.signature) for one in identities_of(writer)}
    for identity in told:
        if (identity.signed_with, identity.signature) not in held:
            _save(writer, identity, f"account:{writer.account_id}", now)


def _save(writer: Writer, identity: IdentityFields, by: str, now: datetime) -> None:
    """Under the name they have here, where the one they had is not theirs any more."""
    try:
        save_identity(writer, 0, identity, by=by, now=now)
    except Refusal as refusal:
        if refusal.code != "compose.name-not-yours":
            raise
        save_identity(writer, 0, replace(identity, name=writer.name), by=by, now=now)


def _identity(one: Mapping[str, object], own: tuple[str, ...], writer: Writer) -> IdentityFields:
    address = str(one["address"])
    return IdentityFields(
        address=address if address in own else writer.address,
        name=str(one["name"]),
        reply_to=str(one["reply_to"]) if one["reply_to"] in own else "",
        signed_with=str(one["signed_with"]),
        signature=str(one["signature"]),
        is_default=bool(one["is_default"]),
    )


def _writer(account_id: int) -> Writer | None:
    shown = presented(account_id)
    return Writer(account_id, shown.name, shown.address, MailLogin(shown.mailbox)) if shown else None
