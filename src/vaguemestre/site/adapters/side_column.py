"""What the side column shows of a person's own: their shared mailboxes, the lists they manage,
the establishments they direct."""

import re
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.places import BOXES, OWN_STAFF, Entry, Group
from vaguemestre.people.lifecycle.queries import places_directed_by
from vaguemestre.schools.lists import queries as lists
from vaguemestre.schools.sharing import queries as sharing
from vaguemestre.schools.sharing.rules.box_rights import box_prefix, required_right
from vaguemestre.schools.sharing.values import Access, BoxKind, Right

_BOXES_PATH = re.compile(rf"{BOXES}(demander/|[0-9]|$)")  # other pages there stand in other places
_LISTS = "/listes/"
_DIRECTORY = "/annuaire/"
MAX_ENTRIES = 20  # entries of a group: a place with more has its own page to search


class _BoxPage(NamedTuple):
    """A page of a shared mailbox, below its address. `view`: its URL name; or else the right it asks for."""

    address: str
    title: str
    icon: str
    view: str = ""
    right: Right = Right.READ


_BOX_PAGES = (
    _BoxPage("messagerie/", "Boîte de réception", "inbox"),
    _BoxPage("messagerie/envois/", "Envois", "checks", "tracking:sent"),
    _BoxPage("messagerie/envois/ou/", "Où est mon courriel ?", "route", "tracking:where"),
    _BoxPage("messagerie/fichiers/", "Fichiers déposés", "upload", "filelinks:list"),
    _BoxPage("messagerie/pieces/", "Pièces jointes", "paperclip", "webmail:list-attachments"),
    _BoxPage("messagerie/supprimes/", "Messages supprimés", "trash", "webmail:list-deleted"),
    _BoxPage("contacts/", "Contacts", "address-book", "contacts:list-contacts"),
    _BoxPage("suivi/", "Suivi des réponses", "list-check"),
    _BoxPage("actes/", "Qui a fait quoi", "history", right=Right.MANAGE),
    _BoxPage("", "Membres et réglages", "settings"),
)


def own_groups(who: Who, path: str) -> tuple[Group, ...]:
    """Implements `ui.pages.OwnGroups`."""
    now = timezone.now()
    if _BOXES_PATH.match(path):
        return _boxes(who, path, now)
    if path.startswith(_LISTS):
        return _managed_lists(who, now)
    if path.startswith(_DIRECTORY):
        return _own_staff(who, now)
    return ()


def _boxes(who: Who, path: str, now: datetime) -> tuple[Group, ...]:
    """The pages of the open mailbox, then every mailbox that the person may open."""
    boxes = sharing.boxes_of(who.own_account_id, now)
    links = (
        Entry(f"{box_prefix(box.box_id)}messagerie/", box.title, "mailbox") for box in boxes[:MAX_ENTRIES]
    )
    others = (Group("Mes boîtes", tuple(links)),) if boxes else ()
    pages = [_pages_of(box) for box in boxes if path.startswith(box_prefix(box.box_id))]
    return (*pages, *others)


def _pages_of(box: Access) -> Group:
    prefix = box_prefix(box.box_id)
    pages = (page for page in _BOX_PAGES if _may_open(box, page))
    return Group(box.title, tuple(Entry(prefix + page.address, page.title, page.icon) for page in pages))


def _may_open(box: Access, page: _BoxPage) -> bool:
    right = required_right(page.view, lent=box.kind is BoxKind.PERSON) if page.view else page.right
    return right is not None and box.may(right)


def _managed_lists(who: Who, now: datetime) -> tuple[Group, ...]:
    managed = lists.managed_lists(who.account_id, now, limit=MAX_ENTRIES)
    entries = tuple(Entry(f"{_LISTS}{row.list_id}/", row.title, "list") for row in managed)
    return (Group("Dont je m’occupe", entries),) if entries else ()


def _own_staff(who: Who, now: datetime) -> tuple[Group, ...]:
    if not places_directed_by(who.account_id, who.person_id or 0, paris_day(now)):
        return ()
    return (Group("Mon établissement", (Entry(OWN_STAFF, "Mes personnels", "user-search"),)),)
