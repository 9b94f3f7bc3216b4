"""Access to lists and letters, for views."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import identified
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.services.administration import Creator
from vaguemestre.schools.lists.values import Role


@dataclass(frozen=True)
class ListAccess:
    """A list and the role of the signed-in person in it."""

    row: MailingList
    account_id: int
    person_id: int
    role: Role | None
    reasons: tuple[str, ...]  # of their membership

    @property
    def is_owner(self) -> bool:
        return self.role is Role.OWNER

    @property
    def is_manager(self) -> bool:
        return self.role is not None

    @property
    def is_member(self) -> bool:
        return bool(self.reasons)


def access_to(request: SignedInRequest, list_id: int) -> ListAccess:
    """Access to an open list. Raises Http404."""
    row = queries.find_list(list_id)
    if row is None or row.closed_at is not None:
        raise Http404
    account_id, person_id = request.who.account_id, person_of(request)
    reasons = queries.membership_reasons(row, person_id, timezone.now())
    return ListAccess(
        row, account_id, person_id, queries.role_in(list_id, account_id, timezone.now()), reasons
    )


def manager_access(request: SignedInRequest, list_id: int) -> ListAccess:
    """Access of a manager. Raises Http404."""
    access = access_to(request, list_id)
    if not access.is_manager:
        raise Http404
    return access


def owner_access(request: SignedInRequest, list_id: int) -> ListAccess:
    """Access of an owner. Raises Http404."""
    access = access_to(request, list_id)
    if not access.is_owner:
        raise Http404
    return access


def letter_access(request: SignedInRequest, list_id: int, public_id: str) -> tuple[ListAccess, ListLetter]:
    """Access to a letter: any letter for managers, else distributed ones only. Raises Http404.

    These may be read by members if the list has an archive, by recipients, and by their author.
    """
    access = access_to(request, list_id)
    letter = queries.find_letter(list_id, public_id)
    if letter is None:
        raise Http404
    if access.is_manager:
        return access, letter
    is_author = letter.author_id == access.account_id
    may_read_archive = access.row.has_archive and access.is_member
    is_recipient = queries.reasons_for_person(letter.pk, access.person_id) is not None
    if queries.is_distributed(letter) and (is_author or may_read_archive or is_recipient):
        return access, letter
    raise Http404


def person_of(request: SignedInRequest) -> int:
    return identified(request.who.account_id).person_id or 0


def creator_of(request: SignedInRequest) -> Creator:
    return Creator(request.who.account_id, person_of(request), request.who.role)


def actor_of(request: SignedInRequest) -> str:
    return account_subject(request.who.account_id)
