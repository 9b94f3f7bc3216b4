from django.urls import path

from vaguemestre.moving import views

app_name = "moving"
urlpatterns = [
    path("parametres/courriers", views.show, name="show"),
    path("parametres/courriers/etat", views.state, name="state"),
    path("parametres/courriers/fichier", views.bring_file, name="file"),
    path("parametres/courriers/serveur", views.bring_from_server, name="server"),
    path("parametres/courriers/exporter", views.take_out, name="export"),
    path("parametres/courriers/<int:move_id>/telecharger", views.download, name="download"),
    path("parametres/courriers/<int:move_id>/<str:act>", views.change, name="change"),
]
