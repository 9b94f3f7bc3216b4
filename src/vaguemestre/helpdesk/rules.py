"""What an operator may do, how often, and the words of an account's story (SECURITY §3.10)."""

import re
from collections.abc import Mapping

from vaguemestre.directory.rules.numens import parse_numen
from vaguemestre.helpdesk.values import Act, Target
from vaguemestre.kernel.errors import Refusal

OPERATORS = frozenset({"helpdesk", "administrator"})
LONGEST_REASON = 300
SHORTEST_REASON = 5

# Acts of one operator in a day. A rush of locked-out newcomers is ordinary; twenty suspensions are not.
CAPS: Mapping[Act, int] = {Act.LIFT: 100, Act.SUSPEND: 20, Act.RESUME: 20, Act.COMPROMISED: 20}

_POSSIBLE: Mapping[str, frozenset[Act]] = {
    "pending": frozenset({Act.LIFT, Act.SUSPEND}),
    "active": frozenset({Act.LIFT, Act.SUSPEND, Act.COMPROMISED}),
    "suspended": frozenset({Act.RESUME, Act.COMPROMISED}),
}


def possible(state: str) -> frozenset[Act]:
    """The acts that make sense for an account in that state; none for a closed one."""
    return _POSSIBLE.get(state, frozenset())


def check_act(act: Act, target: Target, operator_id: int) -> None:
    """Raises Refusal `helpdesk.not-on-yourself`, `…on-administrators` or `…not-in-that-state`."""
    if target.account_id == operator_id:
        raise Refusal("helpdesk.not-on-yourself")
    if target.role == "administrator":
        raise Refusal("helpdesk.not-on-administrators")
    if act not in possible(target.state):
        raise Refusal("helpdesk.not-in-that-state")


def check_count(act: Act, done_today: int) -> None:
    """`done_today` counts the act being done. Raises Refusal `helpdesk.enough-today`."""
    if done_today > CAPS[act]:
        raise Refusal("helpdesk.enough-today", most=CAPS[act])


def reason_given(text: str) -> str:
    """The reason as it is kept and shown to the owner, on one line.

    Raises Refusal `helpdesk.reason-missing`, or `helpdesk.reason-numen` when it holds a NUMEN.
    """
    plain = " ".join(text.split())[:LONGEST_REASON]
    if len(plain) < SHORTEST_REASON:
        raise Refusal("helpdesk.reason-missing", shortest=SHORTEST_REASON)
    if any(_is_numen(word) for word in re.split(r"[^0-9A-Za-z]+", plain)):
        raise Refusal("helpdesk.reason-numen")
    return plain


def _is_numen(word: str) -> bool:
    try:
        parse_numen(word)
    except Refusal:
        return False
    return True


# Journal action → words. What is not here is no business of the desk.
STORY: Mapping[str, str] = {
    "credentials.account-opened": "Compte créé",
    "credentials.account-activated": "Compte activé",
    "credentials.account-suspended": "Compte suspendu",
    "credentials.account-resumed": "Compte rouvert",
    "credentials.account-closed": "Compte fermé",
    "credentials.account-reopened": "Compte ouvert de nouveau",
    "credentials.activation-link-made": "Lien d’activation créé",
    "credentials.password-set": "Mot de passe changé",
    "credentials.proofs-withdrawn": "Mot de passe et secondes preuves effacés",
    "credentials.app-password-made": "Mot de passe d’application créé",
    "credentials.app-password-revoked": "Mot de passe d’application révoqué",
    "credentials.one-time-device-added": "Source de codes ajoutée",
    "credentials.one-time-device-removed": "Source de codes retirée",
    "credentials.recovery-codes-made": "Codes de secours créés",
    "credentials.recovery-code-used": "Code de secours utilisé",
    "credentials.role-given": "Rôle changé",
    "signin.signed-in": "Connexion",
    "signin.signed-out": "Déconnexion",
    "signin.refused": "Connexion refusée",
    "signin.sessions-ended": "Sessions fermées",
    "assistant.found": "Identifié par l’assistant",
    "assistant.not-found": "Assistant : demande sans suite",
    "assistant.code-asked": "Code de secours demandé",
    "assistant.recovered": "Mot de passe choisi avec un code reçu",
    "credentials.passkey-added": "Clé d’accès ajoutée",
    "credentials.passkey-removed": "Clé d’accès retirée",
    "credentials.recovery-contact-set": "Contact de secours ajouté",
    "credentials.recovery-contact-dropped": "Contact de secours retiré",
    "helpdesk.lifted": "Assistance : attente levée",
    "helpdesk.suspended": "Assistance : suspension",
    "helpdesk.resumed": "Assistance : réouverture",
    "helpdesk.compromised": "Assistance : compromission",
}
