"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "lists.answer-to-many": "C’est une réponse à toute une grande liste.",
    "lists.answers-storm": "Beaucoup de réponses à toute la liste en peu de temps.",
    "lists.decided-already": "Quelqu’un a déjà décidé de ce message : rechargez la page.",
    "lists.decider-left": (
        "La personne qui l’avait accepté n’est plus responsable de cette liste : décidez-en de nouveau."
    ),
    "lists.gone": "Cette liste n’existe plus, ou n’est pas à vous.",
    "lists.in-itself": "Une liste ne peut pas être membre d’une liste.",
    "lists.last-owner": "Une liste a toujours au moins un propriétaire.",
    "lists.later-is-past": "Choisissez un moment à venir.",
    "lists.message-gone": "Le message n’est plus dans la boîte de la liste.",
    "lists.moderated": "Tous les messages de cette liste sont modérés.",
    "lists.name-malformed": (
        "« %(name)s » ne convient pas : deux lettres ou chiffres au moins, et pas un nom réservé."
    ),
    "lists.nobody-inside": "« %(address)s » n’est l’adresse d’aucun agent de l’académie.",
    "lists.not-a-writer": "Son auteur n’est pas de ceux qui écrivent à cette liste.",
    "lists.not-allowed": "Vous ne pouvez pas créer de liste pour cet établissement.",
    "lists.not-by-hand": "Les membres de cette liste viennent de l’annuaire.",
    "lists.other-list": "Le message vient d’une autre liste.",
    "lists.redirected": "Un filtre l’a transmis à la liste : son auteur ne le lui a pas adressé.",
    "lists.refused-by-keeper": "Un responsable de la liste l’a refusé.",
    "lists.restored": (
        "La base vient d’une sauvegarde : ce message a peut-être déjà été diffusé. Vérifiez avant d’accepter."
    ),
    "lists.too-large": (
        "Le message est trop lourd : 1 Mo de texte au plus, 20 Mo avec les pièces jointes, qui "
        "deviennent alors des liens. Déposez le fichier sur un espace de partage et envoyez son lien."
    ),
    "lists.too-many": "Une liste composée à la main compte %(most)s membres au plus.",
}

TO_AUTHORS = {  # the reasons of a letter that speak of its author, as they are told to that author
    "lists.not-a-writer": "Vous n’êtes pas de ceux qui écrivent à cette liste.",
}
