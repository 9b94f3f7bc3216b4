"""« Aujourd’hui », the first page of the administration: what waits for a decision, then the service."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import for_auditors, may_act
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.breaches.queries import open_breaches
from vaguemestre.desks.bulk.queries import waiting_acts
from vaguemestre.desks.firstday.views import card_of
from vaguemestre.desks.operations.views.today import today_context
from vaguemestre.desks.removals.queries import count_waiting_removals
from vaguemestre.foundation.jobs.queries import count_failed_jobs
from vaguemestre.foundation.journal.chain import last_seal
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import activation_by_school, count_never_activated
from vaguemestre.people.directory.queries import (
    PeopleFilter,
    StructureFilter,
    academy_summaries,
    people_page,
    service_summaries,
    structures_page,
)
from vaguemestre.people.directory.values import StructureState
from vaguemestre.people.intake.queries import count_match_candidates, count_waiting_feeds, feeds_page
from vaguemestre.people.service_classes.queries import waiting_changes
from vaguemestre.post.outbox.queries.by_account import count_held_accounts
from vaguemestre.post.reports.queries import reports_page

_SCHOOLS_SHOWN = 8


class Decision(NamedTuple):
    """Something that waits for an administrator. `address`: where it is decided."""

    icon: str
    title: str
    detail: str
    address: str
    is_grave: bool = True


@require_GET
@for_auditors
@within_academy
def show_home(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    day, academy_id = paris_day(now), request.who.office_academy
    feeds, feed_count = feeds_page(count=1, academy_id=academy_id)
    schools = tuple(activation_by_school(day, academy_id))
    decisions, breaches = _decisions(academy_id), () if academy_id else open_breaches(now)
    context = {
        "academies": academy_summaries(academy_id),
        "services": len(service_summaries(academy_id)),
        "structures": structures_page(
            StructureFilter(state=StructureState.OPEN, academy_id=academy_id),
            day,
            order="nom",
            first=0,
            count=1,
        )[1],
        "people": people_page(PeopleFilter(academy_id=academy_id), first=0, count=1)[1],
        "feeds": feed_count,
        "last_feed": feeds[0] if feeds else None,
        "is_of_academy": bool(academy_id),
        "may_act": may_act(request),
        "first_day": card_of(request, now),
        "lines": last_seal().number,
        "decisions": decisions,
        "breaches": breaches,
        "waiting_count": len(decisions) + len(breaches),
        "never_activated": count_never_activated(academy_id),
        "schools": schools[:_SCHOOLS_SHOWN],
        "school_count": len(schools),
        **({} if academy_id else today_context(request, now)),
    }
    return render(request, "backoffice/home.html", context)


def _decisions(academy_id: int) -> list[Decision]:
    """What waits, the gravest first."""
    decisions = []
    if feeds := count_waiting_feeds(academy_id):
        verb = inflected(feeds, "attend", "attendent")
        title = f"{counted(feeds, 'import')} {verb} une confirmation"
        address = f"{reverse('backoffice:feeds')}?etat=attente"
        decisions.append(
            Decision(
                "table-import", title, "Relisez ce qui changerait, puis appliquez ou abandonnez.", address
            )
        )
    if reports := _count_reports(academy_id):
        title, address = (
            f"{counted(reports, 'courriel')} {inflected(reports, 'signalé')}",
            "/messagerie/signalements/",
        )
        decisions.append(Decision("flag", title, "Signalés par des personnes, à examiner.", address))
    if held := count_held_accounts(academy_id):
        verb = inflected(held, "a", "ont")
        title = f"{counted(held, 'compte')} {verb} des courriels retenus"
        detail = "Rien ne part tant que personne ne décide : la personne, ou l’assistance."
        decisions.append(Decision("hand-stop", title, detail, reverse("tracking:all-held")))
    decisions += _for_two(academy_id)
    if not academy_id and (failed := count_failed_jobs()):
        verb = inflected(failed, "attend", "attendent")
        title = f"{counted(failed, 'travail', 'travaux')} en échec {verb} une décision"
        detail = "Ce qu’ils devaient faire n’est pas fait."
        decisions.append(Decision("refresh", title, detail, reverse("backoffice:jobs")))
    if candidates := count_match_candidates(academy_id):
        title, detail = f"{counted(candidates, 'ressemblance')} à trancher", "Une même personne, ou deux ?"
        address = reverse("backoffice:match-candidates")
        decisions.append(Decision("arrows-join", title, detail, address, is_grave=False))
    return decisions


def _for_two(academy_id: int) -> list[Decision]:
    """What waits for a second person."""
    decisions = []
    if not academy_id and (removals := count_waiting_removals()):
        verb = inflected(removals, "attend", "attendent")
        title = f"{counted(removals, 'retrait')} de courriels {verb} une deuxième personne"
        detail = "Le retrait, la remise, ou le lien à refuser à tout le monde."
        decisions.append(Decision("mail-off", title, detail, reverse("removals:list")))
    if acts := waiting_acts(academy_id):
        decisions.append(_acts_decision(acts))
    if changes := waiting_changes(academy_id):
        decisions.append(_classes_decision(changes))
    return decisions


def _acts_decision(acts: tuple[int, ...]) -> Decision:
    verb = inflected(len(acts), "attend", "attendent")
    title = f"{counted(len(acts), 'acte')} sur plusieurs personnes {verb} une deuxième personne"
    address = reverse("bulk:act", args=acts) if len(acts) == 1 else reverse("bulk:list")
    return Decision("users", title, "L’acte, ou son annulation : accordez, ou refusez.", address)


def _classes_decision(changes: tuple[int, ...]) -> Decision:
    verb = inflected(len(changes), "attend", "attendent")
    title = f"{counted(len(changes), 'changement')} de classe de service {verb} une deuxième personne"
    one = reverse("backoffice:waiting-class", args=changes) if len(changes) == 1 else ""
    detail = "Des personnes auraient moins qu’aujourd’hui : accordez, ou refusez."
    return Decision("users", title, detail, one or reverse("backoffice:service-classes"))


def _count_reports(academy_id: int) -> int:
    return reports_page(
        done=False, kind="", search="", order="-date", first=0, count=1, academy_id=academy_id
    )[1]
