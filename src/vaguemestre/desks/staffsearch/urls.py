"""URL of the search of staff."""

from django.urls import path

from vaguemestre.desks.staffsearch import views

app_name = "staffsearch"
urlpatterns = [path("recherche", views.search, name="search")]
