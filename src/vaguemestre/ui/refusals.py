"""The French sentence of each refusal: what is wrong and what to do."""

from django.utils.translation import gettext as _

from vaguemestre.kernel.errors import Refusal


def sentence(refusal: Refusal) -> str:
    """The sentence for a refusal's code, completed with its facts."""
    known = {
        "kernel.address-malformed": _("« %(address)s » n’est pas une adresse électronique."),
        "directory.name-unwritable": _(
            "Le nom « %(name)s » ne donne aucune lettre utilisable dans un identifiant : à traiter à la main."
        ),
        "directory.numen-malformed": _("Ce n’est pas un NUMEN : treize chiffres et lettres."),
        "directory.numen-of-somebody-else": _("Ce NUMEN appartient déjà à une autre personne."),
        "directory.numen-held-already": _("Cette personne a déjà un NUMEN."),
        "directory.numen-sealed-otherwise": _("Ce NUMEN a été chiffré avec une clé que l’instance n’a plus."),
        "directory.uai-malformed": _("« %(uai)s » n’est pas un code UAI : sept chiffres et une lettre."),
        "directory.uai-letter-wrong": _("La lettre du code UAI « %(uai)s » est fausse."),
        "directory.address-taken": _("L’adresse %(address)s a déjà été donnée."),
        "intake.file-empty": _("Le fichier est vide."),
        "intake.file-encoding": _("Le fichier n’est pas un texte UTF-8 : enregistrez-le en « CSV UTF-8 »."),
        "intake.separator-wrong": _("Le séparateur est « %(found)s » ; le point-virgule est attendu."),
        "intake.columns-missing": _("Colonnes absentes de la première ligne : %(columns)s."),
        "intake.columns-twice": _("Colonnes présentes deux fois : %(columns)s."),
        "intake.feed-refused": _("%(reason)s"),
        "intake.import-running": _("Un autre import est en cours : attendez sa fin."),
        "credentials.account-unknown": _("Aucun compte ne porte l’identifiant « %(username)s »."),
        "credentials.state-not-possible": _("Ce compte est dans un état qui ne permet pas cette action."),
        "webmail.message-gone": _("Ce message n’est plus là : il a été déplacé ou supprimé."),
        "webmail.folder-gone": _("Ce dossier n’existe plus."),
        "webmail.quota-reached": _("Votre boîte est pleine : supprimez des messages ou videz la corbeille."),
    }
    return known.get(refusal.code, _("Cette action n’est pas possible.")) % refusal.facts
