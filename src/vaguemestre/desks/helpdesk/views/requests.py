"""Help requests: submitted from `/aide`, tracked by their authors, answered by the desk."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, act_words, network_of, who_asks
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import (
    KIND_LABELS,
    AdditionForm,
    AnswerForm,
    HelpRequestForm,
    InsertForm,
)
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.queries.answer_texts import answer_texts_for
from vaguemestre.desks.helpdesk.queries.requests import (
    ORDERS,
    count_open_requests,
    request_by_token,
    request_detail,
    requests_page,
)
from vaguemestre.desks.helpdesk.values import HelpRequest, HelpRequestDetail, ReadyAnswer, RequestKind
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import academy_of, domain_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys


@never_cache
@require_http_methods(["GET", "POST"])
def submit_request(request: HttpRequest) -> HttpResponse:
    """The help request form. A NUMEN or password in it is masked, and the form shown again."""
    who = who_asks(request)
    academy = academy_of(request)
    context = {"phone": academy.help_phone, "hours": academy.help_hours}
    initial = {"kind": request.GET.get("sujet", ""), "name": who.name if who else ""}
    if request.method == "GET":
        return render(request, "helpdesk/ask.html", {**context, "form": HelpRequestForm(initial=initial)})
    form = HelpRequestForm(request.POST)
    if masked := form.masked():
        return render(request, "helpdesk/ask.html", {**context, "form": masked, "was_masked": True})
    if not form.is_valid():
        return render(request, "helpdesk/ask.html", {**context, "form": form})
    data = form.cleaned_data
    help_request = HelpRequest(
        RequestKind(data["kind"]),
        data["name"],
        data["place"],
        data["contact"],
        data["text"],
        who.account_id if who else None,
        domain_of(request),
    )
    try:
        token = services.submit_request(help_request, network_of(request), now=timezone.now())
    except Refusal as refusal:
        error = sentence(Refusal(refusal.code, wait=duration(int(str(refusal.facts["wait"])))))
        return render(request, "helpdesk/ask.html", {**context, "form": form, "error": error})
    return HttpResponseRedirect(f"{reverse('helpdesk:track-request', args=[token])}?recue=1")


@never_cache
@require_GET
def track_request(request: HttpRequest, token: str) -> HttpResponse:
    """The tracking page of a request, for the holder of its token."""
    help_request = request_by_token(token)
    if help_request is None:
        raise Http404
    context = {
        "help_request": help_request,
        "kind": _kind_label(help_request),
        "is_new": "recue" in request.GET,
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "helpdesk/tracking.html", context)


@require_GET
@for_operators
@within_academy
def list_requests(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(ORDERS))
    is_answered, kind = request.GET.get("etat") == "repondues", request.GET.get("sujet", "")
    kind = kind if kind in set(RequestKind) else ""
    help_requests, total = requests_page(
        is_answered=is_answered,
        kind=kind,
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {
        "rows": [(row, _kind_label(row)) for row in help_requests],
        "total": total,
        "listing": listing,
        "waiting": count_open_requests(request.who.office_academy),
        "is_answered": is_answered,
        "kind": kind,
        "kinds": [(kind.value, label) for kind, label in KIND_LABELS.items()],
        "search": listing.search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/requests.html", context)


@require_http_methods(["GET", "POST"])
@for_operators
@within_academy
@act_words("répondre à une demande d’aide")
def show_request(request: SignedInRequest, request_id: int) -> HttpResponse:
    """One request, to take in charge or answer."""
    help_request = request_detail(request_id, request.who.office_academy)
    if help_request is None:
        raise Http404
    operator_id, now = request.who.account_id, timezone.now()
    if request.method == "POST" and "take" in request.POST:
        return _take(request, help_request)
    if request.method == "POST" and "complete" in request.POST:
        return _complete(request, help_request)
    answers = answer_texts_for(request_id)
    insert = InsertForm(request.POST if "insert" in request.POST else None, answers)
    is_sent = _is_sent(help_request)
    form = AnswerForm(request.POST or None, is_sent=is_sent)
    if "insert" in request.POST:
        chosen = insert.cleaned_data["ready"] or 0 if insert.is_valid() else 0
        begun = _with_ready(request.POST.get("answer", ""), chosen, answers)
        form = AnswerForm(initial={"answer": begun}, is_sent=is_sent)
    elif request.method == "POST" and form.is_valid():
        try:
            services.answer_request(
                request_id, form.cleaned_data["answer"], secret_keys.get(), operator_id=operator_id, now=now
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:requests')}?fait=repondu")
        except Refusal as refusal:
            form.add_error("answer", sentence(refusal))
            help_request = request_detail(request_id, request.who.office_academy) or help_request
    return _request_page(request, help_request, form, insert if answers else None)


def _take(request: SignedInRequest, help_request: HelpRequestDetail) -> HttpResponse:
    """Take in charge what the page showed as free, or as that colleague's; what was typed stays."""
    pk, seen, typed = help_request.request_id, request.POST.get("seen", ""), request.POST.get("answer", "")
    problem = ""
    try:
        services.take_request(pk, seen=seen, operator_id=request.who.account_id, now=timezone.now())
    except Refusal as refusal:
        problem = sentence(refusal)
    if not (problem or typed.strip()):
        return HttpResponseRedirect(reverse("helpdesk:request", args=[pk]))
    current, answers = request_detail(pk, request.who.office_academy) or help_request, answer_texts_for(pk)
    form = AnswerForm(initial={"answer": typed}, is_sent=_is_sent(current))
    insert = InsertForm(None, answers) if answers else None
    return _request_page(request, current, form, insert, problem=problem)


def _complete(request: SignedInRequest, help_request: HelpRequestDetail) -> HttpResponse:
    """Add to an answer already given: what has left is not taken back."""
    text, where = (
        request.POST.get("addition", ""),
        reverse("helpdesk:request", args=[help_request.request_id]),
    )
    try:
        services.complete_answer(
            help_request.request_id,
            text,
            secret_keys.get(),
            operator_id=request.who.account_id,
            now=timezone.now(),
        )
    except Refusal as refusal:
        form = AdditionForm(initial={"addition": text})
        return _request_page(request, help_request, addition=form, problem=sentence(refusal))
    return HttpResponseRedirect(f"{where}")


def _request_page(
    request: SignedInRequest,
    help_request: HelpRequestDetail,
    form: AnswerForm | None = None,
    insert: InsertForm | None = None,
    *,
    addition: AdditionForm | None = None,
    problem: str = "",
) -> HttpResponse:
    is_sent = _is_sent(help_request)
    unsent = "" if addition else _unsent(request, help_request)
    context = {
        "help_request": help_request,
        "kind": _kind_label(help_request),
        "form": form or AnswerForm(is_sent=is_sent),
        "insert": insert,
        "is_sent": is_sent,
        "unsent": unsent,
        "addition": addition or AdditionForm(initial={"addition": unsent}),
        "problem": problem,
    }
    return render(request, "helpdesk/request.html", context, status=422 if problem else 200)


def _is_sent(help_request: HelpRequestDetail) -> bool:
    """Whether the answer goes by mail too, and not to the page of the request alone."""
    return bool(help_request.account_id or services.mail_contact(help_request.contact))


def _unsent(request: SignedInRequest, answered: HelpRequestDetail) -> str:
    """What was typed while a colleague was faster; not what the same button sent twice."""
    typed = request.POST.get("answer", "").replace("\r\n", "\n").strip()
    return "" if typed == answered.answer.replace("\r\n", "\n").strip() else typed


def _with_ready(typed: str, text_id: int, answers: Sequence[ReadyAnswer]) -> str:
    """The answer being written, and that ready one after it."""
    texts = (typed.strip(), *(answer.text for answer in answers if answer.text_id == text_id))
    return "\n\n".join(text for text in texts if text)


def _kind_label(help_request: HelpRequestDetail) -> str:
    return KIND_LABELS[help_request.kind]
