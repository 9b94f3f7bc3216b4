"""URLs of the webmail, under /messagerie/."""

from django.urls import URLPattern, path, register_converter

from vaguemestre.mailbox.webmail import views
from vaguemestre.mailbox.webmail.http import ChainConverter, FolderConverter, NumberConverter
from vaguemestre.post.mailstore.http import PartConverter

register_converter(ChainConverter, "chain")
register_converter(FolderConverter, "folder")
register_converter(NumberConverter, "number")
register_converter(PartConverter, "part")

app_name = "webmail"
_MESSAGE = "<folder:folder>/<number:uid_validity>/<number:uid>/"


def _readable(message: str) -> list[URLPattern]:
    """URLs of a message, in a folder or enclosed in another."""
    return [
        path(f"{message}corps/", views.show_body, name="show-body"),
        path(f"{message}source/", views.show_source, name="show-source"),
        path(f"{message}entetes/", views.show_header, name="show-header"),
        path(f"{message}imprimer/", views.print_message, name="print-message"),
        path(f"{message}message.eml", views.save_message, name="save-message"),
        path(f"{message}pieces.zip", views.save_all_parts, name="save-all-parts"),
        path(f"{message}pieces/<part:number>/", views.save_part, name="save-part"),
        path(f"{message}apercu/<part:number>/", views.preview_part, name="preview-part"),
        path(f"{message}apercu/<part:number>/pdf/", views.make_preview, name="make-preview"),
        path(f"{message}carte/<str:kind>/<part:number>/", views.show_card, name="show-card"),
        path(f"{message}reponse/<part:number>/", views.answer_invitation, name="answer-invitation"),
        path(f"{message}liberer/<part:number>/", views.free_time, name="free-time"),
    ]


urlpatterns = [
    # the most frequent first
    path("toutes/lignes/", views.list_all_rows, name="list-all-rows"),
    path("<folder:folder>/lignes/", views.list_rows, name="list-rows"),
    path(_MESSAGE, views.open_message, name="open-message"),
    *_readable(_MESSAGE),
    path("", views.show_inbox, name="inbox"),
    path("actes/<str:act>/", views.act_on_messages, name="act"),
    path("dossiers/", views.list_folders, name="list-folders"),
    path("dossiers/ailleurs/", views.count_shared_unread, name="count-shared-unread"),
    path("dossiers/<str:what>/", views.change_folder, name="change-folder"),
    path("lots/", views.start_bulk, name="start-bulk"),
    path("lots/<int:bulk_id>/", views.show_bulk, name="show-bulk"),
    path("lots/<int:bulk_id>/annuler/", views.undo_bulk, name="undo-bulk"),
    path("choix/", views.save_choices, name="save-choices"),
    path("suivi/", views.list_reminders, name="list-reminders"),
    path("suivi/quand/", views.offer_choices, name="offer-choices"),
    path("suivi/reporter/", views.snooze_messages, name="snooze-messages"),
    path("suivi/attendre/", views.await_answer, name="await-answer"),
    path("suivi/annuler/", views.cancel_reminders, name="cancel-reminders"),
    path("etiquettes/", views.change_label, name="change-label"),
    path("recherches/", views.change_search, name="change-search"),
    path("flux/", views.renew_ticket, name="renew-ticket"),
    path("lecteur-pdf/", views.pdf_reader, name="pdf-reader"),
    path("pieces/", views.list_attachments, name="list-attachments"),
    path("supprimes/", views.list_deleted, name="list-deleted"),
    path("supprimes/recuperer/", views.recover_messages, name="recover"),
    path("signalements/", views.list_reports, name="list-reports"),
    path("signalements/traiter/", views.close_reports, name="close-reports"),
    path("image/<str:signed>", views.show_picture, name="show-picture"),
    path("toutes/", views.show_all_boxes, name="all-boxes"),
    path("<folder:folder>/", views.show_folder, name="show-folder"),
    path("<folder:folder>/jour/", views.find_day, name="find-day"),
    path(f"{_MESSAGE}conversation/", views.show_conversation, name="show-conversation"),
    path(f"{_MESSAGE}signaler/", views.report_message, name="report-message"),
    path(f"{_MESSAGE}accuse/", views.answer_receipt, name="answer-receipt"),
    path(f"{_MESSAGE}desabonner/", views.unsubscribe, name="unsubscribe"),
    path(f"{_MESSAGE}images/", views.choose_showing, name="choose-showing"),
    path(f"{_MESSAGE}dedans/<chain:chain>/", views.open_enclosed, name="open-enclosed"),
    *_readable(f"{_MESSAGE}dedans/<chain:chain>/"),
]
