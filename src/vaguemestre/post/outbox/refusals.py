"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "outbox.already-left": "Le courriel est déjà parti : il ne peut plus être repris.",
    "outbox.author-left": (
        "La personne qui a écrit ce courriel ne peut plus écrire au nom de cette boîte : il n’est pas parti."
    ),
    "outbox.author-secured": (
        "Le compte de la personne qui a écrit ce courriel a été refermé ou mis à l’abri : il n’est pas parti."
    ),
    "outbox.bulk-too-many": "%(most)s destinataires au plus en un envoi.",
    "outbox.draft-deleted": (
        "Son brouillon a été supprimé ou déplacé avant l’heure choisie : il n’est pas parti."
    ),
    "outbox.burst": (
        "Beaucoup de destinataires à qui vous n’aviez jamais écrit : le courriel attend que vous "
        "confirmiez qu’il est bien de vous."
    ),
    "outbox.control-character": "Ce champ contient un caractère qui ne peut pas partir (fin de ligne…).",
    "outbox.copy-refused": (
        "Le courriel est parti, mais sa copie n’a pas pu être rangée dans « Envoyés » (boîte pleine ?). "
        "Elle le sera dès que possible."
    ),
    "outbox.status-closed": "Cette boîte est fermée et ne reçoit plus rien.",
    "outbox.status-full": "La boîte de ce destinataire est pleine.",
    "outbox.status-not-allowed": "Ce destinataire n’accepte pas ce courriel.",
    "outbox.status-other": "Le serveur de ce destinataire n’a pas accepté le courriel.",
    "outbox.status-spam": "Le serveur de ce destinataire a refusé le courriel par précaution.",
    "outbox.status-too-big": "Le courriel est trop lourd pour ce destinataire.",
    "outbox.status-too-long": "Le serveur de ce destinataire n’a pas répondu assez longtemps.",
    "outbox.status-unknown-domain": "Ce qui suit l’arobase ne mène à aucun serveur : vérifiez l’adresse.",
    "outbox.status-unknown-person": "Cette adresse n’existe pas : vérifiez comment elle s’écrit.",
    "outbox.status-unreachable": "Le serveur de ce destinataire ne répond pas.",
    "outbox.from-somebody-else": "Vous ne pouvez écrire que sous vos propres adresses.",
    "outbox.from-twice": "Ce message porte plusieurs expéditeurs.",
    "outbox.from-unreadable": "L’expéditeur de ce message n’est pas lisible.",
    "outbox.later-is-past": "Choisissez un moment à venir.",
    "outbox.limit": "Beaucoup de destinataires en peu de temps : le courriel attend que vous le confirmiez.",
    "outbox.limit-network": (
        "Beaucoup d’envois depuis le même réseau : le courriel attend que vous le confirmiez."
    ),
    "outbox.message-id-malformed": "Le message n’a pas pu être préparé. Réessayez.",
    "outbox.name-holds-address": (
        "Le nom d’expéditeur contient une autre adresse que la vôtre : retirez-la, puis recommencez."
    ),
    "outbox.no-recipient": "Indiquez au moins un destinataire.",
    "outbox.perhaps-left": (
        "Le service d’envoi s’est interrompu au moment de le prendre : il est peut-être parti. Demandez à un "
        "destinataire s’il l’a reçu avant de l’envoyer de nouveau."
    ),
    "outbox.quiet-hours": (
        "Vous écrivez en dehors des heures de travail. Programmez l’envoi, ou confirmez qu’il doit "
        "partir maintenant."
    ),
    "outbox.recipient-malformed": (
        "« %(recipient)s » n’est pas une adresse électronique : corrigez-la ou retirez-la."
    ),
    "outbox.redirect-list": "Un filtre ne peut rien transmettre à une liste de diffusion.",
    "outbox.redirect-outside": "Ce courriel ne peut pas être transmis hors de l’académie.",
    "outbox.refused": "Le courriel a été refusé par le service d’envoi.",
    "outbox.refused-address": "L’adresse %(address)s n’existe pas : le courriel n’est pas parti.",
    "outbox.refused-limit": (
        "Vous avez écrit à beaucoup de destinataires en peu de temps : réessayez un peu plus tard."
    ),
    "outbox.refused-recipient": "Une des adresses n’existe pas : le courriel n’est pas parti.",
    "outbox.refused-sender": "Le service d’envoi n’a pas accepté votre adresse d’expéditeur.",
    "outbox.refused-size": "Le courriel a été refusé parce qu’il est trop lourd.",
    "outbox.removed-content": (
        "Ce message ressemble à un message dangereux retiré des boîtes : il n’est pas parti. Si c’est une "
        "erreur, écrivez à l’assistance."
    ),
    "outbox.restored": (
        "Une sauvegarde a été remise en place : ce courriel attendait, et a pu partir. Vérifiez avant de "
        "le renvoyer."
    ),
    "outbox.too-large": (
        "Le message serait trop lourd : %(size)s Mo une fois les pièces jointes codées, %(limit)s Mo au plus."
    ),
    "outbox.too-many-recipients": "Il y a trop de destinataires : %(limit)s au plus.",
    "outbox.unknown": "Ce courriel n’est plus en attente d’envoi.",
}
