"""What the zone of the domain must say, so that programs and other servers find us; and whether it does."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from vaguemestre.mailbox.autoconfig.rules.offers import machine_names
from vaguemestre.mailbox.autoconfig.rules.report_address import retired_target, target
from vaguemestre.mailbox.autoconfig.values import Offer, Question

_MAX_STRING_BYTES = 255


class State(StrEnum):
    RIGHT = "right"
    MISSING = "missing"
    OTHER = "other"  # something else stands there
    SILENT = "silent"  # nobody answered


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `is_sample`: any value that does its work will do, this one is a proposal."""

    name: str
    kind: str
    value: str
    purpose: str
    begins: str = ""  # what a text must begin with, for a sample
    is_exact: bool = False  # case counts (base64)
    renews: tuple[str, str] = ("", "")  # a part of an older sample, and what stands for it now

    @property
    def question(self) -> Question:
        return Question(self.name, self.kind)

    @property
    def line(self) -> str:
        """As a zone file has it (RFC 1035 §5)."""
        value = _as_texts(self.value) if self.kind == "TXT" else self.value
        return f"{self.name}. 3600 IN {self.kind} {value}"


def _as_texts(value: str) -> str:
    """Quoted, in strings of 255 bytes at most (RFC 1035 §3.3.14)."""
    return " ".join(
        f'"{value[start : start + _MAX_STRING_BYTES]}"' for start in range(0, len(value), _MAX_STRING_BYTES)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A record and what the zone answers."""

    record: Record
    state: State
    found: tuple[str, ...] = ()


def expected_records(offered: Offer, *, site: str, site_port: int) -> tuple[Record, ...]:
    """All of them. `site`: the name of the pages."""
    domain = offered.domain
    imap, smtp, sieve = offered.imap, offered.smtp, offered.sieve
    _, *names = machine_names(domain)
    return (
        _service("_imaps._tcp", domain, imap.host, imap.port, "Réception par les logiciels (RFC 6186)"),
        _service("_submissions._tcp", domain, smtp.host, smtp.port, "Envoi par les logiciels (RFC 8314)"),
        _service("_sieve._tcp", domain, sieve.host, sieve.port, "Filtres par les logiciels (RFC 5804)"),
        Record(f"_imap._tcp.{domain}", "SRV", "0 0 0 .", "Pas de réception sans chiffrement dès l’abord"),
        Record(f"_pop3._tcp.{domain}", "SRV", "0 0 0 .", "Pas de POP"),
        Record(f"_pop3s._tcp.{domain}", "SRV", "0 0 0 .", "Pas de POP"),
        _service("_autodiscover._tcp", domain, site, site_port, "Outlook : où demander les réglages"),
        _service("_carddavs._tcp", domain, site, site_port, "Contacts (RFC 6764)"),
        Record(f"_carddavs._tcp.{domain}", "TXT", "path=/dav/", "Contacts (RFC 6764)", begins="path="),
        *(
            Record(name, "CNAME", f"{site}.", "Thunderbird" if name.startswith("autoc") else "Outlook")
            for name in names
        ),
        Record(domain, "MX", f"10 mail.{domain}.", "Courrier qui arrive (RFC 5321)", begins="any"),
        Record(domain, "TXT", "v=spf1 mx -all", "Qui peut écrire au nom du domaine (SPF)", begins="v=spf1"),
        Record(
            f"_dmarc.{domain}",
            "TXT",
            f"v=DMARC1; p=quarantine; {target(domain)}",
            "Ce que les autres font des faux (DMARC)",
            begins="v=DMARC1",
            renews=(retired_target(domain), target(domain)),
        ),
    )


def zone(records: Sequence[Record]) -> str:
    """All of it, to be pasted in a zone file."""
    return "\n".join(record.line for record in records) + "\n"


def checked_records(
    records: Sequence[Record], answers: Mapping[Question, tuple[str, ...] | None]
) -> tuple[Checked, ...]:
    """Each record beside what was answered; None: nobody answered."""
    return tuple(_judged(record, answers.get(record.question)) for record in records)


def _judged(record: Record, answers: tuple[str, ...] | None) -> Checked:
    if answers is None:
        return Checked(record, State.SILENT)
    if not answers:
        # a service that is not offered need not be said so
        return Checked(record, State.RIGHT if record.value == "0 0 0 ." else State.MISSING)
    right = [answer for answer in answers if _does(record, answer)]
    if right:
        return _renewed(record, right[0]) or Checked(record, State.RIGHT, answers)
    if record.kind == "TXT":  # other texts stand beside it
        return Checked(record, State.MISSING)
    return Checked(record, State.OTHER, answers)


def _renewed(record: Record, answer: str) -> Checked | None:
    """What stands there with what we proposed before: the same is to be published, with the new part."""
    old, new = record.renews
    if not old or old.lower() not in answer.lower() or new.partition(":")[2].lower() in answer.lower():
        return None
    value = re.sub(re.escape(old), new, answer, flags=re.IGNORECASE)
    return Checked(replace(record, value=value), State.OTHER, (answer,))


def _does(record: Record, value: str) -> bool:
    if record.begins == "any":
        return bool(value.rsplit(maxsplit=1)[-1].strip("."))
    if record.begins:
        return value.lower().startswith(record.begins.lower())
    if record.is_exact:  # white space is the zone's own affair
        return "".join(value.split()).rstrip(";") == "".join(record.value.split())
    if record.kind == "CNAME" and _is_address(value):  # an address of its own does the same
        return True
    if record.kind == "SRV":  # priority and weight are the zone's own affair
        return _end(value) == _end(record.value)
    return _plain(value) == _plain(record.value)


def _is_address(value: str) -> bool:
    try:
        return bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def _end(value: str) -> list[str]:
    return _plain(value).split()[2:]


def _plain(value: str) -> str:
    text = " ".join(value.lower().split())
    return text if text.endswith(" .") else text.rstrip(".")


def _service(service: str, domain: str, host: str, port: int, purpose: str) -> Record:
    return Record(f"{service}.{domain}", "SRV", f"0 1 {port} {host}.", purpose)
