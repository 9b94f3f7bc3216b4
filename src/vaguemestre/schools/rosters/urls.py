"""/classes/… and /ent/…"""

from django.urls import path

from vaguemestre.schools.rosters import views

app_name = "rosters"
urlpatterns = [
    path("ent/", views.start_sign_in, name="start-sign-in"),
    path("ent/retour", views.finish_cas_sign_in, name="finish-cas-sign-in"),
    path("ent/metadata.xml", views.show_metadata, name="metadata"),
    path("ent/saml", views.receive_saml_response, name="receive-saml-response"),
    path("ent/saml/retour", views.finish_saml_sign_in, name="finish-saml-sign-in"),
    path("ent/relier", views.link, name="link"),
    path("ent/delier", views.unlink, name="unlink"),
    path("ent/ecrire", views.open_composer, name="open-composer"),
    path("classes/", views.list_classes, name="list-classes"),
    path("classes/<str:uai>/reglages/", views.show_settings, name="settings"),
    path("classes/<str:uai>/droits/", views.decide_rights, name="decide-rights"),
    path("classes/<str:uai>/personnes/", views.change_people, name="change-people"),
    path("classes/<str:uai>/import/", views.stage_files, name="stage-files"),
    path("classes/<str:uai>/import/appliquer/", views.apply_files, name="apply-files"),
    path("classes/<str:uai>/import/abandonner/", views.discard_files, name="discard-files"),
]
