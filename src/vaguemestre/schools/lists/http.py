"""What the doors of lists share: whose list is it, who may read a letter."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.people.credentials.queries import identified
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.models import LetterRow, MailingList
from vaguemestre.schools.lists.services.administration import Maker
from vaguemestre.schools.lists.values import Part


@dataclass(frozen=True)
class Seat:
    """Somebody before a list: what they are to it."""

    row: MailingList
    account_id: int
    person_id: int
    part: str
    reasons: tuple[str, ...]

    @property
    def is_owner(self) -> bool:
        return self.part == Part.OWNER

    @property
    def is_keeper(self) -> bool:
        return bool(self.part)

    @property
    def is_member(self) -> bool:
        return bool(self.reasons)


def seat_at(request: SignedInRequest, list_id: int) -> Seat:
    """Of an open list that concerns them in some way; for anybody else there is no such list."""
    row = queries.open_list(list_id)
    if row is None or row.closed_at is not None:
        raise Http404
    account_id, person_id = request.who.account_id, person_of(request)
    reasons = queries.why_member(row, person_id, timezone.now())
    return Seat(row, account_id, person_id, queries.part_in(list_id, account_id, timezone.now()), reasons)


def keeper_at(request: SignedInRequest, list_id: int) -> Seat:
    seat = seat_at(request, list_id)
    if not seat.is_keeper:
        raise Http404
    return seat


def owner_at(request: SignedInRequest, list_id: int) -> Seat:
    seat = seat_at(request, list_id)
    if not seat.is_owner:
        raise Http404
    return seat


def letter_at(request: SignedInRequest, list_id: int, public_id: str) -> tuple[Seat, LetterRow]:
    """A letter its reader may read: a keeper any, others what went through.

    By the archive, for members; by their own copy, for whoever received it; their own, for its author.
    """
    seat = seat_at(request, list_id)
    letter = queries.letter_of(list_id, public_id)
    if letter is None:
        raise Http404
    if seat.is_keeper:
        return seat, letter
    is_mine = letter.author_id == seat.account_id
    reads_archive = seat.row.has_archive and seat.is_member
    received = queries.copy_for(letter.pk, seat.person_id) is not None
    if queries.has_passed(letter) and (is_mine or reads_archive or received):
        return seat, letter
    raise Http404


def person_of(request: SignedInRequest) -> int:
    return identified(request.who.account_id).person_id or 0


def maker_of(request: SignedInRequest) -> Maker:
    return Maker(request.who.account_id, person_of(request), request.who.role)


def actor_of(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"
