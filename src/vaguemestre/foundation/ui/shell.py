"""The shell around the pages of a signed-in person: places of the rail, entries of the side column.

One table for all rooms. Pages that this installation does not serve, or that a role may not open, are left
out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vaguemestre.foundation.ui.addresses import is_served

_OFFICER, _ADMINISTRATOR = ("hr_officer",), ("administrator",)
_OPERATORS = ("helpdesk", "administrator")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the shell leads to. `roles`: who may open it, everybody if empty."""

    address: str
    title: str
    icon: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the rail, and the groups of its side column."""

    entry: Entry
    groups: tuple[Group, ...] = ()
    is_at_foot: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    title: str
    icon: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds one page. `side` is empty if the place has a single page."""

    places: tuple[Link, ...]
    foot: tuple[Link, ...]
    side_title: str
    side: tuple[LinkGroup, ...]

    @property
    def page_title(self) -> str:
        """The title of the open entry of the side column; "" if none is."""
        return next((link.title for group in self.side for link in group.links if link.is_open), "")


SETTINGS = "/parametres/"
_BOXES = "/boites/"
_OWN_MAIL = Group(
    "Mon courrier",
    (
        Entry("/parametres/identites", "Signatures et identités", "signature"),
        Entry("/parametres/envoi", "Envoi", "send"),
        Entry("/parametres/filtres", "Filtres", "filter"),
        Entry("/parametres/absence", "Notifications d’absence", "beach"),
    ),
)
_SETTINGS_GROUPS = (
    _OWN_MAIL,
    Group(
        "Mes appareils",
        (
            Entry("/parametres/appareils", "Appareils et mots de passe d’application", "key"),
            Entry("/appareils/", "Régler un téléphone, un logiciel", "device-mobile"),
        ),
    ),
    Group(
        "Partager, déménager",
        (
            Entry("/boites/delegation/", "Délégation", "user-share"),
            Entry("/parametres/courriers", "Importer et exporter", "transfer-in"),
        ),
    ),
    Group(
        "Mon compte",
        (
            Entry("/parametres/affichage", "Affichage", "letter-case"),
            Entry("/parametres/securite", "Sécurité", "shield-lock"),
            Entry("/parametres/activite", "Mon activité", "history"),
        ),
    ),
)
_MAIL_GROUPS = (
    Group(
        "Courrier",
        (
            Entry("/messagerie/", "Boîte de réception", "inbox"),
            Entry("/messagerie/suivi/", "Rappels", "alarm"),
            Entry("/messagerie/envois/", "Envois", "checks"),
            Entry("/messagerie/envois/ou/", "Où est mon courriel ?", "help"),
            Entry("/messagerie/quarantaine/", "Quarantaine", "hand-stop"),
            Entry("/messagerie/pieces/", "Pièces jointes", "paperclip"),
            Entry("/messagerie/fichiers/", "Fichiers déposés", "upload"),
        ),
    ),
)
_DIRECTORY_GROUPS = (
    Group(
        "Annuaire",
        (Entry("/annuaire/", "Chercher", "search"), Entry("/annuaire/ma-fiche", "Ma fiche", "id")),
    ),
)
_CONTACTS_GROUPS = (
    Group(
        "Contacts",
        (
            Entry("/contacts/", "Tous les contacts", "address-book"),
            Entry("/contacts/doublons/", "Doublons possibles", "arrows-join"),
        ),
    ),
)
_HR_GROUPS = (
    Group(
        "Gestion",
        (
            Entry("/gestion/", "Demandes de NUMEN", "id"),
            Entry("/gestion/personnes", "Personnes du service", "user-search"),
            Entry("/gestion/arrivee", "Arrivée à la main", "plus"),
            Entry("/gestion/ressemblances", "Doublons possibles", "arrows-join"),
        ),
    ),
)
_HELP_GROUPS = (
    Group(
        "Assistance",
        (
            Entry("/assistance/", "Comptes", "user-circle"),
            Entry("/assistance/demandes", "Demandes", "message-2"),
            Entry("/assistance/retenus/", "Envois retenus", "hand-stop"),
            Entry("/assistance/cles", "Clés OTP", "key"),
        ),
    ),
)
_ADMINISTRATION_GROUPS = (
    Group("", (Entry("/administration/", "Aujourd’hui", "layout-grid"),)),
    Group(
        "Personnes",
        (
            Entry("/administration/personnes", "Personnes", "user-search"),
            Entry("/administration/flux", "Imports RH", "table-import"),
            Entry("/administration/flux/doutes", "Doublons possibles", "arrows-join"),
            Entry("/administration/jamais-actives", "Jamais activés", "login"),
            Entry("/administration/etablissements", "Établissements", "building-community"),
            Entry("/administration/services", "Services", "briefcase-2"),
            Entry("/administration/academies", "Académies", "world"),
        ),
    ),
    Group(
        "Messagerie",
        (
            Entry("/administration/messages", "Recherche de messages", "search"),
            Entry("/administration/file", "File d’attente", "clock"),
            Entry("/messagerie/signalements/", "Signalements", "flag"),
            Entry("/administration/retraits", "Retraits", "eraser"),
            Entry("/administration/quarantaine", "Quarantaine", "hand-stop"),
            Entry("/boites/sans-responsable/", "Boîtes sans responsable", "mailbox"),
        ),
    ),
    Group("Accès", (Entry("/administration/applications/", "Applications", "apps"),)),
    Group(
        "Système",
        (
            Entry("/administration/dns", "DNS", "link"),
            Entry("/administration/annonces", "Annonces", "bell"),
            Entry("/administration/journal", "Journal", "history"),
            Entry("/administration/violations", "Violations de données", "shield-x"),
            Entry("/administration/travaux", "Travaux", "refresh"),
            Entry("/administration/reglages", "Réglages", "tools"),
        ),
    ),
)
# Pages of the whole installation: closed to an office that covers one académie of several (ADR 0036).
OF_INSTALLATION = frozenset(
    (
        "/administration/academies",
        "/administration/applications/",
        "/administration/annonces",
        "/administration/journal",
        "/administration/travaux",
        "/administration/violations",
        "/administration/reglages",
        "/administration/retraits",
        "/administration/quarantaine",
        "/administration/file",
        "/administration/messages",
    )
)
PLACES = (
    Place(Entry("/messagerie/", "Courrier", "mail"), _MAIL_GROUPS),
    Place(Entry("/contacts/", "Contacts", "address-book"), _CONTACTS_GROUPS),
    Place(Entry("/annuaire/", "Annuaire", "users"), _DIRECTORY_GROUPS),
    Place(Entry("/listes/", "Listes", "list")),
    Place(Entry(_BOXES, "Boîtes", "mailbox")),
    Place(Entry("/gestion/", "Gestion", "id", _OFFICER), _HR_GROUPS, is_at_foot=True),
    Place(Entry("/assistance/", "Assistance", "headset", _OPERATORS), _HELP_GROUPS, is_at_foot=True),
    Place(
        Entry("/administration/", "Admin", "building-community", _ADMINISTRATOR),
        _ADMINISTRATION_GROUPS,
        is_at_foot=True,
    ),
    Place(Entry(SETTINGS, "Paramètres", "settings"), _SETTINGS_GROUPS, is_at_foot=True),
)


def shell_of(
    path: str, role: str, *, box_prefix: str = "", served: Callable[[str], bool] = is_served
) -> Shell:
    """The shell of the page at `path`, which is without `box_prefix` in a shared mailbox (`/boites/12`)."""
    places = [place for place in PLACES if not place.entry.roles or role in place.entry.roles]
    places = [place for place in places if served(place.entry.address)]
    if box_prefix:
        open_place = next((place for place in places if place.entry.address == _BOXES), None)
        is_in_settings = path.startswith(SETTINGS)
        side = _links((_OWN_MAIL,), path, served, box_prefix) if is_in_settings else ()
        title = "Paramètres" if is_in_settings else ""
    else:
        open_place = _place_of(path, places)
        side = _links(open_place.groups, path, served) if open_place else ()
        title = open_place.entry.title if open_place else ""
    return Shell(
        places=_rail(places, open_place, is_at_foot=False),
        foot=_rail(places, open_place, is_at_foot=True),
        side_title="Administration" if title == "Admin" else title,
        side=side if sum(len(group.links) for group in side) > 1 else (),
    )


def settings_groups(
    *, box_prefix: str = "", served: Callable[[str], bool] = is_served
) -> tuple[LinkGroup, ...]:
    """Every page of « Paramètres », in groups; those of a mailbox only, for a shared one."""
    return _links((_OWN_MAIL,) if box_prefix else _SETTINGS_GROUPS, "", served, box_prefix)


def _rail(places: list[Place], open_place: Place | None, *, is_at_foot: bool) -> tuple[Link, ...]:
    return tuple(
        Link(place.entry.address, place.entry.title, place.entry.icon, place is open_place)
        for place in places
        if place.is_at_foot == is_at_foot
    )


def _place_of(path: str, places: list[Place]) -> Place | None:
    """The place of the longest address that begins `path`: reports of mail are administration's."""
    addresses = [(entry.address, place) for place in places for entry in _entries(place)]
    matches = [(len(address), place) for address, place in addresses if _begins(address, path)]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def _entries(place: Place) -> Iterator[Entry]:
    yield place.entry
    for group in place.groups:
        yield from group.entries


def _links(
    groups: tuple[Group, ...], path: str, served: Callable[[str], bool], prefix: str = ""
) -> tuple[LinkGroup, ...]:
    addresses = [entry.address for group in groups for entry in group.entries if _begins(entry.address, path)]
    current = max(addresses, key=len, default="")
    return tuple(
        LinkGroup(
            group.title,
            tuple(
                Link(prefix + entry.address, entry.title, entry.icon, entry.address == current)
                for entry in group.entries
                if served(entry.address)
            ),
        )
        for group in groups
    )


def _begins(address: str, path: str) -> bool:
    """Whether `path` is that page or one below it."""
    return path == address or path.startswith(address if address.endswith("/") else f"{address}/")
