"""Sentences about senders, TLS failures and what was set aside, as the page and the command say them."""

from vaguemestre.desks.domainreports.rules.senders import is_regular, would_break
from vaguemestre.desks.domainreports.values import Origin, SenderTotal, Trust
from vaguemestre.foundation.kernel.texts import counted, inflected

_THIN = "\N{NARROW NO-BREAK SPACE}"
ORIGINS = {Origin.OURS: "Nous", Origin.RELAY: "Relais connu", Origin.OTHER: "Autre"}
TRUSTS = {
    Trust.AUTHENTIC: "Expéditeur vérifié",
    Trust.UNKNOWN: "Non vérifié",
    Trust.FORGED: "Écarté : rien ne garantit qui l’envoie",
}
POLICIES = {
    "none": "aucune (p=none)",
    "quarantine": "aux indésirables (p=quarantine)",
    "reject": "refus (p=reject)",
    "sts": "MTA-STS",
    "tlsa": "DANE",
    "no-policy-found": "Aucune trouvée",
}
# RFC 8460 §4.3
TLS_RESULTS = {
    "starttls-not-supported": "Le serveur n’a pas offert de chiffrement (STARTTLS)",
    "certificate-host-mismatch": "Le certificat porte un autre nom que le serveur",
    "certificate-expired": "Le certificat a expiré",
    "certificate-not-trusted": "Le certificat n’est pas d’une autorité reconnue",
    "validation-failure": "La vérification a échoué, sans autre précision",
    "tlsa-invalid": "L’enregistrement DANE ne correspond pas au certificat",
    "dnssec-invalid": "La zone n’est pas bien signée (DNSSEC)",
    "dane-required": "Le serveur demande DANE, et aucun enregistrement ne se trouve",
    "sts-policy-fetch-error": "Notre politique MTA-STS n’a pas pu être lue",
    "sts-policy-invalid": "Notre politique MTA-STS est mal formée",
    "sts-webpki-invalid": "Le certificat de la page MTA-STS n’est pas valable",
}
SET_ASIDE = {
    "too-big": "trop grand",
    "too-complex": "trop complexe",
    "doctype": "XML avec un type de document",
    "no-report": "sans rapport joint",
    "other-domain": "sur un autre domaine",
    "dates": "hors du temps gardé",
    "too-many": "trop de rapports ce jour",
}


def number_fr(value: int) -> str:
    """« 41 208 »."""
    return f"{value:,}".replace(",", _THIN)


def share_fr(passed: int, failed: int) -> str:
    """The part that passed: « 98,2 % ». Never 100 while one fails."""
    total = passed + failed
    if not total:
        return "–"
    thousandths = 1000 if not failed else min(999, round(1000 * passed / total))
    return f"{thousandths / 10:.1f}".replace(".", ",").removesuffix(",0") + "\N{NO-BREAK SPACE}%"


def name_fr(total: SenderTotal) -> str:
    return total.sender.name if total.sender.is_named else f"l’adresse {total.sender.name}"


def effect_fr(policy: str) -> str:
    """What becomes of failing mail today, and would under tighter policies."""
    if policy == "none":
        return "une politique « quarantine » les mettrait aux indésirables, « reject » les ferait refuser"
    if policy == "quarantine":
        return "ils vont déjà aux indésirables, et « reject » les ferait refuser"
    return "ils sont déjà refusés"


def advice_fr(total: SenderTotal, policy: str) -> str:
    """What a policy does to the mail of a sender, and what to do before it is tightened."""
    failed = total.failed
    if not failed:
        return "Tout passe : un durcissement n’y change rien."
    count = f"{number_fr(failed)} {inflected(failed, 'courriel')} sur {number_fr(total.total)}"
    if total.forwarded == failed:
        return (
            f"{count}, tous transmis par des listes ou des redirections : {effect_fr(policy)}, "
            "sauf où l’on croit leur sceau (ARC)."
        )
    if not would_break(total):
        return f"{count}, dont personne ne répond : sans doute une usurpation, qu’un durcissement arrête."
    head = f"{count} : {effect_fr(policy)}. "
    if total.sender.origin is Origin.OURS:
        return head + f"Avant de durcir, vérifiez la signature (DKIM) de {total.domain} et son SPF."
    if total.sender.origin is Origin.RELAY:
        return head + f"Avant de durcir, faites signer ce relais (DKIM) avec une clé de {total.domain}."
    return head + (
        f"Si ce prestataire écrit pour l’académie, donnez-lui une clé DKIM de {total.domain} avant de "
        "durcir ; sinon, un durcissement l’arrête."
    )


def summary_fr(totals: list[SenderTotal] | tuple[SenderTotal, ...]) -> str:
    """How many regular senders a tighter policy would break."""
    broken = [total for total in totals if would_break(total) and is_regular(total)]
    if not totals:
        return "Aucun rapport DMARC sur cette période."
    if not broken:
        return "Aucun expéditeur régulier n’échoue : la politique peut être durcie."
    return (
        f"{counted(len(broken), 'expéditeur régulier', 'expéditeurs réguliers')} "
        f"{inflected(len(broken), 'échoue', 'échouent')} : réglez-{inflected(len(broken), 'le', 'les')} "
        "avant de durcir la politique."
    )


def drawing_fr(title: str, passed: int, failed: int) -> str:
    """What a drawing shows, for who does not see it."""
    return f"{title}, jour par jour : {number_fr(passed)} passent, {number_fr(failed)} échouent."
