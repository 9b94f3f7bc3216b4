"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "deposits.empty": "Ce fichier est vide.",
    "deposits.gone": "Ce fichier n’est plus proposé.",
    "deposits.infected": "Un virus a été trouvé dans « %(name)s » : le fichier est retiré.",
    "deposits.no-room": (
        "Il n’y a plus de place pour ce fichier : retirez-en d’autres de « Fichiers déposés »."
    ),
    "deposits.no-such-piece": "Cette partie du fichier n’existe pas : reprenez depuis le début.",
    "deposits.overflow": "Ce fichier a changé pendant son dépôt : ajoutez-le de nouveau.",
    "deposits.password-long": "Le mot de passe a %(most)s caractères au plus.",
    "deposits.password-short": "Le mot de passe a %(least)s caractères au moins.",
    "deposits.password-wrong": "Ce n’est pas le mot de passe de ce fichier.",
    "deposits.too-large": "Ce fichier est trop lourd : %(limit)s Mo au plus.",
    "deposits.until-malformed": "Écrivez la date ainsi : 26/11/2026.",
    "deposits.until-past": "Ce jour est déjà passé : choisissez-en un autre.",
    "deposits.until-too-far": "Choisissez un jour dans les %(days)s jours qui viennent.",
    "deposits.wait": "Trop d’essais : réessayez dans %(wait)s.",
    "deposits.waiting": "Ce fichier n’est pas encore prêt : réessayez dans quelques minutes.",
}
