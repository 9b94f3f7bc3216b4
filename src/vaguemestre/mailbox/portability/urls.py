from django.urls import path

from vaguemestre.mailbox.portability.views import departure, moves

app_name = "portability"
urlpatterns = [
    path("parametres/courriers", moves.show, name="show"),
    path("parametres/courriers/etat", moves.state, name="state"),
    path("parametres/courriers/fichier", moves.bring_file, name="file"),
    path("parametres/courriers/serveur", moves.bring_from_server, name="server"),
    path("parametres/courriers/exporter", moves.take_out, name="export"),
    path("parametres/courriers/demenager", moves.move_out, name="move-out"),
    path("parametres/courriers/nouvelle-adresse", departure.tell_new_address, name="new-address"),
    path("parametres/courriers/partir", departure.leave, name="leave"),
    path("parametres/courriers/<int:move_id>/telecharger", moves.download, name="download"),
    path("parametres/courriers/<int:move_id>/<str:act>", moves.change, name="change"),
]
