"""URLs of the first day."""

from django.urls import path

from vaguemestre.desks.firstday import views

app_name = "firstday"
urlpatterns = [
    path("premier-jour/dns", views.check_dns, name="dns"),
    path("premier-jour/fermer", views.close, name="close"),
]
