"""What the owner of a school decides, and where its classes come from."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters import queries, services
from vaguemestre.schools.rosters.forms import FilesForm, PersonForm, RightsForm
from vaguemestre.schools.rosters.http import asker_of, setting_of

DONE = {
    "droits": "Droits enregistrés.",
    "personnes": "Personnes enregistrées.",
    "import": "Classes importées.",
    "abandon": "Fichiers oubliés, rien n’a changé.",
}


@require_GET
@signed_in
def show_settings(request: SignedInRequest, uai: str) -> HttpResponse:
    return settings_page(request, uai)


@require_POST
@recently_signed_in
def decide_rights(request: SignedInRequest, uai: str) -> HttpResponse:
    asker = asker_of(request)
    school = queries.own_school(asker, uai)
    form = RightsForm(request.POST, rights=queries.rights_in(school.structure_id))
    if not form.is_valid():
        return settings_page(request, uai, rights_form=form, status=422)
    services.decide_rights(asker, uai, form.chosen(), now=timezone.now())
    return back(uai, "droits")


@require_POST
@recently_signed_in
def change_people(request: SignedInRequest, uai: str) -> HttpResponse:
    """`retirer` a person, or let one more write to every class."""
    asker, removed = asker_of(request), request.POST.get("retirer", "")
    if removed.isdecimal():
        services.forbid_person(asker, uai, int(removed), now=timezone.now())
        return back(uai, "personnes")
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            services.allow_person(asker, uai, form.cleaned_data["address"], now=timezone.now())
            return back(uai, "personnes")
        except Refusal as refusal:
            if refusal.code != "rosters.not-of-the-school":
                raise
            form.add_error("address", sentence(refusal))
    return settings_page(request, uai, person_form=form, status=422)


def back(uai: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('rosters:settings', args=[uai])}?fait={done}")


def settings_page(
    request: SignedInRequest,
    uai: str,
    *,
    rights_form: RightsForm | None = None,
    person_form: PersonForm | None = None,
    files_form: FilesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with whatever form is to be mended. Raises Refusal `rosters.not-the-owner`."""
    asker = asker_of(request)
    school = queries.own_school(asker, uai)
    plan, broken = None, ""
    try:
        plan = services.staged_plan(asker, uai, numen_keys.get(), setting_of(request, uai))
    except Refusal as refusal:
        broken = sentence(refusal)
    shown = {
        "school": school,
        "roster": queries.roster_shown(asker, school),
        "rights_form": rights_form or RightsForm(rights=queries.rights_in(school.structure_id)),
        "person_form": person_form or PersonForm(),
        "files_form": files_form or FilesForm(),
        "people": queries.allowed_in(school.structure_id),
        "imports": queries.imports_of(school.structure_id),
        "plan": plan,
        "step": plan.steps[0] if plan and plan.steps else None,
        "broken": broken,
        "done": DONE.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "rosters/settings.html", shown, status=status)
