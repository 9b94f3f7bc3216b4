"""Changes to folders."""

from collections.abc import Collection

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.mailbox.webmail.http import mailbox_of, wants_fragment
from vaguemestre.mailbox.webmail.ports import folder_filters, shared_unread
from vaguemestre.mailbox.webmail.rules.listing.folders import folder_of_slug, slug
from vaguemestre.mailbox.webmail.services import folders as services
from vaguemestre.mailbox.webmail.services.folders import Deletion
from vaguemestre.post.mailstore.ports import Mailbox

_ACTS = frozenset({"creer", "renommer", "deplacer", "supprimer", "remettre", "abonner"})
_RENAMES = frozenset({"renommer", "deplacer", "supprimer", "remettre"})
_KEPT = "Il ira dans la corbeille ; vous pourrez l’en ressortir."
_KEPT_WITH_CONTENTS = "Il ira dans la corbeille avec tout ce qu’il contient ; vous pourrez l’en ressortir."
_CHANGED = "Quelque chose a changé depuis : relisez, puis confirmez."


@require_POST
@signed_in
def change_folder(request: SignedInRequest, what: str) -> HttpResponse:
    """Change the folder `dossier`. `dans`: a parent; both are slugs; `nom`: as typed. Returns its new slug.

    A deletion takes two requests: the first answer says what will happen, with the mark that confirms it.
    """
    if what not in _ACTS:
        raise Http404(what)
    form = {name: str(request.POST.get(name, "")) for name in ("name", "folder", "parent", "wanted")}
    with mailbox_of(request.who) as mailbox:
        if what == "supprimer":
            deletion = services.plan_deletion(mailbox, folder_of_slug(form["folder"]) or "")
            if question := _confirmation_question(request, deletion):
                return question
            folder = services.delete_folder(mailbox, request.who.mailbox, deletion)
        else:
            folder = _change_folder(mailbox, request.who.mailbox, what, form)
    if what in _RENAMES:
        former = folder_of_slug(form["folder"]) or ""
        _lead_filters(request, former, folder)
    if not wants_fragment(request):
        return HttpResponseRedirect(
            reverse("webmail:show-folder", args=(folder,)) if folder else reverse("webmail:inbox")
        )
    return JsonResponse({"folder": slug(folder) if folder else ""})


@require_GET
@signed_in
def count_shared_unread(request: SignedInRequest) -> HttpResponse:
    """Unread counts of shared mailboxes; requested after the page, so that no list waits for them."""
    counts = shared_unread.get()(request.who.account_id, request.who.session_key)
    return JsonResponse({str(box_id): unread for box_id, unread in counts.items()})


def _change_folder(mailbox: Mailbox, owner: str, what: str, form: dict[str, str]) -> str:
    folder, into = folder_of_slug(form["folder"]) or "", folder_of_slug(form["parent"]) or ""
    match what:
        case "creer":
            return services.create_folder(mailbox, owner, form["name"], into)
        case "renommer":
            return services.rename_folder(mailbox, owner, folder, form["name"])
        case "deplacer":
            return services.move_folder(mailbox, owner, folder, into)
        case "remettre":
            return services.restore_folder(mailbox, owner, folder, into)
        case _:  # "abonner"
            mailbox.subscribe(folder, wanted=form["wanted"] == "yes")
            return folder


def _lead_filters(request: SignedInRequest, former: str, new: str) -> None:
    if new != former:
        folder_filters.get().follow(
            request.who.account_id, former, new, by=request.who.actor, now=timezone.now()
        )


def _confirmation_question(request: SignedInRequest, deletion: Deletion) -> HttpResponse | None:
    """Ask for confirmation, in a dialog of our script or on a page; None once exactly that is confirmed."""
    confirmation = _confirmation(
        deletion, folder_filters.get().names(request.who.account_id, deletion.folder)
    )
    mark = request.POST.get("confirm", "")
    if not wants_fragment(request):
        return confirmation_page(request, confirmation)
    if mark == confirmation.mark:
        return None
    sentences = [_CHANGED, *confirmation.consequences] if mark else confirmation.consequences
    text = " ".join(sentences)
    dialog = {"title": confirmation.title, "text": text, "go": confirmation.button, "mark": confirmation.mark}
    return JsonResponse({"question": dialog})


def _confirmation(deletion: Deletion, filters: Collection[str]) -> Confirmation:
    name = deletion.folder.rpartition("/")[2]
    step = slug(deletion.folder)
    fields, back = [("folder", step)], reverse("webmail:show-folder", args=(deletion.folder,))
    contents = _contents(len(deletion.subfolders), deletion.messages)
    is_empty = not deletion.subfolders and not deletion.messages
    if deletion.destination:
        return Confirmation(
            title=f"Mettre « {name} » à la corbeille ?",
            consequences=[contents, _KEPT if is_empty else _KEPT_WITH_CONTENTS, *_stopped(filters)],
            button="Mettre à la corbeille",
            back=back,
            fields=fields,
            # without the count: a new message must not void the confirmation of what can be undone
            binds=(step, True, deletion.subfolders, sorted(filters)),
        )
    return Confirmation(
        title=f"Supprimer « {name} » ?",
        consequences=[
            contents,
            "Il est déjà dans la corbeille : il sera effacé avec tout ce qu’il contient.",
            f"Pendant {counted(settings.CONFIG.mail.deleted_days, 'jour')}, « Messages supprimés » rendra "
            "ses courriels, sans le dossier.",
            *_stopped(filters),
        ],
        button="Supprimer le dossier",
        back=back,
        fields=fields,
        binds=(step, False, deletion.subfolders, deletion.messages, sorted(filters)),
    )


def _stopped(filters: Collection[str]) -> list[str]:
    """« Le filtre « Extérieur » y range des courriels : il sera désactivé. »"""
    if not filters:
        return []
    names = ", ".join(f"« {name} »" for name in filters)
    if len(filters) == 1:
        return [f"Le filtre {names} y range des courriels : il sera désactivé."]
    return [f"Les filtres {names} y rangent des courriels : ils seront désactivés."]


def _contents(subfolders: int, messages: int) -> str:
    """« Avec ses 2 sous-dossiers, il contient 3 courriels. »"""
    if not subfolders:
        return f"Il contient {counted(messages, 'courriel')}." if messages else "Il est vide."
    holds = f"il contient {counted(messages, 'courriel')}." if messages else "il ne contient aucun courriel."
    return f"Avec {inflected(subfolders, 'son sous-dossier', f'ses {subfolders} sous-dossiers')}, {holds}"
