"""The CAS server, seen from a service: where to send a browser, and what is believed of a ticket."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from outside.site import NotBelieved

_CAS = "{http://www.yale.edu/tp/cas}"
_TICKET = re.compile(r"ST-[A-Za-z0-9-]{1,256}", re.ASCII)
_INDEX = re.compile(r"<samlp:SessionIndex>(ST-[A-Za-z0-9-]{1,256})</samlp:SessionIndex>", re.ASCII)


@dataclass(frozen=True)
class Arrival:
    """Somebody whose ticket was believed; the ticket is how their sign-out will be told."""

    ticket: str
    username: str
    name: str
    place: str


class Server:
    def __init__(self, address: str, service: str) -> None:
        self._address, self._service = address, service

    def way_in(self) -> str:
        return f"{self._address}/login?{urlencode({'service': self._service})}"

    def way_out(self, back: str) -> str:
        return f"{self._address}/logout?{urlencode({'service': back})}"

    def arrive(self, ticket: str) -> Arrival:
        """Ask whose ticket it is. Raises NotBelieved, OSError."""
        if not _TICKET.fullmatch(ticket):
            raise NotBelieved("not a ticket")
        parts = urlsplit(self._address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=5)
        asked = urlencode({"service": self._service, "ticket": ticket})
        try:
            connection.request("GET", f"{parts.path}/p3/serviceValidate?{asked}")
            content = connection.getresponse().read(100_000)
            root = ElementTree.fromstring(content)  # noqa: S314 - our own provider's, from this very address
        except (http.client.HTTPException, ElementTree.ParseError) as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        success = root.find(f"{_CAS}authenticationSuccess")
        if success is None:
            raise NotBelieved("refused")
        told = success.find(f"{_CAS}attributes")
        return Arrival(
            ticket,
            success.findtext(f"{_CAS}user", ""),
            told.findtext(f"{_CAS}name", "") if told is not None else "",
            told.findtext(f"{_CAS}organizational_unit", "") if told is not None else "",
        )


def ticket_gone(request: str) -> str:
    """The ticket whose person signed out (CAS 3.0 §2.3.3); "" when the message names none."""
    found = _INDEX.search(request)
    return found.group(1) if found else ""
