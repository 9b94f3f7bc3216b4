"""Signatures in the files other programs give: Roundcube, SOGo, Zimbra, Thunderbird's, and our own export."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text
from vaguemestre.mailbox.compose.values import IdentityGiven

HEAVIEST = 512 * 1024  # bytes
MOST = 20
_ZIMBRA = re.compile(r"^(# name [^\n]*|(?:zimbra\w+|cn|uid|mail|displayName): ?)", re.MULTILINE)
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_YES = frozenset({"1", "true", "yes", "oui"})


def read_identities(content: bytes, name: str) -> tuple[IdentityGiven, ...]:
    """Those with a signature, as the file says them; an address or a name may be "".

    Raises Refusal `compose.signature-file` when nothing in it is one.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        found = [one for one in _read(text, name.lower()) if one.signature.strip()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        raise Refusal("compose.signature-file", field="file") from error
    if not found or len(content) > HEAVIEST:
        raise Refusal("compose.signature-file", field="file")
    return tuple(found[:MOST])


def _read(text: str, name: str) -> Iterable[IdentityGiven]:
    if name.endswith(".json"):
        return _of_json(json.loads(text))
    if name.endswith(".csv"):
        return _of_table(text)
    if "zimbraPrefMailSignature" in text or "zimbraSignatureName" in text:
        return _of_zimbra(text)
    if name.endswith((".html", ".htm", ".txt")):
        return (_alone(text, is_html=not name.endswith(".txt")),)
    return ()


def _alone(text: str, *, is_html: bool) -> IdentityGiven:
    return IdentityGiven("", "", signed_with="own", signature=text if is_html else html_of_text(text))


def _of_json(told: Any) -> Iterable[IdentityGiven]:
    """SOGo's preferences, its list of identities, Roundcube's rows, or our own export."""
    if isinstance(told, dict) and "SOGoMailSignature" in told:
        return (_identity({"signature": told["SOGoMailSignature"]}),)
    rows = told.get("SOGoMailIdentities") or told["identities"] if isinstance(told, dict) else told
    return tuple(_identity(row) for row in rows)


def _of_table(text: str) -> Iterable[IdentityGiven]:
    """Roundcube's table of identities, as a database tool writes it."""
    dialect = csv.Sniffer().sniff(text.partition("\n")[0], ",;\t")
    return tuple(map(_identity, csv.DictReader(io.StringIO(text), dialect=dialect)))


def _identity(row: Mapping[str, Any]) -> IdentityGiven:
    said = str(row.get("signature") or "")
    told = row.get("html_signature")
    is_html = bool(_TAG.search(said)) if told is None else _is_yes(row, "html_signature")
    return IdentityGiven(
        address=str(row.get("email") or row.get("address") or "").strip().lower(),
        name=str(row.get("fullName") or row.get("name") or "").strip(),
        reply_to=str(row.get("replyTo") or row.get("reply-to") or row.get("reply_to") or "").strip(),
        signed_with="own",
        signature=said if is_html else html_of_text(said),
        is_default=_is_yes(row, "isDefault", "standard", "is_default"),
    )


def _is_yes(row: Mapping[str, Any], *names: str) -> bool:
    return any(str(row.get(name) or "").lower() in _YES for name in names)


def _of_zimbra(text: str) -> Iterable[IdentityGiven]:
    """What `zmprov getSignatures` or `getAccount` prints; a value goes on over lines."""
    parts = _ZIMBRA.split(text)
    values = zip(parts[1::2], parts[2::2], strict=True)
    return tuple(
        _alone(value.strip(), is_html="HTML" in name)
        for name, value in values
        if name.startswith(("zimbraPrefMailSignature:", "zimbraPrefMailSignatureHTML:"))
    )
