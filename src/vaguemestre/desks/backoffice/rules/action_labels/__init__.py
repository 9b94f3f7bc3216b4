"""French labels of the journal's actions, a file a wing; unknown actions are shown as stored."""

from vaguemestre.desks.backoffice.rules.action_labels.access import ACCESS_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.desks import DESKS_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.instance import INSTANCE_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.mailbox import MAILBOX_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.people import PEOPLE_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.post import POST_LABELS
from vaguemestre.desks.backoffice.rules.action_labels.schools import SCHOOLS_LABELS

ACTION_LABELS = {
    **INSTANCE_LABELS,
    **PEOPLE_LABELS,
    **ACCESS_LABELS,
    **POST_LABELS,
    **SCHOOLS_LABELS,
    **MAILBOX_LABELS,
    **DESKS_LABELS,
}


def action_label(action: str) -> str:
    return ACTION_LABELS.get(action, action)
