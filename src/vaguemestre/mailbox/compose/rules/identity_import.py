"""Import signatures from files of Roundcube, SOGo, Zimbra, Thunderbird and our own export."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text
from vaguemestre.mailbox.compose.values import IdentityFields

MAX_FILE_BYTES = 512 * 1024
MAX_IDENTITIES = 20
_MAX_COLUMNS = 100
_MAX_ROWS = 1000  # that are looked at
_ZIMBRA = re.compile(r"^(# name [^\n]*|(?:zimbra\w+|cn|uid|mail|displayName): ?)", re.MULTILINE)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")  # up to the next one: read once, however many are open
_YES = frozenset({"1", "true", "yes", "oui"})


def read_identities(content: bytes, name: str) -> tuple[IdentityFields, ...]:
    """Identities of the file that have a signature; their address or name may be "".

    Raises Refusal `compose.signature-file` when there are none.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        signed = (identity for identity in _parse(text, name.lower()) if identity.signature.strip())
        identities = tuple(islice(signed, MAX_IDENTITIES))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        raise Refusal("compose.signature-file", field="file") from error
    if not identities or len(content) > MAX_FILE_BYTES:
        raise Refusal("compose.signature-file", field="file")
    return identities


def _parse(text: str, name: str) -> Iterable[IdentityFields]:
    if name.endswith(".json"):
        return _parse_json(json.loads(text))
    if name.endswith(".csv"):
        return _parse_csv(text)
    if "zimbraPrefMailSignature" in text or "zimbraSignatureName" in text:
        return _parse_zimbra(text)
    if name.endswith((".html", ".htm", ".txt")):
        return (_signature_only(text, is_html=not name.endswith(".txt")),)
    return ()


def _signature_only(text: str, *, is_html: bool) -> IdentityFields:
    return IdentityFields("", "", signed_with="own", signature=text if is_html else html_of_text(text))


def _parse_json(document: Any) -> Iterable[IdentityFields]:
    """Parse SOGo preferences or identities, Roundcube rows, or our own export."""
    if isinstance(document, dict) and "SOGoMailSignature" in document:
        return (_identity({"signature": document["SOGoMailSignature"]}),)
    rows = (
        document.get("SOGoMailIdentities") or document["identities"]
        if isinstance(document, dict)
        else document
    )
    return (_identity(row) for row in islice(rows, _MAX_ROWS))


def _parse_csv(text: str) -> Iterable[IdentityFields]:
    """Parse a CSV export of Roundcube's identities table."""
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    if head.count(separator) > _MAX_COLUMNS:  # each row has a value of each
        raise ValueError("too many columns")
    rows = csv.DictReader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    return (_identity(row) for row in islice(rows, _MAX_ROWS))


def _identity(row: Mapping[str, Any]) -> IdentityFields:
    signature = str(row.get("signature") or "")
    html_flag = row.get("html_signature")
    is_html = bool(_TAG.search(signature)) if html_flag is None else _is_yes(row, "html_signature")
    return IdentityFields(
        address=str(row.get("email") or row.get("address") or "").strip().lower(),
        name=str(row.get("fullName") or row.get("name") or "").strip(),
        reply_to=str(row.get("replyTo") or row.get("reply-to") or row.get("reply_to") or "").strip(),
        signed_with="own",
        signature=signature if is_html else html_of_text(signature),
        is_default=_is_yes(row, "isDefault", "standard", "is_default"),
    )


def _is_yes(row: Mapping[str, Any], *names: str) -> bool:
    return any(str(row.get(name) or "").lower() in _YES for name in names)


def _parse_zimbra(text: str) -> Iterable[IdentityFields]:
    """Parse the output of `zmprov getSignatures` or `getAccount`; values may span lines."""
    parts = _ZIMBRA.split(text)
    values = zip(parts[1::2], parts[2::2], strict=True)
    return (
        _signature_only(value.strip(), is_html="HTML" in name)
        for name, value in values
        if name.startswith(("zimbraPrefMailSignature:", "zimbraPrefMailSignatureHTML:"))
    )
