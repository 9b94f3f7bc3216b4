"""URLs of removals."""

from django.urls import path

from vaguemestre.desks.removals.views import files, rights

app_name = "removals"
urlpatterns = [
    path("retraits", files.list_files, name="list"),
    path("retraits/nouveau", files.open_file, name="open"),
    path("retraits/droit", rights.give, name="give-right"),
    path("retraits/droit/<int:account_id>/retirer", rights.withdraw, name="withdraw-right"),
    path("retraits/<int:removal_id>", files.show_file, name="file"),
    path("retraits/<int:removal_id>/avancement", files.show_progress, name="progress"),
    path("retraits/<int:removal_id>/decider", files.decide, name="decide"),
]
