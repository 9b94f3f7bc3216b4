"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "webmail.bulk-over": "Cette action groupée n’existe plus : elle a plus d’un jour.",
    "webmail.bulk-refused": "La messagerie a refusé cette action groupée.",
    "webmail.bulk-running": "Une action groupée est déjà en cours : attendez qu’elle soit finie.",
    "webmail.folder-inside-itself": "Un dossier ne peut pas être rangé dans lui-même.",
    "webmail.folder-is-special": "Ce dossier sert à la messagerie : il ne peut pas être changé.",
    "webmail.folder-lent": "Les dossiers d’une boîte confiée restent à son titulaire.",
    "webmail.label-character": "Le nom d’une étiquette ne peut pas contenir « %(refused)s ».",
    "webmail.label-characters": (
        "Une étiquette ne peut pas s’appeler « %(name)s » : donnez un autre nom, en lettres et en chiffres."
    ),
    "webmail.label-exists": "Une étiquette s’appelle déjà « %(name)s ».",
    "webmail.label-name": "Ce nom d’étiquette n’est pas possible : 1 à 30 caractères, et une couleur.",
    "webmail.label-unknown": "Cette étiquette n’en est pas une.",
    "webmail.leaving-refused": (
        "Le serveur de la liste n’a pas accepté le désabonnement. Réessayez plus tard, ou signalez le "
        "courriel."
    ),
    "webmail.list-offers-no-leave": "Cette liste ne propose pas de désabonnement.",
    "webmail.no-answer-awaited": "Cette invitation n’attend pas de réponse.",
    "webmail.cancellation-not-proved": (
        "Rien ne prouve que cette annulation vienne de l’organisateur : le rendez-vous est gardé. Vérifiez "
        "auprès de lui."
    ),
    "webmail.event-not-cancelled": "Ce rendez-vous n’est pas annulé.",
    "webmail.no-folder-for-that": "Votre boîte n’a pas de dossier pour cela.",
    "webmail.not-deleted": "Ce courriel n’est pas parmi les messages supprimés : rechargez la page.",
    "webmail.not-sent": "On n’attend de réponse qu’à un courriel envoyé.",
    "webmail.picture-address-malformed": "L’adresse de cette image n’est pas valable.",
    "webmail.picture-address-over": "Cette image n’est plus disponible : rouvrez le message.",
    "webmail.picture-is-none": "Ce que donne cette adresse n’est pas une image.",
    "webmail.picture-private-address": (
        "L’adresse de cette image mène à un réseau privé : elle n’est pas demandée."
    ),
    "webmail.picture-redirected-too-often": (
        "Le serveur de cette image renvoie d’adresse en adresse : elle n’est pas affichée."
    ),
    "webmail.picture-too-heavy": "Cette image est trop lourde pour être affichée.",
    "webmail.picture-too-slow": "Le serveur de cette image met trop longtemps à répondre.",
    "webmail.picture-unreachable": "Le serveur de cette image ne répond pas.",
    "webmail.preview-impossible": "Ce fichier ne peut pas être montré ici : téléchargez-le pour l’ouvrir.",
    "webmail.preview-too-heavy": "Ce fichier est trop lourd à montrer : téléchargez-le pour l’ouvrir.",
    "webmail.preview-too-slow": "Ce fichier est trop long à préparer : téléchargez-le pour l’ouvrir.",
    "webmail.previews-waiting": (
        "Vous attendez déjà %(most)s documents : rouvrez celui-ci dans un instant, ou téléchargez-le."
    ),
    "webmail.previews-off": "Les documents ne sont pas montrés ici : téléchargez-le pour l’ouvrir.",
    "webmail.reminder-far": "Choisissez une date dans les deux ans.",
    "webmail.reminder-over": "Ce rappel n’existe plus.",
    "webmail.reminder-past": "Ce moment est passé : choisissez une date à venir.",
    "webmail.search-name": "Donnez un nom à cette recherche : 1 à 60 caractères.",
    "webmail.sender-not-verified": (
        "L’adresse de cet expéditeur n’est pas vérifiée : ses images ne peuvent pas toujours être affichées."
    ),
    "webmail.too-complex": "Ce fichier est trop complexe à montrer : téléchargez-le pour l’ouvrir.",
    "webmail.too-many": "Choisissez %(most)s messages au plus à la fois.",
    "webmail.too-many-labels": "Vous avez déjà %(most)s étiquettes : retirez-en une.",
    "webmail.too-many-parts": (
        "Ce courriel a trop de pièces pour une seule archive : téléchargez le courriel lui-même."
    ),
    "webmail.too-many-searches": "Vous gardez déjà %(most)s recherches : retirez-en une.",
    "webmail.unscheduled": "L’envoi programmé est annulé ; « Annuler » rend le brouillon, sans envoi.",
    "webmail.unreadable-choice": "Ce réglage n’a pas été compris : rechargez la page.",
    "webmail.unreadable-day": "Écrivez la date ainsi : JJ/MM/AAAA.",
    "webmail.unreadable-hour": "Écrivez l’heure ainsi : 8 h ou 14 h 30.",
    "webmail.unreadable-selection": "La sélection n’a pas été comprise : rechargez la page.",
}
