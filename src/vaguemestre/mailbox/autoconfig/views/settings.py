"""Settings for people (a page) and for programs (three documents)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import for_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in, who_asks
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.foundation.ui.files.pictures import qr
from vaguemestre.mailbox.autoconfig import services
from vaguemestre.mailbox.autoconfig.http import offered, stated_policy, wanted_records
from vaguemestre.mailbox.autoconfig.ports import look_up, sign
from vaguemestre.mailbox.autoconfig.rules import apple
from vaguemestre.mailbox.autoconfig.rules import autoconfig as mozilla
from vaguemestre.mailbox.autoconfig.rules import autodiscover as outlook
from vaguemestre.mailbox.autoconfig.rules.offers import site_of
from vaguemestre.mailbox.autoconfig.rules.recent_clients import Used, recently_used
from vaguemestre.mailbox.autoconfig.rules.records import Record, State, checked_records, zone
from vaguemestre.mailbox.autoconfig.values import Holder
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.queries import app_passwords_of

_APPLE = "application/x-apple-aspen-config"


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """For anybody; somebody signed in reads their own address."""
    who = who_asks(request)
    offer = offered(domain_of(request))
    picture = qr(offer.guide_url, "Code QR : cette page, à ouvrir sur le téléphone")
    context = {"offer": offer, "address": who.address if who else "", "picture": picture}
    return render(request, "autoconfig/guide.html", context)


@require_GET
@signed_in
def seen(request: SignedInRequest) -> HttpResponse:
    """The live test: which of one's programs came in lately, or whether the new one (`mot`) ever did."""
    wanted, now = request.GET.get("mot", ""), timezone.now()
    programs = [
        Used(password.app_password_id, password.name, password.last_used_at, password.last_network)
        for password in app_passwords_of(request.who.account_id)
    ]
    return render(
        request, "autoconfig/seen.html", {"seen": recently_used(programs, wanted, now), "wanted": wanted}
    )


@require_GET
@for_administrators
@within_academy
def dns(request: HttpRequest) -> HttpResponse:
    """What the zone must say; what it does say is asked apart, since nobody may answer for seconds."""
    domains = _domains_of(request)
    records = _records(domains)
    is_unnamed = any(site_of(settings.CONFIG.site_of(domain))[0] == "localhost" for domain in domains)
    context = {"zone": zone(records), "domain": ", ".join(domains), "is_unnamed": is_unnamed}
    return render(request, "autoconfig/dns.html", context)


@require_GET
@for_administrators
@within_academy
def check_dns(request: HttpRequest) -> HttpResponse:
    records = _records(_domains_of(request))
    records_found = checked_records(records, look_up.get()({record.question for record in records}))
    wrong = sum(record.state in (State.MISSING, State.OTHER) for record in records_found)
    context = {
        "lines": records_found,
        "wrong": wrong,
        "silent": any(record.state is State.SILENT for record in records_found),
    }
    return render(request, "autoconfig/dns_lines.html", context)


@require_GET
def autoconfig(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        mozilla.autoconfig(offered(domain_of(request))), content_type="text/xml; charset=utf-8"
    )


@require_GET
def mta_sts(request: HttpRequest) -> HttpResponse:
    """What our domain asks of servers that bring it mail (RFC 8461); 404 when it asks nothing."""
    policy = stated_policy(domain_of(request))
    if not policy:
        return HttpResponseNotFound(content_type="text/plain")
    return HttpResponse(policy, content_type="text/plain")


@csrf_exempt  # programs post here without a page; nothing is changed
@require_http_methods(["GET", "HEAD", "POST"])
def autodiscover(request: HttpRequest) -> HttpResponse:
    try:
        address = outlook.asked_address(request.body)
        domain = address.rpartition("@")[2].lower()
        is_ours = domain in settings.CONFIG.domains
        content = outlook.autodiscover(offered(domain if is_ours else domain_of(request)), address)
    except Refusal:
        content = outlook.autodiscover_error(f"{timezone.now():%H:%M:%S}")
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


@require_GET
@never_cache
def apple_profile(request: HttpRequest) -> HttpResponse:
    """Apple profile without a password; the device asks for it, and for the address of a stranger."""
    who = who_asks(request)
    return _profile(Holder(who.address, who.name) if who else Holder(), domain_of(request))


@require_POST
@never_cache
@recently_signed_in
@act_words("créer un profil pour iPhone, iPad ou Mac")
def make_apple_profile(request: SignedInRequest) -> HttpResponse:
    """Apple profile with an application password made for it: nothing to type on the device."""
    account_id = request.who.account_id
    password = services.make_profile_password(account_id, by=account_subject(account_id), now=timezone.now())
    run_now(AccountChanged(account_id))
    run_now(password.touched)
    return _profile(Holder(request.who.address, request.who.name, password.text), domain_of(request))


def _domains_of(request: HttpRequest) -> tuple[str, ...]:
    """The domains an administrator sees to."""
    who = who_asks(request)
    return (domain_of(request),) if who and who.office_academy else settings.CONFIG.domains


def _records(domains: tuple[str, ...]) -> tuple[Record, ...]:
    return tuple(record for domain in domains for record in wanted_records(domain))


def _profile(holder: Holder, domain: str) -> HttpResponse:
    answer = HttpResponse(sign.get()(apple.profile(offered(domain), holder)), content_type=_APPLE)
    answer["Content-Disposition"] = 'attachment; filename="messagerie.mobileconfig"'
    return answer
