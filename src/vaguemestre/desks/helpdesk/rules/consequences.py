"""The consequences of an action on an account, in French, shown before confirmation."""

from collections.abc import Iterator

from vaguemestre.desks.helpdesk.values import RECOVERED_FOLDER, AccountImpact, DeskAction
from vaguemestre.foundation.kernel.texts import counted, inflected

CONFIRMED_ACTIONS = frozenset(
    {DeskAction.SUSPEND, DeskAction.COMPROMISED, DeskAction.THROW_AWAY, DeskAction.RECOVER}
)


def consequences(action: DeskAction, account: AccountImpact, compromise_hours: int) -> tuple[str, ...]:
    """One sentence each. `compromise_hours`: how long a compromise closes the mailbox; 0 for never."""
    match action:
        case DeskAction.SUSPEND:
            return tuple(_suspension(account))
        case DeskAction.COMPROMISED:
            return tuple(_compromise(account, compromise_hours))
        case DeskAction.THROW_AWAY:
            forms = ("courriel retenu est jeté", "courriels retenus sont jetés")
            effect = "personne ne les recevra, et ils ne peuvent pas être repris"
            return (f"{counted(account.kept_back, *forms)} : {effect}.",)
        case DeskAction.RECOVER:
            return _RECOVERY
    return ()


_RECOVERY = (
    "Tous les messages supprimés qui sont encore gardés reviennent dans un dossier "
    f"« {RECOVERED_FOLDER} » de la personne, avec leur date.",
    "Ils comptent de nouveau dans son quota. Ceux qui n’y tiennent pas attendent trois jours qu’elle fasse "
    "de la place.",
    "Vous ne verrez ni combien, ni lesquels.",
    "La personne est prévenue dans sa boîte, avec le motif.",
)


def _suspension(account: AccountImpact) -> Iterator[str]:
    yield "Plus rien n’ouvre le compte ; le courrier arrive toujours."
    yield _sessions(account)
    if account.app_passwords:
        yield "Ses logiciels de courrier sont coupés ; leurs mots de passe resserviront à la réouverture."
    yield "La personne est prévenue dans sa boîte, avec le motif."
    yield "Sa notification d’absence ne répond plus ; son texte est gardé."
    yield "« Rouvrir » remet le reste comme avant."


def _compromise(account: AccountImpact, hours: int) -> Iterator[str]:
    yield _sessions(account)
    if account.app_passwords:
        words = ("mot de passe d’application est révoqué", "mots de passe d’application sont révoqués")
        yield f"{counted(account.app_passwords, *words)} : chaque logiciel sera à régler de nouveau."
    if account.has_password:
        yield "Le mot de passe est effacé : la personne en choisira un autre."
    codes = ("codes de secours",) if account.has_recovery_codes else ()
    if factors := ", ".join((*account.factors, *codes)):
        yield f"Les seconds facteurs sont retirés : {factors}."
    if account.has_code:
        yield "Le code déjà donné ne sert plus."
    yield "Plus rien ne part de la boîte."
    yield (
        "Les publipostages, la notification d’absence et les réponses vers une adresse extérieure sont "
        "arrêtés, sauf la notification neutre posée par l’assistance ; ce qui attend dans des boîtes "
        "partagées y redevient un brouillon."
    )
    yield (
        "Les filtres qui renvoient son courrier sont arrêtés, et la boîte n’est plus confiée à personne : "
        "la personne les remettra elle-même. De même, dans ses boîtes partagées, pour ceux de ses filtres et "
        "ceux des membres qu’elle y a mis depuis deux semaines."
    )
    if account.outgoing_messages:
        words = ("courriel en partance est retenu", "courriels en partance sont retenus")
        stopped = counted(account.outgoing_messages, *words)
        them = inflected(account.outgoing_messages, "le", "les")
        yield f"{stopped} ; vous déciderez de {them} laisser partir ou de {them} jeter."
    if hours:
        yield (
            f"La messagerie reste fermée {counted(hours, 'heure')}, même à qui revient ; le courrier "
            "arrive toujours."
        )
    if account.contact:
        yield f"Une lettre part à {account.contact} : la personne revient par un code envoyé à cette adresse."
    else:
        yield "Aucun contact vérifié : la personne ne reviendra que par un code remis en main propre."
    yield "Rien de cela ne se reprend d’un clic."


def _sessions(account: AccountImpact) -> str:
    if not account.sessions:
        return "Aucune session n’est ouverte en ce moment."
    return f"{counted(account.sessions, 'session ouverte est fermée', 'sessions ouvertes sont fermées')}."
