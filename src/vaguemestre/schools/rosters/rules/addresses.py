"""Addresses of the ENT, and addresses that stand for an audience."""

import re

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.values import Audience, Side

NOWHERE = "rosters.invalid"  # RFC 2606: never deliverable
_AUDIENCE = re.compile(rf"(?P<side>eleves|familles)\.(?P<group>\d{{1,9}})@{re.escape(NOWHERE)}")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def ent_address(mail: str, login: str, domain: str) -> str:
    """The ENT address: `mail` if it is in the ENT's domain, else one made from `login`, else ""."""
    if mail:
        try:
            address = str(parse_address(mail))
        except Refusal:
            address = ""
        if is_of_ent(address, domain):
            return address
    if login and domain and _LOGIN.fullmatch(login):
        return f"{login.lower()}@{domain}"
    return ""


def is_of_ent(address: str, domain: str) -> bool:
    host = address.rpartition("@")[2].lower()
    return bool(domain) and (host == domain or host.endswith("." + domain))


def audience_address(audience: Audience) -> str:
    return f"{audience.side}.{audience.group_id}@{NOWHERE}"


def audience_of(address: str) -> Audience | None:
    """The audience an address stands for; None for an ordinary address."""
    match = _AUDIENCE.fullmatch(address.strip().lower())
    return Audience(Side(match["side"]), int(match["group"])) if match else None


def is_nowhere(address: str) -> bool:
    """Whether the address is in the domain reserved for audiences."""
    return address.strip().lower().endswith("@" + NOWHERE)
