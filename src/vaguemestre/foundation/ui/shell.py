"""The shell around the pages of a signed-in person: header, rail and a side column beside every page.

Pages that this installation does not serve, or that a role may not open, are left out. What differs from
person to person (their mailboxes, their lists) comes from `ui.pages.own_groups`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from vaguemestre.foundation.ui.addresses import is_served
from vaguemestre.foundation.ui.places import (
    BOXES,
    HOME,
    OWN_MAIL,
    PLACES,
    SETTINGS,
    SETTINGS_GROUPS,
    STAFF_SEARCH,
    Entry,
    Group,
    Place,
)


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
    """What surrounds one page."""

    places: tuple[Link, ...]
    foot: tuple[Link, ...]
    side_title: str
    side: tuple[LinkGroup, ...]

    @property
    def may_search_all(self) -> bool:
        """Whether the header has the field of the search of staff: beside their pages, but for its own."""
        links = [link for group in self.side for link in group.links if link.address == STAFF_SEARCH]
        return any(not link.is_open for link in links)

    @property
    def page_title(self) -> str:
        """The title of the open entry of the side column; "" if none is."""
        return next((link.title for group in self.side for link in group.links if link.is_open), "")


def shell_of(
    path: str,
    role: str,
    *,
    box_prefix: str = "",
    served: Callable[[str], bool] = is_served,
    own: tuple[Group, ...] = (),
) -> Shell:
    """The shell of the page at `path`, which is without `box_prefix` in a shared mailbox (`/boites/12`).

    `own`: groups of that person, after those of the place; their addresses are whole.
    """
    places = [place for place in PLACES if _is_for(place.entry, role) and served(place.entry.address)]
    if box_prefix:
        open_place = next((place for place in places if place.entry.address == BOXES), None)
        groups: tuple[Group, ...] = (_BOX_SETTINGS,) if path.startswith(SETTINGS) else ()
        title = "Paramètres" if groups else "Boîtes"
    else:
        open_place = _place_of(path, places, role)
        groups = (open_place or HOME).groups
        title = (open_place or HOME).entry.title
    groups = _within(box_prefix, tuple(_shown(group, role, served) for group in groups))
    return Shell(
        places=_rail(places, open_place, is_at_foot=False),
        foot=_rail(places, open_place, is_at_foot=True),
        side_title="Administration" if title == "Admin" else title,
        side=_links((*groups, *own), box_prefix + path),
    )


_BOX_SETTINGS = Group("Réglages de la boîte", OWN_MAIL.entries)


def settings_groups(
    *, box_prefix: str = "", served: Callable[[str], bool] = is_served
) -> tuple[LinkGroup, ...]:
    """Every page of « Paramètres », in groups; those of a mailbox only, for a shared one."""
    groups = (_BOX_SETTINGS,) if box_prefix else SETTINGS_GROUPS
    return _links(_within(box_prefix, tuple(_shown(group, "", served) for group in groups)), "")


def _is_for(entry: Entry, role: str) -> bool:
    return not entry.roles or role in entry.roles


def _shown(group: Group, role: str, served: Callable[[str], bool]) -> Group:
    """The entries of a group that this installation serves and this role may open."""
    entries = (entry for entry in group.entries if _is_for(entry, role) and served(entry.address))
    return Group(group.title, tuple(entries))


def _within(prefix: str, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The same pages under the address of a shared mailbox."""
    return tuple(
        Group(group.title, tuple(replace(entry, address=prefix + entry.address) for entry in group.entries))
        for group in groups
    )


def _rail(places: list[Place], open_place: Place | None, *, is_at_foot: bool) -> tuple[Link, ...]:
    return tuple(
        Link(place.entry.address, place.entry.title, place.entry.icon, place is open_place)
        for place in places
        if place.is_at_foot == is_at_foot
    )


def _place_of(path: str, places: list[Place], role: str) -> Place | None:
    """The place of the longest address that begins `path`: reports of mail are administration's."""
    addresses = [
        (entry.address, place)
        for place in (*places, HOME)
        for entry in _entries(place)
        if _is_for(entry, role)
    ]
    matches = [(len(address), place) for address, place in addresses if _begins(address, path)]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def _entries(place: Place) -> Iterator[Entry]:
    yield place.entry
    for group in place.groups:
        yield from group.entries


def _links(groups: tuple[Group, ...], path: str) -> tuple[LinkGroup, ...]:
    addresses = [entry.address for group in groups for entry in group.entries if _begins(entry.address, path)]
    current = max(addresses, key=len, default="")
    return tuple(
        LinkGroup(
            group.title,
            tuple(
                Link(entry.address, entry.title, entry.icon, entry.address == current)
                for entry in group.entries
            ),
        )
        for group in groups
        if group.entries
    )


def _begins(address: str, path: str) -> bool:
    """Whether `path` is that page or one below it; the home page has none below."""
    below = address if address.endswith("/") else f"{address}/"
    return path == address or (below != "/" and path.startswith(below))
