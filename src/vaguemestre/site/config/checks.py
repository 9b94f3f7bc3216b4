"""Value checks of configuration keys: a predicate and its French sentence.

A check stands beside its key: `quota_mb: Annotated[int, between(1, 1_000_000)] = 2048`.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(.{1,253})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    """`sentence` goes after the key's name: « « quota_mb » va de 1 à 10 »."""

    holds: Callable[[Any], bool]
    sentence: str
    items: bool = False  # the value is a list, of which `holds` judges each text

    def wrong(self, value: Any) -> list[Any]:
        """Refused values: the value itself, or the refused items of a list."""
        return [item for item in (value if self.items else [value]) if not self.holds(item)]


class Rule(NamedTuple):
    """A broken rule over several keys (each written `section.key`), and its French sentence."""

    keys: tuple[str, ...]
    sentence: str


class Section:
    """One `[section]` of the file: a frozen dataclass whose fields are its keys."""

    def broken_rules(self) -> Iterable[Rule]:
        """The rules over several of its keys that do not hold."""
        return ()


def between(low: float, high: float) -> Check:
    return Check(lambda value: low <= value <= high, f"va de {low:g} à {high:.15g}")


def one_of(*words: str) -> Check:
    values = [word or "vide" for word in words]
    choices = f"{', '.join(values[:-1])} ou {values[-1]}"
    return Check(lambda value: value in words, f"vaut {choices}")


def each(check: Check) -> Check:
    """Apply a check to every item of a list."""
    return Check(check.holds, f": chacun {check.sentence}", items=True)


def or_empty(check: Check) -> Check:
    return Check(lambda value: value == "" or check.holds(value), f"{check.sentence}, ou reste vide")


def is_domain(text: str) -> bool:
    """A domain name of two labels or more, in ASCII (RFC 1123 §2.1)."""
    return len(text) <= 253 and "." in text and _NAME.fullmatch(text) is not None


def is_host(text: str) -> bool:
    """A host name or an IP address."""
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        last = text.rpartition(".")[2]
        return len(text) <= 253 and _NAME.fullmatch(text) is not None and not last.isdigit()
    return True


def is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_network(text: str) -> bool:
    """An IP address, or a network written with its prefix length."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def is_host_and_port(text: str) -> bool:
    host, colon, port = text.rpartition(":")
    return bool(colon) and is_host(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def is_origin(text: str) -> bool:
    """`https://name` or `http://name:port`, without a path: what a browser calls an origin."""
    try:
        parts = urlsplit(text)
        port_is_right = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bare and port_is_right and is_host(parts.hostname or "")


def is_secure_url(text: str) -> bool:
    """An https address, or one of this very machine."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return is_host(parts.hostname or "") and (parts.scheme == "https" or text.startswith("http://localhost"))


def is_mail_address(text: str) -> bool:
    address = _ADDRESS.fullmatch(text)
    return address is not None and is_domain(address[1])


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def is_siret(text: str) -> bool:
    """Fourteen digits whose Luhn sum is a multiple of ten."""
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_path_or_host(text: str) -> bool:
    return (text.startswith("/") and "\0" not in text) or is_host_and_port(text)


def _is_absolute_path(text: str) -> bool:
    return text.startswith("/") and text.isprintable() and ".." not in text.split("/") and len(text) <= 400


def _is_plain_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= 200


def _is_file_name(text: str) -> bool:
    return text.isprintable() and ".." not in text.split("/") and len(text) <= 400


LINE = Check(_is_plain_line, "est une ligne de texte")
OPTIONAL_LINE = or_empty(LINE)
LINES = each(LINE)
DOMAIN = Check(is_domain, "n’est pas un nom de domaine")
DOMAINS = each(Check(is_domain, "est un nom de domaine"))
HOST = Check(is_host, "est un nom de machine ou une adresse IP")
OPTIONAL_HOST = or_empty(HOST)
HOSTS_AND_PORTS = each(Check(is_host_and_port, "s’écrit machine:port"))
ORIGIN = or_empty(
    Check(is_origin, "commence par http:// ou https://, suivi d’un nom de machine, sans chemin derrière")
)
SECURE_URL = or_empty(Check(is_secure_url, "commence par https://"))
ADDRESS = or_empty(Check(is_mail_address, "est une adresse de courriel"))
ADDRESSES = each(Check(is_mail_address, "est une adresse de courriel"))
IP_ADDRESSES = each(Check(is_ip_address, "est une adresse IP"))
NETWORKS = each(Check(is_network, "est une adresse IP ou un réseau (10.1.2.0/24)"))
DAY = or_empty(Check(is_day, "est un jour écrit AAAA-MM-JJ"))
SIRET = or_empty(Check(is_siret, "n’est pas un SIRET (14 chiffres, clé juste)"))
SOCKET = or_empty(Check(_is_path_or_host, "est un chemin absolu ou machine:port"))
ABSOLUTE_PATH = or_empty(Check(_is_absolute_path, "est un chemin absolu"))
FILE = or_empty(Check(_is_file_name, "est un fichier du dossier de l’instance"))
HTML = Check(lambda text: len(text) <= 20_000, "compte au plus 20000 signes")
DAYS = between(0, 3650)
