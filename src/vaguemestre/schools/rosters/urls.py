"""/classes/… and /ent/…"""

from django.urls import path

from vaguemestre.schools.rosters import views

app_name = "rosters"
urlpatterns = [
    path("ent/", views.come_in, name="come-in"),
    path("ent/retour", views.come_back, name="come-back"),
    path("ent/metadata.xml", views.show_metadata, name="metadata"),
    path("ent/saml", views.consume, name="consume"),
    path("ent/saml/retour", views.come_back_by_saml, name="come-back-by-saml"),
    path("ent/relier", views.link, name="link"),
    path("ent/delier", views.unlink, name="unlink"),
    path("ent/ecrire", views.write_to, name="write-to"),
    path("classes/", views.list_classes, name="list-classes"),
    path("classes/<str:uai>/reglages/", views.show_settings, name="settings"),
    path("classes/<str:uai>/droits/", views.decide_rights, name="decide-rights"),
    path("classes/<str:uai>/personnes/", views.change_people, name="change-people"),
    path("classes/<str:uai>/import/", views.stage_files, name="stage-files"),
    path("classes/<str:uai>/import/appliquer/", views.apply_files, name="apply-files"),
    path("classes/<str:uai>/import/abandonner/", views.drop_files, name="drop-files"),
]
