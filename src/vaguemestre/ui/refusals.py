"""The French sentence of each refusal: what is wrong and what to do."""

from django.utils.translation import gettext as _

from vaguemestre.kernel.errors import Refusal


def sentence(refusal: Refusal) -> str:
    """The sentence for a refusal's code, completed with its facts."""
    known = {
        "kernel.address-malformed": _("« %(address)s » n’est pas une adresse électronique."),
        "webmail.message-gone": _("Ce message n’est plus là : il a été déplacé ou supprimé."),
        "webmail.folder-gone": _("Ce dossier n’existe plus."),
        "webmail.quota-reached": _("Votre boîte est pleine : supprimez des messages ou videz la corbeille."),
    }
    return known.get(refusal.code, _("Cette action n’est pas possible.")) % refusal.facts
