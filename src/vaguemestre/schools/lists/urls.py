"""/listes/…"""

from django.urls import path, register_converter

from vaguemestre.post.mailstore.http import PartConverter
from vaguemestre.schools.lists import views

register_converter(PartConverter, "list_part")

app_name = "lists"
_LIST = "<int:list_id>/"
_LETTER = _LIST + "messages/<uuid:public_id>/"
urlpatterns = [
    path("", views.list_lists, name="lists"),
    path("nouvelle", views.create, name="create"),
    path("recu/<uuid:public_id>/", views.why, name="why"),
    path("recu-dehors/<str:token>/", views.why_outside, name="why-outside"),
    path("recu-dehors/<str:token>/<list_part:number>/", views.save_part_outside, name="part-outside"),
    path("quitter/<str:token>/", views.leave_by_link, name="leave-by-link"),
    path(_LIST, views.show_list, name="list"),
    path(_LIST + "regle", views.edit_rule, name="rule"),
    path(_LIST + "membres", views.show_members, name="members"),
    path(_LIST + "membres/ajouter", views.add_members, name="add-members"),
    path(_LIST + "membres/retirer", views.remove_members, name="remove-members"),
    path(_LIST + "reglages", views.edit_settings, name="settings"),
    path(_LIST + "responsables", views.change_roles, name="roles"),
    path(_LIST + "fermer", views.close, name="close"),
    path(_LIST + "rejoindre", views.join, name="join"),
    path(_LIST + "quitter", views.leave, name="leave"),
    path(_LIST + "moderation", views.show_queue, name="moderation"),
    path(_LIST + "archives", views.show_archive, name="archive"),
    path(_LETTER, views.show_letter, name="letter"),
    path(_LETTER + "corps/", views.show_body, name="body"),
    path(_LETTER + "pieces/<list_part:number>/", views.save_part, name="part"),
    path(_LETTER + "destinataires/", views.show_copies, name="copies"),
    path(_LETTER + "decider", views.decide, name="decide"),
]
