"""/classes/…"""

from django.urls import path

from vaguemestre.classes import views

app_name = "classes"
urlpatterns = [
    path("", views.list_classes, name="list-classes"),
    path("<str:uai>/reglages/", views.show_settings, name="settings"),
    path("<str:uai>/droits/", views.decide_rights, name="decide-rights"),
    path("<str:uai>/personnes/", views.change_people, name="change-people"),
    path("<str:uai>/import/", views.stage_files, name="stage-files"),
    path("<str:uai>/import/appliquer/", views.apply_files, name="apply-files"),
    path("<str:uai>/import/abandonner/", views.drop_files, name="drop-files"),
]
