"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "filelinks.empty": "Ce fichier est vide.",
    "filelinks.gone": "Ce fichier n’est plus proposé.",
    "filelinks.infected": "Un virus a été trouvé dans « %(name)s » : le fichier est retiré.",
    "filelinks.no-room": (
        "Il n’y a plus de place pour ce fichier : retirez-en d’autres de « Fichiers déposés »."
    ),
    "filelinks.no-such-piece": "Cette partie du fichier n’existe pas : reprenez depuis le début.",
    "filelinks.not-in-class": "Votre classe de service ne comprend pas l’envoi de fichiers par un lien.",
    "filelinks.overflow": "Ce fichier a changé pendant son dépôt : ajoutez-le de nouveau.",
    "filelinks.password-long": "Le mot de passe a %(most)s caractères au plus.",
    "filelinks.password-short": "Le mot de passe a %(least)s caractères au moins.",
    "filelinks.password-wrong": "Ce n’est pas le mot de passe de ce fichier.",
    "filelinks.too-large": "Ce fichier est trop lourd : %(limit)s Mo au plus.",
    "filelinks.until-malformed": "Écrivez la date ainsi : JJ/MM/AAAA.",
    "filelinks.until-past": "Ce jour est déjà passé : choisissez-en un autre.",
    "filelinks.until-too-far": "Choisissez un jour dans les %(days)s jours qui viennent.",
    "filelinks.wait": "Trop d’essais : réessayez dans %(wait)s.",
    "filelinks.waiting": "Ce fichier n’est pas encore prêt : réessayez dans quelques minutes.",
}
