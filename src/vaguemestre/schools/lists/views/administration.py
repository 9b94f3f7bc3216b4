"""What owners change: the list itself, who it means, who is in it, who keeps it."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.queries import find_academy_id, vocabulary
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.forms import (
    CriteriaForm,
    KeeperForm,
    MakeForm,
    SettingsForm,
    SubscribeForm,
    rule_of,
)
from vaguemestre.schools.lists.http import Seat, actor_of, keeper_at, maker_of, owner_at
from vaguemestre.schools.lists.rules.members import from_json
from vaguemestre.schools.lists.services.administration import Settings, kept_within
from vaguemestre.schools.lists.values import Criteria, Kind, Part

_PAGE = 100
_BLOCKS = 3  # ways of being meant that the page offers
_OUT = 1  # and of being left out


@require_http_methods(["GET", "POST"])
@signed_in
def make(request: SignedInRequest) -> HttpResponse:
    maker = maker_of(request)
    reach = services.reach_of(maker, timezone.now())
    if not (reach[0] or reach[1]):
        raise Http404
    form = MakeForm(request.POST or None, reach=reach, initial={"kind": Kind.RULE})
    if request.method == "POST" and form.is_valid():
        try:
            list_id = services.make_list(
                maker, form.wanted(), _domain(), by=actor_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("name", sentence(refusal))
        else:
            where = "lists:rule" if form.cleaned_data["kind"] == Kind.RULE else "lists:members"
            return HttpResponseRedirect(reverse(where, args=[list_id]) + "?fait=cree")
    status = 422 if request.method == "POST" else 200
    return render(request, "lists/make.html", {"form": form, "domain": _domain()}, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_rule(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Who is meant: looked at first (« Voir qui »), kept next."""
    seat = owner_at(request, list_id)
    if seat.row.kind != Kind.RULE:
        raise Http404
    rule = from_json(seat.row.rule)
    known = vocabulary(find_academy_id(_domain()))
    posted = request.POST if request.method == "POST" else None
    within = seat.row.within

    def block(prefix: str, criteria: Criteria) -> CriteriaForm:
        initial = {name: list(getattr(criteria, name)) for name in Criteria.__slots__}
        return CriteriaForm(posted, known=known, within=within, prefix=prefix, initial=initial)

    meant = [block(f"a{n}", rule.any[n] if n < len(rule.any) else Criteria()) for n in range(_BLOCKS)]
    left_out = [block(f"s{n}", rule.besides[n] if n < len(rule.besides) else Criteria()) for n in range(_OUT)]
    if posted is not None and all(form.is_valid() for form in (*meant, *left_out)):
        rule = kept_within(rule_of(meant, left_out), within)
        if "garder" in posted:
            services.change_rule(list_id, seat.account_id, rule, by=actor_of(request), now=timezone.now())
            return HttpResponseRedirect(reverse("lists:list", args=[list_id]) + "?fait=regle")
    told = {
        "seat": seat,
        "row": seat.row,
        "meant": meant,
        "left_out": left_out,
        "counted": queries.counted(queries.rule_members(rule, timezone.now())),
        "is_looking": posted is not None,
        "done": request.GET.get("fait", ""),
        "here": "rule",
        "is_rule": True,
    }
    return render(request, "lists/rule.html", told)


@require_GET
@signed_in
def show_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    return _members(request, list_id, SubscribeForm())


@require_POST
@signed_in
def add_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    seat = owner_at(request, list_id)
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _members(request, list_id, form, status=422)
    try:
        added, unknown = services.subscribe(
            list_id, seat.account_id, form.cleaned_data["people"], _domain(), by=actor_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error("people", sentence(refusal))
        return _members(request, list_id, form, status=422)
    return _members(request, list_id, SubscribeForm(), added=added, unknown=unknown)


@require_POST
@signed_in
def remove_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    seat = owner_at(request, list_id)
    chosen = [int(one) for one in request.POST.getlist("membre") if one.isdecimal()][:1000]
    services.unsubscribe(list_id, seat.account_id, chosen, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:members", args=[list_id]) + "?fait=retires")


@require_http_methods(["GET", "POST"])
@signed_in
def edit_settings(request: SignedInRequest, list_id: int) -> HttpResponse:
    seat = owner_at(request, list_id)
    initial = _initial(seat)
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_settings(
            list_id, seat.account_id, form.chosen(), by=actor_of(request), now=timezone.now()
        )
        return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=regle")
    return _settings(request, list_id, form, KeeperForm())


@require_POST
@signed_in
def change_keepers(request: SignedInRequest, list_id: int) -> HttpResponse:
    """`retirer`: the account of one that goes; otherwise one that comes, or changes part."""
    seat = owner_at(request, list_id)
    initial = _initial(seat)
    form, now = KeeperForm(request.POST), timezone.now()
    try:
        if (gone := request.POST.get("retirer", "")).isdecimal():
            services.remove_keeper(list_id, seat.account_id, int(gone), by=actor_of(request), now=now)
            return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=responsables")
        if form.is_valid():
            address, part = form.cleaned_data["address"], Part(form.cleaned_data["part"])
            services.add_keeper(list_id, seat.account_id, address, part, by=actor_of(request), now=now)
            return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=responsables")
    except Refusal as refusal:
        form.is_valid()
        form.add_error("address", sentence(refusal))
    return _settings(request, list_id, SettingsForm(initial=initial), form, status=422)


@require_POST
@signed_in
def close(request: SignedInRequest, list_id: int) -> HttpResponse:
    seat = owner_at(request, list_id)
    services.close_list(list_id, seat.account_id, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:lists") + "?fait=fermee")


def _initial(seat: Seat) -> dict[str, object]:
    kept = {name: getattr(seat.row, name) for name in Settings.__slots__}
    return kept | {"enclosures": kept["files"]}


def _settings(
    request: SignedInRequest, list_id: int, form: SettingsForm, keeper_form: KeeperForm, status: int = 200
) -> HttpResponse:
    seat = owner_at(request, list_id)
    told = {
        "seat": seat,
        "row": seat.row,
        "form": form,
        "keeper_form": keeper_form,
        "keepers": queries.keepers_of(list_id, timezone.now()),
        "is_rule": seat.row.kind == Kind.RULE,
        "done": request.GET.get("fait", ""),
        "here": "settings",
    }
    status = 422 if form.errors else status
    return render(request, "lists/settings.html", told, status=status)


def _members(
    request: SignedInRequest,
    list_id: int,
    form: SubscribeForm,
    *,
    status: int = 200,
    added: int | None = None,
    unknown: tuple[str, ...] = (),
) -> HttpResponse:
    seat = keeper_at(request, list_id)
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() else 1
    search = request.GET.get("q", "").strip().lower()[:100]
    everybody = [
        (subscriber_id, one)
        for subscriber_id, one in queries.listed_members(seat.row, timezone.now())
        if search in one.address or search in one.name.lower()
    ]
    told = {
        "seat": seat,
        "row": seat.row,
        "is_rule": seat.row.kind == Kind.RULE,
        "members": everybody[(page - 1) * _PAGE : page * _PAGE],
        "total": len(everybody),
        "search": search,
        "before": page - 1,
        "after": page + 1 if page * _PAGE < len(everybody) else 0,
        "form": form,
        "added": added,
        "unknown": unknown,
        "done": request.GET.get("fait", ""),
        "here": "members",
    }
    return render(request, "lists/members.html", told, status=status)


def _domain() -> str:
    return str(settings.CONFIG.academy.domain).lower()
