"""The words of the steps, and where each leads."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from vaguemestre.desks.firstday.values import Facts, Seen, ShownStep, Step
from vaguemestre.foundation.kernel.texts import counted, inflected

_ICONS: Mapping[Step, str] = {
    Step.FACTORS: "shield-lock",
    Step.CERTIFICATE: "shield-check",
    Step.DNS: "world",
    Step.BACKUP: "archive",
    Step.FEED: "table-import",
    Step.OFFICERS: "briefcase-2",
    Step.HELPDESK: "headset",
}
_TITLES: Mapping[Step, str] = {
    Step.FACTORS: "Second facteur de l’administration",
    Step.CERTIFICATE: "Certificat",
    Step.DNS: "Zone DNS",
    Step.BACKUP: "Sauvegarde",
    Step.FEED: "Premier import RH",
    Step.OFFICERS: "Gestionnaires des services",
    Step.HELPDESK: "Assistance",
}


class _ToDo(NamedTuple):
    detail: str
    address: str
    verb: str


def shown_step(step: Step, facts: Facts, asker_id: int, *, is_done: bool) -> ShownStep:
    """The line of a step for that administrator."""
    if is_done:
        return ShownStep(_ICONS[step], _TITLES[step], "", is_done=True)
    detail, address, verb = _TO_DO[step](facts, asker_id)
    return ShownStep(
        _ICONS[step], _TITLES[step], detail, address=address, verb=verb, is_done=False,
        is_asked_apart=step is Step.DNS,
    )  # fmt: skip


def _factors(facts: Facts, asker_id: int) -> _ToDo:
    bare = facts.bare_administrators
    if asker_id in bare:
        return _ToDo("Le vôtre manque : application ou clé d’accès.", reverse("signin:enrol"), "Ajouter")
    verb = inflected(len(bare), "n’en a", "n’en ont")
    address = reverse("helpdesk:account", args=[bare[0]])
    return _ToDo(f"{counted(len(bare), 'compte')} {verb} pas encore.", address, "Voir")


def _certificate(facts: Facts, asker_id: int) -> _ToDo:
    if facts.certificate is Seen.UNSET:
        detail = "Aucun navigateur ne connaît celui-ci : [tls] de vaguemestre.toml en donne un autre."
        return _ToDo(detail, _settings("tls"), "Voir le réglage")
    advice = reverse("operations:advice", args=["certificate-ends"])
    return _ToDo("Il n’a pas encore été vu en service.", advice, "Que faire")


def _dns(facts: Facts, asker_id: int) -> _ToDo:
    return _ToDo("Ce qu’elle dit est demandé au résolveur.", reverse("autoconfig:dns"), "Voir la zone")


def _backup(facts: Facts, asker_id: int) -> _ToDo:
    if facts.backup is Seen.UNSET:
        detail = "Aucun dépôt : [backup] de vaguemestre.toml en nomme un."
        return _ToDo(detail, _settings("backup"), "Voir le réglage")
    return _ToDo("Aucune n’est encore faite.", reverse("operations:advice", args=["backup-old"]), "Que faire")


def _feed(facts: Facts, asker_id: int) -> _ToDo:
    return _ToDo("Personnes et établissements en viennent.", reverse("backoffice:feed-upload"), "Déposer")


def _officers(facts: Facts, asker_id: int) -> _ToDo:
    if not facts.services:
        detail = "Aucun service de gestion encore."
    else:
        verb = inflected(facts.unserved, "n’en a", "n’en ont")
        detail = f"{counted(facts.unserved, 'service')} sur {facts.services} {verb} pas."
    return _ToDo(detail, reverse("backoffice:services"), "Nommer")


def _helpdesk(facts: Facts, asker_id: int) -> _ToDo:
    detail = "Personne n’en a le rôle : il se donne sur la page d’une personne."
    return _ToDo(detail, reverse("backoffice:people"), "Nommer")


_TO_DO: Mapping[Step, Callable[[Facts, int], _ToDo]] = {
    Step.FACTORS: _factors,
    Step.CERTIFICATE: _certificate,
    Step.DNS: _dns,
    Step.BACKUP: _backup,
    Step.FEED: _feed,
    Step.OFFICERS: _officers,
    Step.HELPDESK: _helpdesk,
}


def _settings(words: str) -> str:
    return f"{reverse('backoffice:settings')}?{urlencode({'q': words})}"
