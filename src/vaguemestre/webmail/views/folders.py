"""What is done to folders."""

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.webmail.http import mailbox_of, wants_fragment
from vaguemestre.webmail.ports import Mailbox, unread_elsewhere
from vaguemestre.webmail.rules.folders import named, slug
from vaguemestre.webmail.services import folders as services

_ACTS = frozenset({"creer", "renommer", "deplacer", "supprimer", "remettre", "abonner"})


@require_POST
@signed_in
def change_folder(request: SignedInRequest, what: str) -> HttpResponse:
    """`dossier` and `dans` are steps of addresses; `nom` is typed. Says where the folder is now."""
    if what not in _ACTS:
        raise Http404(what)
    sent = {name: str(request.POST.get(name, "")) for name in ("nom", "dossier", "dans", "oui")}
    with mailbox_of(request.who) as mailbox:
        now = _changed(mailbox, request.who.mailbox, what, sent)
    if not wants_fragment(request):
        return HttpResponseRedirect(
            reverse("webmail:show-folder", args=(now,)) if now else reverse("webmail:inbox")
        )
    return JsonResponse({"folder": slug(now) if now else ""})


@require_GET
@signed_in
def count_elsewhere(request: SignedInRequest) -> HttpResponse:
    """Unread in each shared mailbox: asked once the page is there, so that no list waits for it."""
    found = unread_elsewhere.get()(request.who.account_id, request.who.session_key)
    return JsonResponse({str(box_id): unread for box_id, unread in found.items()})


def _changed(mailbox: Mailbox, owner: str, what: str, sent: dict[str, str]) -> str:
    folder, into = named(sent["dossier"]) or "", named(sent["dans"]) or ""
    match what:
        case "creer":
            return services.create_folder(mailbox, owner, sent["nom"], into)
        case "renommer":
            return services.rename_folder(mailbox, owner, folder, sent["nom"])
        case "deplacer":
            return services.move_folder(mailbox, owner, folder, into)
        case "remettre":
            return services.bring_folder_back(mailbox, owner, folder, into)
        case "abonner":
            mailbox.subscribe(folder, wanted=sent["oui"] == "oui")
            return folder
        case _:
            return services.delete_folder(mailbox, owner, folder)
