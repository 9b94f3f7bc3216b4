"""What DNS answers about the domain, beside what it must say."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vaguemestre.mailbox.autoconfig.ports import LookUp
from vaguemestre.mailbox.autoconfig.rules.records import Checked, Record, checked_records
from vaguemestre.mailbox.autoconfig.values import Question


@dataclass(frozen=True, slots=True)
class AddressName:
    """An address of the mail host and its names (PTR). `is_right`: the host is one of them."""

    address: str
    names: tuple[str, ...]
    is_right: bool


def check_records(records: Sequence[Record], look_up: LookUp) -> tuple[Checked, ...]:
    """Each record beside what DNS answers now."""
    return checked_records(records, look_up({record.question for record in records}))


def address_names(host: str, look_up: LookUp) -> Iterator[AddressName]:
    """Every address of the host with its names, which only the provider of the addresses can change."""
    questions = [Question(host, "A"), Question(host, "AAAA")]
    answers = look_up(questions)
    for address in (address for question in questions for address in answers[question] or ()):
        reverse = Question(ipaddress.ip_address(address).reverse_pointer, "PTR")
        names = tuple(name.rstrip(".").lower() for name in look_up([reverse])[reverse] or ())
        yield AddressName(address, names, host in names)
