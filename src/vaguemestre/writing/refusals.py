"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "writing.already-sent": "Ce courriel a déjà été envoyé.",
    "writing.changed-elsewhere": "Ce brouillon a été modifié dans une autre fenêtre.",
    "writing.class-needs-copies": "Une classe reçoit un exemplaire par personne : renvoyez ce message.",
    "writing.draft-later": (
        "Votre texte est gardé. Il paraîtra dans « Brouillons » quand la messagerie répondra."
    ),
    "writing.enclosure-gone": "Cette pièce jointe n’existe plus.",
    "writing.enclosure-incomplete": "« %(name)s » n’est pas encore entièrement jointe.",
    "writing.enclosure-overflow": "La pièce jointe a changé pendant son envoi : joignez-la de nouveau.",
    "writing.gone": "Ce brouillon n’existe plus.",
    "writing.identity-gone": "Cette identité n’existe plus.",
    "writing.later-is-past": "Ce moment est déjà passé : choisissez-en un autre.",
    "writing.later-malformed": "Écrivez la date et l’heure ainsi : 26/11/2026 08:00.",
    "writing.later-too-far": "Choisissez un moment dans l’année qui vient.",
    "writing.links-stay": (
        "Ce courriel porte un lien vers un de vos fichiers : retirez-le avant de changer de boîte."
    ),
    "writing.look-again": "Relisez ce qui est signalé, puis confirmez.",
    "writing.mailing-empty": "Personne ne peut recevoir ce courriel : corrigez les adresses.",
    "writing.mailing-heavy": (
        "Les pièces jointes sont trop lourdes pour %(count)s exemplaires : mettez un lien à la place."
    ),
    "writing.name-missing": "Indiquez le nom que verront vos correspondants.",
    "writing.name-not-yours": "Le nom affiché doit contenir votre nom : %(surname)s.",
    "writing.no-address-column": "Aucune colonne ne contient d’adresses : nommez-la « courriel ».",
    "writing.not-your-address": "Cette adresse n’est pas, ou n’est plus, à vous : choisissez-en une autre.",
    "writing.not-your-school": "Vous ne travaillez pas dans cet établissement.",
    "writing.nothing-to-join": "Choisissez une pièce, ou le courriel entier.",
    "writing.reply-to-malformed": "L’adresse de réponse n’est pas une adresse électronique.",
    "writing.signature-file": "Aucune signature n’a été trouvée dans ce fichier.",
    "writing.signature-too-long": "La signature est trop longue.",
    "writing.table-empty": "Le fichier est vide : une ligne de titres, puis une par destinataire.",
    "writing.table-missing": "Choisissez le fichier CSV.",
    "writing.table-too-long": "Le fichier est trop long : %(limit)s lignes au plus.",
    "writing.table-unreadable": "Ce fichier n’est pas un fichier CSV : enregistrez-le d’abord en CSV.",
    "writing.text-empty": "La réponse type est vide : écrivez son texte.",
    "writing.text-gone": "Cette réponse type n’existe plus.",
    "writing.text-too-long": "Ce texte est trop long pour une réponse type.",
    "writing.text-untitled": "Donnez un titre à cette réponse type.",
    "writing.too-long": "Le texte est trop long pour un courriel : joignez-le en pièce jointe.",
    "writing.too-many-enclosures": "Il y a trop de pièces jointes : %(limit)s au plus.",
    "writing.too-many-identities": "Il y a déjà %(limit)s identités : supprimez-en une d’abord.",
    "writing.too-many-texts": "Il y a déjà %(limit)s réponses types : supprimez-en une d’abord.",
    "writing.unknown-variable": "Le texte demande {%(name)s}, qui n’est aucune des colonnes.",
}
