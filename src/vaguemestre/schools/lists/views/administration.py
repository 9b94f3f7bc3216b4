"""Administration of a list by its owners: creation, rule, members, settings, managers."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.foundation.ui.listing import page_number
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.queries import vocabulary
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.forms import (
    CreateForm,
    CriteriaForm,
    RoleForm,
    SettingsForm,
    SubscribeForm,
    rule_from_forms,
)
from vaguemestre.schools.lists.http import ListAccess, actor_of, creator_of, manager_access, owner_access
from vaguemestre.schools.lists.rules.members import rule_from_json
from vaguemestre.schools.lists.services.administration import ListSettings, limited_to_school
from vaguemestre.schools.lists.services.membership import Enrolment
from vaguemestre.schools.lists.values import Criteria, Kind, Role, Rule

_PAGE_SIZE = 100
_INCLUDED_BLOCKS = 3  # blocks of a rule on the page
_EXCLUDED_BLOCKS = 1


@require_http_methods(["GET", "POST"])
@signed_in
def create(request: SignedInRequest) -> HttpResponse:
    creator = creator_of(request)
    scope = services.creation_scope(creator, timezone.now())
    if not scope:
        raise Http404
    form = CreateForm(request.POST or None, scope=scope, initial={"kind": Kind.RULE})
    if request.method == "POST" and form.is_valid():
        try:
            list_id = services.create_list(
                creator, form.new_list(), domain_of(request), by=actor_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("name", sentence(refusal))
        else:
            page = "lists:rule" if form.cleaned_data["kind"] == Kind.RULE else "lists:members"
            return HttpResponseRedirect(reverse(page, args=[list_id]) + "?fait=cree")
    status = 422 if request.method == "POST" else 200
    return render(request, "lists/create.html", {"form": form, "domain": domain_of(request)}, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_rule(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Edit the rule: preview its members (« Voir qui »), or save it."""
    access = owner_access(request, list_id)
    if access.row.kind != Kind.RULE:
        raise Http404
    rule = rule_from_json(access.row.rule)
    data = request.POST if request.method == "POST" else None
    academy_id = queries.academy_of_list(access.row)
    included, excluded = _rule_forms(rule, access.row.within, data, academy_id)
    if data is not None and all(form.is_valid() for form in (*included, *excluded)):
        rule = limited_to_school(rule_from_forms(included, excluded), access.row.within)
        if "save" in data:
            services.change_rule(list_id, access.account_id, rule, by=actor_of(request), now=timezone.now())
            return HttpResponseRedirect(reverse("lists:list", args=[list_id]) + "?fait=regle")
    context = {
        "access": access,
        "row": access.row,
        "included": included,
        "excluded": excluded,
        "audience": queries.audience_of(queries.rule_members(rule, timezone.now(), academy_id=academy_id)),
        "is_preview": data is not None,
        "done": request.GET.get("fait", ""),
        "tab": "rule",
        "is_rule": True,
    }
    return render(request, "lists/rule.html", context)


def _rule_forms(
    rule: Rule, within: str, data: QueryDict | None, academy_id: int
) -> tuple[list[CriteriaForm], list[CriteriaForm]]:
    """Forms of the blocks of `any`, and of `besides`; empty ones up to the number of blocks on the page."""
    known = vocabulary(academy_id)

    def forms(letter: str, blocks: tuple[Criteria, ...], count: int) -> list[CriteriaForm]:
        padded = [*blocks, *([Criteria()] * count)][:count]
        return [
            CriteriaForm(
                data,
                vocabulary=known,
                within=within,
                prefix=f"{letter}{index}",
                initial={name: list(getattr(block, name)) for name in Criteria.__slots__},
            )
            for index, block in enumerate(padded)
        ]

    return forms("a", rule.any, _INCLUDED_BLOCKS), forms("s", rule.besides, _EXCLUDED_BLOCKS)


@require_GET
@signed_in
def show_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    return _members(request, list_id, SubscribeForm())


@require_POST
@recently_signed_in
@act_words("ajouter des membres à une liste")
def add_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    access = owner_access(request, list_id)
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _members(request, list_id, form, status=422)
    try:
        enrolment = services.subscribe(
            list_id,
            access.account_id,
            form.cleaned_data["people"],
            access.row.address.rpartition("@")[2],
            by=actor_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("people", sentence(refusal))
        return _members(request, list_id, form, status=422)
    refused = (*form.unreadable, *enrolment.unknown, *enrolment.lists)
    again = SubscribeForm(initial={"people": "\n".join(refused)})
    return _members(request, list_id, again, enrolment=enrolment, unreadable=form.unreadable)


@require_POST
@signed_in
def remove_members(request: SignedInRequest, list_id: int) -> HttpResponse:
    access = owner_access(request, list_id)
    ids = [int(value) for value in request.POST.getlist("member") if value.isdecimal()][:1000]
    services.unsubscribe(list_id, access.account_id, ids, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:members", args=[list_id]) + "?fait=retires")


@require_http_methods(["GET", "POST"])
@signed_in
def edit_settings(request: SignedInRequest, list_id: int) -> HttpResponse:
    access = owner_access(request, list_id)
    initial = _initial(access)
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_settings(
            list_id, access.account_id, form.settings(), by=actor_of(request), now=timezone.now()
        )
        return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=regle")
    return _settings(request, list_id, form, RoleForm())


@require_POST
@recently_signed_in
@act_words("changer les responsables d’une liste")
def change_roles(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Remove a manager (`remove`: their account), or add one, or change their role."""
    access = owner_access(request, list_id)
    initial = _initial(access)
    form, now = RoleForm(request.POST), timezone.now()
    try:
        if (manager_id := request.POST.get("remove", "")).isdecimal():
            services.remove_role(list_id, access.account_id, int(manager_id), by=actor_of(request), now=now)
            return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=responsables")
        if form.is_valid():
            address, role = form.cleaned_data["address"], Role(form.cleaned_data["role"])
            services.set_role(list_id, access.account_id, address, role, by=actor_of(request), now=now)
            return HttpResponseRedirect(reverse("lists:settings", args=[list_id]) + "?fait=responsables")
    except Refusal as refusal:
        form.is_valid()
        form.add_error("address", sentence(refusal))
    return _settings(request, list_id, SettingsForm(initial=initial), form, status=422)


@require_POST
@signed_in
def close(request: SignedInRequest, list_id: int) -> HttpResponse:
    access = owner_access(request, list_id)
    services.close_list(list_id, access.account_id, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:lists") + "?fait=fermee")


def _initial(access: ListAccess) -> dict[str, Any]:
    values = {name: getattr(access.row, name) for name in ListSettings.__slots__}
    return values | {"attachments": values["files"]}


def _settings(
    request: SignedInRequest, list_id: int, form: SettingsForm, role_form: RoleForm, status: int = 200
) -> HttpResponse:
    access = owner_access(request, list_id)
    context = {
        "access": access,
        "row": access.row,
        "form": form,
        "role_form": role_form,
        "managers": queries.managers_of(list_id, timezone.now()),
        "is_rule": access.row.kind == Kind.RULE,
        "done": request.GET.get("fait", ""),
        "tab": "settings",
    }
    status = 422 if form.errors else status
    return render(request, "lists/settings.html", context, status=status)


def _members(
    request: SignedInRequest,
    list_id: int,
    form: SubscribeForm,
    *,
    status: int = 200,
    enrolment: Enrolment | None = None,
    unreadable: Sequence[str] = (),
) -> HttpResponse:
    access = manager_access(request, list_id)
    page = page_number(request.GET.get("page", ""))
    search = request.GET.get("q", "").strip().lower()[:100]
    subscriptions = [
        subscription
        for subscription in queries.members_with_subscription(access.row, timezone.now())
        if search in subscription.member.address or search in subscription.member.name.lower()
    ]
    context = {
        "access": access,
        "row": access.row,
        "is_rule": access.row.kind == Kind.RULE,
        "subscriptions": subscriptions[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE],
        "total": len(subscriptions),
        "search": search,
        "previous_page": page - 1,
        "next_page": page + 1 if page * _PAGE_SIZE < len(subscriptions) else 0,
        "form": form,
        "enrolment": enrolment,
        "unreadable": unreadable[:20],
        "done": request.GET.get("fait", ""),
        "tab": "members",
    }
    return render(request, "lists/members.html", context, status=status)
