"""Subjects and actors as the journal writes them."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID


class Subject(NamedTuple):
    """Who acts, or what an act is about: `account:7`, `domain:ac-x.fr`; a word alone, `cli`, has no name."""

    kind: str
    name: str = ""

    @classmethod
    def parse(cls, written: str) -> "Subject":
        kind, _, name = written.partition(":")
        return cls(kind, name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def number(self) -> int:
        """The id of the row it names; 0 if its name is no number."""
        return int(self.name) if self.name.isascii() and self.name.isdigit() else 0


def account_subject(account_id: int) -> str:
    """The journal's name of an account, as who acts or as what an act is about."""
    return f"account:{account_id}"


def academy_subject(academy_id: int) -> str:
    """The journal's name of an académie."""
    return f"academy:{academy_id}"


def announcement_subject(announcement_id: int) -> str:
    """The journal's name of an announcement of the home page."""
    return f"announcement:{announcement_id}"


def application_subject(client_id: str) -> str:
    """The journal's name of an application that people sign in to."""
    return f"application:{client_id}"


def book_subject(uai: str) -> str:
    """The journal's name of the address book of a school."""
    return f"book:{uai}"


def box_subject(box_id: int) -> str:
    """The journal's name of a mailbox of several people."""
    return f"box:{box_id}"


def breach_subject(breach_id: int) -> str:
    """The journal's name of a file of a personal data breach."""
    return f"breach:{breach_id}"


def bulk_subject(act_id: int) -> str:
    """The journal's name of an act on many accounts."""
    return f"bulk:{act_id}"


def domain_subject(domain: str) -> str:
    """The journal's name of a mail domain."""
    return f"domain:{domain}"


def feed_subject(feed_id: int) -> str:
    """The journal's name of a file of the HR feed."""
    return f"feed:{feed_id}"


def job_subject(job_id: UUID) -> str:
    """The journal's name of a background job."""
    return f"job:{job_id}"


def list_subject(list_id: int) -> str:
    """The journal's name of a distribution list."""
    return f"list:{list_id}"


def person_subject(person_id: int) -> str:
    """The journal's name of a person."""
    return f"person:{person_id}"


def quarantine_subject(message_id: int) -> str:
    """The journal's name of a quarantined message whose owner is unknown."""
    return f"quarantine:{message_id}"


def removal_subject(removal_id: int) -> str:
    """The journal's name of a removal of a mail from every mailbox."""
    return f"removal:{removal_id}"


def request_subject(request_id: int) -> str:
    """The journal's name of a request to the helpdesk."""
    return f"request:{request_id}"


def structure_subject(structure_id: int) -> str:
    """The journal's name of a school or office."""
    return f"structure:{structure_id}"


def service_subject(service_id: int) -> str:
    """The journal's name of a management service."""
    return f"service:{service_id}"


def answer_text_subject(text_id: int) -> str:
    """The journal's name of a prepared answer of the helpdesk."""
    return f"answer-text:{text_id}"


def box_request_subject(request_id: int) -> str:
    """The journal's name of a request for a mailbox of several people."""
    return f"box-request:{request_id}"


def numen_request_subject(request_id: int) -> str:
    """The journal's name of a request for a NUMEN."""
    return f"numen-request:{request_id}"


def service_class_subject(class_id: int) -> str:
    """The journal's name of a class of service."""
    return f"service-class:{class_id}"


def number_of(kind: str, written: str) -> int:
    """The number of a subject of that kind: 7 for `account` and `account:7`; 0 for any other."""
    subject = Subject.parse(written)
    return subject.number if subject.kind == kind else 0


def numbers_of(kind: str, written: Iterable[str]) -> set[int]:
    """The numbers of the subjects of that kind."""
    return {number_of(kind, subject) for subject in written} - {0}
