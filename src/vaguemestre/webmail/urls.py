"""/messagerie/…"""

from django.urls import path, register_converter

from vaguemestre.webmail import views
from vaguemestre.webmail.http import FolderConverter, NumberConverter, PartConverter

register_converter(FolderConverter, "folder")
register_converter(NumberConverter, "number")
register_converter(PartConverter, "part")

app_name = "webmail"
_MESSAGE = "<folder:folder>/<number:uid_validity>/<number:uid>/"
urlpatterns = [
    path("<folder:folder>/lignes/", views.list_rows, name="list-rows"),  # first: asked the most
    path("", views.show_inbox, name="inbox"),
    path("actes/<str:act>/", views.act, name="act"),
    path("dossiers/", views.list_folders, name="list-folders"),
    path("flux/", views.renew_ticket, name="renew-ticket"),
    path("image/<str:signed>", views.show_picture, name="show-picture"),
    path("<folder:folder>/", views.show_folder, name="show-folder"),
    path(_MESSAGE, views.open_message, name="open-message"),
    path(f"{_MESSAGE}corps/", views.show_body, name="show-body"),
    path(f"{_MESSAGE}conversation/", views.show_conversation, name="show-conversation"),
    path(f"{_MESSAGE}source/", views.show_source, name="show-source"),
    path(f"{_MESSAGE}message.eml", views.save_message, name="save-message"),
    path(f"{_MESSAGE}pieces/<part:number>/", views.save_part, name="save-part"),
    path(f"{_MESSAGE}apercu/<part:number>/", views.look_at_part, name="look-at-part"),
]
