"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "sorting.absence-backwards": "La fin doit venir après le début.",
    "sorting.absence-days": "Choisissez entre %(fewest)s et %(most)s jours.",
    "sorting.absence-gone": "Cette notification ne court plus : il n’y a rien à arrêter.",
    "sorting.absence-nobody-chosen": (
        "Choisissez le remplaçant parmi les personnes trouvées, ou videz son nom."
    ),
    "sorting.absence-nobody-named": (
        "Le texte renvoie à une personne nommée plus bas : cherchez son nom ici, ou changez le texte."
    ),
    "sorting.absence-over": "Cette absence est déjà terminée : choisissez une fin à venir.",
    "sorting.absence-silent": "Écrivez au moins un message : sans texte, aucune réponse ne partirait.",
    "sorting.absence-subject": "L’objet tient sur une ligne de %(most)s caractères au plus.",
    "sorting.absence-text-too-long": "Un message d’absence tient en %(most)s caractères.",
    "sorting.absence-text-unprintable": "Ce texte contient un caractère qui ne peut pas être envoyé.",
    "sorting.absence-too-long": "Une absence dure trois ans au plus.",
    "sorting.absence-weekdays": "Cochez au moins un jour de la semaine.",
    "sorting.account-closed": "Cette boîte n’est pas ouverte : l’absence ne peut pas être posée.",
    "sorting.expert-long": "Cette partie est trop longue : %(most)s Kio au plus.",
    "sorting.expert-wrong": "Cette partie contient des erreurs : elles sont indiquées ligne par ligne.",
    "sorting.filter-conditions": "Un filtre a de une à %(most)s conditions.",
    "sorting.filter-day": "Écrivez la date ainsi : 19/12/2026.",
    "sorting.filter-file": "Ce fichier n’est pas un export de filtres : choisissez un fichier .json.",
    "sorting.filter-folder": "Le dossier « %(name)s » n’existe plus : choisissez-en un autre.",
    "sorting.filter-forward-list": (
        "Un filtre ne peut rien transférer à une liste de diffusion : donnez l’adresse d’une personne ou "
        "d’une boîte."
    ),
    "sorting.filter-forward-outside": (
        "L’académie ne permet de transférer automatiquement que vers une adresse @%(domain)s."
    ),
    "sorting.filter-forward-self": "Cette adresse est la vôtre : le courriel y est déjà.",
    "sorting.filter-gone": "Ce filtre n’existe plus.",
    "sorting.filter-idle": "Dites ce que le filtre doit faire du courriel.",
    "sorting.filter-label": "Une étiquette tient en %(most)s caractères au plus.",
    "sorting.filter-many": "Vous avez déjà %(most)s filtres : supprimez-en un d’abord.",
    "sorting.filter-name": "Donnez au filtre un nom de %(most)s caractères au plus.",
    "sorting.filter-relation": "Une condition ne se compare pas ainsi : changez-la.",
    "sorting.filter-size": "La taille est un nombre de mégaoctets, de 1 à %(most)s.",
    "sorting.filter-two-places": (
        "Choisissez : ranger dans un dossier ou mettre à la corbeille, pas les deux."
    ),
    "sorting.filter-words": "Écrivez les mots d’une condition en %(most)s caractères au plus.",
    "sorting.senders-both": "« %(sender)s » est dans les deux listes : retirez-le de l’une.",
    "sorting.senders-malformed": (
        "« %(sender)s » n’est ni une adresse ni un domaine : écrivez nom@exemple.fr ou @exemple.fr."
    ),
    "sorting.senders-many": "Une liste compte %(most)s expéditeurs au plus.",
}
