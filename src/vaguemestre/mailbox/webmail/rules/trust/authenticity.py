"""Sender-authentication verdicts, from Authentication-Results fields (RFC 8601) under our own name.

The same field under another name, or written by the sender, proves nothing (§5): ours are removed from what
arrives before the filter writes the true one. IMAP may still add a field: that of our authors is sealed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.foundation.kernel.seals import SealCheck

_LONGEST = 8_000
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*=\s*([a-z]+)(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(
    r"\b([a-z]{1,20})\s{0,9}\.\s{0,9}([a-z0-9_-]{1,40})\s{0,9}=\s{0,9}([^\s;]+)", re.IGNORECASE
)


class Verdict(StrEnum):
    VERIFIED = "verified"
    FORGED = "forged"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Authenticity:
    """`by`: the domain that vouches, or that disowns the message; empty when nobody says anything."""

    verdict: Verdict
    by: str = ""


@dataclass(frozen=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


UNVERIFIED = Authenticity(Verdict.UNVERIFIED)
ARRIVAL = "vaguemestre-arrival"
"""The field that our MX puts on whatever it takes, and removes from everybody else's mail."""


def authenticity(
    fields: tuple[tuple[str, str], ...],
    sender: str,
    *,
    server: str,
    own: frozenset[str] = frozenset(),
    seal_holds: SealCheck = lambda author, seal: False,
) -> Authenticity:
    """Sender-authentication verdict for the address in the From field.

    `server`: our authserv-id; `own`: our domains, lower case. For an address of ours only the seal of our
    submission service counts (never SPF, nor DMARC, which SPF alone may pass); without it what came by the MX
    is forged.
    """
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    ours = (_results(value, server) for name, value in fields if name == "authentication-results")
    results = next((found for found in ours if found is not None), None)
    if domain in own:
        came_by_mx = any(name == ARRIVAL for name, _ in fields)
        return _of_ours(results or [], address, domain, came_by_mx, seal_holds)
    if not results or not domain:
        return UNVERIFIED
    if any(_vouches(result, domain) for result in results):
        return Authenticity(Verdict.VERIFIED, domain)
    if any(result.method == "dmarc" and result.result in {"fail", "reject"} for result in results):
        return Authenticity(Verdict.FORGED, domain)
    return UNVERIFIED


def of_several(
    fields: tuple[tuple[str, str], ...], addresses: Collection[str], own: frozenset[str]
) -> Authenticity:
    """Verdict for a From field that names several mailboxes: never verified, forged when one is ours."""
    domains = {address.rpartition("@")[2].rstrip(".") for address in addresses} & own
    if domains and any(name == ARRIVAL for name, _ in fields):
        return Authenticity(Verdict.FORGED, min(domains))
    return UNVERIFIED


def _of_ours(
    results: list[_Result], address: str, domain: str, came_by_mx: bool, seal_holds: SealCheck
) -> Authenticity:
    vouchers = [one for one in results if one.method == "auth" and one.result == "pass"]
    for voucher in vouchers:
        author, seal = voucher.properties.get("header.from", ""), voucher.properties.get("policy.seal", "")
        if author == address and seal and seal_holds(author, seal):
            return Authenticity(Verdict.VERIFIED, domain)
    # signed by our own domain: not forged, though our submission service says nothing of this copy
    if any(
        one.method == "dkim" and one.result == "pass" and one.properties.get("header.d") == domain
        for one in results
    ):
        return UNVERIFIED
    if came_by_mx or (results and not vouchers):
        return Authenticity(Verdict.FORGED, domain)
    return UNVERIFIED


def _vouches(result: _Result, domain: str) -> bool:
    """Whether a result holds for the very domain that the reader sees (alignment, RFC 7489 §3.1)."""
    if result.result != "pass":
        return False
    said = result.properties
    match result.method:
        case "dmarc":
            return said.get("header.from", domain) == domain
        case "dkim":
            signer = said.get("header.d") or said.get("header.i", "").rpartition("@")[2]
            return _is_aligned(signer, domain)
        case "spf":
            return _is_aligned(said.get("smtp.mailfrom", "").rpartition("@")[2], domain)
    return False


def _is_aligned(signer: str, domain: str) -> bool:
    """The same domain, or a parent of it that is not a mere ending such as `fr` or `gouv.fr`."""
    return bool(signer) and (signer == domain or (domain.endswith(f".{signer}") and signer.count(".") >= 2))


def _results(value: str, server: str) -> list[_Result] | None:
    """The results of one field, or None when it is not ours or says nothing readable."""
    plain = _without_comments(value[:_LONGEST])
    head, _, rest = plain.partition(";")
    named = head.split()
    if not named or named[0].lower() != server.lower() or len(named) > 2:
        return None
    found = []
    for piece in rest.split(";"):
        said = _RESULT.match(piece)
        if said:
            properties = {
                f"{kind}.{name}".lower(): told.strip('"').lower().rstrip(".")
                for kind, name, told in _PROPERTY.findall(said[3])
            }
            found.append(_Result(said[1].lower(), said[2].lower(), properties))
    return found


def _without_comments(value: str) -> str:
    """Without (comments), which may nest; quoted strings lose what could be taken for a separator."""
    value = _QUOTED.sub(lambda quoted: re.sub(r"[();]", "", quoted[1]), value)
    kept, depth = [], 0
    for char in value:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
