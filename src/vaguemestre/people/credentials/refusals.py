"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "credentials.account-unknown": "Aucun compte ne porte l’identifiant « %(username)s ».",
    "credentials.contact-inside": (
        "Donnez une adresse personnelle : celles de %(domain)s ne s’ouvrent pas sans votre mot de passe."
    ),
    "credentials.key-held-already": (
        "Cette personne a déjà une clé : déclarez-la perdue ou rendue avant d’en remettre une autre."
    ),
    "credentials.no-key": "Aucune clé ne vous a été remise.",
    "credentials.passkey-refused": (
        "Cette clé d’accès n’a pas été reconnue. Réessayez, ou connectez-vous autrement."
    ),
    "credentials.password-taken": (
        "Ce mot de passe a été retiré parce que quelqu’un d’autre le connaît peut-être : choisissez-en un "
        "autre."
    ),
    "credentials.password-too-close": (
        "Ce mot de passe ressemble trop à ce qu’on sait de vous (nom, identifiant, NUMEN, date de "
        "naissance, établissement). Ajoutez des mots qui ne parlent pas de vous."
    ),
    "credentials.password-too-common": (
        "Ce mot de passe est trop courant : on l’essaierait parmi les premiers. Choisissez autre chose."
    ),
    "credentials.password-too-long": "Ce mot de passe est trop long : %(longest)s caractères au plus.",
    "credentials.password-too-short": (
        "Ce mot de passe est trop court : il faut au moins %(shortest)s caractères. Une phrase convient "
        "très bien."
    ),
    "credentials.password-too-simple": (
        "Ce mot de passe se devine trop facilement. Ajoutez quelques mots ou variez les caractères."
    ),
    "credentials.passwords-tried-too-often": (
        "Beaucoup de mots de passe ont été essayés pour ce compte : réessayez dans une heure."
    ),
    "credentials.pin-malformed": "Un code PIN a de 4 à 8 chiffres.",
    "credentials.pin-too-easy": "Ce code PIN se devine : évitez les suites et les chiffres répétés.",
    "credentials.secret-sealed-otherwise": "Ce secret a été chiffré avec une clé que l’instance n’a plus.",
    "credentials.serial-malformed": "Écrivez le numéro de série gravé au dos de la clé.",
    "credentials.serial-not-in-stock": (
        "La clé %(serial)s n’est pas dans le stock : vérifiez le numéro gravé au dos."
    ),
    "credentials.session-over": "Votre session est terminée : reconnectez-vous.",
    "credentials.state-not-possible": "Ce compte est dans un état qui ne permet pas cette action.",
    "credentials.too-many-app-passwords": (
        "Vous avez déjà %(most)s mots de passe d’application : révoquez ceux qui ne servent plus."
    ),
    "credentials.too-many-applications": (
        "Vous avez déjà %(most)s applications : retirez celle qui ne sert plus."
    ),
    "credentials.too-many-passkeys": (
        "Vous avez déjà %(most)s clés d’accès : retirez celles qui ne servent plus."
    ),
}
