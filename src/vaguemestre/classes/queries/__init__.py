"""Reading classes: bound to a school, and to who asks."""

from vaguemestre.classes.queries.rosters import known_rosters

__all__ = ["known_rosters"]
