"""What is done to folders."""

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.mailbox.webmail.http import mailbox_of, wants_fragment
from vaguemestre.mailbox.webmail.ports import unread_elsewhere
from vaguemestre.mailbox.webmail.rules.listing.folders import named, slug
from vaguemestre.mailbox.webmail.services import folders as services
from vaguemestre.mailbox.webmail.services.folders import Deletion
from vaguemestre.post.mailstore.ports import Mailbox

_ACTS = frozenset({"creer", "renommer", "deplacer", "supprimer", "remettre", "abonner"})
_CHANGED = "Quelque chose a changé depuis : relisez, puis confirmez."


@require_POST
@signed_in
def change_folder(request: SignedInRequest, what: str) -> HttpResponse:
    """`dossier` and `dans` are steps of addresses; `nom` is typed. Says where the folder is now.

    A deletion is asked twice: the first answer says what will happen, with the mark that confirms it.
    """
    if what not in _ACTS:
        raise Http404(what)
    sent = {name: str(request.POST.get(name, "")) for name in ("nom", "dossier", "dans", "oui")}
    with mailbox_of(request.who) as mailbox:
        if what == "supprimer":
            deletion = services.plan_deletion(mailbox, named(sent["dossier"]) or "")
            if question := _question(request, deletion):
                return question
            now = services.delete_folder(mailbox, request.who.mailbox, deletion)
        else:
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
        case _:  # "abonner"
            mailbox.subscribe(folder, wanted=sent["oui"] == "oui")
            return folder


def _question(request: SignedInRequest, deletion: Deletion) -> HttpResponse | None:
    """What will happen, for the dialog of our script or as a page; None when exactly that was confirmed."""
    asked = _confirmation(deletion)
    mark = request.POST.get("confirm", "")
    if not wants_fragment(request):
        return confirmation_page(request, asked)
    if mark == asked.mark:
        return None
    sentences = [_CHANGED, *asked.consequences] if mark else asked.consequences
    text = " ".join(sentences)
    shown = {"title": asked.title, "text": text, "go": asked.button, "mark": asked.mark}
    return JsonResponse({"question": shown})


def _confirmation(deletion: Deletion) -> Confirmation:
    name = deletion.folder.rpartition("/")[2]
    step = slug(deletion.folder)
    fields, back = [("dossier", step)], reverse("webmail:show-folder", args=(deletion.folder,))
    holds = _contents(len(deletion.subfolders), deletion.messages)
    if deletion.destination:
        return Confirmation(
            title=f"Mettre « {name} » à la corbeille ?",
            consequences=[
                holds,
                "Il ira dans la corbeille avec tout ce qu’il contient ; vous pourrez l’en ressortir.",
            ],
            button="Mettre à la corbeille",
            back=back,
            fields=fields,
            # not the count: a message that arrives must not put off what can be undone
            binds=(step, True, deletion.subfolders),
        )
    return Confirmation(
        title=f"Supprimer « {name} » pour toujours ?",
        consequences=[
            holds,
            "Il est déjà dans la corbeille : il sera effacé avec tout ce qu’il contient.",
            "Rien ne pourra le ramener.",
        ],
        button="Supprimer pour toujours",
        back=back,
        fields=fields,
        binds=(step, False, deletion.subfolders, deletion.messages),
    )


def _contents(subfolders: int, messages: int) -> str:
    """« Avec ses 2 sous-dossiers, il contient 3 courriels. »"""
    if not subfolders:
        return f"Il contient {counted(messages, 'courriel')}." if messages else "Il est vide."
    holds = f"il contient {counted(messages, 'courriel')}." if messages else "il ne contient aucun courriel."
    return f"Avec {inflected(subfolders, 'son sous-dossier', f'ses {subfolders} sous-dossiers')}, {holds}"
