"""French words of acts on many."""

from vaguemestre.desks.bulk.values import Act, Phase, Skip, State
from vaguemestre.foundation.kernel.texts import counted

ACTS = {  # the one a page opens on first: it takes nothing from anybody
    Act.NOTICE: "Avis par courriel",
    Act.SUSPEND: "Suspension",
    Act.RESUME: "Fin de suspension",
    Act.FACTOR: "Second facteur demandé",
    Act.NO_FACTOR: "Second facteur plus demandé",
    Act.QUOTA: "Taille de boîte",
    Act.LETTERS: "Lettres d’activation",
    Act.REMINDER: "Rappel d’activation",
    Act.EXPORT: "Export (CSV)",
}
# What deciding does, on its button.
BUTTONS = {
    Act.SUSPEND: "Suspendre",
    Act.RESUME: "Rétablir",
    Act.FACTOR: "Demander un second facteur",
    Act.NO_FACTOR: "Ne plus le demander",
    Act.QUOTA: "Changer la taille",
    Act.NOTICE: "Envoyer l’avis",
    Act.LETTERS: "Préparer les lettres",
    Act.REMINDER: "Envoyer le rappel",
    Act.EXPORT: "Préparer l’export",
}
CONSEQUENCES = {
    Act.SUSPEND: "Plus rien n’ouvre ces comptes, leurs sessions se ferment ; leur courrier arrive toujours.",
    Act.RESUME: "Ces comptes s’ouvrent de nouveau, avec le même mot de passe.",
    Act.FACTOR: (
        "Ces comptes doivent ajouter un second facteur {delay} ; ensuite, seules les pages de sécurité "
        "leur répondent."
    ),
    Act.NO_FACTOR: "Seul leur rôle décide encore si un second facteur leur est demandé.",
    Act.QUOTA: (
        "Une boîte déjà plus pleine que la nouvelle taille ne reçoit plus rien tant que la personne "
        "n’y fait pas de place."
    ),
    Act.NOTICE: "L’avis arrive dans chaque boîte, une seule fois, et ne se reprend pas.",
    Act.LETTERS: (
        "Un PDF réunit les lettres, une page par personne : identifiant, adresse et page d’activation, "
        "sans NUMEN."
    ),
    Act.REMINDER: (
        "Un courriel part à l’adresse personnelle que le service de gestion connaît : comment activer son "
        "compte, sans NUMEN ni identifiant. Personne n’en reçoit plus d’un par semaine."
    ),
    Act.EXPORT: "Un fichier CSV : nom, identifiant, adresse, état du compte, service et poste.",
}
STATES = {
    State.PREPARED: "Essai à blanc : rien n’est encore fait",
    State.AWAITING: "Attend une deuxième personne",
    State.RUNNING: "En cours",
    State.STOPPED: "Interrompu",
    State.DONE: "Fait",
    State.UNDO_AWAITING: "Annulation : attend une deuxième personne",
    State.UNDOING: "Annulation en cours",
    State.UNDONE: "Annulé",
    State.ABANDONED: "Abandonné",
}
PHASES = {
    Phase.LISTED: "À faire",
    Phase.SKIPPED: "Rien ne change",
    Phase.DONE: "Fait",
    Phase.UNDONE: "Annulé",
    Phase.KEPT: "Pas annulé",
}
SKIPS = {
    Skip.GONE: "n’est plus ici, ou a changé d’académie",
    Skip.ONESELF: "c’est vous",
    Skip.OFFICE: "exerce une fonction dans la plateforme : à faire sur sa fiche",
    Skip.CLOSED: "compte fermé",
    Skip.SERVICE: "suspendu par son service de gestion : lui seul le rouvre",
    Skip.ALREADY: "l’est déjà",
    Skip.ACTIVATED: "a déjà activé son compte",
    Skip.NO_ADDRESS: "aucune adresse personnelle n’est connue : une lettre",
    Skip.LATELY: "a reçu un rappel cette semaine, ou un autre acte le lui envoie",
    Skip.UNREAD: "ne peut pas lire sa boîte : compte suspendu ou jamais activé",
    Skip.CHANGED: "quelqu’un l’a changé depuis",
    Skip.WANTED: "un acte plus récent, ou l’assistance, le veut aussi",
    Skip.CLASS: "sa classe de service fixe la taille",
    Skip.REFUSED: "l’adresse a refusé le courriel",
    Skip.SILENT: "sa boîte ne répond pas : nouvel essai bientôt",
}


def consequence(act: Act, factor_days: int) -> str:
    """What an act does. `factor_days`: those left to add a second factor, none for at once."""
    delay = f"sous {counted(factor_days, 'jour')}" if factor_days else "tout de suite"
    return CONSEQUENCES[act].replace("{delay}", delay)
