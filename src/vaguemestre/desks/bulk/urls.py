"""URLs of acts on many."""

from django.urls import path

from vaguemestre.desks.bulk.views import acts, files, orders

app_name = "bulk"
urlpatterns = [
    path("personnes/actes", acts.list_acts, name="list"),
    path("personnes/actes/nouveau", orders.open_act, name="open"),
    path("personnes/actes/<int:act_id>", acts.show_act, name="act"),
    path("personnes/actes/<int:act_id>/avancement", acts.show_progress, name="progress"),
    path("personnes/actes/<int:act_id>/decider", acts.decide, name="decide"),
    path("personnes/actes/<int:act_id>/fichier", files.download, name="file"),
]
