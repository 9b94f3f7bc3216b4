"""/messagerie/fichiers/…"""

from django.urls import path

from vaguemestre.post.filelinks import views

app_name = "filelinks"
urlpatterns = [
    path("", views.list_deposits, name="list"),
    path("<int:deposit_id>/", views.change_terms, name="terms"),
    path("<int:deposit_id>/retirer/", views.take_back, name="take-back"),
]
