"""/messagerie/fichiers/…"""

from django.urls import path

from vaguemestre.post.filelinks import views

app_name = "filelinks"
urlpatterns = [
    path("", views.list_files, name="list"),
    path("<int:file_id>/", views.change_terms, name="terms"),
    path("<int:file_id>/retirer/", views.withdraw, name="withdraw"),
]
