"""States and acts in words."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from vaguemestre.directory.rules.likeness import Likeness
from vaguemestre.enrolment.values import State, StepSeen

STATES = {
    State.SUBMITTED: _("Reçue"),
    State.UNDER_REVIEW: _("À l’étude"),
    State.NEEDS_INFORMATION: _("Une pièce est attendue"),
    State.APPROVED: _("NUMEN attribué"),
    State.EXISTING_FOUND: _("Vous avez déjà un NUMEN"),
    State.REJECTED: _("Refusée"),
    State.DELIVERED: _("NUMEN remis"),
    State.CLOSED: _("Close"),
}

# What whoever answers the requests reads.
OFFICERS_STATES = {**STATES, State.EXISTING_FOUND: _("Avait déjà un NUMEN")}

LIKENESSES = {
    Likeness.SAME: _("mêmes noms, même naissance"),
    Likeness.NAMES: _("noms proches, même naissance"),
    Likeness.BIRTH_DATE: _("mêmes noms, même établissement, naissance à un chiffre près"),
    Likeness.SCHOOL: _("noms proches, même établissement, autre date de naissance"),
    Likeness.NAMESAKE: _("mêmes noms, autre date de naissance, autre établissement"),
}

KINDS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}

STORY = {
    "directory.person-registered": _("Personne enregistrée"),
    "directory.person-changed": _("Fiche modifiée"),
    "directory.numen-recorded": _("NUMEN enregistré"),
    "enrolment.numen-shown": _("NUMEN montré"),
    "enrolment.person-received": _("Arrivée saisie à la main"),
    "credentials.account-opened": _("Compte créé"),
    "credentials.account-activated": _("Compte activé"),
    "credentials.account-suspended": _("Compte suspendu"),
    "credentials.account-resumed": _("Compte rétabli"),
    "credentials.account-closed": _("Compte fermé"),
    "credentials.account-reopened": _("Compte rouvert"),
    "credentials.mailbox-open": _("Boîte ouverte"),
    "credentials.mailbox-closed": _("Boîte fermée"),
    "credentials.mailbox-held": _("Boîte bloquée après une compromission"),
    "credentials.mailbox-frozen": _("Boîte gelée"),
    "credentials.mailbox-purged": _("Boîte effacée"),
    "lives.leave": _("Congé déclaré"),
    "lives.long-leave": _("Congé long déclaré"),
    "lives.transfer": _("Mutation déclarée"),
    "lives.retirement": _("Retraite déclarée"),
    "lives.contract-end": _("Fin de contrat"),
    "lives.death": _("Décès déclaré"),
    "lives.suspension": _("Suspension disciplinaire"),
    "lives.ended": _("Retour, ou déclaration retirée"),
    "lives.closing-put-off": _("Fermeture reportée"),
    "directory.civil-status-erased": _("État civil effacé"),
    "directory.person-hidden": _("Retirée de l’annuaire"),
    "directory.person-shown": _("Remise dans l’annuaire"),
    "credentials.role-given": _("Rôle changé"),
}


def told_steps(steps: Iterable[StepSeen], states: Mapping[State, object]) -> list[tuple[StepSeen, str, str]]:
    """Each step, its state in words, and what was written with it unless that is the state again."""
    told = [(step, str(states[step.state])) for step in steps]
    return [(step, title, "" if step.words.rstrip(".") == title else step.words) for step, title in told]
