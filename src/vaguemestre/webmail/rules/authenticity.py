"""Who vouches for a message: our own filter's Authentication-Results (RFC 8601), in words.

Only the field that bears our own name counts: the same field under another name, or written by the sender,
proves nothing (§5). Ours are taken away from what arrives before the filter writes the true one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 20_000
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*=\s*([a-z]+)(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)


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


def authenticity(fields: tuple[tuple[str, str], ...], sender: str, *, server: str) -> Authenticity:
    """What our filter, which signs as `server`, found of the address that the From field gives."""
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    results = next(
        (
            found
            for name, value in fields
            if name == "authentication-results" and (found := _results(value, server)) is not None
        ),
        None,
    )
    if not results or not domain:
        return UNVERIFIED
    if any(_vouches(result, address, domain) for result in results):
        return Authenticity(Verdict.VERIFIED, domain)
    if any(result.method == "dmarc" and result.result in {"fail", "reject"} for result in results):
        return Authenticity(Verdict.FORGED, domain)
    return UNVERIFIED


def _vouches(result: _Result, address: str, domain: str) -> bool:
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
        case "auth":
            return said.get("smtp.mailfrom") == address
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
