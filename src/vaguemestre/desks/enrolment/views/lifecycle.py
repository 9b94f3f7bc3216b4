"""Lifecycle events of a person (leave, transfer, retirement…), declared by an officer."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest, actor_of, for_officers
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_WORDS, MAILBOX_STATE_WORDS
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.directory.queries import ManagedPerson
from vaguemestre.people.lifecycle import rules, services
from vaguemestre.people.lifecycle.labels_fr import (
    EVENT_LABELS,
    STEP_LABELS,
    forecast_sentences,
)
from vaguemestre.people.lifecycle.ports import boxes_owned
from vaguemestre.people.lifecycle.queries import account_lifecycle
from vaguemestre.people.lifecycle.values import AccountLifecycle, EventKind, Forecast, Step

_ABOUT_THE_DAY = frozenset({"lifecycle.day-impossible", "lifecycle.death-to-come"})
_LATE = 14  # days: an officer declares what happened the week before
_DECLARABLE = tuple(
    event for event in EventKind if event not in rules.DECLARED_BY_FEED | rules.DECLARED_BY_HELPDESK
)


class DeclarationForm(forms.Form):
    event = forms.ChoiceField(
        label="Ce qui arrive", choices=[(event.value, EVENT_LABELS[event]) for event in _DECLARABLE]
    )
    effect_on = DayField(label="Jour d’effet", error_messages={"required": "Écrivez le jour d’effet."})
    new_address = forms.CharField(
        label="Nouvelle adresse",
        max_length=254,
        required=False,
        help_text="Pour une mutation. Elle n’est donnée aux correspondants que si la personne l’accepte.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}),
    )

    def limit_to(self, events: Sequence[EventKind]) -> None:
        """Offer only those events."""
        choices = [(event.value, EVENT_LABELS[event]) for event in events]
        cast("forms.ChoiceField", self.fields["event"]).choices = choices

    def clean_new_address(self) -> str:
        typed = self.cleaned_data["new_address"].strip()
        if not typed:
            return ""
        try:
            return str(parse_address(typed))
        except Refusal as refusal:
            raise forms.ValidationError(sentence(refusal)) from refusal


@require_GET
@for_officers
def show_lifecycle(request: OfficerRequest, person_id: int) -> HttpResponse:
    person, account_id = _person_and_account(request, person_id)
    return _page(request, person, account_id, DeclarationForm())


@require_POST
@recently_signed_in
@for_officers
@act_words("déclarer un départ, un congé ou une retraite")
def declare(request: OfficerRequest, person_id: int) -> HttpResponse:
    person, account_id = _person_and_account(request, person_id)
    form = DeclarationForm(request.POST)
    if form.is_valid():
        now, numbers = timezone.now(), settings.CONFIG.lifecycle_delays()
        event, day = EventKind(form.cleaned_data["event"]), form.cleaned_data["effect_on"]
        try:
            foreseen = services.forecast(account_id, event, day, numbers, today=paris_day(now))
            if page := confirmation_page(request, _confirmation(person, account_id, form, foreseen)):
                return page
            services.declare_event(
                account_id,
                event,
                day,
                numbers,
                new_address=form.cleaned_data["new_address"],
                by=actor_of(request),
                now=now,
                today=paris_day(now),
            )
            return _done(account_id, person_id)
        except Refusal as refusal:
            form.add_error("effect_on" if refusal.code in _ABOUT_THE_DAY else None, sentence(refusal))
    return _page(request, person, account_id, form, status=422)


@require_POST
@recently_signed_in
@for_officers
@act_words("retirer une déclaration")
def declare_return(request: OfficerRequest, person_id: int) -> HttpResponse:
    """Withdraw what is declared now, once the confirmation page has named it."""
    person, account_id = _person_and_account(request, person_id)
    life = account_lifecycle(account_id, rules.consequence_table(settings.CONFIG.lifecycle_delays()))
    if life and life.event and (page := confirmation_page(request, _withdrawal(person, life))):
        return page
    try:
        services.end_event(account_id, by=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        form = DeclarationForm()
        return _page(request, person, account_id, form, problem=sentence(refusal), status=409)
    return _done(account_id, person_id)


def _confirmation(
    person: ManagedPerson, account_id: int, form: DeclarationForm, foreseen: Forecast
) -> Confirmation:
    """The confirmation page: what the declaration will do, and when."""
    event, day = EventKind(form.cleaned_data["event"]), form.cleaned_data["effect_on"]
    effects, address = list(forecast_sentences(foreseen)), form.cleaned_data["new_address"]
    boxes = boxes_owned.get()(account_id)
    steps = {*foreseen.at_once, *(due.step for due in foreseen.later)}
    if boxes and Step.WITHDRAW in steps:
        template = "Boîtes dont c’est la seule personne responsable : %(boxes)s."
        effects.append(template % {"boxes": ", ".join(boxes)})
    return Confirmation(
        title=f"Confirmer : {EVENT_LABELS[event]}",
        facts=[
            ("Personne", person.name),
            ("Poste", person.place),
            ("Jour d’effet", _day_words(day, paris_day(timezone.now()))),
            *([("Nouvelle adresse", address)] if address else []),
        ],
        consequences=effects,
        fields=[(name, form.data.get(name, "")) for name in form.fields],
        button="Déclarer",
        back=reverse("enrolment:lifecycle", args=[person.person_id]),
        is_dangerous=bool(steps & {Step.CLOSE, Step.FREEZE, Step.SUSPEND}),
    )


def _withdrawal(person: ManagedPerson, life: AccountLifecycle) -> Confirmation:
    """The confirmation page of a return: which declaration ends, and what the account and mailbox are now."""
    event, day = EVENT_LABELS[life.event] if life.event else "", life.effect_on
    return Confirmation(
        title=f"Retirer la déclaration : {event}",
        facts=[
            ("Personne", person.name),
            ("Poste", person.place),
            ("Déclaré", f"{event}, le {day:%d/%m/%Y}" if day else event),
            ("Compte", ACCOUNT_STATE_WORDS[life.state]),
            ("Boîte", MAILBOX_STATE_WORDS[life.mailbox_state]),
        ],
        consequences=[
            "Ce que cette déclaration a fait est défait : le compte, la boîte et l’annuaire redeviennent ce "
            "qu’ils étaient avant elle, aussitôt.",
            "Ce que l’assistance a suspendu ou bloqué le reste.",
        ],
        button="Retirer cette déclaration",
        back=reverse("enrolment:lifecycle", args=[person.person_id]),
        is_dangerous=(life.state, life.mailbox_state) != (AccountState.ACTIVE, MailboxState.OPEN),
    )


def _day_words(day: date, today: date) -> str:
    """The day, and how long ago it was once a slip of the year is likelier than a late declaration."""
    past = (today - day).days
    return f"{day:%d/%m/%Y}" + (f", passé depuis {past} jours : vérifiez l’année" if past > _LATE else "")


def _person_and_account(request: OfficerRequest, person_id: int) -> tuple[ManagedPerson, int]:
    person = queries.person_in(request.scope, person_id)
    account = account_of_person(person_id) if person else None
    if person is None or account is None:
        raise Http404
    return person, account.account_id


def _done(account_id: int, person_id: int) -> HttpResponse:
    """Apply the change to the engines now if they answer (else the worker does), and redirect."""
    run_now(AccountsChanged([account_id]))
    return HttpResponseRedirect(f"{reverse('enrolment:lifecycle', args=[person_id])}?fait=1")


def _page(
    request: OfficerRequest,
    person: ManagedPerson,
    account_id: int,
    form: DeclarationForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    life = account_lifecycle(account_id, rules.consequence_table(settings.CONFIG.lifecycle_delays()))
    if life is None:
        raise Http404
    events = [event for event in _DECLARABLE if rules.may_happen(event, life.state, life.mailbox_state)]
    form.limit_to(events)
    context = {
        "person": person,
        "name": person.name,
        "life": life,
        "state": ACCOUNT_STATE_WORDS[life.state],
        "mailbox": MAILBOX_STATE_WORDS[life.mailbox_state],
        "event": EVENT_LABELS[life.event] if life.event else "",
        "to_come": [(due.on, STEP_LABELS[due.step]) for due in life.to_come],
        "may_declare": bool(events),
        "form": form,
        "problem": problem,
        "done": "fait" in request.GET,
    }
    return render(request, "enrolment/life.html", context, status=status)
