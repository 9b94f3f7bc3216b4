"""Ready answers of the desk: list, write, change, delete."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import AnswerTextForm
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.queries.answer_texts import ORDERS, answer_text, answer_texts_page
from vaguemestre.desks.helpdesk.values import ReadyAnswer
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence


@require_GET
@for_operators
@within_academy
def list_answer_texts(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(ORDERS))
    answers, total = answer_texts_page(
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {
        "answers": answers,
        "total": total,
        "listing": listing,
        "search": listing.search,
        "shows_domain": not request.who.office_academy,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/answer_texts.html", context)


@require_http_methods(["GET", "POST"])
@for_operators
@within_academy
@act_words("enregistrer une réponse type")
def edit_answer_text(request: SignedInRequest, text_id: int = 0) -> HttpResponse:
    """Write a ready answer, or change one."""
    saved = _answer_or_404(request, text_id) if text_id else None
    form = AnswerTextForm(request.POST or None, academy_id=request.who.office_academy, answer=saved)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_answer_text(
                form.answer(text_id), operator_id=request.who.account_id, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("title" if refusal.code.endswith("title-taken") else "text", sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('helpdesk:answer-texts')}?fait=enregistree")
    status = 422 if form.errors else 200
    return render(request, "helpdesk/answer_text.html", {"form": form, "saved": saved}, status=status)


@require_POST
@for_operators
@within_academy
@act_words("supprimer une réponse type")
def delete_answer_text(request: SignedInRequest, text_id: int) -> HttpResponse:
    _answer_or_404(request, text_id)
    services.delete_answer_text(text_id, operator_id=request.who.account_id, now=timezone.now())
    return HttpResponseRedirect(f"{reverse('helpdesk:answer-texts')}?fait=supprimee")


def _answer_or_404(request: SignedInRequest, text_id: int) -> ReadyAnswer:
    answer = answer_text(text_id, request.who.office_academy)
    if answer is None:
        raise Http404
    return answer
