"""Settings for people (a page) and for programs (three documents)."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in, who_asks
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.pictures import qr
from vaguemestre.mailbox.autoconfig import services
from vaguemestre.mailbox.autoconfig.http import (
    administrators_only,
    offered,
    stated_policy,
    wanted_records,
)
from vaguemestre.mailbox.autoconfig.ports import look_up, sign
from vaguemestre.mailbox.autoconfig.rules import apple
from vaguemestre.mailbox.autoconfig.rules import autoconfig as mozilla
from vaguemestre.mailbox.autoconfig.rules import autodiscover as outlook
from vaguemestre.mailbox.autoconfig.rules.recent_clients import Used, recently_used
from vaguemestre.mailbox.autoconfig.rules.records import State, checked, zone
from vaguemestre.mailbox.autoconfig.values import Holder
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.queries import app_passwords_of

_APPLE = "application/x-apple-aspen-config"


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """For anybody; somebody signed in reads their own address."""
    who = who_asks(request)
    context = {"offer": offered(), "address": who.address if who else "", "picture": _picture()}
    return render(request, "autoconfig/guide.html", context)


@require_GET
@signed_in
def seen(request: SignedInRequest) -> HttpResponse:
    """The live test: which of one's programs came in lately, or whether the new one (`mot`) ever did."""
    wanted, now = request.GET.get("mot", ""), timezone.now()
    programs = [
        Used(one.app_password_id, one.name, one.last_used_at, one.last_network)
        for one in app_passwords_of(request.who.account_id)
    ]
    return render(
        request, "autoconfig/seen.html", {"seen": recently_used(programs, wanted, now), "wanted": wanted}
    )


@require_GET
@administrators_only
def dns(request: HttpRequest) -> HttpResponse:
    """What the zone must say; what it does say is asked apart, since nobody may answer for seconds."""
    records = wanted_records()
    return render(request, "autoconfig/dns.html", {"zone": zone(records), "domain": offered().domain})


@require_GET
@administrators_only
def check_dns(request: HttpRequest) -> HttpResponse:
    records = wanted_records()
    records_found = checked(records, look_up.get()({record.question for record in records}))
    wrong = sum(one.state in (State.MISSING, State.OTHER) for one in records_found)
    context = {
        "lines": records_found,
        "wrong": wrong,
        "silent": any(one.state is State.SILENT for one in records_found),
    }
    return render(request, "autoconfig/dns_lines.html", context)


@require_GET
def autoconfig(request: HttpRequest) -> HttpResponse:
    return HttpResponse(mozilla.autoconfig(offered()), content_type="text/xml; charset=utf-8")


@require_GET
def mta_sts(request: HttpRequest) -> HttpResponse:
    """What our domain asks of servers that bring it mail (RFC 8461); 404 when it asks nothing."""
    policy = stated_policy()
    if not policy:
        return HttpResponseNotFound(content_type="text/plain")
    return HttpResponse(policy, content_type="text/plain")


@csrf_exempt  # programs post here without a page; nothing is changed
@require_http_methods(["GET", "HEAD", "POST"])
def autodiscover(request: HttpRequest) -> HttpResponse:
    try:
        content = outlook.autodiscover(offered(), outlook.asked_address(request.body))
    except Refusal:
        content = outlook.autodiscover_error(f"{timezone.now():%H:%M:%S}")
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


@require_GET
@never_cache
def apple_profile(request: HttpRequest) -> HttpResponse:
    """Without a password: the device asks for it, and for the address of somebody not signed in."""
    who = who_asks(request)
    return _profile(Holder(who.address, who.name) if who else Holder())


@require_POST
@never_cache
@recently_signed_in
def make_apple_profile(request: SignedInRequest) -> HttpResponse:
    """With an application password made for it: nothing to type on the device."""
    account_id = request.who.account_id
    password = services.make_profile_password(account_id, by=f"account:{account_id}", now=timezone.now())
    run_now(AccountChanged(account_id))
    run_now(password.touched)
    return _profile(Holder(request.who.address, request.who.name, password.text))


def _picture() -> str:
    """The address of this page, for the telephone's camera."""
    return qr(offered().guide_url, "Code QR : cette page, à ouvrir sur le téléphone")


def _profile(holder: Holder) -> HttpResponse:
    answer = HttpResponse(sign.get()(apple.profile(offered(), holder)), content_type=_APPLE)
    answer["Content-Disposition"] = 'attachment; filename="messagerie.mobileconfig"'
    return answer
