"""URLs of breaches, under /administration/."""

from django.urls import path

from vaguemestre.desks.breaches.views import files

app_name = "breaches"
urlpatterns = [
    path("violations", files.list_files, name="list"),
    path("violations/nouvelle", files.open_file, name="open"),
    path("violations/<int:breach_id>", files.change_file, name="file"),
    path("violations/<int:breach_id>/avis", files.add_notice, name="notice"),
    path("violations/<int:breach_id>/clore", files.close_file, name="close"),
    path("violations/<int:breach_id>.md", files.export_file, name="export"),
]
