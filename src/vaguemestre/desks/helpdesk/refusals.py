"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "helpdesk.account-gone": "Ce compte n’existe plus.",
    "helpdesk.answer-missing": "Écrivez la réponse.",
    "helpdesk.answer-secret": "Cette réponse semble contenir un NUMEN ou un mot de passe : retirez-le.",
    "helpdesk.answer-text-gone": "Cette réponse type a été supprimée entre-temps.",
    "helpdesk.answer-text-title-taken": "Une autre réponse type porte déjà ce titre.",
    "helpdesk.cannot-send": (
        "Ce compte ne peut rien envoyer pour le moment : ses courriels restent retenus. Vous les laisserez "
        "partir quand il sera rouvert."
    ),
    "helpdesk.enough-today": (
        "Vous avez déjà fait cela %(most)s fois aujourd’hui : passez la main à un collègue."
    ),
    "helpdesk.hand-over-asked-meanwhile": (
        "Rien n’est encore fait : %(by)s vient de demander une remise pour cette personne. "
        "Demander de nouveau la remplace."
    ),
    "helpdesk.hand-over-gone": (
        "Cette demande a déjà été traitée, a plus de trois jours, ou n’est plus la vôtre."
    ),
    "helpdesk.key-line": (
        "La ligne %(line)s n’est pas « numéro de série ; secret » : corrigez-la, rien n’a été ajouté."
    ),
    "helpdesk.key-list-long": "Ajoutez %(most)s clés au plus à la fois.",
    "helpdesk.not-in-that-state": "Le compte est dans un état qui ne permet pas cette action.",
    "helpdesk.not-on-administrators": "Le compte d’un administrateur ou d’un auditeur ne se change pas ici.",
    "helpdesk.not-on-wider-office": (
        "Cette personne a une fonction pour toute l’installation : demandez à quelqu’un qui en a une aussi."
    ),
    "helpdesk.not-on-yourself": "On ne se dépanne pas soi-même : demandez à un collègue.",
    "helpdesk.operator-left": (
        "La personne qui a fait cette demande n’est plus à l’assistance : refusez-la, et demandez à "
        "l’assistance d’en faire une autre."
    ),
    "helpdesk.reason-missing": "Écrivez le motif, en quelques mots : la personne le lira.",
    "helpdesk.reason-numen": (
        "Ce texte contient un NUMEN ou un mot de passe : retirez-le, il n’a pas à être gardé."
    ),
    "helpdesk.request-taken": (
        "%(by)s vient de prendre cette demande en charge : voyez ensemble qui y répond."
    ),
    "helpdesk.request-gone": "Un collègue a déjà répondu à cette demande.",
    "helpdesk.second-left": (
        "Vos fonctions ont changé : vous ne répondez plus de l’identité de cette personne. Choisissez "
        "« Je ne peux pas confirmer » : l’assistance l’apprendra et le demandera à quelqu’un d’autre."
    ),
    "helpdesk.second-not-possible": (
        "Choisissez une autre personne : ni vous, ni la personne elle-même ne peut confirmer."
    ),
    "helpdesk.suspended-by-service": (
        "Le service de gestion de la personne a suspendu ce compte : lui seul le rouvre, sur sa fiche."
    ),
    "helpdesk.too-many-answer-texts": (
        "Il y a déjà %(most)s réponses types : supprimez celles qui ne servent plus."
    ),
    "helpdesk.too-many-requests": (
        "Beaucoup de demandes viennent de ce réseau. Réessayez dans %(wait)s, ou téléphonez à l’assistance."
    ),
}
