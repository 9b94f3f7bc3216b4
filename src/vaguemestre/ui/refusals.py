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
        "webmail.message-gone": _("Ce message n’est plus là : il a été déplacé ou supprimé."),
        "webmail.folder-gone": _("Ce dossier n’existe plus."),
        "webmail.quota-reached": _("Votre boîte est pleine : supprimez des messages ou videz la corbeille."),
    }
    return known.get(refusal.code, _("Cette action n’est pas possible.")) % refusal.facts
