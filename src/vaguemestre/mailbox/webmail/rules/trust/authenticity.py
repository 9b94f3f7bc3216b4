"""Sender-authentication verdicts, from Authentication-Results fields (RFC 8601) with our authserv-id.

Fields of other servers, or written by the sender, prove nothing (§5). Those with our authserv-id are removed
from arriving mail before the filter adds its own, in which nothing is quoted (sender_results.lua). IMAP
clients can still add one, so that of our authors is sealed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.foundation.kernel.seals import SealCheck

_MAX_FIELD_CHARACTERS = 8_000
_QUOTING = re.compile(r"[\"\\]")  # a sender's words, where quotes may not end where they seem to
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
    """A verdict. `by`: the domain that authenticates or disowns the message; empty if none does."""

    verdict: Verdict
    by: str = ""


@dataclass(frozen=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


UNVERIFIED = Authenticity(Verdict.UNVERIFIED)
ARRIVAL = "vaguemestre-arrival"
"""Field that our MX adds to arriving mail, and removes from all other mail."""


def sender_authenticity(
    fields: tuple[tuple[str, str], ...],
    sender: str,
    *,
    server: str,
    own: frozenset[str] = frozenset(),
    seal_holds: SealCheck = lambda author, seal: False,
) -> Authenticity:
    """Sender-authentication verdict for the address in the From field.

    `server`: our authserv-id; `own`: our domains, lower case. An address of ours is verified only by the seal
    of our submission service (not by SPF, nor DMARC, which SPF alone may pass), and forged without it if the
    message came through the MX. What speaks for a message counts only if it came through the MX, which
    removed such fields of the message itself: a mail program may add others to a mailbox.
    """
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    results = _own_results(fields, server)
    came_by_mx = any(name == ARRIVAL for name, _ in fields)
    if domain in own:
        return _own_authenticity(results or [], address, domain, came_by_mx, seal_holds)
    if not results or not domain:
        return UNVERIFIED
    if came_by_mx and any(_vouches(result, domain) for result in results):
        return Authenticity(Verdict.VERIFIED, domain)
    if any(result.method == "dmarc" and result.result in {"fail", "reject"} for result in results):
        return Authenticity(Verdict.FORGED, domain)
    return UNVERIFIED


def is_judged(fields: tuple[tuple[str, str], ...], *, server: str) -> bool:
    """Whether our filter judged the sender of a message that came through the MX."""
    return any(name == ARRIVAL for name, _ in fields) and bool(_own_results(fields, server))


def is_report_of_ours(fields: tuple[tuple[str, str], ...], sender: str, own: Collection[str]) -> bool:
    """Whether our mail service wrote the message: it bears the name of its reports and did not arrive.

    Our submission service takes no message of that name from anybody. `sender`: in lower case.
    """
    is_named_so = any(sender == f"mailer-daemon@mail.{domain}" for domain in own)
    return is_named_so and all(name != ARRIVAL for name, _ in fields)


def is_sealed(
    fields: tuple[tuple[str, str], ...], author: str, *, server: str, seal_holds: SealCheck
) -> bool:
    """Whether our submission service vouches for that author of the message (ADR 0018)."""
    return _is_vouched(_own_results(fields, server) or [], author.lower(), seal_holds)


def ambiguous_authenticity(
    fields: tuple[tuple[str, str], ...], addresses: Collection[str], own: frozenset[str]
) -> Authenticity:
    """Verdict for a From field that names several mailboxes: never verified, forged when one is ours."""
    domains = {address.rpartition("@")[2].rstrip(".") for address in addresses} & own
    if domains and any(name == ARRIVAL for name, _ in fields):
        return Authenticity(Verdict.FORGED, min(domains))
    return UNVERIFIED


def _own_authenticity(
    results: list[_Result], address: str, domain: str, came_by_mx: bool, seal_holds: SealCheck
) -> Authenticity:
    if _is_vouched(results, address, seal_holds):
        return Authenticity(Verdict.VERIFIED, domain)
    # signed by our own domain: not forged, although this copy bears no seal
    if came_by_mx and any(
        result.method == "dkim" and result.result == "pass" and result.properties.get("header.d") == domain
        for result in results
    ):
        return UNVERIFIED
    if came_by_mx or (results and not _vouchers(results)):
        return Authenticity(Verdict.FORGED, domain)
    return UNVERIFIED


def _own_results(fields: tuple[tuple[str, str], ...], server: str) -> list[_Result] | None:
    """Results of the topmost Authentication-Results of ours; None without one."""
    parsed = (_results(value, server) for name, value in fields if name == "authentication-results")
    return next((results for results in parsed if results is not None), None)


def _vouchers(results: list[_Result]) -> list[_Result]:
    return [result for result in results if result.method == "auth" and result.result == "pass"]


def _is_vouched(results: list[_Result], address: str, seal_holds: SealCheck) -> bool:
    named = [voucher.properties for voucher in _vouchers(results)]
    return any(
        properties.get("header.from") == address
        and bool(properties.get("policy.seal"))
        and seal_holds(address, properties["policy.seal"])
        for properties in named
    )


def _vouches(result: _Result, domain: str) -> bool:
    """Whether a result authenticates the displayed domain (alignment, RFC 7489 §3.1)."""
    if result.result != "pass":
        return False
    properties = result.properties
    match result.method:
        case "dmarc":
            return properties.get("header.from") == domain
        case "dkim":
            signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
            return _is_aligned(signer, domain)
        case "spf":
            return _is_aligned(properties.get("smtp.mailfrom", "").rpartition("@")[2], domain)
    return False


def _is_aligned(signer: str, domain: str) -> bool:
    """Whether the signer is the domain or a parent of at least three labels (not `fr` or `gouv.fr`)."""
    return bool(signer) and (signer == domain or (domain.endswith(f".{signer}") and signer.count(".") >= 2))


def _results(value: str, server: str) -> list[_Result] | None:
    """Results of one field, none if it holds what we never write; None when it is not ours or unreadable."""
    plain = _without_comments(value[:_MAX_FIELD_CHARACTERS])
    head, _, rest = plain.partition(";")
    named = head.split()
    if not named or named[0].lower() != server.lower() or len(named) > 2:
        return None
    if _QUOTING.search(value):
        return []
    results = []
    for piece in rest.split(";"):
        match = _RESULT.match(piece)
        if match:
            properties = {
                f"{kind}.{name}".lower(): text.lower().rstrip(".")
                for kind, name, text in _PROPERTY.findall(match[3])
            }
            results.append(_Result(match[1].lower(), match[2].lower(), properties))
    return results


def _without_comments(value: str) -> str:
    """The value without (comments), which may nest."""
    characters, depth = [], 0
    for char in value:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            characters.append(char)
    return "".join(characters)
