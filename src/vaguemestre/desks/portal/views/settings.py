"""« Paramètres »: the list of settings, its search, and « Affichage »."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.desks.portal import services
from vaguemestre.desks.portal.forms import DisplayForm
from vaguemestre.desks.portal.rules.settings_search import search_settings
from vaguemestre.desks.portal.rules.settings_table import SETTINGS
from vaguemestre.desks.portal.views.home import upcoming_absence
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import is_served
from vaguemestre.foundation.ui.shell import settings_groups
from vaguemestre.mailbox.sorting.queries import absences_of
from vaguemestre.mailbox.sorting.rules.absences import answering_absence
from vaguemestre.mailbox.webmail.rules.choices import choices_of
from vaguemestre.people.credentials.class_facts import service_given
from vaguemestre.people.credentials.queries import app_passwords_of


@gzip_page
@require_GET
@signed_in
def show_settings(request: SignedInRequest) -> HttpResponse:
    """The list of settings, or those that answer `q`; as a fragment while one types."""
    query = request.GET.get("q", "").strip()[:80]
    served = [
        setting for setting in SETTINGS if is_served(setting.address.partition("#")[0].partition("?")[0])
    ]
    results = {"query": query, "settings": search_settings(query, served)}
    if "HX-Request" in request.headers:
        return render(request, "portal/settings_found.html", results)
    now, account_id = timezone.now(), request.who.account_id
    absences = absences_of(account_id)
    absence = answering_absence(absences, now)
    context = {
        **results,
        "groups": settings_groups(),
        "absence": absence,
        "upcoming_absence": None if absence else upcoming_absence(absences, paris_day(now)),
        "devices": len(app_passwords_of(account_id)),
        "service": service_given(account_id),
    }
    return render(request, "portal/settings.html", context)


@gzip_page
@require_http_methods(["GET", "POST"])
@signed_in
def set_display(request: SignedInRequest) -> HttpResponse:
    """Theme and reading choices. The account menu sends the theme alone, and where to go back to."""
    who = request.who
    form = DisplayForm(request.POST or None, initial=_display_of(request))
    if request.method == "POST" and form.is_valid():
        services.choose_theme(who.account_id, form.cleaned_data["theme"])
        services.choose_reading(who.account_id, form.reading())
        revocations.get().refresh()  # workers reload the person
        return HttpResponseRedirect(
            safe_next(request.POST.get("next", f"{reverse('portal:display')}?fait=1"))
        )
    return render(request, "portal/display.html", {"form": form, "done": "fait" in request.GET})


def _display_of(request: SignedInRequest) -> dict[str, str]:
    choices = choices_of(request.who.preferences)
    return {
        "theme": request.who.theme,
        "density": choices.density.value,
        "layout": choices.layout.value,
        "answers": choices.answers.value,
        "boxes": choices.boxes.value,
        "conversations": choices.conversations.value,
        "marks_read": "oui" if choices.marks_read else "non",
        "plain_face": choices.plain_face.value,
        "notices": choices.notices.value,
    }
