"""Every page that the shell leads to: the places of the rail and the entries of their side columns.

One table for all rooms; `shell.py` leaves out what an installation does not serve and what a role may not
open.
"""

from dataclasses import dataclass

_OFFICER, _ADMINISTRATOR = ("hr_officer",), ("administrator",)
_AUDITORS = ("administrator", "auditor")
_OPERATORS = ("helpdesk", "administrator")
_LIST_MAKERS = ("hr_officer", "administrator")
STAFF = (*_OFFICER, *_OPERATORS)


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


SETTINGS = "/parametres/"
BOXES = "/boites/"
STAFF_SEARCH = "/recherche"
OWN_STAFF = "/annuaire/mes-personnels"
OWN_MAIL = Group(
    "Mon courrier",
    (
        Entry("/parametres/identites", "Signatures et identités", "signature"),
        Entry("/parametres/envoi", "Envoi", "send"),
        Entry("/parametres/filtres", "Filtres", "filter"),
        Entry("/parametres/absence", "Notifications d’absence", "beach"),
    ),
)
SETTINGS_GROUPS = (
    OWN_MAIL,
    Group(
        "Mes appareils",
        (
            Entry("/parametres/appareils", "Appareils et mots de passe d’application", "device-laptop"),
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
            Entry("/messagerie/envois/ou/", "Où est mon courriel ?", "route"),
            Entry("/messagerie/quarantaine/", "Quarantaine", "hand-stop"),
            Entry("/messagerie/pieces/", "Pièces jointes", "paperclip"),
            Entry("/messagerie/fichiers/", "Fichiers déposés", "upload"),
            Entry("/messagerie/supprimes/", "Messages supprimés", "trash"),
        ),
    ),
)
_DIRECTORY_GROUPS = (
    Group(
        "Annuaire",
        (
            Entry("/annuaire/", "Rechercher", "search"),
            Entry("/annuaire/ma-fiche", "Ma fiche", "user"),
        ),
    ),
)
_CLASSES = Group("Classes", (Entry("/classes/", "Mes classes", "school"),))
_CONTACTS_GROUPS = (
    Group(
        "Contacts",
        (
            Entry("/contacts/", "Tous les contacts", "address-book"),
            Entry("/contacts/doublons/", "Doublons possibles", "arrows-join"),
        ),
    ),
    _CLASSES,
)
_LISTS_GROUPS = (
    Group(
        "Listes",
        (
            Entry("/listes/", "Toutes mes listes", "list"),
            Entry("/listes/nouvelle", "Nouvelle liste", "plus", _LIST_MAKERS),
        ),
    ),
)
_BOXES_GROUPS = (
    Group(
        "Boîtes",
        (
            Entry(BOXES, "Toutes mes boîtes", "mailbox"),
            Entry("/boites/demander/", "Demander une boîte", "plus"),
        ),
    ),
)
_HR_GROUPS = (
    Group(
        "Gestion",
        (
            Entry("/gestion/", "Demandes de NUMEN", "id"),
            Entry("/gestion/personnes", "Personnes du service", "user-search"),
            Entry("/gestion/a-venir", "À venir", "calendar"),
            Entry("/gestion/arrivee", "Arrivée à la main", "plus"),
            Entry("/gestion/ressemblances", "Doublons possibles", "arrows-join"),
            Entry(STAFF_SEARCH, "Recherche générale", "search", _OFFICER),
        ),
    ),
)
_HELP_GROUPS = (
    Group(
        "Assistance",
        (
            Entry("/assistance/", "Comptes", "user-circle"),
            Entry("/assistance/demandes", "Demandes", "message-2"),
            Entry("/assistance/reponses", "Réponses types", "file-text"),
            Entry("/assistance/statistiques", "Statistiques", "activity"),
            Entry("/assistance/retenus/", "Envois retenus", "hand-stop"),
            Entry("/assistance/cles", "Clés OTP", "key"),
            Entry(STAFF_SEARCH, "Recherche générale", "search", ("helpdesk",)),
        ),
    ),
)
_ADMINISTRATION_GROUPS = (
    Group(
        "",
        (
            Entry("/administration/", "Aujourd’hui", "activity"),
            Entry(STAFF_SEARCH, "Recherche générale", "search", _ADMINISTRATOR),
        ),
    ),
    Group(
        "Personnes",
        (
            Entry("/administration/personnes", "Personnes", "user-search", _ADMINISTRATOR),
            Entry("/administration/flux", "Imports RH", "table-import", _ADMINISTRATOR),
            Entry("/administration/flux/doutes", "Doublons possibles", "arrows-join", _ADMINISTRATOR),
            Entry("/administration/jamais-actives", "Jamais activés", "user-off"),
            Entry(
                "/administration/classes-de-service",
                "Classes de service",
                "adjustments-horizontal",
                _ADMINISTRATOR,
            ),
            Entry("/administration/etablissements", "Établissements", "building-community", _ADMINISTRATOR),
            Entry("/administration/services", "Services", "briefcase-2", _ADMINISTRATOR),
            Entry("/administration/academies", "Académies", "world", _ADMINISTRATOR),
        ),
    ),
    Group(
        "Messagerie",
        (
            Entry("/administration/messages", "Recherche de messages", "route", _ADMINISTRATOR),
            Entry("/administration/file", "File d’attente", "stack-2", _ADMINISTRATOR),
            Entry("/messagerie/signalements/", "Signalements", "flag", _ADMINISTRATOR),
            Entry("/administration/retraits", "Retraits", "eraser", _ADMINISTRATOR),
            Entry("/administration/quarantaine", "Quarantaine", "hand-stop", _ADMINISTRATOR),
            Entry("/administration/inventaire", "Boîtes et listes", "list"),
            Entry("/assistance/statistiques", "Demandes d’assistance", "headset", ("auditor",)),
            Entry("/boites/sans-responsable/", "Boîtes sans responsable", "mailbox", _ADMINISTRATOR),
        ),
    ),
    Group("Accès", (Entry("/administration/applications/", "Applications", "apps", _ADMINISTRATOR),)),
    Group(
        "Système",
        (
            Entry("/administration/dns", "DNS", "link", _ADMINISTRATOR),
            Entry("/administration/rapports", "Rapports DMARC et TLS", "shield-check"),
            Entry("/administration/annonces", "Annonces", "bell", _ADMINISTRATOR),
            Entry("/administration/textes", "Textes des lettres", "file-text", _ADMINISTRATOR),
            Entry("/administration/journal", "Journal", "history"),
            Entry("/administration/violations", "Violations de données", "shield-x", _ADMINISTRATOR),
            Entry("/administration/travaux", "Travaux", "refresh", _ADMINISTRATOR),
            Entry("/administration/reglages", "Réglages", "tools", _ADMINISTRATOR),
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
        "/administration/rapports",
        "/administration/messages",
    )
)
# No entry of the rail: the brand, the header and the menu of the phone lead there. Its column also stands
# beside pages of no place.
HOME = Place(
    Entry("/", "Accueil", "home"),
    (
        Group(
            "Accueil",
            (
                Entry("/", "Accueil", "home"),
                Entry("/assistance/remises", "Codes à remettre", "ticket"),
            ),
        ),
        Group(
            "Aide",
            (
                Entry("/aide", "Aide", "help-circle"),
                Entry("/aide/demande", "Écrire à l’assistance", "message-2"),
            ),
        ),
        Group(
            "À savoir",
            (
                Entry("/charte", "Charte", "file-text"),
                Entry("/donnees-personnelles", "Données personnelles", "id"),
                Entry("/accessibilite", "Accessibilité", "text-size"),
            ),
        ),
    ),
)
PLACES = (
    Place(Entry("/messagerie/", "Courrier", "mail"), _MAIL_GROUPS),
    Place(Entry("/contacts/", "Contacts", "address-book"), _CONTACTS_GROUPS),
    Place(Entry("/annuaire/", "Annuaire", "users"), _DIRECTORY_GROUPS),
    Place(Entry("/listes/", "Listes", "list"), _LISTS_GROUPS),
    Place(Entry(BOXES, "Boîtes", "mailbox"), _BOXES_GROUPS),
    Place(Entry("/gestion/", "Gestion", "id", _OFFICER), _HR_GROUPS, is_at_foot=True),
    Place(Entry("/assistance/", "Assistance", "headset", _OPERATORS), _HELP_GROUPS, is_at_foot=True),
    Place(
        Entry("/administration/", "Admin", "building-community", _AUDITORS),
        _ADMINISTRATION_GROUPS,
        is_at_foot=True,
    ),
    Place(Entry(SETTINGS, "Paramètres", "settings"), SETTINGS_GROUPS, is_at_foot=True),
)
