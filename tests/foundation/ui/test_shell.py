"""The shell leads everywhere, each role to its own places, and shows where one is."""

import pytest
from django.urls import resolve
from tests.site.doors import audiences

from vaguemestre.foundation.ui.places import HOME, PLACES, Entry, Group
from vaguemestre.foundation.ui.shell import Shell, settings_groups, shell_of

ENTRIES = [
    entry
    for place in (*PLACES, HOME)
    for entry in (place.entry, *(entry for group in place.groups for entry in group.entries))
]
ROLES = {
    "teacher": "agent",
    "officer_dpe": "hr_officer",
    "helpdesk": "helpdesk",
    "administrator": "administrator",
    "auditor": "auditor",
}


def open_titles(shell: Shell) -> tuple[list[str], list[str]]:
    rail = [link.title for link in (*shell.places, *shell.foot) if link.is_open]
    return rail, [link.title for group in shell.side for link in group.links if link.is_open]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.address)
def test_every_entry_leads_to_a_page_of_this_installation(entry: Entry) -> None:
    assert resolve(entry.address).view_name in audiences()


@pytest.mark.parametrize("place", [*PLACES, HOME], ids=lambda place: place.entry.address)
def test_a_role_is_shown_the_pages_it_may_open(place: object) -> None:
    """By the table of doors, which the matrix tries on every role."""
    told = audiences()
    for role, name in ROLES.items():
        shell = shell_of(place.entry.address, name)  # type: ignore[attr-defined]
        links = [*shell.places, *shell.foot, *(link for group in shell.side for link in group.links)]
        assert links
        for link in links:
            assert role in told[resolve(link.address).view_name], f"{role} is led to {link.address}"


def test_no_role_misses_a_place_of_its_own() -> None:
    told = audiences()
    for role, name in ROLES.items():
        shown = {link.address for link in (*shell_of("/", name).places, *shell_of("/", name).foot)}
        for place in PLACES:
            if role in told[resolve(place.entry.address).view_name]:
                assert place.entry.address in shown, f"{role} has no way to {place.entry.address}"


@pytest.mark.parametrize(
    ("path", "role", "rail", "side"),
    [
        ("/", "agent", [], ["Accueil"]),
        ("/messagerie/", "agent", ["Courrier"], ["Boîte de réception"]),
        ("/messagerie/envois/retenus/", "agent", ["Courrier"], ["Envois"]),
        ("/listes/3/membres", "agent", ["Listes"], ["Toutes mes listes"]),
        ("/classes/", "agent", ["Contacts"], ["Mes classes"]),
        ("/parametres/filtres/nouveau", "agent", ["Paramètres"], ["Filtres"]),
        ("/parametres/securite/contact", "agent", ["Paramètres"], ["Sécurité"]),
        ("/boites/delegation/", "agent", ["Paramètres"], ["Délégation"]),
        ("/boites/12/", "agent", ["Boîtes"], ["Toutes mes boîtes"]),
        ("/messagerie/signalements/", "administrator", ["Admin"], ["Signalements"]),
        ("/messagerie/signalements/", "agent", ["Courrier"], ["Boîte de réception"]),
        ("/administration/flux/doutes", "administrator", ["Admin"], ["Doublons possibles"]),
        ("/administration/flux/7", "administrator", ["Admin"], ["Imports RH"]),
        ("/parametresque", "agent", [], []),
        ("/aide", "agent", [], ["Aide"]),
        ("/aide/demande", "agent", [], ["Écrire à l’assistance"]),
    ],
)
def test_one_sees_where_one_is(path: str, role: str, rail: list[str], side: list[str]) -> None:
    assert open_titles(shell_of(path, role)) == (rail, side)


def test_a_shared_mailbox_has_the_settings_of_a_mailbox_under_its_own_address() -> None:
    shell = shell_of("/parametres/absence", "agent", box_prefix="/boites/12")
    addresses = [link.address for group in shell.side for link in group.links]
    assert addresses == [
        "/boites/12/parametres/identites",
        "/boites/12/parametres/envoi",
        "/boites/12/parametres/filtres",
        "/boites/12/parametres/absence",
    ]
    assert open_titles(shell) == (["Boîtes"], ["Notifications d’absence"])
    assert shell.page_title == "Notifications d’absence"
    assert len(settings_groups(box_prefix="/boites/12")) == 1
    assert shell.side[0].title == "Réglages de la boîte", "it is nobody’s own mail"


def test_what_is_not_served_is_not_shown() -> None:
    shell = shell_of(
        "/parametres/", "agent", served=lambda path: "delegation" not in path and path != "/listes/"
    )
    assert "Listes" not in [link.title for link in shell.places]
    assert "Délégation" not in [link.title for group in shell.side for link in group.links]


@pytest.mark.parametrize("role", ROLES.values())
@pytest.mark.parametrize("path", [*(place.entry.address for place in PLACES), "/", "/ailleurs"])
def test_a_column_stands_beside_every_page(path: str, role: str) -> None:
    assert [link for group in shell_of(path, role).side for link in group.links]


def test_what_is_a_persons_own_follows_and_shows_where_one_is() -> None:
    own = (Group("Mes boîtes", (Entry("/boites/12/messagerie/", "Vie scolaire", "mailbox"),)),)
    shell = shell_of("/messagerie/pieces/", "agent", box_prefix="/boites/12", own=own)
    assert open_titles(shell) == (["Boîtes"], ["Vie scolaire"])


def test_no_two_pages_of_a_column_have_one_icon() -> None:
    """« Où est mon courriel ? » and « Aide » were told apart by their words only."""
    for place in (*PLACES, HOME):
        icons = [entry.icon for group in place.groups for entry in group.entries]
        assert len(icons) == len(set(icons)), f"{place.entry.title}: {sorted(icons)}"
