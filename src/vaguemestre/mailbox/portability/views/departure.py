"""« Votre départ »: consent to give the new address, early closing of the account."""

from datetime import date

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import moment_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.portability import queries
from vaguemestre.mailbox.portability.values import Kind, State
from vaguemestre.mailbox.portability.views.moves import page
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.ports import boxes_owned
from vaguemestre.people.lifecycle.queries import account_lifecycle
from vaguemestre.people.lifecycle.rules import consequence_table


@require_POST
@signed_in
def tell_new_address(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    try:
        services.set_new_address_shown(
            account_id,
            agrees=request.POST.get("consent") == "yes",
            by=account_subject(account_id),
            now=timezone.now(),
            delays=settings.CONFIG.lifecycle_delays(),
        )
    except Refusal as refusal:
        return page(request, problem=sentence(refusal), status=409)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@recently_signed_in
@act_words("fermer votre compte")
def leave(request: SignedInRequest) -> HttpResponse:
    """Close the account now, once its consequences are confirmed; this also ends the session."""
    account_id = request.who.account_id
    numbers, by = settings.CONFIG.lifecycle_delays(), account_subject(account_id)
    life = account_lifecycle(account_id, consequence_table(numbers))
    if life and life.closes_on and not boxes_owned.get()(account_id):
        confirmation = confirmation_page(request, _confirmation(account_id, life.closes_on))
        if confirmation:
            return confirmation
    try:
        services.close_early(account_id, boxes_owned.get(), numbers, by=by, now=timezone.now())
    except Refusal as refusal:
        return page(request, problem=sentence(refusal), status=409)
    run_now(AccountsChanged([account_id]))
    return HttpResponseRedirect("/alogin?ferme=1")


def _confirmation(account_id: int, closes_on: date) -> Confirmation:
    return Confirmation(
        title="Fermer votre compte maintenant ?",
        facts=[("Dernier export", _last_export(account_id))],
        consequences=(
            "Aussitôt, vos sessions et vos logiciels sont coupés : plus rien ne vous ouvre la messagerie.",
            "Aussitôt, le courrier qui vous est adressé est refusé, et aucune réponse automatique ne part.",
            "Ce que vous n’avez pas emporté, courriels et contacts, sera effacé plus tard, pour toujours.",
            f"Si vous ne faites rien, le compte reste ouvert et se ferme seul le {closes_on:%d/%m/%Y}.",
        ),
        button="Fermer mon compte",
        back=reverse("portability:show"),
        # an export that ends while one reads is no reason to ask again
        binds=("leave", closes_on),
    )


def _last_export(account_id: int) -> str:
    """What was last taken out, in words."""
    taken = [
        move
        for move in queries.moves_of(account_id)
        if move.kind in (Kind.EXPORT, Kind.SEALED) and move.state == State.DONE
    ]
    if not taken:
        return "Aucun : vous n’avez rien emporté d’ici"
    last = max(taken, key=lambda move: move.begun_at)
    return f"{moment_fr(last.begun_at, paris_day(timezone.now()))}, {counted(last.tally.added, 'courriel')}"
