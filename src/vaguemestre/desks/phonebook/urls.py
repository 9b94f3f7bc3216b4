"""URLs of the phonebook."""

from django.urls import path

from vaguemestre.desks.phonebook import views

app_name = "phonebook"
urlpatterns = [
    path("", views.search, name="search"),
    path("ma-fiche", views.show_own, name="own"),
    path("<uuid:public_id>", views.show_card, name="card"),
]
