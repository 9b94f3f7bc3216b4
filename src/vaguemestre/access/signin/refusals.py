"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "signin.busy": "Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.",
    "signin.contact-gone": "Ce contact de secours n’est plus là.",
    "signin.device-gone": "Ce navigateur n’est plus dans la liste.",
    "signin.ended-meanwhile": (
        "Ce compte vient d’être refermé, ou son mot de passe changé : rien n’est ouvert. Reconnectez-vous."
    ),
    "signin.link-over": "Ce lien ne sert plus : le compte a été refermé depuis.",
    "signin.undo-signed-in": "Connectez-vous d’abord au compte dont parle cet avis.",
    "signin.link-used": "Ce lien a déjà servi : le compte est déjà refermé.",
    "signin.no-lock": "Cette boîte est à plusieurs : seul le changement s’annule ici.",
    "signin.no-application": "Ajoutez d’abord une application d’authentification.",
    "signin.nothing-to-undo": "Il n’y a plus rien à annuler : ce changement a déjà été repris.",
    "signin.partner-refused": "Votre compte demande de passer par cette page.",
    "signin.passkey-first": (
        "Votre compte est protégé par une clé d’accès : connectez-vous avec « Utiliser une clé d’accès »."
    ),
    "signin.passkey-gone": "Cette clé d’accès n’est plus là.",
    "signin.second-factor-due": (
        "Votre rôle demande une application d’authentification : ajoutez-en une autre avant de retirer "
        "celle-ci."
    ),
    "signin.too-late": "Trop de temps s’est écoulé : recommencez depuis le début.",
    "signin.wait": "Trop d’essais infructueux. Réessayez dans %(wait)s.",
    "signin.wrong": (
        "Identifiant ou mot de passe incorrect. Vérifiez les majuscules ; avec une clé OTP, attendez le "
        "code suivant, car chaque code ne sert qu’une fois."
    ),
    "signin.wrong-code": (
        "Ce code n’est pas celui de cette application. Vérifiez l’heure du téléphone, puis écrivez le "
        "code suivant."
    ),
    "signin.wrong-code-of-key": (
        "Ce ne sont pas les chiffres que la clé affiche, ou ils ont déjà servi. Attendez les suivants."
    ),
    "signin.wrong-current": "Ce n’est pas votre mot de passe actuel. Vérifiez les majuscules.",
    "signin.wrong-delivered-code": (
        "Ce code n’est pas le bon, ou n’est plus valable. Vérifiez-le, ou demandez-en un autre."
    ),
}
