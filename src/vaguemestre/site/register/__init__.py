"""The record of processing activities (GDPR art. 30): purposes, data, durations, and what deletes each.

This table is the source of the periodic purges, of `/donnees-personnelles` and of `vaguemestre register`.
"""

from vaguemestre.site.register.accounts import ACCOUNTS, APPLICATIONS, DIRECTORY
from vaguemestre.site.register.desks import HELP_DESK, NUMENS
from vaguemestre.site.register.mail import FILES, FILTER, MAIL
from vaguemestre.site.register.schools import CLASSES, LISTS, SHARED_BOXES
from vaguemestre.site.register.service import SECURITY, SERVICE
from vaguemestre.site.register.values import Activity, Category, Purge

ACTIVITIES: tuple[Activity, ...] = (
    ACCOUNTS,
    DIRECTORY,
    MAIL,
    FILES,
    FILTER,
    SHARED_BOXES,
    LISTS,
    CLASSES,
    APPLICATIONS,
    NUMENS,
    HELP_DESK,
    SECURITY,
    SERVICE,
)
CATEGORIES: tuple[Category, ...] = tuple(
    category for activity in ACTIVITIES for category in activity.categories
)
PURGES: tuple[Purge, ...] = tuple(
    dict.fromkeys(purge for category in CATEGORIES for purge in category.purges)
)

__all__ = ["ACTIVITIES", "CATEGORIES", "PURGES", "Activity", "Category"]
