"""One thing of somebody's, and how to see that it is as it was."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from tests.site.doorways import Doorway

# Say what to do or in which form, and name nothing of anybody's.
VERBS = frozenset({"act", "kind", "what"})
# Nobody guesses them: whoever holds one may use it, signed in or not.
SECRETS = frozenset({"token", "signed"})
# The same word for things of several kinds: whoever fills it says at which addresses.
SEVERAL = frozenset({"key", "number"})


def as_ever() -> object:
    """The state of what nothing changes."""
    return None


@dataclass(frozen=True)
class Belonging:
    """`room`: whose addresses are tried. `ids`: what fills their parameters. `seen_by`: who reads `words`.

    `doors`: the addresses `ids` are meant for, by name, spaces between; else every one that asks for them.
    `asked` and `sent` name it in a query and in a form. `within`: before the address, `/boites/1`.
    `state`: what differs once somebody changed it. No words: nothing shows it.
    """

    room: str
    ids: dict[str, Any]
    words: str
    seen_by: frozenset[str]
    doors: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    within: str = ""
    state: Callable[[], object] = as_ever

    def is_in_room_of(self, door: Doorway) -> bool:
        return door.name.partition(":")[0] == self.room

    def fills(self, door: Doorway, name: str) -> bool:
        """Whether it is what the parameter `name` of that address names."""
        named = door.name.partition(":")[2] in self.doors.split()
        if not self.is_in_room_of(door) or name not in self.ids or self.state is as_ever:
            return False
        return named if self.doors or name in SEVERAL else True

    def is_at(self, door: Doorway) -> bool:
        """Whether that address, filled, is about it."""
        asked = {name for name, _ in door.parameters} - VERBS - SECRETS
        if asked:
            return all(self.fills(door, name) for name in asked)
        return self.is_in_room_of(door) and door.name.partition(":")[2] in self.doors.split()


def rows(*kept: Model) -> Callable[[], object]:
    """What the tables say of those rows; None for one that is gone."""

    def state() -> object:
        return [type(one)._base_manager.filter(pk=one.pk).values().first() for one in kept]

    return state
